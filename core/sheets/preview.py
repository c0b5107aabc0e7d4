"""A file as a plan: each line read, compared with what is stored, and so added, changed, or refused."""

from collections.abc import Mapping, Sequence

from core.sheets.cells import BadCell
from core.sheets.files import Table
from core.sheets.mapping import Unsettled, asked, missing, open_questions
from core.sheets.plan import Line, Plan, Sheet, SheetField

Places = Sequence[tuple[int, SheetField]]


def draw_up(sheet: Sheet, table: Table, mapped: Mapping[str, str], answers: Mapping[str, str]) -> Plan:
    """What would become of each line; Unsettled if the mapping or an answer is missing."""
    faults = missing(sheet, table.headers, mapped)
    faults += [question.sentence for question in open_questions(sheet, mapped, answers)]
    if faults:
        raise Unsettled(" ".join(faults))
    said = {question.name: answers[question.name] for question in asked(sheet, mapped)}
    ignored = tuple(header for header in table.headers if header not in mapped.values())
    plan = Plan(sheet, said, dict(mapped), ignored)
    places = [(table.headers.index(mapped[one.name]), one) for one in sheet.fields if one.name in mapped]
    plan.lines = [_line(sheet, places, len(table.headers), *row) for row in table.rows()]
    sheet.compare(plan)
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
