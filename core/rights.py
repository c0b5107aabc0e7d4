"""Who may do what. Asked by the guard of the rooms, by the pages for what they offer, and by the write path.

A person may do what the roles say that an administrator gave to the account (`Room.roles`). A job is done
for whoever asked for it, with the rights of that moment. The command line may do everything.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from flask import Flask, abort, current_app, g, has_request_context, request
from flask_login import current_user

from core.once import once

if TYPE_CHECKING:
    from core.models import ChangeSet
    from core.rooms import Room, RoomRole

# Whoever may do everything, in every room.
ADMINISTRATOR = "administrator"

_asker: ContextVar[Any] = ContextVar("asker", default=None)


def init_app(app: Flask) -> None:
    """Guard every room, and let the pages ask what they may offer. After what finds out who is there."""
    app.before_request(_guard)
    app.jinja_env.globals["may_read"] = may_read
    app.jinja_env.globals["may_edit"] = may_edit
    app.jinja_env.globals["opens"] = opens
    app.jinja_env.globals["open_deeds"] = open_deeds
    app.jinja_env.globals["may_import"] = may_import
    app.jinja_env.globals["is_administrator"] = is_administrator


# --- who it is -------------------------------------------------------------------------------------


@contextmanager
def on_behalf_of(user: Any) -> Iterator[None]:
    """Do what is inside with the rights of this account."""
    before = _asker.set(user)
    try:
        yield
    finally:
        _asker.reset(before)


def person() -> Any:
    """Whoever something is done for; None on the command line."""
    asker = _asker.get()
    if asker is None and has_request_context():
        # Where the account was loaded already: asked for dozens of times on a page, without the way round.
        return g.get("_login_user") or current_user._get_current_object()
    return asker


def _roles() -> frozenset[str] | None:
    """The names of the roles of this person; None: everything may be done."""
    who = person()
    if who is None:
        return None
    # Noted, since a rollback in the middle of a request lets everything known of the account expire.
    noted = g.get("noted_roles")
    if noted is None or noted[0] is not who:
        active = getattr(who, "active", False)
        names = frozenset(role.name for role in who.roles) if active else frozenset()
        noted = g.noted_roles = (who, names)
    return noted[1]  # type: ignore[no-any-return]  # what `g` holds has no type


# --- what the roles allow --------------------------------------------------------------------------


def is_administrator() -> bool:
    """Whether this person may do everything."""
    roles = _roles()
    return roles is None or ADMINISTRATOR in roles


def administrators_only() -> None:
    """End the request of anybody else."""
    if not is_administrator():
        abort(403, "This page is for administrators.")


def may_read(room_name: str) -> bool:
    """Whether this person may see a room at all."""
    roles = _roles()
    if roles is None or ADMINISTRATOR in roles:
        return True
    return any(role.name in roles for role in _roles_of(room_name))


def may_edit(room_name: str) -> bool:
    """Whether this person may change everything in a room."""
    roles = _roles()
    if roles is None or ADMINISTRATOR in roles:
        return True
    return any(role.edits and role.name in roles for role in _roles_of(room_name))


def may_store(room_name: str) -> bool:
    """Whether this person may change anything in a room; what exactly, the room says (`Room.allows`)."""
    some = any(role.stores and role.name in (_roles() or ()) for role in _roles_of(room_name))
    return some or may_edit(room_name)


def rooms() -> tuple["Room", ...]:
    """Every room of the application."""
    return current_app.extensions["rooms"]  # type: ignore[no-any-return]  # extensions have no types


def room_named(name: str) -> "Room":
    """The room of this name."""
    return next(room for room in rooms() if room.name == name)


def _roles_of(room_name: str) -> "Sequence[RoomRole]":
    """The roles of a room; the house itself, which has no name, has none: it is the administrators'."""
    return room_named(room_name).roles if room_name else ()


def open_rooms() -> list["Room"]:
    """The rooms that this person may see."""
    return [room for room in rooms() if may_read(room.name)]


def is_open_for_import(room: "Room") -> bool:
    """Whether this person may import files into a room."""
    return may_edit(room.name) and not room.closes("core.imports")


def may_import() -> bool:
    """Whether this person may import anything anywhere."""
    return any(is_open_for_import(room) for room in rooms())


def may_take_back(change_set: "ChangeSet") -> bool:
    """Whether this person may undo a save: in a room whoever could do so by hand, else whoever made it.

    What was done to accounts is for administrators: whoever is none any more must not take that back.
    """
    if is_administrator():
        return True
    facts = change_set.facts.split()
    if not change_set.room or all(fact.startswith("post.") for fact in facts):
        is_own = change_set.user_id is not None and change_set.user_id == getattr(person(), "id", None)
        return is_own and not any(fact.startswith("user.") for fact in facts)
    return may_store(change_set.room) and room_named(change_set.room).takes_back(change_set)


# --- the guard -------------------------------------------------------------------------------------


def _guard() -> None:
    """Nobody gets to a page of a room whom the room does not know, whatever it is about.

    A page that is new is closed to readers until the room says that it can be read (`Room.readable`).
    """
    refusal = _refusal(request.endpoint or "", request.method)
    if refusal is not None:
        abort(403, refusal or None)


def opens(endpoint: str) -> bool:
    """Whether this person gets to a page, so whether there is any use in leading there.

    An endpoint that begins with a dot is one of the room that one is in.
    """
    return _refusal(f"{request.blueprint}{endpoint}" if endpoint.startswith(".") else endpoint, "GET") is None


def open_deeds(deeds: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Those of these deeds, pairs of a label and an endpoint, to which this person gets."""
    return tuple([(label, endpoint) for label, endpoint in deeds if opens(endpoint)])


def _refusal(endpoint: str, method: str) -> str | None:
    """Why this person does not get to a page; empty: there is no more to say, None: the way is free."""
    name = endpoint.partition(".")[0]
    room = next((one for one in rooms() if one.name == name), None)
    if room is None or endpoint in room.own:
        return None
    if not may_read(room.name):
        return ""
    if _changes(room, endpoint, method) and not (may_edit(room.name) or endpoint in _extra(room)):
        return f"Your account can read {room.title}, and not change it."
    return room.closes(endpoint) or None


def _changes(room: "Room", endpoint: str, method: str) -> bool:
    """Whether this changes something, or only leads to a change: a form, the page of a deed."""
    if method not in ("GET", "HEAD", "OPTIONS"):
        return True
    return endpoint in room.for_editors or (endpoint not in room.readable and _takes_forms(endpoint))


def _takes_forms(endpoint: str) -> bool:
    rules = current_app.url_map.iter_rules
    return once(
        ("takes forms", endpoint), lambda: any("POST" in (rule.methods or ()) for rule in rules(endpoint))
    )


def _extra(room: "Room") -> set[str]:
    """The pages on which the roles of this person may store something, although they do not edit."""
    mine = _roles() or ()
    return {endpoint for role in room.roles if role.name in mine for endpoint in role.stores}
