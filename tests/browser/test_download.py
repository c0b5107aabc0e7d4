"""A list is taken away as a file: by the keyboard, with and without script."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.cast import Cast


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def any_page(request: pytest.FixtureRequest, page: Page, plain_page: Page) -> Page:
    return page if request.param else plain_page


def test_a_list_is_taken_away_by_the_keyboard(any_page: Page, cast: Cast) -> None:
    page = any_page
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500")
    page.goto("/hr/employees?q=lee")
    page.get_by_text("Download", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("All 1 that are found here")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="People as XLSX")).to_be_focused()
    page.keyboard.press("Tab")
    with page.expect_download() as started:
        page.keyboard.press("Enter")

    file = started.value
    assert file.suggested_filename.startswith("employees-")
    content = Path(file.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [row["Number"] for row in rows] == ["1001"]
    assert page.url.endswith("/hr/employees?q=lee"), "the list is still there"
