"""A file as a plan: each line read, compared with what is stored, and so added, changed, or refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from core.bookkeeping import read_once
from core.db import db
from core.progress import counted, tell
from core.sheets import layout
from core.sheets.cells import DAYS, BadCell, Reader
from core.sheets.days import Days, days_of, in_iso
from core.sheets.files import Table
from core.sheets.layout import HEADINGS, Layout, headings_question, without_repeated_names
from core.sheets.mapping import Unsettled, asked, missing
from core.sheets.plan import Line, Plan, Sheet, SheetField
from core.sheets.questions import Question
from core.sheets.safe import unguarded

Places = Sequence[tuple[int, str, Reader]]

# Cells that say the same are read once and kept once: in long files most of them have few values.
ALIKE = 10_000


@dataclass(frozen=True)
class Reading:
    """A file, with what its columns mean and what was answered."""

    sheet: Sheet
    table: Table
    mapped: Mapping[str, str]
    answers: Mapping[str, str]
    # How many lines there are, where that is known: a long file says how far it is read.
    length: int | None = None

    @property
    def missing(self) -> list[str]:
        """What keeps these columns from being used, in sentences."""
        headers, mapped = self.table.headers, dict(self.mapped)
        if self.headings and self.answers.get("headings") != "no":
            mapped[self.sheet.heading] = headers[0]  # what the headings say needs no column
        return missing(self.sheet, headers, mapped)

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """The lines that look like headings, where no column says what a heading would."""
        field = self.sheet.heading
        return layout.headings(self.table) if field and field not in self.mapped else []

    @cached_property
    def days(self) -> Days:
        """How the file writes its days."""
        columns = [
            self.mapped[one.name] for one in self.sheet.fields if one.read in DAYS and one.name in self.mapped
        ]
        headers = self.table.headers
        return days_of(self.table, [headers.index(one) for one in columns if one in headers], self.answers)

    @property
    def asked(self) -> list[Question]:
        """The questions that this file raises before its lines are compared with what is stored."""
        headed = [headings_question(self.sheet, self.headings)] if self.headings else []
        dated = [self.days.question] if self.days.question else []
        return [*self.table.questions, *headed, *dated, *asked(self.sheet, self.mapped)]

    @property
    def is_draft(self) -> bool:
        """Whether nobody has said yet how the file is to be read at all."""
        return any(not question.answer(self.answers) for question in self.table.questions)

    @property
    def said(self) -> tuple[str, ...]:
        """How the file is read, as far as that is worth a word."""
        return self.days.said

    @property
    def open_questions(self) -> list[Question]:
        """Those that nobody has answered."""
        return [question for question in self.asked if not question.answer(self.answers)]

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns that nothing is taken from."""
        return tuple(header for header in self.table.headers if header not in self.mapped.values())

    def plan(self) -> Plan:
        """What would become of each line now; Unsettled if a column or an answer is missing."""
        return compared(self.lines())

    def lines(self) -> Plan:
        """Each line as the file says it, compared with nothing yet; Unsettled as `plan` is."""
        faults = self.missing + [question.sentence for question in self.open_questions]
        if faults:
            raise Unsettled(" ".join(faults))
        said = {question.name: question.answer(self.answers) for question in self.asked}
        declared = {
            one.name: self.answers[one.name] for one in self.sheet.questions if one.name in self.answers
        }
        plan = Plan(self.sheet, declared | said, dict(self.mapped), self.ignored)
        if said.get(HEADINGS.name) == "yes":
            plan.mapped = {**self.mapped, self.sheet.heading: "headings"}
        plan.lines = list(self._lines(plan))
        return plan

    def _reader(self, field: SheetField) -> Reader:
        """How a cell of this field is read in this file."""
        read = field.read
        if read not in DAYS:
            return lambda cell: read(unguarded(cell))
        days = self.days
        return lambda cell: read(in_iso(unguarded(cell), days))

    def _lines(self, plan: Plan) -> Iterator[Line]:
        """Each line of the file that is about a record; what is a heading or a sum is said and left out."""
        headers, fields = self.table.headers, self.sheet.fields
        places = [
            (headers.index(self.mapped[one.name]), one.name, lru_cache(ALIKE)(self._reader(one)))
            for one in fields
            if one.name in self.mapped
        ]
        headed = self.sheet.field(self.sheet.heading)
        above = Layout(plan, takes_headings=bool(self.headings) and plan.answers["headings"] == "yes")
        rows = without_repeated_names(self.table, plan)
        for number, cells in counted(rows, "Reading line", self.length):
            if above.is_heading(number, cells):
                continue
            line = _line(places, self.table, number, cells)
            if headed and above.heading:
                _read(line, headed.name, self._reader(headed), above.heading)
            if line.is_open:
                _refuse_what_says_too_little(self.sheet, line)
            if not above.is_left_out(line, cells):
                yield line


def compared(plan: Plan) -> Plan:
    """The same with what becomes of each line, as things are stored now."""
    tell("Comparing line", len(plan.lines))
    with read_once(db.session()):
        plan.sheet.compare(plan)
    return plan


class Said:
    """What a line says, by field: the attributes of objects of one class share their names.

    As plain dicts the values of hundreds of thousands of lines take twice the memory.
    """


def _line(places: Places, table: Table, number: int, cells: list[str]) -> Line:
    line, width = Line(number, vars(Said())), len(table.headers)
    if len(cells) != width:
        line.refuse(f"The line has {_cells(len(cells))} where the header has {width:,}.")
        return line
    faults = table.faults
    for position, name, read in places:
        cell = cells[position].strip()
        if faults and (number, position) in faults:
            line.refuse(faults[number, position], name)
        elif cell:
            _read(line, name, read, cell)
    return line


def _read(line: Line, name: str, read: Reader, cell: str) -> None:
    try:
        line.values[name] = read(cell)
    except BadCell as bad:
        if line.is_open:
            line.refuse(str(bad), name)


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"


def _refuse_what_says_too_little(sheet: Sheet, line: Line) -> None:
    for alternatives in sheet.needs:
        if line.values.keys().isdisjoint(alternatives):
            labels = " or ".join(f"“{sheet.label_of(name)}”" for name in alternatives)
            line.refuse(f"{labels} is missing.", alternatives[0])
            return
