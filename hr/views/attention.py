"""What should be looked at in staffing today: each a number, and the list behind it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import url_for

from core.db import today
from core.rooms import Attention
from core.search import counts_of
from hr import queries

SOON = 30


def attention() -> Sequence[Attention]:
    """Stays that end soon, people above 1.000 FTE, departments without a head. One statement."""
    day = today()
    soon: dict[str, Any] = {"ends_from": day, "ends_to": day + timedelta(days=SOON)}
    above, unexplained, vacant = {"load": "above"}, {"load": "unexplained"}, {"head": "vacant"}
    counts = counts_of(
        queries.stays(soon, "", day)[0],
        queries.employees(above, "", day)[0],
        queries.employees(unexplained, "", day)[0],
        queries.departments(vacant, "", day)[0],
    )
    lines = (
        (f"stay ends within {SOON} days", f"stays end within {SOON} days", "hr.stays", soon),
        ("person is above 1.000 FTE today", "people are above 1.000 FTE today", "hr.employees", above),
        (
            "of them has no reason for it",
            "of them have no reason for it",
            "hr.employees",
            unexplained,
        ),
        ("department has no head today", "departments have no head today", "hr.departments", vacant),
    )
    return [
        Attention(count, one, several, url_for(endpoint, **filters))
        for count, (one, several, endpoint, filters) in zip(counts, lines, strict=True)
        if count
    ]
