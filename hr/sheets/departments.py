"""The columns of a sheet of departments, and what a line becomes."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table, select

from core.db import code_key, db
from core.sheets import cells
from core.sheets.bulk import columns_of, insert_rows, update_rows
from core.sheets.plan import Line, Plan, Sheet, SheetField, State, once, settle
from core.writing import Work
from hr.models import Department, DepartmentAlias
from hr.sheets.owners import OLD_CODE

TABLE = cast(Table, Department.__table__)
LABELS = {"name": "Name"}


def _compare(plan: Plan) -> None:
    """Departments are found by code; no two have the same name."""
    columns = (
        Department.code,
        Department.code_key,
        Department.name,
        Department.name_key,
        Department.match_key,
    )
    stored = {row.code_key: row for row in db.session.execute(select(*columns))}
    taken = {row.name_key: (row.code_key, "") for row in stored.values()}
    former = select(DepartmentAlias.old_key, DepartmentAlias.department_code)
    now = {row.old_key: code_key(row.department_code) for row in db.session.execute(former)}

    def key_of(line: Line) -> str:
        said = code_key(line.values["code"])
        return said if said in stored else now.get(said, said)

    for line in once(plan, key_of, "department"):
        key = key_of(line)
        found = stored.get(key)
        if found is not None and key != code_key(line.values["code"]):
            plan.notice(OLD_CODE, line, f"{line.values['code']} is {found.code} now.")
        says = columns_of(Department(**line.values))
        if found is not None:
            says = {name: value for name, value in says.items() if name not in ("code", "code_key")}
        line.key = found.code if found is not None else None
        _refuse_a_taken_name(line, taken, key, says.get("name_key"))
        if line.is_open:
            settle(line, found, says, LABELS)
            if line.state is State.ADDED and "name" not in says:
                line.refuse("A new department needs a name.", "name")


def _refuse_a_taken_name(line: Line, taken: dict[str, tuple[str, str]], key: str, name: str | None) -> None:
    if name is None:
        return
    holder, where = taken.setdefault(name, (key, f" (line {line.number:,})"))
    if holder != key:
        line.refuse(f"The department “{holder}”{where} has this name already.", "name")


def _store(work: Work, plan: Plan) -> None:
    """Store the lines that are added or changed."""
    lines = list(plan.stored_lines)
    insert_rows(work.session, TABLE, [line.writes or {} for line in lines if line.state is State.ADDED])
    changed = [(line.key, line.writes or {}) for line in lines if line.state is State.CHANGED]
    update_rows(work.session, TABLE, changed)


def _describe(values: Mapping[str, Any]) -> str:
    return " · ".join(str(values[name]) for name in ("code", "name") if name in values)


DEPARTMENTS = Sheet(
    kind="departments",
    title="Departments",
    about="One line per department: its code and its name.",
    fields=(
        SheetField(
            "code",
            "Code",
            cells.code,
            "deptno deptcode departmentcode departmentno no number id key",
        ),
        SheetField(
            "name",
            "Name",
            cells.text(120),
            "deptname departmentname department title description",
        ),
    ),
    needs=(("code",), ("name",)),
    compare=_compare,
    store=_store,
    describe=_describe,
    locks=(Department,),
    endpoint="hr.departments",
)
