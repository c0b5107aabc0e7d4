"""What is typed into one form of a page is not lost when another one is sent."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from core.models import Post
from tests import factories
from tests.browser.hands import Asked, LinkTable, count_of, open_table, saved, tab_to
from tests.cast import Cast


@pytest.fixture
def table(page: Page, cast: Cast) -> LinkTable:
    """Ann's page: her departments, notes, two searches, another day, and the way out."""
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500")
    return open_table(page, "/hr/employees/1001")


FAR = "Information Technology"


def note(page: Page) -> Locator:
    return page.get_by_label("Note", exact=True)


def write_note(page: Page) -> None:
    note(page).fill("Ask Ben first.")


def change_fte(table: LinkTable, fte: str = "0.6") -> None:
    table.cell("FTE", FAR).fill(fte)


def keep_a_note(page: Page) -> None:
    write_note(page)
    page.get_by_role("button", name="Keep the note").click(no_wait_after=True)


def find_here(page: Page) -> None:
    page.get_by_label("Find in this list").fill("IT")
    page.keyboard.press("Enter")


def search(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("Ben")
    page.keyboard.press("Enter")


def another_day(page: Page) -> None:
    page.locator(".as-of summary").click()
    page.get_by_role("button", name="Show", exact=True).last.click(no_wait_after=True)


def sign_out(page: Page) -> None:
    page.locator(".person summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click(no_wait_after=True)


def test_sending_another_form_asks_and_staying_keeps_what_is_typed(table: LinkTable) -> None:
    ways = (find_here, search, another_day, sign_out, keep_a_note)
    asked = Asked(table.page, leave=False)
    change_fte(table)
    for send in ways:
        with table.page.expect_event("dialog"):
            send(table.page)
        expect(table.cell("FTE", FAR)).to_have_value("0.6")
    expect(table.says).to_contain_text("1 changed")
    assert asked.kinds == ["beforeunload"] * len(ways)
    assert count_of(Post) == 0


def test_whoever_stays_can_put_the_note_away_and_save_at_once(table: LinkTable) -> None:
    asked = Asked(table.page, leave=False)
    change_fte(table)
    write_note(table.page)
    for way in ("[data-save]", "[data-discard]"):
        with table.page.expect_event("dialog"):
            table.page.locator(way).click(no_wait_after=True)
        expect(note(table.page)).to_have_value("Ask Ben first.")
    note(table.page).fill("")
    table.save()
    expect(table.cell("FTE", FAR)).to_have_value("0.600")
    assert asked.kinds == ["beforeunload"] * 2


def test_a_form_that_was_not_sent_after_all_is_asked_about_again(table: LinkTable) -> None:
    asked = Asked(table.page, leave=False)
    change_fte(table)
    with table.page.expect_event("dialog"):
        keep_a_note(table.page)
    change_fte(table, "0.500")
    with table.page.expect_event("dialog"):
        table.page.get_by_role("link", name="Authors").first.click(no_wait_after=True)
    expect(note(table.page)).to_have_value("Ask Ben first.")
    assert asked.kinds == ["beforeunload"] * 2


def test_ctrl_s_in_a_note_keeps_the_note(table: LinkTable) -> None:
    asked = Asked(table.page, leave=False)
    tab_to(table.page, re.compile("^Note$"))
    table.page.keyboard.type("Ask Ben first.")
    table.page.keyboard.press("Control+s")
    expect(table.page.locator(".message")).to_contain_text("Your note is kept.")
    expect(table.page.locator("#notes li")).to_contain_text("Ask Ben first.")
    assert asked.kinds == []


def test_ctrl_s_elsewhere_saves_and_never_deletes(table: LinkTable, cast: Cast) -> None:
    change_fte(table)
    table.page.keyboard.press("Control+k")
    table.page.keyboard.press("Control+s")
    saved(table.page)
    open_table(table.page, "/hr/departments/SALES/delete")
    table.page.get_by_label("Why is it deleted?").fill("Nobody is there.")
    table.page.keyboard.press("Control+s")
    table.page.goto("/hr/departments/SALES")
    expect(table.page.get_by_role("heading", level=1)).to_contain_text("Sales")


def test_what_was_refused_is_left_by_its_own_form_only(table: LinkTable) -> None:
    asked = Asked(table.page, leave=False)
    change_fte(table, "many")
    table.save_in_vain()
    with table.page.expect_event("dialog"):
        keep_a_note(table.page)
    note(table.page).fill("")
    change_fte(table)
    table.save()
    assert asked.kinds == ["beforeunload"]


def test_a_refused_note_can_be_sent_again(table: LinkTable) -> None:
    asked = Asked(table.page, leave=False)
    table.page.get_by_role("button", name="Keep the note").click()
    expect(table.page.get_by_text("Write something first.")).to_be_visible()
    keep_a_note(table.page)
    expect(table.page.locator(".message")).to_contain_text("Your note is kept.")
    assert asked.kinds == []


def test_a_download_leaves_nothing_and_asks_nothing(table: LinkTable) -> None:
    asked = Asked(table.page, leave=True)
    change_fte(table)
    table.page.get_by_text("Download", exact=True).focus()
    table.page.keyboard.press("Enter")
    for format in ("CSV", "XLSX"):
        table.page.get_by_role("link", name=f"as {format}").first.focus()
        with table.page.expect_download() as started:
            table.page.keyboard.press("Enter")
        assert started.value.suggested_filename.endswith(f".{format.lower()}")
    expect(table.cell("FTE", FAR)).to_have_value("0.6")
    assert asked.kinds == []


def test_an_answer_that_was_only_ticked_is_asked_about(table: LinkTable) -> None:
    asked = Asked(table.page, leave=False)
    open_table(table.page, "/hr/change?key=1")
    table.page.get_by_label("A change: from a day on it is so").check()
    with table.page.expect_event("dialog"):
        search(table.page)
    expect(table.page.get_by_label("A change: from a day on it is so")).to_be_checked()
    assert asked.kinds == ["beforeunload"]
