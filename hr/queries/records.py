"""One record, and what goes with it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, literal, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from core.db import db
from core.models import User
from hr.models import Address, Department, Employee
from hr.queries.conditions import Link
from hr.staffing import Employment


def employee(number: str) -> Employee | None:
    """A person with account, addresses, job titles and old numbers: few of each, so one join has them."""
    found = db.session.scalars(
        select(Employee)
        .where(Employee.number == number)
        .options(
            joinedload(Employee.addresses),
            joinedload(Employee.job_titles),
            joinedload(Employee.aliases),
            joinedload(Employee.account).lazyload(User.roles),
        )
    )
    return found.unique().one_or_none()


def called(person: Employee, day: date) -> list[str]:
    """What a person is called at work on a day, from the titles that are loaded."""
    titles = [one for one in person.job_titles if one.starts_on <= day]
    return [one.title for one in titles if one.ends_before is None or one.ends_before > day]


class OnTheDay(NamedTuple):
    """The stays of a person on a day: their FTE, and how many state none; and how many are at other times."""

    fte: Decimal
    not_stated: int
    stays: int
    ended: int
    to_come: int


def fte_of(number: str, day: date) -> OnTheDay:
    """The stays of a person on a day in figures, and how many ended before it or begin after it."""
    there = Link.on(day)
    row = db.session.execute(
        select(
            func.coalesce(func.sum(Link.fte).filter(there), literal(Decimal(0), Link.fte.type)),
            func.count().filter(there) - func.count(Link.fte).filter(there),
            func.count().filter(there),
            func.count().filter(Link.ends_before <= day),
            func.count().filter(Link.starts_on > day),
        ).where(Link.employee_number == number)
    ).one()
    return OnTheDay(row[0] or Decimal(0), *row[1:])


def account_by_email(email: str) -> User | None:
    """The account that signs in with this address."""
    return db.session.scalar(select(User).where(User.email == email.strip().casefold()))


def goes_with_department(code: str) -> tuple[int, list[str]]:
    """What is deleted with a department: the number of stays, and the first 20 in words."""
    wanted = select(Link).join(Link.employee).where(Link.department_code == code)
    total = db.session.scalar(select(func.count()).select_from(Link).where(Link.department_code == code)) or 0
    first = db.session.scalars(
        wanted.options(contains_eager(Link.employee)).order_by(Employee.sort_key, Link.id).limit(20)
    )
    return total, [link.employee.sort_name for link in first]


def goes_with_employee(number: str) -> tuple[int, list[str], int]:
    """What is deleted with a person: stays (number, first 20), and the number of addresses."""
    wanted = select(Link).join(Link.department).where(Link.employee_number == number)
    total = (
        db.session.scalar(select(func.count()).select_from(Link).where(Link.employee_number == number)) or 0
    )
    first = db.session.scalars(
        wanted.options(contains_eager(Link.department)).order_by(Link.starts_on).limit(20)
    )
    addresses = (
        db.session.scalar(select(func.count()).select_from(Address).where(Address.employee_number == number))
        or 0
    )
    return total, [link.department.name for link in first], addresses


def employment_of(numbers: Iterable[str]) -> dict[str, Employment]:
    """From when to when these people are employed, by number."""
    rows = db.session.execute(
        select(Employee.number, Employee.hired_on, Employee.left_on).where(Employee.number.in_(list(numbers)))
    )
    return {number: Employment(hired, left) for number, hired, left in rows}


def is_empty() -> bool:
    """Whether there is neither a department nor a person yet."""
    return not db.session.scalar(
        select(or_(select(Department.code).exists(), select(Employee.number).exists()))
    )
