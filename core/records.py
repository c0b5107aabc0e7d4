"""The record behind a name such as “kind:key” (`core/subjects.py`): what people call it, and its page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select

from core.db import db, record_id
from core.subjects import Kind, kinds, subject_of


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
            records = _by_keys(kind, set(keys.values()))
            found |= {one: Known(records[key], kind) for one, key in keys.items() if key in records}
    return found


def _by_keys(kind: Kind, keys: set[str]) -> Mapping[str, Any]:
    """The records of a kind by their keys, or by those of before."""
    if kind.words.find is not None:
        records: Mapping[str, Any] = kind.words.find(keys)
        return records
    (key,) = inspect(kind.model).primary_key
    numbers = [number for one in keys if (number := record_id(one)) is not None]
    rows = db.session.scalars(select(kind.model).where(key.in_(numbers)))
    return {str(getattr(one, key.name)): one for one in rows}
