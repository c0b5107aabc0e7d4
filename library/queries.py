"""Every read of the library, named by what it returns, with what it brings along."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from core.db import db, folded
from core.links import identity_of
from core.listing import Sort, words_in
from library.models import Author, AuthorBook, Book, Edition, Subject, book_subject
from library.royalties import Share

SUGGESTIONS = 12
NO_YEAR = 99_999


# --- lists -----------------------------------------------------------------------------------------


def _how_many(count: Any, filters: Mapping[str, Any], name: str) -> list[ColumnElement[bool]]:
    """Conditions on the number of links: none, one, several, or exactly so many."""
    conditions: list[ColumnElement[bool]] = []
    if filters.get(name) in ("0", "1"):
        conditions.append(count == int(filters[name]))
    elif filters.get(name) == "2+":
        conditions.append(count > 1)
    if filters.get("exactly") is not None:
        conditions.append(count == filters["exactly"])
    return conditions


def _state(column: Any, filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    if filters.get("state") == "all":
        return []
    return [column.is_not(None) if filters.get("state") == "archived" else column.is_(None)]


def books(filters: Mapping[str, Any], q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """Books by title, reference or ISBN, filtered by subject and by the number of authors."""
    digits = "".join(c for c in q if c.isdigit())
    wanted = select(Book).where(*_state(Book.archived_on, filters))
    if len(digits) == 13 and not any(c.isalpha() for c in q):
        wanted = wanted.where(Book.editions.any(Edition.isbn == digits))
    else:
        wanted = wanted.where(*words_in(folded(q), Book.title_key, func.coalesce(Book.reference, "")))
    if filters.get("subject"):
        wanted = wanted.where(Book.subjects.any(Subject.name_key == folded(filters["subject"])))
    count = select(func.count()).where(AuthorBook.book_id == Book.id).correlate(Book).scalar_subquery()
    return wanted.where(*_how_many(count, filters, "authors")), book_sorts()


def book_sorts() -> dict[str, Sort]:
    """The ways to sort books."""
    year = func.coalesce(Book.year, NO_YEAR)
    return {
        "title": Sort((Book.title_key, Book.id), lambda b: (b.title_key, b.id), lambda b: b.title[:30]),
        "year": Sort(
            (year, Book.id),
            lambda b: (b.year if b.year is not None else NO_YEAR, b.id),
            lambda b: b.published or "no date",
        ),
    }


def authors(filters: Mapping[str, Any], q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """Authors by name, filtered by the number of their books."""
    wanted = select(Author).where(*_state(Author.archived_on, filters), *words_in(folded(q), Author.name_key))
    count = select(func.count()).where(AuthorBook.author_id == Author.id).correlate(Author).scalar_subquery()
    return wanted.where(*_how_many(count, filters, "books")), {
        "name": Sort((Author.sort_key, Author.id), lambda a: (a.sort_key, a.id), lambda a: a.sort_name)
    }


def subjects(q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """Subjects by name."""
    wanted = select(Subject).where(*words_in(folded(q), Subject.name_key))
    return wanted, {
        "name": Sort((Subject.name_key, Subject.id), lambda s: (s.name_key, s.id), lambda s: s.name)
    }


def books_about(subject: Subject, q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """The books of a subject."""
    wanted = select(Book).join(book_subject).where(book_subject.c.subject_id == subject.id)
    return wanted.where(*words_in(folded(q), Book.title_key)), book_sorts()


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
    wanted = select(AuthorBook.author_id, func.count()).where(AuthorBook.author_id.in_(list(ids)))
    return dict(db.session.execute(wanted.group_by(AuthorBook.author_id)).tuples().all())


def subject_counts(ids: Iterable[int]) -> dict[int, int]:
    """How many books each of these subjects has."""
    wanted = select(book_subject.c.subject_id, func.count()).where(book_subject.c.subject_id.in_(list(ids)))
    return dict(db.session.execute(wanted.group_by(book_subject.c.subject_id)).tuples().all())


# --- link tables -----------------------------------------------------------------------------------


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


def works(author_id: int, q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """The shares of an author, each with its book."""
    wanted = select(AuthorBook).join(AuthorBook.book).where(AuthorBook.author_id == author_id)
    wanted = wanted.where(*words_in(folded(q), Book.title_key))
    year = func.coalesce(Book.year, NO_YEAR)
    return wanted.options(contains_eager(AuthorBook.book), joinedload(AuthorBook.author)), {
        "book": Sort(
            (Book.title_key, Book.id), lambda s: (s.book.title_key, s.book.id), lambda s: s.book.title[:30]
        ),
        "year": Sort(
            (year, Book.id),
            lambda s: (s.book.year if s.book.year is not None else NO_YEAR, s.book.id),
            lambda s: s.book.published or "no date",
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


def royalty_sum(book_id: int) -> Decimal:
    """The sum of percentages of a book."""
    kind = AuthorBook.royalty_percentage.type
    total = func.coalesce(func.sum(AuthorBook.royalty_percentage), literal(Decimal(0), kind))
    return db.session.scalar(select(total).where(AuthorBook.book_id == book_id)) or Decimal(0)


def books_of_author(author_id: int) -> list[int]:
    """The ids of the books an author is on."""
    return list(db.session.scalars(select(AuthorBook.book_id).where(AuthorBook.author_id == author_id)))


# --- look-ups --------------------------------------------------------------------------------------


def find_authors(q: str) -> Sequence[Author]:
    """The first authors by name parts in any order."""
    wanted = select(Author).where(Author.archived_on.is_(None), *words_in(folded(q), Author.name_key))
    return db.session.scalars(wanted.order_by(Author.sort_key, Author.id).limit(SUGGESTIONS)).all()


def find_books(q: str) -> Sequence[Book]:
    """The first books by words of the title, or by ISBN."""
    wanted, sorts = books({}, q)
    return db.session.scalars(wanted.order_by(*sorts["title"].keys).limit(SUGGESTIONS)).all()


def find_subjects(q: str) -> Sequence[Subject]:
    """The first subjects by name."""
    wanted = select(Subject).where(*words_in(folded(q), Subject.name_key))
    return db.session.scalars(wanted.order_by(Subject.name_key).limit(SUGGESTIONS)).all()


def titles_of(ids: Iterable[int]) -> dict[int, str]:
    """For each author one title, to tell people with one name apart."""
    wanted = select(AuthorBook.author_id, func.min(Book.title)).join(AuthorBook.book)
    rows = db.session.execute(
        wanted.where(AuthorBook.author_id.in_(list(ids))).group_by(AuthorBook.author_id)
    )
    return dict(rows.tuples().all())


def _ids(texts: Mapping[str, str]) -> list[int]:
    return [int(key) for key in texts.values() if key.isdecimal() and len(key) < 18]


def authors_meant(texts: Mapping[str, str]) -> dict[str, Sequence[Author]]:
    """For each typed text the authors it can mean: by “#id”, or by the whole name."""
    names = {folded(text) for text, key in texts.items() if not key}
    if not texts:
        return {}
    named = or_(Author.name_key.in_(names), Author.sort_key.in_(names))
    found = db.session.scalars(select(Author).where(or_(Author.id.in_(_ids(texts)), named))).all()
    return {
        text: [
            one
            for one in found
            if str(one.id) == key or (not key and folded(text) in (one.name_key, one.sort_key))
        ]
        for text, key in texts.items()
    }


def books_meant(texts: Mapping[str, str]) -> dict[str, Sequence[Book]]:
    """For each typed text the books it can mean: by “#id”, or by the whole title."""
    titles = {folded(text) for text, key in texts.items() if not key}
    if not texts:
        return {}
    found = db.session.scalars(
        select(Book).where(or_(Book.id.in_(_ids(texts)), Book.title_key.in_(titles)))
    ).all()
    return {
        text: [one for one in found if str(one.id) == key or (not key and one.title_key == folded(text))]
        for text, key in texts.items()
    }


def linked(near: str, key: int, far_ids: Iterable[int]) -> set[int]:
    """Which of these far sides are joined to the near side: for “already here”."""
    mine, far = (AuthorBook.book_id, AuthorBook.author_id)
    if near == "author":
        mine, far = far, mine
    return set(db.session.scalars(select(far).where(mine == key, far.in_(list(far_ids)))))


def subjects_named(names: Iterable[str]) -> dict[str, Subject]:
    """Subjects by their folded name."""
    keys = {folded(name) for name in names}
    if not keys:
        return {}
    return {
        one.name_key: one for one in db.session.scalars(select(Subject).where(Subject.name_key.in_(keys)))
    }


def editions_with(isbns: Iterable[str]) -> dict[str, Edition]:
    """Editions by their ISBN, each with its book."""
    wanted = list(isbns)
    if not wanted:
        return {}
    rows = db.session.scalars(
        select(Edition).where(Edition.isbn.in_(wanted)).options(joinedload(Edition.book))
    )
    return {one.isbn or "": one for one in rows}


# --- one record ------------------------------------------------------------------------------------


def book(book_id: int) -> Book | None:
    """A book with subjects and editions."""
    return db.session.scalar(
        select(Book)
        .where(Book.id == book_id)
        .options(selectinload(Book.subjects), selectinload(Book.editions))
    )


def goes_with_book(book_id: int) -> dict[str, tuple[int, list[str]]]:
    """What is deleted with a book, by kind: the number and the first 20 in words."""
    links = select(AuthorBook).join(AuthorBook.author).where(AuthorBook.book_id == book_id)
    credits = db.session.scalars(
        links.options(contains_eager(AuthorBook.author)).order_by(AuthorBook.publication_order).limit(20)
    ).all()
    count = db.session.scalar(select(func.count()).select_from(links.subquery())) or 0
    editions = db.session.scalars(
        select(Edition).where(Edition.book_id == book_id).order_by(Edition.id)
    ).all()
    return {
        "share": (count, [link.author.name for link in credits]),
        "edition": (len(editions), [str(one) for one in editions[:20]]),
    }


def goes_with_author(author_id: int) -> dict[str, tuple[int, list[str]]]:
    """What is deleted with an author: the shares, and the first 20 books."""
    count = db.session.scalar(select(func.count()).where(AuthorBook.author_id == author_id)) or 0
    first = db.session.scalars(
        select(Book.title)
        .join(Book.author_links)
        .where(AuthorBook.author_id == author_id)
        .order_by(Book.title_key)
        .limit(20)
    )
    return {"share": (count, list(first))}


def goes_with_subject(subject_id: int) -> dict[str, tuple[int, list[str]]]:
    """What loses a subject: the books, and the first 20 titles."""
    count = db.session.scalar(select(func.count()).where(book_subject.c.subject_id == subject_id)) or 0
    first = db.session.scalars(
        select(Book.title)
        .join(book_subject)
        .where(book_subject.c.subject_id == subject_id)
        .order_by(Book.title_key)
        .limit(20)
    )
    return {"book": (count, list(first))}


def is_empty() -> bool:
    """Whether there is neither a book nor an author yet."""
    return not db.session.scalar(select(or_(select(Book.id).exists(), select(Author.id).exists())))
