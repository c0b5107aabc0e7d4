"""Notes are about a record or on the notice board, and their numbers are never given away again."""

import sqlalchemy as sa
from alembic import op

from core.db import KeyText

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A new table on SQLite: only so can a table that is there begin to keep its numbers.
    anew = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("post", recreate=anew, table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_index("ix_post_posted_at")
        table.add_column(sa.Column("about", KeyText(80), nullable=True))
    op.create_index("ix_post_about_id", "post", ["about", "id"])


def downgrade() -> None:
    # What was said about a record would stand on the notice board, where everybody reads it.
    op.execute("DELETE FROM post WHERE about IS NOT NULL")
    op.drop_index("ix_post_about_id", "post")
    with op.batch_alter_table("post", table_kwargs={"sqlite_autoincrement": False}) as table:
        table.drop_column("about")
    op.create_index("ix_post_posted_at", "post", ["posted_at"])
