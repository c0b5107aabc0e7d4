"""From an empty database to an edited link, as somebody does who has just set Joinery up."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import delete, select

from core import accounts
from core.db import db
from core.models import User
from library.models import AuthorBook
from tests.browser.hands import LinkTable, fresh


@pytest.fixture
def newcomer(new_context: Callable[..., BrowserContext], app: Flask) -> Page:
    """A browser at an installation that nobody has an account of."""
    page = new_context(signed_in=False).new_page()
    db.session.execute(delete(User))
    db.session.commit()
    return page


def test_without_the_link_a_page_says_where_it_is(newcomer: Page, axe: Callable[[Page], None]) -> None:
    newcomer.goto("/")
    expect(newcomer.get_by_role("heading", name="Nobody has an account yet")).to_be_visible()
    expect(newcomer.get_by_text("Look into the terminal")).to_be_visible()
    axe(newcomer)


def test_from_the_link_to_an_edited_share(newcomer: Page, axe: Callable[[Page], None]) -> None:
    page = newcomer
    page.goto(f"/first-account/{accounts.first_account_token()}")
    axe(page)
    page.get_by_label("Name").fill("Ada Stone")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label(re.compile("^Password")).fill("twelve or more signs")
    page.get_by_label(re.compile("again", re.IGNORECASE)).fill("twelve or more signs")
    page.get_by_role("button", name="Make the account and go on").click()
    expect(page.locator(".message")).to_contain_text("Welcome, Ada Stone")
    page.get_by_role("button", name="Load the demo data").click()
    expect(page.locator(".message")).to_contain_text("The demo data is loaded into staffing and books.")
    expect(page.get_by_role("button", name="Load the demo data")).to_have_count(0)
    page.locator("nav").get_by_role("link", name="Books", exact=True).click()
    page.get_by_role("link", name="The Lantern Keeper").click()
    table = LinkTable(page)
    table.cell("Royalty", "Maren Holt").fill("11")
    table.save()
    share = db.session.scalars(select(AuthorBook).where(AuthorBook.royalty_percentage == 11)).one()
    assert fresh(share).author.name == "Maren Holt"


def test_an_empty_start_leads_to_the_first_record(page: Page) -> None:
    page.goto("/")
    expect(
        page.get_by_role("heading", name="Nothing is here yet. How would you like to begin?")
    ).to_be_visible()
    page.locator("main").get_by_role("link", name="Departments").first.click()
    expect(page.get_by_text("No department here")).to_be_visible()
    page.get_by_role("link", name="New department").first.click()
    page.get_by_label("Name", exact=True).fill("Editorial")
    page.get_by_label("Code", exact=True).fill("EDIT")
    page.get_by_role("button", name="Save department").click()
    expect(page.get_by_role("heading", name="Editorial")).to_be_visible()
