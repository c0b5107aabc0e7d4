"""The books of an author are counted, and the credits of a book listed, by an index alone."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SHARES, BEFORE = "author_book", "ix_author_book_author_id"
OF_AUTHOR, OF_BOOK = "ix_author_book_author", "ix_author_book_credits"


def upgrade() -> None:
    op.create_index(OF_AUTHOR, SHARES, ["author_id", "book_id"])
    op.create_index(OF_BOOK, SHARES, ["book_id", "publication_order", "author_id", "royalty_percentage"])
    op.drop_index(BEFORE, SHARES)


def downgrade() -> None:
    op.create_index(BEFORE, SHARES, ["author_id"])
    op.drop_index(OF_BOOK, SHARES)
    op.drop_index(OF_AUTHOR, SHARES)
