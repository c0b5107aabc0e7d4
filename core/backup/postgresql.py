"""Dumps of a PostgreSQL database, made and read by PostgreSQL's own tools, and put back in one transaction.

`pg_restore` writes what is in a dump as SQL; it is sent over one connection, in which the old tables go, the
migrations run and the rows are counted. So all of it is kept, or nothing. (`pg_restore --clean` would leave
the tables that a newer schema has and the dump does not, and could not be followed by migrations.)
"""

import os
import re
import shutil
import subprocess  # nosec B404
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from core import schema
from core.backup.files import Fault, Manifest, bring_up_to_date, manifest_of
from core.db import Base, first_line, make_extensions

PATIENCE = "20s"
COPY = re.compile(rb"COPY .* FROM stdin;\n")
# What a connection of the application may be told, and only by Python.
NOT_FOR_TOOLS = {"autocommit", "prepare_threshold", "context", "row_factory", "cursor_factory"}
END_OF_COPY = b"\\.\n"
# To psql, which does not read along: the tools of newer versions fence their output in.
FOR_PSQL = (b"\\restrict ", b"\\unrestrict ")


# --- making one ------------------------------------------------------------------------------------


def dump(engine: Engine, to: Path) -> Manifest:
    """Dump the tables as they are at one moment, whoever writes meanwhile."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        tool = _tool("pg_dump", connection)
        manifest = manifest_of(connection)
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        place = connection.scalar(text("SELECT current_schema()"))
        words = [tool, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        words += [f"--table={_exactly(place)}.{_exactly(table)}" for table in manifest.rows]
        address, environment = _address(engine)
        words += [f"--file={to}", f"--dbname={address}", "--no-password"]
        done = subprocess.run(words, env=environment, capture_output=True, check=False)  # nosec B603
    if done.returncode:
        raise Fault(f"pg_dump could not read the database: {_first_line(done.stderr)} There is no backup.")
    return manifest


def _exactly(name: Any) -> str:
    """A name that stands for itself, where the tool would read a pattern."""
    return '"' + str(name).replace('"', '""') + '"'


def _tool(name: str, connection: Connection) -> str:
    """The tool, if it is as new as the server: an older one refuses to read."""
    tool = shutil.which(name)
    server = int((connection.dialect.server_version_info or (0,))[0])
    way_out = f"Install the PostgreSQL client of version {server} or newer (on Debian: postgresql-client)."
    if tool is None:
        raise Fault(f"This needs {name}, and it is not installed here. {way_out}")
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout  # nosec B603
    version = re.search(r"\) (\d+)", said)
    if version is None:
        raise Fault(f"{tool} does not say which version it is. {way_out}")
    if int(version[1]) < server:
        raise Fault(f"{tool} is of version {version[1]}, and the server of version {server}. {way_out}")
    return tool


def _address(engine: Engine) -> tuple[str, dict[str, str]]:
    """Where the application's own connections lead, as a tool is told it, and its environment.

    The password is in the environment: everybody on a machine can read a command line.
    """
    _words, options = engine.dialect.create_connect_args(engine.url)
    told = {name: str(value) for name, value in options.items() if name not in NOT_FOR_TOOLS}
    password = told.pop("password", None)
    address = " ".join(f"{name}={_quoted(value)}" for name, value in told.items())
    return address, {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": password} if password else {})}


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _first_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines() or ["it does not say why."]
    line = re.sub(r"^\w+: (?:error: )?", "", lines[0])
    return line if line.endswith(".") else f"{line}."


# --- putting it back -------------------------------------------------------------------------------


def restore(engine: Engine, data: Path, manifest: Manifest) -> None:
    """Replace the tables by those of the dump, at the schema of the code, in one transaction."""
    driver: Any = engine.dialect.dbapi
    with engine.connect() as connection:
        tool = _tool("pg_restore", connection)
        connection.rollback()
        try:
            with connection.begin():
                _clear(connection, manifest.rows)
                _send(connection, tool, data)
                bring_up_to_date(connection, manifest)
                connection.exec_driver_sql("ANALYZE")
        except DBAPIError as error:
            raise Fault(_in_words(error.orig)) from error
        except driver.Error as error:
            raise Fault(_in_words(error)) from error
        finally:
            connection.invalidate()  # the dump has set a few things for its session


def _clear(connection: Connection, tables: Iterable[str]) -> None:
    """Drop our tables, and nothing that somebody else has built on them."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    make_extensions(None, connection)
    ours = {*tables, *Base.metadata.tables, schema.VERSION_TABLE}
    there = sorted(ours & set(inspect(connection).get_table_names()))
    if there:
        names = ", ".join(connection.dialect.identifier_preparer.quote(table) for table in there)
        connection.exec_driver_sql(f"DROP TABLE {names}")


def _send(connection: Connection, tool: str, data: Path) -> None:
    """Let the tool write the dump as SQL, and send it."""
    words = [tool, "--no-owner", "--no-privileges", "--exit-on-error", "--file=-", str(data)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # nosec B603
        if running.stdout is None or running.stderr is None:
            raise AssertionError("both are pipes")
        cursor: Any = connection.connection.cursor()
        for statement, rows in _statements(running.stdout):
            if rows is None:
                cursor.execute(statement)
                continue
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write(row)
        cursor.close()
        said = running.stderr.read()
    if running.returncode:
        raise Fault(f"pg_restore cannot read the backup: {_first_line(said)} Nothing was restored.")
    connection.exec_driver_sql("RESET search_path")


def _statements(script: IO[bytes]) -> Iterator[tuple[bytes, Iterator[bytes] | None]]:
    """The statements of the script: all that stand between two COPY at once, and each COPY with its rows."""
    plain: list[bytes] = []
    for line in script:
        if COPY.fullmatch(line):
            yield b"".join(plain), None
            plain = []
            yield line, takewhile(lambda row: row != END_OF_COPY, script)
        elif not line.startswith(FOR_PSQL):
            plain.append(line)
    yield b"".join(plain), None


def _in_words(error: BaseException | None) -> str:
    said = first_line(error)
    if getattr(error, "sqlstate", None) == "55P03":
        return "The database is in use all the time. Stop Joinery, and restore then. Nothing was restored."
    return f"The database refused the backup: {said}. Nothing was restored."
