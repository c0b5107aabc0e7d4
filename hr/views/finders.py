"""Suggestions for the look-ups of staffing, as fragments of a page."""

from flask import request
from flask.typing import ResponseReturnValue

from core.access import as_of, asked
from core.links import Suggestion
from core.templates import fragment
from hr import queries
from hr.views.blueprint import bp
from hr.views.search import department_context, person_context


@bp.get("/find/employees")
def find_employees() -> ResponseReturnValue:
    """People by name parts or number; says who is in the department already."""
    q, code = asked(), request.args.get("department", "")
    people = queries.find_employees(q)
    here = queries.linked_on("department", code, [one.number for one in people], as_of()) if code else set()
    items = [
        Suggestion(
            f"{one.name} #{one.number}",
            one.sort_name,
            person_context(one, q),
            one.number in here,
        )
        for one in people
    ]
    return fragment("core/suggestions.html", items=items, q=q, noun="person")


@bp.get("/find/departments")
def find_departments() -> ResponseReturnValue:
    """Departments by name or code; says where the person is already."""
    q, number = asked(), request.args.get("employee", "")
    found = queries.find_departments(q)
    here = queries.linked_on("employee", number, [one.code for one in found], as_of()) if number else set()
    items = [
        Suggestion(f"{one.name} #{one.code}", one.name, department_context(one, q), one.code in here)
        for one in found
    ]
    return fragment("core/suggestions.html", items=items, q=q, noun="department")
