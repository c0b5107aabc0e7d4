"""Somebody is forgotten: in what is stored today, in the history, in what waits; and every figure stays."""

import io
from datetime import date
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import String, Text, select

from core import tickets
from core.db import Base, db
from core.models import ChangeSet, Job, Post, Upload, User
from core.privacy import token_of
from core.writing import writing
from hr import queries, staffing
from hr.models import Department, Employee
from library.models import Author
from tests import factories
from tests.cast import PASSWORD, Cast
from tests.conftest import Client
from tests.pages import Page

TOKEN = token_of("employee:1001")
SECRETS = (
    "Ann Lee",
    "Lee, Ann",
    "Ann Young",
    "ann@example.org",
    "ann.lee@example.org",
    "Mill Lane",
    "Old Road",
)


@pytest.fixture
def adam(app: Flask, cast: Cast) -> Client:
    return app.test_client().sign_in(cast.administrator)


def everything() -> str:
    """Every text that is stored anywhere."""
    db.session.rollback()
    said = []
    for table in Base.metadata.sorted_tables:
        texts = [one for one in table.columns if isinstance(one.type, String | Text)]
        if texts:
            said += [
                f"{table.name}: {value}"
                for row in db.session.execute(select(*texts))
                for value in row
                if value
            ]
    return "\n".join(said)


def found(*secrets: str) -> list[str]:
    """The stored texts that have one of these in them, in any case."""
    return [
        line
        for line in everything().splitlines()
        if any(one.casefold() in line.casefold() for one in secrets)
    ]


def erase(client: Client, url: str, reason: str = "She asked for it") -> Page:
    """Look at what would change, and do it."""
    page = Page(client, url)
    shown = page.type(reason=reason).save()
    assert "What would change" in shown.text, shown.text
    return shown.save(do="yes")


@pytest.fixture
def ann(cast: Cast) -> Employee:
    """Ann, who is named wherever somebody can be named."""
    ann = cast.ann
    factories.stay(ann, cast.it, "2023-01-01", "2023-12-31", fte="0.500", extra_data="as Ann Lee wished")
    factories.stay(ann, cast.sales, "2024-01-01", fte="0.250", is_primary=True)
    factories.stay(cast.ben, cast.it, "2023-01-01", fte="1.000")
    factories.address(ann, "1 Mill Lane")
    factories.job_title(ann, "Joiner", "2023-01-01")
    factories.former_number(ann, "900", "Ann Young")
    factories.post(cast.editor, "She is ill", about="employee:1001")
    factories.post(cast.editor, "Ann Lee moves to Sales")
    factories.post(cast.editor, "A plan for Sales", about="department:sales")
    with writing(reason="Ann Lee said so") as work:
        ann.email, ann.addresses[0].lines = "ann@example.org", "2 Old Road"
        work.leads_to("/hr/stays?employee=Ann+Lee+%231001", "Saved Ann Lee.")
    with writing() as work:
        ann.email = "ann.lee@example.org"
        work.leads_to("/", "Saved Ann Lee.")
    factories.upload(cast.editor, "employees", "number,name\n1001,Ann Lee\n")
    factories.job(cast.editor, "done", title="Import of Ann Lee.csv", said="Ann Lee was changed")
    return ann


def test_nothing_that_is_stored_says_who_it_was(adam: Client, ann: Employee) -> None:
    assert {secret for secret in SECRETS if found(secret)} == set(SECRETS), "all of it is there before"
    page = erase(adam, "/hr/employees/1001/erase", "Ann Lee asked for it")
    assert page.stored
    assert found(*SECRETS) == []
    db.session.expire_all()
    person = db.session.get(Employee, "1001")
    assert person is not None
    assert (person.name, person.sort_name, person.email, person.addresses) == (TOKEN, TOKEN, None, [])
    assert [(alias.old, alias.name) for alias in person.aliases] == [("900", TOKEN)]
    reason = db.session.scalar(select(ChangeSet.reason).order_by(ChangeSet.id.desc()).limit(1))
    assert reason == f"{TOKEN} asked for it"


def figures() -> object:
    """Headcounts, FTE and head of each department on many days, and the sweep and averages of everybody."""
    days = [date(2022 + month // 12, month % 12 + 1, 15) for month in range(48)]
    codes = list(db.session.scalars(select(Department.code).order_by(Department.code)))
    counted = [[queries.figures(code, day) for code in codes] for day in days]
    people = sorted(queries.everybody_with_stays(), key=lambda one: one.number)
    swept = [(one.number, staffing.sweep(one.stays)) for one in people]
    return counted, swept, staffing.sweep([stay for one in people for stay in one.stays])


def test_every_past_figure_is_the_same(adam: Client, ann: Employee) -> None:
    before = figures()
    assert erase(adam, "/hr/employees/1001/erase").stored
    db.session.expire_all()
    assert figures() == before


def test_what_happens_is_said_before(adam: Client, ann: Employee) -> None:
    page = Page(adam, "/hr/employees/1001/erase")
    assert "cannot be undone" in page.text
    assert "Backups" in page.text
    shown = page.type(reason="She asked").save()
    assert "The number, the dates and the FTE stay" in shown.text
    assert "departments.csv" not in shown.text
    assert (
        "The file employees.csv, which waits to be stored, has the name in it and is dropped." in shown.text
    )
    assert TOKEN in shown.text
    assert len(found("Ann Lee")) > 0, "looking changes nothing"


def test_a_reason_is_needed(adam: Client, ann: Employee) -> None:
    page = Page(adam, "/hr/employees/1001/erase").save(do="yes")
    assert "Say why" in page.errors
    assert found("Ann Lee")


def test_a_second_time_changes_nothing(adam: Client, ann: Employee) -> None:
    assert erase(adam, "/hr/employees/1001/erase").stored
    before = everything()
    page = Page(adam, "/hr/employees/1001/erase").type(reason="Again").save()
    assert "Nothing would change." in page.text
    assert everything() == before


def test_only_an_administrator_erases(client: Client, ann: Employee) -> None:
    for url in ("/hr/employees/1001/erase", "/library/authors/1/erase", "/accounts/1/erase"):
        assert client.get(url).status_code == 403
        assert client.post(url, data={"reason": "x", "do": "yes"}).status_code == 403
    assert found("Ann Lee")


def test_notes_about_the_person_go_and_others_lose_the_name(adam: Client, ann: Employee) -> None:
    erase(adam, "/hr/employees/1001/erase")
    bodies = list(db.session.scalars(select(Post.body).order_by(Post.id)))
    assert bodies == [f"{TOKEN} moves to Sales", "A plan for Sales"]
    assert found("She is ill") == [], "not in the history either"


def test_a_namesake_keeps_the_name(adam: Client, ann: Employee, cast: Cast) -> None:
    other = factories.employee("Ann Lee", "2222")
    with writing() as work:
        other.email = "other@example.org"
        work.leads_to("/", "Saved Ann Lee, the other one.")
    assert erase(adam, "/hr/employees/1001/erase").stored
    db.session.expire_all()
    assert other.name == "Ann Lee"
    assert found("Saved Ann Lee, the other one.")
    assert found("ann@example.org", "Mill Lane", "Old Road", "Ann Young") == []


def test_a_name_of_one_word_is_no_word_elsewhere(adam: Client, cast: Cast) -> None:
    may = factories.employee("May", "3333")
    with writing() as work:
        may.left_on = date(2025, 5, 3)
        work.leads_to("/", "May leaves on 3 May 2025.")
    with writing() as work:
        cast.ben.left_on = date(2025, 5, 4)
        work.leads_to("/", "Ben leaves on 4 May 2025.")
    erase(adam, "/hr/employees/3333/erase")
    said = found("leaves on")
    assert any("Ben leaves on 4 May 2025." in line for line in said)
    assert not any("May leaves on" in line for line in said)


def test_the_account_of_the_person_goes_with_the_person(
    app: Flask, adam: Client, ann: Employee, cast: Cast
) -> None:
    account = factories.user("A. Lee-Young", "a.young@example.org", password="x")
    ann.account = account
    db.session.commit()
    browser = app.test_client().sign_in(account)
    assert browser.get("/account").status_code == 200
    assert erase(adam, "/hr/employees/1001/erase").stored
    assert found("Lee-Young", "a.young@example.org") == []
    db.session.expire_all()
    assert (account.active, account.password, ann.account) == (False, None, None)
    assert browser.get("/account").status_code in (302, 303), "and whoever was signed in is out"


def test_an_erased_account_has_no_role_and_is_never_opened_again(adam: Client, cast: Cast) -> None:
    id = cast.editor.id
    adam.post(f"/accounts/{id}/close", data={"form_key": "close"})
    closed = db.session.scalars(select(ChangeSet.id)).one()
    assert erase(adam, f"/accounts/{id}/erase").stored
    db.session.expire_all()
    assert list(cast.editor.roles) == []
    said = "It is forgotten whose account this was, so it stays closed."
    page = Page(adam, f"/accounts/{id}")
    assert "Open it again" not in page.text
    answer = adam.post(f"/accounts/{id}/reopen", data={"form_key": "open"})
    assert said in Page(adam, answer.location).text
    assert said in page.type(email="edith@example.org").save().text
    answer = Page(adam, f"/history/{closed}/undo").save(do="yes")
    assert not answer.stored
    db.session.expire_all()
    assert not cast.editor.active
    assert cast.editor.email == f"erased-{id}@erased.invalid"


@pytest.mark.parametrize("url", ["/accounts/{}/erase", "/hr/employees/1001/erase"])
def test_the_last_administrator_is_not_erased(app: Flask, cast: Cast, url: str) -> None:
    """Of two who erase each other at the same moment, the second finds that there is nobody beside."""
    cast.ann.account = cast.administrator
    eve = factories.user("Eve Stone", roles=list(cast.administrator.roles))  # has no password yet
    db.session.commit()
    page = Page(app.test_client().sign_in(eve), url.format(cast.administrator.id))
    assert "This is the last administrator" in page.type(reason="He asked").save().text
    db.session.expire_all()
    assert cast.administrator.active


def test_that_somebody_was_erased_is_in_the_history(adam: Client, ann: Employee) -> None:
    assert erase(adam, "/hr/employees/1001/erase").stored
    assert f"{TOKEN} was somebody; who it was is no longer kept." in Page(adam, "/history").first_column


def test_a_packed_spreadsheet_with_the_name_is_dropped_and_others_stay(
    adam: Client, ann: Employee, cast: Cast
) -> None:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("xl/sharedStrings.xml", "<sst><si><t>LEE, ANN</t></si></sst>")
    named, plain = factories.upload(cast.editor), factories.upload(cast.editor)
    named.content, named.filename = packed.getvalue(), "people.xlsx"
    db.session.commit()
    kept = plain.id
    assert erase(adam, "/hr/employees/1001/erase").stored
    assert list(db.session.scalars(select(Upload.id))) == [kept]


def test_it_waits_for_a_job_that_reads_a_file_with_the_name(adam: Client, ann: Employee, cast: Cast) -> None:
    upload = db.session.scalars(select(Upload)).one()
    factories.job(cast.editor, "running", settings=f'{{"upload": {upload.id}}}')
    page = Page(adam, "/hr/employees/1001/erase").type(reason="She asked").save()
    assert "A job is reading the file employees.csv" in page.text
    assert db.session.scalar(select(Job.title).where(Job.state == "done")) == "Import of Ann Lee.csv"


def test_erasing_is_not_written_down_with_what_it_took_away(adam: Client, ann: Employee) -> None:
    assert erase(adam, "/hr/employees/1001/erase").stored
    last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
    assert (last.count, last.deed) == (0, f"{TOKEN} was somebody; who it was is no longer kept.")


def test_no_undo_brings_the_name_back(adam: Client, ann: Employee) -> None:
    saves = list(db.session.scalars(select(ChangeSet.id).where(ChangeSet.count > 0).order_by(ChangeSet.id)))
    assert erase(adam, "/hr/employees/1001/erase").stored
    for save in reversed(saves):
        page = Page(adam, f"/history/{save}/undo").save()
        if "What would change" in page.text:
            page.save(do="yes")
    assert found(*SECRETS) == []


def test_the_person_is_still_found_by_number_and_the_departments_know_the_token(
    adam: Client, ann: Employee
) -> None:
    erase(adam, "/hr/employees/1001/erase")
    assert TOKEN in Page(adam, "/hr/employees/1001").text
    assert TOKEN in Page(adam, "/hr/departments/SALES").html
    assert Page(adam, "/hr/employees/900").text.count(TOKEN) > 0, "old numbers still lead there"


# --- authors ---------------------------------------------------------------------------------------


def test_an_author_is_forgotten_and_every_percentage_stays(adam: Client) -> None:
    author, book = factories.author("Mary Ann Evans"), factories.book("Middlemarch")
    share = factories.share(book, author, "12.5", credited_as="George Eliot")
    factories.share(book, factories.author("Ann Editor"), "2.5")
    factories.other_name(author, "Marian Evans")
    factories.other_name(author, "M. A. Evans", former_id=77)
    factories.post(factories.user(), "Wants proofs on paper", about="author:77")
    with writing() as work:
        share.credited_as = "Mr George Eliot"
        work.leads_to("/", "Saved Mary Ann Evans.")
    before = [(one.royalty_percentage, one.publication_order, one.role) for one in book.author_links]
    assert erase(adam, f"/library/authors/{author.id}/erase").stored
    assert found("Evans", "Eliot", "proofs") == []
    db.session.expire_all()
    assert [(one.royalty_percentage, one.publication_order, one.role) for one in book.author_links] == before
    token = token_of(f"author:{author.id}")
    assert db.session.get(Author, author.id).name == token  # type: ignore[union-attr]
    assert token in Page(adam, "/library/authors/77").text, "the duplicate's address still leads there"


# --- accounts --------------------------------------------------------------------------------------


def test_an_account_is_closed_and_its_name_is_a_token_in_what_it_did(
    adam: Client, client: Client, editor: User, cast: Cast
) -> None:
    client.post("/account", data={"name": "Edith Moss-Green", "version": "1"})
    factories.post(editor, "Tea at four")
    factories.upload(editor)
    assert erase(adam, f"/accounts/{editor.id}/erase").stored
    assert found("Edith", "edith@example.org") == []
    page = adam.get("/").text
    assert token_of(f"user:{editor.id}") in page
    assert "Tea at four" in page, "what was written stays"
    assert db.session.scalars(select(Upload)).all() == []
    assert client.get("/").status_code in (302, 303)


def test_nobody_erases_oneself(adam: Client, cast: Cast) -> None:
    page = Page(adam, f"/accounts/{cast.administrator.id}/erase").type(reason="Enough").save()
    assert "This is your own account." in page.text
    cast.ben.account = cast.administrator
    db.session.commit()
    page = Page(adam, "/hr/employees/1002/erase").type(reason="Enough").save()
    assert "This is your own account." in page.text
    assert found("Adam Reed")


def test_a_repeated_post_erases_once(adam: Client, ann: Employee) -> None:
    shown = Page(adam, "/hr/employees/1001/erase").type(reason="She asked").save()
    for _ in range(2):
        assert adam.post(shown.action, data={**shown.fields, "do": "yes"}).status_code == 303
    assert db.session.scalar(select(ChangeSet).where(ChangeSet.deed.startswith(TOKEN)).limit(2)) is not None


def saved_by_nobody(deed: str, leads_to: str = "/", user: User | None = None) -> None:
    """A save as those of before are stored: the history tells it, and has no record at which it does."""
    db.session.add(ChangeSet(deed=deed, leads_to=leads_to, user_id=user.id if user else None, is_told=True))
    db.session.commit()


def test_what_was_done_to_an_account_loses_the_name_too(app: Flask, adam: Client, letters: object) -> None:
    ines = factories.user("Ines Invited", "ines@example.org")
    id, chosen = ines.id, {"password": PASSWORD, "again": PASSWORD, "form_key": "k"}
    address = f"/invitation/{tickets.ticket(tickets.INVITATION, ines)}"
    assert app.test_client().post(address, data=chosen).status_code == 303
    for deed in ("unlock", "take-second-factor", "sign-out", "send-reset"):
        assert adam.post(f"/accounts/{id}/{deed}", data={"form_key": deed}).status_code == 303
    said = [line for line in found("Ines Invited") if line.startswith("change_set")]
    assert len(said) == 5, "five sentences about it"
    assert erase(adam, f"/accounts/{id}/erase", "Ines Invited asked").stored
    assert found("Ines Invited", "Ines", "ines@") == []
    deeds = db.session.scalars(select(ChangeSet.deed)).all()
    token = token_of(f"user:{id}")
    assert f"Password of {token} set by invitation." in deeds
    assert f"{token} can try again at once." in deeds


def test_sentences_of_before_lose_the_name_where_they_mean_the_account(adam: Client, cast: Cast) -> None:
    ines, other = factories.user("Ines"), factories.user("Ines Other")
    saved_by_nobody("Ines can try again at once.", f"/accounts/{ines.id}", cast.administrator)
    saved_by_nobody("Welcome, Ines. Your password is set.")
    saved_by_nobody("Password of Ines set anew.")
    saved_by_nobody("Signed out: the phone of Ines.", "/account#browsers", ines)
    saved_by_nobody("Ines Other can try again at once.", f"/accounts/{other.id}", cast.administrator)
    saved_by_nobody("Welcome, Ines Other. Your password is set.")
    assert erase(adam, f"/accounts/{ines.id}/erase").stored
    assert sorted(line.partition(": ")[2] for line in found("Ines") if line.startswith("change_set")) == [
        "Ines Other can try again at once.",
        "Welcome, Ines Other. Your password is set.",
    ]


def test_a_token_is_long_enough_for_everybody(app: Flask) -> None:
    tokens = {token_of(f"employee:{number}") for number in range(20_000)}
    assert len(tokens) == 20_000
