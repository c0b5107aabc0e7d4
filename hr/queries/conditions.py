"""Conditions on stays that several reads share."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, func, literal_column, or_

from hr.models import DepartmentEmployeeLink
from hr.queries.limits import seen

Link = DepartmentEmployeeLink

OPEN_END = date(9999, 12, 31)


def or_open(day: Any) -> ColumnElement[date]:
    """A day to sort by, behind all others where there is none; written out, since an index has it so.

    An index on the day itself would lead SQLite astray where it is asked for the stays on a day.
    """
    return func.coalesce(day, literal_column("'9999-12-31'", Date()))


# A comparison with NULL is neither true nor false, and NOT keeps it so: coalesce decides.
def is_part_time() -> ColumnElement[bool]:
    """The condition that a stay is part-time: it says so, or its FTE is between 0 and 1."""
    return func.coalesce(or_(seen(Link.extra_data) == "part-time", and_(Link.fte > 0, Link.fte < 1)), False)


def is_full_time() -> ColumnElement[bool]:
    """The condition that a stay is full-time: it says so, or its FTE is 1, and it is not part-time."""
    full = func.coalesce(or_(seen(Link.extra_data) == "full-time", Link.fte == 1), False)
    return and_(~is_part_time(), full)


def arrangement(kind: str) -> ColumnElement[bool]:
    """The condition for a choice of the arrangement filter."""
    known = {"part-time": is_part_time(), "full-time": is_full_time()}
    return known[kind] if kind in known else and_(*(~one for one in known.values()))


def is_headed(role: str | None = None) -> ColumnElement[bool]:
    """The condition that a stay is that of a head or an acting head, or of one of both.

    That it is no member's says nothing more, but leads to the index on the few stays of heads.
    """
    roles = Link.role.in_(("head", "acting head")) if role is None else Link.role == role
    return and_(Link.role != "member", roles)
