"""The steps of departments follow their stays, in the transaction that stores the stays.

A save of ordinary size adds the difference to the few days that it is about, so two people in one department
never lose each other's. Very many new stays are counted before anybody has to wait, and added as well;
whatever else came by the thousand is counted anew for the departments that it touched. The department is
locked in each case, as by whoever changes its stays on a page.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import (
    Column,
    Connection,
    FromClause,
    MetaData,
    Select,
    Table,
    column,
    delete,
    select,
    table,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.bookkeeping import bookkeeping
from core.history.ahead import Ahead
from core.history.foretold import Foretold
from core.plain_rows import Numbered, put
from core.writing import Work
from hr import queries, staffing
from hr.models import Department, DepartmentEmployeeLink, DepartmentStep
from hr.queries import COUNTED, FACTS

Link = DepartmentEmployeeLink
STAYS = cast(Table, Link.__table__)
STEPS = cast(Table, DepartmentStep.__table__)
COLUMNS = [one.name for one in STEPS.columns]


def _of_transaction(name: str, *columns: Column[Any]) -> Table:
    """A table of PostgreSQL that is there until its transaction ends."""
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")


# Very many new stays, and the steps that they make, until these are added.
NEW = _of_transaction("new_stay", Column("id", STAYS.c.id.type))
RECKONED = _of_transaction("reckoned_step", *(Column(one.name, one.type) for one in STEPS.columns))
# From so many rows on they are not compared one by one.
MANY = 5_000
# More departments than this are all of them.
MOST_CODES = 1_000

Facts = Mapping[str, Any]
# Stays as they were, by primary key.
Stored = Mapping[tuple[Any, ...], Facts]
Deltas = dict[tuple[str, date], list[int | Decimal]]


def keep_steps(work: Work) -> None:
    """Let the steps of departments say what the stays say that this save has stored."""
    added = [rows for table, rows in work.rows.added if table is STAYS]
    reckoned = [rows for rows in added if any(rows is one for one in work.rows.reckoned)]
    others = [rows for rows in added if not any(rows is one for one in reckoned)]
    stored = work.rows.before.get(STAYS, {})
    foretold = work.rows.foretold
    if foretold or len(stored) + sum(map(len, others)) > MANY:
        _count_anew(work, _codes(work, added, stored) | (_codes_of(foretold) if foretold else set()))
        return
    deltas: Deltas = defaultdict(lambda: [0] * len(COUNTED))
    renamed = _renamed(work)
    for sign, facts in _differences(work, others, stored):
        code: str = facts["department_code"]
        _add(deltas, renamed.get(code, code), facts, sign)
    _store(work, {place: values for place, values in deltas.items() if any(values)})
    if reckoned:
        _add_reckoned(work)


def reckon_steps(new: Ahead | Work) -> None:
    """Count the steps that very many new stays make, before anybody has to wait for it.

    The stays wait beside SQLite's file, or they are in the transaction of PostgreSQL, which locks nobody yet.
    """
    if isinstance(new, Ahead):
        new.reckon(STEPS.name, queries.steps_counted())
        return
    added = [rows for table, rows in new.rows.added if table is STAYS and isinstance(rows, Numbered)]
    connection = new.session.connection()
    if connection.dialect.name == "sqlite" or sum(map(len, added)) < MANY:
        return
    for one in (NEW, RECKONED):
        one.create(connection)
    put(connection, NEW, ["id"], ((id,) for rows in added for id in rows.ids))
    counted = queries.steps_counted(Link.id.in_(select(NEW.c.id)))
    connection.execute(RECKONED.insert().from_select(COLUMNS, counted))
    new.rows.reckoned += added


def recount() -> None:
    """Count the steps of all departments anew."""
    with bookkeeping() as connection:
        connection.execute(select(Department.code).order_by(Department.code).with_for_update(key_share=True))
        _replace(connection, None)


# --- a few -----------------------------------------------------------------------------------------


def _differences(work: Work, added: Sequence[Sequence[Facts]], stored: Stored) -> Iterator[tuple[int, Facts]]:
    """What each touched stay was (to be taken away) and what it is now (to be added)."""
    new = {row["id"] for rows in added for row in rows}
    by_statement = {id for (id,) in stored}
    for link, before in work.touched.items():
        if isinstance(link, Link) and link.id not in by_statement:
            if before is not None:
                yield -1, before
            if not work.is_deleted(link):
                yield 1, {name: getattr(link, name) for name in FACTS}
    for (id,), was in stored.items():
        if id not in new:
            yield -1, was
    for rows in added:
        yield from ((1, row) for row in rows if row["id"] not in by_statement)
    yield from ((1, facts) for _id, facts in queries.stays_now(by_statement))


def _add(deltas: Deltas, code: str, facts: Facts, sign: int) -> None:
    fte = facts.get("fte")
    arrangement = staffing.arrangement(facts.get("extra_data"), fte)
    by_fte = staffing.arrangement(None, fte)
    counted = (
        1,
        fte or 0,
        fte is None,
        arrangement == "full-time",
        arrangement == "part-time",
        by_fte == "full-time",
        by_fte == "part-time",
    )
    for day, up in ((facts["starts_on"], sign), (facts.get("ends_before"), -sign)):
        if day is not None:
            place = deltas[code, day]
            place[:] = [old + up * more for old, more in zip(place, counted, strict=True)]


def _renamed(work: Work) -> dict[str, str]:
    """The new code by the old one, of departments that are recoded: their steps have followed already."""
    return {
        facts["code"]: one.code
        for one, facts in work.touched.items()
        if isinstance(one, Department) and facts is not None and facts["code"] != one.code
    }


def _gone(work: Work) -> set[str]:
    """The codes of departments that this save deletes: their steps go with them."""
    rows = work.rows.before.get(cast(Table, Department.__table__), {})
    there = set(queries.departments_locked([code for (code,) in rows])) if rows else set()
    deleted = {one.code for one in work.touched if isinstance(one, Department) and work.is_deleted(one)}
    return deleted | {code for (code,) in rows if code not in there}


def _store(work: Work, deltas: Deltas) -> None:
    """Add to the steps, the departments in the order in which everybody locks them."""
    gone = _gone(work) if deltas else set()
    rows = [
        {"department_code": code, "day": day, **dict(zip(COUNTED, values, strict=True))}
        for (code, day), values in sorted(deltas.items())
        if code not in gone
    ]
    if not rows:
        return
    work.lock(Department, [row["department_code"] for row in rows])
    work.session.execute(_adding(work.session), rows)
    # A day that balances again has no step: after an undo everything is as it was.
    touched = (
        STEPS.c.department_code.in_({row["department_code"] for row in rows}),
        STEPS.c.day.in_({row["day"] for row in rows}),
    )
    work.session.execute(delete(STEPS).where(*touched, *(STEPS.c[name] == 0 for name in COUNTED)))


def _adding(session: Session, counted: Select[Any] | None = None) -> Any:
    """A statement that adds rows to the steps that there are: those of a select, or those it is given."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    made = dialect.insert(STEPS)
    if counted is not None:
        made = made.from_select(COLUMNS, counted)
    sums = {name: STEPS.c[name] + made.excluded[name] for name in COUNTED}
    return made.on_conflict_do_update(index_elements=list(STEPS.primary_key), set_=sums)


# --- many ------------------------------------------------------------------------------------------


def _codes(work: Work, added: Sequence[Sequence[Facts]], stored: Stored) -> set[str]:
    """The departments whose stays this save has touched, under the codes of now."""
    codes = set[str]()
    for rows in added:
        if isinstance(rows, Ahead):
            codes |= rows.different("department_code")
        else:
            codes |= {row["department_code"] for row in rows}
    codes |= {before["department_code"] for before in stored.values()}
    codes |= queries.codes_of_stays({id for (id,) in stored})
    for link, before in work.touched.items():
        if isinstance(link, Link):
            codes |= {before["department_code"]} if before else set()
            codes |= set() if work.is_deleted(link) else {link.department_code}
    renamed = _renamed(work)
    return {renamed.get(code, code) for code in codes} - _gone(work)


def _codes_of(foretold: Foretold) -> set[str]:
    """The same of stays that statements change."""
    ids = {int(key) for key in foretold.keys[STAYS]}
    return foretold.owners[STAYS, "department_code"] | queries.codes_of_stays(ids)


def _count_anew(work: Work, codes: set[str]) -> None:
    are_all = len(codes) > MOST_CODES
    work.lock(Department, work.session.scalars(select(Department.code)) if are_all else codes)
    _replace(work.session, None if are_all else codes)


def _add_reckoned(work: Work) -> None:
    """Add the steps that were counted while nobody had to wait."""
    if work.session.get_bind().dialect.name == "sqlite":
        waiting: FromClause = table(STEPS.name, *(column(name) for name in COLUMNS), schema="ahead")
    else:
        waiting = RECKONED
        codes = select(waiting.c.department_code).distinct()
        work.lock(Department, work.session.scalars(codes).all())
    counted = select(waiting).where(true())  # or SQLite takes what follows for a join's condition
    work.session.execute(_adding(work.session, counted))
    work.session.execute(delete(STEPS).where(*(STEPS.c[name] == 0 for name in COUNTED)))


def _replace(where: Session | Connection, codes: Collection[str] | None) -> None:
    """Put what the stays say in the place of the steps of these departments (None: of all)."""
    old = delete(STEPS)
    where.execute(old if codes is None else old.where(STEPS.c.department_code.in_(sorted(codes))))
    here = [] if codes is None else [Link.department_code.in_(sorted(codes))]
    where.execute(STEPS.insert().from_select(COLUMNS, queries.steps_counted(*here)))
