"""In Chromium: what was changed with the keyboard stands in the history of the other side."""

from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.hands import open_table
from tests.cast import Cast


def test_an_fte_changed_by_keyboard_is_told_at_the_person(page: Page, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500")
    it = open_table(page, "/hr/departments/IT")
    it.cell("FTE", of="Lee, Ann").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("0.6")
    page.keyboard.press("Control+s")
    message = page.get_by_role("status").filter(has_text="Saved Information Technology")
    expect(message.get_by_role("link", name="Undo")).to_be_visible()
    page.goto("/hr/employees/1001")
    told = page.get_by_role("region", name="History")
    expect(told).to_contain_text("changed stay Information Technology #IT")
    expect(told.locator("del")).to_have_text("0.500")
    expect(told.locator("ins")).to_have_text("0.600")
    told.get_by_role("link", name="Saved Information Technology: 1 changed.").press("Enter")
    expect(page.get_by_role("link", name="Undo…")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Lee, Ann")).to_contain_text("0.500 → 0.600")
