"""What happened to a record since a change: whether the change can be reversed, and if not, why."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Mapper, Session

from core.forms.reading import moment_text
from core.history.names import called, former_titles, of_subject, titles_of
from core.history.recording import NO_FACTS
from core.history.values import Facts, as_plain, plain_fact
from core.history.written import ADDED, REMOVED
from core.models import Change, ChangeSet, ChangeSubject, User, is_stored
from core.subjects import Kind, kinds, subjects_of
from core.writing import Problem, Work


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


def without_sums_that_stood(work: Work, problems: Iterable[Problem]) -> list[Problem]:
    """What speaks against an undo, but for sums that a person has to allow and that only come back.

    Such a sum stood before the save that is taken back, and no link of its owner was changed since.
    """
    problems = list(problems)
    asked = [one for one in problems if one.confirm is not None and one.whose is not None]
    named = {name: id(one.whose) for one in asked for name in subjects_of(one.whose)}
    changed = (
        select(ChangeSubject.subject)
        .join(Change, of_subject())
        .join(Change.change_set)
        .where(
            is_stored(),
            ChangeSubject.subject.in_(list(named)),
            ChangeSubject.change_set_id > work.change_set.undoes_id,
            ChangeSubject.change_set_id != (work.change_set.id or 0),
            Change.kind.in_({inspect(link).mapper.local_table.name for one in asked for link in one.about}),
        )
    )
    since = {named[name] for name in work.session.scalars(changed.distinct())} if asked else set()
    return [one for one in problems if one not in asked or id(one.whose) in since]


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
        .where(Change.facts != NO_FACTS, is_stored())
        .order_by(Change.change_set_id)
    )
    since = {row[0].key: row for row in session.execute(wanted)}
    gone = _names_of_gone(session, kind, [one for one in kept if one.key not in records])
    return [
        _taken(kind, change, records.get(change.key))
        or _sentence(kind, change, gone.get(change.number), records.get(change.key), since.get(change.key))
        for change in kept
    ]


def _names_of_gone(session: Session, kind: Kind, changes: Sequence[Change]) -> dict[int, str]:
    """What records are called that are not there any more, by the number of their change in one save.

    A link is called by what it joined.
    """
    if not kind.words.belongs_to:
        titles = former_titles([f"{one.kind}:{one.key}" for one in changes])
        return {one.number: titles[f"{one.kind}:{one.key}"] for one in changes}
    if not changes:
        return {}
    subjects: dict[int, list[str]] = defaultdict(list)
    wanted = (
        select(ChangeSubject.number, ChangeSubject.subject)
        .where(ChangeSubject.change_set_id == changes[0].change_set_id)
        .where(ChangeSubject.number.in_([one.number for one in changes]))
        .order_by(ChangeSubject.number, ChangeSubject.subject)
    )
    for number, name in session.execute(wanted):
        subjects[number].append(name)
    named = {name for some in subjects.values() for name in some}
    names = titles_of(named)
    found: dict[int, str] = {}
    for change in changes:
        joined = " · ".join(names[name] for name in subjects[change.number])
        which = f" {change.which}" if change.which else ""
        found[change.number] = f"{kind.words.noun}{which} ({joined})"
    return found


def _taken(kind: Kind, change: Change, record: Any) -> str:
    """Why what was removed cannot come back: another record has its key by now; empty: none has."""
    if change.what != REMOVED or record is None or kind.words.belongs_to:
        return ""
    old, title = called(f"{change.kind}:{change.key}", change.facts), kind.words.title(record)
    if old == title:
        return ""
    return f"{old}: blocked, because {title} has the key {change.key} by now. Give it another one first."


def _sentence(kind: Kind, change: Change, gone: str | None, record: Any, since: Any) -> str:
    title = kind.words.title(record) if record is not None else gone or f"{kind.words.noun} {change.key}"
    if since is None:
        state = "it is not there any more" if record is None else "it was changed since"
        return f"{title}: kept, because {state}."
    later, made_at, name = since
    facts = [kind.words.labels[one] for one in json.loads(later.facts) if one in kind.words.labels]
    did = {ADDED: "added it again", REMOVED: "removed it"}.get(later.what, f"changed {', '.join(facts)}")
    return f"{title}: kept, because {name or 'a program'} {did} on {moment_text(made_at)}."
