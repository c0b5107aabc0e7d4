"""Deeds on stays: each a page that says what exactly would change, and then does that.

The stays are in the address: `?key=17`, several keys, or all that the filters of the list find.
"""

from collections.abc import Callable, Sequence

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from core.access import safe_url
from core.db import today
from core.deeds import Deed, carry_out, show, what
from core.selection import Selection, all_there, chosen_keys
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
    TakeBackForm,
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
    deed = Deed("End", "End", "Ended {what}.", "The stays end with this day; they stay in all past figures.")
    return _stay_page(deed, form, lambda work, stays: operations.end(
        work, stays, form.last_day.data or today(), form.reason.data
    ))  # fmt: skip


@bp.route("/extend", methods=["GET", "POST"])
def extend_stays() -> ResponseReturnValue:
    """Let stays go on longer, or without an end."""
    form = ExtendForm()
    deed = Deed(
        "Extend", "Extend", "Extended {what}.", "Leave the day empty for stays without a planned end."
    )
    return _stay_page(deed, form, lambda work, stays: operations.extend(work, stays, form.last_day.data))


@bp.route("/change", methods=["GET", "POST"])
def change_stays() -> ResponseReturnValue:
    """Change stays from a day on, or correct what was always so."""
    form = ChangeForm()
    deed = Deed(
        "Change", "Change", "Changed {what}.",
        "A change closes each stay and opens its next part the same day. A correction rewrites it.",
    )  # fmt: skip
    return _stay_page(deed, form, lambda work, stays: operations.change(work, stays, form.facts, form.day))


@bp.route("/transfer", methods=["GET", "POST"])
def transfer_stays() -> ResponseReturnValue:
    """Move people to another department from a day on, which may lie ahead."""
    form = TransferForm()
    deed = Deed(
        "Transfer", "Transfer", "Transferred {what}.",
        "Each stay ends the day before and goes on in the other department, until its planned end.",
    )  # fmt: skip

    def transfer(work: Work, stays: Sequence[Link]) -> list[str]:
        to = _department_meant(work, form, form.department.data or "")
        day = form.from_day.data or today()
        if to is None:
            return []
        return operations.transfer(work, stays, to, day, form.facts, form.reason.data)

    return _stay_page(deed, form, transfer)


@bp.route("/take-back", methods=["GET", "POST"])
def take_back_stay() -> ResponseReturnValue:
    """Take back a transfer or a change: the stay before it goes on."""
    stay = _the_one(_chosen_stays())
    before = {str(one.id): one for one in queries.stays_before(stay)}
    if not before:
        abort(404, f"No stay of {stay.employee} ends where this one begins, so nothing can be taken back.")
    form = TakeBackForm()
    form.before.choices = {
        key: f"{one.department}, {operations.span(one.starts_on, one.ends_before)}"
        for key, one in before.items()
    }
    if request.method == "GET" and len(before) == 1:
        form.before.data = next(iter(before))
    deed = Deed(
        "Take back", "Take back", "Took back {what}.",
        "This stay goes away, and the one before it goes on as if it had never been closed.",
    )  # fmt: skip

    def take_back(work: Work, stays: Sequence[Link]) -> list[str]:
        if stays[0].starts_on <= today() and not form.reason.data:
            said = "It has begun already: taking it away is a correction. Say why."
            work.refuse(Problem(said, field="reason"))
        goes_on = queries.stays_with_ids([int(form.before.data)])
        if not goes_on or goes_on[0].ends_before != stays[0].starts_on:
            work.refuse(Problem("The stay before it has changed meanwhile. Look again.", field="before"))
            return []
        return operations.take_back(work, stays[0], goes_on[0])

    # The stay that goes on may be that of a head: its department is locked as well.
    return _stay_page(deed, form, take_back, [one.department_code for one in before.values()])


@bp.route("/make-main", methods=["GET", "POST"])
def make_primary() -> ResponseReturnValue:
    """Make a stay the main one of its person."""
    form = PrimaryForm()
    deed = Deed(
        "Make main department", "Make it the main one", "Now the main one: {what}.",
        "Another main department of the person is not the main one on these days.",
    )  # fmt: skip
    _the_one(_chosen_stays())
    return _stay_page(
        deed, form, lambda work, stays: operations.make_primary(work, stays[0], form.from_day.data)
    )


@bp.route("/role", methods=["GET", "POST"])
def give_role() -> ResponseReturnValue:
    """Make somebody head or acting head, or a member again."""
    form = RoleForm()
    if request.method == "GET" and request.args.get("role") in ROLES:
        form.role.data = request.args["role"]
    deed = Deed(
        "Give a role", "Give the role", "Gave the role: {what}.",
        "Who has had the role until then becomes a member on these days.",
    )  # fmt: skip
    _the_one(_chosen_stays())
    return _stay_page(
        deed,
        form,
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
    deed = Deed("Leave", "Let leave", "Left: {what}.", "Their open stays and job titles end with this day.")
    return _people_page(
        deed,
        form,
        lambda work, people: operations.leave(work, people, form.last_day.data or today(), form.reason.data),
    )


# --- what they share -------------------------------------------------------------------------------


def _selection() -> Selection:
    """What is chosen by the address; an address without a choice is refused."""
    # Only what no list has as a filter: without a filter that was meant, more would be chosen.
    selection = Selection.of(request.args, besides=("back",))
    if not selection:
        abort(400, "Nothing is chosen. Go back to the list and choose what this is about.")
    return selection


def _chosen_stays() -> list[Link]:
    """The stays in the address; 404 where none is left, 400 where they are too many for a page."""
    return queries.stays_with_ids(chosen_keys(chosen_stays(_selection())))


def _chosen_people() -> list[Employee]:
    return queries.people_with_numbers(chosen_keys(chosen_employees(_selection())))


def _the_one(stays: Sequence[Link]) -> Link:
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


def _stay_page(
    deed: Deed,
    form: ReasonedForm,
    act: Callable[[Work, Sequence[Link]], list[str]],
    besides: Sequence[str] = (),
) -> ResponseReturnValue:
    """The page of a deed on stays: people are locked first, then departments, then the stays read anew.

    `besides` are the codes of further departments that the deed reaches.
    """
    stays = _chosen_stays()
    # Read now: a preview ends with a rollback, after which each stay would be read anew, one by one.
    ids, about = [stay.id for stay in stays], [_stay_words(stay) for stay in stays]
    people, departments = [stay.employee_number for stay in stays], [stay.department_code for stay in stays]
    back = _back(people[0])

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
    back = _back(numbers[0])

    def act_on_locked(work: Work) -> list[str]:
        work.lock(Employee, numbers)
        locked = queries.people_with_numbers(numbers)
        work.leads_to(back, deed.said.format(what=what([name for name, _facts in about], "people")))
        return act(work, all_there(locked, numbers))

    trial = carry_out(form, operations.check, act_on_locked, WORDS, form.reason.data)
    return show(deed, form, trial, about, "hr.employees", back, "people")


def _back(number: str) -> str:
    """Where the page was come from, else the page of the first person."""
    return safe_url(request.args.get("back"), url_for(".employee", number=number))


def _stay_words(stay: Link) -> tuple[str, str]:
    facts = [operations.span(stay.starts_on, stay.ends_before)]
    facts += [f"{stay.fte} FTE"] if stay.fte is not None else []
    facts += [stay.extra_data] if stay.extra_data else []
    facts += [stay.role] if stay.role != "member" else []
    return f"{stay.employee} in {stay.department}", " · ".join(facts)
