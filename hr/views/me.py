"""One's own record: what HR keeps about whoever signs in, and nothing of anybody else."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from hr import queries
from hr.views.blueprint import bp


@bp.get("/me")
def me() -> ResponseReturnValue:
    """The record that belongs to this account: addresses, job titles, and stays with their facts."""
    person = queries.person_of(current_user.id)
    if person is None:
        abort(404, "No record of a person belongs to your account. Somebody in HR can join the two.")
    return render_template("hr/me.html", person=person, stays=queries.own_stays(person.number))
