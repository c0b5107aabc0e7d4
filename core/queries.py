"""Reads about accounts and notes, each named by what it returns."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from core.attempts import is_locked
from core.db import db, folded
from core.models import (
    OPEN_STATES,
    Change,
    ChangeSet,
    Job,
    Post,
    Role,
    Upload,
    User,
    is_stored,
)
from core.rights import ADMINISTRATOR
from core.search import counts_of
from core.sorts import Sort, words_in

BATCH = 2000


def has_accounts() -> bool:
    """Whether anybody can sign in."""
    return bool(db.session.scalar(select(exists(select(User.id)))))


def account(email: str) -> User | None:
    """The account with this address, with its roles."""
    return db.session.scalar(select(User).where(User.email == email.strip().casefold()))


def has_administrator_beside(users: Collection[User]) -> bool:
    """Whether anybody else may do everything, and can sign in."""
    others = select(User.id).where(User.id.not_in([user.id for user in users]))
    may = others.where(User.roles.any(Role.name == ADMINISTRATOR), User.active, User.password.is_not(None))
    return bool(db.session.scalar(select(may.exists())))


def accounts(filters: Mapping[str, Any], q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """Accounts by name or e-mail, and by how they stand."""
    wanted = select(User).where(*words_in(folded(q), User.name_key, User.email))
    stands = {
        "active": User.active & User.password.is_not(None),
        "invited": User.active & User.password.is_(None),
        "closed": ~User.active,
        "locked": User.active & is_locked(User.id),
    }
    if filters.get("state"):
        wanted = wanted.where(stands[filters["state"]])
    return wanted, {
        "name": Sort(
            (User.name_key, User.id),
            lambda u: (u.name_key, u.id),
            lambda u: u.name,
            ("by name from A", "by name from Z"),
        ),
        "email": Sort(
            (User.email, User.id),
            lambda u: (u.email, u.id),
            lambda u: u.email,
            ("by e-mail from A", "by e-mail from Z"),
        ),
    }


def administrators() -> Sequence[User]:
    """Whoever can give roles to others, by name."""
    those = select(User).where(User.active, User.roles.any(Role.name == ADMINISTRATOR))
    return db.session.scalars(those.order_by(User.name, User.id)).unique().all()


def newest_posts(limit: int, subjects: Sequence[str] = (), before: int | None = None) -> Sequence[Post]:
    """The newest notes about a record, with who wrote them; without its names, those on the board."""
    asked: dict[str, Any] = {f"subject_{place}": one for place, one in enumerate(subjects)}
    if subjects:
        asked["kind"], _, asked["key"] = subjects[0].partition(":")
    if before is not None:
        asked["before"] = before
    return db.session.scalars(_posts(limit, len(subjects), before is not None), asked).all()


@lru_cache(100)
def _posts(limit: int, names: int, is_later: bool) -> Select[Post]:
    """The newest notes about a record that has so many names, put together once: see `newest_posts`."""
    owner = joinedload(Post.owner, innerjoin=True).lazyload(User.roles)
    wanted = select(Post).options(owner)
    subjects: list[Any] = [bindparam(f"subject_{place}") for place in range(names)]
    here = _is_about(subjects, bindparam("kind"), bindparam("key")) if subjects else Post.about.is_(None)
    return _newest(wanted.where(here), bindparam("before") if is_later else None).limit(limit)


def is_about(subjects: Sequence[str]) -> ColumnElement[bool]:
    """That a note is about a record, by all its names, that of today first.

    What was noted about a record that is deleted is not about another one that has its key now.
    """
    kind, _, key = subjects[0].partition(":")
    return _is_about(subjects, kind, key)


def _is_about(subjects: Sequence[Any], kind: Any, key: Any) -> ColumnElement[bool]:
    today, undo = subjects[0], aliased(ChangeSet)
    last_one_went = (
        select(func.max(ChangeSet.made_at))
        .join(Change, Change.change_set_id == ChangeSet.id)
        .where(Change.kind == kind, Change.key == key, Change.what == "removed", is_stored())
        .where(~exists().where(undo.undoes_id == ChangeSet.id))
        .scalar_subquery()
    )
    is_later = or_(Post.about != today, last_one_went.is_(None), Post.posted_at > last_one_went)
    return and_(Post.about.in_(subjects), is_later)


def posts_of(user: User, limit: int, before: int | None = None) -> Sequence[Post]:
    """The newest notes of one person."""
    wanted = select(Post).where(Post.owner_id == user.id)
    return db.session.scalars(_newest(wanted, before).limit(limit)).all()


def _newest(wanted: Select[Post], before: Any) -> Select[Post]:
    """Newest first, from the one before `before` on; a later note has a higher number."""
    wanted = wanted if before is None else wanted.where(Post.id < before)
    return wanted.order_by(Post.id.desc())


def own_work(user: User) -> tuple[int, int]:
    """How many uploaded files of this person are neither stored nor dropped, and how many jobs go on."""
    uploads = select(Upload).where(Upload.user_id == user.id)
    jobs = select(Job).where(Job.user_id == user.id, Job.state.in_(OPEN_STATES))
    waiting, under_way = counts_of(uploads, jobs)
    return waiting, under_way


def stream(statement: Any) -> Iterator[Any]:
    """The rows of a statement, fetched in batches: all that is stored never is in memory at once."""
    yield from db.session.execute(statement.execution_options(yield_per=BATCH))
