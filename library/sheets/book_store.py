"""How the lines of a sheet of books are stored: new authors once, then books, credits and editions."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from core.sheets.bulk import columns_of, insert_numbered, insert_rows, rows_with, update_rows
from core.sheets.plan import Line, Plan, State
from core.writing import Work
from library.models import Author, AuthorBook, Book, Edition
from library.sheets.lacking import delete_absent

AUTHOR, BOOK = cast(Table, Author.__table__), cast(Table, Book.__table__)
CREDIT, EDITION = cast(Table, AuthorBook.__table__), cast(Table, Edition.__table__)
EVERY = ("reference", "title", "title_key", "published", "year")


def store(work: Work, plan: Plan) -> None:
    """Store the lines that are added or changed."""
    lines, session = list(plan.stored_lines), work.session
    delete_absent(session, plan.absent)
    authors = _new_authors(session, lines)
    added = [line for line in lines if line.state is State.ADDED]
    # One shape for all, so that one statement stores thousands and gives their ids in order.
    rows = [{name: (line.writes or {}).get(name) for name in EVERY} for line in added]
    for line, key in zip(added, insert_numbered(session, BOOK, rows), strict=True):
        line.key = key
    changed = [(line.key, line.writes or {}) for line in lines if line.state is State.CHANGED and line.writes]
    update_rows(session, BOOK, changed)
    _store_credits(session, [line for line in lines if line.extra.credits is not None], authors)
    _store_editions(session, lines)


def _new_authors(session: Session, lines: Iterable[Line]) -> dict[str, int]:
    """Store each new author once; their ids by folded name."""
    names: dict[str, str] = {}
    for line in lines:
        for key, name in line.extra.new_names.items():
            names.setdefault(key, name)
    rows = [columns_of(Author(name=name)) for name in names.values()]
    return dict(zip(names, insert_numbered(session, AUTHOR, rows), strict=True))


def _store_credits(session: Session, lines: Sequence[Line], authors: dict[str, int]) -> None:
    """Put the credits into the order of the line, numbered from 1 without gaps."""
    books = {line.key for line in lines if line.state is State.CHANGED}
    columns = select(AuthorBook.book_id, AuthorBook.author_id, AuthorBook.publication_order)
    stored = {(row[0], row[1]): row[2] for row in rows_with(session, columns, AuthorBook.book_id, books)}
    new: list[dict[str, Any]] = []
    moved: list[tuple[tuple[int, int], dict[str, int]]] = []
    for line in lines:
        for place, one in enumerate(line.extra.credits, 1):
            pair = (line.key, authors[one] if isinstance(one, str) else one)
            if pair not in stored:
                new.append({"book_id": pair[0], "author_id": pair[1], "publication_order": place})
            elif stored[pair] != place:
                moved.append((pair, {"publication_order": place}))
    update_rows(session, CREDIT, moved)
    insert_rows(session, CREDIT, new)


def _store_editions(session: Session, lines: Iterable[Line]) -> None:
    new, changed = [], []
    for line in lines:
        wanted = {"format": line.values["format"]} if "format" in line.values else {}
        if line.extra.isbn:
            new.append({"book_id": line.key, "isbn": line.extra.isbn, **wanted})
        elif line.extra.edition:
            changed.append((line.extra.edition, wanted))
    update_rows(session, EDITION, changed)
    insert_rows(session, EDITION, new)
