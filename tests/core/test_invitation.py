"""Who is invited chooses a password by a link that works once, for seven days, for them."""

import time
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from core import mail, tickets
from core.db import db
from core.models import ChangeSet, User
from tests import factories
from tests.cast import PASSWORD
from tests.conftest import Client
from tests.core.conftest import link_in
from tests.pages import Page

Letters = Callable[[], list[EmailMessage]]
CHOSEN = {"password": PASSWORD, "again": PASSWORD, "form_key": "k"}


@pytest.fixture
def ines(app: Flask) -> User:
    """Somebody who is invited."""
    return factories.user("Ines Invited", "ines@example.org")


def link(user: User) -> str:
    address = f"/invitation/{tickets.ticket(tickets.INVITATION, user)}"
    db.session.rollback()
    return address


def is_no_good(client: Client, address: str) -> bool:
    answer = client.get(address)
    return answer.location == "/sign-in" and "This link does not work" in client.get("/sign-in").text


def test_it_works(anonymous: Client, ines: User) -> None:
    page = Page(anonymous, link(ines))
    assert "Ines Invited, you sign in as ines@example.org" in page.text
    answer = page.type(password=PASSWORD, again=PASSWORD).save()
    assert answer.stored
    assert "Welcome, Ines Invited. Your password is set." in answer.text
    save = db.session.scalars(select(ChangeSet)).one()
    assert (save.deed, save.user) == ("Password of Ines Invited set by invitation.", ines)
    anonymous.post("/sign-out")
    typed = {"email": "ines@example.org", "password": PASSWORD}
    assert anonymous.post("/sign-in", data=typed).location == "/"


def test_an_administrator_who_opens_the_link_is_seen_to_have_done_it(
    admin: Client, adam: User, ines: User
) -> None:
    assert admin.post(link(ines), data=CHOSEN).status_code == 303
    assert db.session.scalars(select(ChangeSet)).one().user == adam


def test_the_letter_leads_there_by_the_name_of_the_site_and_not_of_the_request(
    admin: Client, app: Flask, letters: Letters
) -> None:
    typed = {"name": "Nora New", "email": "nora@example.org", "form_key": "k"}
    admin.post("/accounts/new", data=typed, headers={"Host": "localhost", "X-Forwarded-Host": "evil.example"})
    (letter,) = letters()
    assert letter["From"] == "joinery@localhost"
    assert "Adam Reed has made an account at Joinery for you." in letter.get_content()
    assert Page(app.test_client(), link_in(letter)).status == 200


def test_it_works_once(app: Flask, anonymous: Client, ines: User) -> None:
    address = link(ines)
    assert anonymous.post(address, data=CHOSEN).status_code == 303
    assert is_no_good(app.test_client(), address)
    other = {**CHOSEN, "form_key": "another"}
    assert app.test_client().post(address, data=other).location == "/sign-in"


def test_it_works_for_seven_days(anonymous: Client, ines: User, monkeypatch: pytest.MonkeyPatch) -> None:
    address, now = link(ines), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 7 * 24 * 3600 - 60)
    assert anonymous.get(address).status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + 7 * 24 * 3600 + 60)
    assert is_no_good(anonymous, address)


def test_a_new_one_takes_the_place_of_the_old(
    admin: Client, anonymous: Client, ines: User, letters: Letters
) -> None:
    old = link(ines)
    answer = admin.post(f"/accounts/{ines.id}/invite", data={"form_key": "k"})
    assert "The invitation of Ines Invited is a new one." in Page(admin, answer.location).text
    (letter,) = letters()
    assert is_no_good(anonymous, old)
    assert anonymous.get(link_in(letter)).status_code == 200


def test_the_administrator_can_copy_the_link_until_it_is_used(
    admin: Client, anonymous: Client, ines: User
) -> None:
    shown = Page(admin, f"/accounts/{ines.id}").html.partition('value="http://localhost')[2].partition('"')[0]
    assert anonymous.post(shown, data=CHOSEN).status_code == 303
    assert "/invitation/" not in admin.get(f"/accounts/{ines.id}").text


def test_who_has_a_password_is_not_invited(admin: Client, editor: User, letters: Letters) -> None:
    answer = admin.post(f"/accounts/{editor.id}/invite", data={"form_key": "k"})
    assert "has chosen a password already" in Page(admin, answer.location).text
    assert letters() == []


def test_a_closed_account_cannot_be_begun(anonymous: Client, ines: User) -> None:
    address = link(ines)
    ines.active = False
    db.session.commit()
    assert is_no_good(anonymous, address)


def test_another_address_makes_it_worthless(admin: Client, anonymous: Client, ines: User) -> None:
    address = link(ines)
    page = Page(admin, f"/accounts/{ines.id}").type(email="ines@elsewhere.example")
    assert page.save().stored
    assert is_no_good(anonymous, address)


@pytest.mark.parametrize("token", ["x", "WzEsImEiXQ.aaaaaa.bbbbbb"])
def test_a_made_up_link_opens_nothing(anonymous: Client, ines: User, token: str) -> None:
    assert is_no_good(anonymous, f"/invitation/{token}")
    assert is_no_good(anonymous, f"/new-password/{token}")


def test_a_link_is_good_for_what_it_was_given_for(anonymous: Client, ines: User) -> None:
    assert is_no_good(anonymous, link(ines).replace("/invitation/", "/new-password/"))


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short", "short", "between 12 and 200"),
        ("long enough for you", "long enough for me", "These two passwords differ"),
        ("Ines@example.org", "Ines@example.org", "This is your e-mail address"),
    ],
)
def test_the_password_is_chosen_with_care(
    anonymous: Client, ines: User, password: str, again: str, said: str
) -> None:
    address = link(ines)
    answer = anonymous.post(address, data={**CHOSEN, "password": password, "again": again})
    assert answer.status_code == 422
    assert said in answer.text
    assert anonymous.get(address).status_code == 200, "the link is not used up"


# --- the letter ------------------------------------------------------------------------------------


def test_without_a_server_the_whole_letter_is_printed(
    admin: Client, ines: User, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = admin.post(f"/accounts/{ines.id}/invite", data={"form_key": "k"})
    printed = capsys.readouterr().err
    assert "To: Ines Invited <ines@example.org>" in printed
    assert "http://127.0.0.1:5000/invitation/" in printed
    assert "printed to the console" in Page(admin, answer.location).text


class Server:
    """A mail server that notes what it is told."""

    offers = "starttls"

    def __init__(self, host: str, port: int, timeout: float, context: object = None) -> None:
        self.told: list[object] = [(host, port)]
        type(self).last = self

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.told.append("quit")

    def ehlo(self) -> None: ...

    def has_extn(self, name: str) -> bool:
        return name == self.offers

    def starttls(self, context: object) -> None:
        self.told.append("starttls")

    def login(self, user: str, password: str) -> None:
        self.told.append((user, password))

    def send_message(self, message: EmailMessage) -> None:
        self.told.append(message["To"])

    last: "Server"


LETTER = mail.Letter("Ann", "ann@example.org", "Hello", "…")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("smtp://me:a%40b@mail.example.org:587", [("mail.example.org", 587), "starttls", ("me", "a@b")]),
        ("smtps://me:pw@mail.example.org", [("mail.example.org", 465), ("me", "pw")]),
        ("smtp://mail.example.org", [("mail.example.org", 25), "starttls"]),
    ],
)
def test_mail_is_handed_over_encrypted(
    app: Flask, monkeypatch: pytest.MonkeyPatch, url: str, told: list[object]
) -> None:
    monkeypatch.setattr(mail.smtplib, "SMTP", Server)
    monkeypatch.setattr(mail.smtplib, "SMTP_SSL", Server)
    app.config["SMTP_URL"] = url
    mail.send(LETTER)
    assert Server.last.told == [*told, "Ann <ann@example.org>", "quit"]


def test_a_password_never_travels_in_the_clear(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail.smtplib, "SMTP", Server)
    monkeypatch.setattr(Server, "offers", "nothing")
    app.config["SMTP_URL"] = "smtp://me:pw@mail.example.org"
    with pytest.raises(mail.NotSent):
        mail.send(LETTER)
    assert Server.last.told == [("mail.example.org", 25), "quit"]


def test_mail_needs_the_name_of_the_site(make_app: Callable[..., Flask]) -> None:
    with pytest.raises(RuntimeError, match="SITE_URL"):
        make_app(SMTP_URL="smtp://mail.example.org")
    with pytest.raises(RuntimeError, match="begins with smtp"):
        make_app(SMTP_URL="http://mail.example.org", SITE_URL="https://joinery.example.org")
