"""How the records in the history are called: as they are today, and those that are gone as they were."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, inspect, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import MANYTOONE

from core.db import db, record_id
from core.history.recording import REMOVED
from core.models import Change, ChangeSubject
from core.subjects import Kind, key_of, kinds


class Name(NamedTuple):
    """How a record is called, and where its page is; one that is gone has none."""

    text: str
    url: str | None = None
    is_gone: bool = False


def names_of(subjects: Iterable[str]) -> dict[str, Name]:
    """The names of these records, by what they are called in the history; a few statements for each kind."""
    asked: dict[str, set[str]] = defaultdict(set)
    for one in subjects:
        table, _, key = one.partition(":")
        asked[table].add(key)
    found, lost = {}, []
    for table, keys in asked.items():
        kind = kinds().get(table)
        records = _records(kind, keys) if kind else {}
        for key in keys:
            record = records.get(key)
            if kind and record is not None:
                found[f"{table}:{key}"] = Name(kind.words.title(record), kind.words.url(record))
            else:
                lost.append(f"{table}:{key}")
    return {**found, **_former_names(lost)} if lost else found


def record_called(subject: str) -> Any | None:
    """The record of today that is or was called so; None where it is gone, or never was."""
    table, _, key = subject.partition(":")
    kind = kinds().get(table)
    return _records(kind, {key}).get(key) if kind else None


def _records(kind: Kind, keys: Collection[str]) -> Mapping[str, Any]:
    """The records of one kind with these keys, or which had them before, by key."""
    if kind.words.find is not None:
        found: Mapping[str, Any] = kind.words.find(keys)
        return found
    mapper = inspect(kind.model)
    ids = [number for key in keys if (number := record_id(key)) is not None]
    wanted = select(kind.model).where(mapper.primary_key[0].in_(ids))
    # What a title says of others comes along, and not with a statement for each.
    beside = [joinedload(one.class_attribute) for one in mapper.relationships if one.direction is MANYTOONE]
    rows = db.session.scalars(wanted.options(*beside)).unique()
    return {key_of(one): one for one in rows}


# --- what is gone ----------------------------------------------------------------------------------


def _former_names(subjects: Collection[str]) -> dict[str, Name]:
    """What these records were called when they were removed; where the history does not know, their keys."""
    asked = select(ChangeSubject.subject).where(ChangeSubject.subject.in_(subjects)).distinct().subquery()
    last = (
        _removals(asked.c.subject).with_only_columns(Change.facts).correlate(asked).limit(1).scalar_subquery()
    )
    facts = {row[0]: row[1] for row in db.session.execute(select(asked.c.subject, last))}
    return {one: Name(called(one, facts.get(one)), None, True) for one in subjects}


class Removal(NamedTuple):
    """What a record was called, and the save that removed it."""

    called: str
    change_set_id: int


def removal_of(subject: str) -> Removal | None:
    """How a record was removed the last time; None where the history knows of no such record."""
    wanted = _removals(subject).with_only_columns(Change.facts, Change.change_set_id).limit(1)
    row = db.session.execute(wanted).first()
    return Removal(called(subject, row.facts), row.change_set_id) if row else None


def _removals(subject: Any) -> Any:
    """The changes that removed the record that is called so, the last one first."""
    return (
        select(Change)
        .join(ChangeSubject, of_subject())
        .where(ChangeSubject.subject == subject, Change.what == REMOVED, _is_itself())
        .order_by(ChangeSubject.change_set_id.desc(), ChangeSubject.number)
    )


def of_subject() -> ColumnElement[bool]:
    """That a change and a subject belong together."""
    return and_(ChangeSubject.change_set_id == Change.change_set_id, ChangeSubject.number == Change.number)


def is_named() -> ColumnElement[bool]:
    """That a subject is said beside its change: the record itself, and those that a link joins.

    A change of another record is about it as well where a list says so, such as the books of a subject that
    is removed. It stands in their history, and thousands of them are not said beside it.
    """
    links = [table for table, kind in kinds().items() if kind.words.belongs_to]
    return or_(_is_itself(), Change.kind.in_(links))


def _is_itself() -> ColumnElement[bool]:
    return func.substr(ChangeSubject.subject, 1, func.length(Change.kind) + 1) == Change.kind + ":"


def called(subject: str, facts: str | None) -> str:
    """What a record that is gone was called, from the facts that its removal wrote down."""
    table, _, key = subject.partition(":")
    kind = kinds().get(table)
    if kind is None or not facts:
        return f"{kind.words.noun if kind else table} {key}"
    before = {name: old for name, (old, _new) in json.loads(facts).items()}
    return str(kind.words.called(before)) or f"{kind.words.noun} {key}"
