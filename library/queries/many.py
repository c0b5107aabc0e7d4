"""What deeds on very many shares or books read: everything that was chosen, book by book."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from core.db import db
from core.many import Chosen, Rows
from library.models import AuthorBook, Book


def shares_by_book(wanted: Select[Any]) -> list[Chosen]:
    """The chosen shares, book by book."""
    rows = db.session.execute(wanted.order_by(AuthorBook.book_id, AuthorBook.author_id))
    return [Chosen((book, author), book) for book, author in rows]


def books_by_id(wanted: Select[Any]) -> list[Chosen]:
    """The chosen books."""
    return [Chosen(id, id) for id in db.session.scalars(wanted.order_by(Book.id))]


def books_of_shares(wanted: Select[Any]) -> Select[Any]:
    """The ids of the books whose shares were chosen."""
    return wanted.with_only_columns(AuthorBook.book_id, maintain_column_froms=True).order_by(None)


def around_shares(wanted: Select[Any]) -> Sequence[Rows]:
    """What the rules look at beside the chosen shares: keys and versions."""
    return around_books(books_of_shares(wanted))


def around_books(wanted: Select[Any]) -> Sequence[Rows]:
    """What the rules look at of these books: themselves, and all their shares."""
    shares = select(AuthorBook.book_id, AuthorBook.author_id, AuthorBook.version)
    return [
        select(Book.id, Book.version).where(Book.id.in_(wanted)),
        shares.where(AuthorBook.book_id.in_(wanted)),
    ]
