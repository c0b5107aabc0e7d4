"""The list of shares: who made which book, in which role, at what royalty."""

import pytest

from library.models import AuthorBook
from tests import factories
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def shelf(client: Client) -> list[AuthorBook]:
    """Emma by Jane Austen, with a foreword by Ann Lee; Good Omens by two, one under another name."""
    emma, omens = factories.book("Emma", published="1815"), factories.book("Good Omens")
    jane, ann = factories.author("Jane Austen"), factories.author("Ann Lee")
    neil, terry = factories.author("Neil Gaiman"), factories.author("Terry Pratchett")
    return [
        factories.share(emma, jane, "15"),
        factories.share(emma, ann, "0", role="foreword", credited_as="Ann Lee"),
        factories.share(omens, neil, "9.5"),
        factories.share(omens, terry, "5.25", credited_as="T. Pratchett"),
    ]


def found(client: Client, query: str) -> list[str]:
    page = Page(client, f"/library/shares?columns=book,author&{query}")
    assert page.status == 200
    return [author.split()[-1] for _book, author in page.table]


def test_it_shows_each_share_with_its_facts(client: Client, shelf: list[AuthorBook]) -> None:
    assert Page(client, "/library/shares").table == [
        ["Emma", "Jane Austen", "author", "1", "15 %", ""],
        ["Emma", "Ann Lee", "foreword", "2", "0 %", "Ann Lee"],
        ["Good Omens", "Neil Gaiman", "author", "1", "9.5 %", ""],
        ["Good Omens", "Terry Pratchett", "author", "2", "5.25 %", "T. Pratchett"],
    ]


def test_each_row_leads_to_both_sides(client: Client, shelf: list[AuthorBook]) -> None:
    page = Page(client, "/library/shares")
    assert page.link("Good Omens") == f"/library/books/{shelf[2].book_id}"
    assert page.link("Terry Pratchett") == f"/library/authors/{shelf[3].author_id}"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("book=Emma", ["Austen", "Lee"]),
        ("author=Ann+Lee", ["Lee"]),
        ("book=Emma&author=Neil+Gaiman", []),
        ("role=author", ["Austen", "Gaiman", "Pratchett"]),
        ("role=foreword", ["Lee"]),
        ("percentage=zero", ["Lee"]),
        ("percentage=some", ["Austen", "Gaiman", "Pratchett"]),
        ("percentage_from=9.5", ["Austen", "Gaiman"]),
        ("percentage_from=5&percentage_to=10+%25", ["Gaiman", "Pratchett"]),
        ("credited=other", ["Pratchett"]),
        ("credited=own", ["Austen", "Lee", "Gaiman"]),
        ("credited_as=t.+p", ["Pratchett"]),
        ("credited_as=%25", []),
        ("q=omens", ["Gaiman", "Pratchett"]),
        ("q=emma+lee", ["Lee"]),
        ("sort=author", ["Austen", "Gaiman", "Lee", "Pratchett"]),
        ("sort=-percentage", ["Austen", "Gaiman", "Pratchett", "Lee"]),
    ],
)
def test_it_answers_which_shares(
    client: Client, shelf: list[AuthorBook], query: str, expected: list[str]
) -> None:
    assert found(client, query) == expected


def test_authors_of_one_book_and_books_of_one_author_have_an_address(
    client: Client, shelf: list[AuthorBook]
) -> None:
    assert found(client, f"book=%23{shelf[0].book_id}") == ["Austen", "Lee"]
    assert found(client, f"author=%23{shelf[3].author_id}") == ["Pratchett"]
