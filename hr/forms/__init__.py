"""What the pages of staffing ask: forms of records and stays, and the filters of lists."""

from hr.forms.editors import EditorForm, RemoveForm
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
    "EditorForm",
    "EmployeeFilter",
    "EmployeeForm",
    "EmployeeRow",
    "PeopleForm",
    "RemoveForm",
    "StayFilter",
    "StayRow",
    "StaysFilter",
    "SumConfirmation",
    "TitleRow",
]
