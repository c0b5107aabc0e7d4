"""The stays of a link table, and whole sets of them for the rules."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, select, type_coerce
from sqlalchemy.orm import contains_eager, joinedload

from core.db import db, record_id
from core.forms import day_text
from core.links import identity_of
from core.plain_lists import plain_once
from core.sorts import Sort, or_else
from core.windows import FEW, Window, by_far_side, count_to, gone_through
from hr.models import Department, Employee, day_before
from hr.queries.conditions import OPEN_END, Link, is_headed
from hr.queries.filters import stays_asked
from hr.queries.limits import hidden_of, limits
from hr.queries.search import departments_called, people_by_parts, people_called
from hr.staffing import Stay

_STAY_SORTS = {
    "starts_on": Sort(
        # An index on the day itself would lead SQLite astray where it is asked for the stays on a day.
        (or_else(Link.starts_on, OPEN_END), Link.id),
        lambda s: (s.starts_on, s.id),
        lambda s: day_text(s.starts_on),
        ("by first day", "the newest first"),
    ),
    "last_day": Sort(
        (or_else(Link.ends_before, OPEN_END), Link.id),
        lambda s: (s.ends_before or OPEN_END, s.id),
        lambda s: day_text(s.last_day) or "open",
        ("by last day", "open ones first"),
    ),
}
# The FTE as the whole number it is stored as: a cursor holds no decimals.
_fte = or_else(type_coerce(Link.fte, BigInteger), -1)


@plain_once
def stays(filters: Mapping[str, Any], q: str, day: date) -> tuple[Select[Any], dict[str, Sort]]:
    """All stays, each with its person and its department; searched by the person's name or number."""
    conditions = stays_asked(filters, day)
    if q:  # the people are looked for once, and not again for each of their stays
        conditions.append(Link.employee_number.in_(_numbers_called(q)))
    # Outer joins, although neither side is ever missing: so the stays, or the people where these say the
    # order, are gone through by an index until a page is full, whatever a planner thinks of the conditions.
    both = (contains_eager(Link.employee), contains_eager(Link.department))
    wanted = select(Link).select_from(Link).outerjoin(Link.employee).outerjoin(Link.department)
    wanted = wanted.where(*conditions)
    # Every sort key is above nothing. Told so, SQLite does not look at all stays before it begins.
    anybody = [Employee.sort_key >= ""]
    by_person = gone_through(Link, Link.employee, conditions, anybody).outerjoin(Link.department)
    by_department = select(Link).select_from(Link).join(Link.employee).join(Link.department)
    by_department = by_department.where(*conditions)
    return wanted.options(*both), {
        "employee": Sort(
            (Employee.sort_key, Employee.number, Link.starts_on, Link.id),
            lambda s: (s.employee.sort_key, s.employee.number, s.starts_on, s.id),
            lambda s: s.employee.sort_name.split(",")[0],
            ("filed from A", "filed from Z"),
            by_person.options(*both),
        ),
        "department": Sort(
            (Department.name_key, Employee.sort_key, Link.starts_on, Link.id),
            lambda s: (s.department.name_key, s.employee.sort_key, s.starts_on, s.id),
            lambda s: f"{s.department.name}, {s.employee.sort_name.split(',')[0]}",
            ("by department", "by department, from Z"),
            by_department.options(*both),
        ),
        **_STAY_SORTS,
        "fte": Sort(
            (_fte, Link.id),
            lambda s: (-1 if s.fte is None else int(s.fte.scaleb(3)), s.id),
            lambda s: "not stated" if s.fte is None else str(s.fte),
            ("the lowest FTE first", "the highest FTE first"),
        ),
    }


class OfPerson(NamedTuple):
    """What the list of stays says of the person."""

    number: str
    sort_name: str
    sort_key: str


class InDepartment(NamedTuple):
    """What the list of stays says of the department."""

    code: str
    name: str
    name_key: str


class ListedStay(NamedTuple):
    """A stay with its two sides as the list shows it: plain values, under the names that the records have."""

    id: int
    employee_number: str
    department_code: str
    extra_data: str | None
    fte: Decimal | None
    role: str
    is_primary: bool
    starts_on: date
    ends_before: date | None
    overload_reason: str | None
    employee: OfPerson
    department: InDepartment

    @property
    def last_day(self) -> date | None:
        """The last day, as people say it; None: open."""
        return day_before(self.ends_before)


# What is read of a stay, in the order of `ListedStay`, and then of its two sides.
_OF_A_STAY = [getattr(Link, name) for name in ListedStay._fields[:-2]]
_OF_ITS_SIDES = (
    *(getattr(Employee, name) for name in OfPerson._fields),
    *(getattr(Department, name) for name in InDepartment._fields),
)
LISTED = (*_OF_A_STAY, *_OF_ITS_SIDES)


def listed_stays(rows: Iterable[Sequence[Any]]) -> list[ListedStay]:
    """Stays of the list from rows of `LISTED`, without the remarks that this person does not see."""
    own, person = len(_OF_A_STAY), len(LISTED) - len(InDepartment._fields)
    stays = [
        ListedStay._make((*row[:own], OfPerson._make(row[own:person]), InDepartment._make(row[person:])))
        for row in rows
    ]
    return stays if limits() is None else [_without_remarks(stay) for stay in stays]


def _without_remarks(stay: ListedStay) -> ListedStay:
    hidden: dict[str, Any] = dict.fromkeys(hidden_of(stay.department_code))
    return stay._replace(**hidden)


def _numbers_called(q: str) -> Select[Any]:
    """The people who are called so, looked for once: not those of a select that this stands in."""
    return select(Employee.number).where(*people_called(q), *people_by_parts(q)).correlate(None)


def stays_of_department(code: str, filters: Mapping[str, Any], q: str, day: date, people: int) -> Window:
    """The stays in a department, each with its person; searched by the person's name or number.

    Where nothing is asked, they are as many as the `people` of the day.
    """
    mine, called = [Link.department_code == code, *stays_asked(filters, day)], people_called(q)
    is_asked, asked, leading = bool(called or filters), [*mine, *called], []
    if called and people > FEW:
        # Of many, the people are looked for once, and not for each of the stays.
        asked, leading = [*mine, Link.employee_number.in_(_numbers_called(q))], people_by_parts(q)
        mine, called = (mine, called) if leading else (asked, [])
    count = count_to(Link, Link.employee, mine, called, leading) if is_asked else people
    wanted = by_person = by_far_side(Link, Link.employee, mine, called, count, leading)
    if count > FEW or not leading:
        wanted = select(Link).join(Link.employee).options(contains_eager(Link.employee)).where(*asked)
    sorts = {
        "employee": Sort(
            (Employee.sort_key, Employee.number, Link.starts_on, Link.id),
            lambda s: (s.employee.sort_key, s.employee.number, s.starts_on, s.id),
            lambda s: s.employee.sort_name.split(",")[0],
            select=by_person,
        ),
        **_STAY_SORTS,
    }
    return Window(wanted, sorts, count, is_asked)


def stays_of_employee(number: str, filters: Mapping[str, Any], q: str, day: date, stays: int) -> Window:
    """The stays of a person, each with its department; where nothing is asked, the `stays` of the day."""
    mine, called = [Link.employee_number == number, *stays_asked(filters, day)], departments_called(q)
    is_asked = bool(called or filters)
    count = count_to(Link, Link.department, mine, called) if is_asked else stays
    wanted = select(Link).join(Link.department).options(contains_eager(Link.department)).where(*mine, *called)
    sorts = {
        "department": Sort(
            (Department.name_key, Link.starts_on, Link.id),
            lambda s: (s.department.name_key, s.starts_on, s.id),
            lambda s: s.department.name,
        ),
        **_STAY_SORTS,
    }
    return Window(wanted, sorts, count, is_asked)


def stays_by_identity(identities: Iterable[str]) -> dict[str, Link]:
    """Stored stays by the identity written in their rows, freshly read, with both sides."""
    ids = [number for one in identities if (number := record_id(one)) is not None]
    if not ids:
        return {}
    rows = db.session.scalars(
        select(Link)
        .where(Link.id.in_(ids))
        .options(joinedload(Link.employee), joinedload(Link.department))
        .execution_options(populate_existing=True)
    )
    return {identity_of(link): link for link in rows}


# What the rules read of a stay, in the order of `Stay`.
_PLAIN = (
    Link.id,
    Link.employee_number,
    Link.department_code,
    Link.starts_on,
    Link.ends_before,
    Link.fte,
    Link.role,
    Link.is_primary,
)


def stays_of_people(numbers: Iterable[str]) -> list[Stay]:
    """Every stored stay of these people, as plain values; `ref` is the id."""
    return [
        Stay(*row)
        for row in db.session.execute(select(*_PLAIN).where(Link.employee_number.in_(list(numbers))))
    ]


def heads_of_departments(codes: Iterable[str]) -> list[Stay]:
    """Every stored stay of a head or acting head of these departments, as plain values."""
    return [
        Stay(*row)
        for row in db.session.execute(
            select(*_PLAIN).where(Link.department_code.in_(list(codes)), is_headed())
        )
    ]
