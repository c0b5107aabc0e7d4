"""What was chosen on a list of the library, as a select of keys: by key, or all that the filters find."""

from typing import Any

from sqlalchemy import Select, false, select, tuple_

from core.db import record_id
from core.selection import Selection, only
from library import queries
from library.forms import AuthorFilter, BookFilter, SharesFilter
from library.models import Author, AuthorBook, Book


def _ids(selection: Selection) -> list[int]:
    return [number for key in selection.keys if (number := record_id(key)) is not None]


def chosen_books(selection: Selection) -> Select[Any]:
    """The ids of the books that were chosen."""
    if not selection.all:
        return select(Book.id).where(Book.id.in_(_ids(selection)))
    return only(queries.books(selection.filters(BookFilter).asked_for, selection.q)[0], Book.id)


def chosen_authors(selection: Selection) -> Select[Any]:
    """The ids of the authors who were chosen."""
    if not selection.all:
        return select(Author.id).where(Author.id.in_(_ids(selection)))
    return only(queries.authors(selection.filters(AuthorFilter).asked_for, selection.q)[0], Author.id)


def chosen_shares(selection: Selection) -> Select[Any]:
    """The pairs of book and author of the shares that were chosen; a key is “12-34”."""
    pair: tuple[Any, ...] = (AuthorBook.book_id, AuthorBook.author_id)
    if selection.all:
        return only(queries.shares(selection.filters(SharesFilter).asked_for, selection.q)[0], *pair)
    parts = [[record_id(part) for part in key.split("-")] for key in selection.keys]
    pairs = [tuple(one) for one in parts if len(one) == 2 and None not in one]
    wanted = select(*pair)
    return wanted.where(tuple_(*pair).in_(pairs) if pairs else false())
