"""Authors who may be there twice: pairs by evidence, the strongest first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from core.db import db
from core.duplicates import Page, Place, after, apart, joined, page_of, sweep, without_apart
from core.search import MANY
from core.spelling import Name, by_filing, by_name
from library.models import Author, AuthorBook, AuthorName, Book, NotTheSameAuthor

_one, _other = aliased(Author), aliased(Author)


def _same_name() -> Select[*tuple[Any, ...]]:
    """Two authors with the same words in their names, of whom nobody has said that they are two."""
    same = and_(_other.match_key == _one.match_key, _other.id > _one.id)
    wanted = select(_one.id, _other.id).join_from(_one, _other, same)
    return wanted.where(~apart(NotTheSameAuthor, _one.id, _other.id))


def _work_together() -> ColumnElement[bool]:
    """Whether two authors are on one book, or have both been on a book with the same third one."""
    mine, theirs = aliased(AuthorBook), aliased(AuthorBook)
    with_me, with_them = aliased(AuthorBook), aliased(AuthorBook)
    same_book = exists().where(
        mine.author_id == _one.id, theirs.author_id == _other.id, mine.book_id == theirs.book_id
    )
    same_colleague = exists().where(
        mine.author_id == _one.id,
        theirs.author_id == _other.id,
        with_me.book_id == mine.book_id,
        with_them.book_id == theirs.book_id,
        with_me.author_id == with_them.author_id,
        with_me.author_id.not_in((_one.id, _other.id)),
    )
    return or_(same_book, same_colleague)


def _also_called() -> Select[*tuple[Any, ...]]:
    """An author who has the name that is another name of somebody else."""
    called = select(_one.id, _other.id).join_from(_one, AuthorName, AuthorName.author_id == _one.id)
    called = called.join(_other, and_(_other.name_key == AuthorName.name_key, _other.id != _one.id))
    differ = func.coalesce(_other.match_key, "") != func.coalesce(_one.match_key, "")
    return called.where(differ, ~apart(NotTheSameAuthor, _one.id, _other.id)).distinct()


def _authors_after(order: Any) -> Any:
    def rows(place: Place | None, most: int) -> Sequence[Name]:
        keys = (order, Author.id)
        wanted = select(*keys, Author.name_key, Author.sort_key).where(after(keys, place))
        return [Name(*row) for row in db.session.execute(wanted.order_by(*keys).limit(most))]

    return rows


def authors_twice(place: str | None) -> Page:
    """Pairs of authors who may be one person, after a place of an earlier page."""
    by_key = (_one.match_key, _one.id, _other.id)
    steps = [
        joined(_same_name().where(_work_together()), by_key, "same name"),
        joined(_same_name().where(~_work_together()), by_key, "same name"),
        joined(_also_called(), (_one.id, _other.id), "one has the other’s name as another name"),
        sweep(_authors_after(Author.sort_key), by_filing),
        sweep(_authors_after(Author.name_key), by_name, skip=by_filing),
    ]
    return page_of([without_apart(NotTheSameAuthor, step) for step in steps], place)


def pairs_put_aside(place: str | None) -> Page:
    """Pairs of which somebody has said that they are not the same."""
    keys = (NotTheSameAuthor.first, NotTheSameAuthor.second)
    return page_of([joined(select(*keys), keys)], place)


def authors_with(ids: Iterable[int]) -> dict[int, Author]:
    """Authors by id, freshly read, with their other names."""
    wanted = select(Author).where(Author.id.in_(set(ids))).options(selectinload(Author.alternate_names))
    fresh = wanted.execution_options(populate_existing=True)
    return {one.id: one for one in db.session.scalars(fresh)}


def books_by_author(ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """The books of these authors, by author: each id with its title."""
    wanted = select(AuthorBook.author_id, AuthorBook.book_id, Book.title).join(AuthorBook.book)
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for author, book, title in db.session.execute(wanted.where(AuthorBook.author_id.in_(set(ids)))):
        found[author][book] = title
    return found


def colleagues_by_author(ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """Who is on a book with these authors, by author: each id with the name."""
    mine = aliased(AuthorBook)
    wanted = select(mine.author_id, Author.id, Author.name).join(
        AuthorBook, AuthorBook.book_id == mine.book_id
    )
    wanted = wanted.join(Author, Author.id == AuthorBook.author_id).where(Author.id != mine.author_id)
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for author, colleague, name in db.session.execute(wanted.where(mine.author_id.in_(set(ids))).distinct()):
        found[author][colleague] = name
    return found


def suspected_authors() -> int:
    """How many pairs of authors have the same name; counted up to a limit."""
    # Names that only one author has are found by the index alone, and left out first.
    repeated = select(Author.match_key).group_by(Author.match_key).having(func.count() > 1)
    few = _same_name().where(_one.match_key.in_(repeated)).limit(MANY + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(few)) or 0
