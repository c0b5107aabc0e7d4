"""The record behind a name such as “kind:key” (`core/subjects.py`): its room, its title and its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select

from core.db import Base, code_key, db, record_id
from core.deeds import RecordWords
from core.rooms import Room, all_rooms
from core.subjects import subject_of, subjects_of


@dataclass(frozen=True)
class Kind:
    """A kind of record, and the room that knows it."""

    model: type[Base]
    spoken: RecordWords
    room: Room

    @property
    def has_pages(self) -> bool:
        """Whether each of its records has a page of its own; the others are shown where they belong."""
        return not self.spoken.belongs_to

    def find(self, key: str) -> Any:
        """The record with this key, of today or of before; None where there is none."""
        if self.spoken.find is not None:
            return self.spoken.find(key)
        number = record_id(key)
        return None if number is None else db.session.get(self.model, number)


@dataclass(frozen=True)
class Known:
    """A stored record, and how people speak of it."""

    record: Any
    kind: Kind

    @property
    def subject(self) -> str:
        """What it is called by notes and the history."""
        return subject_of(self.record)

    @property
    def subjects(self) -> list[str]:
        """Everything that it is and was called."""
        return subjects_of(self.record)

    @property
    def title(self) -> str:
        """What people call it."""
        return self.kind.spoken.title(self.record)

    @property
    def url(self) -> str:
        """Where its page is."""
        return self.kind.spoken.url(self.record) or "/"


def kind_of(subject: str) -> Kind | None:
    """The kind of a record by its name, without asking for the record; None for a kind that is not known."""
    name = subject.partition(":")[0]
    for room in all_rooms():
        for model, spoken in room.words.items():
            if getattr(model, "__tablename__", "") == name:
                return Kind(model, spoken, room)
    return None


def known(record: Any) -> Known:
    """A record that was fetched, and how people speak of it."""
    kind = kind_of(subject_of(record))
    if kind is None:
        raise LookupError(f"No room has words for {record!r}.")
    return Known(record, kind)


def find(subject: str) -> Known | None:
    """The record with this name, of today or of before; None where it is gone, or never was."""
    kind = kind_of(subject)
    record = kind.find(subject.partition(":")[2]) if kind else None
    return Known(record, kind) if kind and record is not None else None


def find_all(subjects: Iterable[str]) -> dict[str, Known]:
    """The records with these names: one statement a kind, and further ones for those that have a new key."""
    wanted: dict[str, list[str]] = {}
    for subject in dict.fromkeys(subjects):
        wanted.setdefault(subject.partition(":")[0], []).append(subject)
    found: dict[str, Known] = {}
    for subjects_of_kind in wanted.values():
        kind = kind_of(subjects_of_kind[0])
        if kind is not None:
            found |= _with_keys_of_today(kind, subjects_of_kind)
    for subject in (one for some in wanted.values() for one in some if one not in found):
        one = find(subject)
        if one is not None:
            found[subject] = one
    return found


def _with_keys_of_today(kind: Kind, subjects: list[str]) -> dict[str, Known]:
    """The records of a kind that have these very names today."""
    (key,) = inspect(kind.model).primary_key
    # A key that people give is stored beside its `code_key`, as code and code_key.
    column = getattr(kind.model, f"{key.name}_key", key)
    keys: list[Any] = [code_key(subject.partition(":")[2]) for subject in subjects]
    if column is key:
        keys = [number for one in keys if (number := record_id(one)) is not None]
    records = db.session.scalars(select(kind.model).where(column.in_(keys)))
    return {subject_of(record): Known(record, kind) for record in records}
