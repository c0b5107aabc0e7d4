"""`flask doctor`: whether the database is what the code takes it for, and what is stored keeps the rules.

Nothing is stored: what has to be tried is tried in a transaction that is rolled back.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from core import schema
from core.db import Base, db, first_line, will_write
from core.models import Post, User
from core.parts import astray, every_index
from core.queries import BATCH

SHOWN = 20
PATIENCE = "5s"
# No code or number has such signs, so nobody's key is this one.
MADE_UP = "?doctor?"
# On PostgreSQL keys are kept by triggers of its own, which an administrator can switch off.
KEYS_ARE_ON = """
    SELECT CASE WHEN count(*) = 0 THEN 'on' ELSE 'switched off on ' || min(c.relname) END
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled NOT IN ('O', 'A')"""
EXTENSIONS_ARE_THERE = """
    SELECT coalesce(string_agg(extname, ', ' ORDER BY extname), 'they are missing')
    FROM pg_extension WHERE extname IN ('btree_gist', 'pg_trgm')"""


class Ailment:
    """One thing that is looked at; where it is not well, the first places and how many there are."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.places: list[str] = []
        self.number = 0

    def found(self, place: str) -> None:
        """Here it is not well."""
        self.number += 1
        if self.number <= SHOWN:
            self.places.append(place)

    def lines(self) -> Iterator[str]:
        """What is printed: a line, and one for each place."""
        if not self.number:
            yield f"ok       {self.words}"
            return
        yield f"problem  {self.words}: {self.number:,}"
        yield from (f"         - {place}" for place in self.places)
        if self.number > SHOWN:
            yield f"         and {self.number - SHOWN:,} more"


Examination = Callable[[], Iterable[Ailment]]


def doctor_command(rooms: Mapping[str, Examination]) -> click.Command:
    """The command; each room has its own rules."""

    @click.command("doctor")
    @with_appcontext
    def doctor() -> None:
        """Look for what is wrong with the database and with what is stored, and change nothing.

        Exit status: 0 where all is well, 1 where there is a problem.
        """
        ill = 0
        try:
            for one in _everything(rooms):
                ill += bool(one.number)
                for line in one.lines():
                    click.echo(line)
        except DBAPIError as error:
            said = first_line(error.orig)
            raise click.ClickException(f"The rest cannot be looked at: {said}") from None
        if ill:
            click.echo(f"\n{ill} of these should be seen to.")
            raise click.exceptions.Exit(1)

    return doctor


def _everything(rooms: Mapping[str, Examination]) -> Iterator[Ailment]:
    with db.engine.connect() as connection:
        newest = _schema_is_up_to_date(connection)
        yield newest
        if newest.number:
            return  # everything else would ask for what is not there
        yield from _engine(connection)
        yield _catalogue(connection)
        connection.rollback()
        yield _orphans(connection)
    yield _cascade()
    yield _parts()
    for title, examine in rooms.items():
        for one in examine():
            one.words = f"{title}: {one.words}"
            yield one
    db.session.rollback()


# --- the database --------------------------------------------------------------------------------------


def _schema_is_up_to_date(connection: Connection) -> Ailment:
    revision = schema.revision_of(connection)
    one = Ailment(f"the schema is that of the code ({schema.head()})")
    if revision != schema.head():
        way_out = "flask db upgrade" if revision in (None, *schema.known_revisions()) else "upgrade the code"
        one.found(f"it is {revision or 'not prepared'}: {way_out}. The rest is looked at after that.")
    return one


def _engine(connection: Connection) -> Iterator[Ailment]:
    """What the engine is set to do, read back from it."""
    if connection.dialect.name == "sqlite":
        yield _setting(connection, "foreign keys are kept", "PRAGMA foreign_keys", (1,))
        yield _setting(
            connection, "readers and a writer do not wait", "PRAGMA journal_mode", ("wal", "memory")
        )
        yield _setting(connection, "the file is whole", "PRAGMA quick_check(20)", ("ok",))
    else:
        yield _setting(connection, "foreign keys are kept", KEYS_ARE_ON, ("on",))
        yield _setting(connection, "the extensions are there", EXTENSIONS_ARE_THERE, ("btree_gist, pg_trgm",))


def _setting(connection: Connection, words: str, query: str, wanted: Sequence[object]) -> Ailment:
    said = list(connection.exec_driver_sql(query).scalars())
    one = Ailment(f"{words} ({said[0]})" if said and said[0] in wanted else words)
    for answer in said:
        if answer not in wanted:
            one.found(f"the database says {answer}")
    return one


def _catalogue(connection: Connection) -> Ailment:
    """Each table, column, index, trigger and constraint, compared with what the models would make."""
    one = Ailment("tables, indexes, triggers and constraints are as the models say")
    found = schema.catalogue(connection)
    try:
        wanted = schema.wanted_catalogue(connection)
    except DBAPIError as error:
        one.found(f"they cannot be compared: {first_line(error.orig)}")
        return one
    for kind, lines in wanted.items():
        for line in sorted(lines - found[kind]):
            one.found(f"missing or different among the {kind}: {line}")
    return one


def _parts() -> Ailment:
    """On SQLite the index of parts of names is a table of its own, and could say another thing."""
    one = Ailment("records are found by the parts of their names (flask recount)")
    with _rolled_back() as connection:
        for parts in every_index() if connection.dialect.name == "sqlite" else ():
            try:
                number = astray(connection, parts)
            except DBAPIError as error:
                one.found(f"{parts.index} is damaged: {first_line(error.orig)}")
                continue
            if number:
                one.found(f"{parts.index}: {number:,} of {parts.table}")
    return one


def _orphans(connection: Connection) -> Ailment:
    """Rows that refer to what is not there: asked of the rows, in case nobody kept the keys."""
    one = Ailment("every row that refers to another finds it")
    for key in _references():
        table, far = key.parent, key.referred_table.alias("far")
        mine = [element.parent for element in key.elements]
        # All columns of a key at once: by one of them a change has all the subjects of its save.
        there = [element.parent == far.c[element.column.name] for element in key.elements]
        lonely = select(*mine).where(*[column.is_not(None) for column in mine], ~exists().where(*there))
        names = ", ".join(column.name for column in mine)
        for values in connection.execute(lonely.order_by(*mine).execution_options(yield_per=BATCH)):
            said = repr(values[0]) if len(values) == 1 else repr(tuple(values))
            one.found(f"{table.name}.{names} is {said}, which {key.referred_table.name} has not")
    return one


def _references() -> list[ForeignKeyConstraint]:
    """The foreign keys, each with all its columns."""
    keys = [key for table in Base.metadata.sorted_tables for key in table.foreign_key_constraints]
    return sorted(keys, key=lambda key: (key.parent.name, [column.name for column in key.columns]))


# --- a cascade, tried on rows ----------------------------------------------------------------------------


def _cascade() -> Ailment:
    """Whether rows follow a key that changes and go with a row that is deleted."""
    one = Ailment("rows follow a changed key and go with a deleted row (tried, and rolled back)")
    try:
        with _rolled_back() as connection:
            _try_a_delete(connection, one)
        for key in [element for whole in _references() for element in whole.elements]:
            if key.onupdate == "CASCADE":
                with _rolled_back() as connection:
                    _try_another_key(connection, key, one)
    except DBAPIError as error:
        one.found(f"it could not be tried: {first_line(error.orig)}")
    return one


@contextmanager
def _rolled_back() -> Iterator[Connection]:
    """A transaction for writing of which nothing stays; it does not wait long for others."""
    writing = will_write.set(True)
    try:
        with db.engine.connect() as connection, connection.begin() as trial:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            try:
                yield connection
            finally:
                trial.rollback()
    finally:
        will_write.reset(writing)


def _try_a_delete(connection: Connection, one: Ailment) -> None:
    made = insert(User).values(email=f"{MADE_UP}@localhost", name=MADE_UP, name_key=MADE_UP)
    owner = connection.execute(made.returning(User.id)).scalar_one()
    connection.execute(insert(Post).values(owner_id=owner, body=MADE_UP))
    connection.execute(delete(User).where(User.id == owner))
    if connection.scalar(select(func.count()).where(Post.owner_id == owner)):
        one.found("a note stayed when its account was deleted")


def _try_another_key(connection: Connection, key: ForeignKey, one: Ailment) -> None:
    """Change the key of a row that has others behind it, if there is one."""
    near, far = key.parent, key.column
    value = connection.scalar(select(near).where(near.is_not(None)).limit(1))
    if value is None:
        return
    where: ColumnElement[bool] = near == value
    before = connection.scalar(select(func.count()).where(where))
    try:
        connection.execute(update(far.table).where(far == value).values({far.name: MADE_UP}))
    except IntegrityError as error:
        place = f"{far.table.name}.{far.name} cannot be changed: {first_line(error.orig)}"
        if place not in one.places:  # said for each of those that follow
            one.found(place)
        return
    if connection.scalar(select(func.count()).where(near == MADE_UP)) != before:
        one.found(f"{near.table.name}.{near.name} does not follow {far.table.name}.{far.name}: orphans")


# --- for the rooms -------------------------------------------------------------------------------------


def at(endpoint: str, **which: Any) -> str:
    """The path of a page, as it ends a line; a command does not know under which name people call it."""
    return f"({current_app.url_map.bind('localhost').build(endpoint, which)})"


def stale_keys(
    one: Ailment, rows: Iterable[Any], keys: Mapping[str, Callable[[Any], Any]], title: Callable[[Any], str]
) -> None:
    """Note where a column that is made from others does not hold what the code makes of them."""
    for row in rows:
        for column, made in keys.items():
            kept, wanted = getattr(row, column), made(row)
            if kept != wanted:
                one.found(f"{title(row)}: {column} is {_quoted(kept)} and should be {_quoted(wanted)}")


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
