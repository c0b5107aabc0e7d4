"""The deeds on shares and books, by page: move, change, split a total, credit an author."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from core.db import db
from core.writing import Refused, writing
from library import operations, royalties
from library.models import Author, AuthorBook, Book
from tests import factories
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def book(editor: object) -> Book:
    """Three authors, in order."""
    book = factories.book("Three Men")
    for name, royalty in (("Ann Lee", "5"), ("Ben Okafor", "3"), ("Cleo Dane", "2")):
        factories.share(book, factories.author(name), royalty)
    return book


def credits(book: Book) -> list[tuple[str, int, Decimal]]:
    db.session.rollback()
    rows = db.session.scalars(
        select(AuthorBook).where(AuthorBook.book_id == book.id).order_by(AuthorBook.publication_order)
    )
    return [(one.author.name, one.publication_order, one.royalty_percentage) for one in rows]


def key(book: Book, name: str) -> str:
    author = db.session.scalars(select(Author).where(Author.name == name)).one()
    return f"{book.id}-{author.id}"


def preview(client: Client, url: str, **typed: str) -> Page:
    return Page(client, url).type(**typed).save()


def test_an_author_moves_to_a_place_and_the_others_close_up(client: Client, book: Book) -> None:
    page = preview(client, f"/library/move?key={key(book, 'Cleo Dane')}", place="1")
    assert "What would change: 3 changed" in page.text
    assert "Cleo Dane of Three Men No. 3 → 1" in page.text
    assert page.save(do="yes").stored
    assert [row[:2] for row in credits(book)] == [("Cleo Dane", 1), ("Ann Lee", 2), ("Ben Okafor", 3)]


@pytest.mark.parametrize(
    ("typed", "said"), [("", "To which place?"), ("0", "they count from 1"), ("x", "is not a place")]
)
def test_a_place_that_is_none_is_said_at_its_field(client: Client, book: Book, typed: str, said: str) -> None:
    page = preview(client, f"/library/move?key={key(book, 'Cleo Dane')}", place=typed)
    assert said in page.errors


def test_a_place_beyond_the_last_is_the_last(client: Client, book: Book) -> None:
    preview(client, f"/library/move?key={key(book, 'Ann Lee')}", place="99").save(do="yes")
    assert [row[:2] for row in credits(book)] == [("Ben Okafor", 1), ("Cleo Dane", 2), ("Ann Lee", 3)]


def test_several_shares_get_the_same_facts(client: Client, book: Book) -> None:
    url = f"/library/change?key={key(book, 'Ann Lee')}&key={key(book, 'Ben Okafor')}"
    page = preview(client, url, royalty_percentage="4 %", role="editor")
    assert "What would change: 2 changed" in page.text
    assert "Royalty 5 % → 4 %" in page.text
    assert page.save(do="yes").stored
    assert [row[2] for row in credits(book)] == [Decimal(4), Decimal(4), Decimal(2)]


def test_a_change_needs_something_that_is_so(client: Client, book: Book) -> None:
    page = preview(client, f"/library/change?key={key(book, 'Ann Lee')}")
    assert "What is so now? Give the royalty, the role or the credit." in page.errors


def test_a_sum_above_100_is_refused_and_nothing_is_stored(client: Client, book: Book) -> None:
    before = credits(book)
    page = preview(client, f"/library/change?key={key(book, 'Ann Lee')}", royalty_percentage="96")
    assert "more than 100 % cannot be stored" in page.text
    assert credits(book) == before


def test_ten_percent_in_three(client: Client, book: Book) -> None:
    page = preview(client, f"/library/split?key={book.id}", total="10 %")
    assert page.save(do="yes").stored
    assert [row[2] for row in credits(book)] == [Decimal("3.3334"), Decimal("3.3333"), Decimal("3.3333")]


def test_a_total_is_split_in_parts(client: Client, book: Book) -> None:
    page = preview(client, f"/library/split?key={book.id}", total="10", weights="50 : 30 : 20")
    assert "Nothing would change." in page.text
    assert preview(client, f"/library/split?key={book.id}", total="12", weights="2:1:1").save(do="yes").stored
    assert [row[2] for row in credits(book)] == [Decimal(6), Decimal(3), Decimal(3)]
    assert preview(client, f"/library/split?key={book.id}", total="12", weights="1 1 2").save(do="yes").stored
    assert [row[2] for row in credits(book)] == [Decimal(3), Decimal(3), Decimal(6)]


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ("60:40", "The book has 3 authors, and these are 2 parts."),
        ("a:b:c", "are not parts"),
        ("0:0:0", "At least one part has to be above zero."),
        ("-1:2:3", "No part can be below zero."),
    ],
)
def test_parts_that_do_not_fit_are_said_at_their_field(
    client: Client, book: Book, weights: str, said: str
) -> None:
    page = preview(client, f"/library/split?key={book.id}", total="10", weights=weights)
    assert said in page.errors


def test_an_author_is_credited_on_several_books(client: Client, book: Book) -> None:
    other = factories.book("Other")
    factories.author("Dora Penn")
    page = preview(
        client, f"/library/credit?key={book.id}&key={other.id}", author="Dora Penn", role="translator"
    )
    assert "Add an author: 2 books" in page.text
    assert "What would change: 2 added" in page.text
    assert page.save(do="yes").stored
    assert credits(book)[-1] == ("Dora Penn", 4, Decimal(0))
    assert credits(other) == [("Dora Penn", 1, Decimal(0))]


def test_who_is_on_a_book_already_is_left_alone(client: Client, book: Book) -> None:
    other = factories.book("Other")
    page = preview(client, f"/library/credit?key={book.id}&key={other.id}", author="Ann Lee")
    assert "Ann Lee is on one of them already." in page.text
    assert page.save(do="yes").stored
    assert len(credits(book)) == 3


def test_an_author_who_is_not_there_is_said_at_the_field(client: Client, book: Book) -> None:
    page = preview(client, f"/library/credit?key={book.id}", author="Nobody At All")
    assert "There is no such author." in page.errors


def test_a_total_is_not_split_where_the_last_author_went_meanwhile(book: Book) -> None:
    nobody = factories.book("Nobody")
    db.session.rollback()
    with pytest.raises(Refused, match="has no author any more"), writing(operations.check) as work:
        operations.split(work, db.session.get_one(Book, nobody.id), Decimal(10), [])


@pytest.mark.parametrize("url", ["/library/move", "/library/split?key=99999", "/library/change?key=1-x"])
def test_an_address_without_a_choice_is_no_page(client: Client, url: str) -> None:
    assert client.get(url).status_code in (400, 404)


@given(
    total=some.decimals(min_value=0, max_value=100, places=4),
    weights=some.lists(some.decimals(min_value=0, max_value=1000, places=3), min_size=1, max_size=20).filter(
        any
    ),
)
def test_parts_add_up_and_none_is_further_than_a_unit_from_its_due(
    total: Decimal, weights: list[Decimal]
) -> None:
    parts = royalties.split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < Decimal("0.0001")


def test_several_lead_back_to_their_list_and_one_to_its_book(client: Client, book: Book) -> None:
    other = factories.book("Other")
    factories.author("Dora Penn")
    page = preview(client, f"/library/credit?q=t&key={book.id}&key={other.id}", author="Dora Penn")
    assert page.save(do="yes").url == "/library/books?q=t"
    both = f"key={key(book, 'Ann Lee')}&key={key(book, 'Ben Okafor')}"
    page = preview(client, f"/library/change?{both}", role="editor")
    assert page.save(do="yes").url == "/library/shares"
    page = preview(client, f"/library/split?key={book.id}", total="9")
    assert page.save(do="yes").url == f"/library/books/{book.id}"
