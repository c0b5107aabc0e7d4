"""What machines ask every few seconds: whether all is well."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event, text

from core.db import db


@pytest.fixture
def prepared(make_app: Callable[..., Flask], migrated_database: str) -> Flask:
    """An application whose database is as new as its code."""
    return make_app(SQLALCHEMY_DATABASE_URI=migrated_database)


def stamp(app: Flask, revision: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})


def ask(app: Flask) -> tuple[int, str]:
    answer = app.test_client().get("/healthz")
    return answer.status_code, answer.text


def test_all_is_well(prepared: Flask) -> None:
    answer = prepared.test_client().get("/healthz")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_the_head_may_be_asked_for(prepared: Flask) -> None:
    answer = prepared.test_client().head("/healthz")
    assert (answer.status_code, answer.text) == (200, "")


def test_it_costs_two_statements_and_no_cookie(prepared: Flask) -> None:
    client = prepared.test_client()
    client.get("/healthz")  # a new connection asks for a few things once
    asked: list[str] = []
    with prepared.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *of: asked.append(of[2]))
    answer = client.get("/healthz")
    assert "Set-Cookie" not in answer.headers
    assert len([one for one in asked if not one.startswith("BEGIN")]) == 2


def test_a_database_that_was_never_prepared(make_app: Callable[..., Flask], empty_database: str) -> None:
    app = make_app(SQLALCHEMY_DATABASE_URI=empty_database)
    assert ask(app) == (503, "the database is not prepared: flask db upgrade\n")


def test_a_database_that_is_older_than_the_code(prepared: Flask) -> None:
    stamp(prepared, "0001")
    assert ask(prepared) == (
        503,
        "the database is older than the application: flask db upgrade, from 0001\n",
    )


def test_a_database_that_is_newer_than_the_code(prepared: Flask) -> None:
    stamp(prepared, "9999")
    assert ask(prepared) == (503, "the database is newer than the application: schema 9999\n")


@pytest.mark.parametrize(
    "nowhere", ["sqlite:////nowhere/at/all.db", "postgresql://nobody:secret@127.0.0.1:9/nothing"]
)
def test_a_database_that_does_not_answer(make_app: Callable[..., Flask], nowhere: str) -> None:
    """Said without the address of the database, let alone its password."""
    assert ask(make_app(SQLALCHEMY_DATABASE_URI=nowhere)) == (503, "the database does not answer\n")
