"""What administrators do with accounts. Each is called inside `writing`."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from core import queries, sign_ins
from core.accounts import new_ticket, roles_called
from core.db import db
from core.models import ERASED, Role, User
from core.rights import ADMINISTRATOR, rooms
from core.writing import Problem, Work


class RoleWords(NamedTuple):
    """A role that can be given, and what it allows."""

    name: str
    may: str


def roles_that_can_be_given() -> list[RoleWords]:
    """Every role there is: that of administrators, and those of the rooms."""
    everything = RoleWords(ADMINISTRATOR, "may do everything everywhere, and gives accounts and roles")
    return [everything, *[RoleWords(role.name, role.may) for room in rooms() for role in room.roles]]


def invite(email: str, name: str, roles: Collection[str]) -> User:
    """An account without a password, for somebody who will choose one."""
    user = User(email=email, name=name)
    user.roles = roles_called(roles)
    db.session.add(user)
    return user


def change(user: User, name: str, email: str, roles: Collection[str]) -> None:
    """What somebody is called, where letters go, and what they may do."""
    user.name = name
    if user.email != email.strip().casefold():
        user.email = email
        new_ticket(user)  # what was sent to the old address opens nothing any more
    if {role.name for role in user.roles} != set(roles):
        user.roles = roles_called(roles)
        flag_modified(user, "name")  # so that a page that shows other roles is noticed as an old one


def close(user: User) -> None:
    """Nobody signs in with it any more. What was done with it keeps its name."""
    user.active = False
    sign_ins.end_all(user)


def reopen(user: User) -> None:
    """As it was before, with the same password and roles."""
    user.active = True


def check(work: Work) -> Iterable[Problem]:
    """There always is somebody who may do everything, and can sign in; and who is erased stays so.

    The role itself is locked: of two administrators who demote each other, one waits and then sees it.
    """
    touched = [one for one in work.touched if isinstance(one, User)]
    if any(_comes_back(one, work.touched[one]) for one in touched):
        yield Problem("It is forgotten whose account this was, so it stays closed. Make a new account.")
    if not any(_was_administrator(one, work.touched[one]) for one in touched):
        return
    held = db.session.scalars(select(Role.id).where(Role.name == ADMINISTRATOR)).all()
    work.lock(Role, held, whole=True)
    if not any(_is_administrator(one) for one in touched) and not queries.has_administrator_beside(touched):
        yield Problem("This is the last administrator. Make somebody else an administrator first.")


def _comes_back(user: User, before: Mapping[str, Any] | None) -> bool:
    was_erased = str((before or {}).get("email") or "").endswith(ERASED)
    return (user.is_erased or was_erased) and (user.active or not user.is_erased)


def _was_administrator(user: User, before: Mapping[str, Any] | None) -> bool:
    roles = (before or {}).get("roles", user.roles)
    return bool(before and before["active"]) and any(role.name == ADMINISTRATOR for role in roles)


def _is_administrator(user: User) -> bool:
    can_sign_in = user.active and user.password is not None
    return can_sign_in and any(role.name == ADMINISTRATOR for role in user.roles)
