"""Reads about accounts and notes, each named by what it returns."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from core.db import db
from core.models import OPEN_STATES, Change, ChangeSet, Job, Post, Upload, User
from core.search import counts_of

BATCH = 2000


def has_accounts() -> bool:
    """Whether anybody can sign in."""
    return bool(db.session.scalar(select(exists(select(User.id)))))


def account(email: str) -> User | None:
    """The account with this address, with its roles."""
    return db.session.scalar(select(User).where(User.email == email.strip().casefold()))


def newest_posts(limit: int = 20) -> Sequence[Post]:
    """The newest notes of everybody, with who wrote them."""
    owner = joinedload(Post.owner, innerjoin=True).lazyload(User.roles)
    newest = select(Post).options(owner).order_by(Post.posted_at.desc(), Post.id.desc())
    return db.session.scalars(newest.limit(limit)).all()


def posts_of(user: User, limit: int = 50) -> Sequence[Post]:
    """The newest notes of one person."""
    theirs = select(Post).where(Post.owner_id == user.id)
    return db.session.scalars(theirs.order_by(Post.posted_at.desc(), Post.id.desc()).limit(limit)).all()


def own_work(user: User) -> tuple[int, int]:
    """How many uploaded files of this person are neither stored nor dropped, and how many jobs go on."""
    uploads = select(Upload).where(Upload.user_id == user.id)
    jobs = select(Job).where(Job.user_id == user.id, Job.state.in_(OPEN_STATES))
    waiting, under_way = counts_of(uploads, jobs)
    return waiting, under_way


def deletion_of(kind: str, key: str) -> ChangeSet | None:
    """The latest change set that deleted the record of this kind and key, with who did it."""
    who = joinedload(ChangeSet.user).lazyload(User.roles)
    deletions = select(ChangeSet).options(who).join(Change, Change.change_set_id == ChangeSet.id)
    of_it = deletions.where(Change.kind == kind, Change.key == key, Change.what == "removed")
    return db.session.scalar(of_it.order_by(ChangeSet.id.desc()).limit(1))


def stream(statement: Any) -> Iterator[Any]:
    """The rows of a statement, fetched in batches: all that is stored never is in memory at once."""
    yield from db.session.execute(statement.execution_options(yield_per=BATCH))
