"""What administrators do with accounts. Each is called inside `writing`."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from flask import current_app
from sqlalchemy import select

from core import queries, sign_ins
from core.accounts import new_ticket
from core.db import db
from core.models import ADMINISTRATOR, Role, User, UserRole
from core.rooms import Room
from core.writing import Problem, Work

LAST = "This is the last administrator. Make somebody else an administrator first."


class RoleWords(NamedTuple):
    """A role that can be given, and what it allows."""

    name: str
    may: str


def roles_that_can_be_given() -> list[RoleWords]:
    """Every role there is: that of administrators, and those of the rooms."""
    rooms: Sequence[Room] = current_app.extensions["rooms"]
    everything = RoleWords(ADMINISTRATOR, "may do everything everywhere, and gives accounts and roles")
    return [everything, *[RoleWords(role.name, role.may) for room in rooms for role in room.roles]]


def invite(email: str, name: str, roles: Collection[str]) -> User:
    """An account without a password, for somebody who will choose one."""
    user = User(email=email, name=name)
    db.session.add(user)
    _give(user, roles)
    return user


def change(work: Work, user: User, name: str, email: str, roles: Collection[str]) -> None:
    """What somebody is called, where letters go, and what they may do."""
    user.name = name
    if user.email != email.strip().casefold():
        user.email = email
        new_ticket(user)  # what was sent to the old address opens nothing any more
    give_roles(work, user, roles)


def give_roles(work: Work, user: User, names: Collection[str]) -> None:
    """Give somebody these roles, and take all others; the last administrator stays one."""
    if ADMINISTRATOR not in names:
        _keep_an_administrator(work, user, "roles")
    known = {role.name for role in roles_that_can_be_given()}
    has = {role.name: role for role in user.roles}
    for name in sorted(known & has.keys() - set(names)):
        given = db.session.get(UserRole, (user.id, has[name].id))
        if given is not None:
            db.session.delete(given)
    _give(user, set(names) & known - has.keys())


def close(work: Work, user: User) -> None:
    """Nobody signs in with it any more. What was done with it keeps its name."""
    _keep_an_administrator(work, user)
    user.active = False
    new_ticket(user)
    sign_ins.end_all(user)


def reopen(user: User) -> None:
    """As it was before, with the same password and roles."""
    user.active = True


def _give(user: User, names: Collection[str]) -> None:
    """Each role is a record of its own, so that its history says when it was given; a new role is made."""
    known = {role.name: role for role in db.session.scalars(select(Role).where(Role.name.in_(names)))}
    roles = [known.get(name) or Role(name=name) for name in sorted(names)]
    db.session.add_all(roles)
    db.session.flush()
    db.session.add_all(UserRole(user_id=user.id, role_id=role.id) for role in roles)


def _keep_an_administrator(work: Work, user: User, field: str = "") -> None:
    """Refuse to leave nobody who may do everything.

    The role itself is locked: of two administrators who demote each other, one waits and then sees it.
    """
    held = next((role for role in user.roles if role.name == ADMINISTRATOR), None)
    if held is None or not user.active:
        return
    work.lock(Role, [held.id], whole=True)
    if not queries.has_other_administrator(user):
        work.refuse(Problem(LAST, field=field))
