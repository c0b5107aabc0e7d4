"""Other names of an author, and authors that were merged: found, meant, and led to."""

import pytest

from library.models import Author
from tests import factories
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def king(client: Client) -> Author:
    """Stephen King, who is Richard Bachman too; a duplicate with the id 4711 was merged."""
    king = factories.author("Stephen King")
    factories.share(factories.book("The Shining"), king)
    factories.other_name(king, "Richard Bachman")
    factories.other_name(king, "Steven King", former_id=4711)
    return king


@pytest.mark.parametrize("rest", ["", "/edit", "/delete", "?q=shining", "/edit?spare=2"])
def test_the_address_of_a_merged_author_leads_on(client: Client, king: Author, rest: str) -> None:
    answer = client.get(f"/library/authors/4711{rest}")
    assert (answer.status_code, answer.location) == (302, f"/library/authors/{king.id}{rest}")
    assert client.get("/library/authors/4712").status_code == 404


def test_a_look_up_says_by_which_name_it_found_somebody(client: Client, king: Author) -> None:
    lines = client.get("/library/find/authors?q=bachman").text
    assert f'data-value="Stephen King #{king.id}"' in lines
    assert "<small>also Richard Bachman · The Shining</small>" in lines
    assert "<small>The Shining</small>" in client.get("/library/find/authors?q=king").text


def test_the_list_and_the_search_find_by_another_name(client: Client, king: Author) -> None:
    assert Page(client, "/library/authors?q=rich+bach").first_column == ["King, Stephen"]
    assert "also Richard Bachman" in client.get("/search?q=bachman").text


@pytest.mark.parametrize("typed", ["Richard Bachman", "Steven King", "#4711", "Steven King #4711"])
def test_a_typed_other_name_means_the_author(client: Client, king: Author, typed: str) -> None:
    book = factories.book("The Running Man")
    page = Page(client, f"/library/books/{book.id}")
    page.add(author=typed)
    saved = page.save()
    assert saved.stored, saved.errors
    assert saved.link("Stephen King") == f"/library/authors/{king.id}"


def test_whose_name_it_is_goes_before_who_is_also_called_so(client: Client, king: Author) -> None:
    other = factories.author("Richard Bachman")
    book = factories.book("The Running Man")
    page = Page(client, f"/library/books/{book.id}")
    page.add(author="Richard Bachman")
    saved = page.save()
    assert saved.stored, saved.errors
    assert saved.link("Richard Bachman") == f"/library/authors/{other.id}"
