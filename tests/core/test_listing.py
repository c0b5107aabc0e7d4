"""Lists: every row is reached exactly once, forward and backward; the state is in the address."""

import base64
import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest

from core import listing
from core.db import db
from hr.models import Department, DepartmentEmployeeLink, Employee
from library.models import Author, AuthorBook, Book, Subject
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page

# Each list, and by what it can be sorted.
SORTS = {
    "/hr/departments": ("name", "code"),
    "/hr/employees": ("name", "number", "hired", "left"),
    "/hr/stays": ("employee", "department", "starts_on", "last_day", "fte"),
    "/library/books": ("title", "year"),
    "/library/authors": ("name",),
    "/library/shares": ("book", "author", "percentage"),
    "/library/subjects": ("name",),
    "/library/subjects/1": ("title", "year"),
}
# Each link table that is shown in windows.
WINDOWS = {
    "/hr/departments/IT": ("employee", "starts_on", "last_day"),
    "/hr/employees/1001": ("department", "starts_on", "last_day"),
    "/library/authors/1": ("book", "year"),
}


# From where one leafs, and with which link.
ENDS = (("", "Next"), ("&last=1", "Previous"))


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three rows, so that few records make many pages."""
    usual = listing.Listing.__init__

    def with_three_rows(self: Any, *args: Any, **kwargs: Any) -> None:
        usual(self, *args, **(kwargs | {"size": 3}))

    monkeypatch.setattr(listing.Listing, "__init__", with_three_rows)


@pytest.fixture
def many(cast: Cast, small_pages: None) -> Cast:
    """A dozen of everything: names that repeat, dates that are missing."""
    jane, joints = Author(name="Jane Austen"), Subject(name="Joints")
    db.session.add_all([jane, joints])
    for n in range(9):
        last_day = date(2026, 12, 31) if n % 3 else None
        facts = {"starts_on": date(2024, 1, n % 2 + 1), "ends_before": last_day}
        kim = Employee(
            number=f"20{n}", name=f"Kim {'ÄaZ'[n % 3]}", hired_on=date(2020, 1, 1) if n % 2 else None
        )
        somewhere = Department(code=f"D{n}", name=f"Depärtment {n % 2}{n}")
        book = Book(title=f"Book {n % 3}", published=[None, "1813", "-0750"][n % 3], subjects=[joints])
        db.session.add_all(
            [
                DepartmentEmployeeLink(employee=kim, department=cast.it, **facts),
                DepartmentEmployeeLink(employee=cast.ann, department=somewhere, **facts),
                AuthorBook(book=book, author=jane),
                Author(name="Ann Lee"),
                Subject(name=f"Subject {n}"),
            ]
        )
    db.session.commit()
    return cast


def leaf_through(client: Client, url: str, label: str) -> list[list[str]]:
    """The rows of each page, from this one on, by the link with this label."""
    pages: list[list[str]] = []
    next_url: str | None = url
    while next_url:
        page = Page(client, next_url)
        assert page.status == 200
        pages.append(rows_of(page))
        next_url = page.link(label)
        assert len(pages) < 12, "leafing comes to an end"
    return pages


def joined(pages: list[list[str]]) -> list[str]:
    return [row for page in pages for row in page]


def rows_of(page: Page) -> list[str]:
    """What tells the rows apart: by what they are chosen, where they lead, or the identity of a link."""
    typed = page.fields.items() if "-identity" in page.html else ()
    links = [value for name, value in typed if name.endswith("-identity") and value]
    keys = re.findall(r'name="key" value="([^"]*)"', page.html)
    return links or keys or re.findall(r'<tr>\s*<td[^>]*><a href="([^"?]*)', page.html)


@pytest.mark.parametrize(
    ("url", "sort"), [(url, sort) for url, sorts in (SORTS | WINDOWS).items() for sort in sorts]
)
def test_leafing_reaches_each_row_once(client: Client, many: Cast, url: str, sort: str) -> None:
    orders = []
    for order in (sort, f"-{sort}"):
        start = f"{url}?sort={order}&on=2025-06-01"
        forward = leaf_through(client, start, "Next")
        assert len(forward) >= 3
        assert len(set(joined(forward))) == len(joined(forward)) >= 9
        backward = leaf_through(client, f"{start}&last=1", "Previous")[::-1]
        assert joined(backward) == joined(forward), "backward it is the same order"
        orders.append(joined(forward))
    assert orders[0] == orders[1][::-1], "the other way round is the other way round"


def test_the_first_and_the_last_page_know_that_they_are(client: Client, many: Cast) -> None:
    first = Page(client, "/hr/employees")
    assert [first.link(label) is None for label in ("First", "Previous", "Next", "Last")] == [
        True,
        True,
        False,
        False,
    ]
    last = Page(client, first.link("Last") or "")
    assert [last.link(label) is None for label in ("First", "Previous", "Next", "Last")] == [
        False,
        False,
        True,
        True,
    ]
    assert rows_of(Page(client, last.link("First") or "")) == rows_of(first)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("at=ä", "Ä, Kim"),
        ("at=HA", "Hart, Bill"),
        ("sort=-name&at=a", "a, Kim"),
        ("sort=number&at=203", "Ä, Kim"),
        ("at=zzz", "Z, Kim"),
        ("at=b&q=kim", "Z, Kim"),
        ("sort=hired&at=x", "a, Kim"),
    ],
)
def test_one_goes_to_a_beginning_and_on_from_there(
    client: Client, many: Cast, query: str, first: str
) -> None:
    page = client.get(f"/hr/employees?{query}").text
    assert re.findall(r'<a href="/hr/employees/\w+[^"]*"[^>]*>([^<]+)', page)[0] == first


def test_from_there_one_leafs_in_both_directions(client: Client, many: Cast) -> None:
    there = Page(client, "/hr/employees?sort=number&at=203")
    before = Page(client, there.link("Previous") or "")
    assert before.first_column == ["Ä, Kim", "a, Kim", "Z, Kim"]
    assert Page(client, before.link("Next") or "").first_column == there.first_column
    assert Page(client, there.link("Next") or "").first_column[:1] == ["Ä, Kim"]
    begin = Page(client, "/hr/employees?sort=number&at=0")
    assert Page(client, begin.link("Previous") or "").first_column == begin.first_column, "nobody is before"


def test_a_row_that_is_stored_meanwhile_moves_nobody_to_another_page(client: Client, many: Cast) -> None:
    first = Page(client, "/hr/employees")
    second = rows_of(Page(client, first.link("Next") or ""))
    factories.employee("Aaron Aaronson")
    assert rows_of(Page(client, first.link("Next") or "")) == second


# --- damaged cursors -----------------------------------------------------------------------------------


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


DAY = {"day": "2024-01-01"}
DAMAGED = {
    "no base64": "x",
    "signs": "%%%",
    "another alphabet": "é",
    "no list": base64.urlsafe_b64encode(b"5").decode(),
    "nothing": cursor(),
    "too short": cursor("a"),
    "too long": cursor("a", "b", "c", "d", "e", "f"),
    "texts": cursor("a", "b"),
    "text for a number": cursor("a", "b", DAY, "x"),
    "number for a text": cursor(1, "2"),
    "texts for days": cursor("2024-01-01", 1),
    "days": cursor(DAY, DAY),
    "no days": cursor({"day": "soon"}, 1),
    "an object": cursor({"a": 1}, 1),
    "lists": cursor(["a"], ["b"]),
    "null": cursor(None, None),
    "true": cursor("a", True),
    "a fraction": cursor("a", 1.5),
    "infinity": cursor("a", float("inf")),
    "huge": cursor("a", 10**30),
    "hugely negative": cursor("a", -(10**30)),
    "huge year": cursor(10**30, 1),
    "NUL": cursor("a\0", 1),
    "half a character": cursor("\ud800", 1),
    "long": "W" * 3000,
}


@pytest.mark.parametrize(
    "url", ["/hr/employees?sort=hired", "/library/books?sort=-year", "/hr/departments/IT?sort=employee"]
)
def test_a_damaged_cursor_leads_to_the_first_page(client: Client, many: Cast, url: str) -> None:
    first = rows_of(Page(client, url))
    for damage, mark in DAMAGED.items():
        for which in ("after", "before"):
            address = f"{url}&{urlencode({which: mark})}"
            page = Page(client, address)
            assert (page.status, rows_of(page)) == (200, first), (damage, which)


def test_an_unknown_sort_is_the_usual_one(client: Client, many: Cast) -> None:
    assert rows_of(Page(client, "/hr/employees?sort=shoe-size")) == rows_of(Page(client, "/hr/employees"))


# --- search --------------------------------------------------------------------------------------------


@pytest.fixture
def odd_names(cast: Cast) -> None:
    for number, name in enumerate(
        ["100% Wool", "Snake_Case", "O'Brien Pat", 'Dwayne "Rock" J', r"Back\Slash", "Łódź Müller"]
    ):
        factories.employee(name, f"odd-{number}", sort_name=name)
        factories.book(name)
        factories.author(name, sort_name=name)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("%", ["100% Wool"]),
        ("100%", ["100% Wool"]),
        ("_", ["Snake_Case"]),
        ("o'brien", ["O'Brien Pat"]),
        ('"rock"', ['Dwayne "Rock" J']),
        ("\\", [r"Back\Slash"]),
        ("LODZ", ["Łódź Müller"]),
        ("łódź", ["Łódź Müller"]),
        ("muller lodz", ["Łódź Müller"]),
        ("  muller   ", ["Łódź Müller"]),
        ("wool 100", ["100% Wool"]),
        ("no such name", []),
    ],
)
@pytest.mark.parametrize("url", ["/hr/employees", "/library/books", "/library/authors"])
def test_search_takes_what_is_typed_at_its_word(
    client: Client, odd_names: None, url: str, q: str, expected: list[str]
) -> None:
    assert Page(client, url, client.get(url, query_string={"q": q})).first_column == expected


def test_people_are_found_by_number_too(client: Client, odd_names: None) -> None:
    assert Page(client, "/hr/employees?q=ODD-2").first_column == ["O'Brien Pat"]


# --- the state is in the address -----------------------------------------------------------------------


def test_search_and_filters_stay_while_leafing_and_sorting(client: Client, many: Cast) -> None:
    page = Page(client, "/hr/employees?q=kim&department=IT&on=2025-06-01")
    for label in ("Next", "Hired on"):
        url = page.link(label) or ""
        assert {"q=kim", "department=IT", "on=2025-06-01"} <= set(re.split("[?&]", url))
    assert len(rows_of(Page(client, page.link("Last") or ""))) == 3


def test_an_active_filter_can_be_taken_away(client: Client, many: Cast) -> None:
    page = Page(client, "/hr/employees?q=kim&department=IT&departments=2%2B")
    remove = re.findall(r'href="([^"]*)" aria-label="Do not filter by', page.html)
    assert [url.replace("&amp;", "&") for url in remove] == [
        "/hr/employees?q=kim&departments=2%2B",
        "/hr/employees?q=kim&department=IT",
        "/hr/employees?department=IT&departments=2%2B",
    ]
    assert page.link("Show all") == "/hr/employees"


def test_leafing_forgets_the_place_when_the_sort_changes(client: Client, many: Cast) -> None:
    second = Page(client, Page(client, "/hr/employees").link("Next") or "")
    assert second.link("Number") == "/hr/employees?sort=number"


# --- how many ------------------------------------------------------------------------------------------


def test_a_list_says_how_many_there_are(client: Client, many: Cast) -> None:
    assert "3 of 13" in Page(client, "/hr/employees").text
    assert "3 of 9" in Page(client, "/hr/employees?q=kim").text
    assert (
        "0 of 0" in Page(client, "/hr/employees?q=nobody").text
        or "Nobody here" in Page(client, "/hr/employees?q=nobody").text
    )


# What is searched or counted, with plain rows; what is not; and rows with a key of two columns.
ASKED = (
    "/hr/employees?q=kim",
    "/hr/employees?departments=1",
    "/hr/employees?hired_from=2020-01-01",
    "/hr/stays?q=kim",
    "/library/books?authors=1",
    "/library/shares?role=author",
)


@pytest.mark.parametrize("url", ASKED)
def test_however_many_are_found_first_the_pages_are_the_same(
    client: Client, many: Cast, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    whole = [joined(leaf_through(client, f"{url}{last}", label)) for last, label in ENDS]
    assert len(whole[0]) > 3
    for few, few_of_all in ((2, 3), (2, 100)):
        monkeypatch.setattr(listing, "FEW", few)
        monkeypatch.setattr(listing, "FEW_OF_ALL", few_of_all)
        assert [joined(leaf_through(client, f"{url}{last}", label)) for last, label in ENDS] == whole
        assert f"3 of {len(whole[0])}" in Page(client, f"{url}&count=1").text


def test_many_are_counted_only_when_asked(
    client: Client, many: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "COUNT_TO", 5)
    page = Page(client, "/hr/employees")
    assert "3 of 5+" in page.text
    assert page.link("5+") == "/hr/employees?count=1"
    assert "3 of 13" in Page(client, "/hr/employees?count=1").text


def test_a_list_that_was_long_a_moment_ago_is_not_counted_again(
    client: Client, many: Cast, monkeypatch: pytest.MonkeyPatch, statements: Callable
) -> None:
    monkeypatch.setattr(listing, "COUNT_TO", 5)
    with statements() as first:
        assert "3 of 5+" in Page(client, "/hr/employees").text
    with statements() as again:
        assert "3 of 5+" in Page(client, "/hr/employees?sort=number").text
    assert len(again) == len(first) - 1
    monkeypatch.setattr(listing, "COUNT_TO", 20)
    assert "3 of 13" in Page(client, "/hr/employees").text, "of few nothing is remembered"


def test_what_finds_very_many_is_not_found_again_for_each_page(
    client: Client, many: Cast, monkeypatch: pytest.MonkeyPatch, statements: Callable
) -> None:
    """Until the person who asks stores something: what one has just put right is seen to be right."""
    monkeypatch.setattr(listing, "FEW", 2)
    url = "/hr/employees?hired_from=2020-01-01"
    with statements() as first:
        page = Page(client, url)
    assert "3 of 2+" in page.text
    with statements() as second:
        assert "of 2+" in Page(client, str(page.link("Next"))).text
    with statements() as other:
        Page(client, "/hr/employees?hired_from=2019-12-31")
    assert len(second) == len(first) - 1
    assert len(other) == len(first), "another question"
    Page(client, "/hr/employees/1001/edit").type(email="ann@example.org").save()
    with statements() as after:
        assert "3 of 2+" in Page(client, url).text
    assert len(after) == len(first) + 1, "found again, once it was asked who has stored something"


def test_it_says_from_whom_to_whom(client: Client, cast: Cast, small_pages: None) -> None:
    assert "Doe, John to Lee, Ann · 3 of 4" in Page(client, "/hr/employees").text
    assert "1001 to 1003 · 3 of 4" in Page(client, "/hr/employees?sort=number").text
