"""Reads about accounts and notes, each named by what it returns."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload

from core.attempts import is_locked
from core.db import db, folded
from core.listing import Sort, words_in
from core.models import ADMINISTRATOR, OPEN_STATES, Job, Post, Role, Upload, User
from core.search import counts_of

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
