"""The lists of the library, and the figures beside them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from core.db import db, folded
from core.listing import Sort, words_in
from library.models import Author, AuthorBook, Book, Subject, book_subject
from library.queries.search import authors_called, books_called

NO_YEAR = 99_999
# More links than anything here has; a larger number would be none a database can compare.
MOST = 99_999


def _how_many(count: Any, filters: Mapping[str, Any], name: str) -> list[ColumnElement[bool]]:
    """Conditions on the number of links: none, one, several, or exactly so many."""
    conditions: list[ColumnElement[bool]] = []
    if filters.get(name) in ("0", "1"):
        conditions.append(count == int(filters[name]))
    elif filters.get(name) == "2+":
        conditions.append(count > 1)
    exactly = filters.get("exactly")
    if exactly is not None and 0 <= exactly <= MOST:
        conditions.append(count == exactly)
    return conditions


def _state(column: Any, filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    if filters.get("state") == "all":
        return []
    return [column.is_not(None) if filters.get("state") == "archived" else column.is_(None)]


def books(filters: Mapping[str, Any], q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """Books by title, reference or ISBN, filtered by subject and by the number of authors."""
    wanted = select(Book).where(*_state(Book.archived_on, filters), *books_called(q))
    if filters.get("subject"):
        wanted = wanted.where(Book.subjects.any(Subject.name_key == folded(filters["subject"])))
    count = select(func.count()).where(AuthorBook.book_id == Book.id).correlate(Book).scalar_subquery()
    return wanted.where(*_how_many(count, filters, "authors")), book_sorts()


def book_sorts() -> dict[str, Sort]:
    """The ways to sort books."""
    year = func.coalesce(Book.year, NO_YEAR)
    return {
        "title": Sort((Book.title_key, Book.id), lambda b: (b.title_key, b.id), lambda b: b.title),
        "year": Sort(
            (year, Book.id),
            lambda b: (b.year if b.year is not None else NO_YEAR, b.id),
            lambda b: b.published or "no date",
        ),
    }


def authors(filters: Mapping[str, Any], q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """Authors by name, filtered by the number of their books."""
    wanted = select(Author).where(*_state(Author.archived_on, filters), *authors_called(q))
    count = select(func.count()).where(AuthorBook.author_id == Author.id).correlate(Author).scalar_subquery()
    return wanted.where(*_how_many(count, filters, "books")), {
        "name": Sort((Author.sort_key, Author.id), lambda a: (a.sort_key, a.id), lambda a: a.sort_name)
    }


def subjects(q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """Subjects by name."""
    wanted = select(Subject).where(*words_in(folded(q), Subject.name_key))
    return wanted, {
        "name": Sort((Subject.name_key, Subject.id), lambda s: (s.name_key, s.id), lambda s: s.name)
    }


def books_about(subject: Subject, q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """The books of a subject."""
    wanted = select(Book).join(book_subject).where(book_subject.c.subject_id == subject.id)
    return wanted.where(*words_in(folded(q), Book.title_key)), book_sorts()


def credits_of(ids: Iterable[int]) -> dict[int, list[AuthorBook]]:
    """The shares of these books with their authors, in order, by book."""
    rows = db.session.scalars(
        select(AuthorBook)
        .where(AuthorBook.book_id.in_(list(ids)))
        .options(joinedload(AuthorBook.author))
        .order_by(AuthorBook.book_id, AuthorBook.publication_order, AuthorBook.author_id)
    )
    found: dict[int, list[AuthorBook]] = {}
    for link in rows:
        found.setdefault(link.book_id, []).append(link)
    return found


def book_counts(ids: Iterable[int]) -> dict[int, int]:
    """How many books each of these authors is on."""
    wanted = select(AuthorBook.author_id, func.count()).where(AuthorBook.author_id.in_(list(ids)))
    return dict(db.session.execute(wanted.group_by(AuthorBook.author_id)).all())


def subject_counts(ids: Iterable[int]) -> dict[int, int]:
    """How many books each of these subjects has."""
    wanted = select(book_subject.c.subject_id, func.count()).where(book_subject.c.subject_id.in_(list(ids)))
    return dict(db.session.execute(wanted.group_by(book_subject.c.subject_id)).all())
