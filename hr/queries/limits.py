"""What somebody who edits only some departments does not see: the remarks on stays in the others.

It is hidden where stays are read, and not on each page: a stay that is loaded has no remark then, and what
the database is asked about remarks, it is asked about those that may be seen. So no list, file, filter,
preview or merge can show, or betray, what is written elsewhere.
"""

from collections.abc import Collection, Mapping
from typing import Any

from flask import g
from sqlalchemy import case, event, func, null, select
from sqlalchemy.orm.attributes import set_committed_value

from core import rights
from core.db import db
from core.subjects import subject
from hr.models import Department, DepartmentEditor, DepartmentEmployeeLink

Link = DepartmentEmployeeLink
# Beside the days and the FTE, who heads a department and which one is the main one, nothing is told.
REMARKS = ("extra_data", "overload_reason")


def limits() -> frozenset[str] | None:
    """The codes of the departments to which this person is limited; None: to none."""
    who = rights.person()
    if who is None or rights.is_administrator():
        return None
    noted = g.get("noted_limits")
    if noted is None or noted[0] is not who:
        codes = _codes_of(who.id) if getattr(who, "is_limited", False) else None
        noted = g.noted_limits = (who, codes)
    return noted[1]  # type: ignore[no-any-return]  # what `g` holds has no type


def _codes_of(user_id: int) -> frozenset[str]:
    rows = db.session.scalars(
        select(DepartmentEditor.department_code).where(DepartmentEditor.user_id == user_id)
    )
    return frozenset(code for code in rows if code is not None)


def hidden_of(department_code: str | None) -> Collection[str]:
    """The columns of a stay in this department that this person does not see."""
    codes = limits()
    return () if codes is None or department_code in codes else REMARKS


def hides(_facts: Mapping[str, Any], subjects: Collection[str]) -> Collection[str]:
    """The facts of a stay that the history does not tell this person, by the records that a change is about.

    For what is told of stays that may be gone, or were in another department: all of them must be one's own.
    """
    codes = limits()
    if codes is None:
        return ()
    mine = {subject(Department, code) for code in codes}
    there = {one for one in subjects if one.startswith(subject(Department, ""))}
    return () if there and there <= mine else REMARKS


def seen(remark: Any) -> Any:
    """A remark as an expression for the database: nothing where this person does not see it."""
    codes = limits()
    return remark if codes is None else case((Link.department_code.in_(sorted(codes)), remark), else_=null())


def _hide(stay: Link, *_about: Any) -> None:
    for name in hidden_of(stay.department_code):
        set_committed_value(stay, name, None)


event.listen(Link, "load", _hide)
event.listen(Link, "refresh", _hide)


def in_departments(numbers: Collection[str], codes: Collection[str]) -> set[str]:
    """Which of these people have, or had, a stay in one of the departments, or have none anywhere."""
    theirs = Link.employee_number.in_(sorted(numbers))
    there = func.count(case((Link.department_code.in_(sorted(codes)), 1)))
    rows = db.session.execute(
        select(Link.employee_number, there).where(theirs).group_by(Link.employee_number)
    )
    return set(numbers) - {number for number, count in rows if not count}
