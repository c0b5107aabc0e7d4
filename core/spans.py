"""Dated links whose spans must not meet: the database refuses it, and a save moves them without meeting.

The spans are half-open: `starts_on` up to the day before `ends_before`; NULL means open.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import DDL, Column, Table, bindparam, event, func, inspect, text, update
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from core.db import explain

# True of every row, and no search says so: PostgreSQL takes the index of a constraint for a cheap way to a
# row, and it is ten times slower than a plain one.
NO_SEARCHES = "id > 0"


def no_overlap(table: Table, rule: str, same: tuple[str, ...], sentence: str, where: str = "") -> None:
    """Let the database refuse two rows with equal `same` columns whose half-open spans meet.

    The spans are `starts_on` and `ends_before` (NULL: open). `where` narrows the rule to some rows, in SQL
    that both databases read. PostgreSQL keeps it as an exclusion constraint (needs btree_gist), SQLite by
    two triggers, both under the name `ex_<table>_<rule>`.
    """
    name = f"ex_{table.name}_{rule}"
    explain(table, name, sentence)
    table.info.setdefault("spans", set()).update(_watched(same, where))
    table.append_constraint(
        ExcludeConstraint(
            *[(Column(column), "=") for column in same],
            (func.daterange(text("starts_on"), text("ends_before")), "&&"),
            name=name,
            where=text(where or NO_SEARCHES),
        ).ddl_if(dialect="postgresql")
    )
    for ddl in overlap_triggers(table.name, rule, same, where):
        event.listen(table, "after_create", DDL(ddl.replace("%", "%%")).execute_if(dialect="sqlite"))


def _watched(same: tuple[str, ...], where: str) -> tuple[str, ...]:
    return ("starts_on", "ends_before", *same, *([where.split()[0]] if where else []))


def overlap_triggers(table: str, rule: str, same: tuple[str, ...], where: str = "") -> list[str]:
    """The two SQLite triggers of `no_overlap`; a migration that recreates the table runs them again."""
    name = f"ex_{table}_{rule}"
    guard = f"WHEN NEW.{where}" if where else ""
    others = " AND ".join(f"other.{column} = NEW.{column}" for column in same)
    others += f" AND other.{where}" if where else ""
    meets = (
        f"SELECT RAISE(ABORT, '{name}') WHERE EXISTS (SELECT 1 FROM {table} AS other WHERE {others} "
        "AND other.id <> NEW.id AND other.starts_on < coalesce(NEW.ends_before, '9999-12-31') "
        "AND coalesce(other.ends_before, '9999-12-31') > NEW.starts_on)"
    )
    watched = ", ".join(_watched(same, where))
    return [
        f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} {guard} BEGIN {meets}; END",
        f"CREATE TRIGGER {name}_update AFTER UPDATE OF {watched} ON {table} {guard} BEGIN {meets}; END",
    ]


def step_aside(session: Session, dirty: list[Any]) -> None:
    """Move stored spans that change or go out of each other's way before the flush.

    A boundary between two touching stays can move both ways, and a stay can be removed and added again in
    one save: but no order of single statements does all of it without two spans meeting for a moment. So
    each one that will move is first put on a day of its own in the year 1; the flush then writes the
    real dates, in whatever order.
    """
    moving: dict[Table, list[Any]] = {}
    for record in [*dirty, *session.deleted]:
        table = inspect(record).mapper.local_table
        watched = table.info.get("spans", ())
        if any(inspect(record).attrs[name].history.has_changes() for name in watched) or (
            watched and record in session.deleted
        ):
            moving.setdefault(table, []).append(record)
    for table, records in moving.items():
        if len(records) + sum(inspect(new).mapper.local_table is table for new in session.new) < 2:
            continue
        aside = update(table).where(table.c.id == bindparam("of"))
        days = [date(1, 1, 1) + timedelta(days=2 * n) for n in range(len(records))]
        session.connection().execute(
            aside.values(starts_on=bindparam("first"), ends_before=bindparam("last")),
            [
                {"of": record.id, "first": day, "last": day + timedelta(days=1)}
                for record, day in zip(records, days, strict=True)
            ],
        )
        for record in set(records) - set(session.deleted):
            flag_modified(record, "starts_on")
            flag_modified(record, "ends_before")
