"""A file as a plan: each line read, compared with what is stored, and so added, changed, or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.sheets.cells import BadCell
from core.sheets.files import Table
from core.sheets.mapping import Unsettled, asked, missing, open_questions
from core.sheets.plan import Line, Plan, Question, Sheet, SheetField

Places = Sequence[tuple[int, SheetField]]


@dataclass(frozen=True)
class Reading:
    """A file, with what its columns mean and what was answered."""

    sheet: Sheet
    table: Table
    mapped: Mapping[str, str]
    answers: Mapping[str, str]

    @property
    def missing(self) -> list[str]:
        """What keeps these columns from being used, in sentences."""
        return missing(self.sheet, self.table.headers, self.mapped)

    @property
    def asked(self) -> list[Question]:
        """The questions that this file raises."""
        return asked(self.sheet, self.mapped)

    @property
    def open_questions(self) -> list[Question]:
        """Those that nobody has answered."""
        return open_questions(self.sheet, self.mapped, self.answers)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns that nothing is taken from."""
        return tuple(header for header in self.table.headers if header not in self.mapped.values())

    def plan(self) -> Plan:
        """What would become of each line now; Unsettled if a column or an answer is missing."""
        faults = self.missing + [question.sentence for question in self.open_questions]
        if faults:
            raise Unsettled(" ".join(faults))
        said = {question.name: self.answers[question.name] for question in self.asked}
        plan = Plan(self.sheet, said, dict(self.mapped), self.ignored)
        headers, fields = self.table.headers, self.sheet.fields
        places = [(headers.index(self.mapped[one.name]), one) for one in fields if one.name in self.mapped]
        plan.lines = [_line(self.sheet, places, len(headers), *row) for row in self.table.rows()]
        self.sheet.compare(plan)
        return plan


def _line(sheet: Sheet, places: Places, width: int, number: int, cells: list[str]) -> Line:
    line = Line(number, {})
    if len(cells) != width:
        line.refuse(f"The line has {_cells(len(cells))} where the header has {width:,}.")
        return line
    for position, field in places:
        cell = cells[position].strip()
        if not cell:
            continue
        try:
            line.values[field.name] = field.read(cell)
        except BadCell as bad:
            if line.is_open:
                line.refuse(str(bad), field.name)
    if line.is_open:
        _refuse_what_says_too_little(sheet, line)
    return line


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"


def _refuse_what_says_too_little(sheet: Sheet, line: Line) -> None:
    for alternatives in sheet.needs:
        if not any(name in line.values for name in alternatives):
            labels = " or ".join(f"“{sheet.label_of(name)}”" for name in alternatives)
            line.refuse(f"{labels} is missing.", alternatives[0])
            return
