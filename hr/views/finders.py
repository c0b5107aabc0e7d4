"""Suggestions for the look-ups of staffing, as fragments of a page."""

from typing import NamedTuple

from flask import render_template, request
from flask.typing import ResponseReturnValue

from core.db import today
from hr import queries
from hr.views.blueprint import bp


class Suggestion(NamedTuple):
    """One line under a look-up: what is filled in, what is shown, a line of context."""

    value: str
    label: str
    context: str
    already: bool


@bp.get("/find/employees")
def find_employees() -> ResponseReturnValue:
    """People by name parts or number; says who is in the department already."""
    q, code = _asked(), request.args.get("department", "")
    people = queries.find_employees(q)
    here = queries.linked_on("department", code, [one.number for one in people], today()) if code else set()
    items = [
        Suggestion(
            f"{one.name} #{one.number}",
            one.sort_name,
            _context(one.number, one.hired_on, one.left_on),
            one.number in here,
        )
        for one in people
    ]
    return render_template("core/suggestions.html", items=items, q=q, noun="person")


@bp.get("/find/departments")
def find_departments() -> ResponseReturnValue:
    """Departments by name or code; says where the person is already."""
    q, number = _asked(), request.args.get("employee", "")
    found = queries.find_departments(q)
    here = queries.linked_on("employee", number, [one.code for one in found], today()) if number else set()
    items = [Suggestion(f"{one.name} #{one.code}", one.name, one.code, one.code in here) for one in found]
    return render_template("core/suggestions.html", items=items, q=q, noun="department")


def _asked() -> str:
    return " ".join(request.args.get("q", "").split())[:100]


def _context(number: str, hired_on: object, left_on: object) -> str:
    since = f" · since {str(hired_on)[:4]}" if hired_on else ""
    return f"{number}{since}{f' · left {str(left_on)[:4]}' if left_on else ''}"
