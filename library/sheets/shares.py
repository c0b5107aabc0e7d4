"""The columns of a sheet of shares: which author of which book, at which place, for what royalty."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Table

from core.db import folded
from core.forms import number_text
from core.links import in_words
from core.sheets import cells
from core.sheets.bulk import insert_rows, update_rows
from core.sheets.plan import Change, Line, Plan, Sheet, SheetField, State, once, settle
from core.writing import Work
from library import royalties
from library.models import ROLES, Author, AuthorBook, Book
from library.royalties import Share
from library.sheets.books import published
from library.sheets.found import Found, books_meant, said
from library.sheets.isbn import judge
from library.sheets.lacking import ABSENT, absent_shares, delete_absent
from library.sheets.names import MOST, authors_by_name, meant, note_other_name, person

TABLE = cast(Table, AuthorBook.__table__)
LABELS = {
    "royalty_percentage": "Royalty",
    "role": "Role",
    "also_as": "Also as",
    "credited_as": "Credited as",
}


def also_as(cell: str) -> str:
    """Further roles, separated by commas."""
    return ", ".join(cells.choice(ROLES)(part.strip()) for part in cell.split(",") if part.strip())


def _compare(plan: Plan) -> None:
    """A share is found by book and author; the royalties of a book are at most 100 % together."""
    lines, every = list(plan.open_lines), plan.lines
    isbns = {line: judge(line.values.get("isbn", ""), line.values.get("isbn13", "")).isbn for line in every}
    known = {isbn for isbn in isbns.values() if isbn}
    found = books_meant(set(said(every, "reference")), known, said(every, "title"))
    authors = authors_by_name({folded(name) for name in said(every, "author")}, also_filed=True)
    for line in lines:
        _resolve(plan, line, found, isbns[line], authors)
    first = once(plan, lambda line: line.extra, "share")
    credits = {(one.book_id, one.author_id): one for group in found.credits.values() for one in group}
    for line in first:
        stored = credits.get(line.extra)
        says = {name: line.values[name] for name in LABELS if name in line.values}
        line.key = line.extra
        settle(line, stored, says, LABELS, _words)
    _take_away_absent(plan, found, isbns, authors)
    _keep_royalties(first, found)
    _keep_order(plan, [line for line in first if line.is_open], found)


def _words(name: str, value: Any) -> str:
    return f"{in_words(value)} %" if name == "royalty_percentage" else in_words(value)


def _unknown(
    plan: Plan, found: Found, isbns: Mapping[Line, str | None], authors: Mapping[str, list[Any]]
) -> tuple[set[int], set[int]] | None:
    """The books of refused lines, and the authors of those whose book is not known; None: it may be anything.

    What such a line says is not known, so nothing of these is touched.
    """
    books, writers = set[int](), set[int]()
    for line in (one for one in plan.lines if not one.is_open):
        named = {"reference", "isbn", "isbn13", "title"} & line.values.keys()
        its = _books(line, found, isbns[line])[0] if named else []
        people = [] if its else authors.get(folded(line.values.get("author", "")), [])
        if not its and not people:
            return None
        books |= {one.id for one in its}
        writers |= {one.id for one in people}
    return books, writers


def _take_away_absent(
    plan: Plan, found: Found, isbns: Mapping[Line, str | None], authors_named: Mapping[str, list[Any]]
) -> None:
    """Ask about stored shares that the file lacks, and leave out those that go from what follows."""
    unknown = _unknown(plan, found, isbns, authors_named)
    if unknown is None:
        return
    spared, writers = unknown
    present = {line.extra for line in plan.open_lines if line.extra is not None}
    books, authors = {book for book, _ in present} - spared, {author for _, author in present} - writers
    spare = {(book, one.author_id) for book in spared for one in found.credits.get(book, ())}
    spare |= {(book, writer) for book in books for writer in writers}
    absent = absent_shares(plan, found.credits, present | spare, books, authors)
    gone = {one.key for one in absent if one.deed}
    for book in {book for book, _author in gone} & found.credits.keys():
        found.credits[book] = [one for one in found.credits[book] if (book, one.author_id) not in gone]


def _resolve(
    plan: Plan, line: Line, found: Found, isbn: str | None, authors: Mapping[str, list[Any]]
) -> None:
    """Find both sides; `extra` is the pair of their ids."""
    books, field = _books(line, found, isbn)
    if len(books) > 1:
        books = _told_apart(line.values, books, found, authors)
    if len(books) != 1:
        words = "No book has" if not books else f"{len(books)} books have"
        line.refuse(f"{words} this {field}: {cells.quoted(str(line.values[field]))}.", field)
        return
    people = meant(authors.get(folded(line.values["author"]), ()), found.authors_of(books[0]))
    if len(people) != 1:
        words = "No author is" if not people else f"{len(people)} authors are"
        line.refuse(f"{words} called {cells.quoted(line.values['author'])}.", "author")
        return
    note_other_name(plan, line, line.values["author"], people)
    line.extra = (books[0].id, people[0].id)


def _books(line: Line, found: Found, isbn: str | None) -> tuple[list[Any], str]:
    """The books a line can mean, and by which of its values."""
    values = line.values
    if "reference" in values:
        book = found.by_reference.get(values["reference"])
        return ([book] if book is not None else []), "reference"
    if "isbn" in values or "isbn13" in values:
        book = found.by_isbn.get(isbn or "")
        return ([book] if book is not None else []), "isbn" if "isbn" in values else "isbn13"
    same = found.by_title.get(folded(values["title"]), [])
    return [book for book in same if values.get("published") in (None, book.published)], "title"


def _told_apart(
    values: Mapping[str, Any], books: list[Any], found: Found, authors: Mapping[str, list[Any]]
) -> list[Any]:
    """Of several books with one title: the author's, then those that the line could not say more of."""
    named = {one.id for one in authors.get(folded(values["author"]), ())}
    books = [book for book in books if named & set(found.authors_of(book))] or books
    facts = (None, values.get("published"))
    return [book for book in books if (book.reference, book.published) == facts] or books


def _keep_royalties(lines: list[Line], found: Found) -> None:
    """Refuse the lines that raise a royalty where the sum of the book would be above 100 %."""
    books: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        if line.is_stored:
            books[line.extra[0]].append(line)
    for book, rising in books.items():
        while rising and _total(book, rising, found) > royalties.LIMIT:
            raising = [line for line in rising if _raise(line, found) > 0]
            if not raising:
                break
            total = _total(book, rising, found)
            raising[-1].refuse(
                f"The royalties of the book would be {number_text(total)} % together; at most 100 % fit.",
                "royalty_percentage",
            )
            rising.remove(raising[-1])


def _stored_royalty(line: Line, found: Found) -> Decimal:
    book, author = line.extra
    return sum(
        (one.royalty_percentage for one in found.credits.get(book, ()) if one.author_id == author), Decimal(0)
    )


def _raise(line: Line, found: Found) -> Decimal:
    stored = _stored_royalty(line, found)
    return Decimal((line.writes or {}).get("royalty_percentage", stored)) - stored


def _total(book: int, lines: list[Line], found: Found) -> Decimal:
    shares = [Share(one, book, one.author_id, one.royalty_percentage) for one in found.credits.get(book, ())]
    shares += [Share(line, book, line.extra[1], _raise(line, found)) for line in lines]
    return royalties.sums(shares).get(book, Decimal(0))


def _keep_order(plan: Plan, lines: list[Line], found: Found) -> None:
    """Give every share its place, without gaps: a place that a line asks for, else behind the others."""
    books: dict[int, dict[int, Line]] = defaultdict(dict)
    for line in lines:
        book, author = line.extra
        books[book][author] = line
    for book, theirs in books.items():
        stored = {one.author_id: one.publication_order for one in found.credits.get(book, ())}
        everybody = [*stored, *(author for author in theirs if author not in stored)]
        places = [(author, *_asked(theirs.get(author), stored.get(author))) for author in everybody]
        for place, author in enumerate(royalties.in_order(places), 1):
            if place != stored.get(cast(int, author)):
                _give_place(plan, (book, cast(int, author)), theirs, place, stored, found)


def _asked(line: Line | None, stored: int | None) -> tuple[int | None, bool]:
    """The place somebody has or asks for, and whether it is another one."""
    asked = line.values.get("publication_order") if line else None
    moved = asked is not None and asked != stored
    return (asked if moved else stored), moved


def _give_place(
    plan: Plan,
    pair: tuple[int, int],
    theirs: Mapping[int, Line],
    place: int,
    stored: Mapping[int, int],
    found: Found,
) -> None:
    line, old = theirs.get(pair[1]), stored.get(pair[1])
    if line is None:
        # Somebody who is not in the file makes room; it is said at the first line about this book.
        said = f"{found.names[pair[1]][0]} moves from place {old} to {place}."
        plan.notice("Place in the credits", next(iter(theirs.values())), said)
        plan.others.append((pair, {"publication_order": place}))
        return
    line.writes = {**(line.writes or {}), "publication_order": place}
    if old is not None:
        line.state = State.CHANGED
        line.changes += (Change("Place", str(old), str(place)),)


def _store(work: Work, plan: Plan) -> None:
    """Store the lines that are added or changed, and who makes room for them."""
    lines = list(plan.stored_lines)
    placed = {line.extra[0] for line in plan.open_lines if line.extra is not None}
    delete_absent(work.session, plan.absent, placed)
    update_rows(work.session, TABLE, plan.others)
    update_rows(
        work.session, TABLE, [(line.key, line.writes or {}) for line in lines if line.state is State.CHANGED]
    )
    added = [line for line in lines if line.state is State.ADDED]
    insert_rows(
        work.session,
        TABLE,
        [{**(line.writes or {}), "book_id": line.extra[0], "author_id": line.extra[1]} for line in added],
    )


def _describe(values: Mapping[str, Any]) -> str:
    work = next((values[name] for name in ("title", "reference", "isbn", "isbn13") if name in values), "")
    return f"{values['author']} of {work}"


SHARES = Sheet(
    kind="book-links",
    title="Authors of books",
    about="One line per author of a book: which book, which author, place in the credits, royalty, role.",
    fields=(
        SheetField(
            "reference",
            "Book reference",
            cells.text(40),
            "bookid ref reference bookno booknumber sku",
        ),
        SheetField("isbn", "ISBN", cells.text(40), "isbn10"),
        SheetField("isbn13", "ISBN-13", cells.text(40), "ean ean13"),
        SheetField("title", "Title", cells.text(500), "booktitle book"),
        SheetField("published", "Published", published, "originalpublicationyear publicationyear year"),
        SheetField("author", "Author", person, "authorname name authors"),
        SheetField(
            "publication_order",
            "Place",
            cells.whole(1, 9_999),
            "publicationorder order position sequence authororder creditorder",
        ),
        SheetField(
            "royalty_percentage",
            "Royalty",
            cells.exact(4, Decimal(0), Decimal(100), "%"),
            "royaltypercentage royaltypercent royaltyrate percentage percent share",
            "in percent",
        ),
        SheetField("role", "Role", cells.choice(ROLES), "contribution contributorrole"),
        SheetField("also_as", "Also as", also_as, "furtherroles", "further roles, comma-separated"),
        SheetField("credited_as", "Credited as", cells.text(MOST), "creditedas printedas pseudonym"),
    ),
    needs=(("reference", "isbn", "isbn13", "title"), ("author",)),
    compare=_compare,
    store=_store,
    describe=_describe,
    locks=(Book, Author, AuthorBook),
    endpoint="library.books",
    questions=ABSENT.questions,
    names=("author",),
    amount=lambda values: values.get("royalty_percentage"),
)
