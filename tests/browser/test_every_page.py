"""Each page there is, in Chromium: nothing fails behind it, everybody can use it, and it fits a phone."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page

from tests import world
from tests.cast import Cast


@pytest.fixture
def addresses(app: Flask, cast: Cast) -> list[str]:
    """Every page, each with a record that is there."""
    world.fill(cast)
    return world.addresses(app)


def every(page: Page, addresses: list[str], fault: Callable[[Page], str]) -> None:
    """Open each page and ask `fault` what is wrong with it; then fail with all that was found."""
    wrong = []
    for address in addresses:
        response = page.goto(address)
        assert response is not None
        found = fault(page) if response.status == 200 else f"answered {response.status}"
        if found:
            wrong.append(f"{address}\n  {found}")
    assert not wrong, "\n".join(wrong)


def named_as_the_only_one(page: Page) -> str:
    headings = page.locator("h1").count()
    is_named = headings == 1 and not page.title().startswith("·")
    return "" if is_named else f"{page.title()}, {headings} headings"


@pytest.mark.parametrize("place", ["hr", "library", "the house"])
def test_every_page_has_a_title_of_its_own_and_can_be_used_by_everybody(
    new_context: Callable[..., BrowserContext], addresses: list[str], faults: Callable[..., str], place: str
) -> None:
    page, titles = new_context(reduced_motion="reduce").new_page(), set()
    rooms = ("hr", "library")
    here = [
        one for one in addresses if (room if (room := one.split("/")[1]) in rooms else "the house") == place
    ]

    def fault(page: Page) -> str:
        titles.add(page.title())
        page.emulate_media(color_scheme="light")
        in_light = faults(page)
        page.emulate_media(color_scheme="dark")  # differs in nothing but its colours
        in_dark = faults(page, "color-contrast", "link-in-text-block")
        return named_as_the_only_one(page) + in_light + in_dark

    every(page, here, fault)
    assert len(titles) > len(here) / 2, "a title tells one page from another"


def test_no_page_scrolls_sideways_on_a_phone(phone: Page, addresses: list[str]) -> None:
    def too_wide(page: Page) -> str:
        excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return f"{excess} pixels too wide" if excess > 0 else ""

    every(phone, addresses, too_wide)


def test_every_page_can_be_read_without_script(plain_page: Page, addresses: list[str]) -> None:
    def unread(page: Page) -> str:
        return "" if page.locator("h1").first.inner_text().strip() else "no heading"

    every(plain_page, addresses, unread)
