"""Deeds on stays: each a page that says what exactly would change, and then does that.

The stays are in the address: `?key=17`, several keys, or all that the filters of the list find.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from core.db import db, today
from core.deeds import Deed, carry_out, show, what
from core.forms import day_text
from core.many import Said
from core.many.pages import deed_on_very_many
from core.selection import all_there, back_to, chosen_here, chosen_keys, few_chosen
from core.writing import Problem, Work
from hr import operations, queries
from hr.forms.deeds import (
    AddToForm,
    ChangeForm,
    EndForm,
    ExtendForm,
    LeaveForm,
    PrimaryForm,
    ReasonedForm,
    RoleForm,
    TransferForm,
)
from hr.models import ROLES, Department, DepartmentEmployeeLink, Employee
from hr.views.blueprint import bp
from hr.views.chosen import chosen_employees, chosen_stays
from hr.words import WORDS

Link = DepartmentEmployeeLink


@bp.route("/end", methods=["GET", "POST"])
def end_stays() -> ResponseReturnValue:
    """End stays with a last day."""
    return many_stays_page(EndForm(), end)


def end(form: EndForm) -> Said:
    """What it says, and does."""
    deed = Deed(
        "End", "End", f"Ended {{what}}: the last day is {day_text(form.last_day.data)}.",
        "The stays end with this day; they stay in all past figures.",
    )  # fmt: skip
    return deed, lambda work, stays: operations.end(
        work, stays, form.last_day.data or today(), form.reason.data
    )


@bp.route("/extend", methods=["GET", "POST"])
def extend_stays() -> ResponseReturnValue:
    """Let stays go on longer, or without an end."""
    return many_stays_page(ExtendForm(), extend)


def extend(form: ExtendForm) -> Said:
    """What it says, and does."""
    until = f"until {day_text(form.last_day.data)}" if form.last_day.data else "without an end"
    deed = Deed(
        "Extend", "Extend", f"Extended {{what}}, {until}.",
        "Leave the day empty for stays without a planned end.",
    )  # fmt: skip
    return deed, lambda work, stays: operations.extend(work, stays, form.last_day.data)


@bp.route("/change", methods=["GET", "POST"])
def change_stays() -> ResponseReturnValue:
    """Change stays from a day on, or correct what was always so."""
    return many_stays_page(ChangeForm(), change)


def change(form: ChangeForm) -> Said:
    """What it says, and does."""
    deed = Deed(
        "Change", "Change", f"Changed {{what}}{_from(form.day)}." if form.day else "Corrected {what}.",
        "A change closes each stay and opens its next part the same day. A correction rewrites it.",
    )  # fmt: skip
    return deed, lambda work, stays: operations.change(work, stays, form.facts, form.day)


@bp.route("/transfer", methods=["GET", "POST"])
def transfer_stays() -> ResponseReturnValue:
    """Move people to another department from a day on, which may lie ahead."""
    form = TransferForm()
    # Found before anything is locked: all departments are locked together, in the order of their codes.
    codes = (
        db.session.scalars(queries.codes_meant(form.department.data)).all() if form.department.data else ()
    )
    return many_stays_page(form, transfer, codes)


def transfer(form: TransferForm) -> Said:
    """What it says, and does."""
    to_name = (form.department.data or "").split(" #")[0].translate({ord("{"): "(", ord("}"): ")"})
    deed = Deed(
        "Transfer", "Transfer", f"Transferred {{what}} to {to_name}{_from(form.from_day.data)}.",
        "Each stay ends the day before and goes on in the other department, until its planned end.",
    )  # fmt: skip

    def move(work: Work, stays: Sequence[Link]) -> list[str]:
        to = _department_meant(work, form, form.department.data or "")
        day = form.from_day.data or today()
        if to is None:
            return []
        return operations.transfer(work, stays, to, day, form.facts, form.reason.data)

    return deed, move


@bp.route("/make-main", methods=["GET", "POST"])
def make_primary() -> ResponseReturnValue:
    """Make a stay the main one of its person."""
    form = PrimaryForm()
    deed = Deed(
        "Make main department", "Make it the main one", "Now the main one: {what}.",
        "Another main department of the person is not the main one on these days.",
    )  # fmt: skip
    return stay_page(
        deed,
        form,
        [the_one()],
        lambda work, stays: operations.make_primary(work, stays[0], form.from_day.data),
    )


@bp.route("/role", methods=["GET", "POST"])
def give_role() -> ResponseReturnValue:
    """Make somebody head or acting head, or a member again."""
    form = RoleForm()
    if request.method == "GET" and request.args.get("role") in ROLES:
        form.role.data = request.args["role"]
    deed = Deed(
        "Give a role", "Give the role", f"Now {form.role.data}{_from(form.from_day.data)}: {{what}}.",
        "Who has had the role until then becomes a member on these days.",
    )  # fmt: skip
    return stay_page(
        deed,
        form,
        [the_one()],
        lambda work, stays: operations.give_role(work, stays[0], form.role.data, form.from_day.data),
    )


# --- deeds on people -------------------------------------------------------------------------------


@bp.route("/add-to-department", methods=["GET", "POST"])
def add_to_department() -> ResponseReturnValue:
    """Let people begin in a department."""
    return _people_page(AddToForm(), add)


def add(form: AddToForm) -> Said:
    """What it says, and does."""
    deed = Deed("Add to a department", "Add", "Added {what}.", "Each person gets a stay of their own.")

    def begin(work: Work, people: Sequence[Employee]) -> list[str]:
        department = _department_meant(work, form, form.department.data or "")
        if department is None:
            return []
        facts = {
            "starts_on": form.starts_on.data,
            "last_day": form.last_day.data,
            "fte": form.fte.data,
            "extra_data": form.extra_data.data,
        }
        return operations.add_to(work, people, department, facts)

    return deed, begin


@bp.route("/leave", methods=["GET", "POST"])
def leave() -> ResponseReturnValue:
    """Let people leave: their open stays end with the last day worked."""
    return _people_page(LeaveForm(), let_leave)


def let_leave(form: LeaveForm) -> Said:
    """What it says, and does."""
    deed = Deed(
        "Leave", "Let leave", f"{{what}}: the last day worked is {day_text(form.last_day.data)}.",
        "Their open stays and job titles end with this day.",
    )  # fmt: skip
    return deed, lambda work, people: operations.leave(
        work, people, form.last_day.data or today(), form.reason.data
    )


# --- what they share -------------------------------------------------------------------------------


def the_one() -> Link:
    """The one stay in the address; several are refused, 404 where it is gone."""
    ids = chosen_keys(chosen_stays(chosen_here()))
    if len(ids) != 1:
        abort(400, "This is done for one stay at a time.")
    return queries.stays_with_ids(ids)[0]


def _department_meant(work: Work, form: TransferForm | AddToForm, typed: str) -> Department | None:
    """The department that was typed; none, several, or an archived one is said at the field."""
    found = queries.departments_meant({typed: form.department.key})[typed]
    if len(found) == 1 and found[0].archived_on is None:
        return found[0]
    said = "There is no such department." if not found else "This can be several departments: give the code."
    if len(found) == 1:
        said = f"{found[0]} is archived. Nobody begins there any more."
    work.refuse(Problem(said, field="department"))
    return None


def many_stays_page(
    form: ReasonedForm, says: Callable[[Any], Said], besides: Sequence[str] = ()
) -> ResponseReturnValue:
    """The page of a deed on the stays in the address, however many there are."""
    wanted = chosen_stays(chosen_here())
    ids = few_chosen(wanted)
    if ids is None:
        return deed_on_very_many(wanted)
    deed, act = says(form)
    return stay_page(deed, form, queries.stays_with_ids(ids), act, besides)


def stay_page(
    deed: Deed,
    form: ReasonedForm,
    stays: Sequence[Link],
    act: Callable[[Work, Sequence[Link]], list[str]],
    besides: Sequence[str] = (),
) -> ResponseReturnValue:
    """The page of a deed on stays: people are locked first, then departments, then the stays read anew.

    `besides` are the codes of further departments that the deed reaches.
    """
    # Read now: a preview ends with a rollback, after which each stay would be read anew, one by one.
    ids, about = [stay.id for stay in stays], [stay_words(stay) for stay in stays]
    people, departments = [stay.employee_number for stay in stays], [stay.department_code for stay in stays]
    back = back_to(url_for(".employee", number=people[0]), ".stays")

    def act_on_locked(work: Work) -> list[str]:
        work.lock(Employee, people)
        work.lock(Department, [*departments, *besides])
        locked = queries.stays_with_ids(ids)
        work.leads_to(back, deed.said.format(what=what([name for name, _facts in about], "stays")))
        return act(work, all_there(locked, ids))

    trial = carry_out(form, operations.check, act_on_locked, WORDS, form.reason.data)
    return show(deed, form, trial, about, "hr.stays", back, "stays")


def _people_page(form: ReasonedForm, says: Callable[[Any], Said]) -> ResponseReturnValue:
    """The page of a deed on the people in the address, however many there are."""
    wanted = chosen_employees(chosen_here())
    keys = few_chosen(wanted)
    if keys is None:
        return deed_on_very_many(wanted)
    deed, act = says(form)
    people = queries.people_with_numbers(keys)
    about = [person_words(person) for person in people]
    numbers = [person.number for person in people]
    back = back_to(url_for(".employee", number=numbers[0]), ".employees")

    def act_on_locked(work: Work) -> list[str]:
        work.lock(Employee, numbers)
        locked = queries.people_with_numbers(numbers)
        work.leads_to(back, deed.said.format(what=what([name for name, _facts in about], "people")))
        return act(work, all_there(locked, numbers))

    trial = carry_out(form, operations.check, act_on_locked, WORDS, form.reason.data)
    return show(deed, form, trial, about, "hr.employees", back, "people")


def _from(day: date | None) -> str:
    return f" from {day_text(day)} on" if day else ""


def stay_words(stay: Link) -> tuple[str, str]:
    """A stay: who is where, from when to when."""
    return f"{stay.employee} in {stay.department}", " · ".join(operations.stay_facts(stay))


def person_words(person: Employee) -> tuple[str, str]:
    """Somebody by name and number."""
    return str(person), f"#{person.number}"
