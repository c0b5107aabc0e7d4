"""Conditions on stays that several reads share."""

from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_

from hr.models import DepartmentEmployeeLink

Link = DepartmentEmployeeLink

OPEN_END = date(9999, 12, 31)


def is_part_time() -> ColumnElement[bool]:
    """The condition that a stay is part-time: it says so, or its FTE is between 0 and 1."""
    return or_(Link.extra_data == "part-time", and_(Link.fte > 0, Link.fte < 1))


def is_full_time() -> ColumnElement[bool]:
    """The condition that a stay is full-time."""
    return and_(~is_part_time(), or_(Link.extra_data == "full-time", Link.fte == 1))


def arrangement(kind: str) -> ColumnElement[bool]:
    """The condition for a choice of the arrangement filter."""
    part, full = is_part_time(), is_full_time()
    # A comparison with NULL is neither true nor false, and NOT keeps it so; coalesce decides.
    known = {"part-time": func.coalesce(part, False), "full-time": func.coalesce(full, False)}
    return known.get(kind) if kind in known else and_(*(~one for one in known.values()))  # type: ignore[return-value]


def is_headed() -> ColumnElement[bool]:
    """The condition that a stay is that of a head or an acting head."""
    return Link.role.in_(("head", "acting head"))
