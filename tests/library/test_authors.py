"""The list of authors: how many books, and who is shown."""

from datetime import date

import pytest

from tests import factories
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture(autouse=True)
def authors(client: Client) -> None:
    """Jane wrote three, Neil one, Ann none; two are called Kim Day; Old is archived."""
    jane, neil = factories.author("Jane Austen"), factories.author("Neil Gaiman")
    factories.author("Ann Lee")
    first, second = factories.author("Kim Day"), factories.author("Kim Day")
    factories.author("Old One", archived_on=date(2020, 1, 1))
    for title in ("Emma", "Persuasion", "Pride"):
        factories.share(factories.book(title), jane)
    factories.share(factories.book("Stardust"), neil)
    factories.share(factories.book("Cooking"), first)
    factories.share(factories.book("Sailing"), second)


def names(client: Client, query: str = "") -> list[str]:
    return Page(client, f"/library/authors?{query}").first_column


def test_it_shows_authors_with_the_number_of_books_and_one_of_them(client: Client) -> None:
    assert Page(client, "/library/authors").table == [
        ["Austen, Jane", "3", "Emma"],
        ["Day, Kim", "1", "Cooking"],
        ["Day, Kim", "1", "Sailing"],
        ["Gaiman, Neil", "1", "Stardust"],
        ["Lee, Ann", "0", ""],
    ]


def test_the_one_of_several_books_is_that_with_the_lowest_number(client: Client) -> None:
    ruth = factories.author("Ruth Zell")
    for book in reversed([factories.book(title) for title in ("Mortises", "Angles", "Wedges")]):
        factories.share(book, ruth)
    assert Page(client, "/library/authors").table[-1] == ["Zell, Ruth", "3", "Mortises"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("books=0", ["Lee, Ann"]),
        ("books=1", ["Day, Kim", "Day, Kim", "Gaiman, Neil"]),
        ("books=2%2B", ["Austen, Jane"]),
        ("exactly=3", ["Austen, Jane"]),
        ("exactly=0", ["Lee, Ann"]),
        ("exactly=2", []),
        ("state=archived", ["One, Old archived"]),
        ("state=all&books=0", ["Lee, Ann", "One, Old archived"]),
        ("q=kim+day&books=1", ["Day, Kim", "Day, Kim"]),
        ("q=Day%2C+K", ["Day, Kim", "Day, Kim"]),
        ("books=nonsense&q=ann", []),
    ],
)
def test_it_answers_which_authors(client: Client, query: str, expected: list[str]) -> None:
    assert names(client, query) == expected


def test_it_leads_to_those_who_may_be_there_twice(client: Client) -> None:
    assert Page(client, "/library/authors").link("Find duplicates") == "/library/duplicates"


def test_it_costs_the_same_for_many(client: Client, statements) -> None:
    with statements() as few:
        client.get("/library/authors")
    for number in range(20):
        factories.share(factories.book(f"Book {number}"), factories.author(f"A {number}"))
    with statements() as many:
        client.get("/library/authors")
    assert len(many) == len(few) <= 8


def test_authors_are_found_by_book_and_role(client: Client) -> None:
    book, other = factories.book("Beowulf"), factories.book("Emma")
    seamus, jane = factories.author("Seamus Heaney"), factories.author("Jane Translator")
    factories.share(book, seamus, role="translator")
    factories.share(other, seamus, role="editor")
    factories.share(other, jane, role="translator")
    assert names(client, "book=Beowulf") == ["Heaney, Seamus"]
    assert names(client, f"book=Emma+%23{other.id}&role=translator") == ["Translator, Jane"]
    assert names(client, "role=editor") == ["Heaney, Seamus"]
    assert names(client, "book=Beowulf&role=editor") == []
