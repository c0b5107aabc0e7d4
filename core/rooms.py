"""What a room tells the whole application about itself. Each room fills one `Room` in, in its `room.py`."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint

from core.access import may_edit
from core.deeds import Words
from core.doctor import Ailment
from core.jobs import Task
from core.models import ChangeSet, User
from core.privacy import Part
from core.writing import Problem, Work


@dataclass(frozen=True)
class Place:
    """A list in the navigation: its name, where it is, and what its pages are called in addresses."""

    label: str
    endpoint: str


@dataclass(frozen=True)
class Hit:
    """One record that a search found; exact where its whole number, code or the like was typed.

    `subjects` is everything that the record is and was called (`core/subjects.py`).
    """

    label: str
    context: str
    url: str
    is_exact: bool = False
    subjects: Sequence[str] = ()


@dataclass(frozen=True)
class Found:
    """What a search found of one kind: the first hits, how many there are, and the list that has them all."""

    one: str
    noun: str
    hits: Sequence[Hit]
    # Counted up to a limit only: `core.search.count_text` says it in words.
    total: int
    url: str


@dataclass(frozen=True)
class Attention:
    """Something that somebody should look at: how many, in words for one and for several, and the list."""

    count: int
    one: str
    several: str
    url: str


@dataclass(frozen=True)
class RoomRole:
    """A role that an administrator can give somebody for this room, and what it allows, in a sentence.

    Whoever `edits` changes everything. A role that changes only a part `stores` on these pages alone.
    """

    name: str
    may: str
    edits: bool = False
    stores: Collection[str] = ()


def _nothing(_what: Any) -> Iterable[Problem]:
    return ()


def _nothing_touched(_work: Any) -> Collection[Any]:
    return ()


def _open(_endpoint: str) -> str:
    return ""


def _by_editors(change_set: ChangeSet) -> bool:
    return may_edit(change_set.room)


@dataclass(frozen=True)
class Room:
    """A part of the application with its own words, pages and sheets."""

    name: str
    title: str
    blueprint: Blueprint
    places: Sequence[Place]
    # How the room speaks of each kind of its records, and the rules of the whole sets that a save touches.
    words: Words
    check: Callable[[Work], Iterable[Problem]]
    # Who may come in. Administrators may do everything everywhere.
    roles: Sequence[RoomRole]
    # What the person may not do of what a save touches, where roles are not all there is to it.
    allows: Callable[[Work], Iterable[Problem]] = _nothing
    # Whether the person could do by hand what takes a save of this room back.
    takes_back: Callable[[ChangeSet], bool] = _by_editors
    # Pages with a form that can also be read. All others with a form are for those who may change something.
    readable: Collection[str] = ()
    # Pages without a form that only lead to a change.
    for_editors: Collection[str] = ()
    # Lists that may be a moment old: they are read from a standby where there is one (`core/standby.py`).
    may_be_old: Collection[str] = ()
    # Pages about the person who asks: open to everybody who signs in.
    own: Collection[str] = ()
    # Why a page is closed to this person although the role would open it; empty: it is not.
    closes: Callable[[str], str] = _open
    sheets: Mapping[str, Any] = field(default_factory=dict)
    # One sentence for the first page: what one does here.
    about: str = ""
    # Whether nothing is kept here yet (one statement); the first page then shows how to begin.
    is_empty: Callable[[], bool] | None = None
    # What is set right after a save was taken back, such as places that have no gaps: whose links came, went
    # or moved, asked before it is forgotten what was touched; and then these set right.
    unsettled: Callable[[Work], Collection[Any]] = _nothing_touched
    settle: Callable[[Work, Collection[Any]], None] = lambda work, owners: None
    # What is counted beside the records, such as figures over time, and has to follow what a save has stored:
    # asked after the flush, in the same transaction. `recount` counts all of it from the beginning.
    keeps: Callable[[Work], None] = lambda work: None
    recount: Callable[[], None] | None = None
    # Stores a few made-up records, by the write path.
    demo: Callable[[], None] | None = None
    # What this room keeps about the person who is signed in: a label and where it leads.
    own_record: Callable[[User], tuple[str, str] | None] | None = None
    # Everything this room keeps about the person who signs in with an account, for that person.
    person_data: Callable[[User], Sequence[Part]] | None = None
    # What this room finds for a few words, a number or a code: by kind, few statements in all.
    search: Callable[[str], Sequence[Found]] | None = None
    # What should be looked at here today, counted up to a limit; nothing where all is well.
    attention: Callable[[], Sequence[Attention]] | None = None
    # The rules of this room that stored data may break, each looked at (`flask doctor`).
    ailments: Callable[[], Iterable[Ailment]] | None = None
    # Which deeds can be done with very many, by the endpoint of their page (`core/many`).
    many: Mapping[str, Any] = field(default_factory=dict)
    # What can be done here as long work, by name (`core/jobs`).
    jobs: Mapping[str, Callable[[Task], None]] = field(default_factory=dict)
