"""A second factor: codes of an app, each good once, and recovery codes for the day it is lost."""

import re
import time
from base64 import b32decode
from contextvars import Context
from html import unescape

import pytest
from flask import Flask
from passlib.totp import TOTP
from sqlalchemy import func, select

from core import accounts, second_factor
from core.db import db
from core.models import ChangeSet, RecoveryCode, User
from tests.cast import PASSWORD
from tests.conftest import Client
from tests.pages import Page
from tests.racing import Form, Race

ACCOUNT = {"email": "edith@example.org", "password": PASSWORD}


def code(key: str, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return str(TOTP(key=key, format="base32").generate(time.time() + 30 * steps).token)


def key_on(page: Page) -> str:
    found = re.search(r'<code class="key">([^<]+)</code>', page.html)
    assert found is not None
    return found.group(1).replace(" ", "")


def codes_on(html: str) -> list[str]:
    return re.findall(r"<li><code>([^<]+)</code></li>", html)


@pytest.fixture
def with_factor(editor: User) -> list[str]:
    """Edith has an app; answers her recovery codes."""
    editor.second_factor = second_factor.new_key()
    codes = second_factor.new_recovery_codes(editor)
    db.session.commit()
    return codes


def half_in(app: Flask) -> Client:
    """A browser in which the password was right."""
    client = app.test_client()
    assert client.post("/sign-in", data={**ACCOUNT, "next": "/account"}).location == (
        "/sign-in/code?next=/account"
    )
    return client


def key_of(user: User) -> str:
    key = user.second_factor
    assert key is not None
    db.session.rollback()
    return key


# --- turning it on ---------------------------------------------------------------------------------


def test_it_is_turned_on_with_the_first_code(client: Client, editor: User) -> None:
    page = Page(client, "/account/second-factor")
    key = key_on(page)
    answer = page.type(code=code(key), present=PASSWORD).save()
    assert answer.status == 200
    assert len(set(codes_on(answer.html))) == 10
    db.session.rollback()
    assert editor.second_factor == key
    assert db.session.scalars(select(ChangeSet.deed)).one() == "Second factor of Edith Moss turned on."
    assert client.get("/account/second-factor").location == "/account/second-factor/codes", "it is on"
    assert "Turn it off" in client.get("/account").text


def test_it_is_turned_on_with_the_password(client: Client, editor: User) -> None:
    page = Page(client, "/account/second-factor")
    for present, said in (("not this one", "This is not your present password."), ("", "Type your present")):
        answer = page.type(code=code(key_on(page)), present=present).save()
        assert answer.status == 422
        assert said in answer.text
    db.session.rollback()
    assert editor.second_factor is None


@pytest.mark.parametrize("form_key", ["the same", "another"])
def test_whoever_clicks_twice_is_led_to_new_recovery_codes(
    client: Client, editor: User, monkeypatch: pytest.MonkeyPatch, form_key: str
) -> None:
    """The first click is stored while the second is on its way, and its answer with the codes is lost."""
    page = Page(client, "/account/second-factor")
    fields = {**page.fields, "code": code(key_on(page)), "present": PASSWORD}
    with client.session_transaction() as before:
        cookie = dict(before)
    look = accounts.verify_password

    def look_slowly(password: str, hash: str) -> bool:
        monkeypatch.setattr(accounts, "verify_password", look)
        first = client.application.test_client()
        with first.session_transaction() as session:
            session.update(cookie)
        assert len(codes_on(Context().run(first.post, "/account/second-factor", data=fields).text)) == 10
        return bool(look(password, hash))

    monkeypatch.setattr(accounts, "verify_password", look_slowly)
    twice = fields if form_key == "the same" else {**fields, "form_key": "another"}
    answer = client.post("/account/second-factor", data=twice)
    assert answer.location == "/account/second-factor/codes"
    assert "If you did not see your recovery codes, make new ones." in client.get(answer.location).text
    assert len(db.session.scalars(select(RecoveryCode.code_hash)).all()) == 10
    assert client.post("/account/second-factor", data=fields).location == "/account/second-factor/codes"


def test_the_picture_and_the_text_are_one_key(app: Flask, client: Client, editor: User) -> None:
    page = Page(client, "/account/second-factor")
    key = key_on(page)
    assert len(b32decode(key)) >= 20
    picture = re.search(r'<img class="qr" src="(data:image/svg[^"]+)"', page.html)
    assert picture is not None
    assert unescape(picture.group(1)) == second_factor.picture(editor, key)
    address = second_factor.address(editor, key)
    assert address.startswith(f"otpauth://totp/Joinery:edith@example.org?secret={key}&issuer=Joinery")


def test_the_key_stays_the_same_until_it_is_confirmed(client: Client) -> None:
    page = Page(client, "/account/second-factor")
    wrong = page.type(code="000000", present=PASSWORD).save()
    assert wrong.status == 422
    assert "This code does not fit" in wrong.errors
    assert key_on(wrong) == key_on(page)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３"])
def test_what_is_no_code_turns_nothing_on(client: Client, editor: User, typed: str) -> None:
    assert Page(client, "/account/second-factor").type(code=typed, present=PASSWORD).save().status == 422
    db.session.rollback()
    assert editor.second_factor is None


# --- signing in ------------------------------------------------------------------------------------


def test_without_a_second_factor_none_is_asked_for(anonymous: Client, editor: User) -> None:
    assert anonymous.post("/sign-in", data=ACCOUNT).location == "/"
    assert anonymous.get("/sign-in/code").location == "/sign-in"


def test_the_code_comes_after_the_password(app: Flask, with_factor: list[str], editor: User) -> None:
    client = half_in(app)
    assert "The password is right." in client.get("/sign-in/code?next=/account").text
    answer = client.post("/sign-in/code", data={"code": code(key_of(editor)), "next": "/account"})
    assert answer.location == "/account"
    assert client.get("/account").status_code == 200


def test_the_password_alone_reaches_nothing(app: Flask, with_factor: list[str]) -> None:
    client = half_in(app)
    for rule in app.url_map.iter_rules():
        if (
            "GET" in (rule.methods or ())
            and not rule.arguments
            and rule.endpoint
            not in (
                "core.healthz",
                "core.sign_in",
                "core.second_step",
                "core.forgot_password",
            )
        ):
            assert "/sign-in" in (client.get(rule.rule).location or ""), rule.rule
    assert client.post("/account", data={"name": "Somebody else"}).location.startswith("/sign-in")


def test_without_the_password_there_is_nothing_to_ask_a_code_for(
    anonymous: Client, with_factor: list[str], editor: User
) -> None:
    assert anonymous.post("/sign-in/code", data={"code": code(key_of(editor))}).location == "/sign-in"


def test_a_code_is_good_once(app: Flask, with_factor: list[str], editor: User) -> None:
    shown = code(key_of(editor))
    assert half_in(app).post("/sign-in/code", data={"code": shown}).location == "/"
    answer = half_in(app).post("/sign-in/code", data={"code": shown})
    assert answer.status_code == 422
    assert "This code does not fit, or was used." in answer.text
    older = code(key_of(editor), -1)
    assert half_in(app).post("/sign-in/code", data={"code": older}).status_code == 422, "nor is one before"
    assert half_in(app).post("/sign-in/code", data={"code": code(key_of(editor), 1)}).location == "/"


def test_the_code_that_turned_it_on_is_used(app: Flask, client: Client, editor: User) -> None:
    page = Page(client, "/account/second-factor")
    shown = code(key_on(page))
    page.type(code=shown, present=PASSWORD).save()
    assert half_in(app).post("/sign-in/code", data={"code": shown}).status_code == 422


def test_a_wrong_code_is_refused(app: Flask, with_factor: list[str], editor: User) -> None:
    client = half_in(app)
    far_away = code(key_of(editor), 100)
    for wrong in (far_away, "x", "²²²²²²"):
        assert client.post("/sign-in/code", data={"code": wrong}).status_code == 422
    assert client.get("/account").status_code == 303


def test_a_recovery_code_is_good_once(app: Flask, with_factor: list[str]) -> None:
    first, second = with_factor[:2]
    assert half_in(app).post("/sign-in/code", data={"code": first}).location == "/"
    assert half_in(app).post("/sign-in/code", data={"code": first}).status_code == 422
    loosely = f" {second.upper().replace('-', ' ')} "
    assert half_in(app).post("/sign-in/code", data={"code": loosely}).location == "/"


def test_codes_are_kept_as_hashes_only(with_factor: list[str]) -> None:
    kept = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert len(kept) == 10
    assert not any(code in hash for code in with_factor for hash in kept)


def test_ten_wrong_codes_are_enough(app: Flask, with_factor: list[str], editor: User) -> None:
    for _attempt in range(10):
        assert half_in(app).post("/sign-in/code", data={"code": "000000"}).status_code == 422
    answer = half_in(app).post("/sign-in/code", data={"code": code(key_of(editor))})
    assert answer.status_code == 422
    assert "There were too many attempts." in answer.text


def test_the_password_is_forgotten_after_ten_minutes(
    app: Flask, with_factor: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, now = half_in(app), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 9 * 60)
    assert client.get("/sign-in/code").status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + 11 * 60)
    assert client.get("/sign-in/code").location == "/sign-in"


def test_another_password_ends_what_was_half_begun(app: Flask, with_factor: list[str], editor: User) -> None:
    client = half_in(app)
    editor.fs_uniquifier = "renewed"
    db.session.commit()
    assert client.get("/sign-in/code").location == "/sign-in"


# --- on one's account ------------------------------------------------------------------------------


def test_new_recovery_codes_take_the_place_of_the_old(
    app: Flask, client: Client, with_factor: list[str]
) -> None:
    answer = client.post("/account/second-factor/codes", data={"present": PASSWORD, "form_key": "k"})
    fresh = codes_on(answer.text)
    assert len(fresh) == 10
    assert half_in(app).post("/sign-in/code", data={"code": with_factor[0]}).status_code == 422
    assert half_in(app).post("/sign-in/code", data={"code": fresh[0]}).location == "/"


def test_it_is_turned_off_with_the_password(
    client: Client, anonymous: Client, with_factor: list[str], editor: User
) -> None:
    wrong = client.post("/account/second-factor/off", data={"present": "not this one", "form_key": "k"})
    assert wrong.status_code == 422
    assert "This is not your present password." in wrong.text
    answer = client.post("/account/second-factor/off", data={"present": PASSWORD, "form_key": "k"})
    assert answer.location == "/account"
    db.session.rollback()
    assert editor.second_factor is None
    assert db.session.scalar(select(func.count()).select_from(RecoveryCode)) == 0
    assert anonymous.post("/sign-in", data=ACCOUNT).location == "/"


def test_where_it_is_off_there_is_nothing_to_turn_off(client: Client) -> None:
    for page in ("off", "codes"):
        assert client.get(f"/account/second-factor/{page}").location == "/account"


# --- at the same moment ----------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["app", "recovery"])
def test_of_two_who_type_one_code_at_the_same_moment_one_is_in(
    processes: Race, app: Flask, with_factor: list[str], editor: User, which: str
) -> None:
    typed = code(key_of(editor)) if which == "app" else with_factor[0]
    with half_in(app).session_transaction() as session:
        half = dict(session)
    form = Form("/sign-in/code", {"code": typed})
    answers = processes.run(half, [[form] * 2 for _process in range(4)], meet=False)
    assert sorted(answer.status for answer in answers) == [303] + [422] * 7
