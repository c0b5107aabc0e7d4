"""The record behind a name such as “kind:key” (`core/subjects.py`): what people call it, and its page."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import MANYTOONE

from core.db import db, record_id
from core.subjects import Kind, key_of, kinds, subject_of


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
    def title(self) -> str:
        """What people call it."""
        return str(self.kind.words.title(self.record))

    @property
    def url(self) -> str:
        """Where its page is."""
        return str(self.kind.words.url(self.record) or "/")


def kind_of(subject: str) -> Kind | None:
    """The kind of a record with a page of its own, by its name; None for whatever else is named."""
    kind = kinds().get(subject.partition(":")[0])
    return kind if kind and kind.room and not kind.words.belongs_to else None


def find(subject: str) -> Known | None:
    """The record with this name, of today or of before; None where it is gone, or never was."""
    return find_all([subject]).get(subject)


def find_all(subjects: Iterable[str]) -> dict[str, Known]:
    """The records with these names: two statements a kind at most."""
    wanted: dict[str, dict[str, str]] = {}
    for subject in subjects:
        name, _colon, key = subject.partition(":")
        wanted.setdefault(name, {})[subject] = key
    found: dict[str, Known] = {}
    for name, keys in wanted.items():
        kind = kind_of(name)
        if kind is not None:
            records = by_keys(kind, set(keys.values()))
            found |= {one: Known(records[key], kind) for one, key in keys.items() if key in records}
    return found


def by_keys(kind: Kind, keys: Collection[str]) -> Mapping[str, Any]:
    """The records of one kind with these keys, or which had them before, by key."""
    if kind.words.find is not None:
        found: Mapping[str, Any] = kind.words.find(keys)
        return found
    mapper = inspect(kind.model)
    numbers = [number for one in keys if (number := record_id(one)) is not None]
    wanted = select(kind.model).where(mapper.primary_key[0].in_(numbers))
    # What a title says of others comes along, and not with a statement for each.
    beside = [joinedload(one.class_attribute) for one in mapper.relationships if one.direction is MANYTOONE]
    rows = db.session.scalars(wanted.options(*beside)).unique()
    return {key_of(one): one for one in rows}
