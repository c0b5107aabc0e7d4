"""Stays: the list of all links between people and departments."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from core.access import as_of, asked
from core.filters import read_filters
from core.listing import Listing
from core.selection import Selection
from core.sheets.listed import taken_away
from hr import queries
from hr.columns import STAYS
from hr.forms import StaysFilter
from hr.models import DepartmentEmployeeLink
from hr.sheets import exports
from hr.views.blueprint import bp
from hr.views.chosen import chosen_stays

# What can be done with the chosen ones: what the button says, and the page it leads to.
ACTIONS = (
    ("End…", "hr.end_stays"),
    ("Extend…", "hr.extend_stays"),
    ("Change…", "hr.change_stays"),
    ("Transfer…", "hr.transfer_stays"),
)


@bp.get("/stays")
def stays() -> ResponseReturnValue:
    """The list of stays: who is where, on the day or at any time."""
    filters = read_filters(StaysFilter)
    wanted, sorts = queries.stays(filters.asked_for, asked(), as_of())
    selection = Selection.of(request.args)
    if selection.keys:
        wanted = wanted.where(DepartmentEmployeeLink.id.in_(chosen_stays(selection)))
    listing = Listing(wanted, sorts, "employee", filters, table=STAYS, day=as_of())
    file = taken_away(listing, *exports.of_stays(listing, "", as_of()))
    return file or render_template("hr/stays.html", listing=listing, deeds=ACTIONS)
