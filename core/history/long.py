"""A large save taken back as long work: portion after portion, in one transaction, with progress."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, inspect

from core.history import recording
from core.history.undo import PORTION, Undo, check, left_words, undone_words
from core.jobs import Kinds, Task
from core.models import ChangeSet
from core.progress import step, tell
from core.rights import may_take_back, rooms
from core.sheets.bulk import changed_columns, update_rows
from core.spans import has_renamed, rivals
from core.subjects import kinds
from core.writing import Problem, Refused, Work, unlawful, write_down, writing

SHOWN = 20


def problems_of(left: Sequence[str]) -> list[Problem]:
    """Why a save is not taken back: the first of what would be left, and how many more there are."""
    more = [f"… and {len(left) - SHOWN:,} more are left as they are."] if len(left) > SHOWN else []
    return [Problem(sentence) for sentence in (*left[:SHOWN], *more)]


def _undo(task: Task) -> None:
    with writing(reason=task.settings["reason"]) as work:
        change_set = work.session.get(ChangeSet, task.settings["change_set"])
        if change_set is None:
            raise Refused([Problem("This save is not known any more.")])
        if not may_take_back(change_set):
            raise Refused([Problem("Your account cannot take this back any more.")])
        # What goes by rows is as it was added, and that this may be taken away is asked above.
        undone = Undo(work, change_set, by_rows=True)
        undone.begin()
        unsettled: dict[str, set[Any]] = {room.name: set() for room in rooms()}
        tell("Taking back", change_set.count)
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
    write_down(work)
    work.session.flush()
    work.touched.clear()
    work.rows = recording.Rows()
    for one in list(work.session):
        if not isinstance(one, ChangeSet):
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
