"""What was chosen on a list of staffing, as a select of keys: by key, or all that the list's filters find."""

from typing import Any

from sqlalchemy import Select, select

from core.db import record_id
from core.selection import Selection, only
from hr import queries
from hr.forms import DepartmentFilter, EmployeeFilter, StaysFilter
from hr.models import Department, DepartmentEmployeeLink, Employee


def chosen_stays(selection: Selection) -> Select[Any]:
    """The ids of the stays that were chosen."""
    if not selection.all:
        ids = [number for key in selection.keys if (number := record_id(key)) is not None]
        return select(DepartmentEmployeeLink.id).where(DepartmentEmployeeLink.id.in_(ids))
    filters = selection.filters(StaysFilter).asked_for
    return only(queries.stays(filters, selection.q, selection.day)[0], DepartmentEmployeeLink.id)


def chosen_employees(selection: Selection) -> Select[Any]:
    """The numbers of the people who were chosen."""
    if not selection.all:
        return select(Employee.number).where(Employee.number.in_(selection.keys))
    filters = selection.filters(EmployeeFilter).asked_for
    return only(queries.employees(filters, selection.q, selection.day)[0], Employee.number)


def chosen_departments(selection: Selection) -> Select[Any]:
    """The codes of the departments that were chosen."""
    if not selection.all:
        return select(Department.code).where(Department.code.in_(selection.keys))
    filters = selection.filters(DepartmentFilter).asked_for
    return only(queries.departments(filters, selection.q, selection.day)[0], Department.code)
