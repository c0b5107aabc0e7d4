"""The two databases of a move: the source in one snapshot and only read, the target with our tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, Table, create_engine, inspect, make_url, select
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from core import schema
from core.backup.files import Fault
from core.database_url import database_url, shown
from core.db import Base, foreign_keys_wanted, will_write
from core.models import ChangeSet, is_stored
from core.moving.values import Sum

KNOWN = ("sqlite", "postgresql")
CHANGE_SETS = cast(Table, ChangeSet.__table__)


def address(said: str) -> str:
    """The address of a database; what has no scheme is a SQLite file."""
    url = database_url(said if "://" in said else f"sqlite:///{Path(said).absolute()}")
    try:
        known = make_url(url).get_backend_name() in KNOWN
    except (ArgumentError, ValueError):
        known = False
    if not known:
        raise Fault(f"“{said}” is no address of a database: say sqlite:///FILE or postgresql://HOST/NAME.")
    return url


def tables() -> list[Table]:
    """All our tables, each behind those that it refers to."""
    return list(Base.metadata.sorted_tables)


# --- the source ----------------------------------------------------------------------------------------


@contextmanager
def source(url: str) -> Iterator[Connection]:
    """A connection that sees the database as it is at one moment, and can store nothing."""
    engine = create_engine(_only_read(url), poolclass=NullPool, hide_parameters=True)
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        with engine.connect().execution_options(**options) as connection:
            revision = schema.revision_of(connection)  # the first statement: from here on nothing changes
            if revision != schema.head():
                raise Fault(_other_schema("source", url, revision))
            yield connection
    finally:
        engine.dispose()


def _only_read(url: str) -> str:
    where = make_url(url)
    if where.get_backend_name() != "sqlite":
        return url
    if not where.database or not Path(where.database).is_file():
        raise Fault(f"There is no file {where.database}.")
    return f"sqlite:///file:{Path(where.database).absolute()}?mode=ro&uri=true"


def _other_schema(which: str, url: str, revision: str | None) -> str:
    if revision is None:
        return f"The {which} {shown(url)} is no database of Joinery: it has no schema of ours."
    if revision in schema.known_revisions():
        way_out = f"Bring it there first: DATABASE_URL={shown(url)} flask db upgrade"
    else:
        way_out = "It is newer than this Joinery, which has to be upgraded first."
    here = f"The {which} {shown(url)} has the schema {revision}"
    return f"{here}, and this Joinery needs {schema.head()}. {way_out}"


# --- the target ----------------------------------------------------------------------------------------


@contextmanager
def target(url: str) -> Iterator[Engine]:
    """An engine for a database that has our schema, made where there was nothing at all."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    writing, wanted = will_write.set(True), foreign_keys_wanted.set(False)
    try:
        with engine.connect() as connection:
            revision, others = schema.revision_of(connection), inspect(connection).get_table_names()
            connection.rollback()
            if revision is None and others:
                raise Fault(
                    f"The target {shown(url)} holds tables that are not Joinery's: {', '.join(others[:5])}."
                )
            if revision not in (None, schema.head()):
                raise Fault(_other_schema("target", url, revision))
            if revision is None:
                schema.upgrade(connection)
        foreign_keys_wanted.reset(wanted)
        wanted = foreign_keys_wanted.set(True)
        yield engine
    finally:
        foreign_keys_wanted.reset(wanted)
        will_write.reset(writing)
        engine.dispose()


def former_try(here: Connection, there: Connection) -> str:
    """What the target holds, if that may be replaced; empty where it holds nothing.

    Whatever is stored has a change set. So a target whose change sets the source all knows was moved from
    there before, and nobody has worked in it since.
    """
    if not any(there.scalar(select(1).select_from(table).limit(1)) for table in tables()):
        return ""
    told = select(CHANGE_SETS.c.id).where(is_stored())
    newest = there.scalar(told.order_by(CHANGE_SETS.c.id.desc()).limit(1))
    if newest is None or _saves(here, newest) != _saves(there, newest):
        raise Fault(
            "The target is neither empty nor an earlier move of this source: it holds what the source does "
            "not know. Nothing was done. Name an empty database."
        )
    count = there.scalar(select(CHANGE_SETS.c.made_at).where(CHANGE_SETS.c.id == newest))
    return f"what the source was at save {newest} ({count:%Y-%m-%d %H:%M} UTC)"


def _saves(connection: Connection, up_to: int) -> Sum:
    """The saves up to this one, by what nobody changes afterwards."""
    wanted = select(CHANGE_SETS.c.id, CHANGE_SETS.c.form_key, CHANGE_SETS.c.count).where(
        CHANGE_SETS.c.id <= up_to, is_stored()
    )
    total = Sum()
    rows = connection.execution_options(stream_results=True, yield_per=1000).execute(wanted)
    for _row in total.over(tuple(row) for row in rows):
        pass
    connection.execution_options(stream_results=False, yield_per=None)
    return total
