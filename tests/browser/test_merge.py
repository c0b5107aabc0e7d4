"""Two records become one, without a mouse."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from core.db import db
from hr.models import DepartmentEmployeeLink, Employee
from library.models import Author
from tests import factories
from tests.browser.hands import count_of, fresh, tab_to
from tests.cast import Cast


def open_page(page: Page, address: str) -> None:
    db.session.rollback()
    page.goto(address)


def press_on(page: Page, name: str, key: str = "Enter") -> None:
    """Go to what is called so by Tab, and press a key there."""
    tab_to(page, name)
    page.keyboard.press(key)


def look_and_merge(page: Page, axe: Callable[[Page], None]) -> None:
    """See what would change, then do it; both by Ctrl-S."""
    axe(page)
    page.keyboard.press("Control+s")
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    axe(page)
    page.keyboard.press("Control+s")
    expect(page.locator(".message")).to_contain_text("is merged into")


def test_two_authors_become_one_by_keyboard_alone(
    page: Page, cast: Cast, axe: Callable[[Page], None]
) -> None:
    jane, j = factories.author("Jane Austen"), factories.author("J. Austen")
    emma = factories.book("Emma")
    factories.share(emma, jane, "9")
    factories.share(emma, j, "6")
    factories.share(factories.book("Persuasion"), jane, "10")
    open_page(page, "/library/duplicates")
    axe(page)
    press_on(page, "Merge J. Austen #2 and Jane Austen #1")
    expect(page.get_by_role("heading", name="Merge J. Austen into Jane Austen")).to_be_visible()
    press_on(page, "Keep 9 %, author, place 1", "ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Add up: 15 %, author, place 1")).to_be_checked()
    look_and_merge(page, axe)
    expect(page.locator(".message")).to_contain_text("J. Austen is merged into Jane Austen.")
    assert count_of(Author) == 1
    assert {(link.book.title, link.royalty_percentage) for link in fresh(jane).book_links} == {
        ("Emma", 15),
        ("Persuasion", 10),
    }


def test_two_people_become_one_by_keyboard_alone(page: Page, cast: Cast, axe: Callable[[Page], None]) -> None:
    annie = factories.employee("Annie Lee", "2001")
    factories.stay(cast.ann, cast.it, "2024-01-01", "2024-12-31", "0.500")
    factories.stay(annie, cast.it, "2024-07-01", fte="0.300")
    open_page(page, "/hr/merge-people?key=1001")
    tab_to(page, "Who is merged into that person")
    page.keyboard.type("annie")
    expect(page.get_by_role("option").first).to_contain_text("Lee, Annie")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Compare the two")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Merge Annie Lee into Ann Lee")).to_be_visible()
    press_on(page, "One stay from 1 Jan 2024, open, otherwise as that of the one that stays", "ArrowUp")
    expect(page.get_by_label("Keep from 1 Jul 2024, open, 0.300 FTE")).to_be_checked()
    look_and_merge(page, axe)
    assert count_of(DepartmentEmployeeLink) == 1
    assert db.session.get(Employee, "2001") is None
    open_page(page, "/hr/employees/2001")
    expect(page.get_by_role("heading", name="Ann Lee", level=1)).to_be_visible()


def test_a_pair_is_put_aside_by_keyboard_alone(page: Page, cast: Cast) -> None:
    factories.employee("Ann Lee", "2001")
    open_page(page, "/hr/duplicates")
    press_on(page, "Lee, Ann #1001 and Lee, Ann #2001 are not the same")
    expect(page.locator(".message")).to_contain_text("They are not suggested any more.")
    expect(page.get_by_text("Nobody here looks like somebody else")).to_be_visible()


def test_the_other_one_is_asked_for_at_once(page: Page) -> None:
    author = factories.author("Jane Austen")
    open_page(page, f"/library/merge-authors?key={author.id}")
    expect(page.get_by_label("Who is merged into that author")).to_be_focused()
