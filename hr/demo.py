"""A few made-up departments and people, to try staffing out with."""

from datetime import date
from decimal import Decimal

from core.db import db
from core.writing import writing
from hr.models import Address, Department, DepartmentEmployeeLink, Employee
from hr.operations import check

DEPARTMENTS = {
    "EDIT": "Editorial",
    "PROD": "Production",
    "SALES": "Sales and rights",
    "IT": "Information technology",
}
# Number, name, hired on, and the stays: department, FTE, arrangement, first day, first day away, role.
PEOPLE = (
    ("1001", "Ann Sorensen", "2018-03-01", (("EDIT", "1.000", "full-time", "2018-03-01", None, "head"),)),
    ("1002", "Ben Okafor", "2019-09-01", (("PROD", "0.750", "part-time", "2019-09-01", None, "member"),)),
    ("1003", "Carla Mendes", "2020-01-15", (("SALES", "1.000", "full-time", "2020-01-15", None, "head"),)),
    (
        "1004",
        "Dmitri Volkov",
        "2021-05-01",
        (
            ("IT", "0.500", "part-time", "2021-05-01", None, "head"),
            ("PROD", "0.400", "part-time", "2023-02-01", None, "member"),
        ),
    ),
    (
        "1005",
        "Elif Kaya",
        "2016-10-01",
        (
            ("EDIT", "1.000", "full-time", "2016-10-01", "2021-04-01", "member"),
            ("EDIT", "0.800", "part-time", "2023-09-01", None, "member"),
        ),
    ),
    ("1006", "Femi Adeyemi", "2022-11-01", (("PROD", None, "casual", "2022-11-01", None, "member"),)),
    (
        "1007",
        "Grete Lindqvist",
        "2017-06-01",
        (
            ("SALES", "1.000", "full-time", "2017-06-01", "2024-01-01", "member"),
            ("PROD", "1.000", "full-time", "2024-01-01", None, "head"),
        ),
    ),
)


def add_demo() -> None:
    """Store the made-up people in one transaction."""
    with writing(check) as work:
        departments = {code: Department(code=code, name=name) for code, name in DEPARTMENTS.items()}
        for number, name, hired, stays in PEOPLE:
            person = Employee(number=number, name=name, hired_on=date.fromisoformat(hired))
            person.addresses.append(Address(kind="office", lines="4 Mill Lane", city="Oakham"))
            for code, fte, arrangement, first, away, role in stays:
                link = DepartmentEmployeeLink(
                    department=departments[code],
                    employee=person,
                    fte=Decimal(fte) if fte else None,
                    extra_data=arrangement,
                    role=role,
                    starts_on=date.fromisoformat(first),
                    ends_before=date.fromisoformat(away) if away else None,
                )
                db.session.add(link)
        work.leads_to("/", f"Added {len(PEOPLE)} made-up people in {len(DEPARTMENTS)} departments.")
