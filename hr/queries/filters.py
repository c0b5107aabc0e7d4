"""What the filters of staffing mean, as conditions. Their names are those of the filter forms."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select

from core.counting import HowMany, between, how_often
from core.db import code_key, folded
from hr.models import Department, DepartmentAlias, DepartmentStep, Employee, EmployeeAlias
from hr.queries.conditions import Link, arrangement, is_headed
from hr.queries.limits import seen
from hr.staffing import WARN_ABOVE

Filters = Mapping[str, Any]
Conditions = list[ColumnElement[bool]]
# The roles that the choice “headed” stands for are both.
HEADS = {"headed": None, "head": "head", "acting head": "acting head"}


def stays_asked(filters: Filters, day: date) -> Conditions:
    """Conditions on stays: the span on, before or after the day, and the facts of each."""
    conditions = [*_span(filters.get("span"), day), *stay_facts(filters)]
    if "employee" in filters:
        conditions.append(Link.employee_number.in_(numbers_meant(filters["employee"])))
    if "primary" in filters:
        conditions.append(Link.is_primary.is_(filters["primary"] == "yes"))
    if "fte" in filters:
        conditions.append(Link.fte.is_(None) if filters["fte"] == "none" else Link.fte.is_not(None))
    # The last day is the one before `ends_before`.
    bounds: tuple[tuple[str, Callable[[Any], ColumnElement[bool]]], ...] = (
        ("fte_from", lambda number: Link.fte >= number),
        ("fte_to", lambda number: Link.fte <= number),
        ("begins_from", lambda first: Link.starts_on >= first),
        ("begins_to", lambda last: Link.starts_on <= last),
        ("ends_from", lambda first: Link.ends_before > first),
        ("ends_to", lambda last: Link.ends_before <= last + timedelta(days=1)),
    )
    return conditions + [condition(filters[name]) for name, condition in bounds if name in filters]


def _span(span: str | None, day: date) -> Conditions:
    if span == "all":
        return []
    if span == "past":
        return [Link.ends_before <= day]
    return [Link.starts_on > day if span == "future" else Link.on(day)]


def stay_facts(filters: Filters) -> Conditions:
    """Conditions on the department, the arrangement and the role of one stay."""
    conditions: Conditions = []
    if "department" in filters:
        conditions.append(Link.department_code.in_(codes_meant(filters["department"])))
    if "arrangement" in filters:
        conditions.append(arrangement(filters["arrangement"]))
    if "role" in filters:
        role = filters["role"]
        conditions.append(Link.role == role if role == "member" else is_headed(HEADS.get(role)))
    return conditions


def people_asked(filters: Filters, day: date) -> Conditions:
    """Conditions on people: facts of one stay, the sum of their stays on the day, employment."""
    facts, conditions = stay_facts(filters), _employment(filters, day)
    mine = Link.employee_number == Employee.number
    if filters.get("role", "member") != "member":  # few stays: the people are found by them
        conditions.append(Employee.number.in_(select(Link.employee_number).where(Link.on(day), *facts)))
    elif facts:
        conditions.append(select(literal(1)).where(mine, Link.on(day), *facts).exists())
    on_day = select(Link.employee_number).where(Link.on(day))
    return conditions + _sums(filters, on_day)


def stays_of_each(filters: Filters, day: date) -> HowMany:
    """In how many departments people are on the day."""
    # Two stays of a pair never meet, so the stays on a day are as many as the departments.
    on_day = select(Link.employee_number).where(Link.on(day))
    return HowMany.asked(Employee.number, on_day, filters, "departments")


def _sums(filters: Filters, on_day: Select[Any]) -> Conditions:
    """Conditions on the sum of FTE of people who have a stay on the day."""
    total = func.coalesce(func.sum(Link.fte), literal(Decimal(0), Link.fte.type))
    conditions: Conditions = []
    if "fte_from" in filters or "fte_to" in filters:
        bounds = (filters.get("fte_from"), filters.get("fte_to"))
        conditions.append(between(Employee.number, on_day, total, *bounds))
    if filters.get("load") in ("above", "unexplained"):
        # Only stays with an FTE: these alone are read, from an index of their own.
        above = on_day.where(Link.fte.is_not(None)).group_by(Link.employee_number).having(total > WARN_ABOVE)
        # The reason stands at one of the stays of the day.
        unexplained = filters["load"] == "unexplained"
        above = above.having(func.count(seen(Link.overload_reason)) == 0) if unexplained else above
        conditions.append(Employee.number.in_(above))
    elif filters.get("load") == "unstated":
        conditions.append(Employee.number.in_(on_day.where(Link.fte.is_(None))))
    return conditions


def _employment(filters: Filters, day: date) -> Conditions:
    conditions: Conditions = []
    if filters.get("state") == "here":
        conditions.append(func.coalesce(Employee.hired_on, day) <= day)
        conditions.append(func.coalesce(Employee.left_on, day) >= day)
    elif filters.get("state") == "left":
        conditions.append(Employee.left_on < day)
    for name, column in (("hired", Employee.hired_on), ("left", Employee.left_on)):
        if f"{name}_from" in filters:
            conditions.append(column >= filters[f"{name}_from"])
        if f"{name}_to" in filters:
            conditions.append(column <= filters[f"{name}_to"])
    return conditions


def departments_asked(filters: Filters, day: date) -> Conditions:
    """Conditions on departments: archived or not, their people on the day, and who heads them."""
    conditions: Conditions = []
    if filters.get("state") != "all":
        archived = Department.archived_on.is_not(None)
        conditions.append(archived if filters.get("state") == "archived" else ~archived)
    people, steps = func.sum(DepartmentStep.people), select(DepartmentStep.department_code)
    steps = steps.where(DepartmentStep.day <= day)
    if "people" in filters:
        conditions.append(between(Department.code, steps, people, *how_often(filters["people"]), none_is=0))
    if "people_from" in filters or "people_to" in filters:
        bounds = (filters.get("people_from"), filters.get("people_to"))
        conditions.append(between(Department.code, steps, people, *bounds, none_is=0))
    on_day = select(Link.department_code).where(Link.on(day))
    if filters.get("head") == "acting":
        conditions.append(Department.code.in_(on_day.where(is_headed(), Link.role == "acting head")))
    elif "head" in filters:
        headed = Department.code.in_(on_day.where(is_headed()))
        conditions.append(~headed if filters["head"] == "vacant" else headed)
    return conditions


def codes_meant(typed: str) -> Select[Any]:
    """The departments that “Development #d005”, a code or a name can mean, of today or of before."""
    code, name = code_key(typed.rpartition("#")[2]), folded(typed)
    before = select(DepartmentAlias.department_code).where(
        or_(DepartmentAlias.old_key == code, DepartmentAlias.name_key == name)
    )
    return select(Department.code).where(
        or_(Department.code_key == code, Department.name_key == name, Department.code.in_(before))
    )


def numbers_meant(typed: str) -> Select[Any]:
    """The people that “Parto Bamford #10003”, a number or a whole name can mean, of today or of before."""
    number, name = code_key(typed.rpartition("#")[2]), folded(typed)
    before = select(EmployeeAlias.employee_number).where(
        or_(EmployeeAlias.old_key == number, EmployeeAlias.name_key == name)
    )
    return select(Employee.number).where(
        or_(
            Employee.number_key == number,
            Employee.name_key == name,
            Employee.sort_key == name,
            Employee.number.in_(before),
        )
    )
