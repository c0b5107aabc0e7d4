"""The rows of the library that are taken away as files: plain columns, and what belongs to some of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select, tuple_

from core.db import db
from core.selection import only
from library.models import Author, AuthorBook, Book, Edition, Subject, book_subject

_BOOK: tuple[Any, ...] = (Book.id, Book.reference, Book.title, Book.published, Book.archived_on)
_AUTHOR: tuple[Any, ...] = (Author.id, Author.name, Author.sort_name, Author.archived_on)
_SUBJECT: tuple[Any, ...] = (Subject.id, Subject.name)
_SHARE: tuple[Any, ...] = (
    AuthorBook.book_id,
    Book.reference,
    Book.title,
    Book.published,
    Author.name.label("author"),
    AuthorBook.publication_order,
    AuthorBook.royalty_percentage,
    AuthorBook.role,
    AuthorBook.also_as,
    AuthorBook.credited_as,
)


def rows_of_books(listed: Select[Any]) -> Select[Any]:
    """The books that a list finds, in its order."""
    return listed.with_only_columns(*_BOOK, maintain_column_froms=True)


def rows_of_authors(listed: Select[Any]) -> Select[Any]:
    """The authors whom a list finds, in its order."""
    return listed.with_only_columns(*_AUTHOR, maintain_column_froms=True)


def rows_of_subjects(listed: Select[Any]) -> Select[Any]:
    """The subjects that a list finds, in its order."""
    return listed.with_only_columns(*_SUBJECT, maintain_column_froms=True)


def rows_of_shares(listed: Select[Any]) -> Select[Any]:
    """The shares that their list finds, in its order."""
    return listed.with_only_columns(*_SHARE)


def rows_of_shares_on_a_record(listed: Select[Any], order: Sequence[Any]) -> Select[Any]:
    """The shares that the page of an author finds, each with its book and author."""
    pair = (AuthorBook.book_id, AuthorBook.author_id)
    return _shares().where(tuple_(*pair).in_(only(listed, *pair))).order_by(*order)


def rows_of_their_authors(books: Select[Any]) -> Select[Any]:
    """The shares of the books that a list finds, each book in the order of its credits."""
    return _in_order(_shares().where(AuthorBook.book_id.in_(only(books, Book.id))))


def rows_of_their_books(authors: Select[Any]) -> Select[Any]:
    """The shares of the authors whom a list finds."""
    return _in_order(_shares().where(AuthorBook.author_id.in_(only(authors, Author.id))))


def _shares() -> Select[Any]:
    return select(*_SHARE).join(AuthorBook.book).join(AuthorBook.author)


def _in_order(shares: Select[Any]) -> Select[Any]:
    return shares.order_by(AuthorBook.book_id, AuthorBook.publication_order, AuthorBook.author_id)


# --- what belongs to some of them ------------------------------------------------------------------


def names_on(books: Collection[int]) -> dict[int, list[str]]:
    """The authors of these books in the order of the credits, by book."""
    wanted = select(AuthorBook.book_id, Author.name).join(AuthorBook.author)
    return _by_first(
        wanted.where(AuthorBook.book_id.in_(books)).order_by(
            AuthorBook.book_id, AuthorBook.publication_order, AuthorBook.author_id
        )
    )


def isbns_of(books: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """The ISBNs of these books, each with the format of its edition, by book; the oldest edition first."""
    wanted = select(Edition.book_id, Edition.isbn, Edition.format).where(Edition.isbn.is_not(None))
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in db.session.execute(wanted.where(Edition.book_id.in_(books)).order_by(Edition.id)):
        found[row.book_id].append((row.isbn, row.format))
    return found


def subjects_of(books: Collection[int]) -> dict[int, list[str]]:
    """The subjects of these books by name, by book."""
    wanted = select(book_subject.c.book_id, Subject.name).join(Subject).order_by(Subject.name_key)
    return _by_first(wanted.where(book_subject.c.book_id.in_(books)))


def _by_first(wanted: Select[int, str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for key, name in db.session.execute(wanted):
        found[key].append(name)
    return found
