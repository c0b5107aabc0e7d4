"""Filters of a list: a sentence of chips, addresses without empty parameters, nothing left out unsaid."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask

from core import listing
from core.filters import Filter
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page

LISTS = (
    "/hr/departments",
    "/hr/departments/IT",
    "/hr/employees",
    "/hr/employees/1001",
    "/hr/stays",
    "/library/books",
    "/library/authors",
    "/library/shares",
    "/library/subjects",
)


def chips(page: Page) -> list[str]:
    """The sentence above the list, part by part."""
    return [unescape(text) for text in re.findall(r'<span class="chip"><b>(.*?)</b>', page.html)]


def _kinds(of: type[Filter]) -> list[type[Filter]]:
    return [kind for one in of.__subclasses__() for kind in (one, *_kinds(one))]


def _called(told: dict[str, Any]) -> set[str]:
    """What a field is told as something to call."""
    return {name for name, one in told.items() if callable(one)}


KINDS = _kinds(Filter)


@pytest.mark.parametrize("filters", [one for one in KINDS if one.counted])
def test_what_counts_is_a_filter(app: Flask, filters: type[Filter]) -> None:
    assert filters.counted <= {field.short_name for field in filters()}


@pytest.mark.parametrize("filters", [one for one in KINDS if one.__init__ is Filter.__init__])
def test_what_is_read_once_is_the_same_for_everybody(app: Flask, filters: type[Filter]) -> None:
    """What is worked out at some moment belongs into an `__init__`: such a filter is read anew."""
    fields = [getattr(filters, field.short_name) for field in filters()]
    worked_out = [field for field in fields if {"choices", "default"} & _called(field.kwargs)]
    assert worked_out == []


@pytest.mark.parametrize("url", LISTS)
def test_a_form_without_script_leads_to_an_address_without_empty_parameters(
    client: Client, cast: Cast, url: str
) -> None:
    answer = client.get(f"{url}?q=&state=&department=+&sort=name")
    assert (answer.status_code, answer.location) == (303, f"{url}?sort=name")
    assert client.get(answer.location).status_code == 200


def test_columns_ticked_one_by_one_are_one_parameter(client: Client, cast: Cast) -> None:
    answer = client.get("/hr/employees?columns=name&columns=email&q=ann")
    assert answer.location == "/hr/employees?columns=name,email&q=ann"


def test_the_filters_read_as_a_sentence(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.5", extra_data="part-time")
    asked = "arrangement=part-time&department=Information+Technology+%23IT&fte_to=1/2&q=Lee&on=2026-05-03"
    page = Page(client, f"/hr/employees?{asked}")
    assert chips(page) == [
        "part-time",
        "in Information Technology",
        "0.5 FTE or less",
        "with “Lee”",
        "on 3 May 2026",
    ]
    assert "People part-time × in Information Technology ×" in page.text
    assert "filed from A" in page.text
    assert page.first_column == ["Lee, Ann"]


def test_each_part_of_the_sentence_can_be_taken_away(client: Client, cast: Cast) -> None:
    page = Page(client, "/hr/stays?span=all&role=headed&on=2026-05-03&sort=-fte")
    found = re.findall(r'href="([^"]*)" aria-label="Do not filter by ([^"]*)"', page.html)
    assert {words: unescape(url) for url, words in found} == {
        "of all times": "/hr/stays?role=headed&on=2026-05-03&sort=-fte",
        "as head or acting head": "/hr/stays?span=all&on=2026-05-03&sort=-fte",
        "on 3 May 2026": "/hr/stays?span=all&role=headed&sort=-fte",
    }
    assert "the highest FTE first" in page.text


@pytest.mark.parametrize(
    ("address", "label", "said"),
    [
        ("/hr/employees?fte_from=much", "Sum of FTE from", "“much” is not a number"),
        ("/hr/employees?exactly=-1", "Exactly so many departments", "not a whole number from 0"),
        ("/hr/employees?hired_from=3/4/2026", "Hired from", "can be read in two ways"),
        ("/hr/employees?hired_from=2026-01-01&hired_to=2025-01-01", "Hired until", "below 1 Jan 2026"),
        ("/hr/stays?span=sometimes", "Stays", "“sometimes” is none of these"),
        ("/hr/departments?people_from=9&people_to=2", "People to", "below 9"),
        ("/library/books?sum_from=12&sum_to=5", "Sum of royalties to", "below 12 %"),
        ("/library/books?year_from=long+ago", "Published from", "not a whole number"),
        ("/library/shares?percentage_from=a+lot", "Percentage from", "is not a number"),
        ("/library/authors?books=some", "Books", "“some” is none of these"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field_and_nothing_is_shown(
    client: Client, cast: Cast, address: str, label: str, said: str
) -> None:
    """A list that leaves the filter out would answer another question than was asked."""
    book = factories.book()
    factories.share(book, factories.author())
    factories.stay(cast.ann, cast.it)
    page = Page(client, address)
    assert page.status == 200
    assert page.table == []
    assert said in page.errors
    assert f"{label} : " in page.text.replace(f"{label}: ", f"{label} : ")
    assert '<details class="popup" open>' in page.html, "the field is in sight"


@pytest.mark.parametrize("url", ["/hr/employees", "/hr/departments", "/hr/stays"])
@pytest.mark.parametrize(
    ("day", "said"),
    [("soon", "“soon” is not a day"), ("3/4/2026", "2026-03-04 or 2026-04-03"), ("0001-01-01", "not a day")],
)
def test_a_day_that_cannot_be_read_is_not_taken_for_today(
    client: Client, cast: Cast, url: str, day: str, said: str
) -> None:
    factories.stay(cast.ann, cast.it)
    page = Page(client, f"{url}?on={day}")
    assert page.table == []
    assert said in page.text
    assert page.link("Show today") == url


def test_rows_chosen_before_are_not_mistaken_for_all_that_match(client: Client, cast: Cast) -> None:
    assert "All 4 that match" in Page(client, "/hr/employees").text
    page = Page(client, "/hr/employees?key=1001")
    assert "that match" not in page.text
    assert page.first_column == ["Lee, Ann"]


def test_a_link_table_says_it_too(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it)
    page = Page(client, "/hr/departments/IT?span=sometimes")
    assert "“sometimes” is none of these" in page.errors
    assert page.rows("#1001") == []


def test_searching_keeps_the_filters_the_day_the_order_and_the_columns(client: Client, cast: Cast) -> None:
    address = "/hr/employees?department=IT&on=2026-05-03&sort=-name&columns=name,email"
    html = Page(client, address).html
    form = re.search(r'<form class="list-ask".*?</form>', html, re.DOTALL)
    assert form
    for name, value in (("on", "2026-05-03"), ("sort", "-name"), ("columns", "name,email")):
        assert f'name="{name}" value="{value}"' in form.group()


def test_a_page_that_was_turned_is_forgotten_when_the_filters_change(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = listing.Listing.__init__
    monkeypatch.setattr(listing.Listing, "__init__", lambda *a, **k: usual(*a, **(k | {"size": 2})))
    second = Page(client, Page(client, "/hr/employees").link("Next") or "")
    form = re.search(r'<form class="list-ask".*?</form>', second.html, re.DOTALL)
    assert form
    assert "after" not in form.group()


# --- columns -------------------------------------------------------------------------------------------


def heads(page: Page) -> list[str]:
    found = re.search(r"<thead>(.*?)</thead>", page.html, re.DOTALL)
    assert found
    cells = re.findall(r'<th\b(?![^>]*"choose")[^>]*>(.*?)</th>', found.group(1), re.DOTALL)
    return [re.sub(r"<[^>]*>|[↑↓]", "", cell).strip() for cell in cells]


def test_the_columns_are_chosen_in_the_address(client: Client, cast: Cast) -> None:
    usual = Page(client, "/hr/employees")
    assert heads(usual) == ["Person", "Number", "Departments", "FTE", "Arrangement", "Hired on", "Last day"]
    page = Page(client, "/hr/employees?columns=name,email,called")
    assert heads(page) == ["Person", "Name", "E-mail"], "in the order of the list"
    assert page.table[0] == ["Doe, John", "John Doe", ""]
    assert page.link("As usual") == "/hr/employees"


def test_the_first_column_is_always_there(client: Client, cast: Cast) -> None:
    assert heads(Page(client, "/hr/employees?columns=number")) == ["Person", "Number"]
    assert heads(Page(client, "/hr/employees?columns=name")) == ["Person"]


def test_columns_that_do_not_exist_are_the_usual_ones(client: Client, cast: Cast) -> None:
    assert heads(Page(client, "/hr/employees?columns=shoe-size")) == heads(Page(client, "/hr/employees"))


def test_the_columns_stay_while_leafing_sorting_and_filtering(client: Client, cast: Cast) -> None:
    page = Page(client, "/hr/employees?columns=name,number&q=e")
    assert "columns=name,number" in (page.link("Number") or "")
    assert "columns=name,number" in (page.link("Show all") or "")


def test_a_choice_of_columns_keeps_everything_else(client: Client, cast: Cast) -> None:
    html = Page(client, "/hr/employees?department=IT&q=a&sort=-name&on=2026-05-03").html
    form = re.search(r'<form class="popup-body columns".*?</form>', html, re.DOTALL)
    assert form
    for name, value in (("department", "IT"), ("q", "a"), ("sort", "-name"), ("on", "2026-05-03")):
        assert f'name="{name}" value="{value}"' in form.group()


# --- rows that are chosen ------------------------------------------------------------------------------


def test_every_row_can_be_chosen_and_the_filters_travel_with_it(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it)
    page = Page(client, "/hr/stays?department=IT&q=lee&sort=fte")
    form = re.search(r'<form method="get" class="choosing".*?</form>', page.html, re.DOTALL)
    assert form
    assert f'name="key" value="{stay.id}" aria-label="Choose Lee, Ann"' in form.group()
    assert 'name="department" value="IT"' in form.group()
    assert 'name="q" value="lee"' in form.group()
    assert re.search(r'name="on" value="\d{4}-\d\d-\d\d"', form.group()), (
        "the day does not change at midnight"
    )
    assert "All 1 that match" in page.text
    assert 'formaction="/hr/end"' in form.group()


@pytest.mark.parametrize("url", ["/hr/departments", "/hr/employees", "/hr/stays", "/library/shares"])
def test_only_the_chosen_rows_are_shown_and_taken_away(client: Client, cast: Cast, url: str) -> None:
    factories.stay(cast.ann, cast.it)
    factories.stay(cast.ben, cast.sales)
    for title in ("Emma", "Persuasion"):
        factories.share(factories.book(title), factories.author(f"Author of {title}"))
    key = re.findall(r'name="key" value="([^"]*)"', client.get(url).text)[1]
    page = Page(client, f"{url}?key={key}")
    assert len(page.table) == 1
    assert chips(page) == ["1 chosen"]
    name = url.rsplit("/")[-1]
    file = client.get(f"{url}?key={key}&download={name}-as-shown.csv", buffered=True).text
    assert len(file.splitlines()) == 2
    assert page.first_column[0].split(" archived")[0] in file.replace('"', "")


def test_a_file_of_filters_that_cannot_be_read_is_refused(client: Client, cast: Cast) -> None:
    answer = client.get("/hr/employees?fte_from=much&download=employees-as-shown.csv")
    assert answer.status_code == 400
    assert "“much” is not a number" in answer.text
