"""A plan as the page shows it: groups of lines, each with its count and a page of its rows."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from core.sheets.files import Table
from core.sheets.plan import Line, Plan, State
from core.sheets.words import about, changed, facts, said

PAGE = 50
TITLES = {
    State.REFUSED: "Refused",
    State.CHANGED: "Changed",
    State.ADDED: "Added",
    State.UNCHANGED: "Unchanged",
}
HEADS = {
    State.REFUSED: ("What", "Value", "Why not"),
    State.CHANGED: ("What", "From → to"),
    State.UNCHANGED: ("What the line says",),
}


@dataclass(frozen=True)
class Group:
    """Lines that share a fate: how many there are, and one page of them as rows of text."""

    key: str
    title: str
    count: int
    heads: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    page: int
    pages: int

    @property
    def is_notice(self) -> bool:
        """Whether these are lines that are taken, with something to know."""
        return self.key.startswith("notice")

    @property
    def from_to(self) -> str:
        """“1 to 50 of 11,050”."""
        first = (self.page - 1) * PAGE + 1
        return f"{first:,} to {first + len(self.rows) - 1:,} of {self.count:,}"


def groups(plan: Plan, show: str, page: int) -> list[Group]:
    """Every group with its first rows; or the one that is to be shown, at one of its pages."""
    made = [_of_lines(plan, state, page if show == state.value else 1) for state in TITLES]
    made += [
        _of_notices(plan, kind, f"notice-{number}", page if show == f"notice-{number}" else 1)
        for number, kind in enumerate(plan.notice_counts, 1)
    ]
    return [group for group in made if group.count]


def shown(found: list[Group], show: str) -> list[Group]:
    """What stands on the page: the group asked for, else all but what stays as it is."""
    return [one for one in found if one.key == show] or [one for one in found if one.key != State.UNCHANGED]


def _of_lines(plan: Plan, state: State, page: int) -> Group:
    lines = plan.in_state(state)
    page, pages, start = _window(len(lines), page)
    rows = [(line.number, _cells(plan, line)) for line in lines[start : start + PAGE]]
    heads = HEADS.get(state) or tuple(plan.sheet.label_of(name) for name in plan.mapped)
    if state is State.ADDED:
        # A column that gives nothing on this page is left out.
        given = [n for n in range(len(heads)) if any(cells[n] for _, cells in rows)]
        heads = tuple(heads[n] for n in given)
        rows = [(number, [cells[n] for n in given]) for number, cells in rows]
    return Group(state.value, TITLES[state], len(lines), heads, rows, page, pages)


def _cells(plan: Plan, line: Line) -> list[str]:
    if line.state is State.ADDED:
        return facts(plan, line)
    if line.state is State.REFUSED:
        return [about(plan, line), plan.sheet.label_of(line.field) if line.field else "", line.reason]
    return [about(plan, line), changed(line)] if line.state is State.CHANGED else [said(plan, line)]


def _of_notices(plan: Plan, kind: str, key: str, page: int) -> Group:
    notices = [notice for notice in plan.notices if notice.kind == kind]
    page, pages, start = _window(len(notices), page)
    rows = [(notice.line, [notice.sentence]) for notice in notices[start : start + PAGE]]
    return Group(key, kind, len(notices), ("Notice",), rows, page, pages)


def _window(count: int, page: int) -> tuple[int, int, int]:
    pages = max(1, -(-count // PAGE))
    page = min(max(page, 1), pages)
    return page, pages, (page - 1) * PAGE


def refused_csv(plan: Plan, table: Table) -> str:
    """The refused lines as they stand in the file, with number and reason: to mend and load again."""
    reasons = {line.number: line.reason for line in plan.in_state(State.REFUSED)}
    file = io.StringIO()
    writer = csv.writer(file, delimiter=table.delimiter)
    writer.writerow([*table.headers, "Line", "Refused because"])
    for row in _refused_rows(table, reasons):
        writer.writerow(row)
    return "\ufeff" + file.getvalue()


def _refused_rows(table: Table, reasons: dict[int, str]) -> Iterator[list[str]]:
    for number, cells in table.rows():
        if number in reasons:
            padded = [*cells, *[""] * (len(table.headers) - len(cells))]
            yield [_harmless(cell) for cell in [*padded, str(number), reasons[number]]]


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; a negative number stays one."""
    is_number = cell[:1] == "-" and cell[1:2].isdigit()
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell and not is_number else cell
