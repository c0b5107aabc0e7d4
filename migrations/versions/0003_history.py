"""What each save changed: its changes, fact by fact, and the records that they are about."""

import sqlalchemy as sa
from alembic import op

from core.db import KeyText

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("change_set", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(sa.Column("room", sa.String(40), nullable=False, server_default=""))
        batch.add_column(sa.Column("count", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("facts", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("is_told", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("is_separable", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("undoes_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_change_set_undoes_id_change_set"),
            "change_set",
            ["undoes_id"],
            ["id"],
            ondelete="SET NULL",
        )
    with op.batch_alter_table("change_set", table_kwargs={"sqlite_autoincrement": True}) as batch:
        for name in ("room", "count", "facts", "is_told", "is_separable"):
            batch.alter_column(name, server_default=None)
    op.create_index(op.f("ix_change_set_undoes_id"), "change_set", ["undoes_id"])
    op.create_table(
        "change",
        sa.Column("change_set_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", KeyText(80), nullable=False),
        sa.Column("which", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.CheckConstraint("what IN ('added', 'changed', 'removed')", name=op.f("ck_change_what")),
        sa.ForeignKeyConstraint(
            ["change_set_id"],
            ["change_set.id"],
            name=op.f("fk_change_change_set_id_change_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("change_set_id", "number", name=op.f("pk_change")),
    )
    op.create_index("ix_change_record", "change", ["kind", "key", "change_set_id"])
    op.create_table(
        "change_subject",
        sa.Column("subject", KeyText(80), nullable=False),
        sa.Column("change_set_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_set_id", "number"],
            ["change.change_set_id", "change.number"],
            name="fk_change_subject_change",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subject", "change_set_id", "number", name=op.f("pk_change_subject")),
    )
    op.create_index("ix_change_subject_change", "change_subject", ["change_set_id", "number"])


def downgrade() -> None:
    op.drop_table("change_subject")
    op.drop_table("change")
    op.drop_index(op.f("ix_change_set_undoes_id"), "change_set")
    with op.batch_alter_table("change_set") as batch:
        batch.drop_constraint(op.f("fk_change_set_undoes_id_change_set"), type_="foreignkey")
        for name in ("undoes_id", "is_separable", "is_told", "facts", "count", "room"):
            batch.drop_column(name)
