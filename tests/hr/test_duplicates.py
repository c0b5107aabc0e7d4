"""People and departments who may be there twice: who is suggested, why, in which order, and who is not."""

from collections.abc import Callable
from typing import Any

import pytest

from hr import queries
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page

URL = "/hr/duplicates"


def why(page: Page) -> list[tuple[str, str, str]]:
    return [(row[0].split(" #")[0], row[1].split(" #")[0], row[2]) for row in page.table]


def test_the_strongest_come_first_each_with_its_reason(client: Client, cast: Cast) -> None:
    factories.employee("Georgi Facello", "1", hired_on="2001-05-03")
    factories.employee("Facello Georgi", "2", hired_on="2001-05-03", sort_name="Facello, Georgi")
    factories.employee("Bill Hart", "3", hired_on="1999-01-01")
    factories.employee("B. Hart", "4")
    factories.employee("Ben Okafor", "5", email="office@example.org")
    factories.employee("Mary Ray", "6", email="office@example.org")
    factories.employee("Jane Austen", "7", email="jane@example.org")
    factories.employee("Jane Austen", "8", email="jane@example.org")
    factories.employee("Ann Leigh", "9")
    assert why(Page(client, URL)) == [
        ("Austen, Jane", "Austen, Jane", "same name, both at jane@example.org"),
        ("Facello, Georgi", "Facello, Georgi", "same name, both hired on 3 May 2001"),
        ("Okafor, Ben", "Ray, Mary", "both at office@example.org"),
        ("Okafor, Ben", "Okafor, Ben", "same name"),
        ("Hart, Bill", "Hart, Bill", "same name"),
        ("Hart, B.", "Hart, Bill", "the initials fit"),
        ("Hart, B.", "Hart, Bill", "the initials fit"),
    ]


def test_a_pair_leads_to_its_merge_and_who_works_here_stays(client: Client, cast: Cast) -> None:
    twin = factories.employee("Ann Lee", "2001")
    factories.stay(twin, cast.it)
    page = Page(client, URL)
    assert "Lee, Ann #2001 · Information Technology" in page.text
    assert 'href="/hr/merge-people?key=2001&amp;key=1001"' in page.html


@pytest.mark.parametrize(
    ("code", "name", "reason"),
    [
        ("S2", "Information-Technology", "same words in their names"),
        ("S2", "Technology Information", "same words in their names"),
        ("S2", "IT", "the code of one is the name of the other"),
        ("S2", "Salles", "one letter differs"),
        ("S2", "Accounts", None),
    ],
)
def test_departments_that_may_be_one_are_suggested(
    client: Client, cast: Cast, code: str, name: str, reason: str | None
) -> None:
    factories.department(code, name)
    assert [row[2] for row in Page(client, f"{URL}?of=departments").table] == ([reason] if reason else [])


def put(client: Client, url: str, **fields: str) -> Page:
    page = Page(client, url)
    return Page(client, url, client.post(url, data={**page.fields, **fields}))


def test_a_pair_is_put_aside_and_brought_back(client: Client, cast: Cast) -> None:
    factories.employee("Ann Lee", "2001")
    answer = put(client, URL, apart="1001 2001")
    assert (answer.stored, answer.table) == (True, [])
    assert "They are not suggested any more." in answer.text
    assert [row[0] for row in Page(client, f"{URL}?aside=1").table] == ["Lee, Ann #1001"]
    answer = put(client, f"{URL}?aside=1", again="1001 2001")
    assert (answer.stored, answer.url) == (True, f"{URL}?aside=1")
    assert len(Page(client, URL).table) == 1


def test_departments_are_put_aside_apart_from_people(client: Client, cast: Cast) -> None:
    factories.department("S2", "Salles")
    url = f"{URL}?of=departments"
    assert put(client, url, apart="S2 SALES").table == []
    assert [row[0] for row in Page(client, f"{url}&aside=1").table] == ["Salles #S2 · 0 people"]
    assert client.post(URL, data={"apart": "S2 SALES"}).status_code == 400


def test_the_first_page_says_how_many_look_very_much_alike(client: Client, cast: Cast) -> None:
    for number in ("21", "22", "23"):
        factories.employee("Ann Lee", number, hired_on="2001-05-03")
    assert queries.suspected_people() == 3
    assert 'href="/hr/duplicates"' in client.get("/").text
    put(client, URL, apart="21 22")
    assert queries.suspected_people() == 2


def test_a_page_asks_few_statements_however_many_pairs(
    client: Client, cast: Cast, statements: Callable[[], Any]
) -> None:
    for number in range(12):
        factories.stay(factories.employee("Ann Ray", f"{number}"), cast.it)
    with statements() as seen:
        assert len(Page(client, URL).table) == 50
    assert len(seen) <= 15


def test_nothing_to_suggest_is_said(client: Client, cast: Cast) -> None:
    assert "Nobody here looks like somebody else" in Page(client, URL).text
    assert "Nothing here looks like something else" in Page(client, f"{URL}?of=departments").text
    assert "No pair was put aside" in Page(client, f"{URL}?aside=1").text


@pytest.mark.parametrize(("many", "of"), [("employees", ""), ("departments", "?of=departments")])
def test_the_suggestions_are_found_from_the_list(client: Client, cast: Cast, many: str, of: str) -> None:
    assert Page(client, f"/hr/{many}").link("Find duplicates") == f"/hr/duplicates{of}"
