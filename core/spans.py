"""Dated links whose spans must not meet: the database refuses it, and a save moves them without meeting.

The spans are half-open: `starts_on` up to the day before `ends_before`; NULL means open.
"""

import sqlite3
from collections import ChainMap, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import DDL, Column, Connection, Table, bindparam, event, func, inspect, text, update
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.base import LoaderCallableStatus

from core.db import explain
from core.joins import Join, joins_of

# Where a span is of which somebody has set what they had not read: next to every other one.
UNKNOWN = "unknown"
# True of every row, and no search says so: PostgreSQL takes the index of a constraint for a cheap way to a
# row, and it is ten times slower than a plain one.
NO_SEARCHES = "id > 0"
TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? ORDER BY name"


class Rule(NamedTuple):
    """Spans with equal `same` columns do not meet; `where` narrows it to those of which it is true."""

    name: str
    same: tuple[str, ...]
    where: str

    @property
    def of_places(self) -> tuple[str, ...]:
        """The columns that say beside which others a span is."""
        return (*self.same, *([self.where.split()[0]] if self.where else []))

    @property
    def watched(self) -> tuple[str, ...]:
        """The columns that the rule looks at."""
        return ("starts_on", "ends_before", *self.of_places)

    def place(self, said: Mapping[str, Any]) -> Hashable | None:
        """Where the rule looks for others beside a span with these columns; None: it does not."""
        column, _is, text = self.where.partition(" = ")
        place = [said[name] for name in self.same]
        if LoaderCallableStatus.NO_VALUE in place or (
            column and said[column] is LoaderCallableStatus.NO_VALUE
        ):
            return UNKNOWN
        if column and not (said[column] == text.strip("'") if text else said[column]):
            return None
        return (self.name, *place)


def no_overlap(table: Table, rule: str, same: tuple[str, ...], sentence: str, where: str = "") -> None:
    """Let the database refuse two rows with equal `same` columns whose half-open spans meet.

    The spans are `starts_on` and `ends_before` (NULL: open). `where` narrows the rule to some rows, by a
    column that is true or by `column = 'text'`. PostgreSQL keeps it as an exclusion constraint (needs
    btree_gist), SQLite by two triggers, both under the name `ex_<table>_<rule>`.
    """
    name = f"ex_{table.name}_{rule}"
    explain(table, name, sentence)
    table.info.setdefault("spans", []).append(Rule(name, same, where))
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


def overlap_triggers(table: str, rule: str, same: tuple[str, ...], where: str = "") -> list[str]:
    """The two SQLite triggers of `no_overlap`; a migration that recreates the table runs them again."""
    name = f"ex_{table}_{rule}"
    guard = f"WHEN NEW.{where}" if where else ""
    meets = f"SELECT RAISE(ABORT, '{name}') WHERE {_meets(table, same, where)}"
    watched = ", ".join(Rule(name, same, where).watched)
    return [
        f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} {guard} BEGIN {meets}; END",
        f"CREATE TRIGGER {name}_update AFTER UPDATE OF {watched} ON {table} {guard} BEGIN {meets}; END",
    ]


def _meets(table: str, same: tuple[str, ...], where: str) -> str:
    """Whether the row NEW meets another one, in the SQL of SQLite."""
    others = " AND ".join(f"other.{column} = NEW.{column}" for column in same)
    others += f" AND other.{where}" if where else ""
    return (
        f"EXISTS (SELECT 1 FROM {table} AS other WHERE {others} "
        "AND other.id <> NEW.id AND other.starts_on < coalesce(NEW.ends_before, '9999-12-31') "
        "AND coalesce(other.ends_before, '9999-12-31') > NEW.starts_on)"
    )


@contextmanager
def asked_at_once(connection: Connection, table: Table) -> Iterator[None]:
    """Ask SQLite's rules of all rows together when the block ends, and not of each that it adds.

    What is against a rule is an IntegrityError, as if the row had been refused. All means those of before,
    too: the rules have let none of them be against themselves.
    """
    rules: Sequence[Rule] = table.info.get("spans", ())
    names = {f"{rule.name}_insert" for rule in rules}
    known = connection.exec_driver_sql(TRIGGERS, (table.name,)).all()
    triggers = [(name, sql) for name, sql in known if name in names]
    for name, _sql in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for rule in rules:
        _ask(connection, table.name, rule)
    for _name, sql in triggers:
        connection.exec_driver_sql(sql)


def _ask(connection: Connection, table: str, rule: Rule) -> None:
    guard = f"NEW.{rule.where} AND " if rule.where else ""
    asked = f"SELECT 1 FROM {table} AS NEW WHERE {guard}{_meets(table, rule.same, rule.where)} LIMIT 1"
    if connection.exec_driver_sql(asked).first():
        raise IntegrityError(asked, None, sqlite3.IntegrityError(rule.name))


def step_aside(session: Session, dirty: list[Any], touched: Mapping[Any, Mapping[str, Any] | None]) -> None:
    """Move stored spans that change or go out of each other's way before the flush.

    A boundary between two touching stays can move both ways, and a stay can be removed and added again in
    one save: but no order of single statements does all of it without two spans meeting for a moment. So
    each that will move, and may meet another one, is first put on a day of its own in the year 1; the flush
    then writes the real dates, in whatever order. Who may meet whom is told by the keys of their owners:
    where one of these has changed (`touched`: each record with its values before), everybody who moves does.
    """
    moving: dict[Table, list[Any]] = defaultdict(list)
    gone = [one for one in session.deleted if _rules(one)]
    for record in [*filter(_moves, dirty), *gone]:
        moving[inspect(record).mapper.local_table].append(record)
    for table, records in moving.items():
        new = [one for one in session.new if inspect(one).mapper.local_table is table]
        if not has_renamed(touched):
            met = rivals([*records, *new])
            records = [one for one in records if one in met]
        if not records:
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


def has_renamed(touched: Mapping[Any, Mapping[str, Any] | None]) -> bool:
    """Whether a record gets another key, or got it: what refers to it may lag behind in the session."""
    return any(
        before is not None and inspect(record).dict.get(key, before[key]) != before[key]
        for record, before in touched.items()
        for key in _keys(cast(Hashable, type(record)))
    )


@cache
def _keys(model: Any) -> tuple[str, ...]:
    """The attributes of a class that are its key."""
    mapper: Mapper[Any] = inspect(model)
    return tuple(mapper.get_property_by_column(one).key for one in mapper.primary_key)


def _rules(record: Any) -> Sequence[Rule]:
    """What is kept of the spans of its table."""
    rules: Sequence[Rule] = inspect(record).mapper.local_table.info.get("spans", ())
    return rules


def _moves(record: Any) -> bool:
    """Whether anything of a stored span is another thing now that its rules look at."""
    names = {name for rule in _rules(record) for name in rule.watched}
    if not names:
        return False
    state = inspect(record)
    is_set = any(join.here in names for join in _set_joins(state))
    return is_set or any(state.attrs[name].history.has_changes() for name in names)


def rivals(records: Iterable[Any]) -> set[Any]:
    """Those of the records, all of one table, of which two were, are or come to one place of a rule."""
    records = list(records)
    rules = _rules(records[0]) if records else ()
    there: dict[Hashable, list[Any]] = defaultdict(list)
    for record in records if rules else ():
        for place in _places(record, rules):
            there[place].append(record)
    if UNKNOWN in there:
        return set(records)
    return {one for some in there.values() if len(some) > 1 for one in some}


def _places(record: Any, rules: Sequence[Rule]) -> set[Hashable]:
    """Where the rules look for others beside this span, as it was and as it will be.

    What nobody has said of a new span is as if it were not: no rule is about what goes without saying.
    """
    state = inspect(record)
    names = {name for rule in rules for name in rule.of_places}
    comes = {one.here: getattr(state.dict[one.name], one.there, None) for one in _set_joins(state)}
    # Reading one that is not known yet makes all of them known.
    read = {name: getattr(record, name) for name in names if name not in state.dict and name not in comes}
    known, was = state.dict, state.committed_state
    found = {rule.place(ChainMap(comes, known, read)) for rule in rules}
    if not state.pending and names & (was.keys() | comes.keys()):
        found |= {rule.place(ChainMap(was, known, read)) for rule in rules}
    return found - {None}


def _set_joins(state: Any) -> list[Join]:
    """The joins of which somebody has set what they refer to; the column follows with the flush."""
    known, was = state.dict, state.committed_state
    joins = joins_of(state.class_)
    return [one for one in joins if one.name in known and (one.name in was or one.here not in known)]
