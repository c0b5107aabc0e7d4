"""One change as the history has it: what became of a record, with each fact before and after."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import inspect

from core.db import code_key
from core.history.added import room_of
from core.history.values import plain_fact
from core.subjects import Kind, subject, subject_of

ADDED, CHANGED, REMOVED = "added", "changed", "removed"

Values = Mapping[str, Any]


class Noted(NamedTuple):
    """One change to be written down: what became of a record, its key, and its facts before and after."""

    what: str
    kind: Kind
    key: str
    version: int | None
    before: Values
    after: Values


class Written(NamedTuple):
    """A change as it is stored, without its number, and what it is about."""

    kind: Kind
    row: dict[str, Any]
    facts: Mapping[str, Any]
    subjects: Sequence[str]

    @property
    def room(self) -> str:
        """Whose record it is."""
        return room_of(self.kind, self.subjects)


def as_written(noted: Noted) -> Written | None:
    """A change as it is stored; None where no fact is another one afterwards."""
    facts = {}
    for name in noted.kind.facts:
        old, new = noted.before.get(name), noted.after.get(name)
        # A list that was not read before has not been changed either.
        is_known = noted.what != CHANGED or (name in noted.before and name in noted.after)
        if old != new and is_known:
            facts[name] = [plain_fact(old), plain_fact(new)]
    if noted.what == CHANGED and not facts:
        return None
    row = {
        "what": noted.what,
        "kind": noted.kind.model.__tablename__,
        "key": code_key(noted.key),
        "which": noted.kind.words.which(noted.after or noted.before)[:200],
        "version": noted.version,
        "facts": json.dumps(facts, ensure_ascii=False, separators=(",", ":")),
    }
    return Written(noted.kind, row, facts, _subjects(noted))


def _subjects(noted: Noted) -> list[str]:
    """The records that a change is about: those that a link joins or joined, else the record itself."""
    found = []
    for name, model in noted.kind.words.belongs_to.items():
        for value in (noted.before.get(name), noted.after.get(name)):
            if value is not None:
                found.append(subject(model, value) if model else value)
    if not found:
        found.append(subject(noted.kind.model, noted.key))
        keys = [one.name for one in inspect(noted.kind.model).primary_key]
        if noted.before:
            found.append(subject(noted.kind.model, "-".join(str(noted.before[name]) for name in keys)))
        # Those that had it in a list lose it, and tell so.
        lists = (noted.before.get(name) for name in noted.kind.facts if noted.what == REMOVED)
        found += [subject_of(one) for some in lists if isinstance(some, list) for one in some]
    return list(dict.fromkeys(found))
