"""Other names of an author, on the page and in the form."""

import pytest

from core.db import db
from library.models import Author
from tests import factories
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def king(client: Client) -> Author:
    """Stephen King, who is Richard Bachman too; a duplicate with the id 4711 was merged."""
    king = factories.author("Stephen King")
    factories.other_name(king, "Richard Bachman")
    factories.other_name(king, "Steven King", former_id=4711)
    return king


def edit(client: Client) -> Page:
    return Page(client, "/library/authors/1/edit")


def names(author: Author) -> list[str]:
    db.session.rollback()
    return [one.name for one in author.alternate_names]


def test_the_page_says_them(client: Client, king: Author) -> None:
    assert "also Richard Bachman, Steven King" in Page(client, "/library/authors/1").text


def test_they_are_added_changed_and_removed_by_the_form(client: Client, king: Author) -> None:
    page = edit(client)
    assert [page.fields[f"name_rows-{n}-name"] for n in range(3)] == ["Richard Bachman", "Steven King", ""]
    assert "The old address of #4711 leads here by this name." in page.text
    page.type(
        **{"name_rows-0-name": "R. Bachman", "name_rows-1-remove": "y", "name_rows-2-name": " John  Swithen "}
    )
    assert page.save().stored
    assert names(king) == ["John Swithen", "R. Bachman"]
    assert client.get("/library/authors/4711").status_code == 404


def test_a_new_author_can_have_one(client: Client) -> None:
    page = Page(client, "/library/new-author").type(name="Mary Ann Evans")
    assert page.type(**{"name_rows-0-name": "George Eliot"}).save().stored
    assert names(db.session.get_one(Author, 1)) == ["George Eliot"]
    assert Page(client, "/library/authors?q=eliot").first_column == ["Evans, Mary Ann"]


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Write the name, or remove it."), ("x" * 201, "longer than 200")]
)
def test_what_is_wrong_is_said_at_its_row(client: Client, king: Author, typed: str, said: str) -> None:
    answer = edit(client).type(**{"name_rows-0-name": typed}).save()
    assert (answer.status, answer.stored) == (422, False)
    assert said in answer.errors
    assert answer.fields["name_rows-0-name"] == typed
    assert names(king) == ["Richard Bachman", "Steven King"]


def test_what_a_colleague_changed_meanwhile_is_asked(client: Client, king: Author) -> None:
    mine = edit(client).type(**{"name_rows-0-name": "Mine"})
    assert edit(client).type(**{"name_rows-0-name": "Theirs"}).save().stored
    answer = mine.save()
    assert "Meanwhile this was stored as “Theirs”." in answer.errors
    assert answer.save().stored
    assert names(king) == ["Mine", "Steven King"]


def test_one_that_is_gone_meanwhile_is_said(client: Client, king: Author) -> None:
    mine = edit(client).type(**{"name_rows-0-name": "Mine"})
    assert edit(client).type(**{"name_rows-0-remove": "y"}).save().stored
    assert "This name was removed meanwhile." in mine.save().errors
