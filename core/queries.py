"""Reads about accounts and notes, each named by what it returns."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from core.db import db
from core.models import OPEN_STATES, Job, Post, Role, Upload, User
from core.rights import ADMINISTRATOR
from core.search import counts_of

BATCH = 2000


def has_accounts() -> bool:
    """Whether anybody can sign in."""
    return bool(db.session.scalar(select(exists(select(User.id)))))


def account(email: str) -> User | None:
    """The account with this address, with its roles."""
    return db.session.scalar(select(User).where(User.email == email.strip().casefold()))


def administrators() -> Sequence[User]:
    """Whoever can give roles to others, by name."""
    those = select(User).where(User.active, User.roles.any(Role.name == ADMINISTRATOR))
    return db.session.scalars(those.order_by(User.name, User.id)).unique().all()


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


def stream(statement: Any) -> Iterator[Any]:
    """The rows of a statement, fetched in batches: all that is stored never is in memory at once."""
    yield from db.session.execute(statement.execution_options(yield_per=BATCH))
