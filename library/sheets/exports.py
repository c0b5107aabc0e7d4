"""What the lists of the library can be taken away as: what an import knows, and a few columns beside it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Select
from stdnum import isbn as isbn_numbers

from core.columns import Column
from core.listing import Listing
from core.sheets.export import Export, sheet_columns
from library import queries
from library.queries.exports import (
    isbns_of,
    names_on,
    rows_of_authors,
    rows_of_books,
    rows_of_shares,
    rows_of_shares_on_a_record,
    rows_of_subjects,
    rows_of_their_authors,
    rows_of_their_books,
    subjects_of,
)
from library.sheets.authors import AUTHORS
from library.sheets.books import BOOKS
from library.sheets.names import in_one_cell
from library.sheets.shares import SHARES

Isbns = Sequence[tuple[str, str]]
Rows = Callable[[], Select[Any]]
ARCHIVED = Column("archived_on", "Archived on", attrgetter("archived_on"))


@dataclass(frozen=True)
class BookLine:
    """A book with what belongs to it."""

    book: Any
    authors: Sequence[str]
    isbns: Isbns
    subjects: Sequence[str]


def _whole_books(books: Sequence[Any]) -> Iterator[BookLine]:
    ids = [book.id for book in books]
    authors, isbns, subjects = names_on(ids), isbns_of(ids), subjects_of(ids)
    for book in books:
        yield BookLine(book, authors.get(book.id, ()), isbns.get(book.id, ()), subjects.get(book.id, ()))


@dataclass(frozen=True)
class ShareLine:
    """A share with the ISBNs of its book."""

    share: Any
    isbns: Isbns


def _with_isbns(shares: Sequence[Any]) -> Iterator[ShareLine]:
    isbns = isbns_of({share.book_id for share in shares})
    return (ShareLine(share, isbns.get(share.book_id, ())) for share in shares)


def _with_counts(counts: Any, records: Sequence[Any]) -> Iterator[tuple[Any, int]]:
    found = counts(one.id for one in records)
    return ((one, found.get(one.id, 0)) for one in records)


def _isbn(line: BookLine | ShareLine) -> str:
    """The first ISBN, with hyphens: without them, spreadsheets take it for a number and cut it."""
    return isbn_numbers.format(line.isbns[0][0]) if line.isbns else ""


def _further_isbns(line: BookLine) -> str:
    return ", ".join(isbn_numbers.format(isbn) for isbn, _format in line.isbns[1:])


BOOK_COLUMNS = (
    *sheet_columns(
        BOOKS,
        {
            "reference": attrgetter("book.reference"),
            "title": attrgetter("book.title"),
            "authors": lambda line: in_one_cell(line.authors),
            "published": attrgetter("book.published"),
            "isbn13": _isbn,
            "format": lambda line: line.isbns[0][1] if line.isbns else None,
        },
    ),
    Column("further_isbns", "Further ISBNs", _further_isbns),
    Column("subjects", "Subjects", lambda line: ", ".join(line.subjects)),
    Column("archived_on", "Archived on", attrgetter("book.archived_on")),
)
AUTHOR_COLUMNS = (
    *sheet_columns(AUTHORS, {"name": attrgetter("name"), "sort_name": attrgetter("sort_name")}),
    ARCHIVED,
)
SHARE_COLUMNS = sheet_columns(
    SHARES,
    {
        "reference": attrgetter("share.reference"),
        "isbn13": _isbn,
        "title": attrgetter("share.title"),
        "published": attrgetter("share.published"),
        "author": attrgetter("share.author"),
        "publication_order": attrgetter("share.publication_order"),
        "royalty_percentage": attrgetter("share.royalty_percentage"),
        "role": attrgetter("share.role"),
        "also_as": attrgetter("share.also_as"),
        "credited_as": attrgetter("share.credited_as"),
    },
)
SUBJECT_COLUMNS = (
    Column("name", "Subject", lambda line: line[0].name),
    Column("books", "Books", lambda line: line[1]),
)


def _books(rows: Rows, of: str = "") -> Export:
    about = "One line per book: title, authors in order, published, ISBN, subjects."
    return Export("books", "Books", about, rows, BOOK_COLUMNS, _whole_books, of=of)


def _shares(rows: Rows, title: str, of: str = "") -> Export:
    about = "One line per author of a book: place, royalty, role."
    return Export("authors-of-books", title, about, rows, SHARE_COLUMNS, _with_isbns, of=of)


def of_books(listing: Listing, of: str = "") -> list[Export]:
    """What a list of books can be taken away as; `of` says whose or what they are."""
    their_authors = _shares(lambda: rows_of_their_authors(listing.select), "Their authors", of)
    return [_books(lambda: rows_of_books(listing.whole), of), their_authors]


def of_authors(listing: Listing) -> list[Export]:
    """What the list of authors can be taken away as."""
    about = "One line per author: the name, and the name to be filed under."
    return [
        Export("authors", "Authors", about, lambda: rows_of_authors(listing.whole), AUTHOR_COLUMNS),
        _shares(lambda: rows_of_their_books(listing.select), "Their books"),
    ]


def of_subjects(listing: Listing) -> list[Export]:
    """What the list of subjects can be taken away as."""
    about = "One line per subject, with the number of its books."

    def rows() -> Select[Any]:
        return rows_of_subjects(listing.whole)

    def beside(subjects: Sequence[Any]) -> Iterator[tuple[Any, int]]:
        return _with_counts(queries.subject_counts, subjects)

    return [Export("subjects", "Subjects", about, rows, SUBJECT_COLUMNS, beside, loads_back=False)]


def of_shares(listing: Listing, of: str) -> list[Export]:
    """What a list of shares can be taken away as; `of` says whose they are, and is empty for all of them."""

    def rows() -> Select[Any]:
        return (
            rows_of_shares_on_a_record(listing.select, listing.order) if of else rows_of_shares(listing.whole)
        )

    return [_shares(rows, "Shares", of)]
