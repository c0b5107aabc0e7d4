"""What is typed is not lost, and not stored twice."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.db import db
from core.models import Post, User
from library.models import Author, Book
from tests import factories
from tests.browser.hands import Asked, LinkTable, count_of, fresh, open_table, saved
from tests.cast import Cast


@pytest.fixture
def book() -> Book:
    book = factories.book("Pride and Prejudice")
    factories.share(book, factories.author("Ann Lee"), "15")
    return book


@pytest.fixture
def table(page: Page, book: Book) -> LinkTable:
    return open_table(page, f"/library/books/{book.id}")


def test_leaving_with_changes_asks_and_staying_keeps_them(table: LinkTable) -> None:
    asked = Asked(table.page, leave=False)
    table.cell("Royalty", "Ann Lee").fill("16")
    table.page.get_by_role("link", name="Authors").click(no_wait_after=True)
    expect(table.cell("Royalty", "Ann Lee")).to_have_value("16")
    assert asked.kinds == ["beforeunload"]


def test_leaving_without_changes_asks_nothing(table: LinkTable) -> None:
    asked = Asked(table.page, leave=True)
    table.cell("Royalty", "Ann Lee").fill("16")
    table.cell("Royalty", "Ann Lee").fill("15 %")
    table.page.get_by_role("link", name="Authors").click()
    expect(table.page.get_by_role("heading", name="Authors", level=1)).to_be_visible()
    assert asked.kinds == []


@pytest.mark.parametrize("way", ["Discard", "Save"])
def test_discard_and_save_ask_nothing(table: LinkTable, way: str) -> None:
    asked = Asked(table.page, leave=True)
    table.cell("Royalty", "Ann Lee").fill("16")
    table.page.locator("[data-discard]" if way == "Discard" else "[data-save]").click()
    expect(table.says).to_contain_text("No changes yet")
    assert asked.kinds == []


def test_a_form_of_fields_asks_too_and_cancel_does_not(page: Page, book: Book) -> None:
    asked = Asked(page, leave=False)
    db.session.rollback()
    page.goto("/library/new-book")
    page.get_by_label("Title", exact=True).fill("Emma")
    page.get_by_role("link", name="Authors").click(no_wait_after=True)
    expect(page.get_by_label("Title", exact=True)).to_have_value("Emma")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="Books", level=1)).to_be_visible()
    assert asked.kinds == ["beforeunload"]


FORMS = {
    "new department": ("/hr/new-department", "Name"),
    "new person": ("/hr/new-employee", "Name"),
    "new author": ("/library/new-author", "Name"),
    "new subject": ("/library/new-subject", "Name"),
    "department": ("/hr/departments/IT/edit", "Name"),
    "deed": ("/hr/leave?key=1001", "Last day worked"),
    "why something is deleted": ("/hr/departments/IT/delete", "Why is it deleted?"),
    "note": ("/", "Note"),
    "own name": ("/account", "Name"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_asks_before_what_is_typed_is_lost(page: Page, cast: Cast, form: str) -> None:
    asked = Asked(page, leave=False)
    url, label = FORMS[form]
    db.session.rollback()
    page.goto(url)
    page.get_by_label(label, exact=True).first.fill("Something")
    page.get_by_role("link", name="Authors").first.click(no_wait_after=True)
    expect(page.get_by_label(label, exact=True).first).to_have_value("Something")
    assert asked.kinds == ["beforeunload"]


def test_a_file_that_was_chosen_is_asked_about(page: Page, editor: User) -> None:
    asked = Asked(page, leave=False)
    page.goto("/import")
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"code,name"}
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("link", name="Authors").first.click(no_wait_after=True)
    expect(page.get_by_role("heading", name="Import", level=1)).to_be_visible()
    assert asked.kinds == ["beforeunload"]


def test_what_was_refused_is_not_stored_yet_and_asks_too(page: Page, cast: Cast) -> None:
    asked = Asked(page, leave=False)
    db.session.rollback()
    page.goto("/hr/new-department")
    page.get_by_label("Name", exact=True).fill("People")
    page.get_by_role("button", name="Save department").click()
    expect(page.locator(".errors")).to_be_visible()
    page.get_by_role("link", name="Authors").first.click(no_wait_after=True)
    expect(page.get_by_label("Name", exact=True)).to_have_value("People")
    assert asked.kinds == ["beforeunload"]


def test_what_a_deed_would_change_is_not_done_yet_and_asks_too(page: Page, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01")
    asked = Asked(page, leave=False)
    db.session.rollback()
    page.goto("/hr/leave?key=1001")
    page.get_by_label("Last day worked").fill("2025-12-31")
    page.get_by_role("button", name="Show what would change").last.click()
    expect(page.locator(".preview")).to_be_visible()
    page.get_by_role("link", name="Authors").first.click(no_wait_after=True)
    expect(page.locator(".preview")).to_be_visible()
    assert asked.kinds == ["beforeunload"]
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Leave")
    assert asked.kinds == ["beforeunload"]


def test_a_double_press_on_save_stores_once(table: LinkTable) -> None:
    table.choose("Author", "New One", "as a new author")
    table.page.locator("[data-save]").dblclick()
    saved(table.page)
    assert count_of(Author) == 2


def test_ctrl_s_held_down_stores_once(table: LinkTable) -> None:
    table.choose("Author", "New One", "as a new author")
    for _press in range(3):
        table.page.keyboard.press("Control+s")
    saved(table.page)
    assert count_of(Author) == 2


def test_a_note_sent_twice_is_on_the_board_once(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_label("Note").fill("Fire drill at ten")
    page.get_by_role("button", name="Put it on the board").dblclick()
    expect(page.locator(".log li")).to_have_count(1)
    assert count_of(Post) == 1


def test_going_back_and_saving_again_is_a_save_of_its_own(table: LinkTable, book: Book) -> None:
    table.cell("Royalty", "Ann Lee").fill("16")
    table.save()
    table.page.go_back()
    table.page.reload()
    table.cell("Royalty", "Ann Lee").fill("17")
    table.save()
    assert fresh(book).author_links[0].royalty_percentage == 17
