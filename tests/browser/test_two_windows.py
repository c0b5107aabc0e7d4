"""Two people have the same page open. The second save decides nothing that it has not seen."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

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
def tables(new_context: Callable[..., BrowserContext], book: Book) -> tuple[LinkTable, LinkTable]:
    """The page in two browsers, opened before either saves."""
    mine, theirs = (open_table(new_context().new_page(), f"/library/books/{book.id}") for _window in range(2))
    return mine, theirs


def shares(book: Book) -> dict[str, tuple[Decimal, str | None]]:
    return {one.author.name: (one.royalty_percentage, one.credited_as) for one in fresh(book).author_links}


def test_the_same_field_shows_both_values_and_asks(tables: tuple[LinkTable, LinkTable], book: Book) -> None:
    mine, theirs = tables
    theirs.cell("Royalty", "Ann Lee").fill("20")
    theirs.save()
    mine.cell("Royalty", "Ann Lee").fill("30")
    mine.save_in_vain()
    expect(mine.row("Ann Lee")).to_contain_text(
        re.compile(r"Royalty was changed to 20 meanwhile by Edith Moss \(.+\); you have 30\.")
    )
    expect(mine.cell("Royalty", "Ann Lee")).to_have_value("30")
    assert shares(book)["Ann Lee"][0] == 20
    mine.save()
    assert shares(book)["Ann Lee"][0] == 30


def test_the_stored_value_can_be_taken(tables: tuple[LinkTable, LinkTable], book: Book) -> None:
    mine, theirs = tables
    theirs.cell("Royalty", "Ann Lee").fill("20")
    theirs.save()
    mine.cell("Royalty", "Ann Lee").fill("30")
    mine.cell("Royalty", "Ben Okafor").fill("3")
    mine.save_in_vain()
    mine.page.get_by_label("Take the stored values instead").check()
    mine.save()
    assert [royalty for royalty, _name in shares(book).values()] == [20, 3]


def test_different_fields_both_survive_and_it_is_said(
    tables: tuple[LinkTable, LinkTable], book: Book
) -> None:
    mine, theirs = tables
    theirs.cell("Royalty", "Ann Lee").fill("20")
    theirs.save()
    mine.cell("Credited as", "Ann Lee").fill("A. Lee")
    mine.save()
    expect(mine.page.locator(".message")).to_contain_text("both changes are kept")
    assert shares(book)["Ann Lee"] == (Decimal(20), "A. Lee")


def test_other_rows_are_not_touched(tables: tuple[LinkTable, LinkTable], book: Book) -> None:
    mine, theirs = tables
    theirs.cell("Royalty", "Ann Lee").fill("20")
    theirs.choose("Author", "New One", "as a new author")
    theirs.save()
    mine.cell("Royalty", "Ben Okafor").fill("3")
    mine.save()
    assert [royalty for royalty, _name in shares(book).values()] == [20, 3, 0]


@pytest.mark.parametrize("put_back", [True, False], ids=["put back", "drop"])
def test_a_link_removed_meanwhile_is_put_back_or_dropped(
    tables: tuple[LinkTable, LinkTable], book: Book, put_back: bool
) -> None:
    mine, theirs = tables
    theirs.mark_removed("Ann Lee")
    theirs.save()
    mine.cell("Royalty", "Ann Lee").fill("30")
    mine.save_in_vain()
    expect(mine.page.locator("tbody.is-bad")).to_contain_text("This was removed meanwhile by Edith Moss")
    assert list(shares(book)) == ["Ben Okafor"]
    if put_back:
        mine.page.get_by_label("Put it back with these values").check()
    mine.save("Saved" if put_back else "Nothing was changed.")
    assert ("Ann Lee" in shares(book)) is put_back


def test_a_field_of_the_record_shows_what_was_stored_meanwhile(
    new_context: Callable[..., BrowserContext], cast: Cast
) -> None:
    windows: list[Page] = [new_context().new_page() for _window in range(2)]
    for page in windows:
        page.goto("/hr/departments/IT/edit")
    for page, name in zip(windows, ("Informatics", "Computing"), strict=True):
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("button", name="Save department").click()
    expect(windows[1].locator(".errors")).to_contain_text("Meanwhile this was stored as “Informatics”.")
    assert fresh(cast.it).name == "Informatics"
    windows[1].get_by_role("button", name="Save department").click()
    expect(windows[1].get_by_role("heading", name="Computing")).to_be_visible()


def test_different_fields_of_the_record_both_survive_and_it_is_said(
    new_context: Callable[..., BrowserContext], cast: Cast
) -> None:
    mine, theirs = (new_context().new_page() for _window in range(2))
    for page in (mine, theirs):
        page.goto("/hr/departments/IT/edit")
    theirs.get_by_label("Archived on").fill("31 Dec 2025")
    theirs.get_by_role("button", name="Save department").click()
    expect(theirs.locator(".message")).to_contain_text("Saved")
    mine.get_by_label("Name", exact=True).fill("Informatics")
    mine.get_by_role("button", name="Save department").click()
    expect(mine.locator(".message")).to_contain_text(
        "A colleague changed Archived on meanwhile; both changes are kept."
    )
    it = fresh(cast.it)
    assert (it.name, str(it.archived_on)) == ("Informatics", "2025-12-31")


def test_a_record_that_was_deleted_meanwhile_can_be_made_anew(
    new_context: Callable[..., BrowserContext], cast: Cast, axe: Callable[[Page], None]
) -> None:
    mine, theirs = (new_context().new_page() for _window in range(2))
    mine.goto("/hr/departments/IT/edit")
    mine.get_by_label("Name", exact=True).fill("Informatics")
    theirs.goto("/hr/departments/IT/delete")
    theirs.get_by_label("Why is it deleted?").fill("Was entered twice")
    theirs.get_by_role("button", name="Delete").last.click()
    expect(theirs.locator(".message")).to_contain_text("Deleted")
    mine.get_by_role("button", name="Save department").click()
    expect(mine.locator("main")).to_contain_text("Edith Moss deleted it on")
    axe(mine)
    mine.get_by_role("button", name="Make it anew").click()
    expect(mine.get_by_label("Name", exact=True)).to_have_value("Informatics")
    mine.get_by_role("button", name="Save department").click()
    expect(mine.get_by_role("heading", name="Informatics")).to_be_visible()


@pytest.fixture
def both_sides(new_context: Callable[..., BrowserContext], cast: Cast) -> tuple[LinkTable, LinkTable]:
    """One stay in two windows: the department's page and the person's page."""
    factories.stay(cast.ann, cast.it, fte="1.000")
    mine, theirs = (
        open_table(new_context().new_page(), url) for url in ("/hr/departments/IT", "/hr/employees/1001")
    )
    return mine, theirs


IT = "Information Technology"


def test_one_link_from_both_sides_keeps_what_each_has_changed(
    both_sides: tuple[LinkTable, LinkTable], cast: Cast
) -> None:
    mine, theirs = both_sides
    theirs.cell("Arrangement", IT).fill("casual")
    theirs.save()
    mine.cell("FTE", "Lee, Ann").fill("0.5")
    mine.save()
    expect(mine.page.locator(".message")).to_contain_text("both changes are kept")
    (stay,) = fresh(cast.it).employee_links
    assert (stay.fte, stay.extra_data) == (Decimal("0.5"), "casual")


def test_one_link_from_both_sides_asks_about_the_same_field(
    both_sides: tuple[LinkTable, LinkTable], cast: Cast
) -> None:
    mine, theirs = both_sides
    theirs.cell("FTE", IT).fill("0.75")
    theirs.save()
    mine.cell("FTE", "Lee, Ann").fill("0.5")
    mine.save_in_vain()
    expect(mine.row("Lee, Ann")).to_contain_text(
        re.compile(r"FTE was changed to 0\.75 meanwhile by Edith Moss \(.+\); you have 0\.5\.")
    )
    mine.save()
    assert fresh(cast.it).employee_links[0].fte == Decimal("0.5")


def test_a_link_removed_on_the_other_side_is_put_back(
    both_sides: tuple[LinkTable, LinkTable], cast: Cast
) -> None:
    mine, theirs = both_sides
    theirs.mark_removed(IT)
    theirs.page.get_by_label("Why are they removed?").fill("Was entered twice")
    theirs.save()
    mine.cell("FTE", "Lee, Ann").fill("0.5")
    mine.save_in_vain()
    expect(mine.page.locator("tbody.is-bad")).to_contain_text("This was removed meanwhile by Edith Moss")
    mine.page.get_by_label("Put it back with these values").check()
    mine.save()
    assert [stay.fte for stay in fresh(cast.it).employee_links] == [Decimal("0.5")]


def test_the_sum_holds_for_two_at_once(tables: tuple[LinkTable, LinkTable], book: Book) -> None:
    mine, theirs = tables
    theirs.cell("Royalty", "Ann Lee").fill("60")
    theirs.save()
    mine.cell("Royalty", "Ben Okafor").fill("60")
    mine.save_in_vain()
    expect(mine.row("Ben Okafor")).to_contain_text("would be 120 % together")
    assert [royalty for royalty, _name in shares(book).values()] == [60, Decimal("2.5")]
