"""A session that ends while somebody types: in a real browser nothing of it is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from library.models import Book
from tests import factories
from tests.browser.hands import count_of, fresh, open_table
from tests.cast import PASSWORD, Cast

SAID = "You were signed out meanwhile. Nothing was stored yet: look at it and save."


def sign_out_in_another_tab(context: BrowserContext) -> None:
    other = context.new_page()
    other.goto("/")
    other.locator(".person summary").click()
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    other.close()


def sign_in_again(page: Page) -> None:
    """On the page that came instead of the answer."""
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.locator("main")).to_contain_text("everything that you typed is there again")
    page.get_by_label("E-mail").fill("edith@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("main")).to_contain_text(SAID)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_link_table_is_there_again_after_signing_in_and_saving_stores_it(
    new_context: Callable[..., BrowserContext], cast: Cast, script: bool
) -> None:
    factories.stay(cast.ann, cast.it, fte="1.000")
    factories.stay(cast.ben, cast.it, fte="1.000")
    context = new_context(java_script_enabled=script)
    table = open_table(context.new_page(), "/hr/departments/IT")
    page = table.page
    table.cell("FTE", "Lee, Ann").fill("0.5")
    table.mark_removed("Okafor, Ben")
    page.get_by_label("Why are they removed?").fill("Was entered twice")
    table.cell("Person").fill("#1003")
    sign_out_in_another_tab(context)
    page.get_by_role("button", name="Save").last.click()
    sign_in_again(page)
    assert page.url.endswith("/hr/departments/IT")
    expect(table.cell("FTE", "Lee, Ann")).to_have_value("0.5")
    expect(table.row("Okafor, Ben").get_by_role("checkbox", name="Remove")).to_be_checked()
    expect(table.cell("Person")).to_have_value("#1003")
    expect(page.get_by_label("Why are they removed?")).to_have_value("Was entered twice")
    assert len(fresh(cast.it).employee_links) == 2
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator(".message")).to_contain_text("1 changed, 1 added, 1 removed")
    assert {link.employee_number for link in fresh(cast.it).employee_links} == {"1001", "1003"}


def test_a_form_that_is_brought_back_counts_as_unsaved(
    new_context: Callable[..., BrowserContext], cast: Cast
) -> None:
    context = new_context()
    page = context.new_page()
    page.goto("/library/new-book")
    page.get_by_label("Title", exact=True).fill("Emma")
    sign_out_in_another_tab(context)
    page.get_by_role("button", name="Save book").click()
    sign_in_again(page)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Authors").click(no_wait_after=True)
    expect(page.get_by_label("Title", exact=True)).to_have_value("Emma")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save book").click()
    expect(page.locator(".message")).to_contain_text("Saved Emma.")
    assert count_of(Book) == 1
