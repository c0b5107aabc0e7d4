"""A large save taken back as long work: portion after portion, in one transaction, with progress."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, inspect
from sqlalchemy.orm import Session

from core.db import db
from core.history import recording
from core.history.foretold import Foretold, foretelling
from core.history.recording import tell_ahead
from core.history.undo import PORTION, Undo, check, left_words, undone_words
from core.history.untouched import Untouched
from core.jobs import Kinds, Task
from core.models import ChangeSet
from core.progress import step, tell
from core.rights import may_take_back, person, rooms
from core.sheets.bulk import changed_columns, update_rows
from core.spans import has_renamed, rivals
from core.statements import carry_out, foretell
from core.subjects import kinds
from core.writing import Problem, Refused, Work, unlawful, write_down, writing

SHOWN = 20
# So often the undo is got ready before others have to wait while it is.
TRIES = 3


def problems_of(left: Sequence[str]) -> list[Problem]:
    """Why a save is not taken back: the first of what would be left, and how many more there are."""
    more = [f"… and {len(left) - SHOWN:,} more are left as they are."] if len(left) > SHOWN else []
    return [Problem(sentence) for sentence in (*left[:SHOWN], *more)]


class _Touched(Exception):
    """Somebody has stored something about what nobody had touched before."""


def _undo(task: Task) -> None:
    """Take a save back; what can be is looked at and written down before anybody has to wait."""
    for _again in range(TRIES):
        tell("Looking at what would change")
        untouched = Untouched(db.session(), _asked(db.session(), task))
        if not untouched.changes:
            break
        try:
            with foretelling() as foretold:
                foretell(untouched.statements, foretold, len(untouched.changes))
                _taken_back(task, untouched, foretold)
        except _Touched:
            continue
        return
    _taken_back(task)


def _asked(session: Session, task: Task) -> ChangeSet:
    """The save that is to be taken back, if it may be."""
    change_set = session.get(ChangeSet, task.settings["change_set"])
    if change_set is None:
        raise Refused([Problem("This save is not known any more.")])
    if not may_take_back(change_set):
        raise Refused([Problem("Your account cannot take this back any more.")])
    return change_set


def _taken_back(task: Task, untouched: Untouched | None = None, foretold: Foretold | None = None) -> None:
    """All of it in one transaction: first what statements take back, then the others by their records."""
    tell("Waiting until nobody else is storing")
    with writing(reason=task.settings["reason"]) as work:
        change_set = _asked(work.session, task)
        # What goes by rows is as it was added, and that this may be taken away is asked above.
        undone = Undo(work, change_set, by_rows=True)
        undone.lock()
        tell("Taking back", change_set.count)
        if untouched and foretold:
            number = foretold.change_set_id
            if not untouched.still_are(work.session, number) or not tell_ahead(work, foretold):
                raise _Touched
            carry_out(work, untouched.statements, {})
            _write_down(work)
        undone.begin(untouched.changes if untouched else ())
        unsettled: dict[str, set[Any]] = {room.name: set() for room in rooms()}
        for portion in undone.portions():
            undone.reverse(portion)
            step(len(portion))
            for room in rooms():
                unsettled[room.name].update(room.unsettled(work))
            _store(work)
        _settle(work, unsettled)
        if undone.left and not task.settings["others"]:
            raise Refused(problems_of(undone.left))
        deed = undone_words(task.settings["deed"])
        said = f"{deed} {undone.reversed:,} taken back.{left_words(undone.left)}"
        task.finish(work, said, deed)


def _settle(work: Work, unsettled: Mapping[str, Collection[Any]]) -> None:
    """Set right what the whole undo has left: a portion may leave a gap that the next one fills."""
    for room in rooms():
        owners = sorted(unsettled[room.name])
        for start in range(0, len(owners), PORTION):
            room.settle(work, owners[start : start + PORTION])
            _store(work)


def _store(work: Work) -> None:
    """Store a portion, its history as well, and forget its records: there may be hundreds of thousands."""
    with work.session.no_autoflush:
        work.collect()
        problems = list(unlawful(work)) or check(work)
        if problems:
            raise Refused(problems[:SHOWN])
        if not has_renamed(work.touched):
            _change_by_statements(work)
    _write_down(work)


def _write_down(work: Work) -> None:
    """What the rooms keep of it and its history, and then forget what was touched."""
    write_down(work)
    work.session.flush()
    work.touched.clear()
    work.rows = recording.Rows()
    for one in list(work.session):
        if not isinstance(one, ChangeSet) and one is not person():
            work.session.expunge(one)


def _change_by_statements(work: Work) -> None:
    """Store what only changed in links with few statements: a flush would send one for each of them.

    What moves in the way of another one, or refers to something else, the flush stores. No key has changed.
    """
    of_tables: dict[Table, list[Any]] = defaultdict(list)
    for record in work.touched:
        if type(record).__tablename__ in kinds():
            of_tables[cast(Table, type(record).__table__)].append(record)
    for table, records in of_tables.items():
        owners = kinds()[table.name].words.belongs_to.values()
        if not owners or None in owners:  # nobody locks it by an owner: the flush looks at its version
            continue
        met, changes = rivals(records), list[tuple[Any, Mapping[str, Any]]]()
        for record in records:
            before = work.touched[record]
            if before is None or work.is_deleted(record) or record in met:
                continue
            if _is_in_its_row(record, writes := changed_columns(record, before)):
                changes.append((inspect(record).identity, writes))
                del work.touched[record]
                work.session.expunge(record)
        update_rows(work.session, table, changes)


def _is_in_its_row(record: Any, writes: Mapping[str, Any]) -> bool:
    """Whether something changed, and only in columns of its row: nothing that it refers to."""
    state = inspect(record)
    return bool(writes) and state.committed_state.keys() <= set(state.mapper.column_attrs.keys())


JOBS: Kinds = {"undo": _undo}
