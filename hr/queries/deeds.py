"""The stays and people of a deed, freshly read."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload, selectinload

from core.db import db
from core.sheets.bulk import chunks
from hr.models import Employee
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
