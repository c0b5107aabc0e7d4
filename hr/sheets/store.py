"""Stays stored with few statements, in an order in which no two of them meet for a moment."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from core.history.recording import NOTED, note_before
from core.orders import made_anew
from core.sheets.bulk import chunks, delete_rows, insert_rows, update_rows
from core.sheets.plan import Absent
from hr.models import DepartmentEmployeeLink
from hr.staffing import Stay

TABLE = cast(Table, DepartmentEmployeeLink.__table__)
WATCHED = ("role", "is_primary", "starts_on", "ends_before")
Change = tuple[int, Stay, Mapping[str, Any]]


def store_absent(session: Session, table: Table, absent: Iterable[Absent]) -> None:
    """End or delete the links that a file lacks: first of all, since that only makes room."""
    absent = [one for one in absent if one.deed]
    delete_rows(session, table, [one.key for one in absent if one.deed == "deleted"])
    update_rows(session, table, [(one.key, one.writes) for one in absent if one.writes])


def step_aside(session: Session, table: Table, moving: Sequence[tuple[int, Any]], **plain: Any) -> None:
    """Put spans that change on days of their own in the year 1, before they get their real ones.

    `moving` has the id of each row and whose it is: only rows of the same owner can meet.
    """
    note_before(session, table, [key for key, _owner in moving])
    days: Counter[Any] = Counter()
    rows = []
    for key, owner in moving:
        first = date(1, 1, 1) + timedelta(days=2 * days[owner])
        days[owner] += 1
        rows.append({"of": key, "first": first, "last": first + timedelta(days=1)})
    aside = update(table).where(table.c.id == bindparam("of"))
    aside = aside.values(starts_on=bindparam("first"), ends_before=bindparam("last"), **plain)
    for chunk in chunks(rows):
        session.execute(aside, chunk, execution_options=NOTED)


def store_stays(session: Session, changes: Sequence[Change], added: Sequence[Mapping[str, Any]]) -> None:
    """Store changed stays and new ones.

    `changes` has the id of each, the stay as it will be, and the columns that are written. Roles, main
    departments and days that change are first let go and then given anew, so that a head can hand over to
    another, and a boundary between two stays can move both ways.
    """
    moving = [
        (key, stay.employee) for key, stay, writes in changes if any(name in writes for name in WATCHED)
    ]
    step_aside(session, TABLE, moving, role="member", is_primary=False)
    moved = {key for key, _employee in moving}
    update_rows(
        session,
        TABLE,
        [
            (key, {**writes, **{name: getattr(stay, name) for name in WATCHED}} if key in moved else writes)
            for key, stay, writes in changes
        ],
    )
    with made_anew(session, TABLE, len(added)):
        insert_rows(session, TABLE, added)
