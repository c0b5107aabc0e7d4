"""Everything that staffing keeps about a person, and who else is called so."""

from collections.abc import Collection

from sqlalchemy import or_, select

from core.db import db, folded
from core.privacy import Part, columns_of
from core.privacy.parts import about_record
from core.subjects import subjects_of
from hr.models import (
    Address,
    Department,
    DepartmentEmployeeLink,
    Employee,
    EmployeeAlias,
    JobTitle,
    NotTheSamePerson,
)


def kept_of_person(person: Employee) -> list[Part]:
    """The person with stays, titles and addresses, old numbers, notes and history."""
    number = person.number
    stays = (
        select(Department.name.label("department"), *columns_of(DepartmentEmployeeLink))
        .join(Department, Department.code == DepartmentEmployeeLink.department_code)
        .where(DepartmentEmployeeLink.employee_number == number)
    )
    titles = select(*columns_of(JobTitle)).where(JobTitle.employee_number == number)
    addresses = select(*columns_of(Address)).where(Address.employee_number == number)
    former = select(*columns_of(EmployeeAlias)).where(EmployeeAlias.employee_number == number)
    others = select(*columns_of(NotTheSamePerson)).where(
        or_(NotTheSamePerson.first == number, NotTheSamePerson.second == number)
    )
    return [
        Part("person", "The person", select(*columns_of(Employee)).where(Employee.number == number)),
        Part("former_numbers", "Old numbers and names", former.order_by(EmployeeAlias.old_key)),
        Part("addresses", "Addresses", addresses.order_by(Address.id)),
        Part("stays", "Stays in departments", stays.order_by(DepartmentEmployeeLink.starts_on)),
        Part("job_titles", "Job titles", titles.order_by(JobTitle.starts_on)),
        Part("not_the_same", "People who only look like them", others.order_by(NotTheSamePerson.first)),
        *about_record(subjects_of(person)),
    ]


def names_of_others(person: Employee, names: Collection[str]) -> set[str]:
    """Those of these names that another person has as well, as a name or as it is filed."""
    keys = {folded(name): name for name in names}
    rows = db.session.execute(
        select(Employee.name_key, Employee.sort_key).where(
            or_(Employee.name_key.in_(keys), Employee.sort_key.in_(keys)), Employee.number != person.number
        )
    )
    return {keys[key] for row in rows for key in row if key in keys}
