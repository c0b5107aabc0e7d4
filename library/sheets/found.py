"""The stored books that the lines of a file can mean, read with a handful of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from core.db import db, folded
from core.sheets.bulk import rows_with
from library.models import Author, AuthorBook, Book, Edition

BOOK = (Book.id, Book.reference, Book.title, Book.title_key, Book.published, Book.year)
CREDIT = (
    AuthorBook.book_id,
    AuthorBook.author_id,
    AuthorBook.publication_order,
    AuthorBook.royalty_percentage,
    AuthorBook.role,
    AuthorBook.also_as,
    AuthorBook.credited_as,
)


@dataclass
class Found:
    """Books by every way a file can name them, their credits in order, and who has which ISBN."""

    by_reference: dict[str, Any] = field(default_factory=dict)
    by_title: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    by_isbn: dict[str, Any] = field(default_factory=dict)
    credits: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    names: dict[int, tuple[str, str]] = field(default_factory=dict)
    formats: dict[str, Any] = field(default_factory=dict)
    titles: dict[int, str] = field(default_factory=dict)

    def authors_of(self, book: Any | None) -> list[int]:
        """The authors of a book, in the order of the credits."""
        return [credit.author_id for credit in self.credits.get(book.id, ())] if book is not None else []


def books_meant(references: Collection[str], isbns: Collection[str], titles: Iterable[str]) -> Found:
    """Everything stored that has one of these references, ISBNs or titles."""
    session, found = db.session(), Found()
    books: dict[int, Any] = {}
    for column, keys in ((Book.reference, references), (Book.title_key, {folded(title) for title in titles})):
        books |= {row.id: row for row in rows_with(session, select(*BOOK), column, keys)}
    editions = list(
        rows_with(
            session, select(Edition.id, Edition.isbn, Edition.book_id, Edition.format), Edition.isbn, isbns
        )
    )
    others = {row.book_id for row in editions} - books.keys()
    books |= {row.id: row for row in rows_with(session, select(*BOOK), Book.id, others)}
    for row in books.values():
        found.by_title[row.title_key].append(row)
    found.by_reference = {row.reference: row for row in books.values() if row.reference}
    found.titles = {row.id: row.title for row in books.values()}
    found.by_isbn = {row.isbn: books[row.book_id] for row in editions}
    found.formats = {row.isbn: row for row in editions}
    _add_credits(found, books)
    return found


def _add_credits(found: Found, books: Mapping[int, Any]) -> None:
    session = db.session()
    for credit in rows_with(session, select(*CREDIT), AuthorBook.book_id, books.keys()):
        found.credits[credit.book_id].append(credit)
    for credits in found.credits.values():
        credits.sort(key=lambda credit: credit.publication_order)
    linked = {credit.author_id for credits in found.credits.values() for credit in credits}
    wanted = select(Author.id, Author.name, Author.name_key)
    found.names = {row.id: (row.name, row.name_key) for row in rows_with(session, wanted, Author.id, linked)}


def said(lines: Iterable[Any], name: str) -> Iterator[Any]:
    """What the lines say under one name."""
    return (line.values[name] for line in lines if name in line.values)
