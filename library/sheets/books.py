"""The columns of a sheet of books, and what a line becomes: a book, its credits, an edition with its ISBN."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.db import folded
from core.sheets import cells
from core.sheets.bulk import columns_of
from core.sheets.plan import Change, Line, Plan, Sheet, SheetField, State, settle
from library.models import FORMATS, Author, AuthorBook, Book, Edition, published_year
from library.sheets.book_store import store
from library.sheets.credits import compare_credits
from library.sheets.found import Found, books_meant, said
from library.sheets.isbn import Verdict, judge
from library.sheets.lacking import OF_BOOKS
from library.sheets.names import authors_by_name, people

LABELS = {"reference": "Reference", "title": "Title", "published": "Published"}


@dataclass
class Extra:
    """What a line says beyond the columns of a book.

    `credits` are the authors in order, stored ones by id and new ones by folded name; None: nothing to store.
    `isbn` is that of a new edition, `edition` the id of a stored one whose format changes.
    """

    verdict: Verdict
    credits: list[int | str] | None = None
    new_names: dict[str, str] = field(default_factory=dict)
    isbn: str | None = None
    edition: int | None = None


def published(cell: str) -> str:
    """A year, month or day; “2008.0”, as spreadsheets write a year, is 2008."""
    bare = re.sub(r"\.0+$", "", cell)
    try:
        published_year(bare)
    except ValueError as error:
        raise cells.BadCell(f"{error}.") from None
    return bare


def _compare(plan: Plan) -> None:
    """A book is found by its reference, else by ISBN, else by title, year and an author if only one fits."""
    for line in plan.open_lines:
        line.extra = Extra(judge(line.values.get("isbn", ""), line.values.get("isbn13", "")))
    lines = list(plan.open_lines)
    isbns = {line.extra.verdict.isbn for line in lines} - {None}
    titles = {_title(line.values) for line in lines} - {""}
    found = books_meant(set(said(lines, "reference")), isbns, titles)
    keys = {folded(name) for names in said(lines, "authors") for name in names}
    authors = authors_by_name(keys)
    taken: dict[Any, Line] = {}
    isbn_of: dict[str, Line] = {}
    books: dict[Line, Any] = {}
    met = {book.id for book in found.by_isbn.values()}
    for line in lines:
        books[line] = book = _match(line, found, authors, met)
        met |= {book.id} if book is not None else set()
    for line, book in books.items():
        _claim(line, book, taken)
        if line.is_open:
            _settle(line, book)
    compare_credits(plan, books, found, authors)
    for line, book in books.items():
        _compare_isbn(plan, line, book, found, isbn_of)


def _title(values: Mapping[str, Any]) -> str:
    return str(values.get("title") or values.get("original_title") or "")


def _match(line: Line, found: Found, authors: Mapping[str, list[Any]], met: set[int]) -> Any | None:
    """The stored book that a line is about; one with another reference is another book.

    Where several can be meant, it is one that says no more than the line; rather one that was not `met`.
    """
    reference = line.values.get("reference")
    if reference in found.by_reference:
        return found.by_reference[reference]
    book = found.by_isbn.get(line.extra.verdict.isbn)
    if book is not None and (book.reference is None or reference is None):
        return book
    same = [
        other
        for other in found.by_title.get(folded(_title(line.values)), ())
        if (other.reference is None or reference is None) and _can_be(line.values, other, found, authors)
    ]
    if len(same) > 1:
        same = [other for other in same if _says_the_same(line.values, other, found, authors)]
        return min(same, key=lambda other: (other.id in met, other.id), default=None)
    return same[0] if same else None


def _says_the_same(values: Mapping[str, Any], book: Any, found: Found, authors: Mapping[str, Any]) -> bool:
    """Whether a stored book has just the reference, date and authors of a line."""
    stored = set(found.authors_of(book))
    named = {one.id for name in values.get("authors", ()) for one in authors.get(folded(name), ())}
    facts = (values.get("reference"), values.get("published"))
    return (
        facts == (book.reference, book.published)
        and (named & stored == stored)
        and bool(named) == bool(stored)
    )


def _can_be(values: Mapping[str, Any], book: Any, found: Found, authors: Mapping[str, list[Any]]) -> bool:
    """Whether year and authors of a line can be those of a stored book with this title."""
    if values.get("published") not in (None, book.published) and book.published is not None:
        return False
    named = {folded(name) for name in values.get("authors", ())}
    stored = set(found.authors_of(book))
    return not named or not stored or any(one.id in stored for name in named for one in authors.get(name, ()))


def _claim(line: Line, book: Any | None, taken: dict[Any, Line]) -> None:
    """Refuse a second line about one book; what has no reference or ISBN is known by what it says."""
    values = line.values
    own = values.get("reference") or line.extra.verdict.isbn
    key = (
        book.id
        if book is not None
        else own or (folded(_title(values)), values.get("published"), values.get("authors"))
    )
    earlier = taken.setdefault((book is not None, key), line)
    line.key = book.id if book is not None else None
    if earlier is not line:
        line.refuse(f"Line {earlier.number:,} is about the same book.")
    elif book is None and not _title(values):
        line.refuse("A new book needs a title.", "title")


def _settle(line: Line, book: Any | None) -> None:
    facts: dict[str, Any] = {
        name: line.values[name] for name in ("reference", "published") if name in line.values
    }
    if _title(line.values):
        facts["title"] = _title(line.values)
    settle(line, book, columns_of(Book(**facts)), LABELS)


def _compare_isbn(plan: Plan, line: Line, book: Any | None, found: Found, isbn_of: dict[str, Line]) -> None:
    """Take the ISBN, or say why not; an ISBN that cannot be taken does not keep the book out."""
    verdict: Verdict = line.extra.verdict
    if not line.is_open or not {"isbn", "isbn13"} & plan.mapped.keys():
        return
    if verdict.sentence:
        plan.notice(verdict.kind, line, verdict.sentence)
    if verdict.isbn is None:
        return
    owner = found.by_isbn.get(verdict.isbn)
    if owner is not None and (book is None or owner.id != book.id):
        plan.notice("ISBN not taken", line, f"The ISBN {verdict.isbn} belongs to “{owner.title}” already.")
    elif owner is not None:
        _compare_format(line, found.formats[verdict.isbn])
    elif isbn_of.setdefault(verdict.isbn, line) is not line:
        plan.notice(
            "ISBN not taken", line, f"Line {isbn_of[verdict.isbn].number:,} has the ISBN {verdict.isbn} too."
        )
    else:
        line.extra.isbn = verdict.isbn
        if line.state is not State.ADDED:
            line.state = State.CHANGED
            line.changes += (Change("ISBN", "none", verdict.isbn),)


def _compare_format(line: Line, edition: Any) -> None:
    wanted = line.values.get("format", edition.format)
    if wanted != edition.format:
        line.extra.edition = edition.id
        line.state = State.CHANGED
        line.changes += (Change("Format", edition.format, wanted),)


def _describe(values: Mapping[str, Any]) -> str:
    return _title(values) or str(values["reference"])


def _will_be(line: Line) -> dict[str, Any]:
    """One title and one ISBN, as they are taken from the columns that say something of them; its authors."""
    if line.extra is None:
        return {}
    given: dict[str, Any] = {"title": _title(line.values), "original_title": "", "isbn13": ""}
    given["credits"] = line.extra.credits
    return given | {"isbn" if "isbn" in line.values else "isbn13": line.extra.verdict.isbn or ""}


BOOKS = Sheet(
    kind="books",
    title="Books",
    about="One line per book: title, authors in one cell in the order of the credits, year, ISBN.",
    fields=(
        SheetField(
            "reference",
            "Reference",
            cells.text(40),
            "bookid ref bookno booknumber housenumber sku",
        ),
        SheetField("title", "Title", cells.text(500), "booktitle name book"),
        SheetField("original_title", "Title, where the title is empty", cells.text(500), "originaltitle"),
        SheetField(
            "authors",
            "Authors",
            people,
            "author authornames by writers",
            "comma-separated, in order",
        ),
        SheetField(
            "published",
            "Published",
            published,
            "originalpublicationyear publicationyear publicationdate year pubdate publishedon",
        ),
        SheetField("isbn", "ISBN", cells.text(40), "isbn10"),
        SheetField("isbn13", "ISBN-13", cells.text(40), "ean ean13"),
        SheetField("format", "Format", cells.choice(FORMATS), "binding", "of the edition with this ISBN"),
    ),
    needs=(("title", "original_title", "reference"),),
    compare=_compare,
    store=store,
    describe=_describe,
    locks=(Book, Author, AuthorBook, Edition),
    endpoint="library.books",
    will_be=_will_be,
    questions=OF_BOOKS.questions,
)
