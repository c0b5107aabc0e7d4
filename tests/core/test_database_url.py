"""The address of the database, as people write it, and what is said when nobody answers there."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from core.database_url import database_url, servers
from core.db import db
from tests import databases

NOBODY = "postgresql://app:secret@127.0.0.1:9/joinery"  # nothing listens on port 9


def told(url: str) -> dict[str, object]:
    """What the driver is told for this address."""
    engine = sa.create_engine(database_url(url))
    return engine.dialect.create_connect_args(engine.url)[1]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_it_means_the_same(scheme: str) -> None:
    one = told(f"{scheme}://app:p%40ss@db:5433/joinery")
    assert one["host"] == "db"
    assert one["port"] == 5433
    assert one["password"] == "p@ss"
    assert one["dbname"] == "joinery"
    assert one["connect_timeout"] == "5"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app:s@H1:5432,H2:5433/app?target_session_attrs=read-write",
        "postgres://app:s@H1,H2:5433/app",
        "postgresql+psycopg://app:s@/app?host=H1,H2&port=5432,5433",
        "postgresql+psycopg://app:s@/app?host=H1:5432&host=H2:5433",
    ],
)
def test_several_servers_are_named_in_any_way(url: str) -> None:
    several = told(url)
    assert (several["host"], str(several["port"])) == ("H1,H2", "5432,5433")
    assert several["target_session_attrs"] == "read-write"
    assert several["user"] == "app"
    assert servers(database_url(url)) == ["H1:5432", "H2:5433"]


def test_what_is_said_of_an_address_counts() -> None:
    url = "postgresql://app@[::1],[fe80::2]:5433/app?target_session_attrs=prefer-standby&connect_timeout=9"
    asked = told(url)
    assert (asked["host"], asked["port"]) == ("::1,fe80::2", "5432,5433")
    assert (asked["target_session_attrs"], asked["connect_timeout"]) == ("prefer-standby", "9")
    assert database_url("sqlite:///some.db") == "sqlite:///some.db"
    assert servers("sqlite:///some.db") == servers(database_url("postgresql:///joinery")) == []


def migrate(make_app: Callable[..., Flask], url: str) -> str:
    """What `flask db upgrade` says, with which `make run` begins."""
    app = make_app(SQLALCHEMY_DATABASE_URI=url)
    answer = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert answer.exit_code == 1
    assert "secret" not in answer.output
    assert "Error: " in answer.output
    assert "Traceback" not in answer.output
    return answer.output


def test_a_server_that_does_not_answer_is_said(make_app: Callable[..., Flask]) -> None:
    assert "the server does not answer. Does it run, and are host and port right?" in migrate(
        make_app, NOBODY
    )


def test_a_folder_that_is_not_there_is_said(make_app: Callable[..., Flask]) -> None:
    assert "Does its folder exist" in migrate(make_app, "sqlite:////nowhere/at/all/joinery.db")


@pytest.mark.skipif(not databases.SERVER, reason="SQLite has no server that could refuse")
def test_a_database_that_does_not_exist_is_said(make_app: Callable[..., Flask]) -> None:
    url = sa.make_url(databases.SERVER).set(database="not_there")
    said = migrate(make_app, url.render_as_string(hide_password=False))
    assert "There is no database “not_there” there. Make it with: createdb not_there" in said


@pytest.mark.skipif(not databases.SERVER, reason="SQLite has no extensions")
def test_an_extension_that_may_not_be_made_is_said(
    make_app: Callable[..., Flask], empty_database: str
) -> None:
    name = "joinery_test_nobody"
    with databases.on(databases.SERVER) as server:
        server.exec_driver_sql(f"DROP ROLE IF EXISTS {name}")
        server.exec_driver_sql(f"CREATE ROLE {name} LOGIN PASSWORD 'secret'")
    url = sa.make_url(empty_database)
    try:
        with databases.on(empty_database) as database:
            database.exec_driver_sql(f"GRANT ALL ON SCHEMA public TO {name}")
        theirs = url.set(username=name, password="secret").render_as_string(hide_password=False)
        assert "needs the PostgreSQL extension btree_gist" in migrate(make_app, theirs)
        with databases.on(empty_database) as database:
            database.exec_driver_sql("CREATE EXTENSION btree_gist")
            database.exec_driver_sql(f"REVOKE ALL ON SCHEMA public FROM {name}, PUBLIC")
            database.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {name}")
        assert "Let it own the database" in migrate(make_app, theirs)
    finally:
        with databases.on(empty_database) as database:
            database.exec_driver_sql(f"DROP OWNED BY {name}")
            database.exec_driver_sql(f"DROP ROLE {name}")


@pytest.mark.skipif(not databases.SERVER, reason="SQLite compiles no statements")
def test_no_statement_is_compiled(app: Flask) -> None:
    """PostgreSQL compiled those of a large department's page, which took it from 0.1 to 1.5 seconds."""
    assert db.session.scalar(sa.text("SHOW jit")) == "off"
    db.session.rollback()
    assert db.session.scalar(sa.text("SHOW jit")) == "off"


def test_several_machines_have_to_be_told_their_secret(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    elsewhere = {"SQLALCHEMY_DATABASE_URI": "postgresql://app@db/joinery", "TRUSTED_PROXIES": 1}
    with pytest.raises(RuntimeError, match="Say the same SECRET_KEY on each of them"):
        make_app(**elsewhere, SECRET_KEY="")
    assert make_app(**elsewhere, SECRET_KEY="a long one")
