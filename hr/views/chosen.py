"""What was chosen on a list of staffing, as a select of keys: by key, or all that the list's filters find."""

from typing import Any

from sqlalchemy import Select, or_, select

from core.db import code_key, record_id
from core.selection import Selection, only
from hr import queries
from hr.forms import DepartmentFilter, EmployeeFilter, StaysFilter
from hr.models import Department, DepartmentAlias, DepartmentEmployeeLink, Employee, EmployeeAlias


def chosen_stays(selection: Selection) -> Select[Any]:
    """The ids of the stays that were chosen."""
    if not selection.all:
        ids = [number for key in selection.keys if (number := record_id(key)) is not None]
        return select(DepartmentEmployeeLink.id).where(DepartmentEmployeeLink.id.in_(ids))
    filters = selection.filters(StaysFilter).asked_for
    return only(queries.stays(filters, selection.q, selection.day)[0], DepartmentEmployeeLink.id)


def chosen_employees(selection: Selection) -> Select[Any]:
    """The numbers of the people who were chosen, also by a number that they had before."""
    if not selection.all:
        keys = [code_key(key) for key in selection.keys]
        before = select(EmployeeAlias.employee_number).where(EmployeeAlias.old_key.in_(keys))
        return select(Employee.number).where(or_(Employee.number_key.in_(keys), Employee.number.in_(before)))
    filters = selection.filters(EmployeeFilter).asked_for
    return only(queries.employees(filters, selection.q, selection.day)[0], Employee.number)


def chosen_departments(selection: Selection) -> Select[Any]:
    """The codes of the departments that were chosen, also by a code that they had before."""
    if not selection.all:
        keys = [code_key(key) for key in selection.keys]
        before = select(DepartmentAlias.department_code).where(DepartmentAlias.old_key.in_(keys))
        return select(Department.code).where(or_(Department.code_key.in_(keys), Department.code.in_(before)))
    filters = selection.filters(DepartmentFilter).asked_for
    return only(queries.departments(filters, selection.q, selection.day)[0], Department.code)
