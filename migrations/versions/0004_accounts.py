"""Sign-ins, attempts, recovery codes, second factors; and roles for whoever had none and did everything."""

import sqlalchemy as sa
from alembic import op

from core.db import KeyText, folded

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ADMINISTRATOR = "administrator"
# What everybody could do so far.
EVERYBODY = ("HR editor", "Library editor")

USER = sa.table(
    "user", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("name_key", sa.String)
)
ROLE = sa.table("role", sa.column("id", sa.Integer), sa.column("name", sa.String))
USER_ROLE = sa.table("user_role", sa.column("user_id", sa.Integer), sa.column("role_id", sa.Integer))


def upgrade() -> None:
    with op.batch_alter_table("user") as table:
        table.add_column(sa.Column("name_key", KeyText(240), nullable=False, server_default=""))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("second_factor", sa.String(64), nullable=True))
        table.add_column(sa.Column("last_code", sa.Integer(), nullable=True))
    with op.batch_alter_table("user") as table:  # the defaults were for the rows that were there
        table.alter_column("name_key", existing_type=KeyText(240), server_default=None)
        table.alter_column("version", existing_type=sa.Integer(), server_default=None)
    fill_name_keys()
    make_tables()
    give_roles()


def make_tables() -> None:
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", KeyText(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("browser", sa.String(120), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        of_a_user("sign_in"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sign_in_user_id"), "sign_in", ["user_id"])
    op.create_index(op.f("ix_sign_in_begun_at"), "sign_in", ["begun_at"])
    op.create_table(
        "attempts",
        sa.Column("subject", KeyText(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused_until", sa.DateTime(timezone=True), nullable=True),
        of_a_user("attempts"),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_user_id"), "attempts", ["user_id"])
    op.create_index(op.f("ix_attempts_began_at"), "attempts", ["began_at"])
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", KeyText(64), nullable=False),
        of_a_user("recovery_code"),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_code")),
    )


def of_a_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["user.id"], name=op.f(f"fk_{table}_user_id_user"), ondelete="CASCADE"
    )


def fill_name_keys() -> None:
    rows = op.get_bind().execute(sa.select(USER.c.id, USER.c.name)).all()
    fill = sa.update(USER).where(USER.c.id == sa.bindparam("of")).values(name_key=sa.bindparam("is"))
    if rows:
        op.get_bind().execute(fill, [{"of": row.id, "is": folded(row.name)} for row in rows])


def give_roles() -> None:
    """An update takes nothing from anybody: who is no administrator could edit everything, and still can."""
    bind = op.get_bind()
    ids = {row.name: row.id for row in bind.execute(sa.select(ROLE.c.id, ROLE.c.name))}
    administrators = sa.select(USER_ROLE.c.user_id).where(USER_ROLE.c.role_id == ids.get(ADMINISTRATOR, 0))
    others = bind.scalars(sa.select(USER.c.id).where(USER.c.id.not_in(administrators))).all()
    if not others:
        return
    for name in EVERYBODY:
        if name not in ids:
            bind.execute(sa.insert(ROLE).values(name=name))
        role = bind.scalar(sa.select(ROLE.c.id).where(ROLE.c.name == name))
        have = set(bind.scalars(sa.select(USER_ROLE.c.user_id).where(USER_ROLE.c.role_id == role)))
        rows = [{"user_id": user, "role_id": role} for user in others if user not in have]
        if rows:
            bind.execute(sa.insert(USER_ROLE), rows)


def downgrade() -> None:
    for table in ("recovery_code", "attempts", "sign_in"):
        op.drop_table(table)
    with op.batch_alter_table("user") as table:
        for column in ("last_code", "second_factor", "signed_in_at", "version", "name_key"):
            table.drop_column(column)
