"""Finding an author, a book or a subject by what was typed."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from core.among import among
from core.db import db, folded, record_id
from core.forms import meant
from library.models import Author, AuthorBook, AuthorName, Book, Edition, Subject
from library.queries.search import authors_found, books_found, subjects_found

SUGGESTIONS = 12


def find_authors(q: str) -> Sequence[Author]:
    """The first authors by parts of their names in any order, with their other names."""
    return authors_found(q, SUGGESTIONS, archived=False).records


def find_books(q: str) -> Sequence[Book]:
    """The first books by words of the title, by reference or by ISBN."""
    return books_found(q, SUGGESTIONS, archived=False).records


def find_subjects(q: str) -> Sequence[Subject]:
    """The first subjects by name."""
    return subjects_found(q, SUGGESTIONS).records


# Put together once: the list of authors asks for them on every page. Of each author's books, all of which an
# index has, one is looked up: that with the lowest number.
_BOOKS = (
    select(AuthorBook.author_id, func.min(AuthorBook.book_id).label("first"), func.count().label("books"))
    .where(among(AuthorBook.author_id))
    .group_by(AuthorBook.author_id)
    .subquery()
)
_TITLES = select(_BOOKS.c.author_id, Book.title, _BOOKS.c.books).join(Book, Book.id == _BOOKS.c.first)


def titles_of(ids: Iterable[int]) -> dict[int, str]:
    """For each author the title of one book, to tell people with one name apart."""
    return {id: title for id, (title, _books) in titles_and_counts(ids).items()}


def titles_and_counts(ids: Iterable[int]) -> dict[int, tuple[str, int]]:
    """For each author the title of the book with the lowest number, and how many books there are."""
    rows = db.session.connection().execute(_TITLES, {"keys": ids}).all()
    return {id: (title, books) for id, title, books in rows}


def _ids(texts: Mapping[str, str]) -> list[int]:
    return [number for key in texts.values() if (number := record_id(key)) is not None]


def authors_meant(texts: Mapping[str, str]) -> dict[str, Sequence[Author]]:
    """For each typed text the authors it can mean: by “#id”, or by the whole name.

    What means nobody of today is looked for among the other names, and the ids before a merge.
    """
    if not texts:
        return {}
    names = {folded(text) for text in texts}
    named = or_(Author.name_key.in_(names), Author.sort_key.in_(names))
    wanted = select(Author).where(or_(Author.id.in_(_ids(texts)), named)).order_by(Author.id)
    found = db.session.scalars(wanted).all()
    authors: dict[str, Sequence[Author]] = {
        text: meant(text, found, lambda one: str(one.id), lambda one: (one.name_key, one.sort_key), False)
        for text in texts
    }
    unknown = {text: key for text, key in texts.items() if not authors[text]}
    return authors | _authors_before(unknown) if unknown else authors


def _authors_before(texts: Mapping[str, str]) -> dict[str, Sequence[Author]]:
    """The authors who have these names beside their own, or had these ids before a merge."""
    other = or_(
        AuthorName.former_id.in_(_ids(texts)), AuthorName.name_key.in_({folded(text) for text in texts})
    )
    wanted = select(AuthorName).where(other).options(joinedload(AuthorName.author)).order_by(AuthorName.id)
    names = db.session.scalars(wanted).all()
    return {
        text: _authors(
            meant(
                text,
                names,
                lambda one: str(one.former_id),
                lambda one: (one.name_key, one.author.name_key, one.author.sort_key),
                False,
            )
        )
        for text in texts
    }


def _authors(names: Iterable[AuthorName]) -> list[Author]:
    """The authors of these names, each once."""
    return list(dict.fromkeys(name.author for name in names))


def current_author(former_id: int) -> int | None:
    """The id of today of an author that was merged into another; None where none had this one."""
    return db.session.scalar(select(AuthorName.author_id).where(AuthorName.former_id == former_id))


def authors_by_keys(keys: Collection[str]) -> dict[str, Author]:
    """The authors with these ids, or that were merged with whoever had them; by the key asked for."""
    wanted = {number for key in keys if (number := record_id(key)) is not None}
    found = {str(one.id): one for one in db.session.scalars(select(Author).where(Author.id.in_(wanted)))}
    if len(found) < len(wanted):
        before = select(AuthorName.former_id, Author).join(AuthorName.author)
        unknown = wanted - {int(one) for one in found}
        rows = db.session.execute(before.where(AuthorName.former_id.in_(unknown)))
        found |= {str(row[0]): row[1] for row in rows}
    return found


def books_meant(texts: Mapping[str, str]) -> dict[str, Sequence[Book]]:
    """For each typed text the books it can mean: by “#id”, or by the whole title."""
    if not texts:
        return {}
    titles = {folded(text) for text in texts}
    wanted = or_(Book.id.in_(_ids(texts)), Book.title_key.in_(titles))
    found = db.session.scalars(select(Book).where(wanted).order_by(Book.id)).all()
    return {
        text: meant(text, found, lambda one: str(one.id), lambda one: (one.title_key,), False)
        for text in texts
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
