"""What happens when a save is refused: nothing typed is lost, and the way to each place is one press."""

import pytest
from playwright.sync_api import Page, expect

from hr.models import Employee
from library.models import Book
from tests import factories
from tests.browser.hands import LinkTable, fresh, open_table
from tests.cast import Cast


@pytest.fixture
def book() -> Book:
    book = factories.book("Pride and Prejudice")
    factories.share(book, factories.author("Ann Lee"), "15")
    factories.share(book, factories.author("Ben Okafor"), "2.5")
    return book


@pytest.fixture
def refused(page: Page, book: Book) -> LinkTable:
    """A page with two inputs that cannot be read, and much else that can, after Save."""
    table = open_table(page, f"/library/books/{book.id}")
    table.cell("Royalty", "Ann Lee").fill("plenty")
    table.cell("Credited as", "Ann Lee").fill("A. Lee")
    table.cell("Role", "Ben Okafor").select_option("editor")
    table.cell("Author").fill("Nobody At All")
    table.cell("Royalty").fill("101")
    table.save_in_vain()
    return table


def test_everything_typed_is_kept(refused: LinkTable, book: Book) -> None:
    expect(refused.cell("Royalty", "Ann Lee")).to_have_value("plenty")
    expect(refused.cell("Credited as", "Ann Lee")).to_have_value("A. Lee")
    expect(refused.cell("Role", "Ben Okafor")).to_have_value("editor")
    expect(
        refused.page.get_by_label("Author of Nobody At All, row 3").or_(refused.cell("Author"))
    ).to_have_value("Nobody At All")
    assert fresh(book).author_links[0].credited_as is None


def test_the_first_bad_input_gets_the_focus(refused: LinkTable) -> None:
    expect(refused.cell("Royalty", "Ann Lee")).to_be_focused()
    expect(refused.cell("Royalty", "Ann Lee")).to_have_attribute("aria-invalid", "true")
    expect(refused.row("Ann Lee")).to_contain_text("“plenty” is not a number.")


def test_the_summary_leads_to_each_place(refused: LinkTable) -> None:
    links = refused.page.locator(".errors").get_by_role("link")
    expect(links).to_have_text(["Ann Lee, royalty", "New row, royalty"])
    links.last.click()
    focused = refused.page.locator(":focus")
    expect(focused).to_have_value("101")
    expect(focused).to_be_in_viewport()


def test_both_readings_are_offered_where_two_are_possible(page: Page, cast: Cast) -> None:
    table = open_table(page, "/hr/departments/IT")
    table.choose("Person", "doe", "1003")
    table.cell("First day").fill("3/4/2025")
    table.save_in_vain()
    expect(page.locator("tbody.is-bad")).to_contain_text("Write “4 Mar 2025” or “3 Apr 2025”.")


def test_the_bar_tells_what_waits(refused: LinkTable) -> None:
    expect(refused.says).to_contain_text("2 changed, 1 added 2 rows need a look before this can be saved")


def test_mended_and_saved(refused: LinkTable, book: Book) -> None:
    refused.cell("Royalty", "Ann Lee").fill("16")
    refused.page.locator(".errors").get_by_role("link").last.click()
    refused.page.locator(":focus").fill("1.01")
    refused.save_in_vain()
    expect(refused.page.locator(".errors")).to_contain_text("Tick “New” to add it")
    refused.page.get_by_role("checkbox", name="New author, row 3").check()
    refused.save()
    stored = [(one.author.name, one.credited_as, one.role) for one in fresh(book).author_links]
    assert stored == [
        ("Ann Lee", "A. Lee", "author"),
        ("Ben Okafor", None, "editor"),
        ("Nobody At All", None, "author"),
    ]


def test_a_repeat_is_refused_at_its_row_and_names_the_other(page: Page, book: Book) -> None:
    table = open_table(page, f"/library/books/{book.id}")
    table.choose("Author", "okafor", "already here")
    table.save_in_vain()
    expect(page.locator("tbody.is-bad")).to_contain_text(
        "Ben Okafor is already here, at place 2 of the credits."
    )


def test_a_form_says_which_field_needs_a_look(page: Page, cast: Cast) -> None:
    page.goto("/hr/employees/1001/edit")
    page.get_by_label("Hired on").fill("the day before")
    page.get_by_label("E-mail").fill("nothing")
    page.get_by_role("button", name="Save employee").click()
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.get_by_label("Hired on")).to_have_value("the day before")
    page.locator(".errors").get_by_role("link", name="Hired on").click()
    expect(page.get_by_label("Hired on")).to_be_focused()
    assert fresh(cast.ann).email is None


def test_a_stay_after_the_leaving_date_names_both_ways_out(page: Page) -> None:
    person = factories.employee("Kay Line", "2001", hired_on="2020-01-01", left_on="2024-05-31")
    factories.department("IT", "Information Technology")
    table = open_table(page, "/hr/employees/2001")
    table.choose("Department", "info", "IT")
    table.cell("First day").fill("2024-01-01")
    table.save_in_vain()
    expect(page.locator("tbody.is-bad")).to_contain_text("End it on that day, or correct the leaving date.")
    page.get_by_label("Last day of Information Technology, row 1").fill("31 May 2024")
    table.save()
    assert isinstance(person, Employee)
    assert [str(one.last_day) for one in fresh(person).department_links] == ["2024-05-31"]
