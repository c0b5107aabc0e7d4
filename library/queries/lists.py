"""The lists of the library, and the figures beside them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from core.among import among
from core.db import db, folded
from core.plain_lists import plain_once
from core.sorts import Sort, or_else, words_in
from library.models import Author, AuthorBook, Book, Subject, book_subject
from library.queries.filters import authors_asked, authors_of_each, books_asked, books_of_each
from library.queries.search import authors_by_parts, authors_called, books_by_parts, books_called

NO_YEAR = 99_999


@plain_once
def books(filters: Mapping[str, Any], q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """Books by title, reference or ISBN, filtered by their authors, royalties, subject and year."""
    conditions, authors = [*books_called(q), *books_asked(filters)], authors_of_each(filters)
    wanted = select(Book).where(*conditions, *authors.of_each())
    return authors.found(Book, conditions, *books_by_parts(q)), book_sorts(wanted)


def book_sorts(wanted: Select[Any] | None = None) -> dict[str, Sort]:
    """The ways to sort books, and what is gone through in these orders."""
    year = or_else(Book.year, NO_YEAR)
    return {
        "title": Sort(
            (Book.title_key, Book.id),
            lambda b: (b.title_key, b.id),
            lambda b: b.title,
            ("by title from A", "by title from Z"),
            wanted,
        ),
        "year": Sort(
            (year, Book.id),
            lambda b: (b.year if b.year is not None else NO_YEAR, b.id),
            lambda b: b.published or "no date",
            ("the oldest first", "the newest first"),
            wanted,
        ),
    }


@plain_once
def authors(filters: Mapping[str, Any], q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """Authors by name, filtered by their books."""
    conditions, books = [*authors_called(q), *authors_asked(filters)], books_of_each(filters)
    wanted = select(Author).where(*conditions, *books.of_each())
    return books.found(Author, conditions, *authors_by_parts(q)), {
        "name": Sort(
            (Author.sort_key, Author.id),
            lambda a: (a.sort_key, a.id),
            lambda a: a.sort_name,
            ("filed from A", "filed from Z"),
            wanted,
        )
    }


def subjects(q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """Subjects by name."""
    wanted = select(Subject).where(*words_in(folded(q), Subject.name_key))
    return wanted, {
        "name": Sort(
            (Subject.name_key, Subject.id),
            lambda s: (s.name_key, s.id),
            lambda s: s.name,
            ("from A", "from Z"),
        )
    }


def books_about(subject: Subject, q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """The books of a subject."""
    wanted = select(Book).join(book_subject).where(book_subject.c.subject_id == subject.id)
    return wanted.where(*words_in(folded(q), Book.title_key)), book_sorts()


class NamedShare(NamedTuple):
    """What a list says of a share: of which book, whose, and how much, as plain values."""

    book_id: int
    author_id: int
    name: str
    royalty_percentage: Decimal


# Put together once: the lists ask for them on every page.
_NAMED_SHARES = (
    select(AuthorBook.book_id, AuthorBook.author_id, Author.name, AuthorBook.royalty_percentage)
    .join(Author, Author.id == AuthorBook.author_id)
    .where(among(AuthorBook.book_id))
    .order_by(AuthorBook.book_id, AuthorBook.publication_order, AuthorBook.author_id)
)
_BOOK_COUNTS = (
    select(AuthorBook.author_id, func.count())
    .where(among(AuthorBook.author_id))
    .group_by(AuthorBook.author_id)
)


def named_shares(ids: Iterable[int]) -> dict[int, list[NamedShare]]:
    """The shares of these books in order, by book, as a list shows them."""
    rows = db.session.connection().execute(_NAMED_SHARES, {"keys": ids}).all()
    found = defaultdict[int, list[NamedShare]](list)
    for share in map(NamedShare._make, rows):
        found[share.book_id].append(share)
    return found


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
    return dict(db.session.connection().execute(_BOOK_COUNTS, {"keys": ids}).all())


def subject_counts(ids: Iterable[int]) -> dict[int, int]:
    """How many books each of these subjects has."""
    wanted = select(book_subject.c.subject_id, func.count()).where(book_subject.c.subject_id.in_(list(ids)))
    return dict(db.session.execute(wanted.group_by(book_subject.c.subject_id)).all())
