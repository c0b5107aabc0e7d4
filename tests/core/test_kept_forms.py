"""A session that ends does not eat what was typed: it is there again after signing in, and not stored yet."""

import re
import time
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from passlib.totp import TOTP
from sqlalchemy import func, select

from core import kept_forms, second_factor
from core.db import db
from core.models import ChangeSet, Post, User
from hr.models import Department, DepartmentEmployeeLink
from library.models import Book
from tests import factories
from tests.cast import PASSWORD, Cast
from tests.conftest import Client
from tests.importing import Pages
from tests.pages import Page

SAID = "You were signed out meanwhile. Nothing was stored yet: look at it and save."
EDITH, ADAM = "edith@example.org", "adam@example.org"


@pytest.fixture(autouse=True)
def _as_for_people(app: Flask) -> None:
    """With the tokens that protect against forged forms."""
    app.config["WTF_CSRF_ENABLED"] = True


def lose_cookie(client: Client) -> None:
    with client.session_transaction() as session:
        session.clear()


def sign_out_elsewhere(client: Client) -> None:
    """In another window of the same browser, by the button."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
    assert token
    assert client.post("/sign-out", data={"csrf_token": token.group(1)}).status_code == 303


def come_in_anew(client: Client) -> None:
    """Signed out and in again, in another window."""
    lose_cookie(client)
    assert fill_in(client, client.get("/sign-in").text).status_code == 303


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]* name="{name}"[^>]* value="([^"]*)"', page)
    return unescape(found.group(1)) if found else ""


def fill_in(client: Client, sign_in_page: str, email: str = EDITH, password: str = PASSWORD) -> Any:
    """Fill in the sign-in page; a 307 is followed as browsers do: the same form, to the other address."""
    names = ("csrf_token", "next", "kept_form")
    sent = {name: hidden(sign_in_page, name) for name in names} | {"email": email, "password": password}
    answer = client.post("/sign-in", data=sent)
    return client.post(answer.location, data=sent) if answer.status_code == 307 else answer


def sent_too_late(client: Client, page: Page, **pressed: str) -> Any:
    """The form, sent after the session has ended; the answer after signing in again."""
    lose_cookie(client)
    answer = client.post(page.action, data={**page.fields, **pressed})
    assert answer.status_code == 401
    assert "You were signed out meanwhile, so nothing was stored." in answer.text
    return fill_in(client, answer.text)


def change_sets() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(ChangeSet)) or 0


# --- every form comes back -----------------------------------------------------------------------------


@pytest.mark.parametrize("ended", [lose_cookie, sign_out_elsewhere], ids=["cookie lost", "signed out"])
def test_rows_of_a_link_table_come_back_changed_added_and_removed(
    client: Client, cast: Cast, ended: Callable[[Client], None]
) -> None:
    for who in (cast.ann, cast.ben):
        factories.stay(who, cast.it, fte="1.000")
    page = Page(client, "/hr/departments/IT")
    page.change("#1001", fte="0.5").change("#1002", remove="y")
    added = page.add(employee="#1003", fte="1/4")
    page.type(reason="Entered twice")
    typed = dict(page.fields)
    ended(client)
    answer = client.post(page.action, data=page.fields)
    assert answer.status_code == 401
    back = Page(client, page.action, fill_in(client, answer.text))
    assert SAID in back.text
    assert {name: back.fields.get(name) for name in typed if name != "csrf_token"} == {
        name: value for name, value in typed.items() if name != "csrf_token"
    }
    assert back.fields[f"{added}-fte"] == "1/4"
    assert change_sets() == 0
    assert back.save().stored
    stays = db.session.scalars(
        select(DepartmentEmployeeLink).order_by(DepartmentEmployeeLink.employee_number)
    )
    assert [(stay.employee_number, str(stay.fte)) for stay in stays] == [("1001", "0.500"), ("1003", "0.250")]


def test_what_was_typed_is_carried_past_the_second_factor_as_well(
    client: Client, cast: Cast, editor: User
) -> None:
    factories.stay(cast.ann, cast.it, fte="1.000")
    key = editor.second_factor = second_factor.new_key()
    db.session.commit()
    page = Page(client, "/hr/departments/IT").change("#1001", fte="0.5")
    lose_cookie(client)
    asked = fill_in(client, client.post(page.action, data=page.fields).text)
    assert 'action="/sign-in/code"' in asked.text
    code = TOTP(key=key, format="base32").generate(time.time()).token
    sent = {name: hidden(asked.text, name) for name in ("csrf_token", "next", "kept_form")} | {"code": code}
    answer = client.post("/sign-in/code", data=sent)
    assert answer.status_code == 307
    back = Page(client, page.action, client.post(answer.location, data=sent))
    assert SAID in back.text
    assert change_sets() == 0
    assert back.save().stored


FORMS = {
    "new department": ("/hr/new-department", {"code": "HR", "name": "People and more"}),
    "new person": ("/hr/new-employee", {"number": "2001", "name": "Zoë Kay", "hired_on": "3 Feb 2020"}),
    "new book": ("/library/new-book", {"title": "Emma", "published": "1815-12"}),
    "new author": ("/library/new-author", {"name": "Jane Austen"}),
    "new subject": ("/library/new-subject", {"name": "Manners"}),
    "note": ("/", {"body": "Fire drill\nat ten"}),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_comes_back_as_it_was_and_is_stored_by_saving(client: Client, form: str) -> None:
    url, typed = FORMS[form]
    page = Page(client, url).type(**typed)
    back = Page(client, page.action, sent_too_late(client, page))
    assert SAID in back.text
    assert {name: back.fields[name].replace("\r\n", "\n") for name in typed} == typed
    assert change_sets() == 0
    assert back.save().stored
    assert change_sets() == 1


def test_what_was_mistyped_comes_back_with_its_error(client: Client) -> None:
    page = Page(client, "/hr/new-employee").type(number="2001", name="Zoë Kay", hired_on="the day before")
    back = Page(client, page.action, sent_too_late(client, page))
    assert "“the day before” is not a day" in back.errors
    assert back.fields["hired_on"] == "the day before"


def test_a_deed_comes_back_with_what_it_would_change(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    url = f"/hr/end?key={stay.id}&back=/hr/employees/1001"
    shown = Page(client, url).type(last_day="2025-06-30").save()
    back = Page(client, url, sent_too_late(client, shown, do="yes"))
    assert SAID in back.text
    assert "30 Jun 2025" in back.text
    assert change_sets() == 0
    done = back.save(do="yes")
    assert done.stored
    assert done.url.startswith("/hr/employees/1001"), "the address kept its arguments"


def test_the_answers_about_a_file_come_back(client: Client, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    pages = Pages(client)
    pages.upload("departments", "code,name\nHR,People\n")
    app.config["WTF_CSRF_ENABLED"] = True
    form = r'<form method="post" action="/import/\d+">.*?</form>'
    found = re.search(form, client.get(pages.url).text, re.DOTALL)
    assert found
    key = hidden(found.group(), "form_key")
    lose_cookie(client)
    asked = client.post(pages.url, data={"form_key": key, "map-code": "name", "map-name": "code"})
    back = fill_in(client, asked.text).text
    assert SAID in back
    for name, column in (("code", "name"), ("name", "code")):
        assert re.search(rf'name="map-{name}".*?<option selected value="{column}"', back, re.DOTALL)
    assert db.session.scalars(select(Department)).all() == []


def test_a_form_with_a_file_asks_for_the_file_again(client: Client) -> None:
    page = Page(client, "/import").type(kind="employees")
    back = Page(client, "/import", sent_too_late(client, page))
    assert back.fields["kind"] == "employees"
    assert "Choose a CSV file" in back.errors


# --- and it is looked at like any other ----------------------------------------------------------------


def test_what_a_colleague_did_meanwhile_is_seen_when_it_comes_back(
    client: Client, app: Flask, cast: Cast
) -> None:
    factories.stay(cast.ann, cast.it, fte="1.000")
    page = Page(client, "/hr/departments/IT").change("#1001", fte="0.5")
    colleague = app.test_client().sign_in(cast.administrator)
    assert Page(colleague, "/hr/departments/IT").change("#1001", fte="0.75").save().stored
    back = Page(client, page.action, sent_too_late(client, page))
    said = r"FTE was changed to 0\.75 meanwhile by .+?; you have 0\.5\. Save again to keep yours\."
    assert re.search(said, back.text)
    assert back.values("#1001", "fte") == ["0.5"]
    assert back.save().stored


def test_what_was_stored_before_the_session_ended_is_not_stored_twice(client: Client) -> None:
    page = Page(client, "/library/new-book").type(title="Emma")
    assert page.save().stored
    answer = sent_too_late(client, page)
    assert answer.status_code == 303
    assert "stored already" in client.get(answer.location).text
    assert db.session.scalar(select(func.count()).select_from(Book)) == 1


def test_a_wrong_password_first_loses_nothing(client: Client) -> None:
    page = Page(client, "/library/new-book").type(title="Emma")
    lose_cookie(client)
    asked = client.post(page.action, data=page.fields)
    again = fill_in(client, asked.text, password="not this one at all")
    assert again.status_code == 422
    assert Page(client, page.action, fill_in(client, again.text)).fields["title"] == "Emma"


def test_signing_in_by_another_window_loses_nothing_either(client: Client) -> None:
    """The form is of the session before, so that its token is worth nothing; what was typed is there."""
    page = Page(client, "/library/new-book").type(title="Emma")
    come_in_anew(client)
    back = page.save()
    assert SAID in back.text
    assert back.fields["title"] == "Emma"
    assert change_sets() == 0
    assert back.save().stored


def test_signing_in_by_another_window_while_the_sign_in_page_waits_loses_nothing(client: Client) -> None:
    page = Page(client, "/library/new-book").type(title="Emma")
    lose_cookie(client)
    asked = client.post(page.action, data=page.fields)
    come_in_anew(client)
    assert Page(client, page.action, fill_in(client, asked.text)).fields["title"] == "Emma"


# --- what is not carried along -------------------------------------------------------------------------


def test_another_account_gets_nothing_of_it_and_is_told_so(client: Client, cast: Cast) -> None:
    page = Page(client, "/library/new-book").type(title="A secret title")
    lose_cookie(client)
    answer = fill_in(client, client.post(page.action, data=page.fields).text, email=ADAM)
    assert (answer.status_code, answer.location) == (303, "/")
    first = client.get("/").text
    assert "belongs to another account. Nothing of it was stored." in first
    assert "A secret title" not in first


def test_a_form_of_somebody_else_who_is_signed_in_now_is_neither_stored_nor_shown(
    client: Client, cast: Cast
) -> None:
    page = Page(client, "/library/new-book").type(title="A secret title")
    lose_cookie(client)
    assert fill_in(client, client.get("/sign-in").text, email=ADAM).status_code == 303
    answer = client.post(page.action, data=page.fields)
    assert answer.status_code == 400
    assert "A secret title" not in answer.text
    assert change_sets() == 0


def test_a_kept_form_leads_to_its_own_page_only(client: Client) -> None:
    page = Page(client, "/library/new-book").type(title="Emma", name="Emma")
    lose_cookie(client)
    kept = hidden(client.post(page.action, data=page.fields).text, "kept_form")
    come_in_anew(client)
    answer = client.post("/library/new-subject", data={"kept_form": kept})
    assert answer.status_code == 400
    assert change_sets() == 0


def test_a_kept_form_stores_nothing_however_often_it_is_sent(client: Client) -> None:
    page = Page(client, "/library/new-book").type(title="Emma")
    lose_cookie(client)
    kept = hidden(client.post(page.action, data=page.fields).text, "kept_form")
    come_in_anew(client)
    for _time in range(2):
        answer = client.post("/library/new-book", data={"kept_form": kept, "title": "Other"})
        assert answer.status_code == 422
    assert change_sets() == 0


@pytest.mark.parametrize("forged", ["x", "WyIvIixbXSwiIl0.aaaa.bbbb", "."])
def test_what_we_did_not_write_is_not_read(client: Client, editor: User, forged: str) -> None:
    lose_cookie(client)
    page = client.get("/sign-in").text.replace('name="kept_form"', 'name="x"')
    sent = {"csrf_token": hidden(page, "csrf_token"), "email": EDITH, "password": PASSWORD}
    answer = client.post("/sign-in", data=sent | {"kept_form": forged})
    assert (answer.status_code, answer.location) == (303, "/")


def test_it_is_kept_for_twelve_hours(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(client, "/library/new-book").type(title="Emma")
    lose_cookie(client)
    asked = client.post(page.action, data=page.fields).text
    monkeypatch.setattr(kept_forms, "LASTS", -1)
    answer = fill_in(client, asked)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "was kept for 12 hours" in client.get("/").text


def test_passwords_are_never_carried_along(client: Client, app: Flask) -> None:
    page = Page(client, "/account/password")
    page.type(present=PASSWORD, password="another good password", again="another good password")
    lose_cookie(client)
    kept = hidden(client.post(page.action, data=page.fields).text, "kept_form")
    with app.app_context():
        found = kept_forms._opened(kept)
    assert found is not None
    assert {name for name, _value in found.fields} <= {"form_key", "version"}


def test_what_is_too_large_is_said_so_with_the_way_to_save_it_all_the_same(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_forms, "MOST", 50)
    page = Page(client, "/library/new-book").type(title="Emma")
    lose_cookie(client)
    answer = client.post(page.action, data=page.fields)
    assert "too much to be carried along" in answer.text
    assert hidden(answer.text, "kept_form") == ""
    come_in_anew(client)
    assert page.save().fields["title"] == "Emma", "going back in the browser and saving again"


def test_a_button_leads_back_to_its_page(client: Client) -> None:
    lose_cookie(client)
    answer = client.post("/demo-data", headers={"Referer": "http://localhost/library/books"})
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/library/books")
    assert "nothing was stored" in client.get(answer.location).text


def test_nothing_is_kept_of_a_stranger(client: Client) -> None:
    lose_cookie(client)
    answer = client.post("/notes", data={"body": "Hello"})
    assert answer.status_code == 303
    forged = client.post("/notes", data={"body": "Hello", "form_key": "mine"})
    assert fill_in(client, forged.text).location == "/"
    assert db.session.scalars(select(Post)).all() == []
