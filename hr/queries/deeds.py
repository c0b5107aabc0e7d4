"""The stays and people of a deed, freshly read."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, inspect, or_, select
from sqlalchemy.orm import joinedload, selectinload

from core.db import code_key, db
from core.sheets.bulk import chunks
from hr.models import Department, DepartmentAlias, DepartmentStep, Employee, EmployeeAlias
from hr.queries.conditions import Link


def stays_with_ids(ids: Sequence[int]) -> list[Link]:
    """These stays, freshly read, with both sides, as their people are filed; unknown ids are absent."""
    rows: list[Link] = []
    for chunk in chunks(sorted(ids)):
        rows += db.session.scalars(
            select(Link)
            .where(Link.id.in_(chunk))
            .options(joinedload(Link.employee), joinedload(Link.department))
            .execution_options(populate_existing=True)
        )
    return sorted(rows, key=lambda stay: (stay.employee.sort_key, stay.employee_number, stay.starts_on))


def _beside(stay: Link, start: date) -> list[ColumnElement[bool]]:
    """The conditions of another stay that meets the days of this one from `start` on."""
    conditions = [Link.id != stay.id, or_(Link.ends_before.is_(None), Link.ends_before > start)]
    if stay.ends_before is not None:
        conditions.append(Link.starts_on < stay.ends_before)
    return conditions


def main_stays(stay: Link, start: date) -> Sequence[Link]:
    """The other main stays of the person that meet the days of this one from `start` on."""
    wanted = select(Link).where(Link.employee_number == stay.employee_number, Link.is_primary)
    return db.session.scalars(wanted.where(*_beside(stay, start)).options(joinedload(Link.department))).all()


def holders_of_role(stay: Link, role: str, start: date) -> Sequence[Link]:
    """The stays of those who have the role in this department on the days of this stay from `start` on."""
    wanted = select(Link).where(Link.department_code == stay.department_code, Link.role == role)
    return db.session.scalars(wanted.where(*_beside(stay, start)).options(joinedload(Link.employee))).all()


def stays_before(stay: Link) -> Sequence[Link]:
    """The stays of the person that end where this one begins: what a transfer or a change closed."""
    wanted = select(Link).where(
        Link.employee_number == stay.employee_number, Link.ends_before == stay.starts_on
    )
    return db.session.scalars(wanted.options(joinedload(Link.department)).order_by(Link.id)).all()


def stays_after(stay: Link) -> Sequence[Link]:
    """The stays of the person that begin where this one ends: what a transfer or a change opened."""
    wanted = select(Link).where(
        Link.employee_number == stay.employee_number, Link.starts_on == stay.ends_before
    )
    return db.session.scalars(wanted.order_by(Link.id)).all()


def people_with_numbers(numbers: Sequence[str]) -> list[Employee]:
    """These people, freshly read, in the order in which they are filed; unknown numbers are absent."""
    rows: list[Employee] = []
    for chunk in chunks(sorted(numbers)):
        rows += db.session.scalars(
            select(Employee)
            .where(Employee.number.in_(chunk))
            .options(selectinload(Employee.department_links), selectinload(Employee.job_titles))
            .execution_options(populate_existing=True)
        )
    return sorted(rows, key=lambda person: (person.sort_key, person.number))


# --- keys ------------------------------------------------------------------------------------------

# How people call the tables whose rows belong to a person or a department.
FOLLOWERS = {
    "department_employee_link": ("stay", "stays"),
    "address": ("address", "addresses"),
    "job_title": ("job title", "job titles"),
    "not_the_same_person": ("pair put aside", "pairs put aside"),
    "not_the_same_department": ("pair put aside", "pairs put aside"),
    "employee_alias": ("old number", "old numbers"),
    "department_alias": ("old code", "old codes"),
    "department_editor": ("limit of an editor", "limits of editors"),
}


def holder_of_number(number: str) -> Employee | None:
    """Who has this number, or had it before."""
    key = code_key(number)
    before = select(EmployeeAlias.employee_number).where(EmployeeAlias.old_key == key)
    return db.session.scalar(
        select(Employee).where(or_(Employee.number_key == key, Employee.number.in_(before)))
    )


def holder_of_code(code: str) -> Department | None:
    """The department that has this code, or had it before."""
    key = code_key(code)
    before = select(DepartmentAlias.department_code).where(DepartmentAlias.old_key == key)
    return db.session.scalar(
        select(Department).where(or_(Department.code_key == key, Department.code.in_(before)))
    )


def people_who_had(keys: Iterable[str]) -> dict[str, Employee]:
    """The people who had numbers with these keys before, by key."""
    wanted = select(EmployeeAlias.old_key, Employee).join(EmployeeAlias.employee)
    return {row[0]: row[1] for row in db.session.execute(wanted.where(EmployeeAlias.old_key.in_(list(keys))))}


def departments_that_had(keys: Iterable[str]) -> dict[str, Department]:
    """The departments that had codes with these keys before, by key."""
    wanted = select(DepartmentAlias.old_key, Department).join(DepartmentAlias.department)
    return {
        row[0]: row[1] for row in db.session.execute(wanted.where(DepartmentAlias.old_key.in_(list(keys))))
    }


def followers(record: Employee | Department) -> list[str]:
    """How many rows of each table follow a new key, as “3 stays”; tables without any are left out."""
    state: Any = inspect(record)
    owner, key = state.mapper.local_table, state.identity[0]
    found = []
    for table in owner.metadata.sorted_tables:
        if table is DepartmentStep.__table__:  # sums of the stays, which are told themselves
            continue
        for foreign in table.foreign_keys:
            if foreign.column.table is owner:
                count = db.session.scalar(
                    select(func.count()).select_from(table).where(foreign.parent == key)
                )
                one, many = FOLLOWERS.get(table.name, (table.name, table.name))
                found += [f"{count:,} {one if count == 1 else many}"] if count else []
    return found
