"""Who fails too often waits a quarter of an hour, for one account and from one address."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core import accounts, attempts
from core.db import db, will_write
from core.models import Attempts, User, instant
from core.rights import ADMINISTRATOR
from tests import factories
from tests.cast import PASSWORD
from tests.conftest import Client
from tests.pages import Page
from tests.racing import Form, Race

WRONG = "something quite different"
TOO_MANY = "There were too many attempts. Wait a quarter of an hour, then try again."


def sign_in(app: Flask, email: str = "edith@example.org", password: str = PASSWORD, place: str = "192.0.2.1"):
    typed = {"email": email, "password": password}
    return app.test_client().post("/sign-in", data=typed, environ_overrides={"REMOTE_ADDR": place})


def fail(app: Flask, times: int, email: str = "edith@example.org", place: str = "192.0.2.1") -> None:
    for _time in range(times):
        answer = sign_in(app, email, WRONG, place)
        assert "do not belong together" in answer.text


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock on: later(minutes=16)."""
    passed = [timedelta()]

    def move(**by: int) -> None:
        passed[0] += timedelta(**by)

    def then() -> datetime:
        return instant() + passed[0]

    monkeypatch.setattr(attempts, "instant", then)
    return move


def test_the_eleventh_attempt_is_refused_even_with_the_right_password(app: Flask, editor: User) -> None:
    fail(app, 10)
    answer = sign_in(app)
    assert answer.status_code == 422
    assert TOO_MANY in answer.text


def test_it_does_not_tell_whether_there_is_an_account(app: Flask, editor: User) -> None:
    fail(app, 10, "edith@example.org")
    fail(app, 10, "nobody@example.org", "192.0.2.2")
    known, unknown = sign_in(app), sign_in(app, "nobody@example.org")
    assert known.text.replace("edith@", "") == unknown.text.replace("nobody@", "")
    assert TOO_MANY in known.text


def test_after_a_quarter_of_an_hour_it_is_open_again(app: Flask, editor: User, later: Any) -> None:
    fail(app, 10)
    later(minutes=14)
    assert sign_in(app).status_code == 422
    later(minutes=2)
    assert sign_in(app).status_code == 303


def test_failures_that_lie_far_apart_lock_nobody_out(app: Flask, editor: User, later: Any) -> None:
    fail(app, 9)
    later(minutes=16)
    fail(app, 9)
    assert sign_in(app).status_code == 303


def test_success_clears_the_count(app: Flask, editor: User) -> None:
    fail(app, 9)
    assert sign_in(app).status_code == 303
    fail(app, 9)
    assert sign_in(app).status_code == 303


def test_other_accounts_stay_open(app: Flask, editor: User, adam: User) -> None:
    fail(app, 10)
    assert sign_in(app, "adam@example.org").status_code == 303


def test_an_address_that_fails_for_many_accounts_is_refused(app: Flask, editor: User) -> None:
    for number in range(50):
        fail(app, 1, f"person{number}@example.org")
    assert TOO_MANY in sign_in(app).text
    assert sign_in(app, place="192.0.2.99").status_code == 303


def test_an_office_that_signs_in_is_not_refused(app: Flask, editor: User) -> None:
    for _person in range(55):
        assert sign_in(app).status_code == 303


def test_half_an_ipv6_address_is_one_address(app: Flask, editor: User) -> None:
    for number in range(50):
        fail(app, 1, f"person{number}@example.org", f"2001:db8:1:2::{number:x}")
    assert TOO_MANY in sign_in(app, place="2001:db8:1:2:ffff::1").text
    assert sign_in(app, place="2001:db8:1:3::1").status_code == 303


def test_what_a_browser_says_of_its_address_is_not_believed(app: Flask, editor: User) -> None:
    for number in range(50):
        typed = {"email": f"person{number}@example.org", "password": WRONG}
        app.test_client().post("/sign-in", data=typed, headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert TOO_MANY in sign_in(app, place="127.0.0.1").text


def test_guessing_the_present_password_is_counted_too(app: Flask, client: Client, editor: User) -> None:
    fresh = "another nail has been found"
    for number in range(10):
        typed = {"present": f"{WRONG} {number}", "password": fresh, "again": fresh}
        assert "not your present password" in client.post("/account/password", data=typed).text
    typed = {"present": PASSWORD, "password": fresh, "again": fresh}
    assert TOO_MANY in client.post("/account/password", data=typed).text


def test_what_was_typed_is_kept_as_a_hash_only(app: Flask, editor: User) -> None:
    fail(app, 1, "my.password@in.the.wrong.field")
    kept = db.session.scalars(select(Attempts.subject)).all()
    assert len(kept) == 2
    assert all(len(subject) == 64 and "password" not in subject for subject in kept)


def test_old_counts_are_swept_out(app: Flask, editor: User, later: Any) -> None:
    fail(app, 3)
    fail(app, 3, "nobody@example.org")
    later(minutes=31)
    assert sign_in(app, place="192.0.2.99").status_code == 303
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Attempts)) == 1, "that of this address"


def test_nobody_holds_the_lock_for_writing_while_a_password_is_checked(
    app: Flask, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite everybody else would wait for each attempt of an attacker."""
    seen = []

    def check(_password: str, _hash: str) -> bool:
        writing = will_write.set(True)
        try:
            with db.engine.begin() as connection:  # a second writer comes through at once
                seen.append(connection.execute(select(Attempts.count)).all())
        finally:
            will_write.reset(writing)
        return True

    monkeypatch.setattr(accounts, "verify_password", check)
    assert sign_in(app).status_code == 303
    assert seen == [[(1,), (1,)]], "and the attempt is counted already"


# --- several processes -----------------------------------------------------------------------------


def test_of_forty_attempts_at_once_in_four_processes_ten_are_tried(processes: Race, editor: User) -> None:
    form = Form("/sign-in", {"email": "edith@example.org", "password": WRONG})
    db.session.rollback()
    answers = processes.run({}, [[form] * 10 for _process in range(4)], meet=False)
    tried = ["do not belong together" in answer.text for answer in answers]
    assert {answer.status for answer in answers} == {422}
    assert sum(tried) == 10
    assert sum(TOO_MANY in answer.text for answer in answers) == 30


@pytest.mark.parametrize("deed", ["demote", "close", "erase"])
def test_two_administrators_who_turn_on_each_other_leave_one(
    processes: Race, app: Flask, adam: User, deed: str
) -> None:
    eve = factories.user("Eve Stone", "eve@example.org", password="x", roles=list(adam.roles))
    pages = []
    for one, other in ((adam, eve), (eve, adam)):
        client = app.test_client().sign_in(one)
        if deed == "erase":
            page = Page(client, f"/accounts/{other.id}/erase").type(reason="Left").save()
            page.fields["do"] = "yes"
        else:
            page = Page(client, f"/accounts/{other.id}")
            page.fields.pop("roles", None)
        page.action = f"/accounts/{other.id}/close" if deed == "close" else page.action
        pages.append(page)
    answers = processes.pages(*pages)
    left = [one for one in (adam, eve) if one.active and [role.name for role in one.roles] == [ADMINISTRATOR]]
    assert len(left) == 1
    assert 303 in {answer.status for answer in answers}
