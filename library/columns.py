"""The columns of the lists of the library, on pages and in exports."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from stdnum.isbn import format as format_isbn

from core.cells import Ways, aside
from core.columns import Column, Table, as_they_are, listed_number
from library import queries
from library.models import Author, Book, Subject
from library.queries import NamedShare
from library.queries.exports import isbns_of, subjects_of


class BookLine(NamedTuple):
    """A book with its shares in order, its subjects and its ISBNs."""

    book: Book
    shares: Sequence[NamedShare]
    subjects: Sequence[str]
    isbns: Sequence[str]

    @property
    def royalties(self) -> Decimal | None:
        """The sum of the percentages; None where there is no author."""
        return sum((one.royalty_percentage for one in self.shares), Decimal(0)) if self.shares else None

    @property
    def names(self) -> str:
        """Who made it, in order."""
        return ", ".join(one.name for one in self.shares)


# So many authors of a book are named in a list.
NAMED = 3


def _books(books: Sequence[Book], ways: Ways) -> Sequence[str]:
    return ways.all(
        "library.book", "id", [one.id for one in books], [one.title for one in books], titled=True
    )


def _authors(ids: Sequence[int], names: Sequence[str], ways: Ways) -> Sequence[str]:
    return ways.all("library.author", "id", ids, names)


def _or_archived(links: Sequence[str], records: Sequence[Book | Author]) -> Sequence[str]:
    """Links to records, and which of these are archived."""
    archived, pairs = aside("archived"), zip(links, records, strict=True)
    return [f"{link} {archived}" if one.archived_on else link for link, one in pairs]


def _titled_books(lines: Sequence[BookLine], ways: Ways) -> Sequence[str]:
    books = [line.book for line in lines]
    return _or_archived(_books(books, ways), books)


def _first_authors(lines: Sequence[BookLine], ways: Ways) -> Sequence[str]:
    named = [one for line in lines for one in line.shares[:NAMED]]
    links = iter(_authors([one.author_id for one in named], [one.name for one in named], ways))
    return [
        _and_others(list(islice(links, min(len(line.shares), NAMED))), len(line.shares) - NAMED)
        for line in lines
    ]


def _and_others(links: Sequence[str], more: int) -> str:
    names = ", ".join(links)
    return f"{names} {aside(f'and {more} more')}" if more > 0 else names


def _royalties(lines: Sequence[BookLine], _ways: Ways) -> Sequence[str]:
    totals = [line.royalties for line in lines]
    return ["" if total is None else f"{listed_number(total)} %" for total in totals]


def _with_shares(books: Sequence[Book], _day: date, shown: Collection[str]) -> list[BookLine]:
    ids = [one.id for one in books]
    shares = queries.named_shares(ids)
    subjects = subjects_of(ids) if "subjects" in shown else {}
    isbns = isbns_of(ids) if "isbn" in shown else {}
    return [
        BookLine(
            one,
            shares.get(one.id, []),
            subjects.get(one.id, []),
            [format_isbn(isbn) for isbn, _format in isbns.get(one.id, ())],
        )
        for one in books
    ]


BOOKS = Table(
    "books",
    (
        Column("title", "Title", lambda b: b.book.title, kind="longest", sort="title", shown=_titled_books),
        Column("authors", "Authors", lambda b: b.names, kind="long", shown=_first_authors),
        Column("count", "How many", lambda b: len(b.shares), usual=False, kind="num"),
        Column("published", "Published", lambda b: b.book.published, sort="year"),
        Column("isbn", "ISBN", lambda b: ", ".join(b.isbns), usual=False),
        Column("subjects", "Subjects", lambda b: ", ".join(b.subjects), usual=False),
        Column("reference", "Reference", lambda b: b.book.reference, usual=False),
        Column("royalties", "Royalties", lambda b: b.royalties, kind="num", shown=_royalties),
        Column("archived", "Archived on", lambda b: b.book.archived_on, usual=False),
    ),
    _with_shares,
    lambda b: b.book.id,
    facts=(
        Book.id,
        Book.title,
        Book.title_key,
        Book.published,
        Book.year,
        Book.reference,
        Book.archived_on,
    ),
)


class AuthorLine(NamedTuple):
    """An author with one title, and the number of books."""

    author: Author
    title: str
    books: int


def _named_authors(lines: Sequence[AuthorLine], ways: Ways) -> Sequence[str]:
    authors = [line.author for line in lines]
    links = _authors([one.id for one in authors], [one.sort_name for one in authors], ways)
    return _or_archived(links, authors)


def _with_books(authors: Sequence[Author], _day: date, shown: Collection[str]) -> list[AuthorLine]:
    ids = [one.id for one in authors]
    known = queries.titles_and_counts(ids) if {"title", "books"} & set(shown) else {}
    return [AuthorLine(one, *known.get(one.id, ("", 0))) for one in authors]


AUTHORS = Table(
    "authors",
    (
        Column("name", "Author", lambda a: a.author.sort_name, sort="name", shown=_named_authors),
        Column("called", "Name", lambda a: a.author.name, usual=False),
        Column("books", "Books", lambda a: a.books, kind="num"),
        Column("title", "One of them", lambda a: a.title, kind="longest"),
        Column("archived", "Archived on", lambda a: a.author.archived_on, usual=False),
    ),
    _with_books,
    lambda a: a.author.id,
    facts=(Author.id, Author.name, Author.sort_name, Author.sort_key, Author.archived_on),
)


SHARES = Table(
    "shares",
    (
        Column(
            "book",
            "Book",
            lambda s: s.book.title,
            kind="longest",
            sort="book",
            shown=lambda lines, ways: _books([s.book for s in lines], ways),
        ),
        Column(
            "author",
            "Author",
            lambda s: s.author.name,
            sort="author",
            shown=lambda lines, ways: _authors(
                [s.author_id for s in lines], [s.author.name for s in lines], ways
            ),
        ),
        Column("role", "Role", lambda s: s.role),
        Column("order", "No.", lambda s: s.publication_order, kind="num"),
        Column(
            "percentage",
            "Royalty",
            lambda s: s.royalty_percentage,
            kind="num",
            sort="percentage",
            cell=lambda s, _ways: f"{listed_number(s.royalty_percentage)} %",
        ),
        Column("credited", "Credited as", lambda s: s.credited_as),
        Column("also", "Also as", lambda s: s.also_as, usual=False),
        Column("published", "Published", lambda s: s.book.published, usual=False),
    ),
    as_they_are,
    lambda s: f"{s.book_id}-{s.author_id}",
)


class SubjectLine(NamedTuple):
    """A subject with the number of its books."""

    subject: Subject
    books: int


def _counted(subjects: Sequence[Subject], _day: date, _shown: Collection[str]) -> list[SubjectLine]:
    counts = queries.subject_counts([one.id for one in subjects])
    return [SubjectLine(one, counts.get(one.id, 0)) for one in subjects]


SUBJECTS = Table(
    "subjects",
    (
        Column(
            "name",
            "Subject",
            lambda s: s.subject.name,
            sort="name",
            cell=lambda s, ways: ways("library.subject", "id", s.subject.id, s.subject.name),
        ),
        Column("books", "Books", lambda s: s.books, kind="num"),
    ),
    _counted,
    lambda s: s.subject.id,
)
