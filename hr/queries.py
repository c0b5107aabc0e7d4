"""Every read of staffing, named by what it returns, with what it brings along."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from core.db import code_key, db, folded
from core.links import identity_of
from core.listing import Sort, words_in
from core.models import User
from hr.models import Address, Department, DepartmentEmployeeLink, Employee
from hr.staffing import Employment, Stay

Link = DepartmentEmployeeLink
OPEN_END = date(9999, 12, 31)
SUGGESTIONS = 12


class Figures(NamedTuple):
    """A department on a day."""

    people: int
    fte: Decimal
    not_stated: int
    full_time: int
    part_time: int
    ending_soon: int
    head: str | None


# --- conditions ------------------------------------------------------------------------------------


def is_part_time() -> ColumnElement[bool]:
    """The condition that a stay is part-time: it says so, or its FTE is between 0 and 1."""
    return or_(Link.extra_data == "part-time", and_(Link.fte > 0, Link.fte < 1))


def is_full_time() -> ColumnElement[bool]:
    """The condition that a stay is full-time."""
    return and_(~is_part_time(), or_(Link.extra_data == "full-time", Link.fte == 1))


def arrangement(kind: str) -> ColumnElement[bool]:
    """The condition for a choice of the arrangement filter."""
    part, full = is_part_time(), is_full_time()
    # A comparison with NULL is neither true nor false, and NOT keeps it so; coalesce decides.
    known = {"part-time": func.coalesce(part, False), "full-time": func.coalesce(full, False)}
    return known.get(kind) if kind in known else and_(*(~one for one in known.values()))  # type: ignore[return-value]


def is_headed() -> ColumnElement[bool]:
    """The condition that a stay is that of a head or an acting head."""
    return Link.role.in_(("head", "acting head"))


# --- lists -----------------------------------------------------------------------------------------


def departments(filters: Mapping[str, Any], q: str) -> tuple[Select[Any], dict[str, Sort]]:
    """Departments by name or code; archived ones only when asked for."""
    wanted = select(Department).where(*words_in(folded(q), Department.name_key, Department.code_key))
    if filters.get("state") != "all":
        archived = Department.archived_on.is_not(None)
        wanted = wanted.where(archived if filters.get("state") == "archived" else ~archived)
    sorts = {
        "name": Sort(
            (Department.name_key, Department.code), lambda d: (d.name_key, d.code), lambda d: d.name
        ),
        "code": Sort((Department.code,), lambda d: (d.code,), lambda d: d.code),
    }
    return wanted, sorts


def employees(filters: Mapping[str, Any], q: str, day: date) -> tuple[Select[Any], dict[str, Sort]]:
    """People by name or number, filtered by their stays on `day`."""
    wanted = select(Employee).where(*words_in(folded(q), Employee.name_key, Employee.number_key))
    on_day = and_(Link.employee_number == Employee.number, Link.on(day))
    facts = []
    if filters.get("department"):
        facts.append(Link.department_code == filters["department"])
    if filters.get("arrangement"):
        facts.append(arrangement(filters["arrangement"]))
    if facts:
        wanted = wanted.where(select(literal(1)).where(on_day, *facts).exists())
    if filters.get("departments") in ("0", "1", "2+"):
        count = select(func.count()).where(on_day).correlate(Employee).scalar_subquery()
        asked = filters["departments"]
        wanted = wanted.where(count >= 2 if asked == "2+" else count == int(asked))
    if filters.get("state") == "here":
        wanted = wanted.where(
            func.coalesce(Employee.hired_on, day) <= day, func.coalesce(Employee.left_on, day) >= day
        )
    elif filters.get("state") == "left":
        wanted = wanted.where(Employee.left_on < day)
    return wanted, {
        "name": Sort(
            (Employee.sort_key, Employee.number), lambda e: (e.sort_key, e.number), lambda e: e.sort_name
        ),
        "number": Sort((Employee.number,), lambda e: (e.number,), lambda e: e.number),
        "hired": Sort(
            (func.coalesce(Employee.hired_on, OPEN_END), Employee.number),
            lambda e: (e.hired_on or OPEN_END, e.number),
            lambda e: e.sort_name,
        ),
    }


def stays_on(numbers: Iterable[str], day: date) -> dict[str, list[Link]]:
    """The stays of these people on `day`, each with its department, by number."""
    rows = db.session.scalars(
        select(Link)
        .where(Link.employee_number.in_(list(numbers)), Link.on(day))
        .options(joinedload(Link.department))
        .order_by(Link.department_code)
    )
    found: dict[str, list[Link]] = {}
    for link in rows:
        found.setdefault(link.employee_number, []).append(link)
    return found


def people_on(codes: Iterable[str], day: date) -> dict[str, Figures]:
    """The figures of these departments on `day`; one without people is absent."""
    return {
        row.code: Figures(*row[1:])
        for row in db.session.execute(_figures(day, Link.department_code.in_(list(codes))))
    }


def _figures(day: date, condition: ColumnElement[bool]) -> Select[Any]:
    part, full = func.coalesce(is_part_time(), False), func.coalesce(is_full_time(), False)
    soon = and_(Link.ends_before.is_not(None), Link.ends_before <= day + timedelta(days=91))
    # The acting head goes before the head: “1…” sorts before “2…”; one character is cut off again.
    head = func.min(
        case((Link.role == "acting head", "1" + Employee.name), (Link.role == "head", "2" + Employee.name))
    )
    return (
        select(
            Link.department_code.label("code"),
            func.count(func.distinct(Link.employee_number)),
            func.coalesce(func.sum(Link.fte), literal(Decimal(0), Link.fte.type)),
            func.count() - func.count(Link.fte),
            func.count(case((full, 1))),
            func.count(case((part, 1))),
            func.count(case((soon, 1))),
            func.substr(head, 2),
        )
        .join(Link.employee)
        .where(condition, Link.on(day))
        .group_by(Link.department_code)
    )


def figures(code: str, day: date) -> Figures:
    """A department on a day: people, FTE, stays without FTE, arrangements, ends within 90 days, head."""
    return people_on([code], day).get(code, Figures(0, Decimal("0.000"), 0, 0, 0, 0, None))


# --- link tables -----------------------------------------------------------------------------------


def _stay_filters(wanted: Select[Any], filters: Mapping[str, Any], day: date) -> Select[Any]:
    span = filters.get("span")
    if span == "past":
        wanted = wanted.where(Link.ends_before <= day)
    elif span == "future":
        wanted = wanted.where(Link.starts_on > day)
    elif span != "all":
        wanted = wanted.where(Link.on(day))
    if filters.get("arrangement"):
        wanted = wanted.where(arrangement(filters["arrangement"]))
    return wanted


_STAY_SORTS = {
    "starts_on": Sort((Link.starts_on, Link.id), lambda s: (s.starts_on, s.id), lambda s: str(s.starts_on)),
    "last_day": Sort(
        (func.coalesce(Link.ends_before, OPEN_END), Link.id),
        lambda s: (s.ends_before or OPEN_END, s.id),
        lambda s: str(s.ends_before or "open"),
    ),
}


def stays_of_department(
    code: str, filters: Mapping[str, Any], q: str, day: date
) -> tuple[Select[Any], dict[str, Sort]]:
    """The stays in a department, each with its person; searched by the person's name or number."""
    wanted = (
        select(Link)
        .join(Link.employee)
        .options(contains_eager(Link.employee))
        .where(Link.department_code == code, *words_in(folded(q), Employee.name_key, Employee.number_key))
    )
    return _stay_filters(wanted, filters, day), {
        "employee": Sort(
            (Employee.sort_key, Employee.number, Link.starts_on, Link.id),
            lambda s: (s.employee.sort_key, s.employee.number, s.starts_on, s.id),
            lambda s: s.employee.sort_name.split(",")[0],
        ),
        **_STAY_SORTS,
    }


def stays_of_employee(
    number: str, filters: Mapping[str, Any], q: str, day: date
) -> tuple[Select[Any], dict[str, Sort]]:
    """The stays of a person, each with its department."""
    wanted = (
        select(Link)
        .join(Link.department)
        .options(contains_eager(Link.department))
        .where(Link.employee_number == number, *words_in(folded(q), Department.name_key, Department.code_key))
    )
    return _stay_filters(wanted, filters, day), {
        "department": Sort(
            (Department.name_key, Link.starts_on, Link.id),
            lambda s: (s.department.name_key, s.starts_on, s.id),
            lambda s: s.department.name,
        ),
        **_STAY_SORTS,
    }


def stays_by_identity(identities: Iterable[str]) -> dict[str, Link]:
    """Stored stays by the identity written in their rows, freshly read, with both sides."""
    ids = [int(one) for one in identities if one.isdecimal() and len(one) < 18]
    if not ids:
        return {}
    rows = db.session.scalars(
        select(Link)
        .where(Link.id.in_(ids))
        .options(joinedload(Link.employee), joinedload(Link.department))
        .execution_options(populate_existing=True)
    )
    return {identity_of(link): link for link in rows}


# --- look-ups --------------------------------------------------------------------------------------


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
    keys = {code_key(key or text) for text, key in texts.items()}
    names = {folded(text) for text, key in texts.items() if not key}
    if not keys:
        return {}
    people = db.session.scalars(
        select(Employee)
        .where(or_(Employee.number_key.in_(keys), Employee.name_key.in_(names), Employee.sort_key.in_(names)))
        .order_by(Employee.number)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    return {text: _meant(text, key, people) for text, key in texts.items()}


def _meant(text: str, key: str, people: Sequence[Employee]) -> list[Employee]:
    by_number = [one for one in people if one.number_key == code_key(key or text)]
    return by_number or (
        [] if key else [one for one in people if folded(text) in (one.name_key, one.sort_key)]
    )


def departments_meant(texts: Mapping[str, str]) -> dict[str, Sequence[Department]]:
    """For each typed text the departments it can mean: by “#code”, by code or by name; locked as people are."""
    keys = {code_key(key or text) for text, key in texts.items()}
    names = {folded(text) for text, key in texts.items() if not key}
    if not keys:
        return {}
    found = db.session.scalars(
        select(Department)
        .where(or_(Department.code_key.in_(keys), Department.name_key.in_(names)))
        .order_by(Department.code)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    return {
        text: [
            one
            for one in found
            if one.code_key == code_key(key or text) or (not key and one.name_key == folded(text))
        ]
        for text, key in texts.items()
    }


def next_number() -> str:
    """A free number for a new person: one above the highest that is all digits."""
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
    return str(int(highest or 0) + 1)


# --- whole sets, for the rules ---------------------------------------------------------------------


def stays_of_people(numbers: Iterable[str]) -> list[Stay]:
    """Every stored stay of these people, as plain values; `ref` is the id."""
    columns = (
        Link.id,
        Link.employee_number,
        Link.department_code,
        Link.starts_on,
        Link.ends_before,
        Link.fte,
        Link.role,
        Link.is_primary,
    )
    return [
        Stay(*row)
        for row in db.session.execute(select(*columns).where(Link.employee_number.in_(list(numbers))))
    ]


def heads_of_departments(codes: Iterable[str]) -> list[Stay]:
    """Every stored stay of a head or acting head of these departments, as plain values."""
    columns = (
        Link.id,
        Link.employee_number,
        Link.department_code,
        Link.starts_on,
        Link.ends_before,
        Link.fte,
        Link.role,
        Link.is_primary,
    )
    return [
        Stay(*row)
        for row in db.session.execute(
            select(*columns).where(Link.department_code.in_(list(codes)), is_headed())
        )
    ]


# --- one record ------------------------------------------------------------------------------------


def employee(number: str) -> Employee | None:
    """A person with addresses and account."""
    return db.session.scalar(
        select(Employee)
        .where(Employee.number == number)
        .options(selectinload(Employee.addresses), joinedload(Employee.account))
    )


def fte_of(number: str, day: date) -> tuple[Decimal, int, int]:
    """A person on a day: the sum of FTE, how many stays state none, how many stays there are."""
    row = db.session.execute(
        select(
            func.coalesce(func.sum(Link.fte), literal(Decimal(0), Link.fte.type)),
            func.count() - func.count(Link.fte),
            func.count(),
        ).where(Link.employee_number == number, Link.on(day))
    ).one()
    return row[0], row[1], row[2]


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
