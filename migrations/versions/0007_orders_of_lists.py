"""Every order that a list can be sorted in has an index, and so has what a search of people reads."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STAY = "department_employee_link"
ORDERS = (
    ("ix_employee_called", "employee", ["name_key", "number_key", "number"]),
    ("ix_employee_hired_on_number", "employee", [sa.text("coalesce(hired_on, '9999-12-31')"), "number"]),
    ("ix_employee_left_on_number", "employee", [sa.text("coalesce(left_on, '9999-12-31')"), "number"]),
    (f"ix_{STAY}_by_start", STAY, [sa.text("coalesce(starts_on, '9999-12-31')"), "id"]),
    (f"ix_{STAY}_by_end", STAY, [sa.text("coalesce(ends_before, '9999-12-31')"), "id"]),
    (f"ix_{STAY}_by_fte", STAY, [sa.text("coalesce(fte, -1)"), "id"]),
    ("ix_book_year_id", "book", [sa.text("coalesce(year, 99999)"), "id"]),
    ("ix_author_book_percentage", "author_book", ["royalty_percentage", "book_id", "author_id"]),
)


def upgrade() -> None:
    op.drop_index("ix_employee_name_key", "employee")
    for name, table, columns in ORDERS:
        op.create_index(name, table, columns)
    heads = sa.text("role <> 'member'")
    op.create_index(
        f"ix_{STAY}_heads",
        STAY,
        ["department_code", "role", "employee_number"],
        sqlite_where=heads,
        postgresql_where=heads,
    )


def downgrade() -> None:
    op.drop_index(f"ix_{STAY}_heads", STAY)
    for name, table, _columns in reversed(ORDERS):
        op.drop_index(name, table)
    op.create_index("ix_employee_name_key", "employee", ["name_key"])
