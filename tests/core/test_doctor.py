"""`flask doctor`: the database is what the code takes it for; each slip is found, and nothing is changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from core.db import db
from tests import databases
from tests.conftest import MIGRATIONS

ON_POSTGRESQL = bool(databases.SERVER)
only_on_sqlite = pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL keeps its keys by other means")
only_on_postgresql = pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite keeps its keys by other means")


@pytest.fixture
def filled(make_app: Callable[..., Flask], filled_database: str) -> Flask:
    """An application with one of everything, whose database was made by the migrations."""
    return make_app(SQLALCHEMY_DATABASE_URI=filled_database)


def doctor(app: Flask) -> Result:
    answer = app.test_cli_runner().invoke(args=["doctor"])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    return answer


def problems(app: Flask) -> dict[str, list[str]]:
    """What is not well, with its places."""
    found: dict[str, list[str]] = {}
    answer = doctor(app)
    for line in answer.output.splitlines():
        if line.startswith("problem  "):
            found[words := line.removeprefix("problem  ").rsplit(":", 1)[0]] = []
        elif line.startswith("         "):
            found[words].append(line.strip().removeprefix("- "))
    assert answer.exit_code == (1 if found else 0), answer.output
    return found


@contextmanager
def unkept(app: Flask) -> Iterator[Callable[[str], Any]]:
    """A way to write past every rule of the database, as a script or an older version might have."""
    with app.app_context(), db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        on_sqlite = connection.dialect.name == "sqlite"
        driver.execute("PRAGMA foreign_keys=OFF" if on_sqlite else "SET session_replication_role = replica")
        yield driver.execute
        if on_sqlite:
            driver.execute("PRAGMA foreign_keys=ON")
        else:
            driver.execute("SET session_replication_role = origin")
            driver.execute("COMMIT")


def write(app: Flask, *statements: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


CATALOGUE = "tables, indexes, triggers and constraints are as the models say"
ORPHANS = "every row that refers to another finds it"
CASCADE = "rows follow a changed key and go with a deleted row (tried, and rolled back)"


def test_all_is_well(filled: Flask) -> None:
    answer = doctor(filled)
    assert answer.exit_code == 0, answer.output
    lines = answer.output.splitlines()
    assert len(lines) > 12
    assert [line for line in lines if not line.startswith("ok       ")] == []
    assert f"ok       {CASCADE}" in lines
    assert any(line.startswith("ok       Staffing: ") for line in lines)
    assert any(line.startswith("ok       Books: ") for line in lines)


def test_nothing_is_changed(filled: Flask) -> None:
    def rows() -> dict[str, list[Any]]:
        with filled.app_context(), db.engine.connect() as connection:
            return {
                name: sorted(map(repr, connection.execute(sa.select(table))))
                for name, table in db.metadata.tables.items()
            }

    before = rows()
    doctor(filled)
    assert rows() == before


def test_an_empty_database_is_well(make_app: Callable[..., Flask], migrated_database: str) -> None:
    assert problems(make_app(SQLALCHEMY_DATABASE_URI=migrated_database)) == {}


def test_an_older_schema_is_said_before_all_else(filled: Flask) -> None:
    with filled.app_context():
        flask_migrate.downgrade(MIGRATIONS, "0001")
    [places] = problems(filled).values()
    assert places == ["it is 0001: flask db upgrade. The rest is looked at after that."]


def test_a_database_that_was_never_prepared(make_app: Callable[..., Flask], empty_database: str) -> None:
    [places] = problems(make_app(SQLALCHEMY_DATABASE_URI=empty_database)).values()
    assert places == ["it is not prepared: flask db upgrade. The rest is looked at after that."]


def test_a_database_that_does_not_answer(make_app: Callable[..., Flask]) -> None:
    answer = doctor(make_app(SQLALCHEMY_DATABASE_URI="postgresql://nobody:secret@127.0.0.1:9/nothing"))
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert "secret" not in answer.output


SLIPS = {"an index": ("DROP INDEX ix_author_name_key", "among the indexes", "ix_author_name_key")}
SLIPS |= (
    {
        "an exclusion constraint": (
            "ALTER TABLE department_employee_link DROP CONSTRAINT ex_department_employee_link_pair",
            "among the constraints",
            "ex_department_employee_link_pair EXCLUDE USING gist",
        ),
        "what follows a key": (
            "ALTER TABLE address DROP CONSTRAINT fk_address_employee_number_employee, ADD CONSTRAINT "
            "fk_address_employee_number_employee FOREIGN KEY (employee_number) REFERENCES employee "
            "ON DELETE CASCADE",
            "among the constraints",
            "fk_address_employee_number_employee",
        ),
    }
    if ON_POSTGRESQL
    else {
        "a trigger": (
            "DROP TRIGGER ex_department_employee_link_pair_update",
            "among the triggers",
            "ex_department_employee_link_pair_update",
        )
    }
)


@pytest.mark.parametrize("slip", SLIPS)
def test_what_is_missing_in_the_catalogue(filled: Flask, slip: str) -> None:
    statement, kind, name = SLIPS[slip]
    write(filled, statement)
    places = problems(filled)[CATALOGUE]
    assert any(kind in place and name in place for place in places), places


@only_on_postgresql
def test_a_key_that_rows_do_not_follow(filled: Flask) -> None:
    write(filled, SLIPS["what follows a key"][0])
    [place] = problems(filled)[CASCADE]
    assert place.startswith("employee.number cannot be changed: ")
    assert "fk_address_employee_number_employee" in place


@only_on_sqlite
def test_keys_that_nobody_keeps(filled: Flask) -> None:
    """As a connection was before the application set it: the orphans would come silently."""

    def let_go(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA foreign_keys=OFF")

    with filled.app_context():
        db.engine.dispose()
        sa.event.listen(db.engine, "connect", let_go)
    found = problems(filled)
    assert found["foreign keys are kept"] == ["the database says 0"]
    assert "a note stayed when its account was deleted" in found[CASCADE]
    assert "address.employee_number does not follow employee.number: orphans" in found[CASCADE]


@only_on_postgresql
def test_keys_that_are_switched_off(filled: Flask) -> None:
    write(filled, "ALTER TABLE post DISABLE TRIGGER ALL", 'ALTER TABLE "user" DISABLE TRIGGER ALL')
    found = problems(filled)
    assert found["foreign keys are kept"] == ["the database says switched off on post"]
    assert "a note stayed when its account was deleted" in found[CASCADE]


@only_on_sqlite
def test_an_index_of_names_that_lost_its_way_is_found_and_made_anew(filled: Flask) -> None:
    write(
        filled,
        "DELETE FROM parts_of_employee WHERE parts_of_employee MATCH '\"lee\"'",
        "INSERT INTO parts_of_author (rowid, words) VALUES (77, 'nobody')",
        # Beside the index, so that it says another thing than what it was made from.
        "DELETE FROM parts_of_book_content",
    )
    author, book, employee = problems(filled)["records are found by the parts of their names (flask recount)"]
    assert (author, employee) == ("parts_of_author: 1 of author", "parts_of_employee: 1 of employee")
    assert book.startswith("parts_of_book is damaged: ")
    assert filled.test_cli_runner().invoke(args=["recount"]).exit_code == 0
    assert not problems(filled)


def test_orphans(filled: Flask) -> None:
    with unkept(filled) as execute:
        execute("INSERT INTO address (employee_number, kind, lines) VALUES ('77', 'home', 'nowhere')")
        execute("DELETE FROM book")
    found = problems(filled)[ORPHANS]
    assert "address.employee_number is '77', which employee has not" in found
    assert found.count("author_book.book_id is 1, which book has not") == 2


def test_a_key_of_two_columns_is_one_key(filled: Flask) -> None:
    """A subject of a change that is not there: others of its save are, but none of that number."""
    with unkept(filled) as execute:
        there = "SELECT 'book:7', min(change_set_id), 999 FROM change"
        execute(f"INSERT INTO change_subject (subject, change_set_id, number) {there}")
    with filled.app_context():
        first = db.session.execute(sa.text("SELECT min(change_set_id) FROM change")).scalar_one()
    (found,) = problems(filled)[ORPHANS]
    assert found == f"change_subject.change_set_id, number is ({first}, 999), which change has not"


def test_twenty_places_are_shown_and_the_others_counted(filled: Flask) -> None:
    with unkept(filled) as execute:
        for number in range(25):
            execute(f"INSERT INTO address (employee_number, kind, lines) VALUES ('{number}', 'home', 'x')")
    assert f"problem  {ORPHANS}: 25\n" in doctor(filled).output
    assert len(found := problems(filled)[ORPHANS]) == 21
    assert found[-1] == "and 5 more"


@only_on_sqlite
def test_a_busy_database_is_said(filled: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with filled.app_context(), db.engine.connect() as writer:
        impatient = [lambda connection, *_: connection.execute("PRAGMA busy_timeout=1")]
        db.engine.pool.dispose()
        sa.event.listen(db.engine, "connect", impatient[0])
        writer.exec_driver_sql("DELETE FROM post")
        found = problems(filled)
        writer.rollback()
    assert found[CASCADE] == ["it could not be tried: database is locked"]
