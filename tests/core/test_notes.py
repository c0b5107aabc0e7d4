"""Notes about records: on the record's page, by whoever may read it, whatever becomes of the record's key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.history.undo import undo
from core.models import ChangeSet, Post, User
from core.subjects import subject_of
from core.writing import writing
from hr import operations as staffing
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


@dataclass(frozen=True)
class Place:
    """A kind of record with a page of its own."""

    make: Callable[[], Any]
    url: Callable[[Any], str]


PLACES = {
    "department": Place(lambda: factories.department("IT"), lambda one: f"/hr/departments/{one.code}"),
    "employee": Place(lambda: factories.employee("Ann Lee", "A1"), lambda one: f"/hr/employees/{one.number}"),
    "book": Place(lambda: factories.book("Emma"), lambda one: f"/library/books/{one.id}"),
    "author": Place(lambda: factories.author("Jane Austen"), lambda one: f"/library/authors/{one.id}"),
    "subject": Place(lambda: factories.subject("Marriage"), lambda one: f"/library/subjects/{one.id}"),
}
every_place = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)


def stored() -> list[Post]:
    db.session.rollback()
    return list(db.session.scalars(select(Post).order_by(Post.id)))


def write(client: Client, record: Any, body: str, **more: str) -> Any:
    return client.post(f"/notes/about/{subject_of(record)}", data={"body": body} | more)


@every_place
def test_a_note_is_written_and_read_on_the_page_of_its_record(
    client: Client, editor: User, place: Place
) -> None:
    record = place.make()
    url = place.url(record)
    form = Page(client, url).html
    assert "Nobody has noted anything here yet." in form
    answer = write(client, record, "Ask <b>Ben</b>.\nhttps://example.org/a.", form_key="k")
    (post,) = stored()
    assert (answer.status_code, answer.location) == (303, f"{url}#note-{post.id}")
    assert (post.about, post.owner_id) == (subject_of(record), editor.id)
    page = client.get(url).text
    assert "Ask &lt;b&gt;Ben&lt;/b&gt;.<br><a href=" in page
    assert "Your note is kept." in page
    assert db.session.scalars(select(ChangeSet.deed)).all() == [f"Note about {record} added."]
    assert "Edith Moss" in page
    assert "Ask" not in client.get("/").text, "what is noted about a record is not on the board"


@every_place
def test_a_double_click_keeps_one_note(client: Client, place: Place) -> None:
    record = place.make()
    for _ in range(2):
        assert write(client, record, "Tea", form_key="k1").status_code == 303
    assert len(stored()) == 1


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 4001])
def test_a_note_that_cannot_be_kept_says_why_and_stays_typed(client: Client, cast: Cast, body: str) -> None:
    answer = write(client, cast.ann, body)
    assert answer.status_code == 422
    assert ("Write something first." if not body.strip() else "At most 4,000 characters.") in answer.text
    assert body.strip() in answer.text
    assert "Lee, Ann #1001" in answer.text, "it says what the note is about"
    assert stored() == []


def test_after_a_note_the_page_is_as_one_was_looking_at_it(client: Client, cast: Cast) -> None:
    page = Page(client, "/hr/employees/1001?on=2024-02-01")
    where = page.html.split('action="/notes/about/')[1].split('"')[0].replace("&amp;", "&")
    answer = client.post(f"/notes/about/{where}", data={"body": "Tea"})
    assert answer.location == f"/hr/employees/1001?on=2024-02-01#note-{stored()[0].id}"


def test_a_note_never_leads_to_another_site(client: Client, cast: Cast) -> None:
    answer = client.post("/notes/about/employee:1001?back=//evil.example", data={"body": "Tea"})
    assert answer.location.startswith("/hr/employees/1001#note-")


@pytest.mark.parametrize(
    "subject",
    ["employee:9999", "nothing:1", "employee", "book:x", "book:99999999999", "author_book:1-1", "user:1"],
)
def test_there_are_notes_only_about_records_with_a_page(client: Client, cast: Cast, subject: str) -> None:
    assert client.get(f"/notes/about/{subject}").status_code == 404
    assert client.post(f"/notes/about/{subject}", data={"body": "Tea"}).status_code == 404
    assert stored() == []


# --- one's own, and those of others ----------------------------------------------------------------


def test_one_changes_a_note_and_it_says_so(client: Client, editor: User, cast: Cast) -> None:
    note = factories.post(editor, "Tea at four", about="employee:1001")
    answer = client.post(f"/notes/{note.id}/edit", data={"body": "Tea at five", "version": "1"})
    assert answer.location == f"/hr/employees/1001#note-{note.id}"
    page = client.get("/hr/employees/1001").text
    assert "Tea at five" in page
    assert "· changed" in page


def test_a_note_that_was_changed_meanwhile_is_neither_overwritten_nor_deleted(
    client: Client, editor: User, cast: Cast
) -> None:
    note = factories.post(editor, "Tea at four", about="employee:1001")
    client.post(f"/notes/{note.id}/edit", data={"body": "Tea at five", "version": "1"})
    answer = client.post(f"/notes/{note.id}/edit", data={"body": "Tea at six", "version": "1"})
    assert (answer.status_code, "Tea at five" in answer.text, "Tea at six" in answer.text) == (
        422,
        True,
        True,
    )
    answer = client.post(f"/notes/{note.id}/delete", data={"version": "1"})
    assert answer.status_code == 422
    assert "changed meanwhile" in answer.text
    assert [post.body for post in stored()] == ["Tea at five"]


def test_an_administrator_deletes_any_note_and_changes_none(app: Flask, cast: Cast) -> None:
    note = factories.post(cast.editor, "Tea at four", about="employee:1001")
    adam = app.test_client().sign_in(cast.administrator)
    page = adam.get("/hr/employees/1001").text
    assert f"/notes/{note.id}/delete" in page
    assert f"/notes/{note.id}/edit" not in page
    assert adam.post(f"/notes/{note.id}/edit", data={"body": "Mine", "version": "1"}).status_code == 403
    assert adam.post(f"/notes/{note.id}/delete", data={"version": "1"}).location == "/hr/employees/1001#notes"
    assert stored() == []


@pytest.mark.parametrize("deed", ["edit", "delete"])
def test_others_leave_a_note_as_it_is(client: Client, cast: Cast, deed: str) -> None:
    note = factories.post(factories.user("Somebody Else"), "Mine", about="employee:1001")
    assert f"/notes/{note.id}/{deed}" not in client.get("/hr/employees/1001").text
    assert client.get(f"/notes/{note.id}/{deed}").status_code == 403
    assert client.post(f"/notes/{note.id}/{deed}", data={"body": "x", "version": "1"}).status_code == 403
    assert [post.body for post in stored()] == ["Mine"]


def test_a_note_of_a_closed_account_keeps_its_name(client: Client, cast: Cast) -> None:
    factories.post(factories.user("Gone Fishing", active=False), "Tea", about="employee:1001")
    assert "Gone Fishing" in client.get("/hr/employees/1001").text


def test_ones_own_notes_say_what_they_are_about(client: Client, editor: User, statements: Callable) -> None:
    records = [place.make() for place in PLACES.values()]
    factories.post(editor, "On the board")
    for record in records:
        factories.post(editor, f"On {record}", about=subject_of(record))
    factories.post(editor, "On what is gone", about="employee:9999")
    with statements() as seen:
        page = client.get("/account").text
    for place, record in zip(PLACES.values(), records, strict=True):
        assert f'about <a href="{place.url(record)}#note-' in page
    assert "On what is gone" in page
    for number in range(10):
        person = factories.employee(f"Person {number}")
        factories.post(editor, "Tea", about=subject_of(person))
    with statements() as more:
        client.get("/account")
    assert len(more) == len(seen), "one statement a kind"


# --- whatever becomes of the record ----------------------------------------------------------------


def test_notes_survive_a_renumbering_and_a_recoding(client: Client, editor: User, cast: Cast) -> None:
    factories.post(editor, "About Ann", about="employee:1001")
    factories.post(editor, "About IT", about="department:it")
    with writing(staffing.check) as work:
        staffing.renumber(work, cast.ann, "2001")
        staffing.recode(work, cast.it, "ICT")
        cast.ann.number, cast.it.code = "2001", "ICT"
    assert "About Ann" in client.get("/hr/employees/2001").text
    assert "About IT" in client.get("/hr/departments/ICT").text
    page = client.get("/account").text
    assert 'href="/hr/employees/2001#note-' in page
    assert 'href="/hr/departments/ICT#note-' in page


def test_the_notes_of_a_duplicate_are_on_the_record_it_was_merged_into(client: Client, editor: User) -> None:
    author = factories.author("Jane Austen")
    factories.other_name(author, "J. Austen", former_id=77)
    factories.post(editor, "About the duplicate", about="author:77")
    assert "About the duplicate" in client.get(f"/library/authors/{author.id}").text


def test_notes_of_a_deleted_record_are_kept_and_shown_nowhere_else(client: Client, cast: Cast) -> None:
    factories.post(factories.user("Somebody Else"), "About Ann", about="employee:1001")
    db.session.delete(cast.ann)
    db.session.commit()
    assert [post.body for post in stored()] == ["About Ann"]
    for url in ("/", "/notes", "/account"):
        assert "About Ann" not in client.get(url).text
    assert client.get("/notes/about/employee:1001").status_code == 404


def delete_ann(client: Client) -> int:
    """Delete her as a person does; the number of that save."""
    page = Page(client, "/hr/employees/1001/delete")
    assert page.type(reason="Entered twice").save().stored
    return db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(1)).one()


def test_whoever_gets_the_number_of_somebody_deleted_gets_no_notes(
    client: Client, editor: User, cast: Cast
) -> None:
    factories.post(editor, "About Ann", about="employee:1001")
    delete_ann(client)
    factories.employee("Somebody New", "1001")
    assert "About Ann" not in client.get("/hr/employees/1001").text
    factories.post(editor, "About the new one", about="employee:1001")
    assert "About the new one" in client.get("/hr/employees/1001").text


def test_who_comes_back_by_an_undo_comes_with_the_notes(client: Client, editor: User, cast: Cast) -> None:
    factories.post(editor, "About Ann", about="employee:1001")
    deletion = delete_ann(client)
    with writing() as work:
        assert undo(work, work.session.get_one(ChangeSet, deletion)).left == []
    assert "About Ann" in client.get("/hr/employees/1001").text


# --- many of them ----------------------------------------------------------------------------------


def test_the_newest_twenty_are_shown_and_older_ones_by_a_link(client: Client, cast: Cast) -> None:
    for number in range(45):
        factories.post(cast.editor, f"Remark {number:02}.", about="employee:1001")
    page = Page(client, "/hr/employees/1001")
    assert page.text.index("Remark 44.") < page.text.index("Remark 25.")
    assert "Remark 24." not in page.text
    older = Page(client, page.link("Older notes") or "")
    assert "Remark 24." in older.text
    assert "Remark 25." not in older.text
    assert "Remark 05." in older.text
    oldest = Page(client, older.link("Older notes") or "")
    assert "Remark 04." in oldest.text
    assert oldest.link("Older notes") is None


def test_a_board_goes_back_in_time_as_well(client: Client, editor: User) -> None:
    for number in range(25):
        factories.post(editor, f"Remark {number:02}.")
    page = Page(client, "/")
    assert "Remark 04." not in page.text
    assert "Remark 04." in Page(client, page.link("Older notes") or "").text


# --- whoever may not see a room --------------------------------------------------------------------


@pytest.fixture
def closed_staffing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Staffing is closed to everybody; what the roles open is tested with the roles."""
    monkeypatch.setattr("core.notes.may_read", lambda room: room != "hr")


def test_notes_about_a_closed_room_are_not_there(client: Client, cast: Cast, closed_staffing: None) -> None:
    mine = factories.post(cast.editor, "About Ann", about="employee:1001")
    for url in ("/notes/about/employee:1001", f"/notes/{mine.id}/edit", f"/notes/{mine.id}/delete"):
        assert client.get(url).status_code == 404
        assert client.post(url, data={"body": "Tea", "version": "1"}).status_code == 404
    assert [post.body for post in stored()] == ["About Ann"]
    assert "About Ann" not in client.get("/").text
    account = client.get("/account").text
    assert "About Ann" not in account
    assert "About a record that your account cannot see any more." in account, "that there is one is said"
    assert "/hr/employees/1001" not in account
    assert f"/notes/{mine.id}/edit" not in account
