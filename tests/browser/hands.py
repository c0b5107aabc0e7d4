"""What a person's eyes and hands do on a page with a link table."""

import re
from typing import Any

from playwright.sync_api import Dialog, Locator, Page, expect
from sqlalchemy import func, select

from core.db import db


class LinkTable:
    """The link table of a page: rows are found by what they are called, inputs by their spoken names."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def row(self, name: str) -> Locator:
        """The stored row about this record of the other side."""
        link = self.page.get_by_role("link", name=name, exact=True)
        return self.page.locator("tbody[data-row]").filter(has=link)

    def cell(self, fact: str, of: str = "new row") -> Locator:
        """The input of a row, by the name that a screen reader says; of an empty row, the first."""
        spoken = re.compile(rf"^{re.escape(fact)} of {re.escape(of)}, row \d+$")
        return self.page.get_by_label(spoken).first

    def mark_removed(self, name: str) -> None:
        self.row(name).get_by_role("checkbox", name="Remove").check()

    @property
    def names(self) -> list[str]:
        """What the stored rows are called, from top to bottom."""
        return self.page.locator(".far-shown a").all_inner_texts()

    @property
    def says(self) -> Locator:
        """What a save will do, in the bar at the foot."""
        return self.page.locator(".save-says")

    @property
    def sum(self) -> Locator:
        """The running sum beside the head."""
        return self.page.locator("[data-meter]")

    @property
    def lines(self) -> Locator:
        """The suggestions for what is being typed."""
        return self.page.get_by_role("listbox", name="Suggestions").get_by_role("option")

    def choose(self, fact: str, typed: str, line: str) -> None:
        """Type into the look-up of the first empty row, and press a line of the suggestions."""
        self.cell(fact).press_sequentially(typed)
        self.lines.filter(has_text=line).click()

    def save(self, said: str = "Saved") -> None:
        """Press Save and wait until the page says what was stored."""
        self.page.locator("[data-save]").click()
        saved(self.page, said)

    def save_in_vain(self) -> None:
        """Press Save and wait until the page says what needs a look."""
        self.page.locator("[data-save]").click()
        expect(self.page.locator(".errors")).to_be_visible()


def saved(page: Page, said: str = "Saved") -> None:
    """Wait until the page says what was stored."""
    expect(page.locator(".message")).to_contain_text(said)


def tab_to(page: Page, name: str | re.Pattern[str]) -> None:
    """Press Tab until the focus is on what a screen reader calls so, as somebody without a mouse does."""
    target = page.get_by_label(name).first
    for _press in range(80):
        if target.evaluate("input => input === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {name}")


def open_table(page: Page, address: str) -> LinkTable:
    """Open a page, with nothing of the test's own session in its way."""
    db.session.rollback()
    page.goto(address)
    return LinkTable(page)


def count_of(model: type[Any]) -> int:
    """How many of these are stored now."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def fresh(record: Any) -> Any:
    """The record as it is stored now."""
    db.session.rollback()
    db.session.expire_all()
    return record


class Asked:
    """Answers the question whether to leave, and notes that it was asked."""

    def __init__(self, page: Page, leave: bool) -> None:
        self.leave, self.kinds = leave, list[str]()
        page.on("dialog", self._answer)

    def _answer(self, dialog: Dialog) -> None:
        self.kinds.append(dialog.type)
        if self.leave:
            dialog.accept()
        else:
            dialog.dismiss()


class Keyboard:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.press = page.keyboard.press

    def open(self, address: str) -> None:
        db.session.rollback()
        self.page.goto(address)

    def tab_to(self, selector: str) -> None:
        """Press Tab until the focus is there."""
        target = self.page.locator(selector).first
        for _press in range(80):
            if target.evaluate("one => one === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"Tab never comes to {selector}")

    def choose(self, menu: str, line: str) -> None:
        """Open a menu and go down to one of its lines."""
        self.tab_to(f"{menu} > summary")
        self.press("Enter")
        self.tab_to(f"{menu} a:text-is('{line}')")
        self.press("Enter")
        expect(self.page.locator(".deed")).to_be_visible()

    def answer(self, *typed: str) -> None:
        """Type into the questions one after the other; the first has the focus, or gets it in a moment."""
        # a browser gives it when it first draws the page, which may be after the page is there
        expect(self.page.locator(":is(input, select, textarea):focus")).to_be_visible()
        for number, text in enumerate(typed):
            if number:
                self.press("Tab")
            self.page.keyboard.type(text)

    def look_and_do(self, *seen: str) -> None:
        """Enter shows what would change and puts the focus on the button; Enter there does it."""
        self.press("Enter")
        for words in seen:
            expect(self.page.locator(".preview")).to_contain_text(words)
        expect(self.page.locator("[data-do]")).to_be_focused()
        self.press("Enter")
        expect(self.page.locator(".message")).to_be_visible()
        db.session.rollback()  # so that the test reads what was stored just now
