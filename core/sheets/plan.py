"""What a room says of a sheet, and the plan that a file becomes before anything is stored."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import Table

from core.db import Base
from core.garbage import let_go
from core.history.ahead import Ahead
from core.links import in_words
from core.plain_rows import perhaps_repeated
from core.progress import step
from core.sheets.cells import Reader
from core.sheets.questions import Question
from core.writing import Work

# So many added lines are kept where their rows are made ready.
KEPT = 1_000


class State(StrEnum):
    """What becomes of a line."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class SheetField:
    """Something a line can say: how it is read, and by which headers it is recognised.

    `known_as` are headers in order of preference, without their blanks and marks: "zipcode postcode".
    """

    name: str
    label: str
    read: Reader
    known_as: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Sheet:
    """A kind of file. `needs` lists alternatives: each line of the file must say one of each.

    `compare(plan)` settles what becomes of each line, with a handful of statements; `store(work, plan)`
    stores the lines that are added or changed. `will_be(line)` has, by field, what is stored where that is
    not simply what the line says. `locks` are the owners that nobody else may change
    meanwhile, in the order in which everybody locks. `rests_on` are the beginnings of the facts, as
    “kind.fact”, that comparing reads: while no other one is changed, the plan stays right. `adds(plan)` are
    the rows that the lines add, where all of them go into one table; they are asked for once. While
    they wait, or before others have to, `reckons` counts what the rooms keep of them.

    `heading` is the field that a line of its own may give for the lines below it. `names` are the fields
    that say whom a line is about: a line without them may be a sum, and `amount` is what such a sum adds up.
    """

    kind: str
    title: str
    about: str
    fields: tuple[SheetField, ...]
    needs: tuple[tuple[str, ...], ...]
    compare: Callable[["Plan"], None]
    store: Callable[[Work, "Plan"], None]
    describe: Callable[[Mapping[str, Any]], str]
    locks: tuple[type[Base], ...]
    endpoint: str
    rests_on: tuple[str, ...] = ("",)
    adds: Callable[["Plan"], tuple[Table, Sequence[Mapping[str, Any]]]] | None = None
    reckons: Callable[[Ahead | Work], None] = lambda new: None
    questions: tuple[Question, ...] = ()
    will_be: Callable[["Line"], dict[str, Any]] = lambda line: {}
    heading: str = ""
    names: tuple[str, ...] = ()
    amount: Callable[[Mapping[str, Any]], Fraction | Decimal | None] = lambda values: None

    def field(self, name: str) -> SheetField | None:
        """The field of this name, if there is one."""
        return next((one for one in self.fields if one.name == name), None)

    def label_of(self, name: str) -> str:
        """How a person reads the name of a field."""
        found = self.field(name)
        return found.label if found else name


class Change(NamedTuple):
    """What a line changes of a stored record, in words."""

    label: str
    old: str
    new: str


class Notice(NamedTuple):
    """Something a person should know of a line that is taken nevertheless."""

    kind: str
    line: int
    sentence: str


class Absent(NamedTuple):
    """A stored link that the file lacks: what becomes of it in words, and the columns that change.

    `deed` is “ended” or “deleted”; empty: it stays as it is.
    """

    key: Any
    what: str
    becomes: str
    deed: str = ""
    writes: dict[str, Any] | None = None


@dataclass(slots=True, eq=False)
class Line:
    """One line of a file. `values` has only what the line says: no column and an empty cell are absent.

    `key` is the primary key of the record it is about, `writes` the columns that will be stored, `whom` it
    names while it is compared, and `extra` whatever else the room has to remember until it is stored.
    """

    number: int
    values: dict[str, Any]
    state: State = State.UNCHANGED
    reason: str = ""
    field: str = ""
    key: Any = None
    writes: dict[str, Any] | None = None
    changes: tuple[Change, ...] = ()
    whom: Any = None
    extra: Any = None

    def refuse(self, reason: str, field: str = "") -> None:
        """Let this line not be stored, for a reason, at one of its values if it has to do with one."""
        self.state, self.reason, self.field = State.REFUSED, reason, field

    @property
    def is_open(self) -> bool:
        """Whether nothing speaks against this line so far."""
        return self.state is not State.REFUSED

    @property
    def is_stored(self) -> bool:
        """Whether applying will store anything for this line."""
        return self.state in (State.ADDED, State.CHANGED)


@dataclass
class Plan:
    """What will become of each line of a file.

    `others` are stored records that no line is about and that change with the lines: key and new columns.
    `absent` are stored links that the file lacks, `asked` the questions that comparing has raised.
    """

    sheet: Sheet
    answers: Mapping[str, str]
    mapped: Mapping[str, str]
    ignored: tuple[str, ...]
    lines: list[Line] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    others: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    # The rows that are added, where they were made ready and their history was written before.
    ahead: Ahead | None = None
    # How many added lines are not held any more since then.
    let_go: int = 0

    def ask(self, question: Question) -> str:
        """Raise a question; its answer or default, or nothing while it is open."""
        self.asked.append(question)
        return question.answer(self.answers)

    @property
    def open_questions(self) -> list[Question]:
        """The questions without an answer: nothing can be stored, and nothing can be shown, before."""
        return [one for one in self.asked if not one.answer(self.answers)]

    @property
    def open_lines(self) -> Iterator[Line]:
        """The lines that are not refused so far."""
        return (line for line in self.lines if line.is_open)

    @property
    def stored_lines(self) -> Iterator[Line]:
        """The lines that are added or changed."""
        return (line for line in self.lines if line.is_stored)

    def notice(self, kind: str, line: Line, sentence: str) -> None:
        """Tell the person something about a line that is taken."""
        self.notices.append(Notice(kind, line.number, sentence))

    def in_state(self, state: State) -> list[Line]:
        """The lines of one state, in the order of the file."""
        return [line for line in self.lines if line.state is state]

    def hand_over(self, ahead: Ahead) -> None:
        """Let the rows that are ready stand for the lines: of those the first are kept, to be shown."""
        self.ahead = ahead
        others = [line for line in self.lines if line.state is not State.ADDED]
        added = self.in_state(State.ADDED)
        self.let_go = len(added[KEPT:])
        lines, self.lines = self.lines, sorted([*others, *added[:KEPT]], key=lambda line: line.number)
        del others, added
        let_go(lines)

    @property
    def counts(self) -> dict[State, int]:
        """How many lines are in each state."""
        counted = Counter(line.state for line in self.lines)
        counted[State.ADDED] += self.let_go
        return {state: counted[state] for state in State}

    @property
    def notice_counts(self) -> dict[str, int]:
        """How many notices there are of each kind."""
        return dict(Counter(notice.kind for notice in self.notices))

    @property
    def absent_counts(self) -> dict[str, int]:
        """How many links that the file lacks are ended, or deleted."""
        return dict(Counter(one.deed for one in self.absent if one.deed))

    @property
    def to_store(self) -> int:
        """How many lines are stored."""
        return sum(line.is_stored for line in self.lines) + self.let_go

    @property
    def has_work(self) -> bool:
        """Whether anything would be stored."""
        return bool(self.to_store or self.absent_counts)

    @property
    def digest(self) -> str:
        """The plan in one short text: equal exactly when the same would be stored."""
        digest = hashlib.sha256(repr((self.sheet.kind, *self.answers.items(), *self.mapped.items())).encode())
        for line in self.lines:
            said = (line.number, line.state.value, line.reason, line.key, line.changes)
            # A name or an old key may mean somebody else by now: what is stored counts, not what is read.
            writes = line.values if line.writes is None else line.writes
            stored = (writes, self.sheet.will_be(line)) if line.is_stored else ()
            digest.update(repr((*said, *stored)).encode(errors="replace"))
        for other in (*self.notices, *self.absent, *self.others):
            digest.update(repr(other).encode(errors="replace"))
        return digest.hexdigest()


def settle(
    line: Line,
    stored: Any | None,
    says: dict[str, Any],
    labels: Mapping[str, str],
    words: Callable[[str, Any], str] = lambda _name, value: in_words(value),
) -> None:
    """Compare what a line says with what is stored, column by column; what it does not say stays.

    `stored` is a row with these columns, or None for a new record. Columns without a label are derived
    from others and not shown.
    """
    step(1)
    if stored is None:
        line.state, line.writes = State.ADDED, says
        return
    old = {name: getattr(stored, name) for name in says}
    line.writes = {name: value for name, value in says.items() if value != old[name]}
    line.changes += tuple(
        Change(labels[name], words(name, old[name]), words(name, value))
        for name, value in line.writes.items()
        if name in labels
    )
    line.state = State.CHANGED if line.writes else State.UNCHANGED
    line.writes = line.writes or None


def once(plan: Plan, key: Callable[[Line], Any], name: str) -> list[Line]:
    """The lines that are about a record for the first time.

    A line that repeats an earlier one is left out with a notice. One that says something else about the
    same record is refused: which of the two is meant is unknown.
    """
    first: dict[Any, Line] = {}
    taken, later = list(plan.open_lines), set[Line]()
    for line in perhaps_repeated(taken, key):
        earlier = first.setdefault(key(line), line)
        if earlier is line:
            continue
        later.add(line)
        if earlier.values == line.values:
            plan.notice("Repeated line", line, f"says the same as line {earlier.number:,}; taken once.")
        else:
            line.refuse(f"Line {earlier.number:,} is about the same {name} and says something else.")
    return [line for line in taken if line not in later] if later else taken
