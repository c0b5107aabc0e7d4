"""The rules of the library: on the page of a book, of an author, and wherever else is written."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.db import db
from core.writing import Refused, writing
from library import operations
from library.models import Author, AuthorBook, Book
from tests import factories
from tests.conftest import Client
from tests.pages import Page

SIDES = pytest.mark.parametrize("side", ["book", "author"])


@pytest.fixture
def emma(app) -> Book:
    """A book by Jane at 60 %; Ann has written nothing yet."""
    book = factories.book("Emma")
    factories.share(book, factories.author("Jane Austen"), "60")
    factories.author("Ann Lee")
    return book


def shares() -> list[tuple[str, str, int]]:
    """Every share of each book in order: who, percentage, place."""
    links = db.session.scalars(select(AuthorBook).order_by(AuthorBook.book_id, AuthorBook.publication_order))
    return [(link.author.name, str(link.royalty_percentage), link.publication_order) for link in links]


def named(name: str) -> Author:
    return db.session.scalars(select(Author).where(Author.name == name)).one()


@contextmanager
def refused(words: str) -> Iterator[None]:
    before = shares()
    with pytest.raises(Refused, match=re.escape(words)), writing(operations.check):
        yield
    assert shares() == before


def add(client: Client, side: str, book: Book, who: str, **facts: str) -> Page:
    """The page of the book or of the author, with a new share typed into it."""
    if side == "book":
        page = Page(client, f"/library/books/{book.id}")
        page.add(author=who, **facts)
    else:
        page = Page(client, f"/library/authors/{named(who).id}")
        page.add(book=book.title, **facts)
    return page


# --- the sum of percentages ----------------------------------------------------------------------------


@SIDES
def test_more_than_100_percent_together_is_refused(client: Client, emma: Book, side: str) -> None:
    answer = add(client, side, emma, "Ann Lee", royalty_percentage="40.0001").save()
    assert (answer.status, answer.stored) == (422, False)
    said = "The royalties of Emma would be 100.0001 % together; more than 100 % cannot be stored."
    assert said in answer.errors
    assert len(shares()) == 1


@SIDES
def test_exactly_100_percent_is_stored(client: Client, emma: Book, side: str) -> None:
    assert add(client, side, emma, "Ann Lee", royalty_percentage="40 %").save().stored
    assert shares() == [("Jane Austen", "60.0000", 1), ("Ann Lee", "40.0000", 2)]


def test_the_sum_holds_for_scripts(emma: Book) -> None:
    with refused("The royalties of Emma would be 100.0001 % together"):
        db.session.add(AuthorBook(book=emma, author=named("Ann Lee"), royalty_percentage=Decimal("40.0001")))
    with refused("The royalties of Emma would be 100.1 % together"):
        db.session.add(AuthorBook(book=emma, author=named("Ann Lee"), royalty_percentage=Decimal(40)))
        emma.author_links[0].royalty_percentage = Decimal("60.1")


def test_percentages_can_be_moved_from_one_to_another_in_one_save(client: Client, emma: Book) -> None:
    factories.share(emma, named("Ann Lee"), "40")
    page = Page(client, f"/library/books/{emma.id}")
    page.change("Jane Austen", royalty_percentage="30").change("Ann Lee", royalty_percentage="70")
    assert page.save().stored
    assert shares() == [("Jane Austen", "30.0000", 1), ("Ann Lee", "70.0000", 2)]


def test_another_books_percentages_do_not_count(client: Client, emma: Book) -> None:
    dune = factories.book("Dune")
    assert add(client, "author", dune, "Jane Austen", royalty_percentage="100").save().stored


@pytest.mark.parametrize(
    ("typed", "said"), [("100.1", "at most 100"), ("-1", "at least 0"), ("1.23456", "Only 4 decimal places")]
)
def test_a_percentage_is_between_0_and_100(client: Client, emma: Book, typed: str, said: str) -> None:
    answer = add(client, "book", emma, "Ann Lee", royalty_percentage=typed).save()
    assert said in answer.errors


@pytest.mark.parametrize("percentage", ["100.0001", "-0.0001"])
def test_the_database_refuses_it_too(emma: Book, percentage: str) -> None:
    with pytest.raises(IntegrityError, match="royalty_percentage"):
        factories.share(emma, named("Ann Lee"), percentage)
    db.session.rollback()


# --- no pair twice -------------------------------------------------------------------------------------


@SIDES
def test_a_pair_is_refused_the_second_time_in_words(client: Client, emma: Book, side: str) -> None:
    answer = add(client, side, emma, "Jane Austen").save()
    assert not answer.stored
    assert "is already here, at place 1 of the credits." in answer.errors
    assert len(shares()) == 1


def test_a_pair_typed_twice_names_the_other_row(client: Client, emma: Book) -> None:
    page = add(client, "book", emma, "Ann Lee")
    page.add(author="Ann Lee", role="editor")
    assert "Ann Lee is already in row 2." in page.save().errors


def test_the_database_refuses_a_pair_twice_and_it_is_said_in_words(emma: Book) -> None:
    with refused("This author is on this book already."):
        db.session.add(AuthorBook(book_id=emma.id, author_id=named("Jane Austen").id))


# --- the order has no gap ------------------------------------------------------------------------------


@pytest.fixture
def four(emma: Book) -> Book:
    """Jane, Ann, Ben and Cleo, in this order."""
    for name in ("Ben Ray", "Cleo Day"):
        factories.author(name)
    for name in ("Ann Lee", "Ben Ray", "Cleo Day"):
        factories.share(emma, named(name))
    return emma


def order() -> str:
    assert [place for _, _, place in shares()] == list(range(1, len(shares()) + 1))
    return "".join(name[0] for name, _, _ in shares())


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"Cleo Day": "1"}, "CJAB"),
        ({"Jane Austen": "4"}, "ABCJ"),
        ({"Jane Austen": "2", "Ann Lee": "1"}, "AJBC"),
        ({"Jane Austen": "99"}, "ABCJ"),
        ({"Ben Ray": ""}, "JACB"),
    ],
)
def test_who_is_moved_goes_to_the_place_typed(
    client: Client, four: Book, typed: dict[str, str], expected: str
) -> None:
    page = Page(client, f"/library/books/{four.id}")
    for who, place in typed.items():
        page.change(who, publication_order=place)
    assert page.save().stored
    assert order() == expected


def test_removing_one_closes_the_gap(client: Client, four: Book) -> None:
    assert Page(client, f"/library/books/{four.id}").change("Ann Lee", remove="y").save().stored
    assert order() == "JBC"


def test_removing_one_on_the_authors_page_closes_the_gap_too(client: Client, four: Book) -> None:
    assert Page(client, f"/library/authors/{named('Ann Lee').id}").change("Emma", remove="y").save().stored
    assert order() == "JBC"


def test_deleting_an_author_closes_the_gap_too(client: Client, four: Book) -> None:
    assert Page(client, f"/library/authors/{named('Ann Lee').id}/delete").save().stored
    assert order() == "JBC"


def test_a_place_can_be_asked_for_on_the_authors_page(client: Client, four: Book) -> None:
    page = Page(client, f"/library/authors/{named('Cleo Day').id}")
    assert page.change("Emma", publication_order="2").save().stored
    assert order() == "JCAB"


@pytest.mark.parametrize("typed", ["0", "-1", "first", "1.5"])
def test_a_place_counts_from_1(client: Client, four: Book, typed: str) -> None:
    answer = Page(client, f"/library/books/{four.id}").change("Cleo Day", publication_order=typed).save()
    assert (answer.status, answer.stored) == (422, False)
    assert order() == "JABC"


def test_roles_beside_the_main_one_are_roles(client: Client, four: Book) -> None:
    page = Page(client, f"/library/books/{four.id}").change("Ann Lee", also_as="editor,  translator")
    assert page.save().stored
    answer = Page(client, f"/library/books/{four.id}").change("Ann Lee", also_as="juggler").save()
    assert "“juggler” is not a role." in answer.errors
    assert db.session.scalars(select(AuthorBook.also_as).where(AuthorBook.also_as.is_not(None))).all() == [
        "editor, translator"
    ]


def test_the_book_is_printed_with_its_credits(client: Client, four: Book) -> None:
    page = Page(client, f"/library/books/{four.id}").change("Ben Ray", role="illustrator")
    page.change("Ann Lee", credited_as="A. Lee").save()
    assert (
        "Printed as: Jane Austen, A. Lee and Cleo Day; illustrated by Ben Ray"
        in Page(client, f"/library/books/{four.id}").text
    )
