"""What staffing keeps about a person: as a file for the person, and how it is forgotten."""

from collections.abc import Collection

from flask import abort, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core.access import administrators_only, is_administrator, may_edit
from core.privacy import Person
from core.privacy.pages import data_page, erase_page
from core.privacy.parts import of_account, rooms_of_reader
from core.rights import open_rooms
from hr import operations, queries
from hr.models import Employee
from hr.views.blueprint import bp, the_person
from hr.words import WORDS

PERSON = Person(
    model=Employee,
    parts=queries.kept_of_person,
    called=operations.names_of,
    shared=queries.names_of_others,
    forget=operations.forget_person,
    names={"employee": ("name", "sort_name", "email"), "employee_alias": ("name",)},
    contacts={"address": ("lines", "postcode", "city", "country")},
    account=lambda person: person.account,
    stays="The number, the dates and the FTE stay, since past figures are made from them.",
)


@bp.get("/employees/<number>/data")
def employee_data(number: str) -> ResponseReturnValue:
    """Everything that is kept about a person, for whoever asks what it is."""
    if not may_edit("hr"):
        abort(403, "Only an HR editor or an administrator takes away what is kept about a person.")
    person = the_person(number)
    parts = PERSON.parts(person)
    if person.account_id:
        seen = None if is_administrator() else rooms_of_reader()
        parts = [*parts, *of_account(person.account_id, _rooms(person), seen)]
    back, erase = url_for(".employee", number=number), url_for(".erase_employee", number=number)
    return data_page(person.name, parts, back, erase)


def _rooms(person: Employee) -> Collection[str] | None:
    """The rooms whose notes are all that is given of the account; None: everything, to whom it belongs."""
    is_whole = is_administrator() or person.account_id == current_user.id
    return None if is_whole else [room.name for room in open_rooms()]


@bp.route("/employees/<number>/erase", methods=["GET", "POST"])
def erase_employee(number: str) -> ResponseReturnValue:
    """Forget who a person was."""
    administrators_only()
    person = the_person(number)
    back = url_for(".employee_data", number=person.number)
    return erase_page(person, PERSON, operations.check, WORDS, "hr.employees", back)
