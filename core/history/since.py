"""What happened to a record since a change: whether the change can be reversed, and if not, why."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Mapper, Session

from core.forms.reading import moment_text
from core.history.recording import ADDED, REMOVED
from core.history.values import Facts, as_plain, plain_fact
from core.models import Change, ChangeSet, User, is_stored
from core.subjects import Kind, kinds


def is_as_left(kind: Kind, record: Any, facts: Facts) -> bool:
    """Whether each fact of a change still is what the change made it."""
    return all(_is(kind, record, name, new) for name, (_old, new) in facts.items())


def is_as_added(kind: Kind, record: Any, facts: Facts, version: int | None) -> bool:
    """Whether a record still is as it was added, or is so again."""
    if version is not None and record.version == version:
        return True
    mapper: Mapper[Any] = inspect(kind.model)

    def added(name: str) -> Any:
        if name in facts:
            return facts[name][1]
        default = mapper.columns[name].default if name in mapper.columns else None
        return getattr(default, "arg", None) if default is not None and default.is_scalar else None

    return all(_is(kind, record, name, added(name)) for name in kind.facts)


def _is(kind: Kind, record: Any, name: str, plain: Any) -> bool:
    return bool(
        as_plain(kind.model, name, plain_fact(getattr(record, name))) == as_plain(kind.model, name, plain)
    )


# --- what stands in the way ------------------------------------------------------------------------


def in_the_way(
    session: Session, change_set_id: int, kind: Kind, records: Mapping[str, Any]
) -> dict[str, str]:
    """Why records that were added cannot go: by key, what belongs to them by now and came otherwise."""
    if kind.model is User:
        return dict.fromkeys(records, "Accounts are closed, not deleted.")
    found: dict[str, str] = {}
    mapper: Mapper[Any] = inspect(kind.model)
    for relationship in mapper.relationships:
        theirs = kinds().get(relationship.mapper.class_.__tablename__)
        if theirs is None:
            continue
        if relationship.key in kind.words.silent:
            there = Counter({key: len(getattr(one, relationship.key)) for key, one in records.items()})
        else:
            there = _still_there(session, relationship, records) if relationship.cascade.delete else Counter()
        for key, count in (+there).items():
            title = kind.words.title(records[key])
            found[key] = f"{title}: blocked, because it has {_counted(count, theirs.words.noun)} by now."
    return found


def _still_there(session: Session, relationship: Any, records: Mapping[str, Any]) -> Counter[str]:
    """How many rows would be deleted with each record, beside those that go by themselves."""
    (mine, column), *_more = relationship.local_remote_pairs
    model, back = relationship.mapper.class_, str(relationship.back_populates)
    name = relationship.parent.get_property_by_column(mine).key
    by_key = {getattr(one, name): key for key, one in records.items()}
    rows = session.execute(select(column, *inspect(model).primary_key).where(column.in_(list(by_key))))
    counted: Counter[str] = Counter()
    for owner, *identity in rows.all():
        known = session.identity_map.get(session.identity_key(model, tuple(identity)))
        key = by_key[owner]
        goes = known in session.deleted or (known is not None and getattr(known, back) is not records[key])
        counted[key] += not goes
    return +counted


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"


# --- who changed it --------------------------------------------------------------------------------


def who_and_what(
    session: Session, kind: Kind, kept: Sequence[Change], records: Mapping[str, Any]
) -> list[str]:
    """For each change that is kept: because of whom, and what they did since."""
    table, first = kind.model.__tablename__, min(change.change_set_id for change in kept)
    wanted = (
        select(Change, ChangeSet.made_at, User.name)
        .join(Change.change_set)
        .outerjoin(ChangeSet.user)
        .where(Change.kind == table, Change.key.in_([one.key for one in kept]), Change.change_set_id > first)
        .where(is_stored())
        .order_by(Change.change_set_id)
    )
    since = {row[0].key: row for row in session.execute(wanted)}
    return [_sentence(kind, change, records.get(change.key), since.get(change.key)) for change in kept]


def _sentence(kind: Kind, change: Change, record: Any, since: Any) -> str:
    title = (
        kind.words.title(record) if record is not None else f"{kind.words.noun} {change.which or change.key}"
    )
    if since is None:
        state = "it is not there any more" if record is None else "it was changed since"
        return f"{title}: kept, because {state}."
    later, made_at, name = since
    facts = [kind.words.labels[one] for one in json.loads(later.facts) if one in kind.words.labels]
    did = {ADDED: "added it again", REMOVED: "removed it"}.get(later.what, f"changed {', '.join(facts)}")
    return f"{title}: kept, because {name or 'a program'} {did} on {moment_text(made_at)}."
