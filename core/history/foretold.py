"""What statements will change, written down before they are carried out, so that nobody waits while it is.

A deed on very many, and the undo of one, know every row and what becomes of it before they store anything.
The history of that is written under a save that nobody is told of yet (`core/history/ahead.py`); the
transaction that carries the statements out tells it, and is over much sooner.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Table

from core.bookkeeping import bookkeeping
from core.db import db
from core.history.added import CHANGE, Portion, Sum
from core.history.ahead import begun, clear_away, drop, ids_kept, put
from core.history.written import Noted, as_written


class Foretold:
    """Changes of rows that the history has already. `keys` are those of the rows, by table, and `owners` the
    different values of the columns by which they belong to others, before and after.
    """

    def __init__(self, change_set_id: int) -> None:
        self.change_set_id = change_set_id
        self.sum = Sum(0, set(), "")
        self.keys: dict[Table, list[str]] = defaultdict(list)
        self.owners: dict[tuple[Table, str], set[Any]] = defaultdict(set)

    def new_ids(self, table: Table, count: int) -> Sequence[int]:
        """So many unused ids; nobody else gets them."""
        with bookkeeping() as connection:
            return ids_kept(connection, table, count)

    def note(self, noted: Iterable[Noted]) -> None:
        """Write down some more changes."""
        number, facts, room = self.sum.rows, set(self.sum.facts), self.sum.room
        changes, subjects = [], []
        for one in noted:
            self._remember(one)
            written = as_written(one)
            if written is None:
                continue
            number += 1
            row = {**written.row, "change_set_id": self.change_set_id, "number": number}
            changes.append(tuple(row[name] for name in CHANGE))
            subjects += [(about, self.change_set_id, number) for about in written.subjects]
            facts.update(f"{written.row['kind']}.{name}" for name in written.facts)
            room = room or written.room
        self.sum = Sum(number, facts, room)
        put(self.change_set_id, Portion((), changes, subjects, self.sum))

    def _remember(self, noted: Noted) -> None:
        table = cast(Table, noted.kind.model.__table__)
        self.keys[table].append(noted.key)
        for name in noted.kind.words.belongs_to:
            self.owners[table, name] |= {
                values[name] for values in (noted.before, noted.after) if values.get(name) is not None
            }


@contextmanager
def foretelling() -> Iterator[Foretold]:
    """A save that is not told yet; what was written down is dropped in the end, unless it was told."""
    db.session.rollback()  # where a request has said that it will write, what was read holds the lock
    clear_away()
    with bookkeeping() as connection:
        foretold = Foretold(begun(connection))
    try:
        yield foretold
    finally:
        drop(foretold.change_set_id)
