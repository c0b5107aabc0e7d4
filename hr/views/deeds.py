"""Deeds on stays: each a page that says what exactly would change, and then does that.

The stays are in the address: `?key=17`, several keys, or all that the filters of the list find.
"""

from collections.abc import Callable, Sequence
from datetime import date

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from core.db import db, today
from core.deeds import Deed, carry_out, show, what
from core.forms import day_text
from core.selection import all_there, back_to, chosen_here, chosen_keys
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
    form = EndForm()
    deed = Deed(
        "End", "End", f"Ended {{what}}: the last day is {day_text(form.last_day.data)}.",
        "The stays end with this day; they stay in all past figures.",
    )  # fmt: skip
    return stay_page(deed, form, _chosen_stays(), lambda work, stays: operations.end(
        work, stays, form.last_day.data or today(), form.reason.data
    ))  # fmt: skip


@bp.route("/extend", methods=["GET", "POST"])
def extend_stays() -> ResponseReturnValue:
    """Let stays go on longer, or without an end."""
    form = ExtendForm()
    until = f"until {day_text(form.last_day.data)}" if form.last_day.data else "without an end"
    deed = Deed(
        "Extend", "Extend", f"Extended {{what}}, {until}.",
        "Leave the day empty for stays without a planned end.",
    )  # fmt: skip
    return stay_page(
        deed, form, _chosen_stays(), lambda work, stays: operations.extend(work, stays, form.last_day.data)
    )


@bp.route("/change", methods=["GET", "POST"])
def change_stays() -> ResponseReturnValue:
    """Change stays from a day on, or correct what was always so."""
    form = ChangeForm()
    deed = Deed(
        "Change", "Change", f"Changed {{what}}{_from(form.day)}." if form.day else "Corrected {what}.",
        "A change closes each stay and opens its next part the same day. A correction rewrites it.",
    )  # fmt: skip
    return stay_page(
        deed, form, _chosen_stays(), lambda work, stays: operations.change(work, stays, form.facts, form.day)
    )


@bp.route("/transfer", methods=["GET", "POST"])
def transfer_stays() -> ResponseReturnValue:
    """Move people to another department from a day on, which may lie ahead."""
    form = TransferForm()
    to_name = (form.department.data or "").split(" #")[0].translate({ord("{"): "(", ord("}"): ")"})
    deed = Deed(
        "Transfer", "Transfer", f"Transferred {{what}} to {to_name}{_from(form.from_day.data)}.",
        "Each stay ends the day before and goes on in the other department, until its planned end.",
    )  # fmt: skip

    def transfer(work: Work, stays: Sequence[Link]) -> list[str]:
        to = _department_meant(work, form, form.department.data or "")
        day = form.from_day.data or today()
        if to is None:
            return []
        return operations.transfer(work, stays, to, day, form.facts, form.reason.data)

    # Found before anything is locked: all departments are locked together, in the order of their codes.
    codes = (
        db.session.scalars(queries.codes_meant(form.department.data)).all() if form.department.data else ()
    )
    return stay_page(deed, form, _chosen_stays(), transfer, codes)


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
    form = AddToForm()
    deed = Deed("Add to a department", "Add", "Added {what}.", "Each person gets a stay of their own.")

    def add(work: Work, people: Sequence[Employee]) -> list[str]:
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

    return _people_page(deed, form, add)


@bp.route("/leave", methods=["GET", "POST"])
def leave() -> ResponseReturnValue:
    """Let people leave: their open stays end with the last day worked."""
    form = LeaveForm()
    deed = Deed(
        "Leave", "Let leave", f"{{what}}: the last day worked is {day_text(form.last_day.data)}.",
        "Their open stays and job titles end with this day.",
    )  # fmt: skip
    return _people_page(
        deed,
        form,
        lambda work, people: operations.leave(work, people, form.last_day.data or today(), form.reason.data),
    )


# --- what they share -------------------------------------------------------------------------------


def _chosen_stays() -> list[Link]:
    """The stays in the address; 404 where none is left, 400 where they are too many for a page."""
    return queries.stays_with_ids(chosen_keys(chosen_stays(chosen_here())))


def _chosen_people() -> list[Employee]:
    return queries.people_with_numbers(chosen_keys(chosen_employees(chosen_here())))


def the_one() -> Link:
    """The one stay in the address; several are refused."""
    stays = _chosen_stays()
    if len(stays) != 1:
        abort(400, "This is done for one stay at a time.")
    return stays[0]


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
    ids, about = [stay.id for stay in stays], [_stay_words(stay) for stay in stays]
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


def _people_page(
    deed: Deed, form: ReasonedForm, act: Callable[[Work, Sequence[Employee]], list[str]]
) -> ResponseReturnValue:
    people = _chosen_people()
    about = [(str(person), f"#{person.number}") for person in people]
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


def _stay_words(stay: Link) -> tuple[str, str]:
    return f"{stay.employee} in {stay.department}", " · ".join(operations.stay_facts(stay))
