"""What a merge meets: of two people everything, of two departments who is in both and who heads them."""

from collections.abc import Collection, Sequence
from typing import cast

from sqlalchemy import ColumnElement, Select, Table, func, select, update
from sqlalchemy.orm import contains_eager, selectinload

from core.db import db
from core.history.recording import NOTED, note_before
from hr.models import Department, Employee
from hr.queries.conditions import Link, is_headed


def _stays(*conditions: ColumnElement[bool]) -> Select[Link]:
    """Stays freshly read, with both sides, as their people are filed."""
    wanted = select(Link).join(Link.employee).join(Link.department).where(*conditions)
    return (
        wanted.options(contains_eager(Link.employee), contains_eager(Link.department))
        .order_by(Employee.sort_key, Employee.number, Link.starts_on, Link.id)
        .execution_options(populate_existing=True)
    )


def _people_of(code: str) -> Select[str]:
    return select(Link.employee_number).where(Link.department_code == code)


def stays_of_people_in_both(codes: tuple[str, str]) -> Sequence[Link]:
    """The stays in two departments of those who have been in both."""
    in_both = [Link.employee_number.in_(_people_of(code)) for code in codes]
    return db.session.scalars(_stays(Link.department_code.in_(codes), *in_both)).all()


def heads_of(codes: tuple[str, str]) -> Sequence[Link]:
    """The stays of heads and acting heads of two departments."""
    return db.session.scalars(_stays(Link.department_code.in_(codes), is_headed())).all()


def stays_in(code: str) -> Sequence[Link]:
    """Every stay in a department."""
    return db.session.scalars(_stays(Link.department_code == code)).all()


def count_of_stays(code: str) -> int:
    """How many stays a department has."""
    return db.session.scalar(select(func.count()).where(Link.department_code == code)) or 0


def move_stays(code: str, to: str, without: Collection[int]) -> int:
    """Move all stays of a department but these to another one, in one statement; returns how many."""
    table = cast(Table, Link.__table__)
    moving = (Link.department_code == code, Link.id.not_in(without))
    note_before(db.session(), table, db.session.scalars(select(Link.id).where(*moving)).all())
    moved = update(Link).where(*moving).values(department_code=to, version=table.c.version + 1)
    result = db.session.execute(moved, execution_options={**NOTED, "synchronize_session": False})
    return int(result.rowcount)  # type: ignore[attr-defined]  # the result of an update has it


def people_to_merge(numbers: Collection[str]) -> dict[str, Employee]:
    """People by number, freshly read, with everything that belongs to them."""
    wanted = (
        select(Employee)
        .where(Employee.number.in_(numbers))
        .options(
            selectinload(Employee.account),
            selectinload(Employee.department_links).joinedload(Link.department),
            selectinload(Employee.job_titles),
            selectinload(Employee.addresses),
            selectinload(Employee.aliases),
        )
    )
    fresh = wanted.execution_options(populate_existing=True)
    return {one.number: one for one in db.session.scalars(fresh)}


def departments_locked(codes: Collection[str]) -> dict[str, Department]:
    """Departments by code, freshly read."""
    wanted = select(Department).where(Department.code.in_(codes))
    return {one.code: one for one in db.session.scalars(wanted.execution_options(populate_existing=True))}
