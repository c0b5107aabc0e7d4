"""How the records in the history are called: as they are today, and those that are gone as they were."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from core.db import Base, code_key, db
from core.history.written import REMOVED
from core.models import Change, ChangeSet, ChangeSubject, User, is_stored
from core.records import by_keys
from core.subjects import Kind, kinds, subject


class Name(NamedTuple):
    """How a record is called, and where its page is; one that is gone has none."""

    text: str
    url: str | None = None
    is_gone: bool = False


def names_of(subjects: Iterable[str]) -> dict[str, Name]:
    """The names of these records, by what they are called in the history; a few statements for each kind."""
    there, lost = _records(subjects)
    found = {one: Name(kind.words.title(record), kind.words.url(record)) for one, kind, record in there}
    return {**found, **{one: Name(text, None, True) for one, text in former_titles(lost).items()}}


def titles_of(subjects: Iterable[str]) -> dict[str, str]:
    """The same without addresses, which nobody can make outside a request."""
    there, lost = _records(subjects)
    return {**{one: kind.words.title(record) for one, kind, record in there}, **former_titles(lost)}


def _records(subjects: Iterable[str]) -> tuple[list[tuple[str, Kind, Any]], list[str]]:
    """The subjects that have a record today, with their kind and it; and those that have none."""
    there: list[tuple[str, Kind, Any]] = []
    lost: list[str] = []
    asked: dict[str, set[str]] = defaultdict(set)
    for one in subjects:
        table, _, key = one.partition(":")
        asked[table].add(key)
    for table, keys in asked.items():
        kind = kinds().get(table)
        records = by_keys(kind, keys) if kind else {}
        for key in keys:
            record = records.get(key)
            if kind and record is not None:
                there.append((f"{table}:{key}", kind, record))
            else:
                lost.append(f"{table}:{key}")
    return there, lost


def referred_to(changes: Iterable[Change]) -> dict[str, str]:
    """What the records are called that facts of these changes refer to, as of today: a statement a kind."""
    asked: dict[type[Base], set[str]] = defaultdict(set)
    for change in changes:
        kind = kinds().get(change.kind)
        columns = kind.words.refers_to if kind else {}
        facts = json.loads(change.facts) if columns else {}
        for name, model in columns.items():
            asked[model].update(str(value) for value in facts.get(name, ()) if value is not None)
    return {
        subject(model, key): str(record)
        for model, keys in asked.items()
        if keys
        for key, record in by_keys(kinds()[model.__tablename__], keys).items()
    }


def record_called(subject: str) -> Any | None:
    """The record of today that is or was called so; None where it is gone, or never was."""
    table, _, key = subject.partition(":")
    kind = kinds().get(table)
    return by_keys(kind, {key}).get(key) if kind else None


# --- what is gone ----------------------------------------------------------------------------------


def former_titles(subjects: Collection[str]) -> dict[str, str]:
    """What these records were called when they were removed; where the history does not know, their keys."""
    if not subjects:
        return {}
    asked = select(ChangeSubject.subject).where(ChangeSubject.subject.in_(subjects)).distinct().subquery()
    last = (
        _removals(asked.c.subject).with_only_columns(Change.facts).correlate(asked).limit(1).scalar_subquery()
    )
    facts = {row[0]: row[1] for row in db.session.execute(select(asked.c.subject, last))}
    return {one: called(one, facts.get(one)) for one in subjects}


class Removal(NamedTuple):
    """What a record was called, and the save that removed it, with who did it."""

    called: str
    change_set: ChangeSet


def removal_of(kind: str, key: str) -> Removal | None:
    """How the record of this kind and key was removed the last time; None where the history knows of none."""
    who = joinedload(ChangeSet.user).lazyload(User.roles)
    wanted = select(Change.facts, ChangeSet).join(Change.change_set).options(who)
    its = (Change.kind == kind, Change.key == code_key(key), Change.what == REMOVED)
    wanted = wanted.where(*its, is_stored())
    row = db.session.execute(wanted.order_by(ChangeSet.id.desc()).limit(1)).first()
    return Removal(called(f"{kind}:{key}", row[0]), row[1]) if row else None


def last_to_say(kind: str, key: str, fact: str) -> ChangeSet | None:
    """The last save that changed this fact of a record, with who did it."""
    who = joinedload(ChangeSet.user).lazyload(User.roles)
    its = (Change.kind == kind, Change.key == code_key(key))
    says = Change.facts.contains(f'"{fact}":', autoescape=True)
    wanted = select(ChangeSet).join(Change, Change.change_set_id == ChangeSet.id).options(who)
    return db.session.scalar(wanted.where(*its, says, is_stored()).order_by(ChangeSet.id.desc()).limit(1))


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

    A record that is removed is told in the history of those that had it in a list as well: of the thousands
    that there may be, none is said beside it.
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
