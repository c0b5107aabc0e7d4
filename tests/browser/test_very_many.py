"""In Chromium: a deed on very many, from the list to its end and back, with the keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

import core.selection
from core.db import db
from hr.models import DepartmentEmployeeLink
from tests import factories
from tests.cast import Cast
from tests.working import work


@pytest.fixture(autouse=True)
def _long_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than one is more than a page can try. Said before the server starts."""
    monkeypatch.setattr(core.selection, "MOST_AT_ONCE", 1)


def test_it_is_looked_at_done_and_offers_to_be_undone(
    page: Page, cast: Cast, axe: Callable[[Page], None]
) -> None:
    for person, first in ((cast.ann, "2024-01-01"), (cast.ben, "2024-01-01"), (cast.john, "2098-01-01")):
        factories.stay(person, cast.it, first, fte="0.500")
    page.goto("/hr/end?all=1&department=IT&span=all")
    expect(page.get_by_role("heading", level=1)).to_have_text("End: 3 stays")
    page.get_by_label("Last day").fill("2097-06-30")
    page.get_by_label("Last day").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Preview: End, 3 stays")
    work()

    expect(page.locator(".preview h2")).to_contain_text("What would change: 2 changed")
    expect(page.get_by_label("Last day")).to_have_value("2097-06-30")
    expect(page.locator(".preview h3").first).to_have_text("Refused, and left as before: 1")
    axe(page)
    page.get_by_role("button", name="End the other 2").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("End, 2 stays")
    work()

    expect(page.get_by_text("Ended 2 stays: the last day is 30 Jun 2097.")).to_be_visible()
    expect(page.get_by_role("link", name="Undo", exact=True)).to_be_visible()
    ends = db.session.scalars(select(DepartmentEmployeeLink.ends_before).order_by("employee_number")).all()
    assert [str(one) for one in ends] == ["2097-07-01", "2097-07-01", "None"]


def test_it_is_looked_at_and_done_without_script(plain_page: Page, cast: Cast) -> None:
    for person in (cast.ann, cast.ben):
        factories.stay(person, cast.it, "2024-01-01", fte="0.500")
    plain_page.goto("/hr/end?all=1&department=IT&span=all")
    plain_page.get_by_label("Last day").fill("2097-06-30")
    plain_page.get_by_label("Last day").press("Enter")
    work()
    # The page asks by itself whether the work is done.
    plain_page.get_by_role("button", name="End", exact=True).press("Enter")
    work()
    expect(plain_page.get_by_text("Ended 2 stays: the last day is 30 Jun 2097.")).to_be_visible()
    expect(plain_page.get_by_role("link", name="Undo", exact=True)).to_be_visible()
