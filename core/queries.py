"""Reads about accounts and notes, each named by what it returns."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload

from core.db import db
from core.models import OPEN_STATES, Job, Post, Upload, User
from core.search import counts_of

BATCH = 2000


def has_accounts() -> bool:
    """Whether anybody can sign in."""
    return bool(db.session.scalar(select(exists(select(User.id)))))


def account(email: str) -> User | None:
    """The account with this address, with its roles."""
    return db.session.scalar(select(User).where(User.email == email.strip().casefold()))


def newest_posts(limit: int, subjects: Sequence[str] = (), before: int | None = None) -> Sequence[Post]:
    """The newest notes about a record, with who wrote them; without its names, those on the board."""
    owner = joinedload(Post.owner, innerjoin=True).lazyload(User.roles)
    wanted = select(Post).options(owner)
    wanted = wanted.where(Post.about.in_(subjects) if subjects else Post.about.is_(None))
    return db.session.scalars(_newest(wanted, before).limit(limit)).all()


def posts_of(user: User, limit: int, before: int | None = None) -> Sequence[Post]:
    """The newest notes of one person."""
    wanted = select(Post).where(Post.owner_id == user.id)
    return db.session.scalars(_newest(wanted, before).limit(limit)).all()


def _newest(wanted: Select[Post], before: int | None) -> Select[Post]:
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
