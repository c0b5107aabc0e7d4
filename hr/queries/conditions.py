"""Conditions on stays that several reads share."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_

from hr.models import DepartmentEmployeeLink
from hr.queries.limits import seen

Link = DepartmentEmployeeLink

OPEN_END = date(9999, 12, 31)


# A comparison with NULL is neither true nor false, and NOT keeps it so: coalesce decides.
def is_part_time(remark: Any = None) -> ColumnElement[bool]:
    """The condition that a stay is part-time: its remark says so, or its FTE is between 0 and 1."""
    said = seen(Link.extra_data) if remark is None else remark
    return func.coalesce(or_(said == "part-time", and_(Link.fte > 0, Link.fte < 1)), False)


def is_full_time(remark: Any = None) -> ColumnElement[bool]:
    """The condition that a stay is full-time: it says so, or its FTE is 1, and it is not part-time."""
    said = seen(Link.extra_data) if remark is None else remark
    return and_(~is_part_time(remark), func.coalesce(or_(said == "full-time", Link.fte == 1), False))


def arrangement(kind: str) -> ColumnElement[bool]:
    """The condition for a choice of the arrangement filter."""
    known = {"part-time": is_part_time(), "full-time": is_full_time()}
    return known[kind] if kind in known else and_(*(~one for one in known.values()))


def is_headed(role: str | None = None) -> ColumnElement[bool]:
    """The condition that a stay is that of a head or an acting head, or of one of both.

    That it is no member's says nothing more, but leads to the index on the few stays of heads.
    """
    roles = Link.role.in_(("head", "acting head")) if role is None else Link.role == role
    return and_(Link.role != literal_column("'member'"), roles)
