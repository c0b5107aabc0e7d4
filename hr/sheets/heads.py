"""The columns of a sheet of heads: who led which department, from when to when; what a line becomes.

Being head is a fact of a stay. Where the person has a stay in the department on those days, it is divided at
the first and the last of them, as any change from a date is; on days without one, a stay of its own is made.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.db import db
from core.forms import day_text
from core.sheets import cells
from core.sheets.bulk import rows_with
from core.sheets.plan import Change, Line, Plan, Sheet, SheetField, State, once
from core.writing import Work
from hr import queries, staffing
from hr.models import ROLES, Department, DepartmentEmployeeLink, Employee
from hr.operations import span
from hr.sheets.columns import DAYS, DEPARTMENT, END_DATE, PERSON, WHO, end_of, who
from hr.sheets.owners import NAMES, Departments, find_people, people_of
from hr.sheets.pieces import Piece, headed, pieces_of, written
from hr.sheets.rules import Rules, refuse_conflicts, refuse_outside
from hr.sheets.store import store_stays
from hr.staffing import Employment, Stay

Link = DepartmentEmployeeLink
COLUMNS = (
    Link.id,
    Link.employee_number,
    Link.department_code,
    Link.starts_on,
    Link.ends_before,
    Link.extra_data,
    Link.fte,
    Link.role,
    Link.is_primary,
    Link.overload_reason,
)
WHAT = "time as head"
TWICE = Rules(
    WHAT, ((staffing.overlaps, "The file has this person as head on these days already", "starts_on"),)
)
ONE_HEAD = Rules(
    WHAT, ((staffing.double_heads, "On these days the department has a {role} already", "role"),)
)
OWN_STAY = "Head without a stay"
Pair = tuple[str, str]
Rows = Mapping[Pair, Sequence[Any]]


@dataclass
class Deeds:
    """What is stored for all the lines of one person and department."""

    changes: list[Any]
    added: list[dict[str, Any]]


def _compare(plan: Plan) -> None:
    """Each line makes its days those of a head; the rules are held against all heads of all days."""
    find_people(plan)
    departments = Departments()
    for line in plan.open_lines:
        code = departments.find(plan, line)
        if code is not None:
            end = end_of(line, plan.answers.get("end_date", ""), WHAT)
            line.extra = (line.whom.number, code, *end)
    first = once(plan, lambda line: (*line.extra[:2], line.values["starts_on"], _role(line)), WHAT)
    rows = _stored({line.extra[0] for line in first})
    employment = {one.number: Employment(one.hired_on, one.left_on) for one in people_of(plan)}
    for line in first:
        line.extra = _said(line, rows)
        refuse_outside(line, employment.get(line.extra.employee), WHAT)
    while refuse_conflicts((), [line.extra for line in first if line.is_open], TWICE):
        pass
    _refuse_second_heads(first, rows)
    for pair, lines in _by_pair(first).items():
        _settle(plan, pair, lines, rows.get(pair, ()))


def _role(line: Line) -> str:
    return str(line.values.get("role", "head"))


def _stored(numbers: set[str]) -> Rows:
    """All stays of these people, by person and department."""
    found: dict[Pair, list[Any]] = defaultdict(list)
    for row in rows_with(db.session(), select(*COLUMNS), Link.employee_number, numbers):
        found[row.employee_number, row.department_code].append(row)
    return found


def _said(line: Line, rows: Rows) -> Stay:
    """The days and the role that a line says; an end it does not say is the stored one, if there is one."""
    number, code, *end = line.extra
    start, role = line.values["starts_on"], _role(line)
    stored = [row for row in rows.get((number, code), ()) if (row.starts_on, row.role) == (start, role)]
    ends_before = end[0] if end else stored[0].ends_before if stored else None
    return Stay(line, number, code, start, ends_before, None, role)


def _by_pair(lines: Iterable[Line]) -> dict[Pair, list[Line]]:
    """The lines that are taken, by person and department, each in the order of its days."""
    found: dict[Pair, list[Line]] = defaultdict(list)
    for line in sorted((one for one in lines if one.is_open), key=lambda line: line.extra.starts_on):
        found[line.extra.employee, line.extra.department].append(line)
    return found


def _refuse_second_heads(lines: Sequence[Line], rows: Rows) -> None:
    """Refuse each line that would give a department a second head on a day."""
    others = queries.heads_of_departments({line.extra.department for line in lines if line.is_open})
    while True:
        pairs = _by_pair(lines)
        heads = [stay for stay in others if (stay.employee, stay.department) not in pairs]
        for pair, theirs in pairs.items():
            for piece in _pieces(theirs, rows.get(pair, ())):
                days = (piece.starts_on, piece.ends_before)
                heads.append(Stay(piece.ref, *pair, *days, None, piece.role))
        if not refuse_conflicts((), heads, ONE_HEAD):
            return


def _pieces(lines: Iterable[Line], rows: Iterable[Any]) -> list[Piece]:
    pieces = pieces_of(rows)
    for line in lines:
        pieces = headed(pieces, line.extra)
    return pieces


def _settle(plan: Plan, pair: Pair, lines: Sequence[Line], rows: Sequence[Any]) -> None:
    """Say what each line changes; the first one of the pair carries what is stored for all of them."""
    pieces = pieces_of(rows)
    for line in lines:
        before, pieces = pieces, headed(pieces, line.extra)
        _say(plan, line, before, pieces)
    for line in lines:
        line.key, line.extra = pair, None
    lines[0].extra = Deeds(*written(pieces, *pair))


def _say(plan: Plan, line: Line, before: Sequence[Piece], after: Sequence[Piece]) -> None:
    gone = [one for one in before if one.span not in {other.span for other in after}]
    come = [one for one in after if one.span not in {other.span for other in before}]
    line.state = State.CHANGED if gone else State.ADDED if come else State.UNCHANGED
    if gone:
        line.changes = (Change("Stay", _words(gone), _words(come)),)
    for piece in come:
        if piece.row is None:
            days = span(piece.starts_on, piece.ends_before)
            said = f"no stay in {line.extra.department} {days}: one is made for the role, FTE not stated."
            plan.notice(OWN_STAY, line, f"{line.extra.employee} has {said}")


def _words(pieces: Iterable[Piece]) -> str:
    return ", then ".join(f"{one.role} {span(one.starts_on, one.ends_before)}" for one in pieces)


def _store(work: Work, plan: Plan) -> None:
    """Store what the accepted lines come to."""
    deeds = [line.extra for line in plan.lines if isinstance(line.extra, Deeds)]
    changes = [change for deed in deeds for change in deed.changes]
    store_stays(work.session, changes, [row for deed in deeds for row in deed.added])


def _describe(values: Mapping[str, Any]) -> str:
    said = f"{who(values)}, {values.get('role', 'head')} of {values['department']}"
    return f"{said} from {day_text(values['starts_on'])}" if "starts_on" in values else said


DEPARTMENT_HEADS = Sheet(
    kind="department-heads",
    title="Heads of departments",
    about="One line per head: who, of which department, from when to when. The role is a fact of the stay in "
    "that department; a head without a stay there on those days gets one of its own, with FTE not stated.",
    fields=(
        *WHO,
        DEPARTMENT,
        *DAYS,
        SheetField("role", "Role", cells.choice(ROLES[1:]), "function", "head, if there is no such column"),
    ),
    needs=(PERSON, ("department",), ("starts_on",)),
    compare=_compare,
    store=_store,
    describe=_describe,
    locks=(Employee, Department, Link),
    endpoint="hr.departments",
    questions=(END_DATE, NAMES),
    names=PERSON,
)
