"""Everything that is stored, in batches, for whoever looks at all of it."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select

from core.queries import stream
from library.models import AuthorBook, Book
from library.royalties import Share


class SharesOfBook(NamedTuple):
    """One book with every share, and the places of its credits."""

    id: int
    title: str
    shares: list[Share]
    places: list[int]


def every_book_with_shares() -> Iterator[SharesOfBook]:
    """Every book that has a share, one after the other."""
    wanted = (
        select(
            AuthorBook.book_id,
            AuthorBook.author_id,
            AuthorBook.royalty_percentage,
            AuthorBook.publication_order,
            Book.title,
        )
        .join(AuthorBook.book)
        .order_by(AuthorBook.book_id)
    )
    for book, rows in groupby(stream(wanted), key=lambda row: row.book_id):
        shares, places = [], []
        for row in rows:
            shares.append(Share((book, row.author_id), book, row.author_id, row.royalty_percentage))
            places.append(row.publication_order)
        yield SharesOfBook(book, row.title, shares, places)
