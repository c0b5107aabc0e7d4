"""A plan as the page shows it: groups of lines, each with its count and a page of its rows."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.sheets.absent import TITLE
from core.sheets.files import Table
from core.sheets.plan import Line, Plan, State
from core.sheets.safe import guarded, unguarded
from core.sheets.words import about, changed, facts, said

PAGE = 50
ABSENT = "absent"
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
    rows: Sequence[tuple[int | None, list[str]]]
    page: int
    pages: int

    @property
    def is_notice(self) -> bool:
        """Whether these are not the lines of one state: something to know, or what no line is about."""
        return self.key.startswith("notice") or self.key == ABSENT

    @property
    def has_lines(self) -> bool:
        """Whether its rows are lines of the file."""
        return self.key != ABSENT

    @property
    def from_to(self) -> str:
        """“1 to 50 of 11,050”."""
        first = (self.page - 1) * PAGE + 1
        return f"{first:,} to {first + len(self.rows) - 1:,} of {self.count:,}"


def groups(plan: Plan, show: str, page: int, size: int = PAGE) -> list[Group]:
    """Every group with its first rows; or the one that is to be shown, at one of its pages."""
    made = [_of_lines(plan, state, page if show == state.value else 1, size) for state in TITLES]
    made += [
        _of_notices(plan, kind, f"notice-{number}", page if show == f"notice-{number}" else 1, size)
        for number, kind in enumerate(plan.notice_counts, 1)
    ]
    made.append(_of_absent(plan, page if show == ABSENT else 1, size))
    return [group for group in made if group.count]


def shown(found: list[Group], show: str) -> list[Group]:
    """What stands on the page: the group asked for, else all but what stays as it is."""
    return [one for one in found if one.key == show] or [one for one in found if one.key != State.UNCHANGED]


def _of_lines(plan: Plan, state: State, page: int, size: int) -> Group:
    lines = plan.in_state(state)
    page, pages, start = window(len(lines), page, size)
    rows = [(line.number, _cells(plan, line)) for line in lines[start : start + size]]
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


def _of_notices(plan: Plan, kind: str, key: str, page: int, size: int) -> Group:
    notices = [notice for notice in plan.notices if notice.kind == kind]
    page, pages, start = window(len(notices), page, size)
    rows = [(notice.line, [notice.sentence]) for notice in notices[start : start + size]]
    return Group(key, kind, len(notices), ("Notice",), rows, page, pages)


def _of_absent(plan: Plan, page: int, size: int) -> Group:
    """The stored links that the file lacks; no line is about them."""
    page, pages, start = window(len(plan.absent), page, size)
    rows = [(None, [one.what, one.becomes]) for one in plan.absent[start : start + size]]
    return Group(ABSENT, TITLE, len(plan.absent), ("What is stored", "What becomes of it"), rows, page, pages)


def window(count: int, page: int, size: int = PAGE) -> tuple[int, int, int]:
    """The page that there is, how many there are, and where it begins."""
    pages = max(1, -(-count // size))
    page = min(max(page, 1), pages)
    return page, pages, (page - 1) * size


def reasons_of(plan: Plan) -> dict[int, str]:
    """Why each refused line is so, by its number."""
    return {line.number: line.reason for line in plan.in_state(State.REFUSED)}


def refused_csv(reasons: Mapping[int, str], table: Table) -> str:
    """The refused lines as they stand in the file, with number and reason: to mend and load again."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=table.delimiter)
    writer.writerow([*map(_safe, table.headers), "Line", "Refused because"])
    for row in _refused_rows(table, reasons):
        writer.writerow(row)
    return "\ufeff" + file.getvalue()


def _refused_rows(table: Table, reasons: Mapping[int, str]) -> Iterator[list[str]]:
    for number, cells in table.rows():
        if number in reasons:
            padded = [*cells, *[""] * (len(table.headers) - len(cells))]
            yield [_safe(cell) for cell in [*padded, str(number), reasons[number]]]


def _safe(cell: str) -> str:
    """What no spreadsheet takes for a formula; a cell that has its mark already gets no second one."""
    return guarded(unguarded(cell))
