"""Each save writes down what it changed: from the session where records are objects, from rows elsewhere."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from typing import Any, cast

from flask import has_app_context
from sqlalchemy import Table, event, insert, inspect, select, text, tuple_
from sqlalchemy.orm import Mapper, ORMExecuteState, Session
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE, LoaderCallableStatus
from sqlalchemy.orm.interfaces import MANYTOMANY

from core.db import Base, code_key
from core.history.added import write_added
from core.history.ahead import Ahead, ids_kept
from core.history.foretold import Foretold
from core.history.written import ADDED, CHANGED, REMOVED, Noted, Values, Written, as_written
from core.models import UNTOLD, Change, ChangeSet, ChangeSubject, instant
from core.subjects import key_of, key_text, kinds, subject_of

CHUNK = 2_000
# The facts of a change that is told, and in which no fact is another one.
NO_FACTS = "{}"

Key = tuple[Any, ...]
_is_recording: ContextVar[bool] = ContextVar("is_recording", default=True)


@contextmanager
def unrecorded() -> Iterator[None]:
    """Store without a history: for data that is made up, such as that of tests."""
    before = _is_recording.set(False)
    try:
        yield
    finally:
        _is_recording.reset(before)


@dataclass
class Rows:
    """Rows that a save stores by statements, not as objects: what it adds, and what was there before."""

    added: list[tuple[Table, Sequence[Values]]] = field(default_factory=list)
    # Those of them that the history has already.
    written: list[Sequence[Values]] = field(default_factory=list)
    # Those of them of which it is counted what the rooms keep of them.
    reckoned: list[Sequence[Values]] = field(default_factory=list)
    before: dict[Table, dict[Key, Values]] = field(default_factory=dict)
    # What statements change that the history has: nothing else is noted of them.
    foretold: Foretold | None = None


# What a statement says whose changes were noted.
NOTED = {"noted": True}


# --- what statements change ------------------------------------------------------------------------


def note_added(session: Session, table: Table, rows: Sequence[Values]) -> None:
    """Remember rows that a statement adds; each says its whole key."""
    rows_of = _rows_of(session, table)
    if rows_of is not None:
        rows_of.added.append((table, rows))


def note_before(session: Session, table: Table, keys: Iterable[Any]) -> None:
    """Remember rows as they are, before statements change or delete them."""
    rows_of = _rows_of(session, table)
    if rows_of is None:
        return
    known = rows_of.before.setdefault(table, {})
    wanted = [key for one in keys if (key := one if isinstance(one, tuple) else (one,)) not in known]
    known.update(stored_rows(session, table, wanted))


def _rows_of(session: Session, table: Table) -> Rows | None:
    work = session.info.get("work") or session.info.get("loose")
    if work is None or table.name not in kinds() or work.rows.foretold is not None:
        return None
    return cast(Rows, work.rows)


def stored_rows(session: Session, table: Table, keys: Sequence[Key]) -> dict[Key, Values]:
    """The rows with these keys as they are now, by key."""
    key_columns = list(table.primary_key)
    found: dict[Key, Values] = {}
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        here = (
            key_columns[0].in_([key[0] for key in chunk])
            if len(key_columns) == 1
            else tuple_(*key_columns).in_(chunk)
        )
        for row in session.execute(select(table).where(here)).mappings():
            found[tuple(row[one.name] for one in key_columns)] = dict(row)
    return found


def new_ids(session: Session, table: Table, count: int) -> Sequence[int]:
    """So many unused ids of a table whose numbers count up (`KEEPS_NUMBERS`); nobody else gets them."""
    if session.get_bind().dialect.name == "sqlite":
        # This transaction is the only writer there is.
        last = text("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = :name")
        first = int(session.scalar(last, {"name": table.name}) or 0) + 1
        return range(first, first + count)
    return ids_kept(session.connection(), table, count)


@event.listens_for(Session, "do_orm_execute")
def _refuse_what_nobody_noted(state: ORMExecuteState) -> None:
    """A statement that changes rows past the session leaves no trace, unless whoever writes it notes them."""
    changes = state.is_update or state.is_delete or state.is_insert
    if not changes or "work" not in state.session.info or state.execution_options.get("noted"):
        return
    table = getattr(state.statement, "table", None)
    if isinstance(table, Table) and table.name in kinds():
        raise RuntimeError(f"This changes “{table.name}” past the history: see note_before and note_added.")


# --- what the session changes ----------------------------------------------------------------------


def is_changed(record: Any) -> bool:
    """Whether anything of a record in this session is another thing now; a list that was not read is not.

    The same as `Session.is_modified`, which looks at every attribute, and not only at those that were set.
    """
    return any(
        get_history(record, name, PASSIVE_NO_INITIALIZE).has_changes()
        for name in inspect(record).committed_state
    )


def values_before(record: Any) -> dict[str, Any]:
    """The facts of a stored record before what was done to it in this session."""
    state = inspect(record)
    before, unknown = {}, []
    # What its attributes say one by one as well, in a fifth of the time.
    now, was = state.dict, state.committed_state
    for attribute in state.mapper.column_attrs:
        name = attribute.key
        value = was[name] if name in was else now.get(name, LoaderCallableStatus.NO_VALUE)
        is_known = value is not LoaderCallableStatus.NO_VALUE
        before[name] = value if is_known else None
        if not is_known and not attribute.deferred:
            unknown.append(getattr(type(record), name))
    # A program may set a fact, or delete the record, without having read it since its last commit.
    here = zip(state.mapper.primary_key, state.identity, strict=True)
    row = (
        state.session.execute(select(*unknown).where(*(one == key for one, key in here))).one_or_none()
        if unknown
        else None
    )
    before.update(row._mapping if row else {})
    for name in _plain_joins(type(record), of_deleted=record in state.session.deleted):
        attribute = state.attrs[name]
        if name in state.dict or attribute.history.has_changes() or record in state.session.deleted:
            loaded = attribute.load_history()
            before[name] = [*loaded.unchanged, *loaded.deleted]
    return before


def note_cascade(session: Session, record: Any) -> None:
    """Remember what the database deletes together with a record: the history has it, and an undo."""
    for relationship in inspect(record).mapper.relationships:
        table = relationship.mapper.local_table
        if not (relationship.cascade.delete and relationship.passive_deletes and isinstance(table, Table)):
            continue
        (mine, theirs), *_more = relationship.local_remote_pairs
        key = getattr(record, inspect(record).mapper.get_property_by_column(mine).key)
        keys = [tuple(row) for row in session.execute(select(*table.primary_key).where(theirs == key))]
        model, back = relationship.mapper.class_, relationship.back_populates
        objects = {one: session.identity_map.get(session.identity_key(model, one)) for one in keys}
        # What is deleted as an object is noted as one, and a merge has let others go to somebody else.
        note_before(
            session,
            table,
            [
                one
                for one, known in objects.items()
                if known is None or (known not in session.deleted and getattr(known, str(back)) is record)
            ],
        )


def _plain_joins(model: type[Base], of_deleted: bool = False) -> list[str]:
    """The lists of a class over a plain association table that are facts of its records.

    They are facts of one side. The other side, which may have thousands, keeps its list when it is deleted.
    """
    lists = _lists(model)
    kind = kinds().get(model.__tablename__) if lists and has_app_context() else None
    told = (kind.facts if of_deleted else kind.words.labels) if kind else ()
    return [one for one in lists if one in told]


@cache
def _lists(model: type[Base]) -> list[str]:
    mapper: Mapper[Any] = inspect(model)
    return [one.key for one in mapper.relationships if one.direction is MANYTOMANY and not one.viewonly]


def _of_objects(work: Any) -> Iterator[Noted]:
    """What became of the records that are objects in this session; asked after the flush."""
    joins = {model: _plain_joins(model) for model in {type(record) for record in work.touched}}
    for record, before in work.touched.items():
        kind = kinds().get(type(record).__tablename__)
        gone = work.is_deleted(record)
        if kind is None or (gone and before is None):
            continue
        state = inspect(record)
        # A list that was not read would be a statement of its own, and has not been changed.
        lists = [name for name in joins[type(record)] if name in state.dict]
        names = [*state.mapper.column_attrs.keys(), *lists]
        after = {} if gone else {name: getattr(record, name) for name in names}
        what = REMOVED if gone else ADDED if before is None else CHANGED
        key = key_of(record)
        version = None if gone else getattr(record, "version", None)
        yield Noted(what, kind, key, version, before or {}, after)


def _of_rows(work: Any) -> Iterator[Noted]:
    """What became of the rows that statements have changed or deleted."""
    for table, before in work.rows.before.items():
        kind, now = kinds()[table.name], stored_rows(work.session, table, list(before))
        for one, was in before.items():
            row = now.get(one, {})
            what = CHANGED if row else REMOVED
            yield Noted(what, kind, key_text(one), row.get("version"), was, row)


# --- how it is written down ------------------------------------------------------------------------


def is_told(work: Any) -> bool:
    """Whether a save has changed anything that the history tells of."""
    if not (_is_recording.get() and has_app_context()):
        return False
    if work.rows.added:
        return True
    told = (as_written(one) for one in chain(_of_objects(work), _of_rows(work)))
    return any(one is not None for one in told)


def record(work: Any) -> None:
    """Write down what a save has done, in its transaction; asked after the flush, once."""
    session, change_set = work.session, work.change_set
    noted = chain(_of_objects(work), _of_rows(work)) if _is_recording.get() else ()
    written = (row for one in noted if (row := as_written(one)) is not None)
    record_added(work)
    chunk = list(islice(written, CHUNK))
    # Summed up before it is stored: a save of ordinary size needs no second statement for that.
    _sum_up(change_set, chunk)
    session.add(change_set)
    session.flush()
    while chunk:
        _store(session, change_set, chunk)
        chunk = list(islice(written, CHUNK))
        _sum_up(change_set, chunk)
    if not change_set.count:
        _tell(session, change_set, work.told_at)


def _tell(session: Session, change_set: ChangeSet, records: Iterable[Base]) -> None:
    """Let a save be found at records of which it has changed no fact; it is counted as no change either."""
    for number, one in enumerate(records, 1):
        here = {"change_set_id": change_set.id, "number": number}
        about = {"what": CHANGED, "kind": one.__tablename__, "key": code_key(key_of(one)), "facts": NO_FACTS}
        session.execute(insert(cast(Table, Change.__table__)).values(**here, **about, which=""))
        session.execute(insert(cast(Table, ChangeSubject.__table__)).values(**here, subject=subject_of(one)))


def record_added(work: Any) -> None:
    """Write down the rows that statements add: there may be hundreds of thousands of them."""
    session, change_set, known = work.session, work.change_set, work.rows.written
    new = [(table, rows) for table, rows in work.rows.added if not any(rows is one for one in known)]
    if not (new and _is_recording.get()):
        return
    session.add(change_set)
    session.flush()
    for table, rows in new:
        first = (change_set.count or 0) + 1
        _add_up(change_set, *write_added(session.connection(), change_set.id, first, table, rows))
        known.append(rows)


def tell_ahead(work: Any, ahead: Ahead | Foretold) -> bool:
    """Let this save be the one under which these rows were written down ahead, before it does anything.

    False: it was taken for a left-over meanwhile, so what was written down is not there any more.
    """
    here = (ChangeSet.id == ahead.change_set_id, ChangeSet.room == UNTOLD)
    change_set = work.session.scalar(select(ChangeSet).where(*here).with_for_update())
    if change_set is None:
        return False
    change_set.room, change_set.made_at = "", instant()
    work.change_set = change_set
    if isinstance(ahead, Foretold):
        work.rows.foretold = ahead
    else:
        work.rows.written.append(ahead)
        if ahead.is_reckoned:
            work.rows.reckoned.append(ahead)
    _add_up(change_set, *ahead.sum)
    return True


def _sum_up(change_set: ChangeSet, chunk: Sequence[Written]) -> None:
    """Say in the change set how much it changed, what kinds of facts, and in which room."""
    if chunk:
        facts = {f"{one.row['kind']}.{name}" for one in chunk for name in one.facts}
        _add_up(change_set, len(chunk), facts, next((room for one in chunk if (room := one.room)), ""))


def _add_up(change_set: ChangeSet, count: int, facts: Collection[str], room: str) -> None:
    known = set((change_set.facts or "").split()).union(facts)
    change_set.facts = f" {' '.join(sorted(known))} "
    change_set.count = (change_set.count or 0) + count
    change_set.room = change_set.room or room


def _store(session: Session, change_set: ChangeSet, chunk: Sequence[Written]) -> None:
    rows, subjects = [], []
    for number, one in enumerate(chunk, change_set.count - len(chunk) + 1):
        here = {"change_set_id": change_set.id, "number": number}
        rows.append({**one.row, **here})
        subjects += [{"subject": subject, **here} for subject in one.subjects]
    session.execute(insert(cast(Table, Change.__table__)), rows)
    session.execute(insert(cast(Table, ChangeSubject.__table__)), subjects)
