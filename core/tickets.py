"""Links that let somebody choose a password: signed, for some time, for one use, and for one person.

A ticket is bound to the account as it is: to its password and to a value that every new invitation renews.
So one that was used, or that another one has taken the place of, opens nothing any more, and no ticket has to
be stored.
"""

from hashlib import sha256
from typing import NamedTuple

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from core.db import db
from core.models import User

HOUR = 60 * 60


class Kind(NamedTuple):
    """What a ticket is for, and for how many seconds it is good."""

    name: str
    lasts: int


INVITATION = Kind("invitation", 7 * 24 * HOUR)
RESET = Kind("reset", HOUR)


def ticket(kind: Kind, user: User) -> str:
    """What stands in the address of the link."""
    return str(_signer(kind).dumps([user.id, _state(user)]))


def whose(kind: Kind, token: str, lock: bool = False) -> User | None:
    """The account that this ticket still opens; None if it is no good, or no longer.

    With `lock`, inside `writing`: of two who use it at the same moment, the second finds it used.
    """
    try:
        id, state = _signer(kind).loads(token, max_age=kind.lasts)
    except (BadSignature, ValueError):
        return None
    if lock and db.engine.dialect.name == "postgresql":
        db.session.execute(select(User.id).where(User.id == id).with_for_update(key_share=True)).all()
    fresh = select(User).where(User.id == id, User.active).execution_options(populate_existing=True)
    user = db.session.scalars(fresh).unique().one_or_none()
    return user if user is not None and _state(user) == state else None


def _state(user: User) -> str:
    return sha256(f"{user.fs_uniquifier} {user.password}".encode()).hexdigest()[:32]


def _signer(kind: Kind) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=kind.name)
