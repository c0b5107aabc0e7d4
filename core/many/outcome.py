"""What a deed on very many would do: counted, the first of it in words, all of it as statements and a file.

There may be hundreds of thousands of effects, so each is written down once and let go.
"""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import inspect
from sqlalchemy.orm import Mapper

from core.db import Base
from core.deeds import Effect, What
from core.joins import joins_of
from core.sheets.bulk import changed_columns, columns_of
from core.sheets.safe import guarded
from core.statements import Lines, Packed
from core.writing import Work

# So many effects, and so many refusals, are shown; the file has them all.
SHOWN = 50
REASONS = 10


class Refusal(NamedTuple):
    """One that is left as it is, by its key and its name, and why."""

    key: Any
    title: str
    sentence: str


class Told(NamedTuple):
    """An effect, and the key of the chosen one that it befalls; None where it is on another record."""

    key: Any
    effect: Effect


@dataclass
class Outcome:
    """What was found. `faults` speak against the whole deed; then nothing else is known."""

    basis: str = ""
    total: int = 0
    affected: int = 0
    alike: int = 0
    highest: Decimal | None = None
    is_separable: bool = False
    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    first: list[Told] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    statements: Packed = field(default_factory=Packed)
    listing: Packed = field(default_factory=Packed)
    _digest: Any = field(default_factory=hashlib.sha256)

    def __post_init__(self) -> None:
        self._list([("What", "Of", "Details")])

    @property
    def digest(self) -> str:
        """All of it in one short text: equal exactly when the same would be done, and said."""
        said = self._digest.copy()
        said.update(repr((self.faults, self.alike, self.total)).encode(errors="replace"))
        return str(said.hexdigest())

    def tell(self, told: Sequence[Told]) -> None:
        """Some more effects, in their order."""
        for _key, one in told:
            self.counts[one.what.value] += 1
            self._digest.update(repr((one.what.value, *one[1:])).encode(errors="replace"))
        self.first += told[: SHOWN - len(self.first)] if len(self.first) < SHOWN else []
        self._list((one.what.value, one.title, _in_one_line(one)) for _key, one in told)

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Some that are left as they are."""
        for one in refusals:
            self.refused[one.sentence] += 1
        self._digest.update(repr([tuple(one) for one in refusals]).encode(errors="replace"))
        self.refusals += refusals[: SHOWN - len(self.refusals)] if len(self.refusals) < SHOWN else []
        self._list(("refused", one.title, one.sentence) for one in refusals)

    def note(self, work: Work, records: Iterable[Any]) -> None:
        """The statements that store what became of these records: what goes, what changes, what is new."""
        lines = Lines()
        for record in records:
            before, table = work.touched[record], type(record).__tablename__
            identity = list(inspect(record).identity or ())
            if work.is_deleted(record):
                lines.goes(table, identity)
            elif before is None:
                lines.comes(table, columns_of(record))
            else:
                lines.changes(table, identity, changed_columns(record, before))
        self.statements.add(str(lines))

    def _list(self, rows: Iterable[Sequence[str]]) -> None:
        text = io.StringIO()
        csv.writer(text).writerows([guarded(cell) for cell in row] for row in rows)
        self.listing.add(text.getvalue())


def _in_one_line(effect: Effect) -> str:
    if effect.what is What.CHANGED:
        return "; ".join(f"{one.label}: {one.old} → {one.new}" for one in effect.facts)
    return "; ".join(f"{one.label}: {one.new or one.old}" for one in effect.facts)


def say_all(record: Base, is_new: bool) -> None:
    """Let the columns say what a record is joined to, and what goes without saying of a new one.

    A flush would do so, and there is none.
    """
    state = inspect(record)
    for join in joins_of(type(record)):
        joined = state.dict.get(join.name) if is_new or join.name in state.committed_state else None
        if joined is not None:
            setattr(record, join.here, getattr(joined, join.there))
    for name, value in _defaults(type(record)) if is_new else ():
        if name not in state.dict:
            setattr(record, name, value)


@cache
def _defaults(model: type[Base]) -> list[tuple[str, Any]]:
    mapper: Mapper[Any] = inspect(model)
    defaults: dict[str, Any] = {one.key: one.columns[0].default for one in mapper.column_attrs}
    return [(name, one.arg) for name, one in defaults.items() if one is not None and one.is_scalar]
