"""How staffing speaks of its records where a deed says what it would change."""

from datetime import timedelta
from typing import Any

from flask import url_for

from core.deeds import RecordWords, Words
from core.forms import day_text, number_text
from core.links import in_words
from core.models import User
from hr import queries
from hr.models import (
    Address,
    Department,
    DepartmentAlias,
    DepartmentEditor,
    DepartmentEmployeeLink,
    Employee,
    EmployeeAlias,
    JobTitle,
)


def _word(name: str, value: Any) -> str:
    """A value as staffing says it: the last day instead of the first day away, FTE with three places."""
    if name == "ends_before":
        return day_text(value - timedelta(days=1)) if value else "open"
    if name == "fte":
        return number_text(value, 3) if value is not None else "not stated"
    return in_words(value)


def _stay_title(stay: DepartmentEmployeeLink) -> str:
    who = f"{stay.employee.sort_name} #{stay.employee.number}"
    return f"{who} in {stay.department}, from {day_text(stay.starts_on)}"


STAY = RecordWords(
    noun="stay",
    hides=queries.hides,
    belongs_to={"employee_number": Employee, "department_code": Department},
    ruled_by="employee_number",
    title=_stay_title,
    labels={
        "department_code": "Department",
        "employee_number": "Number",
        "fte": "FTE",
        "extra_data": "Arrangement",
        "role": "Role",
        "is_primary": "Main",
        "starts_on": "First day",
        "ends_before": "Last day",
        "overload_reason": "Why above 1.000",
    },
    in_title=("department_code", "employee_number", "starts_on"),
    which=lambda values: f"from {day_text(values['starts_on'])}",
    word=_word,
    url=lambda stay: url_for("hr.employee", number=stay.employee.number),
)

WORDS: Words = {
    DepartmentEmployeeLink: STAY,
    Employee: RecordWords(
        noun="person",
        find=queries.employees_by_keys,
        title=lambda person: f"{person.sort_name} #{person.number}",
        labels={
            "number": "Number",
            "name": "Name",
            "sort_name": "Filed as",
            "email": "E-mail",
            "hired_on": "Hired on",
            "left_on": "Last day worked",
            "account_id": "Account",
        },
        refers_to={"account_id": User},
        url=lambda person: url_for("hr.employee", number=person.number),
        page="hr.employee",
        called=lambda values: f"{values['sort_name']} #{values['number']}",
    ),
    Department: RecordWords(
        noun="department",
        find=queries.departments_by_keys,
        title=lambda department: f"{department.name} #{department.code}",
        labels={"code": "Code", "name": "Name", "archived_on": "Archived on"},
        url=lambda department: url_for("hr.department", code=department.code),
        page="hr.department",
        called=lambda values: f"{values['name']} #{values['code']}",
    ),
    JobTitle: RecordWords(
        noun="job title",
        belongs_to={"employee_number": Employee},
        title=lambda title: f"{title.title}, job title of {title.employee}",
        labels={
            "employee_number": "Number",
            "title": "Job title",
            "starts_on": "First day",
            "ends_before": "Last day",
        },
        word=_word,
        which=lambda values: str(values["title"]),
    ),
    Address: RecordWords(
        noun="address",
        belongs_to={"employee_number": Employee},
        title=lambda address: f"{address}, address of {address.employee}",
        labels={
            "employee_number": "Number",
            "kind": "Kind",
            "lines": "Address",
            "postcode": "Postcode",
            "city": "City",
            "country": "Country",
        },
        which=lambda values: str(values["kind"]),
    ),
    DepartmentEditor: RecordWords(
        noun="limit of an editor",
        belongs_to={"user_id": User, "department_code": Department},
        title=lambda row: f"{row.user} edits only some departments",
        labels={"department_code": "Department"},
    ),
    EmployeeAlias: RecordWords(
        noun="old number",
        belongs_to={"employee_number": Employee},
        title=lambda alias: f"Old number {alias.old}",
        labels={"old": "Old number", "name": "Name", "employee_number": "Leads to"},
        in_title=("old",),
        which=lambda values: str(values["old"]),
    ),
    DepartmentAlias: RecordWords(
        noun="old code",
        belongs_to={"department_code": Department},
        title=lambda alias: f"Old code {alias.old}",
        labels={"old": "Old code", "name": "Name", "department_code": "Leads to"},
        in_title=("old",),
        which=lambda values: str(values["old"]),
    ),
}
