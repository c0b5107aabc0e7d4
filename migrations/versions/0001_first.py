"""The first tables: accounts and change sets; departments, employees and stays; books and shares."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from core.db import KeyText
from core.spans import overlap_triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STAYS = "department_employee_link"
BOOK_ROLES = (
    "'author', 'editor', 'translator', 'illustrator', 'photographer', 'introduction', 'foreword', "
    "'afterword', 'compiler', 'narrator', 'contributor'"
)
# The check digit of an ISBN-13: the digits times 1, 3, 1, 3, ... add up to a multiple of ten.
DIGITS = " + ".join(f"{(1, 3)[i % 2]} * CAST(substr(isbn, {i + 1}, 1) AS INTEGER)" for i in range(13))
TABLES_LAST_FIRST = (
    "department_employee_link",
    "address",
    "user_role",
    "upload",
    "post",
    "employee",
    "edition",
    "change_set",
    "book_subject",
    "author_book",
    "user",
    "subject",
    "role",
    "department",
    "book",
    "author",
)


def upgrade() -> None:
    allow_exclusion()
    op.create_table(
        "author",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_key", KeyText(400), nullable=False),
        sa.Column("sort_name", sa.String(201), nullable=False),
        sa.Column("sort_key", KeyText(400), nullable=False),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_author_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_author_name_key"), "author", ["name_key"])
    op.create_index("ix_author_sort_key_id", "author", ["sort_key", "id"])
    op.create_table(
        "book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", KeyText(40), nullable=True),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("title_key", KeyText(1000), nullable=False),
        sa.Column("published", sa.String(11), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 500", name=op.f("ck_book_title")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book")),
        sa.UniqueConstraint("reference", name=op.f("uq_book_reference")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_book_title_key_id", "book", ["title_key", "id"])
    op.create_index(op.f("ix_book_year"), "book", ["year"])
    op.create_table(
        "department",
        sa.Column("code", KeyText(20), nullable=False),
        sa.Column("code_key", KeyText(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_key", KeyText(240), nullable=False),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(code) BETWEEN 1 AND 20", name=op.f("ck_department_code")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name=op.f("ck_department_name")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_department")),
        sa.UniqueConstraint("code_key", name=op.f("uq_department_code_key")),
        sa.UniqueConstraint("name_key", name=op.f("uq_department_name_key")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "subject",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_key", KeyText(240), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name=op.f("ck_subject_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
        sa.UniqueConstraint("name_key", name=op.f("uq_subject_name_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", KeyText(254), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("password", sa.String(255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
    )
    op.create_table(
        "author_book",
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("royalty_percentage", sa.BigInteger(), nullable=False),
        sa.Column("publication_order", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("also_as", sa.String(120), nullable=True),
        sa.Column("credited_as", sa.String(200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"role IN ({BOOK_ROLES})", name=op.f("ck_author_book_role")),
        sa.CheckConstraint("publication_order >= 1", name=op.f("ck_author_book_publication_order")),
        sa.CheckConstraint(
            "royalty_percentage BETWEEN 0 AND 1000000", name=op.f("ck_author_book_royalty_percentage")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["author.id"], name=op.f("fk_author_book_author_id_author"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["book_id"], ["book.id"], name=op.f("fk_author_book_book_id_book"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("book_id", "author_id", name=op.f("pk_author_book")),
    )
    op.create_index(op.f("ix_author_book_author_id"), "author_book", ["author_id"])
    op.create_table(
        "book_subject",
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["book_id"], ["book.id"], name=op.f("fk_book_subject_book_id_book"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["subject.id"],
            name=op.f("fk_book_subject_subject_id_subject"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("book_id", "subject_id", name=op.f("pk_book_subject")),
    )
    op.create_index(op.f("ix_book_subject_subject_id"), "book_subject", ["subject_id"])
    op.create_table(
        "change_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("deed", sa.String(500), nullable=False),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("form_key", sa.String(64), nullable=True),
        sa.Column("leads_to", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_change_set_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_set")),
        sa.UniqueConstraint("form_key", name=op.f("uq_change_set_form_key")),
    )
    op.create_index(op.f("ix_change_set_made_at"), "change_set", ["made_at"])
    op.create_index(op.f("ix_change_set_user_id"), "change_set", ["user_id"])
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("isbn", sa.String(13), nullable=True),
        sa.Column("format", sa.String(20), nullable=False),
        sa.Column("list_price", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(3), nullable=True),
        sa.CheckConstraint(
            "format IN ('hardcover', 'paperback', 'ebook', 'audio', 'other')", name=op.f("ck_edition_format")
        ),
        sa.CheckConstraint(f"length(isbn) = 13 AND ({DIGITS}) % 10 = 0", name=op.f("ck_edition_isbn")),
        sa.CheckConstraint("list_price >= 0", name=op.f("ck_edition_list_price")),
        sa.ForeignKeyConstraint(
            ["book_id"], ["book.id"], name=op.f("fk_edition_book_id_book"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("isbn", name=op.f("uq_edition_isbn")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_edition_book_id"), "edition", ["book_id"])
    op.create_table(
        "employee",
        sa.Column("number", KeyText(20), nullable=False),
        sa.Column("number_key", KeyText(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_key", KeyText(240), nullable=False),
        sa.Column("sort_name", sa.String(121), nullable=False),
        sa.Column("sort_key", KeyText(240), nullable=False),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("hired_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("left_on >= hired_on", name=op.f("ck_employee_left_after_hired")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name=op.f("ck_employee_name")),
        sa.CheckConstraint("length(number) BETWEEN 1 AND 20", name=op.f("ck_employee_number")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["user.id"], name=op.f("fk_employee_account_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_employee")),
        sa.UniqueConstraint("account_id", name=op.f("uq_employee_account_id")),
        sa.UniqueConstraint("number_key", name=op.f("uq_employee_number_key")),
    )
    op.create_index(op.f("ix_employee_name_key"), "employee", ["name_key"])
    op.create_index("ix_employee_sort_key_number", "employee", ["sort_key", "number"])
    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(body) BETWEEN 1 AND 4000", name=op.f("ck_post_body")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name=op.f("fk_post_owner_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    op.create_index(op.f("ix_post_owner_id"), "post", ["owner_id"])
    op.create_index(op.f("ix_post_posted_at"), "post", ["posted_at"])
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_upload_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_user_id"), "upload", ["user_id"])
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["role.id"], name=op.f("fk_user_role_role_id_role"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_user_role_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_user_role")),
    )
    op.create_table(
        "address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_number", KeyText(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("lines", sa.String(500), nullable=False),
        sa.Column("postcode", sa.String(20), nullable=True),
        sa.Column("city", sa.String(120), nullable=True),
        sa.Column("country", sa.String(120), nullable=True),
        sa.CheckConstraint("kind IN ('home', 'office', 'post', 'other')", name=op.f("ck_address_kind")),
        sa.ForeignKeyConstraint(
            ["employee_number"],
            ["employee.number"],
            name=op.f("fk_address_employee_number_employee"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_address_employee_number"), "address", ["employee_number"])
    op.create_table(
        "department_employee_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_code", KeyText(20), nullable=False),
        sa.Column("employee_number", KeyText(20), nullable=False),
        sa.Column("extra_data", sa.String(256), nullable=True),
        sa.Column("fte", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_before", sa.Date(), nullable=True),
        sa.Column("overload_reason", sa.String(256), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role IN ('member', 'head', 'acting head')", name=op.f("ck_department_employee_link_role")
        ),
        sa.CheckConstraint("ends_before > starts_on", name=op.f("ck_department_employee_link_dates")),
        sa.CheckConstraint("fte BETWEEN 0 AND 1000", name=op.f("ck_department_employee_link_fte")),
        sa.CheckConstraint("length(extra_data) <= 256", name=op.f("ck_department_employee_link_extra_data")),
        sa.ForeignKeyConstraint(
            ["department_code"],
            ["department.code"],
            name=op.f("fk_department_employee_link_department_code_department"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["employee_number"],
            ["employee.number"],
            name=op.f("fk_department_employee_link_employee_number_employee"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_employee_link")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_department_employee_link_department",
        "department_employee_link",
        ["department_code", "ends_before", "starts_on"],
    )
    op.create_index(
        "ix_department_employee_link_person",
        "department_employee_link",
        ["employee_number", "department_code", "starts_on"],
    )
    # ### end Alembic commands ###
    refuse_overlaps("pair", same=("employee_number", "department_code"))
    refuse_overlaps("primary", same=("employee_number",), where="is_primary")
    refuse_overlaps("head", same=("department_code",), where="role = 'head'")
    refuse_overlaps("acting_head", same=("department_code",), where="role = 'acting head'")


def downgrade() -> None:
    for table in TABLES_LAST_FIRST:
        op.drop_table(table)


def allow_exclusion() -> None:
    """Let PostgreSQL compare codes and spans of days in one rule, by an extension that it ships."""
    if op.get_bind().dialect.name != "postgresql":
        return
    try:
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    except DBAPIError as error:
        raise RuntimeError(
            "Joinery needs the PostgreSQL extension btree_gist, and could not create it here. Install the "
            "server's contrib package if it is missing, and let an administrator run this once in this "
            "database: CREATE EXTENSION btree_gist; CREATE EXTENSION pg_trgm; then migrate again."
        ) from error


def refuse_overlaps(rule: str, same: tuple[str, ...], where: str = "") -> None:
    """Let the database refuse two stays that meet: an exclusion constraint, or two triggers on SQLite."""
    if op.get_bind().dialect.name == "sqlite":
        for trigger in overlap_triggers(STAYS, rule, same, where):
            op.execute(trigger)
        return
    op.create_exclude_constraint(
        f"ex_{STAYS}_{rule}",
        STAYS,
        *[(sa.column(name), "=") for name in same],
        (sa.func.daterange(sa.column("starts_on"), sa.column("ends_before")), "&&"),
        where=sa.text(where) if where else None,
    )
