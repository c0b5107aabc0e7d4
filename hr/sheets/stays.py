"""The columns of a sheet of stays: who is in which department, from when to when; what a line becomes."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update

from core.db import code_key, db, folded
from core.forms import day_text
from core.links import in_words
from core.sheets import cells
from core.sheets.bulk import chunks, insert_rows, rows_with, update_rows
from core.sheets.plan import Line, Plan, Question, Sheet, SheetField, State, once, settle
from core.writing import Work
from hr.models import ROLES, Department, DepartmentEmployeeLink, Employee
from hr.sheets.employees import NUMBERS
from hr.sheets.rules import keep_the_rules, stays_beside
from hr.staffing import Employment, Stay

Link = DepartmentEmployeeLink
TABLE = cast(Table, Link.__table__)
FACTS = ("extra_data", "fte", "role", "is_primary", "overload_reason")
LABELS = {
    "ends_before": "Last day",
    "extra_data": "Remark",
    "fte": "FTE",
    "role": "Role",
    "is_primary": "Main department",
    "overload_reason": "Overload reason",
}
LAST_DAY, FIRST_DAY_AWAY = "last-day", "first-day-away"


def _compare(plan: Plan) -> None:
    """A stay is found by person, department and first day; then the rules of the whole sets are held."""
    people, departments = _owners(plan)
    for line in plan.open_lines:
        _resolve(line, people, departments, plan.answers.get("end_date", ""))
    first = once(plan, lambda line: (*line.extra[:2], line.values["starts_on"]), "stay")
    wanted = select(
        Link.id,
        Link.employee_number,
        Link.department_code,
        Link.starts_on,
        Link.ends_before,
        *(getattr(Link, name) for name in FACTS),
    )
    touched = {line.extra[0] for line in first}
    stored = list(rows_with(db.session(), wanted, Link.employee_number, touched))
    known = {(row.employee_number, row.department_code, row.starts_on): row for row in stored}
    for line in first:
        _settle(line, known)
    del known
    lines = [line for line in first if line.is_stored]
    moving = {line.extra.employee for line in lines}
    employment = {row.number: Employment(row.hired_on, row.left_on) for row in people.values()}
    keep_the_rules(
        lines, stays_beside(lines, [row for row in stored if row.employee_number in moving]), employment
    )


def _owners(plan: Plan) -> tuple[dict[str, Any], dict[str, str]]:
    """The people by number, and the codes of departments by code and by name."""
    keys = {code_key(line.values["employee"]) for line in plan.open_lines}
    wanted = select(Employee.number_key, Employee.number, Employee.hired_on, Employee.left_on)
    people = {row.number_key: row for row in rows_with(db.session(), wanted, Employee.number_key, keys)}
    rows = db.session.execute(select(Department.code, Department.code_key, Department.name_key)).all()
    departments = {row.name_key: row.code for row in rows} | {row.code_key: row.code for row in rows}
    return people, departments


def _resolve(line: Line, people: Mapping[str, Any], departments: Mapping[str, str], end_means: str) -> None:
    """Find both sides and the end; `extra` is number, code, and the first day away if the line says any."""
    values = line.values
    person = people.get(code_key(values["employee"]))
    code = departments.get(code_key(values["department"])) or departments.get(folded(values["department"]))
    if person is None:
        line.refuse(f"No employee has the number “{values['employee']}”.", "employee")
    elif code is None:
        line.refuse(f"There is no department “{values['department']}”.", "department")
    else:
        line.extra = (person.number, code, *_end(line, end_means))


def _end(line: Line, end_means: str) -> tuple[date | None, ...]:
    """The first day away (None: open), if the line says anything of the end; a stay lasts a day at least."""
    values, start = line.values, line.values["starts_on"]
    name = next((one for one in ("ends_on", "last_day", "ends_before") if one in values), None)
    if name is None:
        return ()
    said = values[name]
    if said is None:
        return (None,)
    is_last_day = name == "last_day" or (name == "ends_on" and end_means == LAST_DAY)
    end = said + timedelta(days=1) if is_last_day else said
    if end == start:
        line.refuse(
            f"The stay would not last a day: it begins on {day_text(start)}, and {day_text(said)} is "
            "the first day away. A stay of zero length is not stored.",
            name,
        )
    elif end < start:
        line.refuse(f"The stay ends ({day_text(said)}) before it begins ({day_text(start)}).", name)
    return (end,)


def _settle(line: Line, known: Mapping[tuple[str, str, date], Any]) -> None:
    number, code, *end = line.extra
    start = line.values["starts_on"]
    found = known.get((number, code, start))
    says = {name: line.values[name] for name in FACTS if name in line.values}
    if end:
        says["ends_before"] = end[0]
    line.key = found.id if found is not None else None
    if found is None:
        says |= {"employee_number": number, "department_code": code, "starts_on": start}
    settle(line, found, says, LABELS, _words)
    line.extra = None
    if line.is_stored:
        old = {name: getattr(found, name) for name in ("ends_before", *FACTS)} if found is not None else {}
        now = old | (line.writes or {})
        line.extra = Stay(
            line,
            number,
            code,
            start,
            now.get("ends_before"),
            now.get("fte"),
            now.get("role", "member"),
            now.get("is_primary", False),
        )


def _words(name: str, value: Any) -> str:
    if name != "ends_before":
        return in_words(value)
    return day_text(value - timedelta(days=1)) if value else "open"


def _store(work: Work, plan: Plan) -> None:
    """Store the lines that are added or changed.

    Roles and main departments that change are first let go and then given anew, so that a head can hand
    over to another without both being head in between.
    """
    lines = list(plan.stored_lines)
    changed = [line for line in lines if line.state is State.CHANGED]
    let_go = [
        {"of": line.key}
        for line in changed
        if {"role", "is_primary", "ends_before"} & (line.writes or {}).keys()
    ]
    plain = update(TABLE).where(TABLE.c.id == bindparam("of")).values(role="member", is_primary=False)
    for chunk in chunks(let_go):
        work.session.execute(plain, chunk)
    given = [
        (line.key, {**(line.writes or {}), "role": line.extra.role, "is_primary": line.extra.is_primary})
        for line in changed
    ]
    update_rows(work.session, TABLE, given)
    insert_rows(work.session, TABLE, [line.writes or {} for line in lines if line.state is State.ADDED])


def _describe(values: Mapping[str, Any]) -> str:
    said = f"{values['employee']} in {values['department']}"
    return f"{said} from {day_text(values['starts_on'])}" if "starts_on" in values else said


STAYS = Sheet(
    kind="department-links",
    title="Stays in departments",
    about="One line per stay: who, in which department, from when to when, and what else is known of it.",
    fields=(
        SheetField(
            "employee",
            "Employee number",
            cells.text(20),
            NUMBERS + " employee number",
        ),
        SheetField(
            "department",
            "Department",
            cells.text(120),
            "deptno deptcode departmentcode departmentno dept code departmentname deptname",
        ),
        SheetField(
            "starts_on",
            "First day",
            cells.day,
            "fromdate from startdate start starts begin since",
        ),
        SheetField(
            "ends_on",
            "End",
            cells.day_or_open,
            "todate to enddate end ends",
            "9999-01-01 means open",
        ),
        SheetField("last_day", "Last day", cells.day_or_open, "lastday until till through"),
        SheetField("ends_before", "First day away", cells.day_or_open, "firstdayaway endsbefore"),
        SheetField(
            "fte",
            "FTE",
            cells.exact(3, Decimal(0), Decimal(1)),
            "fulltimeequivalent workload employmentrate",
        ),
        SheetField("extra_data", "Remark", cells.text(256), "remark remarks arrangement comment extra"),
        SheetField("role", "Role", cells.choice(ROLES), "function"),
        SheetField("is_primary", "Main department", cells.yes_or_no, "primary main isprimary"),
        SheetField("overload_reason", "Overload reason", cells.text(256), "overloadreason reason"),
    ),
    needs=(("employee",), ("department",), ("starts_on",)),
    compare=_compare,
    store=_store,
    describe=_describe,
    locks=(Employee, Department, Link),
    endpoint="hr.departments",
    questions=(
        Question(
            "end_date",
            "ends_on",
            "What does the end date say: the last day of a stay, or the first day away?",
            {
                LAST_DAY: "the last day; somebody who changes on 1 April has 31 March here",
                FIRST_DAY_AWAY: "the first day away; somebody who changes on 1 April has 1 April here",
            },
        ),
    ),
)
