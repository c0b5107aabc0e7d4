"""An account, as a person of whom something is kept: it is closed, and who it was is forgotten."""

from collections.abc import Collection
from typing import cast

from sqlalchemy import Table, delete

from core import second_factor, sign_ins
from core.models import ERASED, Attempts, KeptDeed, Upload, User
from core.privacy.names import Person
from core.privacy.parts import of_account
from core.writing import Work


def close(work: Work, user: User, token: str) -> None:
    """Close an account for good: nobody signs in with it, and its name in the history is the token."""
    user.name, user.active, user.password = token, False, None
    user.email = f"erased-{user.id}{ERASED}"
    user.signed_in_at = None
    user.roles = []
    second_factor.turn_off(user)
    sign_ins.end_all(user)
    user.let_go()
    for model in (Upload, Attempts, KeptDeed):
        theirs = delete(cast(Table, model.__table__)).where(model.user_id == user.id)
        work.session.connection().execute(theirs)


def _all_names(_user: User, names: Collection[str]) -> Collection[str]:
    """Other records may have these names by right, such as that of the person who used the account."""
    return names


ACCOUNT = Person(
    model=User,
    parts=lambda user: of_account(user.id),
    called=lambda user: [user.name, user.email],
    shared=_all_names,
    forget=close,
    names={"user": ("name", "email")},
    stays="The account is closed. Its notes and what it stored stay, under the token.",
)
