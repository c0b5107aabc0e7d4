"""A copy of everything while others work, and a restore that is whole or not at all."""

import json
import os
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.exc import IntegrityError

from core import schema
from core.backup import postgresql, sqlite
from core.db import db
from tests import cast, databases, factories
from tests.conftest import MIGRATIONS

ON_POSTGRESQL = bool(databases.SERVER)
only_on_postgresql = pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite needs no tools")
only_on_sqlite = pytest.mark.skipif(ON_POSTGRESQL, reason="the files of PostgreSQL are its own")


@pytest.fixture
def filled(make_app: Callable[..., Flask], filled_database: str) -> Flask:
    """An application with one of everything, whose database was made by the migrations."""
    app = make_app(SQLALCHEMY_DATABASE_URI=filled_database)
    with app.app_context():
        # A number that was given and taken back: it is not given again, after a restore neither.
        gone = factories.stay(factories.employee("Gone Tomorrow"), factories.department())
        db.session.delete(gone)
        db.session.commit()
        db.session.remove()
    return app


@pytest.fixture
def fresh(make_app: Callable[..., Flask], tmp_path: Path) -> Iterator[Flask]:
    """An application whose database has not even a table."""
    (folder := tmp_path / "fresh").mkdir()
    with databases.database(folder) as url:
        yield make_app(SQLALCHEMY_DATABASE_URI=url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (folder := tmp_path / "kept").mkdir()
    return folder / "joinery.backup"


@pytest.fixture
def kept(filled: Flask, file: Path) -> Path:
    """A backup of the filled database."""
    answer = run(filled, "backup", file)
    assert answer.exit_code == 0, answer.output
    return file


def run(app: Flask, *words: Any, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(args=[str(word) for word in words], input=typed)


def everything(app: Flask) -> dict[str, Any]:
    """Every row of every table, what the catalogue says, and the next number of each sequence."""
    with app.app_context(), db.engine.connect() as connection:
        quoted = connection.dialect.identifier_preparer.quote
        found: dict[str, Any] = {
            table: sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {quoted(table)}")))
            for table in sa.inspect(connection).get_table_names()
        }
        numbers = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
        if connection.dialect.name == "sqlite":
            numbers = "SELECT name, seq FROM sqlite_sequence"
        found["numbers"] = sorted(map(repr, connection.exec_driver_sql(numbers)))
        return found | schema.catalogue(connection)


def execute(app: Flask, *statements: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


CHANGES = (
    "DELETE FROM department_employee_link",
    "UPDATE employee SET name = 'Somebody Else' WHERE number = '1001'",
    "INSERT INTO role (name) VALUES ('somebody new')",
)


# --- there and back --------------------------------------------------------------------------------


def test_everything_comes_back_as_it_was(filled: Flask, kept: Path) -> None:
    before = everything(filled)
    execute(filled, *CHANGES)
    assert everything(filled) != before
    answer = run(filled, "restore", kept, "--yes")
    assert answer.exit_code == 0, answer.output
    assert "Restored." in answer.output
    assert everything(filled) == before


def test_it_comes_back_where_there_was_nothing_and_nothing_is_asked(
    filled: Flask, kept: Path, fresh: Flask
) -> None:
    answer = run(fresh, "restore", kept)
    assert answer.exit_code == 0, answer.output
    assert everything(fresh) == everything(filled)


def test_numbers_go_on_and_the_rules_of_the_database_hold(kept: Path, fresh: Flask) -> None:
    run(fresh, "restore", kept)
    with fresh.app_context():
        last = db.session.scalar(sa.text("SELECT max(id) FROM department_employee_link"))
        ann, it = (
            db.session.get_one(factories.Employee, "1001"),
            db.session.get_one(factories.Department, "IT"),
        )
        sales = db.session.get_one(factories.Department, "SALES")
        assert factories.stay(ann, sales).id == last + 2, "the number that was taken back is not given again"
        with pytest.raises(IntegrityError):
            factories.stay(ann, it)
        db.session.remove()


def test_the_restored_application_serves_pages(filled: Flask, kept: Path, fresh: Flask) -> None:
    client = fresh.test_client()
    run(fresh, "restore", kept)
    assert client.get("/healthz").text == "ok\n"
    typed = {"email": "edith@example.org", "password": cast.PASSWORD}
    assert client.post("/sign-in", data=typed).status_code == 303
    assert "Ann Lee" in client.get("/hr/employees/1001").text


def test_an_older_backup_is_brought_to_the_schema_of_the_code(
    filled: Flask, file: Path, fresh: Flask
) -> None:
    stays = everything(filled)["department_employee_link"]
    with filled.app_context():
        flask_migrate.downgrade(MIGRATIONS, "0001")
    assert "schema 0001" in run(filled, "backup", file).output
    flask_upgrade(filled)
    answer = run(filled, "restore", file, "--yes")
    assert answer.exit_code == 0, answer.output
    with filled.app_context():
        assert f"The schema was 0001; it was brought to {schema.head()}." in answer.output
    assert filled.test_client().get("/healthz").text == "ok\n"
    run(fresh, "restore", file)
    assert everything(fresh) == everything(filled)
    assert everything(fresh)["department_employee_link"] == stays != []


def flask_upgrade(app: Flask) -> None:
    with app.app_context():
        flask_migrate.upgrade(MIGRATIONS)


# --- while others work -----------------------------------------------------------------------------


def test_what_is_not_committed_is_not_in_it_and_nobody_waits(filled: Flask, file: Path, fresh: Flask) -> None:
    before = everything(filled)
    with filled.app_context(), db.engine.connect() as writer:
        with writer.begin():
            writer.exec_driver_sql("INSERT INTO role (name) VALUES ('half done')")
            assert run(filled, "backup", file).exit_code == 0
        assert writer.exec_driver_sql("SELECT count(*) FROM role WHERE name = 'half done'").scalar() == 1
    run(fresh, "restore", file)
    assert everything(fresh)["role"] == before["role"]


class Writer(Thread):
    """Stores two roles at a time, again and again: a copy that has one without the other is torn."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app, self.stored, self.enough = app, 0, Event()
        self.has_begun = Event()

    def run(self) -> None:
        while not self.enough.is_set():
            execute(
                self.app,
                f"INSERT INTO role (name) VALUES ('left {self.stored}')",
                f"INSERT INTO role (name) VALUES ('right {self.stored}')",
            )
            self.stored += 1
            self.has_begun.set()


def test_a_copy_is_one_moment_while_somebody_writes(filled: Flask, file: Path, fresh: Flask) -> None:
    writer = Writer(filled)
    writer.start()
    try:
        assert writer.has_begun.wait(30)
        answer = run(filled, "backup", file)
    finally:
        writer.enough.set()
        writer.join()
    assert answer.exit_code == 0, answer.output
    run(fresh, "restore", file)
    with fresh.app_context():
        names = set(db.session.scalars(sa.text("SELECT name FROM role")))
        db.session.remove()
    assert {f"left {n}" in names for n in range(writer.stored)} >= {True}
    assert [n for n in range(writer.stored) if (f"left {n}" in names) != (f"right {n}" in names)] == []


# --- the file --------------------------------------------------------------------------------------


def test_the_file_is_for_its_owner_and_stands_alone(kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_it_says_what_is_in_it(filled: Flask, file: Path) -> None:
    said = run(filled, "backup", file).output
    with zipfile.ZipFile(file) as packed:
        manifest = json.loads(packed.read("manifest.json"))
    assert manifest["rows"]["employee"] == len(everything(filled)["employee"])
    assert manifest["database"] == ("postgresql" if ON_POSTGRESQL else "sqlite")
    assert f"{sum(manifest['rows'].values()) - 1} rows" in said


def test_a_file_that_is_there_is_left_alone(filled: Flask, file: Path) -> None:
    file.write_text("my thesis")
    answer = run(filled, "backup", file)
    assert (answer.exit_code, file.read_text()) == (1, "my thesis")
    assert "is there already" in answer.output
    assert run(filled, "backup", file, "--force").exit_code == 0
    assert zipfile.is_zipfile(file)


@pytest.mark.parametrize("place", ["missing/joinery.backup", "."])
def test_a_place_where_nothing_can_be_written(filled: Flask, tmp_path: Path, place: str) -> None:
    answer = run(filled, "backup", tmp_path / place)
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert len(answer.output.splitlines()) == 1


def test_a_backup_that_fails_leaves_nothing_behind(
    filled: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("yesterday's")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(schema, "row_counts", full)
    answer = run(filled, "backup", file, "--force")
    assert answer.exit_code == 1
    assert "No space left on device. There is no backup." in answer.output
    assert [(path.name, path.read_text()) for path in file.parent.iterdir()] == [(file.name, "yesterday's")]


def test_a_database_that_was_never_prepared_is_not_worth_a_file(fresh: Flask, file: Path) -> None:
    answer = run(fresh, "backup", file)
    assert (answer.exit_code, file.exists()) == (1, False)
    assert "flask db upgrade" in answer.output


# --- asked before anything is replaced -------------------------------------------------------------


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_it_asks_first(filled: Flask, kept: Path, typed: str) -> None:
    execute(filled, *CHANGES)
    before = everything(filled)
    answer = run(filled, "restore", kept, typed=typed)
    assert answer.exit_code == 1
    assert "rows now. They go, with whatever was stored since the backup." in answer.output
    assert "Replace everything?" in answer.output
    assert everything(filled) == before


def test_yes_is_yes(filled: Flask, kept: Path) -> None:
    before = everything(filled)
    execute(filled, *CHANGES)
    assert run(filled, "restore", kept, typed="y\n").exit_code == 0
    assert everything(filled) == before


# --- what is refused, with nothing lost ------------------------------------------------------------


def refused(app: Flask, file: Path) -> str:
    """What is said of a file that cannot be restored; the database is as it was."""
    before = everything(app)
    answer = run(app, "restore", file, "--yes")
    assert answer.exit_code == 1, answer.output
    assert isinstance(answer.exception, SystemExit), "a sentence, not a traceback"
    assert everything(app) == before
    return answer.output.splitlines()[-1]


def repacked(kept: Path, manifest: dict[str, Any] | None = None, data: bytes | None = None) -> None:
    """The same backup with something else in it."""
    with zipfile.ZipFile(kept) as packed:
        said = json.loads(packed.read("manifest.json")) | (manifest or {})
        [name] = [one for one in packed.namelist() if one != "manifest.json"]
        content = packed.read(name) if data is None else data
    with zipfile.ZipFile(kept, "w") as packed:
        packed.writestr("manifest.json", json.dumps(said))
        packed.writestr(name, content)


@pytest.mark.parametrize(
    "content", [b"", b"code,name\nIT,Information\n", b"PGDMP\x01\x0e", b"SQLite format 3\0"]
)
def test_a_file_of_another_kind(filled: Flask, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert "is not a backup of Joinery" in refused(filled, file)


@pytest.mark.parametrize("manifest", [None, b"", b"[]", b'{"rows": {}}', b'{"joinery_backup": 1}'])
def test_an_archive_of_something_else(filled: Flask, file: Path, manifest: bytes | None) -> None:
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("word/document.xml", "<w:document/>")
        if manifest is not None:
            packed.writestr("manifest.json", manifest)
    assert "is not a backup of Joinery" in refused(filled, file)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_half_a_file(filled: Flask, kept: Path, part: float) -> None:
    content = kept.read_bytes()
    kept.write_bytes(content[: int(len(content) * part)])
    assert "only a part of one. Nothing was restored." in refused(filled, kept)


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_one_wrong_byte(filled: Flask, kept: Path, place: float) -> None:
    content = bytearray(kept.read_bytes())
    with zipfile.ZipFile(kept) as packed:
        [data] = [one for one in packed.infolist() if one.filename != "manifest.json"]
    content[data.header_offset + 100 + int(data.compress_size * place) % data.compress_size] ^= 0xFF
    kept.write_bytes(content)
    assert "is damaged" in refused(filled, kept)


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"revision": "9999"}, "made by a newer Joinery: its schema is 9999"),
        ({"joinery_backup": 2}, "was made by a newer Joinery. Upgrade this one first."),
        ({"database": "oracle"}, "is not a backup of Joinery"),
        ({"rows": {"employee": 7, "alembic_version": 1}}, "does not hold what it says it holds"),
        ({"revision": "0001"}, "does not hold what it says it holds"),
    ],
)
def test_a_backup_that_does_not_fit(filled: Flask, kept: Path, manifest: dict[str, Any], said: str) -> None:
    repacked(kept, manifest)
    assert said in refused(filled, kept)


def test_a_backup_of_the_other_database(filled: Flask, kept: Path) -> None:
    repacked(kept, {"database": "sqlite" if ON_POSTGRESQL else "postgresql"})
    said = refused(filled, kept)
    assert "This is a backup of " in said
    assert "this Joinery keeps its data in " in said


def test_content_that_the_database_cannot_read(filled: Flask, kept: Path) -> None:
    """The archive is whole, and what is in it never was."""
    with zipfile.ZipFile(kept) as packed:
        [name] = [one for one in packed.namelist() if one != "manifest.json"]
        content = packed.read(name)
    repacked(kept, data=content[: len(content) * 2 // 3])
    assert "Nothing was restored." in refused(filled, kept)


def test_a_migration_that_fails_leaves_all_as_it_was(
    filled: Flask, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: sa.Connection) -> None:
        connection.exec_driver_sql("DELETE FROM role")
        connection.exec_driver_sql("SELECT no_such_thing FROM role")

    monkeypatch.setattr(schema, "upgrade", fail)
    execute(filled, *CHANGES)
    assert "Nothing was restored." in refused(filled, kept)


def test_a_database_of_a_newer_application_is_not_touched(filled: Flask, kept: Path) -> None:
    execute(filled, "UPDATE alembic_version SET version_num = '9999'")
    assert "The database here is newer than this Joinery" in refused(filled, kept)


def test_a_database_that_somebody_is_writing(
    filled: Flask, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0.0)
    monkeypatch.setattr(postgresql, "PATIENCE", "1ms")
    with filled.app_context(), db.engine.connect() as writer:
        writer.exec_driver_sql("UPDATE employee SET version = 7")
        assert "Stop Joinery, and restore then." in refused(filled, kept)
        writer.rollback()


def test_a_database_that_does_not_answer(make_app: Callable[..., Flask], file: Path, kept: Path) -> None:
    nowhere = (
        "postgresql://nobody:secret@127.0.0.1:9/nothing" if ON_POSTGRESQL else "sqlite:////nowhere/at/all.db"
    )
    app = make_app(SQLALCHEMY_DATABASE_URI=nowhere)
    for words in (("backup", file.with_name("another")), ("restore", kept, "--yes")):
        answer = run(app, *words)
        assert answer.exit_code == 1
        said = answer.output.splitlines()[-1]
        assert said.startswith("Error: The database ")
        assert "secret" not in answer.output


# --- SQLite ----------------------------------------------------------------------------------------


@only_on_sqlite
def test_a_damaged_database_is_replaced(filled: Flask, kept: Path, filled_database: str) -> None:
    before = everything(filled)
    with filled.app_context():
        db.engine.dispose()
    path = Path(filled_database.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    content[8192 : len(content) // 2] = os.urandom(len(content) // 2 - 8192)
    path.write_bytes(content)
    answer = run(filled, "restore", kept, "--yes")
    assert answer.exit_code == 0, answer.output
    assert everything(filled) == before


@only_on_sqlite
def test_whoever_reads_meanwhile_sees_the_old_or_the_new(filled: Flask, kept: Path) -> None:
    stays = len(everything(filled)["department_employee_link"])
    execute(filled, *CHANGES)
    with filled.app_context(), db.engine.connect() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM department_employee_link").scalar() == 0
        assert run(filled, "restore", kept, "--yes").exit_code == 0
        assert reader.exec_driver_sql("SELECT count(*) FROM department_employee_link").scalar() == 0
        reader.rollback()
        assert reader.exec_driver_sql("SELECT count(*) FROM department_employee_link").scalar() == stays > 0


@only_on_sqlite
def test_the_data_opens_with_any_tool(kept: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(kept) as packed:
        packed.extract("joinery.db", tmp_path)
    with closing(sqlite3.connect(tmp_path / "joinery.db")) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert copy.execute("SELECT name FROM employee WHERE number = '1001'").fetchone() == ("Ann Lee",)


# --- PostgreSQL ------------------------------------------------------------------------------------


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Puts a tool of this name, which does this, before all others: tools("pg_dump", "exit 1")."""
    (folder := tmp_path / "tools").mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)

    def put(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    return put


@only_on_postgresql
def test_the_password_is_not_on_the_command_line(
    filled: Flask,
    make_app: Callable[..., Flask],
    filled_database: str,
    file: Path,
    tmp_path: Path,
    tools: Callable[[str, str], None],
) -> None:
    """Everybody on a machine can read the command lines of everybody."""
    tool = shutil.which("pg_dump")
    tools("pg_dump", f'echo "$*" >> {tmp_path}/words; env > {tmp_path}/environment; exec {tool} "$@"')
    password = "it's not \\easy"  # nosec: of a server that asks for none
    url = sa.make_url(filled_database)
    url = url.set(password=url.password or password)
    app = make_app(SQLALCHEMY_DATABASE_URI=url.render_as_string(hide_password=False))
    answer = run(app, "backup", file)
    assert answer.exit_code == 0, answer.output
    assert url.password is not None
    assert str(url.password) not in (tmp_path / "words").read_text()
    assert f"PGPASSWORD={url.password}\n" in (tmp_path / "environment").read_text()


@only_on_postgresql
@pytest.mark.parametrize(("name", "words"), [("pg_dump", ["backup"]), ("pg_restore", ["restore", "--yes"])])
def test_tools_that_are_missing_or_too_old(
    filled: Flask,
    kept: Path,
    name: str,
    words: list[str],
    tools: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = kept.with_name("another") if name == "pg_dump" else kept
    tools(name, f'echo "{name} (PostgreSQL) 9.6.24"')
    answer = run(filled, *words, file)
    assert answer.exit_code == 1
    assert "is of version 9, and the server of version" in answer.output
    monkeypatch.setenv("PATH", "/nowhere")
    answer = run(filled, *words, file)
    assert answer.exit_code == 1
    assert f"This needs {name}, and it is not installed here. Install the PostgreSQL client" in answer.output


@only_on_postgresql
def test_a_tool_that_fails_leaves_no_file(
    filled: Flask, file: Path, tools: Callable[[str, str], None]
) -> None:
    tools(
        "pg_dump",
        'case "$1" in --version) echo "pg_dump (PostgreSQL) 99.1";; '
        "*) echo 'pg_dump: error: permission denied' >&2; exit 1;; esac",
    )
    answer = run(filled, "backup", file)
    assert (answer.exit_code, list(file.parent.iterdir())) == (1, [])
    assert "pg_dump could not read the database: permission denied. There is no backup." in answer.output


@only_on_postgresql
def test_what_others_built_on_the_tables_is_not_swept_away(filled: Flask, kept: Path) -> None:
    execute(filled, "CREATE VIEW ours AS SELECT name FROM employee")
    assert "The database refused the backup: " in refused(filled, kept)
    execute(filled, "DROP VIEW ours")
    execute(filled, "CREATE TABLE a_neighbour (id integer)", "INSERT INTO a_neighbour VALUES (7)")
    assert run(filled, "restore", kept, "--yes").exit_code == 0
    assert everything(filled)["a_neighbour"] == ["(7,)"]
