"""The first page: how to begin, the rooms, and the notice board."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.models import Post, User
from tests import factories
from tests.conftest import Client


@pytest.fixture
def empty_rooms(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Rooms that are empty until their demo is loaded; the list says whose was."""
    loaded: list[str] = []

    def emptied(room):
        return replace(
            room,
            is_empty=lambda: room.name not in loaded,
            demo=lambda: loaded.append(room.name),
        )

    rooms = tuple(emptied(room) for room in app.extensions["rooms"])
    monkeypatch.setitem(app.extensions, "rooms", rooms)
    return loaded


def test_it_leads_to_every_room(client: Client) -> None:
    page = client.get("/").text
    assert "Hello, Edith Moss" in page
    for address in ("/hr/departments", "/hr/employees", "/library/books", "/library/authors"):
        assert f'href="{address}"' in page


def test_it_costs_few_statements(client: Client, editor: User, statements: Callable) -> None:
    for number in range(30):
        factories.post(factories.user(), f"Note {number}")
    with statements() as seen:
        page = client.get("/").text
    assert len(seen) <= 8
    assert page.count('id="note-') == 20, "the newest 20"


def test_nothing_here_yet_shows_how_to_begin(client: Client, empty_rooms: list[str]) -> None:
    page = client.get("/").text
    assert "How would you like to begin?" in page
    assert "Load the demo data" in page
    assert "Start empty" in page


def test_the_demo_data_is_loaded_once(client: Client, empty_rooms: list[str]) -> None:
    assert client.post("/demo-data").location == "/"
    assert empty_rooms == ["hr", "library"]
    page = client.get("/").text
    assert "The demo data is loaded into staffing and books." in page
    assert "How would you like to begin?" not in page
    client.post("/demo-data")
    assert empty_rooms == ["hr", "library"]
    assert "nothing was loaded" in client.get("/").text


def test_the_demo_data_is_only_loaded_by_post(client: Client, empty_rooms: list[str]) -> None:
    assert client.get("/demo-data").status_code == 405
    assert empty_rooms == []


# --- the notice board ------------------------------------------------------------------------------


def test_a_note_is_put_on_the_board(client: Client, editor: User) -> None:
    answer = client.post("/notes", data={"body": "  Tea at four.\r\nBring <b>cake</b>. ", "form_key": "k1"})
    assert (answer.status_code, answer.location) == (303, f"/#note-{editor.posts[0].id}")
    assert [post.body for post in editor.posts] == ["Tea at four.\nBring <b>cake</b>."]
    page = client.get("/").text
    assert "Tea at four.<br>Bring &lt;b&gt;cake&lt;/b&gt;." in page
    assert "Your note is on the board." in page


def test_a_note_that_is_sent_twice_is_stored_once(client: Client, editor: User) -> None:
    for _ in range(2):
        answer = client.post("/notes", data={"body": "Tea", "form_key": "k1"})
        assert answer.location == f"/#note-{editor.posts[0].id}"
    assert len(editor.posts) == 1
    assert "it was not stored twice" in client.get("/").text


@pytest.mark.parametrize("body", ["", "   ", "x" * 4001])
def test_a_note_has_a_body(client: Client, editor: User, body: str) -> None:
    answer = client.post("/notes", data={"body": body, "form_key": "k1"})
    assert answer.status_code == 422
    assert "Notice board" in answer.text
    assert editor.posts == []


def test_one_changes_a_note_of_ones_own(client: Client, editor: User) -> None:
    note = factories.post(editor, "Tea at four")
    assert "Tea at four" in client.get(f"/notes/{note.id}/edit").text
    answer = client.post(f"/notes/{note.id}/edit", data={"body": "Tea at five", "version": "1"})
    assert answer.location == f"/#note-{note.id}"
    db.session.refresh(note)
    assert (note.body, note.edited_at is not None) == ("Tea at five", True)
    assert "changed" in client.get("/").text


def test_a_note_changed_meanwhile_is_not_overwritten(client: Client, editor: User) -> None:
    note = factories.post(editor, "Tea at four")
    client.post(f"/notes/{note.id}/edit", data={"body": "Tea at five", "version": "1"})
    answer = client.post(f"/notes/{note.id}/edit", data={"body": "Tea at six", "version": "1"})
    assert answer.status_code == 422
    assert "Tea at five" in answer.text, "what is stored"
    assert "Tea at six" in answer.text, "what was typed"
    db.session.refresh(note)
    assert note.body == "Tea at five"


def test_one_deletes_a_note_of_ones_own(client: Client, editor: User) -> None:
    note = factories.post(editor, "Tea at four")
    assert "Tea at four" in client.get(f"/notes/{note.id}/delete").text
    assert client.post(f"/notes/{note.id}/delete", data={"form_key": "k1"}).location == "/#notes"
    assert db.session.scalars(select(Post)).all() == []
    assert db.session.get(User, editor.id) is not None


@pytest.mark.parametrize("deed", ["edit", "delete"])
def test_the_notes_of_others_stay_as_they_are(client: Client, deed: str) -> None:
    note = factories.post(factories.user("Somebody Else"), "Mine")
    assert f"/notes/{note.id}/{deed}" not in client.get("/").text
    for answer in (
        client.get(f"/notes/{note.id}/{deed}"),
        client.post(f"/notes/{note.id}/{deed}", data={"body": "Yours"}),
    ):
        assert answer.status_code == 403
        assert "Only the person who wrote a note" in answer.text
    db.session.refresh(note)
    assert note.body == "Mine"


def test_ones_own_notes_stand_on_the_account_page(client: Client, editor: User) -> None:
    factories.post(editor, "Mine")
    factories.post(factories.user("Somebody Else"), "Theirs")
    page = client.get("/account").text
    assert "Mine" in page
    assert "Theirs" not in page
