"""The database: one `db`, exact column types, engine settings, the clock, and rules the database keeps.

Nothing here knows a model. How anything is stored stands in `core/writing.py`.
"""

import re
import sqlite3
import unicodedata
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.sql import operators
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator, TypeEngine

from core.reading import ReadingSession

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every model derives from."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"class_": ReadingSession})

# For tables whose numbers stand in pages and files: SQLite would give the number of a deleted record away
# again, and a page that is still open would mean somebody else by it.
KEEPS_NUMBERS = {"sqlite_autoincrement": True}
# What an index says of itself by which lists are sorted, and which no rule and no search needs: it can come
# last where very many rows are stored.
SORTS = "only_sorts"


class Versioned:
    """A record that counts its changes, so that a stale save is noticed."""

    version: Mapped[int] = mapped_column(Integer, default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


# --- columns ---------------------------------------------------------------------------------------


def KeyText(length: int) -> TypeEngine[str]:
    """A text column that is compared by code point on both databases."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


@lru_cache(20_000)
def _exact(number: int, places: int) -> Decimal:
    """A whole number of the last place as a decimal; most are the same few, and a list reads hundreds."""
    return Decimal(number).scaleb(-places)


class Exact(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, stored as a whole number of its last place.

    SQLite keeps NUMERIC as binary floating point; whole numbers are exact on both databases. `+`, `-`,
    comparison, SUM, MIN and MAX are exact in SQL. `*`, `/` and AVG would be silently wrong by a power of
    ten, so the type refuses them: products are made in Python and scaled once.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """The scaled whole number; a value with more places than the column has is refused."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise TypeError(f"{value!r} is not an exact number: use Decimal")
        # A Decimal is scaled as a fraction: `scaleb` would round to 28 digits first, and say nothing.
        number = Decimal(value)
        scaled = Fraction(number) * 10**self.places if number.is_finite() else None
        if scaled is None or scaled.denominator != 1:
            raise ValueError(f"{value} has more than {self.places} decimal places")
        return int(scaled)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The decimal, with all its places (0.5 is read as 0.500)."""
        return None if value is None else _exact(int(value), self.places)

    class Comparator(TypeDecorator.Comparator[Decimal]):
        """Lets through the operators that are exact on scaled numbers."""

        type: "Exact"

        def _refuse(self, op: Any, other: Any) -> None:
            if op in (operators.mul, operators.truediv, operators.floordiv, operators.mod):
                raise TypeError("* and / are not exact on a scaled column: make products in Python")
            kind = getattr(other, "type", None)
            if isinstance(kind, Exact) and kind.places != self.type.places:
                raise TypeError("two columns with different numbers of places cannot be combined")
            if isinstance(kind, Numeric | Integer):
                raise TypeError("a scaled column and a number that is not scaled cannot be combined")

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            for one in other:
                self._refuse(op, one)
            return super().operate(op, *other, **kwargs)

        def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
            self._refuse(op, other)
            return super().reverse_operate(op, other, **kwargs)

    comparator_factory = Comparator


class avg(GenericFunction[Decimal]):
    """AVG, refused for exact columns."""

    inherit_cache = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if any(isinstance(getattr(one, "type", None), Exact) for one in args):
            raise TypeError("AVG is not exact on a scaled column: divide the sum in Python")
        super().__init__(*args, **kwargs)


# --- keys and the clock ----------------------------------------------------------------------------


def folded(words: str) -> str:
    """The key by which a text is sorted and searched: no case, no marks, single blanks."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFKC", bare).replace("ł", "l").replace("ø", "o").split())


def code_key(code: str) -> str:
    """The key that makes codes and numbers unique without regard to case."""
    return unicodedata.normalize("NFC", code).casefold()


def words_of(key: str) -> list[str]:
    """The words of a folded text without punctuation: “j.r.r. o’neill” is j, r, r, oneill."""
    return re.findall(r"[^\W_]+", re.sub("['’ʼ]", "", key))


def match_key(name: str) -> str | None:
    """The key by which records that may be the same are found: the words of a name in no order of theirs.

    “Facello, Georgi”, “Georgi Facello” and “GEORGI FACELLO” have one key. None: there is nothing to compare.
    """
    return " ".join(sorted(words_of(folded(name)))) or None


# What follows a surname and is none: Kurt Vonnegut Jr. is filed under V.
_AFTER_NAMES = {"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"}


def filed_name(name: str) -> str:
    """How a person is filed: last word first, a “Jr.” at the end, unless there is a comma or one word."""
    words = name.split()
    if "," in name or len(words) < 2:
        return " ".join(words)
    after = words.pop() if len(words) > 2 and words[-1].lower() in _AFTER_NAMES else ""
    return ", ".join(filter(None, (words[-1], " ".join(words[:-1]), after)))


def first_line(error: object) -> str:
    """The first line of what the database said of an error; the others are details for programmers."""
    return str(error).strip().splitlines()[0]


def record_id(text: str) -> int | None:
    """The number of a record in an address or a form; None for what no record can have (above 31 bits)."""
    return int(text) if text.isdecimal() and len(text) < 11 and int(text) < 2**31 else None


class Clock:
    """The one source of time. Tests replace `clock.now`."""

    @staticmethod
    def now() -> datetime:
        """This instant, with its time zone (the machine's, unless TIMEZONE says another)."""
        zone = current_app.config.get("TIMEZONE") if has_app_context() else None
        return datetime.now(ZoneInfo(zone)) if zone else datetime.now().astimezone()


clock = Clock()


def today() -> date:
    """The day it is in the configured time zone."""
    return clock.now().date()


# --- the engine ------------------------------------------------------------------------------------

# Said before the first statement of a request that will write: SQLite must take its write lock at once,
# since a reader that turns writer while another writes is refused without waiting.
will_write: ContextVar[bool] = ContextVar("will_write", default=False)
foreign_keys_wanted: ContextVar[bool] = ContextVar("foreign_keys_wanted", default=True)


# Whether this is long work: what is begun then may keep more of the file.
long_work: ContextVar[bool] = ContextVar("long_work", default=False)

# How much of the file each connection keeps, in KB. A page is as fast with 4 MB, since the system keeps the
# file too; 16 MB hold what an import of hundreds of thousands of rows goes back to.
KEPT_FOR_PAGES, KEPT_FOR_LONG_WORK = 4096, 16384

# The journal by which a statement with triggers could be taken back alone stays in memory: in a file it took
# longer than the rows.
SQLITE = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=20000",
    "temp_store=MEMORY",
    f"cache_size=-{KEPT_FOR_PAGES}",
)


@event.listens_for(Engine, "connect")
def _open_sqlite(connection: Any, record: Any) -> None:
    """Settings of a new SQLite connection; one that would not keep foreign keys is refused."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    wanted = int(foreign_keys_wanted.get())
    for pragma in (f"foreign_keys={wanted}", *SQLITE):
        connection.execute(f"PRAGMA {pragma}")
    if wanted and connection.execute("PRAGMA foreign_keys").fetchone() != (1,):
        raise RuntimeError("This SQLite does not keep foreign keys, so links could be orphaned.")


@event.listens_for(Engine, "connect")
def _open_postgresql(connection: Any, record: Any) -> None:
    """Settings of a new PostgreSQL connection: nothing is compiled for a statement.

    PostgreSQL does so where it takes a statement for a long one, which takes a second. What of a page looks
    long to it stops after a few rows.
    """
    if hasattr(connection, "pgconn"):  # psycopg is loaded only where it is used
        commits_itself, connection.autocommit = connection.autocommit, True  # a rollback would forget it
        connection.execute("SET jit = off")
        connection.autocommit = commits_itself


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        if long_work.get():
            cast(Any, connection.connection).execute(f"PRAGMA cache_size=-{KEPT_FOR_LONG_WORK}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if will_write.get() else "BEGIN DEFERRED")


# --- rules the database keeps ---------------------------------------------------------------------------


def explain(table: Table, constraint: str, sentence: str, field: str = "") -> None:
    """Say in words what a broken constraint means, and at which input of a form it is said."""
    table.info.setdefault("sentences", {})[constraint] = (sentence, field)


# What PostgreSQL ships: an exclusion constraint over text and a span needs the one, a search for parts of
# names the other.
EXTENSIONS = ("btree_gist", "pg_trgm")


@event.listens_for(Base.metadata, "before_create")
def make_extensions(target: MetaData | None, connection: Connection, **_: Any) -> None:
    """Have the extensions in a database of PostgreSQL."""
    if connection.dialect.name == "postgresql":
        for name in EXTENSIONS:
            connection.exec_driver_sql(f"CREATE EXTENSION IF NOT EXISTS {name}")
