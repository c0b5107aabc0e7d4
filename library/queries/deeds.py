"""The shares, books and authors of a deed, freshly read."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from core.db import db
from core.sheets.bulk import chunks
from library.models import AuthorBook, Book


def shares_with_keys(keys: Sequence[tuple[int, int]]) -> list[AuthorBook]:
    """These shares with both sides, by title and order; keys are book and author, unknown ones are absent."""
    rows: list[AuthorBook] = []
    for chunk in chunks(sorted(keys)):
        pair = tuple_(AuthorBook.book_id, AuthorBook.author_id)
        rows += db.session.scalars(
            select(AuthorBook)
            .where(pair.in_(chunk))
            .options(joinedload(AuthorBook.book), joinedload(AuthorBook.author))
            .execution_options(populate_existing=True)
        )
    return sorted(rows, key=lambda share: (share.book.title_key, share.book_id, share.publication_order))


def books_with_ids(ids: Sequence[int]) -> list[Book]:
    """These books with their credits, by title; unknown ids are absent."""
    rows: list[Book] = []
    for chunk in chunks(sorted(ids)):
        credits = selectinload(Book.author_links).joinedload(AuthorBook.author)
        rows += db.session.scalars(
            select(Book).where(Book.id.in_(chunk)).options(credits).execution_options(populate_existing=True)
        )
    return sorted(rows, key=lambda book: (book.title_key, book.id))
