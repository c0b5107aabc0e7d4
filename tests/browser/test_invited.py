"""From an invitation to a second factor, as somebody does who has no mouse."""

import time
from collections.abc import Callable

import pytest
from flask import Flask
from passlib.totp import TOTP
from playwright.sync_api import BrowserContext, Page, expect

from core import tickets
from core.db import db
from core.models import User
from tests import cast as people
from tests import factories
from tests.browser.hands import Keyboard
from tests.cast import PASSWORD


@pytest.fixture
def ines(app: Flask) -> User:
    """Somebody who is invited."""
    return factories.user("Ines Invited", "ines@example.org")


def code(key: str, steps: int) -> str:
    """What her app shows, so many half minutes from now."""
    return str(TOTP(key=key, format="base32").generate(time.time() + 30 * steps).token)


def test_an_invited_person_chooses_a_password_and_signs_in_with_a_second_factor(
    new_context: Callable[..., BrowserContext], ines: User, axe: Callable[[Page], None]
) -> None:
    page = new_context(signed_in=False).new_page()
    keys = Keyboard(page)

    keys.open(f"/invitation/{tickets.ticket(tickets.INVITATION, ines)}")
    axe(page)
    keys.tab_to("#password")
    keys.answer(PASSWORD, PASSWORD)
    keys.press("Enter")
    expect(page.locator(".message")).to_contain_text("Welcome, Ines Invited. Your password is set.")

    keys.open("/account")
    axe(page)
    keys.tab_to("main a:text-is('Turn it on')")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Turn on the second factor")).to_be_visible()
    expect(page.locator("#code")).to_be_focused()
    axe(page)
    key = page.locator(".key").inner_text().replace(" ", "")
    assert page.locator(".qr").evaluate("picture => picture.complete && picture.naturalWidth") > 100
    keys.answer(code(key, 0), PASSWORD)
    keys.press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    axe(page)

    keys.tab_to(".person > summary")
    keys.press("Enter")
    keys.tab_to(".person button:text-is('Sign out')")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    keys.answer("ines@example.org", PASSWORD)
    keys.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    axe(page)
    page.keyboard.type(code(key, 1))
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Hello, Ines Invited")).to_be_visible()


def test_an_administrator_gives_a_role_and_copies_the_link(
    app: Flask, site: str, new_context: Callable[..., BrowserContext], ines: User, axe: Callable[[Page], None]
) -> None:
    context = new_context(signed_in=False)
    page = context.new_page()
    adam = people.administrator()
    db.session.rollback()
    page.goto("/sign-in")
    keys = Keyboard(page)
    keys.answer(adam.email, PASSWORD)
    db.session.rollback()
    keys.press("Enter")
    page.get_by_role("link", name="Accounts").click()
    axe(page)
    page.get_by_role("link", name="Ines Invited").click()
    link = page.get_by_label("The link of the invitation").input_value()
    assert link.startswith(f"{site}/invitation/")
    axe(page)
    page.get_by_label("HR editor").check()
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator(".message")).to_contain_text("Saved the account of Ines Invited.")
    expect(page.get_by_label("HR editor")).to_be_checked()
    page.goto("/account")
    expect(page.get_by_text("this browser")).to_be_visible()
