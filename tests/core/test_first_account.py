"""From nothing to the first account: the link is printed where only those who run Joinery can read."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from core import accounts, queries
from core.db import db
from core.models import ChangeSet, User
from tests.conftest import Client

TYPED = {
    "name": "Ada Stone",
    "email": "Ada@Example.org",
    "password": "twelve or more signs",
    "again": "twelve or more signs",
    "form_key": "k1",
}


@pytest.fixture
def link(app: Flask) -> str:
    return f"/first-account/{accounts.first_account_token()}"


def test_it_works(anonymous: Client, link: str) -> None:
    assert anonymous.get(link).status_code == 200
    answer = anonymous.post(link, data=TYPED)
    assert (answer.status_code, answer.location) == (303, "/")
    page = anonymous.get("/").text
    assert "Welcome, Ada Stone" in page
    ada = db.session.scalar(select(User))
    assert ada is not None
    assert (ada.email, [role.name for role in ada.roles]) == ("ada@example.org", ["administrator"])
    save = db.session.scalars(select(ChangeSet)).one()
    assert (save.deed, save.user) == ("First account made, for Ada Stone.", ada)
    assert ada.password is not None
    assert ada.password.startswith("$argon2id$")


def test_it_works_once(anonymous: Client, link: str, editor: User) -> None:
    assert anonymous.get(link).location == "/sign-in"
    assert anonymous.post(link, data=TYPED).location == "/sign-in"
    assert "no longer works" in anonymous.get("/sign-in").text
    assert db.session.scalars(select(User.name)).all() == [editor.name]


def test_a_made_up_link_opens_nothing(anonymous: Client, link: str) -> None:
    for wrong in ("/first-account/x", link[:-2] + "xx"):
        answer = anonymous.post(wrong, data=TYPED)
        assert answer.status_code == 403
        assert "Look into the terminal" in answer.text
    assert not queries.has_accounts()


def test_a_link_lasts_a_day(anonymous: Client, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "LINK_LASTS", -1)
    assert anonymous.get(link).status_code == 403


def test_every_worker_knows_the_link(make_app: Callable[..., Flask], app: Flask, link: str) -> None:
    other = make_app(SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"])
    assert other.test_client().get(link).status_code == 200


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": "short", "again": "short"}, "between 12 and 200 characters"),
        ({"again": "something different"}, "These two passwords differ"),
        ({"email": "ada"}, "is not an e-mail address"),
        ({"name": "  "}, "Type your name"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    anonymous: Client, link: str, typed: dict[str, str], said: str
) -> None:
    answer = anonymous.post(link, data=TYPED | typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert (TYPED | typed)["email"] in answer.text
    assert not queries.has_accounts()


def test_two_people_with_the_link_make_one_account(
    anonymous: Client, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second came in between the first question and the lock."""
    monkeypatch.setattr(accounts, "only_one_first_account", lambda: False)
    answer = anonymous.post(link, data=TYPED)
    assert answer.status_code == 422
    assert "Somebody else has just made the first account" in answer.text
    assert not queries.has_accounts()


def test_every_page_says_where_the_link_is(
    anonymous: Client, app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    app.extensions.pop("link_printed_at", None)
    answer = anonymous.get("/account", follow_redirects=True)
    assert "Look into the terminal" in answer.text
    assert "flask create-user" in answer.text
    printed = re.search(r"/first-account/\S+", capsys.readouterr().err)
    assert printed is not None
    assert printed[0] not in answer.text, "only who reads the terminal has the link"
    assert anonymous.get(printed[0]).status_code == 200


def test_a_waiting_visitor_does_not_flood_the_terminal(
    anonymous: Client, app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    app.extensions.pop("link_printed_at", None)
    for _ in range(3):
        anonymous.get("/sign-in", headers={"Host": "evil.example"})
    printed = capsys.readouterr().err
    assert printed.count("/first-account/") == 1
    assert "evil.example" not in printed
