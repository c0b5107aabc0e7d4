"""What went wrong is said in words, with the ways on, and nothing half-done is kept."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, abort
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError

from core import queries
from core.db import db
from core.models import User
from core.writing import AlreadyStored
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    return found[1] if found else ""


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Lets the first page fail in this way."""

    def with_error(error: Exception) -> None:
        def raise_it(*_: Any, **__: Any) -> None:
            raise error

        monkeypatch.setattr(queries, "newest_posts", raise_it)

    return with_error


def busy(words: str = "database is locked") -> OperationalError:
    return OperationalError("SELECT 1", {}, Exception(words))


def test_nothing_here(client: Client) -> None:
    answer = client.get("/nowhere")
    assert (answer.status_code, heading(answer.text)) == (404, "There is nothing here")
    assert "Edith Moss" in answer.text, "the frame stays"


def test_a_wrong_verb(client: Client) -> None:
    answer = client.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_words_of_the_page_itself_are_kept(client: Client, fails: Callable) -> None:
    with pytest.raises(Exception) as refused:
        abort(403, "Only for those who come on Mondays.")
    fails(refused.value)
    answer = client.get("/")
    assert answer.status_code == 403
    assert "Only for those who come on Mondays." in answer.text


def test_too_large(client: Client, app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1024**2
    answer = client.post("/notes", data={"body": "x" * 1024**2})
    assert answer.status_code == 413
    assert "up to 1 MB" in answer.text


def test_a_page_of_an_earlier_sign_in(client: Client, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post(
        "/notes", data={"body": "Hello"}, headers={"Referer": "http://localhost/account?x=1"}
    )
    assert answer.status_code == 400
    assert "Nothing was stored" in answer.text
    assert 'href="/account?x=1">Back to the page' in answer.text


def test_a_stranger_with_an_old_page_is_led_to_the_sign_in(
    anonymous: Client, app: Flask, editor: User
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = anonymous.post("/notes", data={"body": "Hello"}, headers={"Referer": "http://localhost/account"})
    assert answer.location == "/sign-in?next=/account"
    assert "nothing was stored" in anonymous.get("/sign-in").text


def test_an_old_sign_in_page_is_shown_anew(anonymous: Client, app: Flask, editor: User) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = anonymous.post("/sign-in", data={"email": "edith@example.org", "next": "/account"})
    assert answer.location == "/sign-in?next=/account"
    assert "Please try again" in anonymous.get(answer.location).text


def test_a_busy_database(client: Client, fails: Callable) -> None:
    fails(busy())
    answer = client.get("/?x=1")
    assert (answer.status_code, heading(answer.text)) == (503, "Just a moment")
    assert answer.headers["Retry-After"] == "5"
    assert 'href="/?x=1">Try again' in answer.text


def test_a_database_that_cannot_say_who_is_there(
    client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raise_it(*_: Any, **__: Any) -> None:
        raise busy("connection refused")

    monkeypatch.setattr(app.login_manager, "_user_callback", raise_it)
    answer = client.get("/")
    assert (answer.status_code, heading(answer.text)) == (503, "Just a moment")


def test_a_database_without_tables(make_app: Callable[..., Flask], empty_database: str) -> None:
    app = make_app(SQLALCHEMY_DATABASE_URI=empty_database, PROPAGATE_EXCEPTIONS=False)
    answer = app.test_client().get("/sign-in")
    assert answer.status_code == 500
    assert "flask db upgrade" in answer.text


@pytest.mark.parametrize("error", [DataError("SELECT 1", {}, Exception("out of range")), OverflowError()])
def test_an_address_that_no_database_can_read(client: Client, fails: Callable, error: Exception) -> None:
    fails(error)
    answer = client.get("/")
    assert (answer.status_code, heading(answer.text)) == (400, "This address cannot be read")


def test_a_number_without_end_in_the_address(client: Client) -> None:
    assert client.get("/notes/99999999999999999999999/edit").status_code in (400, 404)


LOST = "Passwords are not kept, so type them again; this needs a look:"
KEPT = "What you typed is still here; this needs a look:"


@pytest.mark.parametrize(
    ("address", "typed", "said"),
    [
        ("/account/password", {"present": "a guess"}, f"Not saved yet. {LOST}"),
        ("/library/new-book", {"published": "soon"}, f"Not saved yet. {KEPT}"),
        ("/import", {}, "Not saved yet. The file has to be chosen again; this needs a look:"),
        ("/hr/departments/IT/delete", {}, "Not deleted yet. This needs a look:"),
        ("/hr/leave?key=1001", {"last_day": "someday"}, f"Not done yet. {KEPT}"),
    ],
)
def test_what_was_typed_is_said_to_be_there_only_where_it_is(
    client: Client, cast: Cast, address: str, typed: dict[str, str], said: str
) -> None:
    assert said in Page(client, address).type(**typed).save().text


def test_an_undo_that_is_refused_speaks_of_nothing_typed(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, fte="0.500")
    for fte in ("0.7", "0.8"):
        Page(client, "/hr/employees/1001").type(**{"department_rows-0-fte": fte}).save()
    undo = Page(client, "/history/1/undo")
    assert "Not done yet. This needs a look:" in undo.save().text
    assert f"Not done yet. {KEPT}" in undo.type(reason="A slip").save().text


@pytest.mark.parametrize(("leads_to", "location"), [("/account", "/account"), ("//evil.example", "/")])
def test_what_was_stored_already(client: Client, fails: Callable, leads_to: str, location: str) -> None:
    fails(AlreadyStored(leads_to))
    assert client.get("/").location == location
    assert "it was not stored twice" in client.get("/account").text


def test_a_mistake_of_ours(client: Client, app: Flask, fails: Callable) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    fails(ZeroDivisionError("division by zero"))
    answer = client.get("/")
    assert (answer.status_code, heading(answer.text)) == (500, "Something went wrong")
    assert "division" not in answer.text


def test_nothing_half_done_is_kept(client: Client, editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(*_: Any, **__: Any) -> None:
        db.session.execute(text("UPDATE post SET body = 'half'"))
        abort(400)

    monkeypatch.setattr(queries, "newest_posts", half)
    assert client.get("/").status_code == 400
    monkeypatch.undo()
    assert "half" not in client.get("/").text
