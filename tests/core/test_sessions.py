"""Where somebody is signed in: each browser is a row, and is out when the row is gone."""

from contextvars import Context
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from core import accounts, administration, sign_ins
from core.db import db
from core.models import SignIn, User, instant
from core.writing import writing
from tests import factories
from tests.cast import PASSWORD, Cast
from tests.conftest import Client
from tests.pages import Page

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def come_in(client: Client, **headers: str) -> dict[str, str]:
    """Sign in by the page, and answer the cookie."""
    typed = {"email": "edith@example.org", "password": PASSWORD}
    assert client.post("/sign-in", data=typed, headers=headers).status_code == 303
    return cookie(client)


def cookie(client: Client) -> dict[str, str]:
    with client.session_transaction() as session:
        return dict(session)


def with_cookie(app: Flask, copied: dict[str, str]) -> Client:
    """Another browser that has the same cookie."""
    thief = app.test_client()
    with thief.session_transaction() as session:
        session.update(copied)
    return thief


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(SignIn)) or 0


def test_a_copied_cookie_is_worth_nothing_after_sign_out(app: Flask, anonymous: Client, editor: User) -> None:
    copied = come_in(anonymous)
    thief = with_cookie(app, copied)
    assert thief.get("/account").status_code == 200
    anonymous.post("/sign-out")
    assert thief.get("/account").location == "/sign-in?next=/account"
    assert count() == 0


def test_a_copied_cookie_is_worth_nothing_in_another_kind_of_browser(
    app: Flask, anonymous: Client, editor: User
) -> None:
    thief = with_cookie(app, come_in(anonymous))
    assert thief.get("/", headers={"User-Agent": FIREFOX}).location == "/sign-in"


def test_an_update_of_the_browser_signs_nobody_out(anonymous: Client, editor: User) -> None:
    come_in(anonymous, **{"User-Agent": FIREFOX})
    newer = FIREFOX.replace("145.0", "146.0")
    assert anonymous.get("/account", headers={"User-Agent": newer}).status_code == 200


def test_signed_out_elsewhere_means_what_is_half_signed_in_as_well(
    app: Flask, client: Client, editor: User
) -> None:
    elsewhere = app.test_client()
    with elsewhere.session_transaction() as session:
        session["half"] = [editor.id, editor.fs_uniquifier, int(instant().timestamp())]
    assert elsewhere.get("/sign-in/code").status_code == 200
    assert client.post("/account/sign-out-elsewhere", data={"form_key": "k"}).status_code == 303
    assert elsewhere.get("/sign-in/code").status_code == 303
    assert client.get("/account").status_code == 200


def test_a_session_goes_along_from_one_network_to_another(anonymous: Client, editor: User) -> None:
    come_in(anonymous)
    away = {"REMOTE_ADDR": "192.0.2.7"}
    assert anonymous.get("/account", environ_overrides=away).status_code == 200


def test_signing_in_makes_a_new_session_each_time(app: Flask, anonymous: Client, editor: User) -> None:
    """Whoever gave somebody a cookie before knows nothing of the one after."""
    with anonymous.session_transaction() as session:
        session["_user_id"] = "prepared by somebody else"
    first = come_in(anonymous)
    anonymous.post("/sign-out")
    second = come_in(anonymous)
    assert len({"prepared by somebody else", first["_user_id"], second["_user_id"]}) == 3


def test_the_database_keeps_no_token(anonymous: Client, editor: User) -> None:
    token = come_in(anonymous)["_user_id"]
    kept = db.session.scalars(select(SignIn.token_hash)).one()
    assert token not in kept
    assert kept == sign_ins.token_hash(token)


def test_a_made_up_token_signs_nobody_in(app: Flask, editor: User) -> None:
    assert with_cookie(app, {"_user_id": editor.fs_uniquifier}).get("/").location == "/sign-in"
    assert with_cookie(app, {"_user_id": str(editor.id)}).get("/").location == "/sign-in"


def test_whoever_left_a_browser_open_signs_in_again_after_thirty_days(
    app: Flask, anonymous: Client, editor: User
) -> None:
    copied = come_in(anonymous)
    db.session.scalars(select(SignIn)).one().begun_at = instant() - sign_ins.LASTS - timedelta(minutes=1)
    db.session.commit()
    assert anonymous.get("/").location == "/sign-in"
    come_in(app.test_client())
    assert count() == 1, "what is over is swept out"
    assert with_cookie(app, copied).get("/").location == "/sign-in"


def test_when_somebody_signed_in_last_is_known(anonymous: Client, editor: User) -> None:
    assert editor.signed_in_at is None
    come_in(anonymous)
    db.session.rollback()
    assert editor.signed_in_at is not None


def test_another_password_signs_out_every_other_browser(app: Flask, anonymous: Client, editor: User) -> None:
    copied = come_in(anonymous)
    thief = with_cookie(app, copied)
    fresh = "another nail has been found"
    typed = {"present": PASSWORD, "password": fresh, "again": fresh, "form_key": "k"}
    assert anonymous.post("/account/password", data=typed).location == "/account"
    assert anonymous.get("/account").status_code == 200
    assert thief.get("/").location == "/sign-in"
    assert count() == 1
    assert cookie(anonymous)["_user_id"] != copied["_user_id"]


# --- at the same moment ----------------------------------------------------------------------------


@pytest.mark.parametrize("meanwhile", ["another password", "closed", "no second factor"])
def test_a_sign_in_under_way_ends_with_the_account_that_it_was_for(
    app: Flask, anonymous: Client, editor: User, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    id, look = editor.id, accounts.verify_password

    def change() -> None:
        with app.app_context(), writing() as work:
            user = work.session.get_one(User, id)
            if meanwhile == "another password":
                accounts.change_password(user, "another hash")
            elif meanwhile == "closed":
                administration.close(user)
            else:
                accounts.new_ticket(user)
                sign_ins.end_all(user)

    def look_slowly(password: str, hash: str) -> bool:
        fits = bool(look(password, hash))
        Context().run(change)
        return fits

    monkeypatch.setattr(accounts, "verify_password", look_slowly)
    answer = anonymous.post("/sign-in", data={"email": "edith@example.org", "password": PASSWORD})
    assert answer.status_code == 422
    assert "This address and this password do not belong together" in answer.text
    assert count() == 0


def test_a_second_factor_that_is_taken_away_ends_what_was_half_begun(
    app: Flask, anonymous: Client, cast: Cast
) -> None:
    cast.editor.second_factor = "A" * 32
    db.session.commit()
    half = anonymous.post("/sign-in", data={"email": "edith@example.org", "password": PASSWORD})
    assert half.location == "/sign-in/code?next=/"
    adam = app.test_client().sign_in(cast.administrator)
    adam.post(f"/accounts/{cast.editor.id}/take-second-factor", data={"form_key": "k"})
    assert anonymous.get("/sign-in/code").location == "/sign-in"


# --- on one's account ------------------------------------------------------------------------------


def test_the_account_lists_where_one_is_signed_in(app: Flask, anonymous: Client, editor: User) -> None:
    come_in(anonymous, **{"User-Agent": FIREFOX})
    factories.sign_in(editor, "Chrome on Android")
    factories.sign_in(factories.user(), "Safari on a Mac")
    page = anonymous.get("/account", headers={"User-Agent": FIREFOX}).text
    assert "Firefox on Linux" in page
    assert "Chrome on Android" in page
    assert "Safari on a Mac" not in page, "somebody else's"
    assert page.count("this browser") == 1


def test_one_browser_can_be_signed_out(app: Flask, client: Client, editor: User) -> None:
    elsewhere = app.test_client().sign_in(editor)
    assert elsewhere.get("/account").status_code == 200
    newest = db.session.scalars(select(SignIn.id).order_by(SignIn.id.desc())).first()
    answer = client.post(f"/account/sign-ins/{newest}/end", data={"form_key": "k"})
    assert answer.location == "/account#browsers"
    assert elsewhere.get("/account").location == "/sign-in?next=/account"
    assert client.get("/account").status_code == 200
    again = client.post(f"/account/sign-ins/{newest}/end", data={"form_key": "k"})
    assert again.location == "/account#browsers", "the second click of a double click finds it done"


def test_everywhere_else_can_be_signed_out(app: Flask, client: Client, editor: User) -> None:
    elsewhere = app.test_client().sign_in(editor)
    somebody = app.test_client().sign_in(factories.user())
    assert "Sign out everywhere else" in client.get("/account").text
    assert client.post("/account/sign-out-elsewhere", data={"form_key": "k"}).status_code == 303
    assert elsewhere.get("/").location == "/sign-in"
    assert somebody.get("/account").status_code == 200
    page = Page(client, "/account")
    assert "Every other browser is signed out." in page.text
    assert "Sign out everywhere else" not in page.text, "there is no other"


def test_the_browser_of_somebody_else_is_not_there(app: Flask, client: Client) -> None:
    other = factories.user()
    factories.sign_in(other)
    theirs = db.session.scalars(select(SignIn.id).where(SignIn.user_id == other.id)).one()
    assert client.post(f"/account/sign-ins/{theirs}/end", data={"form_key": "k"}).status_code == 404
    assert client.get(f"/account/sign-ins/{theirs}/end").status_code == 405
    assert count() == 2


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/142.0 Safari/537 Edg/142.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18 Safari/604.1",
            "Safari on an iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/142.0 Mobile Safari/537", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) AppleWebKit Chrome/142.0 Safari/537", "Chrome on a Mac"),
        ("something/1.0", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_said_in_words(app: Flask, said: str, words: str) -> None:
    with app.test_request_context(headers={"User-Agent": said}):
        assert sign_ins.browser_in_words() == words
