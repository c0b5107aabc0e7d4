"""Stored shares that a file lacks: whose they are, how a person is asked about them, and how they go."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from core.db import db
from core.sheets.absent import AbsentLinks, Stored
from core.sheets.bulk import chunks, delete_rows, rows_with, update_rows
from core.sheets.plan import Absent, Plan
from library.models import Author, AuthorBook, Book

TABLE = cast(Table, AuthorBook.__table__)
OF_BOOKS = AbsentLinks("authors of books", {"books": "authors of the books in this file"}, can_end=False)
ABSENT = AbsentLinks(
    "shares",
    {
        "books": "shares of the books in this file, whoever has them",
        "authors": "shares of the authors in this file, in any book",
        "both": "only where book and author are both in this file",
    },
    can_end=False,
)
Pair = tuple[int, int]


def absent_shares(
    plan: Plan,
    credits: Mapping[int, Sequence[Any]],
    present: Collection[Pair],
    books: Collection[int],
    authors: Collection[int],
) -> list[Absent]:
    """What becomes of the shares that no line is about.

    `books` and `authors` are those that the file mentions; a book of which a line was refused is left out,
    since nobody knows what that line would have said.
    """
    known, writers = set(present), set(authors)
    mine = {(book, one.author_id) for book in books for one in credits.get(book, ())} - known
    both = {pair for pair in mine if pair[1] in writers}
    kept = sum(
        one.author_id in writers
        for book, of in credits.items()
        for one in of
        if (book, one.author_id) in known
    )
    counts = {"books": len(mine), "authors": _how_many(writers) - kept, "both": len(both)}

    def load(scope: str) -> list[Stored]:
        pairs = mine if scope == "books" else both if scope == "both" else _of_authors(writers) - known
        return _in_words(pairs)

    return ABSENT.settle(plan, counts, load)


def _how_many(authors: Iterable[int]) -> int:
    wanted = select(func.count()).select_from(AuthorBook)
    pieces = chunks(sorted(authors))
    return sum(db.session.scalar(wanted.where(AuthorBook.author_id.in_(piece))) or 0 for piece in pieces)


def _of_authors(authors: Collection[int]) -> set[Pair]:
    wanted = select(AuthorBook.book_id, AuthorBook.author_id)
    return {(row[0], row[1]) for row in rows_with(db.session(), wanted, AuthorBook.author_id, authors)}


def _in_words(pairs: Collection[Pair]) -> list[Stored]:
    session = db.session()
    books = {book for book, _author in pairs}
    titles = dict(tuple(row) for row in rows_with(session, select(Book.id, Book.title), Book.id, books))
    writers = {author for _book, author in pairs}
    names = dict(tuple(row) for row in rows_with(session, select(Author.id, Author.name), Author.id, writers))
    return [Stored(pair, f"{names[pair[1]]} of {titles[pair[0]]}") for pair in sorted(pairs)]


def delete_absent(session: Session, absent: Iterable[Absent], placed: Collection[int] = ()) -> None:
    """Delete the shares that go, and let those who stay move up: places have no gaps.

    The places of the books `placed` are settled already.
    """
    gone = [one.key for one in absent if one.deed == "deleted"]
    delete_rows(session, TABLE, gone)
    columns = select(AuthorBook.book_id, AuthorBook.author_id, AuthorBook.publication_order)
    left: dict[int, list[Any]] = {}
    for row in rows_with(
        session, columns, AuthorBook.book_id, {book for book, _author in gone} - set(placed)
    ):
        left.setdefault(row.book_id, []).append(row)
    moved = [
        ((row.book_id, row.author_id), {"publication_order": place})
        for rows in left.values()
        for place, row in enumerate(sorted(rows, key=lambda row: (row.publication_order, row.author_id)), 1)
        if row.publication_order != place
    ]
    update_rows(session, TABLE, moved)
