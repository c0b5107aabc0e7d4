"""One author: the page, the form, and the end."""

import pytest
from sqlalchemy import func, select

from core.db import db
from library.models import Author, AuthorBook, Book
from tests import factories
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def jane(client: Client) -> Author:
    """Jane wrote Emma, at 15 %."""
    jane = factories.author("Jane Austen")
    factories.share(factories.book("Emma", published="1815"), jane, "15")
    return jane


def stored(id: int = 1) -> Author | None:
    return db.session.get(Author, id)


def edit(client: Client) -> Page:
    return Page(client, "/library/authors/1/edit")


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_it_says_who_this_is_and_what_the_books_are(client: Client, jane: Author) -> None:
    page = Page(client, "/library/authors/1")
    assert "filed as Austen, Jane · 1 book" in page.text
    assert page.values("Emma", "royalty_percentage") == ["15 %"]
    assert page.link("Emma") == "/library/books/1"


@pytest.mark.parametrize("address", ["2", "x", "2/edit", "2/delete"])
def test_an_unknown_author_is_not_found(client: Client, jane: Author, address: str) -> None:
    assert client.get(f"/library/authors/{address}").status_code == 404


def test_an_author_is_added_with_books_that_are_here_or_new(client: Client, jane: Author) -> None:
    page = Page(client, "/library/new-author").type(name="Ann Lee")
    page.add(book="Emma", royalty_percentage="5", role="editor")
    page.add(book="A First Book", is_new="y", royalty_percentage="10")
    answer = page.save()
    assert (answer.stored, answer.url) == (True, "/library/authors/2"), answer.errors
    assert stored(2).sort_name == "Lee, Ann"
    assert {(link.book.title, link.publication_order, link.role) for link in stored(2).book_links} == {
        ("Emma", 2, "editor"),
        ("A First Book", 1, "author"),
    }


def test_save_and_add_another_begins_an_empty_form(client: Client) -> None:
    answer = Page(client, "/library/new-author").type(name="Ann Lee").save(another="yes")
    assert (answer.stored, answer.url, answer.fields["name"]) == (True, "/library/new-author", "")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Give the name."),
        ({"name": "x" * 201}, "longer than 200"),
        ({"archived_on": "soon"}, "“soon” is not a day."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: Client, typed: dict[str, str], said: str
) -> None:
    page = Page(client, "/library/new-author").type(**({"name": "Ann Lee"} | typed))
    page.add(book="A First Book", is_new="y")
    answer = page.save()
    assert (answer.status, answer.stored) == (422, False)
    assert said in answer.errors
    assert {name: answer.fields[name] for name in typed} == typed
    assert answer.fields["book_rows-0-book"] == "A First Book"
    assert (count(Author), count(Book)) == (0, 0)


def test_two_authors_may_have_one_name(client: Client, jane: Author) -> None:
    assert Page(client, "/library/new-author").type(name="Jane Austen").save().stored
    assert count(Author) == 2


def test_a_name_that_two_authors_have_is_asked_about(client: Client, jane: Author) -> None:
    factories.author("Jane Austen")
    factories.book("Persuasion")
    page = Page(client, "/library/books/2")
    page.add(author="Jane Austen")
    assert "There are 2 called “Jane Austen”: choose #1, #2." in page.save().errors
    page = Page(client, "/library/books/2")
    page.add(author="Jane Austen #2")
    assert page.save().stored
    assert [link.book_id for link in stored(2).book_links] == [2]


def test_the_name_and_a_share_are_changed_in_one_save(client: Client, jane: Author) -> None:
    page = edit(client).type(name="Jane Ray", archived_on="2025-01-31")
    assert page.change("Emma", royalty_percentage="10").save().stored
    assert (stored().name, stored().sort_name, str(stored().archived_on)) == (
        "Jane Ray",
        "Ray, Jane",
        "2025-01-31",
    )
    assert str(stored().book_links[0].royalty_percentage) == "10.0000"


def test_a_junior_is_filed_under_the_surname(client: Client) -> None:
    Page(client, "/library/new-author").type(name="Kurt Vonnegut Jr.").save()
    assert stored().sort_name == "Vonnegut, Kurt, Jr."


def test_how_an_author_is_filed_can_be_said(client: Client, jane: Author) -> None:
    assert edit(client).type(sort_name="Austen (Miss), Jane").save().stored
    assert edit(client).type(name="Jane Austen Jr").save().stored
    assert stored().sort_name == "Austen (Miss), Jane"


def test_a_stale_form_shows_both_values_and_asks(client: Client, jane: Author) -> None:
    mine = edit(client).type(name="Mine")
    assert edit(client).type(name="Theirs").save().stored
    answer = mine.save()
    assert "Meanwhile this was stored as “Theirs”." in answer.errors
    assert stored().name == "Theirs"
    assert answer.save().stored


def test_deleting_names_what_goes_with_it(client: Client, jane: Author) -> None:
    for number in range(22):
        factories.share(factories.book(f"Sequel {number:02}"), jane)
    page = Page(client, "/library/authors/1/delete")
    assert "23 shares go with it. Emma Sequel 00" in page.text
    assert "Sequel 18 … and 3 more" in page.text
    assert "The books themselves stay." in page.text


def test_an_author_is_deleted_with_shares_and_the_books_stay(client: Client, jane: Author) -> None:
    answer = Page(client, "/library/authors/1/delete").save()
    assert (answer.stored, answer.url) == (True, "/library/authors")
    assert [count(model) for model in (Author, AuthorBook, Book)] == [0, 0, 1]


# --- titles with a number in them ----------------------------------------------------------------------


def test_a_title_that_ends_in_a_number_is_a_title(client: Client, jane: Author) -> None:
    factories.book("Second")
    factories.book("Saga #2")
    page = Page(client, "/library/authors/1")
    page.add(book="Saga #2")
    assert page.save().stored
    assert {link.book.title for link in db.session.get_one(Author, 1).book_links} == {"Emma", "Saga #2"}


def test_a_number_that_belongs_to_another_title_is_refused(client: Client, jane: Author) -> None:
    factories.book("Second")
    page = Page(client, "/library/authors/1")
    page.add(book="Saga #2")
    answer = page.save()
    assert answer.status == 422
    assert "No book is called “Saga #2”" in answer.text


def test_a_new_author_that_is_refused_keeps_what_was_typed(client: Client) -> None:
    page = Page(client, "/library/new-author").type(name="Jane Austen")
    page.add(book="No Such Book")
    answer = page.save()
    assert answer.status == 422
    assert answer.fields["name"] == "Jane Austen"
