"""Who edits HR only for some departments."""

import sqlalchemy as sa
from alembic import op

from core.db import KeyText

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "department_editor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("department_code", KeyText(20), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_department_editor_user_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["department_code"],
            ["department.code"],
            name=op.f("fk_department_editor_department_code_department"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_editor")),
        sa.UniqueConstraint("user_id", "department_code", name="uq_department_editor_user_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_department_editor_department_code"), "department_editor", ["department_code"])


def downgrade() -> None:
    op.drop_table("department_editor")
