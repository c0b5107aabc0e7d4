"""A forgotten password: a link by mail, and an answer that tells nothing."""

import time
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from core import queries, tickets
from core.db import db
from core.models import ChangeSet, User
from tests import factories
from tests.cast import PASSWORD
from tests.conftest import Client
from tests.core.conftest import link_in
from tests.pages import Page

Letters = Callable[[], list[EmailMessage]]
FRESH = "another nail has been found"
CHOSEN = {"password": FRESH, "again": FRESH, "form_key": "k"}


def ask(client: Client, email: str):
    return client.post("/forgot-password", data={"email": email})


def sign_in(client: Client, password: str):
    return client.post("/sign-in", data={"email": "edith@example.org", "password": password})


def link(user: User) -> str:
    address = f"/new-password/{tickets.ticket(tickets.RESET, user)}"
    db.session.rollback()
    return address


def test_it_works(app: Flask, anonymous: Client, editor: User, letters: Letters) -> None:
    elsewhere = app.test_client().sign_in(editor)
    assert 'href="/forgot-password"' in anonymous.get("/sign-in").text
    assert ask(anonymous, "Edith@example.org").location == "/sign-in"
    (letter,) = letters()
    page = Page(anonymous, link_in(letter)).type(password=FRESH, again=FRESH).save()
    assert "Welcome, Edith Moss. Your password is set." in page.text
    save = db.session.scalars(select(ChangeSet)).one()
    assert (save.deed, save.user) == ("Password of Edith Moss set by a link for a new password.", editor)
    assert elsewhere.get("/").location == "/sign-in", "every browser is signed out"
    assert sign_in(app.test_client(), PASSWORD).status_code == 422
    assert sign_in(app.test_client(), FRESH).status_code == 303


def test_the_answer_does_not_tell_whether_there_is_an_account(
    app: Flask, editor: User, letters: Letters
) -> None:
    factories.user("Carl Closed", "carl@example.org", password="x", active=False)
    answers = []
    for email in ("edith@example.org", "nobody@example.org", "carl@example.org"):
        client = app.test_client()
        answer = ask(client, email)
        answers.append((answer.status_code, answer.location, Page(client, answer.location).text))
    assert len(set(answers)) == 1
    assert "If there is an account with this address" in answers[0][2]
    assert [letter["To"] for letter in letters()] == ["Edith Moss <edith@example.org>"]


def test_the_answer_takes_as_long_whether_there_is_an_account_or_not(
    anonymous: Client, editor: User, letters: Letters, monkeypatch: pytest.MonkeyPatch, statements
) -> None:
    """The account is looked for, and the letter sent, beside the request: it waits for neither."""
    asked = []
    monkeypatch.setattr(queries, "account", lambda email: asked.append(email) or time.sleep(0.5))
    began = time.monotonic()
    ask(anonymous, "edith@example.org")
    ask(anonymous, "nobody@example.org")
    assert time.monotonic() - began < 0.5
    letters()
    assert asked == ["edith@example.org", "nobody@example.org"]


def test_the_link_works_once(app: Flask, anonymous: Client, editor: User) -> None:
    first, second = link(editor), link(editor)
    assert anonymous.post(first, data=CHOSEN).location == "/"
    for address in (first, second):
        assert app.test_client().get(address).location == "/sign-in", "nor does one that was sent before"


def test_the_link_works_for_an_hour(anonymous: Client, editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    address, now = link(editor), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3600 - 60)
    assert anonymous.get(address).status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + 3600 + 60)
    assert anonymous.get(address).location == "/sign-in"


def test_a_changed_password_makes_links_worthless(client: Client, anonymous: Client, editor: User) -> None:
    address = link(editor)
    client.post("/account/password", data={"present": PASSWORD, **CHOSEN})
    assert anonymous.get(address).location == "/sign-in"


def test_an_administrator_can_send_the_link_and_does_not_see_it(
    admin: Client, editor: User, letters: Letters
) -> None:
    answer = admin.post(f"/accounts/{editor.id}/send-reset", data={"form_key": "k"})
    assert answer.location == f"/accounts/{editor.id}"
    (letter,) = letters()
    page = Page(admin, answer.location)
    assert "A mail is on its way to edith@example.org." in page.text
    assert link_in(letter) not in page.html
    assert "/new-password/" not in page.html


def test_to_a_closed_account_no_link_is_sent(admin: Client, editor: User, letters: Letters) -> None:
    editor.active = False
    db.session.commit()
    answer = admin.post(f"/accounts/{editor.id}/send-reset", data={"form_key": "k"})
    assert "The account is closed. Open it first." in Page(admin, answer.location).text
    assert letters() == []


def test_the_second_factor_is_still_asked_for(anonymous: Client, editor: User) -> None:
    editor.second_factor = "A" * 32
    db.session.commit()
    assert anonymous.post(link(editor), data=CHOSEN).location == "/sign-in/code"
    assert anonymous.get("/account").location == "/sign-in?next=/account"


def test_too_many_letters_are_not_sent(app: Flask, editor: User, letters: Letters) -> None:
    for _letter in range(10):
        assert ask(app.test_client(), "edith@example.org").status_code == 303
    refused = ask(app.test_client(), "edith@example.org")
    assert refused.status_code == 422
    assert "There were too many attempts." in refused.text
    assert len(letters()) == 10


def test_an_address_that_is_none_is_said(anonymous: Client, letters: Letters) -> None:
    answer = ask(anonymous, "edith")
    assert answer.status_code == 422
    assert "is not an e-mail address" in answer.text
