"""What the pages of staffing ask: forms of records and stays, and the filters of lists."""

from hr.forms.filters import DepartmentFilter, EmployeeFilter, StayFilter, StaysFilter
from hr.forms.records import (
    AddressRow,
    DeleteForm,
    DepartmentForm,
    DepartmentRow,
    DepartmentsForm,
    EmployeeForm,
    EmployeeRow,
    PeopleForm,
    StayRow,
    SumConfirmation,
    TitleRow,
)

__all__ = [
    "AddressRow",
    "DeleteForm",
    "DepartmentFilter",
    "DepartmentForm",
    "DepartmentRow",
    "DepartmentsForm",
    "EmployeeFilter",
    "EmployeeForm",
    "EmployeeRow",
    "PeopleForm",
    "StayFilter",
    "StayRow",
    "StaysFilter",
    "SumConfirmation",
    "TitleRow",
]
