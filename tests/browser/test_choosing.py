"""Choosing rows of a list: by box, by range, the page, or all that match; and without script."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.cast import Cast


@pytest.fixture
def crew(cast: Cast) -> list[str]:
    """Six people in IT, in the order of the list; and one elsewhere."""
    names = ["Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel"]
    for name in names:
        factories.stay(factories.employee(f"Pat {name}"), cast.it, "2024-01-01")
    factories.stay(cast.ann, cast.sales, "2024-01-01")
    return names


def box(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.get_by_label(f"Choose {name}, Pat")


def sent(page: Page) -> dict[str, list[str]]:
    """What the address of the page says."""
    return parse_qs(urlsplit(page.url).query)


def test_the_bar_appears_when_something_is_chosen(page: Page, crew: list[str]) -> None:
    page.goto("/hr/stays?department=IT")
    bar = page.locator("[data-choice-bar]")
    expect(bar).to_be_hidden()
    box(page, "Ash").check()
    expect(bar).to_contain_text("1 chosen")
    box(page, "Elm").click(modifiers=["Shift"])
    expect(bar).to_contain_text("4 chosen")
    box(page, "Birch").uncheck()
    expect(bar).to_contain_text("3 chosen")
    page.get_by_role("button", name="End…", exact=True).click()
    assert urlsplit(page.url).path == "/hr/end"
    assert len(sent(page)["key"]) == 3
    assert "all" not in sent(page)


def test_the_keyboard_is_enough(page: Page, crew: list[str]) -> None:
    page.goto("/hr/stays?department=IT")
    page.get_by_label("Choose all rows of this page").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-choice-bar]")).to_contain_text("6 chosen")
    box(page, "Cedar").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-choice-bar]")).to_contain_text("5 chosen")
    page.get_by_role("button", name="End…", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/hr/end?*")
    assert len(sent(page)["key"]) == 5


def test_enter_at_a_chosen_row_goes_to_what_can_be_done(page: Page, crew: list[str]) -> None:
    page.goto("/hr/stays?department=IT")
    box(page, "Cedar").focus()
    page.keyboard.press("Enter")
    expect(box(page, "Cedar")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("[data-choice-bar] button").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/hr/*?*key=*")
    assert len(sent(page)["key"]) == 1


def test_all_that_match_are_chosen_by_the_filter(page: Page, crew: list[str]) -> None:
    page.goto("/hr/stays?department=IT&on=2025-06-01")
    box(page, "Ash").check()
    page.get_by_label("All 6 that match").check()
    expect(page.locator("[data-choice-bar]")).to_contain_text("All 6 that match are chosen")
    page.get_by_role("button", name="End…", exact=True).click()
    page.wait_for_url("**/hr/end?*")
    assert sent(page) == {"all": ["1"], "department": ["IT"], "on": ["2025-06-01"]}


def test_it_works_without_script(plain_page: Page, crew: list[str]) -> None:
    plain_page.goto("/hr/stays?department=IT")
    box(plain_page, "Fir").check()
    box(plain_page, "Hazel").check()
    plain_page.get_by_role("button", name="End…", exact=True).click()
    assert len(sent(plain_page)["key"]) == 2
    assert sent(plain_page)["department"] == ["IT"]


def test_filters_and_columns_without_script(plain_page: Page, crew: list[str]) -> None:
    plain_page.goto("/hr/stays")
    plain_page.locator("summary", has_text="+ filter").click()
    plain_page.locator(".filters").get_by_label("Department", exact=True).fill("IT")
    plain_page.get_by_role("button", name="Show", exact=True).first.click()
    assert sent(plain_page) == {"department": ["IT"]}
    plain_page.locator("summary", has_text="Columns").click()
    plain_page.get_by_role("checkbox", name="FTE").uncheck()
    plain_page.locator("form.columns").get_by_role("button", name="Show").click()
    assert sent(plain_page) == {
        "department": ["IT"],
        "columns": ["person,department,arrangement,role,main,first_day,last_day"],
    }
    expect(plain_page.locator(".chip b")).to_have_text(["in IT"])


def test_a_filter_can_be_used_on_a_phone(phone: Page, crew: list[str]) -> None:
    phone.goto("/hr/employees?departments=1&hired_to=2030-01-01")
    phone.locator("summary", has_text="+ filter").click()
    body = phone.locator(".popup-body.filters")
    expect(body).to_be_visible()
    right = body.evaluate("body => body.getBoundingClientRect().right")
    assert right <= phone.viewport_size["width"]  # type: ignore[index]
