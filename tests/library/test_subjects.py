"""Subjects: the list, one subject with its books, its form, and its end."""

import pytest

from core.db import db
from library.models import Book, Subject
from tests import factories
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def marriage(client: Client) -> Subject:
    """Two books are about marriage, nothing is about wit."""
    subject = factories.subject("Marriage", factories.book("Emma"), factories.book("Persuasion"))
    factories.subject("Wit")
    return subject


def stored(id: int = 1) -> Subject | None:
    return db.session.get(Subject, id)


def test_the_list_says_how_many_books_there_are(client: Client, marriage: Subject) -> None:
    assert Page(client, "/library/subjects").table == [["Marriage", "2"], ["Wit", "0"]]
    assert Page(client, "/library/subjects?q=arr").first_column == ["Marriage"]


def test_a_subject_shows_its_books(client: Client, marriage: Subject) -> None:
    page = Page(client, "/library/subjects/1")
    assert page.first_column == ["Emma", "Persuasion"]
    assert "2 books" in page.text
    assert Page(client, "/library/subjects/1?q=emm").first_column == ["Emma"]


def test_an_empty_subject_says_how_to_begin(client: Client, marriage: Subject) -> None:
    page = Page(client, "/library/subjects/2")
    assert page.link("New book on this subject") == "/library/new-book?subject=Wit"
    assert Page(client, "/library/new-book?subject=Wit").fields["subject_rows-0-name"] == "Wit"


@pytest.mark.parametrize("address", ["3", "x", "3/edit", "3/delete"])
def test_an_unknown_subject_is_not_found(client: Client, marriage: Subject, address: str) -> None:
    assert client.get(f"/library/subjects/{address}").status_code == 404


def test_a_subject_is_added(client: Client) -> None:
    answer = Page(client, "/library/new-subject").type(name=" Good   manners ").save()
    assert (answer.stored, answer.url) == (True, "/library/subjects/1")
    assert stored().name == "Good manners"


def test_save_and_add_another_begins_an_empty_form(client: Client) -> None:
    answer = Page(client, "/library/new-subject").type(name="Wit").save(another="yes")
    assert (answer.stored, answer.url, answer.fields["name"]) == (True, "/library/new-subject", "")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Give it a name."),
        ("x" * 121, "longer than 120"),
        ("MARRIAGE ", "There is a subject with this name."),
    ],
)
def test_what_is_wrong_is_said(client: Client, marriage: Subject, name: str, said: str) -> None:
    answer = Page(client, "/library/new-subject").type(name=name).save()
    assert (answer.status, answer.stored) == (422, False)
    assert said in answer.errors
    assert answer.fields["name"] == name


def test_a_subject_is_renamed(client: Client, marriage: Subject) -> None:
    assert Page(client, "/library/subjects/1/edit").type(name="Weddings").save().stored
    assert stored().name == "Weddings"
    assert [book.title for book in stored().books] == ["Emma", "Persuasion"]


def test_a_stale_form_shows_both_values_and_asks(client: Client, marriage: Subject) -> None:
    mine = Page(client, "/library/subjects/1/edit").type(name="Mine")
    assert Page(client, "/library/subjects/1/edit").type(name="Theirs").save().stored
    answer = mine.save()
    assert "Meanwhile this was stored as “Theirs”." in answer.errors
    assert answer.save().stored
    assert stored().name == "Mine"


def test_deleting_names_the_books_that_lose_it(client: Client, marriage: Subject) -> None:
    marriage.books.extend(Book(title=f"Sequel {number:02}") for number in range(20))
    db.session.commit()
    page = Page(client, "/library/subjects/1/delete")
    assert "22 books lose this subject; the books stay." in page.text
    assert "Sequel 17 … and 2 more" in page.text


def test_a_subject_is_deleted_and_the_books_stay(client: Client, marriage: Subject) -> None:
    answer = Page(client, "/library/subjects/1/delete").save()
    assert (answer.stored, answer.url) == (True, "/library/subjects")
    assert stored() is None
    assert [book.subjects for book in db.session.query(Book)] == [[], []]
