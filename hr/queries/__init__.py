"""Every read of staffing, named by what it returns, with what it brings along."""

from hr.queries.conditions import (
    OPEN_END,
    Link,
    arrangement,
    is_full_time,
    is_headed,
    is_part_time,
)
from hr.queries.lists import (
    Figures,
    departments,
    employees,
    figures,
    people_on,
    stays_on,
)
from hr.queries.look_ups import (
    SUGGESTIONS,
    departments_meant,
    employees_meant,
    find_departments,
    find_employees,
    linked_on,
    next_number,
)
from hr.queries.records import (
    account_by_email,
    employee,
    employment_of,
    fte_of,
    goes_with_department,
    goes_with_employee,
    is_empty,
)
from hr.queries.stays import (
    heads_of_departments,
    stays_by_identity,
    stays_of_department,
    stays_of_employee,
    stays_of_people,
)

__all__ = [
    "OPEN_END",
    "SUGGESTIONS",
    "Figures",
    "Link",
    "account_by_email",
    "arrangement",
    "departments",
    "departments_meant",
    "employee",
    "employees",
    "employees_meant",
    "employment_of",
    "figures",
    "find_departments",
    "find_employees",
    "fte_of",
    "goes_with_department",
    "goes_with_employee",
    "heads_of_departments",
    "is_empty",
    "is_full_time",
    "is_headed",
    "is_part_time",
    "linked_on",
    "next_number",
    "people_on",
    "stays_by_identity",
    "stays_of_department",
    "stays_of_employee",
    "stays_of_people",
    "stays_on",
]
