"""The deeds of staffing that can be done with very many: what they are done with, and which they are."""

from typing import Any

from core.many import Choice, Many
from hr import queries
from hr.forms.deeds import AddToForm, ChangeForm, EndForm, ExtendForm, LeaveForm, TransferForm
from hr.models import Department, DepartmentEmployeeLink, Employee
from hr.views import deeds
from hr.views.chosen import chosen_employees, chosen_stays
from hr.words import WORDS


def _person_of(record: Any) -> str:
    """Whose this is, by number."""
    number: str = record.number if isinstance(record, Employee) else record.employee_number
    return number


STAYS = Choice(
    model=DepartmentEmployeeLink,
    many="stays",
    here="hr.stays",
    words=WORDS,
    keys=chosen_stays,
    in_order=queries.stays_by_person,
    load=queries.stays_with_ids,
    about=deeds.stay_words,
    owner=_person_of,
    watched=queries.around_stays,
    locked=((Employee, queries.people_of_stays), (Department, queries.departments_of_stays)),
)
PEOPLE = Choice(
    model=Employee,
    many="people",
    here="hr.employees",
    words=WORDS,
    keys=chosen_employees,
    in_order=queries.people_by_number,
    load=queries.people_with_numbers,
    about=deeds.person_words,
    owner=_person_of,
    watched=queries.around_people,
    locked=((Employee, lambda wanted: wanted), (Department, queries.departments_of_people)),
)

MANY = {
    "hr.end_stays": Many(STAYS, EndForm, deeds.end),
    "hr.extend_stays": Many(STAYS, ExtendForm, deeds.extend),
    "hr.change_stays": Many(STAYS, ChangeForm, deeds.change),
    "hr.transfer_stays": Many(STAYS, TransferForm, deeds.transfer),
    "hr.add_to_department": Many(PEOPLE, AddToForm, deeds.add),
    "hr.leave": Many(PEOPLE, LeaveForm, deeds.let_leave),
}
