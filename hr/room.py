"""What staffing tells the whole application about itself."""

from flask import url_for

from core.access import may_read
from core.models import User
from core.privacy import Part
from core.rooms import Place, Room, RoomRole
from hr import operations, queries, views
from hr.demo import add_demo
from hr.doctor import ailments
from hr.sheets import SHEETS
from hr.views.attention import attention
from hr.views.many import MANY
from hr.views.search import found
from hr.words import WORDS


def own_record(user: User) -> tuple[str, str] | None:
    """The person who signs in with this account; without a role in HR there is a page of one's own."""
    person = user.employee
    if person is None:
        return None
    return person.name, url_for("hr.employee", number=person.number) if may_read("hr") else url_for("hr.me")


def person_data(user: User) -> list[Part]:
    """Everything that is kept here about the person who signs in with this account."""
    return queries.kept_of_person(user.employee) if user.employee else []


room = Room(
    name="hr",
    title="Staffing",
    blueprint=views.bp,
    places=(
        Place("Departments", "hr.departments"),
        Place("Employees", "hr.employees"),
        Place("Stays", "hr.stays"),
    ),
    words=WORDS,
    check=operations.check,
    many=MANY,
    roles=(
        RoomRole("HR reader", "sees departments, people and stays, and takes lists away as files"),
        RoomRole("HR editor", "changes them, imports files, merges and deletes", edits=True),
    ),
    allows=operations.allows,
    takes_back=operations.takes_back,
    closes=operations.closes,
    readable=("hr.department", "hr.employee"),
    for_editors=("hr.duplicates", "hr.employee_data"),
    own=("hr.me",),
    sheets=SHEETS,
    about="Who works in which department, at what FTE, from when to when.",
    is_empty=queries.is_empty,
    demo=add_demo,
    own_record=own_record,
    person_data=person_data,
    ailments=ailments,
    search=found,
    attention=attention,
)
