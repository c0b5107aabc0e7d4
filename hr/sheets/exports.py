"""What the lists of staffing can be taken away as: the columns that an import knows, and names beside."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import Select

from core.columns import Column
from core.forms import day_text
from core.listing import Listing
from core.sheets.cells import OPEN
from core.sheets.export import Export, sheet_columns
from hr.models import DepartmentEmployeeLink
from hr.queries.exports import (
    rows_of_departments,
    rows_of_people,
    rows_of_stays,
    rows_of_stays_on_a_record,
    rows_of_stays_there,
    rows_of_their_heads,
    rows_of_their_stays,
    rows_of_their_titles,
)
from hr.sheets.departments import DEPARTMENTS
from hr.sheets.employees import EMPLOYEES
from hr.sheets.heads import DEPARTMENT_HEADS
from hr.sheets.stays import STAYS
from hr.sheets.titles import JOB_TITLES

Link = DepartmentEmployeeLink
ABOUT_STAYS = "One line per stay in a department."
WHOLE = "past and coming ones too"


def _last_day(row: Any) -> date | str:
    """The last day of a span, or the word that it has none: an empty cell would say nothing of the end."""
    return row.ends_before - timedelta(days=1) if row.ends_before else OPEN


DEPARTMENT_COLUMNS = (
    *sheet_columns(DEPARTMENTS, {"code": attrgetter("code"), "name": attrgetter("name")}),
    Column("archived_on", "Archived on", attrgetter("archived_on")),
)
PERSON_COLUMNS = sheet_columns(
    EMPLOYEES,
    {
        "number": attrgetter("number"),
        "name": attrgetter("name"),
        "sort_name": attrgetter("sort_name"),
        "email": attrgetter("email"),
        "hired_on": attrgetter("hired_on"),
        "left_on": attrgetter("left_on"),
    },
)
_NUMBER, _NAME, _DEPARTMENT, *_FACTS = sheet_columns(
    STAYS,
    {
        "employee": attrgetter("employee_number"),
        "name": attrgetter("person"),
        "department": attrgetter("department_code"),
        "starts_on": attrgetter("starts_on"),
        "last_day": _last_day,
        "fte": attrgetter("fte"),
        "extra_data": attrgetter("extra_data"),
        "role": attrgetter("role"),
        "is_primary": attrgetter("is_primary"),
        "overload_reason": attrgetter("overload_reason"),
    },
)
STAY_COLUMNS = (
    _NUMBER,
    _NAME,
    _DEPARTMENT,
    Column("department_name", "Department name", attrgetter("department_name")),
    *_FACTS,
)
HEAD_COLUMNS = sheet_columns(
    DEPARTMENT_HEADS,
    {
        "employee": attrgetter("employee_number"),
        "name": attrgetter("person"),
        "department": attrgetter("department_code"),
        "starts_on": attrgetter("starts_on"),
        "last_day": _last_day,
        "role": attrgetter("role"),
    },
)
TITLE_COLUMNS = sheet_columns(
    JOB_TITLES,
    {
        "employee": attrgetter("employee_number"),
        "name": attrgetter("person"),
        "title": attrgetter("title"),
        "starts_on": attrgetter("starts_on"),
        "last_day": _last_day,
    },
)


def of_departments(listing: Listing, day: date) -> list[Export]:
    """What the list of departments can be taken away as."""
    return [
        Export(
            "departments",
            "Departments",
            "One line per department: code and name.",
            lambda: rows_of_departments(listing.whole),
            DEPARTMENT_COLUMNS,
            day=day,
        ),
        *_stays(lambda: rows_of_stays_there(listing.select), "Their people", day),
        Export(
            "heads",
            f"Their heads, {WHOLE}",
            "One line per time as head or acting head.",
            lambda: rows_of_their_heads(listing.select),
            HEAD_COLUMNS,
            day=day,
        ),
    ]


def of_people(listing: Listing, day: date) -> list[Export]:
    """What the list of people can be taken away as."""
    return [
        Export(
            "employees",
            "People",
            "One line per person: number, name, e-mail, first and last day.",
            lambda: rows_of_people(listing.whole),
            PERSON_COLUMNS,
            day=day,
        ),
        *_stays(lambda: rows_of_their_stays(listing.select), "Their stays", day),
        Export(
            "job-titles",
            f"Their job titles, {WHOLE}",
            "One line per title of a person.",
            lambda: rows_of_their_titles(listing.select),
            TITLE_COLUMNS,
            day=day,
        ),
    ]


def _stays(rows: Callable[[], Select[Any]], title: str, day: date) -> list[Export]:
    """The same stays twice: those of the day, and every one."""
    every = Export("stays", f"{title}, {WHOLE}", ABOUT_STAYS, rows, STAY_COLUMNS, day=day)
    of_the_day = replace(
        every,
        name="stays-of-the-day",
        title=f"{title} on {day_text(day)}",
        rows=lambda: rows().where(Link.on(day)),
    )
    return [of_the_day, every]


def of_stays(listing: Listing, key: str, day: date) -> list[Export]:
    """What a list of stays can be taken away as; `key` says whose they are, and is empty for all of them."""

    def rows() -> Select[Any]:
        if key:
            return rows_of_stays_on_a_record(listing.select, listing.order)
        return rows_of_stays(listing.whole)

    return [Export("stays", "Stays", ABOUT_STAYS, rows, STAY_COLUMNS, day=day, of=key)]
