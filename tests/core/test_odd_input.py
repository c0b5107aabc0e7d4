"""What nobody types by accident gets a page with a sentence, on both databases, and stores nothing."""

import base64

import pytest
from sqlalchemy import select

from core.db import db
from hr.models import Employee
from library.models import Author
from tests import factories
from tests.conftest import Client
from tests.pages import Page

TOO_LARGE = (2**31, 2**63, 10**30)


@pytest.mark.parametrize("number", TOO_LARGE)
@pytest.mark.parametrize("kind", ["books", "authors", "subjects"])
def test_a_number_that_no_record_has_is_no_page(client: Client, kind: str, number: int) -> None:
    assert client.get(f"/library/{kind}/{number}").status_code == 404
    assert client.get(f"/library/{kind}/{number}/edit").status_code == 404


@pytest.mark.parametrize("number", TOO_LARGE)
def test_a_forged_identity_stands_for_no_link(client: Client, number: int) -> None:
    link = factories.stay(factories.employee(), factories.department())
    page = Page(client, f"/hr/departments/{link.department_code}")
    name = next(name for name in page.fields if name.endswith("-identity") and page.fields[name])
    page.fields[name] = str(number)
    page.fields[name.replace("identity", "fte")] = "0.1"
    assert page.save().status == 422


def test_a_nul_is_refused_in_words(client: Client) -> None:
    answer = client.post("/library/new-author", data={"name": "A\0B"})
    assert answer.status_code == 400
    assert "no text can hold" in answer.text
    assert db.session.scalar(select(Author)) is None


def test_the_longest_name_there_is_can_be_filed(client: Client) -> None:
    name = "A " + "b" * 118
    assert client.post("/hr/new-employee", data={"number": "1", "name": name}).status_code == 303
    assert db.session.get_one(Employee, "1").sort_name == "b" * 118 + ", A"


@pytest.mark.parametrize("length", [201, 400])
def test_a_new_far_side_with_too_long_a_name_is_refused_at_its_row(client: Client, length: int) -> None:
    book = factories.book()
    page = Page(client, f"/library/books/{book.id}")
    page.add(author="x" * length, is_new="y")
    answer = page.save()
    assert answer.status == 422
    assert "at most 200 characters" in answer.text


@pytest.mark.parametrize(
    "odd", ["endpoint=x", "_method=DELETE", "_scheme=javascript", "_external=1", "code=no"]
)
def test_an_address_says_nothing_about_itself(client: Client, odd: str) -> None:
    department = factories.department("IT", "Engineers")
    factories.stay(factories.employee(), department)
    page = client.get(f"/hr/departments/IT?{odd}")
    assert page.status_code == 200
    assert "javascript:" not in page.text
    assert client.get(f"/hr/employees?{odd}").status_code == 200


@pytest.mark.parametrize("shown", ["[" * 100_000, "7", '{"fte": 7}'])
def test_what_a_row_says_it_showed_is_not_believed_blindly(client: Client, shown: str) -> None:
    link = factories.stay(factories.employee(), factories.department())
    page = Page(client, f"/hr/departments/{link.department_code}")
    name = next(name for name in page.fields if name.endswith("-shown"))
    page.fields[name] = shown
    assert page.type(reason="Odd").save().status in (200, 422)


def test_a_cursor_may_be_nested_as_deeply_as_it_likes(client: Client) -> None:
    mark = base64.urlsafe_b64encode(b"[" * 3000).decode()
    assert client.get(f"/hr/employees?after={mark}").status_code == 200


WISHES = ["spare=0", "spare=00", "spare=99", "on=9999-12-31", "on=0001-01-01", "q=" + "a+" * 1100]


@pytest.mark.parametrize("odd", WISHES)
def test_an_odd_wish_gets_the_page_all_the_same(client: Client, odd: str) -> None:
    factories.stay(factories.employee(), factories.department("IT", "Engineers"))
    for address in ("/hr/departments", "/hr/departments/IT", "/hr/employees"):
        assert client.get(f"{address}?{odd}").status_code == 200
