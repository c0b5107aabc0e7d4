"""One save taken back. Each of its changes is reversed, or it is said why not:

- kept, because the record was changed since, by whom and what;
- blocked, because something stands in the way, such as what was added to the record since.

A save is taken back whole, or not at all: half a transfer would leave somebody in two places. Only where its
changes have nothing to do with each other (`ChangeSet.is_separable`: an import, a deed on many) may a person
say that the others are taken back nevertheless. The undo is a save itself, with a history, and its own undo.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, inspect, select

from core import administration
from core.db import Base, code_key
from core.history.records import Records
from core.history.since import in_the_way, is_as_added, is_as_left, who_and_what, without_sums_that_stood
from core.history.written import ADDED, CHANGED, REMOVED
from core.models import Change, ChangeSet, ChangeSubject
from core.rights import rooms
from core.sheets.bulk import delete_rows
from core.subjects import Kind, key_of, kinds
from core.writing import Problem, Work

PORTION = 1_000


@dataclass
class Undo:
    """What is taken back of a save, and why something is left as it is."""

    work: Work
    change_set: ChangeSet
    # What was added goes by statements, as it may have come: nothing is shown of it, there is too much.
    by_rows: bool = False
    takes_away: bool = False
    reversed: int = 0
    left: list[str] = field(default_factory=list)
    # The numbers of the changes that are taken back already, without their records.
    done: Collection[int] = ()

    def __post_init__(self) -> None:
        self.records = Records(self.work.session, self.change_set.id)

    def lock(self) -> None:
        """Lock whatever this save was about, and what its links join, before anything of them is read.

        In the order in which every save locks them, so that the rules of the whole sets hold here too.
        """
        for table, kind in kinds().items():
            if not kind.words.belongs_to:
                self.work.lock(kind.model, self._keys_now(table, kind), whole=True)
        self.work.session.expire_all()

    def begin(self, done: Collection[int] = ()) -> None:
        """Say what is taken back; the changes with these numbers are already."""
        self.work.change_set.undoes_id = self.change_set.id
        self.work.change_set.is_separable = self.change_set.is_separable
        self.done, self.reversed = done, len(done)

    def _keys_now(self, table: str, kind: Kind) -> Iterator[Any]:
        """The keys that the records of this kind have by now which the save was about."""
        about = select(ChangeSubject.subject).where(
            ChangeSubject.change_set_id == self.change_set.id,
            ChangeSubject.subject.startswith(f"{table}:", autoescape=True),
        )
        keys = [name.partition(":")[2] for name in self.work.session.scalars(about.distinct())]
        for start in range(0, len(keys), PORTION):
            for one in self.records.of(kind, keys[start : start + PORTION]).values():
                yield inspect(one).identity[0]

    def portions(self) -> Iterator[Sequence[Change]]:
        """The changes, each portion of one kind, in an order in which they can be reversed.

        What links join comes back first, and goes last. Of links, what was added goes first: it stands where
        others were before, and the rules are asked of each portion by itself.
        """
        if len(self.done) == self.change_set.count:
            return
        session, here = self.work.session, Change.change_set_id == self.change_set.id
        kinds_there = session.execute(select(Change.what, Change.kind).where(here).distinct())
        found = {tuple(row) for row in kinds_there}
        order = [table.name for table in Base.metadata.sorted_tables]
        links = [table for table in order if table in kinds() and kinds()[table].words.belongs_to]
        joined = [table for table in order if table not in links]
        steps = [(what, table) for table in joined for what in (REMOVED, CHANGED)]
        steps += [(ADDED, table) for table in reversed(links)]
        steps += [(what, table) for table in links for what in (CHANGED, REMOVED)]
        steps += [(ADDED, table) for table in reversed(joined)]
        for what, table in steps:
            last = 2**31 - 1
            while (what, table) in found:
                wanted = select(Change).where(
                    here, Change.what == what, Change.kind == table, Change.number < last
                )
                portion = session.scalars(wanted.order_by(Change.number.desc()).limit(PORTION)).all()
                if not portion:
                    break
                last = portion[-1].number
                if left := [one for one in portion if one.number not in self.done]:
                    yield left

    def reverse(self, portion: Sequence[Change]) -> None:
        """Reverse these changes of one kind, or note why not."""
        kind, what = kinds()[portion[0].kind], portion[0].what
        facts = {change.key: json.loads(change.facts) for change in portion}
        goes_by_rows = self.by_rows and what == ADDED
        records = self.records.of(kind, list(facts), with_joined=not goes_by_rows)
        for key in self._others(kind, what, records):
            del records[key]
        self.records.bring_parents(kind, facts.values())
        kept: list[Change] = []
        goes: list[Any] = []
        blocked = in_the_way(self.work.session, self.change_set.id, kind, records) if what == ADDED else {}
        for change in portion:
            record, said = records.get(change.key), facts[change.key]
            if change.key in blocked:
                self.left.append(blocked[change.key])
            elif what == REMOVED and record is None:
                self.records.bring_back(kind, said)
                self.reversed += 1
            elif what == ADDED and record is not None and is_as_added(kind, record, said, change.version):
                goes.append(record)
                self.reversed += 1
            elif what == CHANGED and record is not None and is_as_left(kind, record, said):
                self.records.set_back(kind, record, said)
                self.reversed += 1
            else:
                kept.append(change)
        self._take_away(kind, goes)
        if kept:
            self.left += who_and_what(self.work.session, kind, kept, records)

    def _others(self, kind: Kind, what: str, records: Mapping[str, Any]) -> list[str]:
        """The keys that lead to another record by now than the one that the change was about."""
        if what == REMOVED:
            return [key for key, one in records.items() if code_key(key_of(one)) != code_key(key)]
        return [key for key in self.records.gone_since(kind, list(records)) if key in records]

    def _take_away(self, kind: Kind, records: Sequence[Any]) -> None:
        self.takes_away = self.takes_away or bool(records)
        if self.by_rows:
            keys = [tuple(inspect(one).identity or ()) for one in records]
            delete_rows(self.work.session, cast(Table, kind.model.__table__), keys)
            return
        for record in records:
            self.work.session.delete(record)


UNDONE, DONE_AGAIN = "Undone: ", "Done again: "


def undone_words(deed: str) -> str:
    """What the history says of an undo; one that is undone is done again."""
    if deed.startswith(UNDONE):
        return DONE_AGAIN + deed.removeprefix(UNDONE)
    return UNDONE + deed.removeprefix(DONE_AGAIN)


def left_words(left: Sequence[str]) -> str:
    """How many of an undo are left as they are, and the first ones, for whoever asked for it."""
    return f" {len(left):,} {'is' if len(left) == 1 else 'are'} left: {' '.join(left[:3])}" if left else ""


def check(work: Work) -> list[Problem]:
    """What speaks against an undo: the rules of every room, each about what was touched of its own."""
    rules = (administration.check, *(room.check for room in rooms()))
    return without_sums_that_stood(work, (problem for rule in rules for problem in rule(work)))


def undo(work: Work, change_set: ChangeSet) -> Undo:
    """Take a save back, all of it that nothing speaks against; what is left is said in `left`."""
    undone = Undo(work, change_set)
    with work.session.no_autoflush:
        undone.lock()
        undone.begin()
        for portion in undone.portions():
            undone.reverse(portion)
        for room in rooms():
            room.settle(work, room.unsettled(work))
    return undone
