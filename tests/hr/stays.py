"""What the tests of staffing share: stays typed on a page, written by a script, and read back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.db import db
from core.writing import Refused, writing
from hr import operations, queries, staffing
from hr.models import Department, DepartmentEmployeeLink, Employee
from tests.conftest import Client
from tests.pages import Page

Row = tuple[str, str, str, str | None, str | None]
SIDES = pytest.mark.parametrize("side", ["person", "department"])


def rows() -> list[Row]:
    """Every stay: who, where, first day, last day, FTE."""
    links = db.session.scalars(
        select(DepartmentEmployeeLink).order_by(
            DepartmentEmployeeLink.employee_number, DepartmentEmployeeLink.starts_on
        )
    )
    return [
        (
            link.employee_number,
            link.department_code,
            str(link.starts_on),
            str(link.last_day) if link.last_day else None,
            str(link.fte) if link.fte is not None else None,
        )
        for link in links
    ]


def join(
    who: Employee, where: Department, starts_on: str, last_day: str | None = None, **facts: object
) -> None:
    """Somebody joins, as a script or an import would write it."""
    facts = {key: Decimal(str(value)) if key == "fte" else value for key, value in facts.items()}
    link = DepartmentEmployeeLink(
        employee=who, department=where, starts_on=date.fromisoformat(starts_on), **facts
    )
    link.last_day = date.fromisoformat(last_day) if last_day else None
    db.session.add(link)


@contextmanager
def kept() -> Iterator[None]:
    with writing(operations.check):
        yield


@contextmanager
def refused(words: str) -> Iterator[None]:
    """What is done inside is refused in these words, and nothing is stored."""
    before = rows()
    with pytest.raises(Refused, match=re.escape(words)), writing(operations.check):
        yield
    assert rows() == before


def add(client: Client, side: str, who: Employee, where: Department, **facts: str) -> Page:
    """The page of a person or a department, with a new stay typed into it."""
    number, code = who.number, where.code
    if side == "person":
        page = Page(client, f"/hr/employees/{number}")
        page.add(department=f"#{code}", **facts)
    else:
        page = Page(client, f"/hr/departments/{code}")
        page.add(employee=f"#{number}", **facts)
    return page


def new_row(page: Page) -> str:
    return page.prefixes()[-1]


def average(number: str, first: date, after: date) -> Decimal:
    """SUM(fte × days) over the days of a span, from the segments of the sweep."""
    total = Decimal(0)
    for segment in staffing.sweep(queries.stays_of_people([number])):
        days = (min(segment.ends_before or after, after) - max(segment.starts_on, first)).days
        total += segment.fte * max(days, 0)
    return total / (after - first).days
