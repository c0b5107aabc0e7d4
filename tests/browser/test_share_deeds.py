"""In Chromium, with the keyboard alone: the deeds on shares, from the row, the book or the list on."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.db import db
from library.models import AuthorBook, Book
from tests import factories
from tests.browser.hands import Keyboard

ROW = ".link:not(.is-spare) .row-menu"


@pytest.fixture
def book(editor: object) -> Book:
    """Three authors, in order."""
    book = factories.book("Three Men")
    for name, royalty in (("Ann Lee", "5"), ("Ben Okafor", "3"), ("Cleo Dane", "2")):
        factories.share(book, factories.author(name), royalty)
    return book


@pytest.fixture
def hands(page: Page, book: Book) -> Keyboard:
    return Keyboard(page)


def credits(book: Book) -> list[tuple[str, Decimal]]:
    db.session.rollback()
    rows = db.session.scalars(
        select(AuthorBook).where(AuthorBook.book_id == book.id).order_by(AuthorBook.publication_order)
    )
    return [(one.author.name, one.royalty_percentage) for one in rows]


def test_move_to_a_place(hands: Keyboard, book: Book) -> None:
    hands.open(f"/library/books/{book.id}")
    hands.choose(ROW, "Move…")
    hands.answer("3")
    hands.look_and_do("3 changed")
    assert [name for name, _royalty in credits(book)] == ["Ben Okafor", "Cleo Dane", "Ann Lee"]


def test_change_from_the_author(hands: Keyboard, book: Book) -> None:
    hands.open(f"/library/authors/{book.author_links[0].author_id}")
    hands.choose(ROW, "Change…")
    hands.answer("7.5")
    hands.look_and_do("5 % → 7.5 %")
    assert credits(book)[0] == ("Ann Lee", Decimal("7.5"))


def test_split_a_total(hands: Keyboard, book: Book) -> None:
    hands.open(f"/library/books/{book.id}")
    hands.choose(".more", "Split a total…")
    hands.answer("12", "2:1:1")
    hands.look_and_do("5 % → 6 %", "2 % → 3 %")
    assert [royalty for _name, royalty in credits(book)] == [Decimal(6), Decimal(3), Decimal(3)]


def test_add_an_author_to_chosen_books(hands: Keyboard, book: Book) -> None:
    other = factories.book("Another")
    factories.author("Dora Penn")
    hands.open("/library/books")
    for _row in range(2):
        hands.press("Tab")
        hands.tab_to("[data-choose]:not(:checked)")
        hands.press("Space")
    hands.tab_to("button:text-is('Add an author…')")
    hands.press("Enter")
    expect(hands.page.locator(".deed")).to_be_visible()
    hands.page.keyboard.type("penn")
    expect(hands.page.locator("#finder [role=option]")).to_have_count(1)
    hands.press("Enter")
    hands.look_and_do("2 added")
    assert credits(book)[-1] == credits(other)[-1] == ("Dora Penn", Decimal(0))
