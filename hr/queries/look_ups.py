"""Finding a person or a department by what was typed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import func, or_, select

from core.db import code_key, db, folded
from core.forms import meant
from core.listing import words_in
from hr.models import Department, Employee
from hr.queries.conditions import Link

SUGGESTIONS = 12


def find_employees(q: str) -> Sequence[Employee]:
    """The first people by name parts in any order, or by number."""
    return db.session.scalars(
        select(Employee)
        .where(*words_in(folded(q), Employee.name_key, Employee.number_key))
        .order_by(Employee.sort_key, Employee.number)
        .limit(SUGGESTIONS)
    ).all()


def find_departments(q: str) -> Sequence[Department]:
    """The first departments by name or code; archived ones are left out."""
    return db.session.scalars(
        select(Department)
        .where(
            Department.archived_on.is_(None), *words_in(folded(q), Department.name_key, Department.code_key)
        )
        .order_by(Department.name_key)
        .limit(SUGGESTIONS)
    ).all()


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
    also locks them for the save, in the order of their numbers.
    """
    if not texts:
        return {}
    keys = {code_key(one) for pair in texts.items() for one in pair if one}
    names = {folded(text) for text in texts}
    people = db.session.scalars(
        select(Employee)
        .where(or_(Employee.number_key.in_(keys), Employee.name_key.in_(names), Employee.sort_key.in_(names)))
        .order_by(Employee.number)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    return {
        text: meant(text, people, lambda one: one.number_key, lambda one: (one.name_key, one.sort_key))
        for text in texts
    }


def departments_meant(texts: Mapping[str, str]) -> dict[str, Sequence[Department]]:
    """For each typed text the departments it can mean: by “#code”, code or name; locked as people are."""
    if not texts:
        return {}
    keys = {code_key(one) for pair in texts.items() for one in pair if one}
    names = {folded(text) for text in texts}
    found = db.session.scalars(
        select(Department)
        .where(or_(Department.code_key.in_(keys), Department.name_key.in_(names)))
        .order_by(Department.code)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    return {text: meant(text, found, lambda one: one.code_key, lambda one: (one.name_key,)) for text in texts}


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
