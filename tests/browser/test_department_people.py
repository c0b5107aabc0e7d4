"""In Chromium: the people of a department, the departments of a person, the books of an author."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.db import db
from hr.models import Department, DepartmentEmployeeLink, Employee
from library.models import Book
from tests import factories
from tests.browser.hands import LinkTable, fresh, open_table
from tests.cast import Cast

Facts = tuple[str, Decimal | None, str | None, date, date | None]


@pytest.fixture(autouse=True)
def _day(today: Callable[[str], None]) -> None:
    """It is 20 May 2025."""


@pytest.fixture
def it(page: Page, cast: Cast) -> LinkTable:
    """The page of IT, where Ann and Ben work."""
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500", extra_data="part-time")
    factories.stay(cast.ben, cast.it, "2024-01-01", fte="1.000")
    return open_table(page, "/hr/departments/IT")


def stays(person: Employee) -> list[Facts]:
    """Where the person is, as stored."""
    wanted = select(DepartmentEmployeeLink).where(DepartmentEmployeeLink.employee == fresh(person))
    links = db.session.scalars(wanted.order_by(DepartmentEmployeeLink.starts_on)).all()
    return [(one.department_code, one.fte, one.extra_data, one.starts_on, one.last_day) for one in links]


# --- department → people ---------------------------------------------------------------------------


def test_a_person_is_added_with_facts(it: LinkTable, cast: Cast) -> None:
    it.choose("Person", "doe", "1003")
    it.cell("FTE").fill("1/2")
    it.cell("Arrangement").fill("casual")
    it.cell("First day").fill("1 Jun 2025")
    it.cell("Last day").fill("2025-12-31")
    expect(it.says).to_contain_text("1 added")
    it.save()
    assert stays(cast.john) == [("IT", Decimal("0.500"), "casual", date(2025, 6, 1), date(2025, 12, 31))]


def test_the_suggestions_say_who_is_here_already(it: LinkTable) -> None:
    it.cell("Person").press_sequentially("lee")
    expect(it.lines.filter(has_text="Lee, Ann")).to_contain_text("already here")
    expect(it.lines.last).to_have_text("Add “lee” as a new person")


def test_a_new_person_comes_with_a_number(it: LinkTable, cast: Cast) -> None:
    it.choose("Person", "Nora New", "as a new person")
    it.page.get_by_label("Number of the new person, row 3").fill("2077")
    it.cell("FTE").fill("0,75")
    it.save()
    nora = db.session.get_one(Employee, "2077")
    assert nora.name == "Nora New"
    assert stays(nora) == [("IT", Decimal("0.750"), None, date(2025, 5, 20), None)]


def test_a_stay_ends_with_a_last_day(it: LinkTable, cast: Cast) -> None:
    it.cell("Last day", "Lee, Ann").fill("today")
    expect(it.says).to_contain_text("Lee, Ann: nothing → today")
    it.save()
    assert stays(cast.ann)[0][-1] == date(2025, 5, 20)


def test_a_removal_asks_why(it: LinkTable, cast: Cast) -> None:
    expect(it.page.get_by_label("Why are they removed?")).to_be_hidden()
    it.mark_removed("Lee, Ann")
    it.save_in_vain()
    expect(it.page.get_by_label("Why are they removed?")).to_be_focused()
    it.page.get_by_label("Why are they removed?").fill("Entered by mistake")
    it.save()
    assert stays(cast.ann) == []


def test_an_overload_asks_for_the_reason_and_a_tick_then_stores(page: Page, cast: Cast) -> None:
    """S1: 0.5 and 0.6 in two departments from the same day."""
    factories.stay(cast.john, cast.sales, "2025-01-01", fte="0.500")
    it = open_table(page, "/hr/departments/IT")
    it.choose("Person", "doe", "1003")
    it.cell("FTE").fill("0.6")
    it.save_in_vain()
    expect(page.locator(".errors")).to_contain_text("John Doe would be at 1.100 FTE")
    expect(it.cell("FTE", "John Doe")).to_have_value("0.6")
    page.get_by_label("Why above 1.000").fill("Hand-over until summer")
    it.save_in_vain()
    assert len(stays(cast.john)) == 1
    page.get_by_label("Why above 1.000").fill("Hand-over until summer")
    page.get_by_label("Yes, 1.100 FTE is meant").check()
    it.save()
    stored = fresh(cast.john).department_links
    assert {one.overload_reason for one in stored} == {None, "Hand-over until summer"}
    assert [one[1] for one in sorted(stays(cast.john))] == [Decimal("0.600"), Decimal("0.500")]


def test_more_than_two_is_refused_for_good(page: Page, cast: Cast) -> None:
    third = factories.department("LAB", "Laboratory")
    for place in (cast.sales, third):
        factories.stay(cast.john, place, "2025-01-01", fte="1.000", overload_reason="busy")
    it = open_table(page, "/hr/departments/IT")
    it.choose("Person", "doe", "1003")
    it.cell("FTE").fill("0.1")
    it.save_in_vain()
    expect(page.locator(".errors")).to_contain_text("More than 2.000 cannot be stored")
    expect(page.get_by_label("Why above 1.000")).to_be_hidden()


def test_a_person_is_found_among_the_others_of_the_department(it: LinkTable) -> None:
    it.page.get_by_role("searchbox", name="Find in this list").fill("okafor")
    it.page.keyboard.press("Enter")
    it.page.wait_for_url("**q=okafor**")
    assert it.names == ["Okafor, Ben"]


# --- person → departments --------------------------------------------------------------------------


def test_a_department_is_added_and_another_changed_from_the_person(page: Page, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500")
    table = open_table(page, "/hr/employees/1001")
    expect(table.sum).to_contain_text("0.5 of 1 FTE")
    table.cell("FTE", "Information Technology").fill("0,4")
    table.choose("Department", "sal", "SALES")
    table.cell("FTE").fill("0.6")
    table.save()
    expect(table.sum).to_contain_text("1 of 1 FTE")
    assert [(code, fte) for code, fte, *_rest in sorted(stays(cast.ann))] == [
        ("IT", Decimal("0.400")),
        ("SALES", Decimal("0.600")),
    ]


def test_a_new_department_needs_a_code(page: Page, cast: Cast) -> None:
    table = open_table(page, "/hr/employees/1001")
    table.choose("Department", "Laboratory", "as a new department")
    table.save_in_vain()
    expect(page.get_by_label("Code of the new department, row 1")).to_be_focused()
    page.get_by_label("Code of the new department, row 1").fill("LAB")
    table.save()
    assert stays(cast.ann)[0][0] == "LAB"
    assert db.session.get_one(Department, "LAB").name == "Laboratory"


# --- author → books --------------------------------------------------------------------------------


def test_a_book_is_added_and_another_changed_from_the_author(page: Page) -> None:
    ann, first = factories.author("Ann Lee"), factories.book("First Steps")
    second = factories.book("Second Thoughts", published="2020")
    factories.share(second, factories.author("Ben Okafor"), "90")
    factories.share(first, ann, "10")
    table = open_table(page, f"/library/authors/{ann.id}")
    table.cell("Royalty", "First Steps").fill("12")
    table.choose("Book", "thoughts", "Second Thoughts")
    table.cell("Royalty").fill("10")
    table.save()
    assert sorted((link.book.title, link.royalty_percentage) for link in fresh(ann).book_links) == [
        ("First Steps", Decimal(12)),
        ("Second Thoughts", Decimal(10)),
    ]
    assert [link.publication_order for link in fresh(second).author_links] == [1, 2]


def test_the_rule_of_the_book_holds_from_the_author_too(page: Page) -> None:
    ann, full = factories.author("Ann Lee"), factories.book("Full")
    factories.share(full, factories.author("Ben Okafor"), "95")
    table = open_table(page, f"/library/authors/{ann.id}")
    table.choose("Book", "full", "Ben Okafor")
    table.cell("Royalty").fill("5.1")
    table.save_in_vain()
    expect(page.locator(".errors")).to_contain_text(re.compile("royalties of Full would be 100.1 % together"))
    assert len(fresh(full).author_links) == 1


def test_a_new_book_is_made_in_the_row_of_its_author(page: Page) -> None:
    ann = factories.author("Ann Lee")
    table = open_table(page, f"/library/authors/{ann.id}")
    table.choose("Book", "Third Time Lucky", "as a new book")
    table.save()
    book = db.session.scalars(select(Book)).one()
    assert [link.author.name for link in book.author_links] == ["Ann Lee"]
