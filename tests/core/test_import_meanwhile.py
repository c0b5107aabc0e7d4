"""What was shown is what is stored: a name that means something else by now is not taken for the same."""

from sqlalchemy import select

from core.db import db
from hr.models import Department, DepartmentEmployeeLink
from library.models import Author, AuthorBook
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.importing import Pages

CHANGED = "What is stored has changed since this preview was made"


def swap_the_departments() -> None:
    """Information Technology becomes the name of what was Sales."""
    for code, name in (("IT", "Machines"), ("SALES", "Information Technology")):
        db.session.get_one(Department, code).name = name
        db.session.commit()


def test_a_stay_in_a_department_that_was_renamed(client: Client, cast: Cast) -> None:
    pages = Pages(client)
    page = pages.upload(
        "department-links", "employee,dept_name,from\n1001,Information Technology,2020-01-01\n"
    ).text
    swap_the_departments()
    assert CHANGED in pages.apply("all", page).text
    assert db.session.scalar(select(DepartmentEmployeeLink)) is None


def test_a_head_of_a_department_that_was_renamed(client: Client, cast: Cast) -> None:
    pages = Pages(client)
    page = pages.upload(
        "department-heads", "employee,dept_name,from\n1001,Information Technology,2020-01-01\n"
    ).text
    swap_the_departments()
    assert CHANGED in pages.apply("all", page).text
    assert db.session.scalar(select(DepartmentEmployeeLink)) is None


def two_authors() -> None:
    factories.author("Ann Lee")
    factories.author("Ben Okafor")


def swap_the_authors() -> None:
    """Ann Lee becomes the name of who was Ben Okafor."""
    one, other = db.session.scalars(select(Author).order_by(Author.id))
    one.name, other.name = "Ann Lee-Hart", "Ann Lee"
    db.session.commit()


def test_a_share_of_an_author_who_was_renamed(client: Client) -> None:
    factories.book("Emma")
    two_authors()
    pages = Pages(client)
    page = pages.upload("book-links", "title,author\nEmma,Ann Lee\n").text
    swap_the_authors()
    assert CHANGED in pages.apply("all", page).text
    assert db.session.scalar(select(AuthorBook)) is None


def test_a_book_of_an_author_who_was_renamed(client: Client) -> None:
    two_authors()
    pages = Pages(client)
    page = pages.upload("books", "title,authors\nEmma,Ann Lee\n").text
    swap_the_authors()
    assert CHANGED in pages.apply("all", page).text
    assert db.session.scalar(select(AuthorBook)) is None
