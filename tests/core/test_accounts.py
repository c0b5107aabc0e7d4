"""Administrators give accounts and roles; nobody else does, and there is always one of them."""

import json
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import func, select

from core import administration, attempts, mail, sign_ins
from core.db import db
from core.history.undo import undo
from core.models import Attempts, Change, ChangeSet, Role, SignIn, User, instant
from core.writing import Refused, writing
from tests import factories
from tests.cast import PASSWORD
from tests.conftest import Client
from tests.pages import Page

Letters = Callable[[], list[EmailMessage]]
DEEDS = ("close", "reopen", "invite", "send-reset", "sign-out", "unlock", "take-second-factor")


def roles_of(user: User) -> list[str]:
    db.session.rollback()
    return sorted(role.name for role in user.roles)


def saved(client: Client, user: User, roles: list[str], **typed: str):
    """The page of an account, sent with these boxes ticked."""
    fields = Page(client, f"/accounts/{user.id}").type(**typed).fields
    return client.post(f"/accounts/{user.id}", data={**fields, "roles": roles})


def do(client: Client, user: User, deed: str) -> str:
    """Press a button of an account's page; what the page says then."""
    answer = client.post(f"/accounts/{user.id}/{deed}", data={"form_key": f"{deed} {user.id}"})
    assert answer.location == f"/accounts/{user.id}"
    db.session.rollback()
    return Page(client, answer.location).text


def test_only_administrators_may(client: Client, editor: User, admin: Client) -> None:
    for address in ("/accounts", "/accounts/new", f"/accounts/{editor.id}"):
        assert client.get(address).status_code == 403
        assert admin.get(address).status_code == 200
    for deed in DEEDS:
        assert client.post(f"/accounts/{editor.id}/{deed}").status_code == 403
        assert client.get(f"/accounts/{editor.id}/{deed}").status_code == 405
    assert client.post("/accounts/new", data={"name": "X", "email": "x@example.org"}).status_code == 403
    assert 'href="/accounts"' not in client.get("/account").text
    assert 'href="/accounts"' in admin.get("/account").text


# --- the list --------------------------------------------------------------------------------------


@pytest.fixture
def everybody(editor: User, adam: User) -> list[User]:
    invited = factories.user("Ines Invited", "ines@example.org")
    closed = factories.user("Carl Closed", "carl@example.org", password="x", active=False)
    locked = factories.user("Łukasz Locked", "luk@example.org", password="x")
    until = instant() + timedelta(minutes=5)
    db.session.add(Attempts(subject="s", user_id=locked.id, count=10, refused_until=until))
    db.session.commit()
    return [editor, adam, invited, closed, locked]


def test_the_list_says_how_each_account_stands(admin: Client, everybody: list[User]) -> None:
    table = Page(admin, "/accounts").table
    assert [(row[0], row[3]) for row in table] == [
        ("Adam Reed", "active"),
        ("Carl Closed", "closed"),
        ("Edith Moss", "active"),
        ("Ines Invited", "invited"),
        ("Łukasz Locked", "locked"),
    ]
    assert table[0][1:3] == ["adam@example.org", "administrator"]
    assert table[0][4] == "never"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("?q=lukasz", ["Łukasz Locked"]),
        ("?q=ines@", ["Ines Invited"]),
        ("?state=active", ["Adam Reed", "Edith Moss", "Łukasz Locked"]),
        ("?state=invited", ["Ines Invited"]),
        ("?state=closed", ["Carl Closed"]),
        ("?state=locked", ["Łukasz Locked"]),
        ("?sort=-name&q=e", ["Łukasz Locked", "Ines Invited", "Edith Moss", "Carl Closed", "Adam Reed"]),
    ],
)
def test_accounts_are_found(admin: Client, everybody: list[User], asked: str, found: list[str]) -> None:
    assert Page(admin, f"/accounts{asked}").first_column == found


def test_the_list_takes_no_more_statements_for_more_accounts(
    admin: Client, everybody: list[User], statements
) -> None:
    with statements() as few:
        admin.get("/accounts")
    for number in range(20):
        factories.user(f"Somebody {number}", roles=[Role(name=f"role {number}")])
    with statements() as many:
        admin.get("/accounts")
    assert len(many) == len(few) <= 5


# --- one account -----------------------------------------------------------------------------------


def test_roles_are_offered_with_what_they_allow(admin: Client, editor: User, app: Flask) -> None:
    page = Page(admin, f"/accounts/{editor.id}").text
    for room in app.extensions["rooms"]:
        for role in room.roles:
            assert role.may in page


def test_roles_are_given_and_taken(admin: Client, editor: User) -> None:
    assert saved(admin, editor, ["HR editor", "Library reader"]).status_code == 303
    assert roles_of(editor) == ["HR editor", "Library reader"]
    assert saved(admin, editor, ["Library reader", "bookkeeper"]).status_code == 303
    assert roles_of(editor) == ["Library reader", "bookkeeper"]
    assert saved(admin, editor, []).status_code == 303
    assert roles_of(editor) == []


def test_a_role_that_does_not_exist_is_not_given(admin: Client, editor: User) -> None:
    saved(admin, editor, ["emperor", "HR reader"])
    assert roles_of(editor) == ["HR reader"]


def test_name_and_address_are_changed(admin: Client, editor: User) -> None:
    assert saved(admin, editor, [], name="Edith  Mossman", email="Mossman@Example.org").status_code == 303
    db.session.rollback()
    assert (editor.name, editor.email) == ("Edith Mossman", "mossman@example.org")


def test_two_accounts_never_have_one_address(admin: Client, editor: User) -> None:
    answer = saved(admin, editor, [], email="ADAM@example.org")
    assert answer.status_code == 422
    assert "There is an account with this address already." in answer.text
    assert 'value="ADAM@example.org"' in answer.text, "what was typed is still there"


def test_what_somebody_else_stored_meanwhile_is_said(admin: Client, editor: User) -> None:
    fields = Page(admin, f"/accounts/{editor.id}").type(name="Edith M.").fields
    editor.name = "Edith Moss-Reed"
    db.session.commit()
    answer = admin.post(f"/accounts/{editor.id}", data=fields)
    assert answer.status_code == 422
    assert "Meanwhile this was stored as “Edith Moss-Reed”" in answer.text


def test_the_page_shows_whose_record_it_is(admin: Client, editor: User) -> None:
    person = factories.employee("Edith Moss", "1042", account=editor)
    assert f'href="/hr/employees/{person.number}"' in admin.get(f"/accounts/{editor.id}").text


def test_a_closed_account_is_out_everywhere_and_keeps_its_name(
    admin: Client, client: Client, editor: User
) -> None:
    factories.post(editor, "I was here.")
    assert "is closed" in do(admin, editor, "close")
    assert client.get("/account").location == "/sign-in?next=/account"
    assert "Edith Moss" in admin.get("/").text
    typed = {"email": "edith@example.org", "password": PASSWORD}
    assert client.post("/sign-in", data=typed).status_code == 422
    assert "is open again" in do(admin, editor, "reopen")
    assert client.post("/sign-in", data=typed).status_code == 303


def test_the_last_administrator_is_neither_closed_nor_demoted(admin: Client, adam: User) -> None:
    factories.user("Ida Invited", roles=list(adam.roles))  # has no password yet, so nobody has it
    assert "This is the last administrator" in do(admin, adam, "close")
    answer = saved(admin, adam, ["HR editor"])
    assert answer.status_code == 422
    assert "This is the last administrator" in answer.text
    assert roles_of(adam) == ["administrator"]
    assert adam.active


def test_an_administrator_may_go_where_there_is_another(admin: Client, adam: User) -> None:
    other = factories.user("Eve Stone", password="x", roles=list(adam.roles))
    assert saved(admin, adam, ["HR editor"]).status_code == 303
    assert roles_of(adam) == ["HR editor"]
    assert admin.get(f"/accounts/{other.id}").status_code == 403


def test_signing_somebody_out_reaches_every_browser(admin: Client, client: Client, editor: User) -> None:
    factories.sign_in(editor)
    assert "Signed in with 2 browsers." in admin.get(f"/accounts/{editor.id}").text
    do(admin, editor, "sign-out")
    assert client.get("/").location == "/sign-in"
    assert len(sign_ins.of(editor)) == 0
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 1, "the administrator stays"


def test_who_failed_too_often_is_unlocked(admin: Client, everybody: list[User]) -> None:
    locked = everybody[-1]
    assert "locked after too many attempts" in Page(admin, f"/accounts/{locked.id}").text
    assert "can try again" in do(admin, locked, "unlock")
    assert attempts.locked_among([locked.id]) == set()


def test_who_lost_the_second_factor_signs_in_without(admin: Client, editor: User) -> None:
    assert "Take the second factor away" not in admin.get(f"/accounts/{editor.id}").text
    editor.second_factor = "A" * 32
    db.session.commit()
    assert "Take the second factor away" in admin.get(f"/accounts/{editor.id}").text
    do(admin, editor, "take-second-factor")
    assert editor.second_factor is None


def test_roles_that_somebody_else_gave_meanwhile_are_said(admin: Client, editor: User) -> None:
    old = Page(admin, f"/accounts/{editor.id}").fields
    saved(admin, editor, ["HR reader"])
    answer = admin.post(f"/accounts/{editor.id}", data={**old, "roles": ["Library reader"]})
    assert answer.status_code == 422
    assert "Meanwhile these were stored as: HR reader." in answer.text
    assert roles_of(editor) == ["HR reader"]
    again = Page(admin, "", answer).fields
    answer = admin.post(f"/accounts/{editor.id}", data={**again, "roles": ["Library reader"]})
    assert roles_of(editor) == ["Library reader"]


# --- a new account ---------------------------------------------------------------------------------


def test_a_new_account_has_its_roles_and_is_invited(admin: Client, letters: Letters) -> None:
    page = Page(admin, "/accounts/new").type(name="Nora New", email="Nora@example.org")
    answer = admin.post("/accounts/new", data={**page.fields, "roles": ["HR reader", "administrator"]})
    assert answer.status_code == 303
    nora = db.session.scalars(select(User).where(User.email == "nora@example.org")).unique().one()
    assert roles_of(nora) == ["HR reader", "administrator"]
    assert (nora.state, nora.password) == ("invited", None)
    (letter,) = letters()
    assert letter["To"] == "Nora New <nora@example.org>"
    assert "A mail is on its way to nora@example.org." in Page(admin, answer.location).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Type a name."),
        ({"email": "nora"}, "is not an e-mail address"),
        ({"email": "edith@example.org"}, "There is an account with this address already."),
    ],
)
def test_what_cannot_be_is_said(
    admin: Client, editor: User, letters: Letters, typed: dict[str, str], said: str
) -> None:
    page = Page(admin, "/accounts/new").type(**({"name": "Nora", "email": "nora@example.org"} | typed))
    answer = admin.post("/accounts/new", data={**page.fields, "roles": ["HR reader"]})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="HR reader" checked' in answer.text, "what was ticked still is"
    assert letters() == []


def test_a_mail_server_that_fails_leaves_the_account_and_the_link(
    admin: Client, app: Flask, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(mail, "_deliver", fail)
    page = Page(admin, "/accounts/new").type(name="Nora New", email="nora@example.org")
    page = Page(admin, "/accounts/new", admin.post("/accounts/new", data=page.fields))
    assert "The mail could not be sent (TimeoutError). Give them the link on this page yourself." in page.text
    assert 'value="http://localhost/invitation/' in page.html


# --- history ---------------------------------------------------------------------------------------


def test_what_is_done_with_an_account_is_said_in_words(admin: Client, editor: User) -> None:
    saved(admin, editor, ["HR editor"])
    do(admin, editor, "close")
    said = db.session.scalars(select(ChangeSet.deed).order_by(ChangeSet.id)).all()
    assert said == [
        "Saved the account of Edith Moss.",
        "The account of Edith Moss is closed, and signed out everywhere.",
    ]
    changes = db.session.scalars(select(Change).order_by(Change.change_set_id)).all()
    assert [list(json.loads(change.facts)) for change in changes] == [["roles"], ["active"]]
    assert '"HR editor"' in changes[0].facts


def test_the_history_knows_no_hash(admin: Client, client: Client, editor: User) -> None:
    fresh = "another nail has been found"
    typed = {"present": PASSWORD, "password": fresh, "again": fresh, "form_key": "k"}
    assert client.post("/account/password", data=typed).status_code == 303
    assert db.session.scalars(select(ChangeSet.deed)).one() == "Password of Edith Moss changed."
    assert db.session.scalars(select(Change.facts)).all() == ["{}"]


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("sign-out", "Edith Moss is signed out everywhere."),
        ("unlock", "Edith Moss can try again at once."),
        ("send-reset", "Edith Moss can choose a new password with the link in the mail."),
        ("take-second-factor", "Edith Moss signs in without a second factor, and is signed out everywhere."),
    ],
)
def test_the_history_shows_what_an_administrator_did_with_an_account(
    admin: Client, editor: User, letters: Letters, deed: str, said: str
) -> None:
    do(admin, editor, deed)
    (row,) = Page(admin, "/history").table
    assert (row[0], row[2], row[3]) == (said, "Adam Reed", "0")
    id = db.session.scalars(select(ChangeSet.id)).one()
    page = admin.get(f"/history/{id}")
    assert f"/history/{id}/undo" not in page.text, "there is nothing to take back"
    assert admin.get(f"/history/{id}/undo").status_code == 400


def test_the_page_of_an_account_tells_its_history(admin: Client, client: Client, editor: User) -> None:
    saved(admin, editor, ["HR editor"])
    do(admin, editor, "take-second-factor")
    client.sign_in(editor).post("/account/sign-out-elsewhere", data={"form_key": "k"})
    page = Page(admin, f"/accounts/{editor.id}")
    card = page.text.partition("All history")[2]
    assert "Edith Moss signed out every other browser." in card
    assert "signs in without a second factor, and is signed out everywhere. Adam Reed" in card
    assert "Roles" in card
    listed = Page(admin, f"/history?record=user:{editor.id}").first_column
    assert listed == [
        "Edith Moss signed out every other browser.",
        "Edith Moss signs in without a second factor, and is signed out everywhere.",
        "Saved the account of Edith Moss.",
    ]
    told = Page(admin, page.link(listed[1]) or "")
    assert "changed account Account of Edith Moss" in told.text
    assert "the history says that it was done, and no more" in told.text


def test_an_invitation_that_is_sent_again_is_in_the_history(admin: Client, letters: Letters) -> None:
    invited = factories.user("Ines Invited", "ines@example.org")
    do(admin, invited, "invite")
    assert Page(admin, "/history").first_column == ["The invitation of Ines Invited is a new one."]


def test_the_history_shows_what_somebody_did_with_the_own_account(
    admin: Client, client: Client, editor: User
) -> None:
    factories.sign_in(editor)
    assert client.post("/account/sign-out-elsewhere", data={"form_key": "k1"}).status_code == 303
    fresh = "another nail has been found"
    typed = {"present": PASSWORD, "password": fresh, "again": fresh, "form_key": "k2"}
    assert client.post("/account/password", data=typed).status_code == 303
    said = ["Password of Edith Moss changed.", "Edith Moss signed out every other browser."]
    assert Page(client, "/history").first_column == said
    assert Page(admin, "/history").first_column == said
    assert [row[2] for row in Page(admin, "/history").table] == ["Edith Moss", "Edith Moss"]


def test_an_undo_leaves_an_administrator_too(admin: Client, adam: User, editor: User) -> None:
    editor.password = "x"
    db.session.commit()
    saved(admin, editor, ["administrator"])
    given = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
    assert saved(admin, adam, []).status_code == 303
    db.session.rollback()
    with (
        pytest.raises(Refused, match="This is the last administrator"),
        writing(administration.check) as work,
    ):
        undo(work, given)
    assert roles_of(editor) == ["administrator"]
