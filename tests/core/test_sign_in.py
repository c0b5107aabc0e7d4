"""The way in and out, and that there is no other."""

from dataclasses import replace

import pytest
from flask import Flask

from core import queries
from core.db import db
from core.models import Role, User
from tests.cast import PASSWORD
from tests.conftest import Client


def sign_in(client: Client, email: str = "edith@example.org", password: str = PASSWORD, **more: str):
    return client.post("/sign-in", data={"email": email, "password": password} | more)


def test_it_works(anonymous: Client, editor: User) -> None:
    answer = sign_in(anonymous)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Edith Moss" in anonymous.get("/").text


def test_the_address_is_read_without_regard_to_case_and_blanks(anonymous: Client, editor: User) -> None:
    assert sign_in(anonymous, " Edith@Example.ORG ").status_code == 303


@pytest.mark.parametrize("typed", ["e\u0301te\u0301 a\u0300 la mer", "été à la mer"])
def test_a_password_is_the_same_on_every_keyboard(app: Flask, anonymous: Client, typed: str) -> None:
    command = ["create-user", "amelie@example.org", "--password-stdin"]
    assert app.test_cli_runner().invoke(args=command, input="été à la mer\n").exit_code == 0
    assert sign_in(anonymous, "amelie@example.org", typed).status_code == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [("edith@example.org", "something quite different"), ("nobody@example.org", PASSWORD)],
)
def test_it_does_not_tell_who_has_an_account(
    anonymous: Client, editor: User, email: str, password: str
) -> None:
    answer = sign_in(anonymous, email, password)
    assert answer.status_code == 422
    assert "This address and this password do not belong together" in answer.text
    assert email in answer.text, "what was typed is still there"
    assert password not in answer.text


def test_a_closed_account_cannot_come_in(anonymous: Client, editor: User) -> None:
    editor.active = False
    db.session.commit()
    assert sign_in(anonymous).status_code == 422


def test_closing_an_account_ends_its_sessions(client: Client, editor: User) -> None:
    assert client.get("/").status_code == 200
    editor.active = False
    db.session.commit()
    assert client.get("/").location == "/sign-in"


def test_every_page_leads_to_the_sign_in_and_back(anonymous: Client, editor: User) -> None:
    answer = anonymous.get("/account?x=1&y=2")
    assert answer.location == "/sign-in?next=/account?x%3D1%26y%3D2"
    assert 'value="/account?x=1&amp;y=2"' in anonymous.get(answer.location).text
    assert sign_in(anonymous, next="/account?x=1&y=2").location == "/account?x=1&y=2"


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "evil"])
def test_it_leads_nowhere_else(anonymous: Client, editor: User, elsewhere: str) -> None:
    assert sign_in(anonymous, next=elsewhere).location == "/"


def test_what_is_sent_by_a_stranger_is_not_stored_and_says_so(anonymous: Client, editor: User) -> None:
    answer = anonymous.post("/notes", data={"body": "Hello"}, headers={"Referer": "http://localhost/account"})
    assert answer.location == "/sign-in?next=/account"
    assert "nothing was stored" in anonymous.get(answer.location).text
    assert editor.posts == []


def test_who_is_signed_in_needs_no_sign_in_page(client: Client) -> None:
    assert client.get("/sign-in?next=/account").location == "/account"


def test_sign_out_works_and_only_by_post(client: Client) -> None:
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/").location == "/sign-in"


def test_it_ends_with_the_browser(anonymous: Client, editor: User) -> None:
    cookies = sign_in(anonymous).headers.getlist("Set-Cookie")
    assert len(cookies) == 1
    assert "HttpOnly" in cookies[0]
    assert "SameSite=Lax" in cookies[0]
    assert "Expires" not in cookies[0]


def test_knowing_who_is_there_costs_one_statement(client: Client, editor: User, statements) -> None:
    editor.roles = [Role(name="one"), Role(name="two")]
    db.session.commit()
    with statements() as seen:
        assert client.get("/account/password").status_code == 200
    assert len(seen) == 1


def test_files_of_the_frame_cost_none(client: Client, statements) -> None:
    with statements() as seen, client.get("/static/joinery.css") as answer:
        assert answer.status_code == 200
    assert seen == []


def test_all_roles_of_an_account_are_known(editor: User) -> None:
    editor.roles = [Role(name="one"), Role(name="two")]
    db.session.commit()
    db.session.expunge_all()
    found = queries.account("edith@example.org")
    assert found is not None
    assert sorted(role.name for role in found.roles) == ["one", "two"]


# --- one's own account -----------------------------------------------------------------------------


def test_the_password_can_be_changed(client: Client, app: Flask, editor: User) -> None:
    elsewhere = app.test_client().sign_in(editor)
    fresh = "another nail has been found"
    answer = client.post(
        "/account/password", data={"present": PASSWORD, "password": fresh, "again": fresh, "form_key": "k1"}
    )
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "Your password is changed" in client.get("/account").text
    assert elsewhere.get("/").location == "/sign-in", "every other browser is signed out"
    assert sign_in(app.test_client()).status_code == 422
    assert sign_in(app.test_client(), password=fresh).status_code == 303


@pytest.mark.parametrize(
    ("present", "password", "again", "said"),
    [
        ("not the present one", "long enough for you", "long enough for you", "not your present password"),
        (PASSWORD, "short", "short", "between 12 and 200"),
        (PASSWORD, "long enough for you", "long enough for me", "These two passwords differ"),
    ],
)
def test_a_password_is_changed_with_care(
    client: Client, present: str, password: str, again: str, said: str
) -> None:
    answer = client.post("/account/password", data={"present": present, "password": password, "again": again})
    assert answer.status_code == 422
    assert said in answer.text


def test_the_name_can_be_changed(client: Client) -> None:
    answer = client.post("/account", data={"name": "  Edith   Mossman ", "form_key": "k1"})
    assert answer.location == "/account"
    assert "Edith Mossman" in client.get("/").text


def test_the_account_shows_what_the_rooms_keep_about_one(
    client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = app.extensions["rooms"]
    rooms = (
        replace(first, own_record=lambda user: (f"{user} #1001", "/hr/employees/1001")),
        replace(second, own_record=lambda user: None),
    )
    monkeypatch.setitem(app.extensions, "rooms", rooms)
    assert '<a href="/hr/employees/1001">Edith Moss #1001</a>' in client.get("/account").text
