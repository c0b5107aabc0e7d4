"""The figures of departments as steps, counted from the stays; indexes for departments with many stays."""

import sqlalchemy as sa
from alembic import op

from core.db import KeyText

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STAYS = "department_employee_link"
INDEX = f"ix_{STAYS}_department"
BY_DAY = ["department_code", "ends_before", "starts_on"]
# The rules of spans that hold for every row of a table, each with what must be equal.
RULES = {STAYS: ("pair", "department_code"), "job_title": ("title", "title_key")}

PART = "coalesce(extra_data = 'part-time' OR (fte > 0 AND fte < 1000), false)"
FULL = "coalesce(extra_data = 'full-time' OR fte = 1000, false)"
PART_BY_FTE = "coalesce(fte > 0 AND fte < 1000, false)"
FULL_BY_FTE = "coalesce(fte = 1000, false)"


def upgrade() -> None:
    op.create_table(
        "department_step",
        sa.Column("department_code", KeyText(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("fte", sa.BigInteger(), nullable=False),
        sa.Column("not_stated", sa.Integer(), nullable=False),
        sa.Column("full_time", sa.Integer(), nullable=False),
        sa.Column("part_time", sa.Integer(), nullable=False),
        sa.Column("full_time_by_fte", sa.Integer(), nullable=False),
        sa.Column("part_time_by_fte", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_code"],
            ["department.code"],
            name=op.f("fk_department_step_department_code_department"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("department_code", "day", name=op.f("pk_department_step")),
        sqlite_with_rowid=False,
    )
    _count()
    op.drop_index(INDEX, STAYS)
    op.create_index(INDEX, STAYS, [*BY_DAY, "role", "fte", "extra_data"])
    _refuse_overlaps(where="id > 0")


def _refuse_overlaps(where: str) -> None:
    """PostgreSQL took the indexes of these rules for the way to single rows, and they are slow ones."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, (rule, other) in RULES.items():
        op.drop_constraint(f"ex_{table}_{rule}", table)
        op.create_exclude_constraint(
            f"ex_{table}_{rule}",
            table,
            *[(sa.column(name), "=") for name in ("employee_number", other)],
            (sa.func.daterange(sa.column("starts_on"), sa.column("ends_before")), "&&"),
            where=sa.text(where) if where else None,
        )


def _count() -> None:
    """Each stay is a step up on its first day and one down on the first day after it."""
    stay = f"""
        SELECT department_code, {{day}} AS day, {{sign}} AS sign, coalesce(fte, 0) AS fte,
               CASE WHEN fte IS NULL THEN 1 ELSE 0 END AS not_stated,
               CASE WHEN {FULL} AND NOT {PART} THEN 1 ELSE 0 END AS full_time,
               CASE WHEN {PART} THEN 1 ELSE 0 END AS part_time,
               CASE WHEN {FULL_BY_FTE} THEN 1 ELSE 0 END AS full_time_by_fte,
               CASE WHEN {PART_BY_FTE} THEN 1 ELSE 0 END AS part_time_by_fte
        FROM {STAYS}"""
    figures = ("fte", "not_stated", "full_time", "part_time", "full_time_by_fte", "part_time_by_fte")
    sums = ", ".join(f"sum(sign * {name})" for name in figures)
    begins, ends = stay.format(day="starts_on", sign="1"), stay.format(day="ends_before", sign="-1")
    op.execute(
        f"INSERT INTO department_step (department_code, day, people, {', '.join(figures)}) "
        f"SELECT department_code, day, sum(sign), {sums} "
        f"FROM ({begins} UNION ALL {ends} WHERE ends_before IS NOT NULL) AS stay "
        "GROUP BY department_code, day"
    )


def downgrade() -> None:
    _refuse_overlaps(where="")
    op.drop_index(INDEX, STAYS)
    op.create_index(INDEX, STAYS, BY_DAY)
    op.drop_table("department_step")
