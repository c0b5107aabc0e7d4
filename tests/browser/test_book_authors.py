"""The authors of a book, in Chromium: with the mouse, and with the keyboard alone."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.db import db
from library.models import Author, Book
from tests import factories
from tests.browser.hands import LinkTable, fresh, open_table, saved, tab_to


@pytest.fixture
def book() -> Book:
    """A book by Ann (15 %), Ben (2.5 %) and Cid (0 %); Dora is an author elsewhere."""
    book = factories.book("Pride and Prejudice")
    for name, royalty in (("Ann Lee", "15"), ("Ben Okafor", "2.5"), ("Cid Moor", "0")):
        factories.share(book, factories.author(name), royalty)
    factories.author("Dora Hale")
    return book


@pytest.fixture
def table(page: Page, book: Book) -> LinkTable:
    return open_table(page, f"/library/books/{book.id}")


def credits(book: Book) -> list[tuple[str, str]]:
    """Who is printed in which order, with the share, as stored."""
    return [(link.author.name, f"{link.royalty_percentage:f}") for link in fresh(book).author_links]


def places(book: Book) -> list[int]:
    return [link.publication_order for link in fresh(book).author_links]


# --- with the mouse --------------------------------------------------------------------------------


def test_a_share_is_changed_and_the_sum_runs_along(table: LinkTable, book: Book) -> None:
    expect(table.sum).to_contain_text("17.5 of 100 %")
    table.cell("Royalty", "Ben Okafor").fill("12,5 %")
    expect(table.sum).to_contain_text("27.5 of 100 %")
    expect(table.says).to_contain_text("1 changed Ben Okafor: 2.5 % → 12,5 %")
    table.save()
    assert credits(book) == [("Ann Lee", "15.0000"), ("Ben Okafor", "12.5000"), ("Cid Moor", "0.0000")]


def test_the_sum_warns_above_100_before_anything_is_sent(table: LinkTable, book: Book) -> None:
    table.cell("Royalty", "Cid Moor").fill("82,6")
    expect(table.sum).to_contain_text("100.1 of 100 %")
    expect(table.sum.get_by_text("too much")).to_be_visible()
    table.save_in_vain()
    expect(table.row("Cid Moor")).to_contain_text("more than 100 % cannot be stored")
    assert credits(book)[2] == ("Cid Moor", "0.0000")
    table.cell("Royalty", "Cid Moor").fill("82,5")
    expect(table.sum.get_by_text("too much")).to_be_hidden()
    table.save()
    assert credits(book)[2] == ("Cid Moor", "82.5000")


def test_an_author_is_added_through_the_suggestions(table: LinkTable, book: Book) -> None:
    table.choose("Author", "dora", "no book yet")
    expect(table.cell("Author")).to_have_value(re.compile(r"^Dora Hale #\d+$"))
    table.cell("Royalty").fill("1/2")
    expect(table.sum).to_contain_text("18 of 100 %")
    expect(table.says).to_contain_text("1 added")
    table.save()
    assert credits(book)[3] == ("Dora Hale", "0.5000")


def test_the_suggestions_tell_who_is_here_already(table: LinkTable, book: Book) -> None:
    table.cell("Author").press_sequentially("ann")
    expect(table.lines.filter(has_text="Ann Lee")).to_contain_text("already here")
    expect(table.lines).to_have_count(2)


def test_a_new_author_is_made_in_the_same_row(table: LinkTable, book: Book) -> None:
    table.choose("Author", "Ezra Pike", "Add “Ezra Pike” as a new author")
    expect(table.page.get_by_role("checkbox", name="New author, row 4")).to_be_checked()
    table.cell("Royalty").fill("3")
    table.save()
    assert credits(book)[3] == ("Ezra Pike", "3.0000")
    assert db.session.scalars(select(Author.sort_name).where(Author.name == "Ezra Pike")).all() == [
        "Pike, Ezra"
    ]


def test_a_removal_is_taken_back_until_it_is_saved(table: LinkTable, book: Book) -> None:
    table.mark_removed("Ann Lee")
    table.mark_removed("Ben Okafor")
    expect(table.says).to_contain_text("2 removed")
    expect(table.sum).to_contain_text("0 of 100 %")
    table.row("Ann Lee").get_by_role("checkbox", name="Remove").uncheck()
    expect(table.says).to_contain_text("1 removed")
    table.save()
    assert credits(book) == [("Ann Lee", "15.0000"), ("Cid Moor", "0.0000")]
    assert places(book) == [1, 2]


def test_removed_and_added_again_in_one_save(table: LinkTable, book: Book) -> None:
    table.mark_removed("Ann Lee")
    table.choose("Author", "Ann", "Ann Lee")
    table.cell("Royalty").fill("9")
    table.save()
    assert credits(book) == [("Ben Okafor", "2.5000"), ("Cid Moor", "0.0000"), ("Ann Lee", "9.0000")]


def test_the_buttons_move_a_row(table: LinkTable, book: Book) -> None:
    table.row("Cid Moor").get_by_role("button", name="Move up").click()
    table.row("Ann Lee").get_by_role("button", name="Move down").click()
    assert table.names == ["Cid Moor", "Ann Lee", "Ben Okafor"]
    expect(table.says).to_contain_text("3 changed")
    table.save()
    assert [name for name, _share in credits(book)] == ["Cid Moor", "Ann Lee", "Ben Okafor"]
    assert places(book) == [1, 2, 3]


def test_two_places_are_swapped(table: LinkTable, book: Book) -> None:
    table.row("Ben Okafor").get_by_role("button", name="Move up").click()
    expect(table.cell("No.", "Ben Okafor")).to_have_value("1")
    table.save()
    assert [name for name, _share in credits(book)] == ["Ben Okafor", "Ann Lee", "Cid Moor"]


def test_a_row_is_dragged_by_its_handle(table: LinkTable, book: Book) -> None:
    page = table.page
    ready = "() => Boolean(self.Sortable && self.Sortable.get(document.querySelector('.link-table')))"
    # Asked from outside: waiting inside the page would evaluate text there, which its policy forbids.
    for _ in range(200):
        if page.evaluate(ready):
            break
        page.wait_for_timeout(20)
    handle = table.row("Cid Moor").locator(".handle").bounding_box()
    target = table.row("Ann Lee").bounding_box()
    assert handle
    assert target
    page.mouse.move(handle["x"] + 5, handle["y"] + 8)
    page.mouse.down()
    # With pauses, as a hand has them: a row that makes room takes no other turn meanwhile.
    for below in (20, 12, 4):
        page.mouse.move(handle["x"] + 5, target["y"] + below, steps=8)
        page.wait_for_timeout(200)
    page.mouse.up()
    expect(table.cell("No.", "Cid Moor")).to_have_value("1")
    assert table.names == ["Cid Moor", "Ann Lee", "Ben Okafor"]
    table.save()
    assert [name for name, _share in credits(book)] == ["Cid Moor", "Ann Lee", "Ben Okafor"]


def test_discard_throws_away_what_was_typed(table: LinkTable, book: Book) -> None:
    table.cell("Royalty", "Ann Lee").fill("50")
    table.page.get_by_role("link", name="Discard").click()
    expect(table.says).to_contain_text("No changes yet")
    expect(table.cell("Royalty", "Ann Lee")).to_have_value("15 %")


def test_many_rows_are_added_at_once(table: LinkTable, book: Book) -> None:
    table.choose("Author", "Fay One", "as a new author")
    table.page.get_by_role("button", name="+ Add a row").click()
    table.page.keyboard.type("Gus Two")
    table.lines.filter(has_text="as a new author").click()
    expect(table.says).to_contain_text("2 added")
    table.save()
    assert [name for name, _share in credits(book)][3:] == ["Fay One", "Gus Two"]


# --- with the keyboard alone -----------------------------------------------------------------------


def test_change_move_and_save_without_a_mouse(table: LinkTable, book: Book) -> None:
    page = table.page
    tab_to(page, re.compile("^Royalty of Ben Okafor"))
    page.keyboard.type("7,25 %")
    page.keyboard.press("Alt+ArrowUp")
    expect(table.cell("Royalty", "Ben Okafor")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("status").filter(has_text="Ben Okafor is now 3 of 3")).to_be_attached()
    page.keyboard.press("Control+s")
    saved(page)
    assert credits(book) == [("Ann Lee", "15.0000"), ("Cid Moor", "0.0000"), ("Ben Okafor", "7.2500")]


def test_add_a_new_author_without_a_mouse(table: LinkTable, book: Book) -> None:
    page = table.page
    tab_to(page, re.compile("^Author of new row"))
    page.keyboard.type("Ezra Pike")
    expect(table.lines).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="New author, row 4")).to_be_checked()
    tab_to(page, re.compile("^Royalty of new row"))
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    saved(page)
    assert credits(book)[3] == ("Ezra Pike", "4.0000")


def test_choose_an_author_without_a_mouse(table: LinkTable, book: Book) -> None:
    page = table.page
    factories.author("Dora Zimmer")
    tab_to(page, re.compile("^Author of new row"))
    page.keyboard.type("dora")
    expect(table.lines).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(table.lines.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(table.cell("Author")).to_have_value(re.compile("^Dora Zimmer"))
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    saved(page)
    assert credits(book)[3] == ("Dora Zimmer", "0.0000")


def test_remove_and_undo_without_a_mouse(table: LinkTable, book: Book) -> None:
    page = table.page
    tab_to(page, re.compile("^Remove Ann Lee"))
    page.keyboard.press("Space")
    tab_to(page, re.compile("^Remove Ben Okafor"))
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    expect(table.says).to_contain_text("1 removed")
    page.keyboard.press("Control+s")
    saved(page)
    assert credits(book) == [("Ben Okafor", "2.5000"), ("Cid Moor", "0.0000")]


def test_the_whole_amount_is_exact(table: LinkTable, book: Book) -> None:
    table.cell("Royalty", "Ann Lee").fill("33.3333")
    table.cell("Royalty", "Ben Okafor").fill("33,3333 %")
    table.cell("Royalty", "Cid Moor").fill("33.3334")
    expect(table.sum).to_contain_text("100 of 100 %")
    table.save()
    assert sum(link.royalty_percentage for link in fresh(book).author_links) == Decimal(100)


def test_what_is_typed_after_a_press_takes_the_place_of_the_figure(table: LinkTable, book: Book) -> None:
    cell = table.cell("Royalty", "Cid Moor")
    cell.click(position={"x": 4, "y": 8})
    table.page.keyboard.type("2")
    expect(cell).to_have_value("2")
    cell.click(position={"x": 4, "y": 8})
    table.page.keyboard.type("1")
    expect(cell).to_have_value("12")


def test_what_is_saved_by_keys_goes_on_in_its_cell(table: LinkTable, book: Book) -> None:
    table.cell("Royalty", "Ben Okafor").focus()
    table.page.keyboard.type("4")
    table.page.keyboard.press("Control+s")
    saved(table.page)
    expect(table.cell("Royalty", "Ben Okafor")).to_be_focused()
    table.cell("Credited as", "Cid Moor").fill("C. M.")
    table.page.keyboard.press("Enter")
    expect(table.cell("Credited as", "Cid Moor")).to_have_value("C. M.")
    expect(table.cell("Credited as", "Cid Moor")).to_be_focused()
