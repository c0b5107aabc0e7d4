"""Old keys and names that lead somewhere, duplicates, job titles, what columns meant, and long work."""

import sqlalchemy as sa
from alembic import op

from core.db import KeyText, match_key
from core.spans import overlap_triggers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Kinds of records that may be there twice: their table, its key, and how wide the key of a name is.
OWNERS = {
    "person": ("employee", "number", 240),
    "department": ("department", "code", 240),
    "author": ("author", "id", 400),
}

# For what ends soon, and for sums of FTE: name, condition, columns.
PARTS_OF_STAYS = (
    ("ix_department_employee_link_ending", "ends_before IS NOT NULL", ["ends_before", "starts_on"]),
    (
        "ix_department_employee_link_stated",
        "fte IS NOT NULL",
        ["employee_number", "starts_on", "ends_before", "fte", "overload_reason"],
    ),
)


def upgrade() -> None:
    op.create_table(
        "column_meaning",
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_column_meaning")),
    )
    op.create_table(
        "author_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_key", KeyText(400), nullable=False),
        sa.Column("former_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_author_name_name")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["author.id"], name=op.f("fk_author_name_author_id_author"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author_name")),
        sa.UniqueConstraint("former_id", name=op.f("uq_author_name_former_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_author_name_author_id"), "author_name", ["author_id"])
    op.create_index(op.f("ix_author_name_name_key"), "author_name", ["name_key"])
    op.create_table(
        "department_alias",
        sa.Column("old_key", KeyText(40), nullable=False),
        sa.Column("old", sa.String(20), nullable=False),
        sa.Column("name", sa.String(120), nullable=True),
        sa.Column("name_key", KeyText(240), nullable=True),
        sa.Column("department_code", KeyText(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_code"],
            ["department.code"],
            name=op.f("fk_department_alias_department_code_department"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("old_key", name=op.f("pk_department_alias")),
    )
    op.create_index(op.f("ix_department_alias_department_code"), "department_alias", ["department_code"])
    op.create_index(op.f("ix_department_alias_name_key"), "department_alias", ["name_key"])
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("doing", sa.String(200), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("leads_to", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'stopped', 'failed')", name=op.f("ck_job_state")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_job_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_job_user_id"), "job", ["user_id"])
    op.create_table(
        "employee_alias",
        sa.Column("old_key", KeyText(40), nullable=False),
        sa.Column("old", sa.String(20), nullable=False),
        sa.Column("name", sa.String(120), nullable=True),
        sa.Column("name_key", KeyText(240), nullable=True),
        sa.Column("employee_number", KeyText(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_number"],
            ["employee.number"],
            name=op.f("fk_employee_alias_employee_number_employee"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("old_key", name=op.f("pk_employee_alias")),
    )
    op.create_index(op.f("ix_employee_alias_employee_number"), "employee_alias", ["employee_number"])
    op.create_index(op.f("ix_employee_alias_name_key"), "employee_alias", ["name_key"])
    op.create_table(
        "job_title",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_number", KeyText(20), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("title_key", KeyText(240), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_before", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_before > starts_on", name=op.f("ck_job_title_dates")),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 120", name=op.f("ck_job_title_title")),
        sa.ForeignKeyConstraint(
            ["employee_number"],
            ["employee.number"],
            name=op.f("fk_job_title_employee_number_employee"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_title")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_title_person", "job_title", ["employee_number", "starts_on"])
    op.add_column("upload", sa.Column("preview", sa.LargeBinary(), nullable=True))
    refuse_equal_titles_that_meet()
    add_match_keys()
    index_parts_of_stays()
    add_pairs_put_aside()


def downgrade() -> None:
    for kind in OWNERS:
        op.drop_table(f"not_the_same_{kind}")
    for name, _where, _columns in PARTS_OF_STAYS:
        op.drop_index(name, "department_employee_link")
    op.drop_index(op.f("ix_employee_email"), "employee")
    op.drop_index("ix_author_match_key_id", "author")
    op.drop_index("ix_employee_match_key_number", "employee")
    op.drop_index(op.f("ix_department_match_key"), "department")
    for owner, _key, _width in OWNERS.values():
        op.drop_column(owner, "match_key")
    op.drop_column("upload", "preview")
    for table in ("job_title", "employee_alias", "department_alias", "author_name", "job", "column_meaning"):
        op.drop_table(table)


def add_match_keys() -> None:
    """Give whoever is stored the key by which duplicates are found."""
    for owner, key, width in OWNERS.values():
        op.add_column(owner, sa.Column("match_key", KeyText(width), nullable=True))
        table = sa.table(owner, sa.column(key), sa.column("name"), sa.column("match_key"))
        rows = op.get_bind().execute(sa.select(table.c[key], table.c.name)).all()
        fill = sa.update(table).where(table.c[key] == sa.bindparam("of")).values(match_key=sa.bindparam("is"))
        for start in range(0, len(rows), 5_000):
            part = rows[start : start + 5_000]
            op.get_bind().execute(fill, [{"of": row[0], "is": match_key(row[1])} for row in part])
    op.create_index(op.f("ix_department_match_key"), "department", ["match_key"])
    op.create_index("ix_employee_match_key_number", "employee", ["match_key", "number"])
    op.create_index("ix_author_match_key_id", "author", ["match_key", "id"])
    op.create_index(op.f("ix_employee_email"), "employee", ["email"])


def index_parts_of_stays() -> None:
    """Indexes on few rows of many, for what needs attention."""
    for name, where, columns in PARTS_OF_STAYS:
        op.create_index(
            name,
            "department_employee_link",
            columns,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def add_pairs_put_aside() -> None:
    """Pairs that look like one and are not."""
    for kind, (owner, key, _width) in OWNERS.items():
        name = f"not_the_same_{kind}"
        column = sa.Integer() if key == "id" else KeyText(20)
        follow = None if key == "id" else "CASCADE"
        op.create_table(
            name,
            *[sa.Column(side, column, nullable=False) for side in ("first", "second")],
            *[
                sa.ForeignKeyConstraint(
                    [side],
                    [f"{owner}.{key}"],
                    name=op.f(f"fk_{name}_{side}_{owner}"),
                    onupdate=follow,
                    ondelete="CASCADE",
                )
                for side in ("first", "second")
            ],
            sa.PrimaryKeyConstraint("first", "second", name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_second"), name, ["second"])


def refuse_equal_titles_that_meet() -> None:
    """An exclusion constraint, or two triggers on SQLite."""
    same = ("employee_number", "title_key")
    if op.get_bind().dialect.name == "sqlite":
        for trigger in overlap_triggers("job_title", "title", same):
            op.execute(trigger)
        return
    op.create_exclude_constraint(
        "ex_job_title_title",
        "job_title",
        *[(sa.column(name), "=") for name in same],
        (sa.func.daterange(sa.column("starts_on"), sa.column("ends_before")), "&&"),
    )
