"""The books of an author are found, and counted, by an index alone."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SHARES, BEFORE, NOW = "author_book", "ix_author_book_author_id", "ix_author_book_author"


def upgrade() -> None:
    op.create_index(NOW, SHARES, ["author_id", "book_id"])
    op.drop_index(BEFORE, SHARES)


def downgrade() -> None:
    op.create_index(BEFORE, SHARES, ["author_id"])
    op.drop_index(NOW, SHARES)
