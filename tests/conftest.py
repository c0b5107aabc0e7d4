"""What the tests stand on: a database, an application, people who are signed in, a clock, a counter.

The suite runs on SQLite. With TEST_DATABASE_URL it runs on that PostgreSQL server instead, in databases of
its own ("make test-postgres" starts a server for it). Nothing here ever touches DATABASE_URL.
"""

import gc
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

import core.remembered
from app import create_app
from core.db import clock, db
from core.models import User
from tests import cast as people
from tests import databases, world

ROOT = Path(__file__).parent.parent
MIGRATIONS = str(ROOT / "migrations")
SETTINGS = {
    "TESTING": True,
    "SECRET_KEY": "only for tests",
    # Nobody works beside the tests: they call the worker themselves.
    "JOBS": "never",
    "WTF_CSRF_ENABLED": False,
    # argon2 is slow on purpose; these are its smallest settings
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__time_cost": 1,
        "argon2__memory_cost": 8,
        "argon2__parallelism": 1,
    },
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--browser-tests", action="store_true", help="run the tests that need Chromium as well")


def pytest_configure() -> None:
    """Forget whose data this shell works on: no test may ever meet it."""
    os.environ.pop("DATABASE_URL", None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Everything below tests/browser is a browser test, and is left out unless asked for."""
    for item in items:
        if (ROOT / "tests" / "browser") in item.path.parents:
            item.add_marker("browser")
            if not config.getoption("--browser-tests"):
                item.add_marker(pytest.mark.skip(reason="needs Chromium: run with --browser-tests"))


def pytest_collection_finish() -> None:
    """Leave alone what is there for good: going through it again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


# --- the application and its database ------------------------------------------------------------------


@event.listens_for(Engine, "connect")
def _promise_no_order(connection: Any, _record: Any) -> None:
    """Let SQLite give rows from last to first where no order is asked for.

    A page or a test that leans on the order in which rows happen to come fails here at every run, and not
    once in a hundred runs on PostgreSQL.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects=ON")


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Replaces a fixture of pytest-flask that would let all clients of a test share one signed-in person."""


class Client(FlaskClient):
    """A browser without a screen, whose requests know nothing of the application context the test is in.

    So a test may use `db.session` and ask for pages in turn: each request has a session of its own, and the
    test's own session reads anew what the request stored.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            session = db.session()
            if session.new or session.dirty or session.deleted:
                raise AssertionError("commit what the test has prepared before it asks for a page")
            session.rollback()
        response = Context().run(super().open, *args, **kwargs)
        for answer in (*response.history, response):
            answer.request.environ["wsgi.input"].close()  # werkzeug leaves a large upload's file open
        if has_app_context():
            db.session.rollback()
        return response

    def __enter__(self) -> "Client":
        raise TypeError("requests of this client have a context of their own, which ends with them")

    def sign_in(self, user: User) -> "Client":
        """Be this person from now on, without the page that asks for a password."""
        signed_in = people.session_of(self.application, user)
        with self.session_transaction() as session:
            session.clear()
            session.update(signed_in)
        return self


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table."""
    with databases.database(tmp_path) as url:
        yield url


@contextmanager
def working_on(url: str) -> Iterator[Flask]:
    """An application on this database for a while, within its context; no connection of it is left."""
    app = create_app(SETTINGS | {"SQLALCHEMY_DATABASE_URI": url})
    try:
        with app.app_context():
            yield app
            db.session.remove()
    finally:
        _close(app)


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database that the migrations made, to be copied."""
    with databases.database(tmp_path_factory.mktemp("migrated")) as url:
        with working_on(url):
            flask_migrate.upgrade(MIGRATIONS)
        yield url


@pytest.fixture
def migrated_database(_migrated: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that the migrations made, with nothing in it."""
    with databases.database(tmp_path, _migrated) as url:
        yield url


@pytest.fixture(scope="session")
def _filled(_migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with one of everything, to be copied."""
    with databases.database(tmp_path_factory.mktemp("filled"), _migrated) as url:
        with working_on(url):
            world.fill(people.invite(people.editor()))
        yield url


@pytest.fixture
def filled_database(_filled: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with one of everything (tests/world.py), which the migrations made."""
    with databases.database(tmp_path, _filled) as url:
        yield url


@pytest.fixture
def make_app() -> Iterator[Callable[..., Flask]]:
    """Makes further applications, each with settings of its own: make_app(SQLALCHEMY_DATABASE_URI=url)."""
    made = []

    def make(**settings: Any) -> Flask:
        app = create_app(SETTINGS | settings)
        app.test_client_class = Client
        made.append(app)
        return app

    yield make
    for app in made:
        _close(app)


def _close(app: Flask) -> None:
    """Close the connections: one that is left to the garbage collector is a warning, and so an error."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture(scope="session")
def _app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The one application of a test run, with the schema made once."""
    with databases.database(tmp_path_factory.mktemp("database")) as url:
        app = create_app(SETTINGS | {"SQLALCHEMY_DATABASE_URI": url})
        app.test_client_class = Client
        with app.app_context():
            db.create_all()
        yield app
        _close(app)


@pytest.fixture
def app(_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application with an empty database; `db.session` works in the test."""
    # However slow the machine is: what a test stores past the write path is seen at once.
    monkeypatch.setattr(core.remembered, "SLOW", 3600)
    settings = dict(_app.config)
    with _app.app_context():
        yield _app
        db.session.remove()
        with db.engine.begin() as connection:
            databases.clear(connection, db.metadata)
    _app.extensions["many"].clear()
    _app.config.clear()
    _app.config.update(settings)


# --- people --------------------------------------------------------------------------------------------


@pytest.fixture
def editor(app: Flask) -> User:
    """The person who is signed in where a test does not say otherwise."""
    return people.editor()


@pytest.fixture
def cast(editor: User) -> people.Cast:
    """The people and departments that the tests talk about; see tests/cast.py."""
    return people.invite(editor)


@pytest.fixture
def client(app: Flask, editor: User) -> Client:
    """A browser in which the editor is signed in."""
    return app.test_client().sign_in(editor)


@pytest.fixture
def anonymous(app: Flask) -> Client:
    """A browser in which nobody is signed in."""
    return app.test_client()


# --- the clock and the counter -------------------------------------------------------------------------


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | date], None]:
    """Stops the clock at noon of 2025-05-20; today("2025-06-16") sets another day."""

    def stop_at(day: str | date) -> None:
        day = date.fromisoformat(day) if isinstance(day, str) else day
        monkeypatch.setattr(clock, "now", lambda: datetime.combine(day, time(12), UTC))

    stop_at("2025-05-20")
    return stop_at


@pytest.fixture
def statements(app: Flask) -> Callable[[], Any]:
    """Counts what a block asks the database: with statements() as seen: ...; assert len(seen) <= 8."""
    beside_the_point = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|PRAGMA|SAVEPOINT|RELEASE)\b", re.IGNORECASE)

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not beside_the_point.match(statement):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the real data sets, which are not part of the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data sets are not here: they would be in ../shared/data")
    return folder
