"""Records are found by any part of their names through an index of all runs of three signs."""

from alembic import op
from sqlalchemy.exc import DBAPIError

from core.parts import Also, Parts, dropped, filled, sqlite_statements

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = (
    Parts(
        "employee",
        ("name_key", "number_key"),
        Also("employee_alias", "employee_number", "number", ("name_key", "old_key")),
    ),
    Parts("book", ("title_key", "reference")),
    Parts("author", ("name_key",), Also("author_name", "author_id", "id", ("name_key",))),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for parts in INDEXES:
            for statement in sqlite_statements(parts):
                op.execute(statement)
            op.execute(filled(parts))
        return
    allow_parts()
    for table, column in columns():
        name = f"ix_{table}_{column}_parts"
        op.create_index(
            name, table, [column], postgresql_using="gin", postgresql_ops={column: "gin_trgm_ops"}
        )


def columns() -> list[tuple[str, str]]:
    """Every column with what records are called, with its table."""
    own = [(one.table, column) for one in INDEXES for column in one.columns]
    return own + [(one.also.table, column) for one in INDEXES if one.also for column in one.also.columns]


def allow_parts() -> None:
    """Let PostgreSQL look for parts of words by an index, by an extension that it ships."""
    try:
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DBAPIError as error:
        raise RuntimeError(
            "Joinery needs the PostgreSQL extension pg_trgm, and could not create it here. Install the "
            "server's contrib package if it is missing, and let an administrator run this once in this "
            "database: CREATE EXTENSION pg_trgm; then migrate again."
        ) from error


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        for table, column in columns():
            op.drop_index(f"ix_{table}_{column}_parts", table)
        return
    for parts in INDEXES:
        for statement in dropped(parts):
            op.execute(statement)
