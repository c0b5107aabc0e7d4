"""Everything that the library keeps about an author, and who else is called so."""

from collections.abc import Collection

from sqlalchemy import or_, select

from core.db import db, folded
from core.privacy import Part, columns_of
from core.privacy.parts import about_record
from core.subjects import subjects_of
from library.models import Author, AuthorBook, AuthorName, Book, NotTheSameAuthor


def kept_of_author(author: Author) -> list[Part]:
    """The author with shares and other names, notes and history."""
    shares = (
        select(Book.title.label("book"), *columns_of(AuthorBook))
        .join(Book, Book.id == AuthorBook.book_id)
        .where(AuthorBook.author_id == author.id)
    )
    names = select(*columns_of(AuthorName)).where(AuthorName.author_id == author.id)
    others = select(*columns_of(NotTheSameAuthor)).where(
        or_(NotTheSameAuthor.first == author.id, NotTheSameAuthor.second == author.id)
    )
    return [
        Part("author", "The author", select(*columns_of(Author)).where(Author.id == author.id)),
        Part("other_names", "Other names", names.order_by(AuthorName.id)),
        Part("shares", "Shares in books", shares.order_by(AuthorBook.book_id)),
        Part("not_the_same", "Authors who only look like them", others.order_by(NotTheSameAuthor.first)),
        *about_record(subjects_of(author)),
    ]


def names_of_others(author: Author, names: Collection[str]) -> set[str]:
    """Those of these names that another author has as well, as a name or as it is filed."""
    keys = {folded(name): name for name in names}
    rows = db.session.execute(
        select(Author.name_key, Author.sort_key).where(
            or_(Author.name_key.in_(keys), Author.sort_key.in_(keys)), Author.id != author.id
        )
    )
    return {keys[key] for row in rows for key in row if key in keys}
