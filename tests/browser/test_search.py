"""Search over everything with the keyboard: Ctrl-K, type, arrows, Enter, Escape. And without script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import factories
from tests.cast import Cast


@pytest.fixture(autouse=True)
def stocked(cast: Cast) -> None:
    """The cast, a book, and an author who has another name."""
    factories.former_number(cast.bill, "0007")
    book = factories.book("The Shining", published="1977")
    king = factories.author("Stephen King")
    factories.share(book, king, "10")
    factories.other_name(king, "Richard Bachman")
    factories.employee("Leona Leeds", "1999")


def lines(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Suggestions").get_by_role("option")


def typed(page: Page, words: str) -> None:
    """Press Ctrl-K on some page and type."""
    page.goto("/library/books")
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    expect(lines(page).first).to_be_visible()


def test_ctrl_k_and_arrows_lead_to_a_record(page: Page) -> None:
    typed(page, "lee")
    field = page.get_by_label("Search everything")
    expect(page.get_by_role("group", name="People")).to_contain_text("Lee, Ann")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert field.get_attribute("aria-activedescendant") is None, "nothing is marked before the arrows"
    page.keyboard.press("ArrowDown")
    expect(lines(page).first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", lines(page).first.get_attribute("id") or "")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Leona Leeds")


def test_enter_alone_shows_everything_that_is_found(page: Page) -> None:
    typed(page, "lee")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=lee$"))
    expect(page.get_by_role("region", name="People").get_by_role("link")).to_have_text(
        ["Lee, Ann", "Leeds, Leona"]
    )


def test_the_last_line_leads_to_everything_too(page: Page) -> None:
    typed(page, "it")
    page.keyboard.press("ArrowUp")
    expect(lines(page).last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=it&all=1$"))


def test_an_old_number_and_enter_lead_to_the_record_of_today(page: Page) -> None:
    typed(page, "0007")
    expect(lines(page).first).to_contain_text("1007 · was 0007")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/hr/employees/1007$"))


def test_escape_closes_the_list_and_keeps_what_was_typed(page: Page) -> None:
    typed(page, "bachman")
    expect(lines(page).filter(has_text="also Richard Bachman")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_hidden()
    expect(page.get_by_label("Search everything")).to_have_value("bachman")
    expect(page.get_by_label("Search everything")).to_be_focused()


def test_a_line_can_be_pressed(page: Page) -> None:
    typed(page, "shin")
    lines(page).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The Shining")


def test_the_open_list_is_sound(page: Page, axe: Callable[[Page], None]) -> None:
    typed(page, "lee")
    page.keyboard.press("ArrowDown")
    axe(page)
    page.goto("/search?q=lee")
    axe(page)


def test_on_a_phone_nothing_is_pushed_sideways(phone: Page) -> None:
    typed(phone, "lee")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    box = phone.get_by_role("listbox", name="Suggestions").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_without_script_it_is_a_form(plain_page: Page) -> None:
    plain_page.goto("/")
    plain_page.get_by_label("Search everything").fill("lee")
    plain_page.keyboard.press("Enter")
    plain_page.get_by_role("link", name="Lee, Ann").click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Ann Lee")


def test_what_needs_attention_is_reached_by_keyboard(page: Page, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", role="head")
    page.goto("/")
    page.get_by_role("link", name="1 department has no head today").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Sales", exact=True)).to_be_visible()
