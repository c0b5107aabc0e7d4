"""Authors who may be there twice: who is suggested, why, in which order, and who is not."""

from collections.abc import Callable
from typing import Any

import pytest

from library import queries
from tests import factories
from tests.conftest import Client
from tests.pages import Page

URL = "/library/duplicates"


def pairs(place: str | None = None) -> list[tuple[int, int, str]]:
    return [pair[:3] for pair in queries.authors_twice(place).pairs]


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Jane Austen", "JANE AUSTÉN", "same name"),
        ("Jane Austen", "Austen, Jane", "same name"),
        ("J.R.R. Tolkien", "J. R. R. Tolkien", "same name"),
        ("J. Austen", "Jane Austen", "the initials fit"),
        ("J.R.R. Tolkien", "John Ronald Reuel Tolkien", "the initials fit"),
        ("John Tolkien", "John Ronald Tolkien", "one has a further name"),
        ("JK Rowling", "J.K. Rowling", "the same letters"),
        ("Jane Austen", "Jnae Austen", "one letter differs"),
        ("Jane Austen", "Jane Austin", "one letter differs"),
        ("Fyodor Dostoyevsky", "Fyodor Dostoievski", "two letters differ"),
        ("Лев Толстой", "Лев Толстои", "same name"),
    ],
)
def test_two_spellings_are_suggested_with_the_reason(client: Client, one: str, other: str, why: str) -> None:
    factories.author(one)
    factories.author(other)
    assert [(min(pair[:2]), max(pair[:2]), pair[2]) for pair in pairs()] == [(1, 2, why)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jane Austen", "Ann Lee"),
        ("Jane Austen", "John Austen"),
        ("J. Austen", "Kate Austen"),
        ("Jane Austen", "Austen"),
        ("Ian Ray", "Jan Ray"),
        ("***", "!!!"),
    ],
)
def test_two_people_are_not(client: Client, one: str, other: str) -> None:
    factories.author(one)
    factories.author(other)
    assert pairs() == []


def test_a_pen_name_that_is_an_author_of_its_own_is_suggested(client: Client) -> None:
    factories.other_name(factories.author("Stephen King"), "Richard Bachman")
    factories.author("Richard Bachman")
    assert pairs() == [(1, 2, "one has the other’s name as another name")]


def test_the_strongest_come_first_and_say_what_they_share(client: Client) -> None:
    names = ("Jane Austen", "J. Austen", "Ann Lee", "Ann Lee", "Ben Ray", "Ben Ray", "Cy Coe")
    jane, j, ann, ann2, _ben, _ben2, cy = (factories.author(name) for name in names)
    for title, *authors in (("Emma", jane, j), ("One", ann, cy), ("Two", ann2, cy)):
        book = factories.book(str(title))
        for author in authors:
            factories.share(book, author)
    page = Page(client, URL)
    assert [row[2] for row in page.table] == [
        "same name, both with Cy Coe",
        "same name",
        "the initials fit, both on Emma",
    ]
    assert page.table[2][:2] == ["J. Austen #2 · 1 book · Emma", "Jane Austen #1 · 1 book · Emma"]
    assert (
        f'href="/library/merge-authors?key={ann.id}&amp;key={ann2.id}&amp;back=/library/duplicates"'
        in page.html
    )


def put(client: Client, **fields: str) -> Page:
    page = Page(client, URL)
    return Page(client, URL, client.post(URL, data={**page.fields, **fields}))


def test_a_pair_is_put_aside_and_brought_back(client: Client) -> None:
    for _time in range(2):
        factories.author("Ann Lee")
    factories.author("An Lee")
    assert len(pairs()) == 1
    answer = put(client, apart="1 2")
    assert (answer.stored, answer.table) == (True, [])
    aside = Page(client, f"{URL}?aside=1")
    assert [row[:2] for row in aside.table] == [["Ann Lee #1 · no book", "Ann Lee #2 · no book"]]
    assert put(client, again="2 1").stored
    assert pairs() == [(1, 2, "same name")]


def test_a_pair_that_is_alike_is_put_aside_as_well(client: Client) -> None:
    factories.author("Jane Austen")
    factories.author("Jane Austin")
    assert put(client, apart="2 1").stored
    assert put(client, apart="1 2").stored
    assert pairs() == []


@pytest.mark.parametrize("sent", ["", "1", "1 1", "1 99", "x y", "1 2 3"])
def test_what_is_no_pair_is_refused(client: Client, sent: str) -> None:
    factories.author("Ann Lee")
    assert client.post(URL, data={"apart": sent}).status_code == 400


def test_pages_follow_each_other_without_a_gap_and_without_a_repeat(client: Client) -> None:
    for _time in range(12):
        factories.author("Ann Lee")
    for letter in "abcdefgh":
        factories.author(f"Jane Aus{letter}ten")
    seen, place = [], None
    while True:
        found = queries.authors_twice(place)
        seen += [frozenset(pair[:2]) for pair in found.pairs]
        place = found.next
        if place is None:
            break
    assert len(seen) == len(set(seen)) == 12 * 11 // 2 + 8 * 7 // 2


def test_a_page_leads_to_the_next(client: Client) -> None:
    for _time in range(12):
        factories.author("Ann Lee")
    first = Page(client, URL)
    assert len(first.table) == 50
    rest = Page(client, first.link("Look further") or "")
    assert len(rest.table) == 16
    assert rest.link("First") == URL


@pytest.mark.parametrize(
    "place", ["x", "WzAsWyJhIiwxXV0", "WzksbnVsbF0", "WzAsWzEsMiwzXV0", "WzAsWyJcdTAwMDAiLDEsMl1d"]
)
def test_a_damaged_place_leads_to_the_first_page(client: Client, place: str) -> None:
    factories.author("Ann Lee")
    factories.author("Ann Lee")
    assert len(Page(client, f"{URL}?after={place}").table) == 1


def test_a_page_asks_few_statements_however_many_pairs(client: Client, statements: Callable[[], Any]) -> None:
    for number in range(9):
        book = factories.book(f"Book {number}")
        factories.share(book, factories.author("Ann Lee"))
    with statements() as seen:
        assert len(Page(client, URL).table) == 36
    assert len(seen) <= 15
    assert queries.suspected_authors() == 36
