"""What should be looked at in staffing today: each a number, and the list behind it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import url_for

from core.db import today
from core.remembered import remembered
from core.rooms import Attention
from core.search import counts_of
from hr import queries

Filters = dict[str, Any]
SOON = 30


def attention() -> Sequence[Attention]:
    """Stays that end soon, people above 1.000 FTE, departments without a head, people who may be one.

    The selects are those of the lists, so that a line and the list it leads to never disagree.
    """
    day = today()
    return remembered(("staffing", day, queries.limits()), lambda: _attention(day))


def _attention(day: date) -> Sequence[Attention]:
    soon: Filters = {"ends_from": day, "ends_to": day + timedelta(days=SOON)}
    above: Filters = {"load": "above"}
    unexplained: Filters = {"load": "unexplained"}
    vacant: Filters = {"head": "vacant"}
    ending, loaded, without_reason, headless = counts_of(
        queries.stays(soon, "", day)[0],
        queries.employees(above, "", day)[0],
        queries.employees(unexplained, "", day)[0],
        queries.departments(vacant, "", day)[0],
    )
    lines = (
        Attention(
            ending,
            f"stay ends within {SOON} days",
            f"stays end within {SOON} days",
            url_for("hr.stays", **{name: bound.isoformat() for name, bound in soon.items()}),
        ),
        Attention(
            loaded,
            "person is above 1.000 FTE today",
            "people are above 1.000 FTE today",
            url_for("hr.employees", **above),
        ),
        Attention(
            without_reason,
            "person is above 1.000 FTE today without a reason",
            "people are above 1.000 FTE today without a reason",
            url_for("hr.employees", **unexplained),
        ),
        Attention(
            headless,
            "department has no head today",
            "departments have no head today",
            url_for("hr.departments", **vacant),
        ),
        Attention(
            queries.suspected_people(),
            "pair of people with one name was hired on one day, or has one e-mail address",
            "pairs of people with one name were hired on one day, or have one e-mail address",
            url_for("hr.duplicates"),
        ),
    )
    return [line for line in lines if line.count]
