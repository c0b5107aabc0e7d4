"""The shares of a link table, and whole sets of them for the rules."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, or_, select, type_coerce
from sqlalchemy.orm import contains_eager, joinedload

from core.db import db, folded
from core.links import identity_of
from core.parts import by_parts
from core.plain_lists import plain_once
from core.sorts import Sort, or_else, words_in
from core.typed import word_of
from core.windows import Window, by_far_side, count_to, gone_through
from library.models import Author, AuthorBook, Book
from library.queries.filters import shares_asked
from library.queries.lists import NO_YEAR
from library.royalties import Share


def credits(book_id: int) -> tuple[Select[Any], dict[str, Sort]]:
    """The shares of a book, each with its author, in the order of the credits."""
    wanted = select(AuthorBook).join(AuthorBook.author).where(AuthorBook.book_id == book_id)
    return wanted.options(contains_eager(AuthorBook.author), joinedload(AuthorBook.book)), {
        "publication_order": Sort(
            (AuthorBook.publication_order, AuthorBook.author_id),
            lambda s: (s.publication_order, s.author_id),
            lambda s: s.author.name,
        )
    }


def works(author_id: int, q: str, books: int) -> Window:
    """The shares of an author, each with its book; where nothing is asked, as many as the `books`."""
    mine, called = [AuthorBook.author_id == author_id], words_in(folded(q), Book.title_key)
    count = count_to(AuthorBook, AuthorBook.book, mine, called) if called else books
    year = or_else(Book.year, NO_YEAR)
    author = joinedload(AuthorBook.author)
    sorts = {
        "book": Sort(
            (Book.title_key, Book.id),
            lambda s: (s.book.title_key, s.book.id),
            lambda s: s.book.title,
            select=by_far_side(AuthorBook, AuthorBook.book, mine, called, count).options(author),
        ),
        "year": Sort(
            (year, Book.id),
            lambda s: (s.book.year if s.book.year is not None else NO_YEAR, s.book.id),
            lambda s: s.book.published or "no date",
        ),
    }
    wanted = select(AuthorBook).join(AuthorBook.book).where(*mine, *called)
    return Window(wanted.options(contains_eager(AuthorBook.book), author), sorts, count, bool(called))


# The percentage as the whole number it is stored as: a cursor holds no decimals.
_percentage = type_coerce(AuthorBook.royalty_percentage, BigInteger)


def _has(word: str) -> ColumnElement[bool]:
    """The condition that a word is in the title or in the author's name, each looked through once."""
    books = select(Book.id).where(*words_in(word, Book.title_key), *by_parts(Book, [word_of(word)]))
    authors = select(Author.id).where(*words_in(word, Author.name_key), *by_parts(Author, [word_of(word)]))
    books, authors = books.correlate(None), authors.correlate(None)
    return or_(AuthorBook.book_id.in_(books), AuthorBook.author_id.in_(authors))


@plain_once
def shares(filters: Mapping[str, Any], q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """All shares, each with its book and its author; `q` has words of the title or of the author's name."""
    conditions = [*(_has(word) for word in folded(q).split()), *shares_asked(filters)]
    both = (contains_eager(AuthorBook.book), contains_eager(AuthorBook.author))
    in_order = select(AuthorBook).join(AuthorBook.book).join(AuthorBook.author).where(*conditions)
    in_order = in_order.options(*both)
    # Every sort key is above nothing. Told so, SQLite does not look at all shares before it begins.
    by_author = gone_through(AuthorBook, AuthorBook.author, conditions, [Author.sort_key >= ""])
    by_author = by_author.outerjoin(AuthorBook.book)
    # Outer joins, although neither side is ever missing: so the sides are not looked up to count the shares.
    wanted = select(AuthorBook).outerjoin(AuthorBook.book).outerjoin(AuthorBook.author).where(*conditions)
    ids = (AuthorBook.book_id, AuthorBook.author_id)
    return wanted.options(*both), {
        "book": Sort(
            (Book.title_key, AuthorBook.book_id, AuthorBook.publication_order, AuthorBook.author_id),
            lambda s: (s.book.title_key, s.book_id, s.publication_order, s.author_id),
            lambda s: s.book.title,
            ("by title from A", "by title from Z"),
            in_order,
        ),
        "author": Sort(
            (Author.sort_key, Author.id, Book.title_key, AuthorBook.book_id),
            lambda s: (s.author.sort_key, s.author_id, s.book.title_key, s.book_id),
            lambda s: s.author.sort_name,
            ("by author from A", "by author from Z"),
            by_author.options(*both),
        ),
        "percentage": Sort(
            (_percentage, *ids),
            lambda s: (int(s.royalty_percentage.scaleb(4)), s.book_id, s.author_id),
            lambda s: f"{s.royalty_percentage:g} %",
            ("the lowest percentage first", "the highest percentage first"),
            in_order,
        ),
    }


def links_of_books(ids: Iterable[int]) -> dict[str, AuthorBook]:
    """Every stored share of these books by the identity written in its row, freshly read, with both sides."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = db.session.scalars(
        select(AuthorBook)
        .where(AuthorBook.book_id.in_(wanted))
        .options(joinedload(AuthorBook.author), joinedload(AuthorBook.book))
        .order_by(AuthorBook.book_id, AuthorBook.publication_order, AuthorBook.author_id)
        .execution_options(populate_existing=True)
    )
    return {identity_of(link): link for link in rows}


def shares_of(ids: Iterable[int]) -> list[Share]:
    """Every stored share of these books, as plain values."""
    columns = (AuthorBook.book_id, AuthorBook.author_id, AuthorBook.royalty_percentage)
    rows = db.session.execute(select(*columns).where(AuthorBook.book_id.in_(list(ids))))
    return [Share((book, author), book, author, percentage) for book, author, percentage in rows]


def books_of_author(author_id: int) -> list[int]:
    """The ids of the books an author is on."""
    return list(db.session.scalars(select(AuthorBook.book_id).where(AuthorBook.author_id == author_id)))
