"""The columns of a sheet of employees, and what a line becomes."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Table, func, select

from core.db import code_key, db, filed_name
from core.forms import day_text
from core.sheets import cells
from core.sheets.bulk import columns_of, insert_rows, rows_with, update_rows
from core.sheets.plan import Line, Plan, Sheet, SheetField, State, once, settle
from core.writing import Work
from hr.models import DepartmentEmployeeLink, Employee, EmployeeAlias, JobTitle
from hr.sheets.columns import NUMBERS
from hr.sheets.owners import note_old_number

TABLE = cast(Table, Employee.__table__)
LABELS = {
    "name": "Name",
    "sort_name": "Filed as",
    "email": "Email",
    "hired_on": "Hired on",
    "left_on": "Last day worked",
}
FACTS = ("number", "name", "sort_name", "email", "hired_on", "left_on")


def email(cell: str) -> str:
    """An address with one @."""
    if not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", cell) or len(cell) > 254:
        raise cells.BadCell(f"{cells.quoted(cell)} is not an email address.")
    return cell


def _compare(plan: Plan) -> None:
    """Employees are found by number. A corrected employment must still have the stored links inside it."""
    stored = _stored({code_key(line.values["number"]) for line in plan.open_lines})

    def found_for(line: Line) -> Any | None:
        return stored.get(code_key(line.values["number"]))

    for line in plan.open_lines:
        found = found_for(line)
        if found is not None:
            note_old_number(plan, line, line.values["number"], found.number)
    for line in once(plan, lambda line: _key(line, found_for(line)), "employee"):
        found = found_for(line)
        line.key = found.number if found is not None else None
        settle(line, found, _says(line.values, found), LABELS)
        if line.state is State.ADDED and "name" not in (line.writes or {}):
            line.refuse("A new employee needs a name.", "name")
        _refuse_backwards(line, found)
    _refuse_links_outside(plan, stored)


def _stored(keys: set[str]) -> dict[str, Any]:
    """The people with these numbers, or who had them before."""
    facts = (*(getattr(Employee, name) for name in (*FACTS, "name_key", "sort_key", "match_key")),)
    wanted = select(Employee.number_key, *facts)
    found = {row.number_key: row for row in rows_with(db.session(), wanted, Employee.number_key, keys)}
    before = select(EmployeeAlias.old_key, *facts).join(EmployeeAlias.employee)
    old = rows_with(db.session(), before, EmployeeAlias.old_key, keys - found.keys())
    return found | {row.old_key: row for row in old}


def _key(line: Line, found: Any | None) -> str:
    return code_key(found.number if found is not None else line.values["number"])


def _says(values: Mapping[str, Any], stored: Any | None) -> dict[str, Any]:
    """The columns a line gives. First and last name are a name that is filed under the last one."""
    facts = {name: values[name] for name in FACTS if name in values}
    first, last = values.get("first_name", ""), values.get("last_name", "")
    if "name" not in facts and last:
        facts["name"] = f"{first} {last}".strip()
        facts.setdefault("sort_name", f"{last}, {first}" if first else last)
    says = columns_of(Employee(**facts))
    if stored is not None:
        derived = ["number", "number_key"]
        if "sort_name" not in facts and stored.sort_name != filed_name(stored.name):
            # Somebody files this person otherwise; a new name does not undo that.
            derived += ["sort_name", "sort_key"]
        says = {name: value for name, value in says.items() if name not in derived}
    return says


def _refuse_backwards(line: Line, stored: Any | None) -> None:
    says = line.writes or {}
    hired, left = (says.get(name, getattr(stored, name, None)) for name in ("hired_on", "left_on"))
    if line.is_stored and hired and left and left < hired:
        line.refuse(
            f"The last day worked ({day_text(left)}) is before the first hire ({day_text(hired)}).", "left_on"
        )
    if line.is_stored and len(says.get("name", "")) > 120:
        line.refuse("First and last name together have more than 120 characters.", "last_name")


def _refuse_links_outside(plan: Plan, stored: Mapping[str, Any]) -> None:
    """Stays and job titles lie inside the employment; what would leave one outside is refused."""
    lines = [
        line
        for line in plan.stored_lines
        if line.key is not None and {"hired_on", "left_on"} & (line.writes or {}).keys()
    ]
    for model, what in ((DepartmentEmployeeLink, "stay"), (JobTitle, "job title")):
        bounds = _bounds(model, {line.key for line in lines})
        for line in lines:
            if line.key in bounds and line.is_open:
                _refuse_outside(line, stored[code_key(line.values["number"])], what, *bounds[line.key])


def _refuse_outside(line: Line, old: Any, what: str, first: date, last: date | None) -> None:
    hired, left = ((line.writes or {}).get(name, getattr(old, name)) for name in ("hired_on", "left_on"))
    if hired and first < hired:
        line.refuse(
            f"A {what} begins on {day_text(first)}, before that hire. Correct the {what} first.", "hired_on"
        )
    elif left and (last is None or last - timedelta(days=1) > left):
        until = f"until {day_text(last - timedelta(days=1))}" if last else "on without an end"
        line.refuse(f"A {what} goes {until}, after that last day. End the {what} first.", "left_on")


def _bounds(
    model: type[DepartmentEmployeeLink] | type[JobTitle], numbers: set[str]
) -> dict[str, tuple[date, date | None]]:
    """From when to when the stays (or job titles) of these people go; None: one is open."""
    is_open = func.count() - func.count(model.ends_before)
    columns = (model.employee_number, func.min(model.starts_on), func.max(model.ends_before), is_open)
    wanted = select(*columns).group_by(model.employee_number)
    rows = rows_with(db.session(), wanted, model.employee_number, numbers)
    return {row[0]: (row[1], None if row[3] else row[2]) for row in rows}


def _store(work: Work, plan: Plan) -> None:
    """Store the lines that are added or changed."""
    lines = list(plan.stored_lines)
    insert_rows(work.session, TABLE, [line.writes or {} for line in lines if line.state is State.ADDED])
    update_rows(
        work.session, TABLE, [(line.key, line.writes or {}) for line in lines if line.state is State.CHANGED]
    )


def _describe(values: Mapping[str, Any]) -> str:
    name = values.get("name") or " ".join(
        values[part] for part in ("first_name", "last_name") if part in values
    )
    return " · ".join(part for part in (values.get("number"), name) if part)


EMPLOYEES = Sheet(
    kind="employees",
    title="Employees",
    about="One line per person: number and name, or first and last name; when hired, when left.",
    fields=(
        SheetField(
            "number",
            "Number",
            cells.code,
            NUMBERS + " no id",
        ),
        SheetField("first_name", "First name", cells.text(120), "firstname givenname forename first"),
        SheetField("last_name", "Last name", cells.text(120), "lastname surname familyname last"),
        SheetField("name", "Name", cells.text(120), "fullname employeename displayname employee"),
        SheetField("sort_name", "Filed as", cells.text(121), "sortname filedas nameinverted"),
        SheetField("email", "Email", email, "mail emailaddress"),
        SheetField(
            "hired_on",
            "Hired on",
            cells.day,
            "hiredate hired dateofhire entrydate joined joinedon",
        ),
        SheetField(
            "left_on",
            "Last day worked",
            cells.day_or_open,
            "left leftdate lastday leavingdate leavedate terminationdate exitdate",
            "9999-12-31 means open",
        ),
    ),
    needs=(("number",),),
    names=("number",),
    compare=_compare,
    store=_store,
    describe=_describe,
    locks=(Employee,),
    endpoint="hr.employees",
)
