"""Notes by keyboard alone: written, changed and deleted on the page of their record."""

import re

from playwright.sync_api import Page, expect

from core.db import db
from core.models import Post
from tests import factories
from tests.browser.hands import count_of, tab_to
from tests.cast import Cast


def press(page: Page, name: str, role: str = "link") -> None:
    """Go to a link or a button with Tab, and press it."""
    target = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    for _press in range(120):
        if target.evaluate("it => it === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {name}")


def test_a_note_is_written_changed_and_deleted_by_keyboard(page: Page, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it)
    db.session.rollback()
    page.goto("/hr/employees/1001")
    tab_to(page, re.compile("^Note$"))
    page.keyboard.type("Ask Ben first: https://example.org/rota.")
    press(page, "Keep the note", "button")
    expect(page.locator(".message")).to_contain_text("Your note is kept.")
    note = page.locator("#notes li")
    expect(note.get_by_role("link", name="https://example.org/rota")).to_have_attribute(
        "rel", "noopener noreferrer nofollow"
    )
    press(page, "Change the note of")
    tab_to(page, re.compile("^Note$"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Ask Bill first.")
    press(page, "Save", "button")
    expect(note).to_contain_text("Ask Bill first.")
    expect(note).to_contain_text("· changed")
    press(page, "Delete the note of")
    press(page, "Delete the note", "button")
    expect(page.locator("#notes")).to_contain_text("Nobody has noted anything here yet.")
    assert count_of(Post) == 0
