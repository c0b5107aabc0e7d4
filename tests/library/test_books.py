"""The list of books: who wrote them, and which are shown."""

from datetime import date

import pytest

from core.db import db
from library.models import Book
from tests import factories
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def shelf(client: Client) -> dict[str, Book]:
    """Emma by one, Good Omens by two, Beowulf by nobody, a tale by four; Old is archived."""
    people = [factories.author(name) for name in ("Jane Austen", "Neil Gaiman", "Terry Pratchett", "Ann Lee")]
    books = {
        "Emma": factories.book("Emma", published="1815-12-23"),
        "Good Omens": factories.book("Good Omens", published="1990"),
        "Beowulf": factories.book("Beowulf"),
        "Iliad Retold": factories.book("Iliad Retold", published="-0750", reference="R-7"),
        "Old": factories.book("Old", archived_on=date(2020, 1, 1)),
    }
    factories.share(books["Emma"], people[0], "15")
    factories.share(books["Good Omens"], people[1], "9")
    factories.share(books["Good Omens"], people[2], "6.5")
    for person in people:
        factories.share(books["Iliad Retold"], person)
    return books


def titles(client: Client, query: str = "") -> list[str]:
    return Page(client, f"/library/books?{query}").first_column


def test_it_shows_books_with_authors_date_and_sum(client: Client, shelf: dict[str, Book]) -> None:
    assert Page(client, "/library/books").table == [
        ["Beowulf", "", "", ""],
        ["Emma", "Jane Austen", "1815-12-23", "15 %"],
        ["Good Omens", "Neil Gaiman, Terry Pratchett", "1990", "15.5 %"],
        ["Iliad Retold", "Jane Austen, Neil Gaiman, Terry Pratchett and 1 more", "-0750", "0 %"],
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("authors=2%2B", ["Good Omens", "Iliad Retold"]),
        ("authors=1", ["Emma"]),
        ("authors=0", ["Beowulf"]),
        ("exactly=2", ["Good Omens"]),
        ("exactly=4", ["Iliad Retold"]),
        ("exactly=0", ["Beowulf"]),
        ("exactly=3", []),
        ("authors=2%2B&exactly=4", ["Iliad Retold"]),
        ("authors=1&exactly=4", []),
        ("exactly=many", []),
        ("authors=nonsense", []),
        ("state=archived", ["Old archived"]),
        ("state=all&q=o", ["Beowulf", "Good Omens", "Iliad Retold", "Old archived"]),
    ],
)
def test_it_answers_which_books(
    client: Client, shelf: dict[str, Book], query: str, expected: list[str]
) -> None:
    assert titles(client, query) == expected


@pytest.mark.parametrize("number", ["-1", "99999999999999999999"])
def test_a_number_that_no_book_can_have_is_no_failure(
    client: Client, shelf: dict[str, Book], number: str
) -> None:
    assert Page(client, f"/library/books?exactly={number}").status == 200


def test_somebody_with_two_roles_on_a_book_is_one_author(client: Client, shelf: dict[str, Book]) -> None:
    shelf["Emma"].author_links[0].also_as = "illustrator"
    db.session.commit()
    assert "Emma" in titles(client, "exactly=1")


def test_books_of_a_subject(client: Client, shelf: dict[str, Book]) -> None:
    factories.subject("Marriage", shelf["Emma"], shelf["Old"])
    assert titles(client, "subject=marriage") == ["Emma"]
    assert titles(client, "subject=MARRIAGE&state=all") == ["Emma", "Old archived"]
    assert titles(client, "subject=nothing") == []


def test_books_are_sorted_by_year_and_those_without_one_come_last(
    client: Client, shelf: dict[str, Book]
) -> None:
    assert titles(client, "sort=year") == ["Iliad Retold", "Emma", "Good Omens", "Beowulf"]
    assert titles(client, "sort=-year") == ["Beowulf", "Good Omens", "Emma", "Iliad Retold"]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("omens good", ["Good Omens"]),
        ("9780141439518", ["Emma"]),
        ("978-0-14-143951-8", ["Emma"]),
        ("r-7", ["Iliad Retold"]),
        ("R-7", ["Iliad Retold"]),
        ("9780141439525", []),
    ],
)
def test_a_book_is_found_by_words_isbn_or_reference(
    client: Client, shelf: dict[str, Book], q: str, expected: list[str]
) -> None:
    factories.edition(shelf["Emma"], "9780141439518")
    assert titles(client, f"q={q}") == expected


def test_nothing_there_says_how_to_begin(client: Client) -> None:
    page = Page(client, "/library/books")
    assert "No book here" in page.text
    assert page.link("New book") == "/library/new-book"


def test_it_costs_the_same_for_many(client: Client, shelf: dict[str, Book], statements) -> None:
    with statements() as few:
        client.get("/library/books")
    for number in range(20):
        factories.share(factories.book(f"Book {number}"), factories.author(f"A {number}"))
    with statements() as many:
        client.get("/library/books")
    assert len(many) == len(few) <= 8


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("royalties=none", ["Iliad Retold"]),
        ("royalties=missing", ["Good Omens", "Iliad Retold"]),
        ("royalties=unusual", ["Iliad Retold"]),
        ("sum_from=15", ["Emma", "Good Omens"]),
        ("sum_from=15.1&sum_to=15,5+%25", ["Good Omens"]),
        ("sum_to=0", ["Iliad Retold"]),
        ("author=Neil+Gaiman", ["Good Omens", "Iliad Retold"]),
        ("author=gaiman,+neil", ["Good Omens", "Iliad Retold"]),
        ("author=Nobody", []),
        ("role=translator", ["Good Omens"]),
        ("role=translator&author=Neil+Gaiman", []),
        ("role=translator&author=Ann+Lee", ["Good Omens"]),
        ("year_from=1815", ["Emma", "Good Omens"]),
        ("year_to=0", ["Iliad Retold"]),
        ("year_from=1900&year_to=1999&authors=2%2B", ["Good Omens"]),
    ],
)
def test_it_answers_by_share_sum_and_year(
    client: Client, shelf: dict[str, Book], query: str, expected: list[str]
) -> None:
    ann = shelf["Iliad Retold"].author_links[3].author
    factories.share(shelf["Good Omens"], ann, "0", role="translator")
    assert titles(client, query) == expected


def test_a_book_by_its_author_is_found_by_the_number_too(client: Client, shelf: dict[str, Book]) -> None:
    jane = shelf["Emma"].author_links[0].author
    assert titles(client, f"author=%23{jane.id}") == ["Emma", "Iliad Retold"]
    assert titles(client, f"author=Jane+Austen+%23{jane.id}") == ["Emma", "Iliad Retold"]
    assert titles(client, f"author=Somebody+Else+%23{jane.id}") == []


def test_an_unusual_sum_is_nothing_little_or_much(client: Client, app: object) -> None:
    for royalty in ("0", "4.9999", "5", "25", "25.0001"):
        factories.share(factories.book(f"With {royalty}"), factories.author(), royalty)
    assert titles(client, "royalties=unusual") == ["With 0", "With 25.0001", "With 4.9999"]


def test_subjects_can_be_shown_as_well(client: Client, shelf: dict[str, Book]) -> None:
    factories.subject("Marriage", shelf["Emma"])
    factories.subject("England", shelf["Emma"])
    page = Page(client, "/library/books?columns=title,subjects,count&q=emma")
    assert page.table == [["Emma", "1", "England, Marriage"]]


def test_the_isbns_can_be_shown_as_well(client: Client, shelf: dict[str, Book]) -> None:
    factories.edition(shelf["Emma"], "9780141439518")
    page = Page(client, "/library/books?columns=title,isbn&q=emma")
    assert page.table == [["Emma", "978-0-14-143951-8"]]
