"""The frame around every page: themes, phone, zoom, paper, error pages, keys."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.models import User
from library.models import Book
from tests import factories
from tests.browser.hands import open_table

PAPER = {"light": "rgb(250, 248, 244)", "dark": "rgb(23, 22, 20)"}
LONG = "The " + "Incomprehensibilities-" * 6 + "and Other Words Without Any Place to Break"


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


@pytest.fixture
def book() -> Book:
    book = factories.book("Pride and Prejudice", published="1813")
    factories.share(book, factories.author("Jane Austen"), "15")
    return book


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_and_can_be_chosen(
    new_context: Callable[..., BrowserContext], scheme: str
) -> None:
    other = {"light": "dark", "dark": "light"}[scheme]
    page = new_context(color_scheme=scheme).new_page()
    page.goto("/")
    assert background(page) == PAPER[scheme]
    page.locator(".person summary").click()
    page.get_by_label(other.title(), exact=True).check()
    assert background(page) == PAPER[other]
    page.goto("/library/books")
    assert background(page) == PAPER[other]
    page.locator(".person summary").click()
    page.get_by_label("As the system").check()
    assert background(page) == PAPER[scheme]


def test_a_pop_up_closes_with_escape_and_by_a_press_elsewhere(page: Page) -> None:
    page.goto("/library/books")
    page.get_by_text("+ filter").click()
    expect(page.locator(".popup[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".popup[open]")).to_have_count(0)
    page.locator(".person summary").click()
    page.get_by_role("heading", level=1).click()
    expect(page.locator(".popup[open]")).to_have_count(0)


def test_ctrl_k_goes_to_the_search(page: Page) -> None:
    page.goto("/library/books")
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Search everything")).to_be_focused()


def test_the_skip_link_is_the_first_stop(page: Page) -> None:
    page.goto("/library/books")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_navigation_folds_on_a_phone(phone: Page) -> None:
    phone.goto("/library/books")
    expect(phone.get_by_role("link", name="Departments")).to_be_hidden()
    phone.locator(".nav-toggle").click()
    phone.get_by_role("link", name="Departments").click()
    expect(phone.get_by_role("heading", name="Departments", level=1)).to_be_visible()


def test_a_message_stays_until_it_is_put_away(page: Page, book: Book) -> None:
    table = open_table(page, f"/library/books/{book.id}")
    table.cell("Royalty", "Jane Austen").fill("16")
    table.save()
    page.get_by_role("button", name="Put this message away").click()
    expect(page.locator(".message")).to_have_count(0)


VIEWS = {
    "phone": {"width": 390, "height": 844},
    "wide screen at 200 %": {"width": 640, "height": 450},
    "wide screen at 400 %": {"width": 320, "height": 225},
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_long_words_do_not_push_a_page_sideways(
    new_context: Callable[..., BrowserContext], view: dict[str, int]
) -> None:
    book = factories.book(LONG)
    author = factories.author(LONG)
    factories.share(book, author, "15", credited_as=LONG)
    department = factories.department("LONG", LONG[:110])
    factories.stay(factories.employee(LONG[:110], "7777"), department, "2024-01-01", extra_data=LONG)
    addresses = [
        f"/library/{kind}/1{form}" for kind in ("books", "authors") for form in ("", "/edit", "/delete")
    ]
    addresses += [
        f"/hr/{one}{form}"
        for one in ("departments/LONG", "employees/7777")
        for form in ("", "/edit", "/delete")
    ]
    page = new_context(viewport=view).new_page()
    for address in [*addresses, "/library/books", "/library/authors", "/hr/departments", "/hr/employees"]:
        open_table(page, address)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= view["width"], f"{address} is {width} pixels wide"


def test_rows_are_one_line_high_however_long_the_words(page: Page) -> None:
    book = factories.book(LONG)
    factories.share(book, factories.author(LONG), "15", credited_as=LONG)
    factories.stay(
        factories.employee(LONG[:110], "7777"),
        factories.department("IT", LONG[:110]),
        "2024-01-01",
        extra_data=LONG,
    )
    for address in (
        "/library/books",
        "/library/books/1",
        "/library/authors/1",
        "/hr/departments/IT",
        "/hr/employees/7777",
    ):
        open_table(page, address)
        for row in page.locator(".link > tr:first-child, .grid tbody tr").all():
            box = row.bounding_box()
            assert box
            assert 32 <= box["height"] <= 36, f"a row of {address} is {box['height']} pixels high"


def test_paper_shows_the_facts_and_no_buttons(page: Page, book: Book) -> None:
    open_table(page, f"/library/books/{book.id}")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Pride and Prejudice")).to_be_visible()
    expect(page.get_by_role("link", name="Jane Austen")).to_be_visible()
    for unprinted in (".nav", ".save-bar", ".actions", ".is-spare", ".row-actions"):
        expect(page.locator(unprinted).first).to_be_hidden()
    assert background(page) in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)")
    assert len(page.pdf()) > 5000


def test_what_is_not_there_says_so_in_the_frame(page: Page, axe: Callable[[Page], None]) -> None:
    for address in ("/nothing", "/library/books/999", "/hr/departments/NONE"):
        response = page.goto(address)
        assert response
        assert response.status == 404
        expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
        expect(page.get_by_role("link", name="Departments")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="To the first page").click()
    expect(page.get_by_role("heading", name=re.compile("^Hello"))).to_be_visible()


def test_what_is_not_ones_own_says_so(page: Page, editor: User, axe: Callable[[Page], None]) -> None:
    theirs = factories.post(factories.user("Somebody Else"))
    open_table(page, "/")
    response = page.goto(f"/notes/{theirs.id}/edit")
    assert response
    assert response.status == 403
    expect(page.get_by_role("heading", name="This is not open to you")).to_be_visible()
    axe(page)


def test_without_sign_in_every_page_leads_there_and_back(
    new_context: Callable[..., BrowserContext], book: Book
) -> None:
    page = new_context(signed_in=False).new_page()
    open_table(page, f"/library/books/{book.id}")
    page.get_by_label("E-mail").fill("edith@example.org")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".errors")).to_contain_text("do not belong together")
    page.get_by_label("Password").fill("a joint holds without a nail")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Pride and Prejudice")).to_be_visible()


def test_the_key_for_saving_is_told_where_there_are_keys(
    new_context: Callable[..., BrowserContext], page: Page, phone: Page
) -> None:
    tablet = new_context(viewport={"width": 1180, "height": 820}, has_touch=True).new_page()
    for one, is_told in ((page, True), (phone, False), (tablet, False)):
        one.goto("/library/new-book")
        expect(one.locator("[data-save] kbd")).to_be_visible(visible=is_told)


def test_what_keeps_a_deed_from_being_done_stands_clear_of_its_border(page: Page) -> None:
    factories.department("IT")
    open_table(page, "/hr/departments/IT/delete")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".card.pad > .errors")).to_have_css("padding", "12px 16px")
