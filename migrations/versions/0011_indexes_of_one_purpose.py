"""The stays of a day are counted by an index alone; PostgreSQL's indexes of parts serve nothing else.

An index of pg_trgm on a column was also taken to find whole keys, thousands of times as slow as by their own.
"""

from alembic import op
from sqlalchemy import text

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STAYS, BY_PERSON = "department_employee_link", "ix_department_employee_link_person"
COLUMNS = ["employee_number", "department_code", "starts_on"]
PARTS = {
    "employee": ("name_key", "number_key"),
    "employee_alias": ("name_key", "old_key"),
    "book": ("title_key", "reference"),
    "author": ("name_key",),
    "author_name": ("name_key",),
}


def upgrade() -> None:
    op.drop_index(BY_PERSON, table_name=STAYS)
    op.create_index(BY_PERSON, STAYS, [*COLUMNS, "ends_before"])
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in PARTS.items():
            for column in columns:
                op.drop_index(f"ix_{table}_{column}_parts", table)
            words = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
            together = text(f'(({words}) COLLATE "default") gin_trgm_ops')
            settings = {"fastupdate": "off"}
            op.create_index(
                f"ix_{table}_parts", table, [together], postgresql_using="gin", postgresql_with=settings
            )
            op.execute(f"ANALYZE {table}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in PARTS.items():
            op.drop_index(f"ix_{table}_parts", table)
            for column in columns:
                op.create_index(
                    f"ix_{table}_{column}_parts",
                    table,
                    [column],
                    postgresql_using="gin",
                    postgresql_ops={column: "gin_trgm_ops"},
                )
    op.drop_index(BY_PERSON, table_name=STAYS)
    op.create_index(BY_PERSON, STAYS, COLUMNS)
