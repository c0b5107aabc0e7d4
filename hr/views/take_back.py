"""Taking back a transfer or a change: from the stay that it opened, or from the one that it closed."""

from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core.db import today
from core.deeds import Deed
from core.selection import back_to
from core.writing import Problem, Work
from hr import operations, queries
from hr.forms.deeds import TakeBackForm
from hr.models import DepartmentEmployeeLink as Link
from hr.views.blueprint import bp
from hr.views.deeds import stay_page, the_one


@bp.route("/take-back", methods=["GET", "POST"])
def take_back_stay() -> ResponseReturnValue:
    """Take back a transfer or a change: the stay before it goes on."""
    stay = the_one()
    before = {str(one.id): one for one in queries.stays_before(stay)}
    if not before:
        return _take_back_the_next(stay)
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
    return stay_page(deed, form, [stay], take_back, [one.department_code for one in before.values()])


def _take_back_the_next(stay: Link) -> ResponseReturnValue:
    """Where the stay was closed by a transfer, not begun by one: the same for the stay that it opened."""
    after = queries.stays_after(stay)
    back = back_to(url_for(".employee", number=stay.employee_number), ".stays")
    if len(after) == 1:
        return redirect(url_for(".take_back_stay", key=after[0].id, back=back))
    if after:
        flash("Several stays begin where this one ends. Take back the one that is meant.", "error")
    else:
        flash("No other stay ends where this one begins. So there is nothing to take back.", "error")
    return redirect(back)
