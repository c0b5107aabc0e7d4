"""The columns of a sheet of stays: who is in which department, from when to when; what a line becomes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Table, select

from core.db import db
from core.forms import day_text
from core.links import in_words
from core.plain_rows import Made
from core.sheets import cells
from core.sheets.bulk import rows_with
from core.sheets.layout import HEADINGS
from core.sheets.plan import Line, Plan, Sheet, SheetField, State, once, settle
from core.writing import Work
from hr import staffing
from hr.models import ROLES, Department, DepartmentEmployeeLink, Employee
from hr.operations import reckon_steps
from hr.sheets.columns import DAYS, DEPARTMENT, END_DATE, PERSON, WHO, end_of, last_day_words, who
from hr.sheets.fte import FTE, FULL_WEEK, ROUND_FTE, amount, settle_fte
from hr.sheets.known import Said, known_spans
from hr.sheets.lacking import ABSENT, absent_stays
from hr.sheets.owners import NAMES, Departments, Person, find_people, people_of
from hr.sheets.rules import keep_the_rules, stays_beside
from hr.sheets.store import TABLE, store_absent, store_stays
from hr.staffing import Stay

Link = DepartmentEmployeeLink
FACTS = ("extra_data", "fte", "role", "is_primary", "overload_reason")
LABELS = {
    "starts_on": "First day",
    "ends_before": "Last day",
    "extra_data": "Remark",
    "fte": "FTE",
    "role": "Role",
    "is_primary": "Main department",
    "overload_reason": "Overload reason",
}
# Of people all but how they are reached.
RESTS_ON = (
    "department",  # and its stays, and what it was called before
    "employee_alias.",
    *(f"employee.{fact}" for fact in ("number", "name", "sort_", "hired_on", "left_on")),
)
COLUMNS = (
    Link.id,
    Link.employee_number,
    Link.department_code,
    Link.starts_on,
    Link.ends_before,
    *(getattr(Link, name) for name in FACTS),
)


def _compare(plan: Plan) -> None:
    """A stay is found by person, department and first day; then the rules of the whole sets are held."""
    find_people(plan)
    departments = Departments()
    settle_fte(plan)
    said = partial(_said, departments, plan.answers.get("end_date", ""))
    for line in plan.open_lines:
        if departments.find(plan, line) is not None:
            said(line)  # an end that cannot be refuses the line
    first = once(plan, lambda line: (*said(line)[:2], line.values["starts_on"]), "stay")
    touched = {person.number for person in people_of(plan)}
    stored = list(rows_with(db.session(), select(*COLUMNS), Link.employee_number, touched))
    del touched
    known = _known(first, stored, said) if stored else {}
    absent = absent_stays(plan, departments, stored, (row.id for row in known.values()))
    # Hundreds of thousands of them: what is not needed any more makes room.
    outside: dict[str, Person] = {}
    for line in first:
        _settle(line, known.get(line), said(line))
        if line.is_stored and staffing.outside(line.extra, line.whom):
            outside[line.whom.number] = line.whom
        line.whom = None
    del known
    lines = [line for line in first if line.is_stored]
    del first
    moving = {line.extra.employee for line in lines} if stored else set()
    beside = stays_beside(lines, [row for row in stored if row.employee_number in moving])
    keep_the_rules(lines, beside, outside, absent)


def _said(departments: Departments, end_means: str, line: Line) -> tuple[Any, ...]:
    """Whose stay it is, where, and (None: open) the first day away if the line says any."""
    code, _is_old = departments.named(line.values["department"])
    return line.whom.number, code, *end_of(line, end_means)


def _known(
    lines: Iterable[Line], stored: Iterable[Any], said: Callable[[Line], tuple[Any, ...]]
) -> dict[Line, Any]:
    facts = {line: said(line) for line in lines}
    spans = {line: Said(fact[:2], line.values["starts_on"], fact[2:]) for line, fact in facts.items()}
    return known_spans(spans, stored, lambda row: (row.employee_number, row.department_code))


def _settle(line: Line, found: Any | None, said: tuple[Any, ...]) -> None:
    number, code, *end = said
    says = {name: line.values[name] for name in ("starts_on", *FACTS) if name in line.values}
    if end:
        says["ends_before"] = end[0]
    line.key = found.id if found is not None else None
    settle(line, found, says, LABELS, _words)
    line.extra = _stay(line, number, code, found) if line.is_stored else None
    if found is None:
        line.writes = None  # of hundreds of thousands of new lines: made again when it is stored


def _stay(line: Line, number: str, code: str, found: Any | None) -> Stay:
    """The stay as it will be."""
    old = {name: getattr(found, name) for name in ("starts_on", "ends_before", *FACTS)} if found else {}
    now: dict[str, Any] = {"role": "member", "is_primary": False, **old, **(line.writes or {})}
    ends_before: date | None = now.get("ends_before")
    return Stay(
        line, number, code, now["starts_on"], ends_before, now.get("fte"), now["role"], now["is_primary"]
    )


def _row(line: Line) -> dict[str, Any]:
    """What a line that is added stores."""
    stay = line.extra
    said = {name: line.values[name] for name in ("starts_on", *FACTS) if name in line.values}
    if stay.ends_before is not None:
        said["ends_before"] = stay.ends_before
    return {**said, "employee_number": stay.employee, "department_code": stay.department}


def _words(name: str, value: Any) -> str:
    return last_day_words(value) if name == "ends_before" else in_words(value)


def _adds(plan: Plan) -> tuple[Table, Made]:
    return TABLE, Made(plan.in_state(State.ADDED), _row_once)


def _row_once(line: Line) -> dict[str, Any]:
    """The same where it is asked for once: the stay makes room."""
    row, line.extra = _row(line), None
    return row


def _store(work: Work, plan: Plan) -> None:
    """Store the lines that are added or changed, and what becomes of the stays that the file lacks."""
    store_absent(work.session, TABLE, plan.absent)
    added = plan.ahead if plan.ahead is not None else Made(plan.in_state(State.ADDED), _row)
    store_stays(
        work.session,
        [(line.key, line.extra, line.writes or {}) for line in plan.in_state(State.CHANGED)],
        added,
    )


def _describe(values: Mapping[str, Any]) -> str:
    said = f"{who(values)} in {values['department']}"
    return f"{said} from {day_text(values['starts_on'])}" if "starts_on" in values else said


def _will_be(line: Line) -> dict[str, Any]:
    """Person and department by the keys they have, however the line names them."""
    stay = line.extra
    return {"employee": stay.employee, "department": stay.department} if isinstance(stay, Stay) else {}


STAYS = Sheet(
    kind="department-links",
    title="Stays in departments",
    about="One line per stay: who, in which department, from when to when, and what else is known of it. "
    "The department may also stand in a line of its own above its people.",
    fields=(
        *WHO,
        DEPARTMENT,
        *DAYS,
        FTE,
        SheetField("extra_data", "Remark", cells.text(256), "remark remarks arrangement comment extra"),
        SheetField("role", "Role", cells.choice(ROLES), "function"),
        SheetField("is_primary", "Main department", cells.yes_or_no, "primary main isprimary"),
        SheetField("overload_reason", "Overload reason", cells.text(256), "overloadreason reason"),
    ),
    needs=(PERSON, ("department",), ("starts_on",)),
    compare=_compare,
    store=_store,
    describe=_describe,
    locks=(Employee, Department, Link),
    rests_on=RESTS_ON,
    adds=_adds,
    reckons=reckon_steps,
    endpoint="hr.departments",
    questions=(HEADINGS, END_DATE, NAMES, FULL_WEEK, ROUND_FTE, *ABSENT.questions),
    heading="department",
    names=PERSON,
    amount=amount,
    will_be=_will_be,
)
