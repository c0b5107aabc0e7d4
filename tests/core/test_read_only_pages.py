"""Whoever only reads sees the same pages as calm text: nothing to type into, and nothing to press."""

import re

import pytest
from flask import Flask

from tests import cast as people
from tests import world
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page

PAGES = (
    "/hr/departments",
    "/hr/employees",
    "/hr/stays",
    "/hr/departments/IT",
    "/hr/employees/1001",
    "/library/books",
    "/library/authors",
    "/library/shares",
    "/library/subjects",
    "/library/books/1",
    "/library/authors/1",
    "/library/subjects/1",
)
# What leads to a change, or makes one.
OF_EDITORS = (
    "data-save-bar",
    "data-row",
    "data-add-row",
    "row-menu",
    "data-remove",
    "Edit ",
    "New ",
    "Delete…",
)


@pytest.fixture
def reader(app: Flask, cast: Cast) -> Client:
    world.fill(cast)
    return app.test_client().sign_in(people.somebody("Rea Reader", "HR reader", "Library reader"))


@pytest.mark.parametrize("url", PAGES)
def test_nothing_can_be_changed(reader: Client, url: str) -> None:
    page = Page(reader, url)
    main = page.html.partition("<main")[2]
    assert page.status == 200
    # Notes are for everybody who reads the record.
    forms = re.findall(r'<form[^>]*method="post"[^>]*>', main)
    assert [one for one in forms if 'action="/notes' not in one] == []
    assert [word for word in OF_EDITORS if word in main] == []
    assert "formaction" not in main


@pytest.mark.parametrize("url", PAGES)
def test_every_link_leads_to_where_one_gets_in(reader: Client, url: str) -> None:
    main = Page(reader, url).html.partition("<main")[2]
    links = {one.replace("&amp;", "&") for one in re.findall(r'href="(/[^"]+)"', main)}
    assert [one for one in sorted(links) if reader.get(one, buffered=True).status_code == 403] == []


def test_links_are_a_table_to_read(reader: Client) -> None:
    person = Page(reader, "/hr/employees/1001")
    assert person.table == [
        ["Information Technology IT", "0.500", "not stated", "member", "yes", "1 Jan 2024", "open"]
    ]
    book = Page(reader, "/library/books/1")
    assert book.table[0] == ["Jane Austen Austen, Jane", "1", "15 %", "author", "", ""]


def test_lists_are_still_taken_away(reader: Client) -> None:
    assert "Excel" in Page(reader, "/hr/stays").text
    assert reader.get("/hr/stays?download=stays.csv", buffered=True).status_code == 200


def test_without_a_role_the_first_page_says_whom_to_ask(app: Flask, cast: Cast) -> None:
    page = Page(app.test_client().sign_in(people.without_role()), "/")
    assert "No room is open to you yet" in page.text
    assert "Adam Reed, adam@example.org" in page.text
    assert "Needs attention" not in page.text
    assert page.link("Departments") is page.link("Books") is page.link("Import") is None


def test_the_navigation_has_the_rooms_that_are_open(app: Flask) -> None:
    page = Page(app.test_client().sign_in(people.library_reader()), "/")
    assert page.link("Shares") == "/library/shares"
    assert page.link("Departments") is None
