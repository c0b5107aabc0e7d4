"""The schema: which revision the database has, which one the code needs, and what its catalogue says."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import StaticPool

from core import migrating
from core.db import Base
from core.parts import PREFIX

VERSION_TABLE = "alembic_version"
Catalogue = dict[str, set[str]]


# --- revisions -------------------------------------------------------------------------------------


@cache
def _revisions(root: str) -> tuple[str, ...]:
    """Read, and not run: Alembic, which would run them all, is not loaded for a look at the health."""
    files = map(_said, Path(root, "migrations", "versions").glob("*.py"))
    known = [said for said in files if "revision" in said]
    after = {said.get("down_revision"): said["revision"] for said in known}
    revisions: list[str] = []
    while following := after.get(revisions[-1] if revisions else None):
        revisions.append(following)
    if len(revisions) != len(known):
        raise RuntimeError("The migrations do not follow one another in one line: see `flask db history`.")
    return tuple(reversed(revisions))


def _said(path: Path) -> dict[str, Any]:
    """What the variables of a migration are that are plain values, in whatever way they are written."""
    said = {}
    for line in ast.parse(path.read_bytes()).body:
        names = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
        value = getattr(line, "value", None)
        if isinstance(names[0], ast.Name) and isinstance(value, ast.Constant):
            said[names[0].id] = value.value
    return said


def known_revisions() -> tuple[str, ...]:
    """The revisions that this code knows, the newest first."""
    return _revisions(current_app.root_path)


def head() -> str:
    """The revision that this code needs."""
    return known_revisions()[0]


def revision_of(connection: Connection) -> str | None:
    """The revision that the database has; None if it was never prepared. Two statements."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    revision: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # nosec B608
    return revision


def upgrade(connection: Connection) -> None:
    """Bring the database of this connection to `head`; a transaction that runs already goes on."""
    migrating.upgrade(connection)


def row_counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has, that of the revision included; what indexes keep is none."""
    quoted = connection.dialect.identifier_preparer.quote
    return {
        table: connection.scalar(text(f"SELECT count(*) FROM {quoted(table)}")) or 0  # nosec B608
        for table in sorted(inspect(connection).get_table_names())
        if not table.startswith(PREFIX)
    }


# --- the catalogue: what the database knows about its tables -------------------------------------------

# What PostgreSQL knows about a schema, each as one sentence.
POSTGRESQL = {
    "columns": """
        SELECT format('%s.%s %s collate %s %s default %s', c.relname, a.attname,
                      format_type(a.atttypid, a.atttypmod), coalesce(l.collname, '-'),
                      CASE WHEN a.attnotnull THEN 'not null' ELSE 'null' END,
                      coalesce(pg_get_expr(d.adbin, d.adrelid), '-'))
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
          AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraints": """
        SELECT format('%s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND conrelid <> 0""",
    "indexes": """
        SELECT replace(indexdef, ' ON ' || quote_ident(schemaname) || '.', ' ON ')
        FROM pg_indexes WHERE schemaname = current_schema()""",
    "triggers": """
        SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT tgisinternal AND c.relnamespace = current_schema()::regnamespace""",
    "sequences": """
        SELECT format('%s %s', sequencename, data_type)
        FROM pg_sequences WHERE schemaname = current_schema()""",
}


def catalogue(connection: Connection) -> Catalogue:
    """Everything the database knows about its tables, except the one in which Alembic keeps its place.

    Alembic's own comparison sees neither triggers nor exclusion constraints.
    """
    if connection.dialect.name == "sqlite":
        return _of_sqlite(connection)
    found = {kind: set(connection.scalars(text(query))) for kind, query in POSTGRESQL.items()}
    return {
        kind: {_plain(line) for line in lines if VERSION_TABLE not in line} for kind, lines in found.items()
    }


def _plain(line: str) -> str:
    """A list of words in a CHECK without its casts: PostgreSQL writes them elsewhere after a dump."""
    line = re.sub(r"::(?:character varying|text)(?:\[\])?", "", line)
    line = re.sub(r"\(('(?:[^']|'')*')\)", r"\1", line)
    return re.sub(r"\(\((ARRAY\[[^\]]*\])\)\)", r"(\1)", line)


def _of_sqlite(connection: Connection) -> Catalogue:
    """SQLite keeps the statements: a table is compared by its columns and constraints, in whatever order."""
    rows = connection.exec_driver_sql(
        "SELECT type, name, coalesce(sql, '') FROM sqlite_master "
        "WHERE tbl_name NOT IN ('alembic_version', 'sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4')"
    ).all()
    found: Catalogue = {"columns": set(), "constraints": set(), "indexes": set(), "triggers": set()}
    for kind, name, statement in rows:
        statement = " ".join(statement.replace('"', "").split())
        if kind == "table":
            found["columns"] |= {
                f"{name} {tuple(column)[1:]}"
                for column in connection.exec_driver_sql(f'PRAGMA table_xinfo("{name}")').all()
            }
            found["constraints"] |= {f"{name}: {one}" for one in _clauses(statement) if _is_constraint(one)}
            found["columns"] |= {f"{name}: {one}" for one in _clauses(statement) if not _is_constraint(one)}
        else:
            found["indexes" if kind == "index" else "triggers"].add(f"{name}: {statement}")
    return found


def _clauses(create_table: str) -> Iterator[str]:
    """What stands between the commas of a CREATE TABLE, but not between those inside of brackets."""
    depth, clause = 0, ""
    for sign in create_table[create_table.index("(") + 1 : create_table.rindex(")")]:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            yield clause.strip()
            clause = ""
        else:
            clause += sign
    yield clause.strip()


def _is_constraint(clause: str) -> bool:
    return re.match(r"(CONSTRAINT|PRIMARY KEY|FOREIGN KEY|UNIQUE|CHECK)\b", clause) is not None


def wanted_catalogue(connection: Connection) -> Catalogue:
    """What the catalogue would be if the models had just made it, beside the data and gone again."""
    if connection.dialect.name == "sqlite":
        aside = create_engine("sqlite://", poolclass=StaticPool)
        try:
            with aside.begin() as scratch:
                Base.metadata.create_all(scratch)
                return catalogue(scratch)
        finally:
            aside.dispose()
    with connection.begin_nested() as nothing_stays:
        connection.exec_driver_sql("CREATE SCHEMA joinery_doctor")
        # The first is where tables are made; what extensions brought is somewhere in the others.
        place = connection.scalar(text("SHOW search_path"))
        connection.exec_driver_sql(f"SET LOCAL search_path TO joinery_doctor, {place}")
        Base.metadata.create_all(connection, checkfirst=False)
        found = catalogue(connection)
        nothing_stays.rollback()
    return found
