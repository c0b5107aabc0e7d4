"""What a room says of a deed on very many, and of what it is done with."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, inspect

from core.db import Base
from core.deeds import Deed, Words
from core.rights import room_named, rooms
from core.selection import Selection
from core.writing import Problem, Work

Rows = Select[*tuple[Any, ...]]
Act = Callable[[Work, Sequence[Any]], list[str]]
# What a filled form says of a deed, and does.
Said = tuple[Deed, Act]


class Chosen(NamedTuple):
    """One that was chosen: its key, and whose set of links it belongs to, such as the person's.

    All of one owner are looked at together. Where one rule holds across owners, as for a role that only one
    can have at a time, those that it is about are `beside_others` and looked at together too; they are few.
    """

    key: Any
    owner: Any
    beside_others: bool = False


@dataclass(frozen=True)
class Choice:
    """What a deed is done with.

    `keys` is the select of the keys that were chosen, `in_order` finds them owner by owner, `load` reads some
    of them freshly. `owner(record)` is whose set any record of this room belongs to. `watched` are selects of
    everything that what would change depends on: keys and versions. `locked` are the owners in the order in
    which everybody locks them, each with the select of their keys where the choice alone says which.
    """

    model: type[Base]
    many: str
    here: str
    words: Words
    keys: Callable[[Selection], Select[Any]]
    in_order: Callable[[Select[Any]], Iterable[Chosen]]
    load: Callable[[Sequence[Any]], Sequence[Any]]
    about: Callable[[Any], tuple[str, str]]
    owner: Callable[[Any], Any]
    watched: Callable[[Select[Any]], Sequence[Rows]]
    locked: Sequence[tuple[type[Base], Callable[[Select[Any]], Select[Any]] | None]]


@dataclass(frozen=True)
class Many:
    """A deed: what it is done with, its form, and what the filled form says and does."""

    choice: Choice
    form: Callable[..., Any]
    says: Callable[[Any], Said]


def many_named(endpoint: str) -> Many | None:
    """The deed of this page, if it can be done with very many."""
    return next((room.many[endpoint] for room in rooms() if endpoint in room.many), None)


def check_of(endpoint: str) -> Callable[[Work], Iterable[Problem]]:
    """The rules of the room of this page."""
    return room_named(endpoint.partition(".")[0]).check


def key_of(record: Any) -> Any:
    """The key of a stored record as a selection has it; None of a new one."""
    identity = inspect(record).identity
    return None if identity is None else identity[0] if len(identity) == 1 else tuple(identity)
