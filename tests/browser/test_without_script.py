"""The main jobs in a browser that runs no script: add, change, remove, reorder, make a new far side."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.db import db
from hr.models import DepartmentEmployeeLink
from library.models import Book
from tests import factories
from tests.browser.hands import LinkTable, fresh, open_table
from tests.cast import Cast


@pytest.fixture
def book() -> Book:
    book = factories.book("Pride and Prejudice")
    for name, royalty in (("Ann Lee", "15"), ("Ben Okafor", "2.5"), ("Cid Moor", "0")):
        factories.share(book, factories.author(name), royalty)
    return book


@pytest.fixture
def table(plain_page: Page, book: Book) -> LinkTable:
    return open_table(plain_page, f"/library/books/{book.id}")


def names(book: Book) -> list[str]:
    return [link.author.name for link in fresh(book).author_links]


def test_shares_are_changed(table: LinkTable, book: Book) -> None:
    table.cell("Royalty", "Ben Okafor").fill("12,5 %")
    table.cell("Role", "Cid Moor").select_option("illustrator")
    table.save()
    assert [link.royalty_percentage for link in fresh(book).author_links] == [15, Decimal("12.5"), 0]
    assert book.author_links[2].role == "illustrator"


def test_the_order_is_typed(table: LinkTable, book: Book) -> None:
    table.cell("No.", "Cid Moor").fill("1")
    table.save()
    assert names(book) == ["Cid Moor", "Ann Lee", "Ben Okafor"]


def test_two_places_are_swapped_by_typing(table: LinkTable, book: Book) -> None:
    table.cell("No.", "Ann Lee").fill("2")
    table.cell("No.", "Ben Okafor").fill("1")
    table.save()
    assert names(book) == ["Ben Okafor", "Ann Lee", "Cid Moor"]


def test_an_author_is_removed(table: LinkTable, book: Book) -> None:
    table.mark_removed("Ben Okafor")
    table.save()
    assert names(book) == ["Ann Lee", "Cid Moor"]


def test_an_author_is_added_by_name(table: LinkTable, book: Book) -> None:
    factories.author("Dora Hale")
    table.cell("Author").fill("dora hale")
    table.cell("Royalty").fill("3")
    table.save()
    assert names(book)[3] == "Dora Hale"


def test_a_new_author_is_made_by_the_new_box(table: LinkTable, book: Book) -> None:
    table.cell("Author").fill("Ezra Pike")
    table.page.get_by_role("checkbox", name="New author, row 4").check()
    table.save()
    assert names(book)[3] == "Ezra Pike"


def test_more_empty_rows_are_one_link_away(table: LinkTable) -> None:
    table.page.get_by_role("link", name="More empty rows").click()
    expect(table.page.locator("tbody[data-row]:not([data-stored])")).to_have_count(5)


def test_what_needs_script_is_not_shown(table: LinkTable) -> None:
    for name in ("Move up", "+ Add a row"):
        expect(table.page.get_by_role("button", name=name).first).to_be_hidden()
    expect(table.page.locator(".handle").first).to_be_hidden()
    expect(table.page.locator("kbd").first).to_be_hidden()


def test_an_author_is_replaced(table: LinkTable, book: Book) -> None:
    factories.author("Dora Hale")
    row = table.row("Ben Okafor")
    row.hover()
    row.locator(".far-replace summary").click()
    table.page.get_by_label("Author of Ben Okafor, row 2").fill("Dora Hale")
    table.save()
    assert names(book) == ["Ann Lee", "Dora Hale", "Cid Moor"]


def test_a_refusal_keeps_what_was_typed(table: LinkTable, book: Book) -> None:
    table.cell("Royalty", "Ann Lee").fill("99")
    table.save_in_vain()
    expect(table.cell("Royalty", "Ann Lee")).to_have_value("99")
    expect(table.row("Ann Lee")).to_contain_text("more than 100 % cannot be stored")


def test_a_person_is_added_and_another_removed(plain_page: Page, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500")
    factories.stay(cast.ben, cast.it, "2024-01-01", fte="0.500")
    table = open_table(plain_page, "/hr/departments/IT")
    table.cell("FTE", "Lee, Ann").fill("3/4")
    table.mark_removed("Okafor, Ben")
    plain_page.get_by_label("Why are they removed?").fill("Entered by mistake")
    table.cell("Person").fill("1003")
    table.cell("First day").fill("2025-02-01")
    table.save()
    links = db.session.scalars(
        select(DepartmentEmployeeLink).order_by(DepartmentEmployeeLink.employee_number)
    )
    assert [(one.employee_number, one.fte, one.starts_on) for one in links] == [
        ("1001", Decimal("0.750"), date(2024, 1, 1)),
        ("1003", None, date(2025, 2, 1)),
    ]


def test_a_new_person_and_a_new_department_are_made(plain_page: Page, cast: Cast) -> None:
    table = open_table(plain_page, "/hr/departments/IT")
    table.cell("Person").fill("Nora New")
    plain_page.get_by_role("checkbox", name="New person, row 1").check()
    table.save()
    plain_page.get_by_role("link", name="New, Nora", exact=True).click()
    table.cell("Department").fill("Laboratory")
    plain_page.get_by_role("checkbox", name="New department, row 2").check()
    plain_page.get_by_label("Code of the new department, row 2").fill("LAB")
    table.save()
    links = db.session.scalars(select(DepartmentEmployeeLink)).all()
    assert {(one.employee.name, one.department_code) for one in links} == {
        ("Nora New", "IT"),
        ("Nora New", "LAB"),
    }


def test_pop_ups_and_signing_out_work(plain_page: Page) -> None:
    plain_page.goto("/library/books")
    plain_page.get_by_text("+ filter").click()
    plain_page.get_by_role("search", name="Books").get_by_label("Authors", exact=True).select_option(
        "more than one"
    )
    plain_page.get_by_role("button", name="Show", exact=True).click()
    expect(plain_page.locator(".chip").first).to_contain_text("more than one")
    plain_page.locator(".person summary").click()
    plain_page.get_by_role("button", name="Sign out").click()
    expect(plain_page.get_by_role("heading", name="Sign in")).to_be_visible()
