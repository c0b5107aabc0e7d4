"""Finding a person or a department by what was typed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from core.db import code_key, db, folded
from core.forms import meant
from hr.models import Department, DepartmentAlias, Employee, EmployeeAlias
from hr.queries.conditions import Link
from hr.queries.search import departments_found, people_found

SUGGESTIONS = 12


def find_employees(q: str) -> Sequence[Employee]:
    """The first people by name parts in any order, or by number, of today or of before."""
    return people_found(q, SUGGESTIONS).records


def find_departments(q: str) -> Sequence[Department]:
    """The first departments by name or code, of today or of before; archived ones are left out."""
    return departments_found(q, SUGGESTIONS, archived=False).records


def linked_on(near: str, key: str, far_keys: Iterable[str], day: date) -> set[str]:
    """Which of these far sides are joined to the near side on `day`: for “already here”."""
    mine, far = (
        (Link.department_code, Link.employee_number)
        if near == "department"
        else (Link.employee_number, Link.department_code)
    )
    return set(db.session.scalars(select(far).where(mine == key, far.in_(list(far_keys)), Link.on(day))))


def employees_meant(texts: Mapping[str, str]) -> dict[str, Sequence[Employee]]:
    """For each typed text the people it can mean: by “#number”, by number, or by the whole name.

    `texts` maps what was typed to the key after “#” (empty: none). One statement for all of them, which
    also locks them for the save, in the order of their numbers; and one more where something means nobody
    of today, for numbers and names of before.
    """
    if not texts:
        return {}
    keys, names = _keys(texts), _names(texts)
    named = or_(Employee.number_key.in_(keys), Employee.name_key.in_(names), Employee.sort_key.in_(names))
    people = db.session.scalars(_locked(select(Employee).where(named).order_by(Employee.number))).all()
    found: dict[str, Sequence[Employee]] = {
        text: meant(text, people, lambda one: one.number_key, lambda one: (one.name_key, one.sort_key))
        for text in texts
    }
    unknown = {text: key for text, key in texts.items() if not found[text]}
    return found | _employees_before(unknown) if unknown else found


def _employees_before(texts: Mapping[str, str]) -> dict[str, Sequence[Employee]]:
    """The people who had these numbers or names before, locked as well."""
    before = or_(EmployeeAlias.old_key.in_(_keys(texts)), EmployeeAlias.name_key.in_(_names(texts)))
    wanted = select(EmployeeAlias, Employee).join(EmployeeAlias.employee).where(before)
    rows = db.session.execute(_locked(wanted.order_by(Employee.number), Employee)).all()
    return {
        text: _far_sides(
            meant(
                text,
                rows,
                lambda row: row[0].old_key,
                lambda row: (row[0].name_key or "", row[1].name_key, row[1].sort_key),
            )
        )
        for text in texts
    }


def departments_meant(texts: Mapping[str, str]) -> dict[str, Sequence[Department]]:
    """For each typed text the departments it can mean: by “#code”, code or name; locked as people are."""
    if not texts:
        return {}
    named = or_(Department.code_key.in_(_keys(texts)), Department.name_key.in_(_names(texts)))
    stored = db.session.scalars(_locked(select(Department).where(named).order_by(Department.code))).all()
    found: dict[str, Sequence[Department]] = {
        text: meant(text, stored, lambda one: one.code_key, lambda one: (one.name_key,)) for text in texts
    }
    unknown = {text: key for text, key in texts.items() if not found[text]}
    return found | _departments_before(unknown) if unknown else found


def _departments_before(texts: Mapping[str, str]) -> dict[str, Sequence[Department]]:
    """The departments that had these codes or names before, locked as well."""
    before = or_(DepartmentAlias.old_key.in_(_keys(texts)), DepartmentAlias.name_key.in_(_names(texts)))
    wanted = select(DepartmentAlias, Department).join(DepartmentAlias.department).where(before)
    rows = db.session.execute(_locked(wanted.order_by(Department.code), Department)).all()
    return {
        text: _far_sides(
            meant(
                text,
                rows,
                lambda row: row[0].old_key,
                lambda row: (row[0].name_key or "", row[1].name_key),
            )
        )
        for text in texts
    }


def _keys(texts: Mapping[str, str]) -> set[str]:
    return {code_key(one) for pair in texts.items() for one in pair if one}


def _names(texts: Mapping[str, str]) -> set[str]:
    return {folded(text) for text in texts}


def _locked(wanted: Any, of: type[Any] | None = None) -> Any:
    """The same, read anew and locked against removal and another key, while a link to it is stored."""
    return wanted.with_for_update(key_share=True, of=of).execution_options(populate_existing=True)


def _far_sides(rows: Iterable[Any]) -> list[Any]:
    """The records that old keys lead to, each once."""
    return list(dict.fromkeys(row[1] for row in rows))


def current_number(number: str) -> str | None:
    """The number of today of whoever had this one before; None where nobody had it."""
    wanted = select(EmployeeAlias.employee_number).where(EmployeeAlias.old_key == code_key(number))
    return db.session.scalar(wanted)


def current_code(code: str) -> str | None:
    """The code of today of the department that had this one before; None where none had it."""
    wanted = select(DepartmentAlias.department_code).where(DepartmentAlias.old_key == code_key(code))
    return db.session.scalar(wanted)


def employees_by_keys(keys: Collection[str]) -> dict[str, Employee]:
    """The people with these numbers in any case, or who had them before; by the key that was asked for."""
    return _by_keys(keys, Employee.number_key, EmployeeAlias.old_key, EmployeeAlias.employee)


def departments_by_keys(keys: Collection[str]) -> dict[str, Department]:
    """The departments with these codes in any case, or which had them before; by the key asked for."""
    return _by_keys(keys, Department.code_key, DepartmentAlias.old_key, DepartmentAlias.department)


def _by_keys(keys: Collection[str], key: Any, old_key: Any, owner: Any) -> dict[str, Any]:
    """The records with these keys; where some are unknown, one more statement for those of before."""
    wanted, model = {code_key(one) for one in keys}, key.class_
    found = {row[0]: row[1] for row in db.session.execute(select(key, model).where(key.in_(wanted)))}
    if len(found) < len(wanted):
        before = select(old_key, model).join(owner).where(old_key.in_(wanted - found.keys()))
        found |= {row[0]: row[1] for row in db.session.execute(before)}
    return found


def next_number() -> str:
    """A free number for a new person: one above the highest that is all digits."""
    if db.engine.dialect.name == "postgresql":  # one at a time, so that two pages never get the same number
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("employee.number"))))
    digits = func.max(func.length(Employee.number))
    longest = select(digits).where(
        Employee.number.between("0", "9~"), ~Employee.number.regexp_match("[^0-9]")
    )
    length = db.session.scalar(longest)
    if length is None:
        return "1"
    highest = db.session.scalar(
        select(func.max(Employee.number)).where(
            func.length(Employee.number) == length, ~Employee.number.regexp_match("[^0-9]")
        )
    )
    # As long as the others: 00001001 is followed by 00001002.
    return str(int(highest or 0) + 1).zfill(length)
