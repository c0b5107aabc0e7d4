"""Two authors become one: what moves, what is asked, what is kept."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.db import db
from core.writing import Refused, writing
from library import operations
from library.models import Author, AuthorBook, AuthorName, NotTheSameAuthor
from tests import factories
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def jane(client: Client) -> Author:
    """Jane Austen, on Emma after Ann Lee."""
    jane = factories.author("Jane Austen")
    emma = factories.book("Emma")
    factories.share(emma, factories.author("Ann Lee"), "2")
    factories.share(emma, jane, "9")
    return jane


@pytest.fixture
def j(jane: Author) -> Author:
    """J. Austen, the same person: on Emma too, as the last of three, and alone on Persuasion."""
    j = factories.author("J. Austen")
    factories.share(jane.book_links[0].book, j, "6", role="editor")
    factories.share(factories.book("Persuasion"), j, "10")
    return j


def merge(winner: Author, loser: Author, **answers: str) -> None:
    ids = winner.id, loser.id
    asked = {"name": "stays", "printed": "stays"} | {
        key.replace("_", "-"): one for key, one in answers.items()
    }
    db.session.rollback()
    with writing(operations.check) as work:
        operations.merge_authors(work, *ids, asked)
    db.session.rollback()


def credits(title: str) -> list[tuple[str, int, str, str]]:
    """Who is on a book: name, place, percentage, role."""
    rows = db.session.scalars(select(AuthorBook).order_by(AuthorBook.publication_order))
    return [
        (one.author.name, one.publication_order, f"{one.royalty_percentage:.2f}", one.role)
        for one in rows
        if one.book.title == title
    ]


def names(author: Author) -> list[tuple[str, int | None]]:
    return [(one.name, one.former_id) for one in author.alternate_names]


# --- by function -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("stays", ("Jane Austen", 2, "9.00", "author")),
        ("goes", ("Jane Austen", 2, "6.00", "editor")),
        ("add", ("Jane Austen", 2, "15.00", "author")),
    ],
)
def test_of_two_shares_on_one_book_the_one_that_was_decided_is_left(
    jane: Author, j: Author, answer: str, left: tuple[str, int, str, str]
) -> None:
    merge(jane, j, share_1=answer)
    assert credits("Emma") == [("Ann Lee", 1, "2.00", "author"), left]
    assert credits("Persuasion") == [("Jane Austen", 1, "10.00", "author")]
    assert db.session.scalars(select(Author.name).order_by(Author.id)).all() == ["Jane Austen", "Ann Lee"]


def test_a_role_that_only_one_share_had_is_kept_when_they_are_added(jane: Author, j: Author) -> None:
    merge(jane, j, share_1="add")
    assert [link.also_as for link in jane.book_links if link.book.title == "Emma"] == ["editor"]


def test_the_credits_close_up_where_a_share_goes(jane: Author, j: Author) -> None:
    factories.share(jane.book_links[0].book, factories.author("Mary Shelley"), "1", 4)
    merge(jane, j, share_1="stays")
    assert [(one[0], one[1]) for one in credits("Emma")] == [
        ("Ann Lee", 1), ("Jane Austen", 2), ("Mary Shelley", 3),
    ]  # fmt: skip


def test_a_large_share_moves_without_being_counted_twice(client: Client) -> None:
    one, other = factories.author("Ann Lee"), factories.author("Anne Lee")
    factories.share(factories.book("Emma"), other, "60")
    merge(one, other)
    assert credits("Emma") == [("Ann Lee", 1, "60.00", "author")]


def test_what_was_not_decided_is_refused_and_nothing_is_stored(jane: Author, j: Author) -> None:
    with pytest.raises(Refused, match="something is to be decided that was not asked"):
        merge(jane, j)
    assert db.session.scalar(select(func.count()).select_from(Author)) == 3


def test_names_and_old_addresses_are_kept_also_those_of_an_earlier_merge(jane: Author, j: Author) -> None:
    factories.other_name(j, "A Lady")
    factories.other_name(j, "Austen, J", former_id=4711)
    old = j.id
    merge(jane, j, share_1="stays")
    assert names(jane) == [("A Lady", None), ("Austen, J", 4711), ("J. Austen", old)]
    assert jane.also == ["A Lady", "Austen, J", "J. Austen"]


def test_the_name_of_the_other_can_be_taken(jane: Author, j: Author) -> None:
    old = j.id
    merge(jane, j, share_1="stays", name="goes")
    assert (jane.name, jane.sort_name, names(jane)) == ("J. Austen", "Austen, J.", [("Jane Austen", old)])


def test_books_can_go_on_printing_the_name_that_they_print(jane: Author, j: Author) -> None:
    merge(jane, j, share_1="stays", printed="goes")
    printed = {link.book.title: link.credited_as for link in jane.book_links}
    assert printed == {"Emma": None, "Persuasion": "J. Austen"}


def test_who_is_not_the_same_as_the_one_is_not_the_same_as_the_other(jane: Author, j: Author) -> None:
    ann = db.session.scalars(select(Author).where(Author.name == "Ann Lee")).one()
    db.session.add(NotTheSameAuthor(first=ann.id, second=j.id))
    db.session.commit()
    merge(jane, j, share_1="stays")
    left = db.session.execute(select(NotTheSameAuthor.first, NotTheSameAuthor.second)).all()
    assert [set(pair) for pair in left] == [{ann.id, jane.id}]


# --- by page ---------------------------------------------------------------------------------------


def page_of(client: Client, winner: Author, loser: Author) -> Page:
    return Page(client, f"/library/merge-authors?key={winner.id}&key={loser.id}")


def test_the_page_says_what_would_happen_and_then_does_it(client: Client, jane: Author, j: Author) -> None:
    old = j.id
    page = page_of(client, jane, j)
    assert "Emma: 6 %, editor, place 3" in page.text
    shown = page.type(**{"share-1": "add"}).save()
    assert "What would change" in shown.text
    assert db.session.get(Author, old) is not None
    answer = shown.save(do="yes")
    assert (answer.stored, answer.url) == (True, f"/library/authors/{jane.id}"), answer.errors
    assert "also J. Austen" in answer.text
    assert credits("Emma")[1] == ("Jane Austen", 2, "15.00", "author")
    assert client.get(f"/library/authors/{old}").location == f"/library/authors/{jane.id}"


def test_pressing_twice_merges_once(client: Client, jane: Author, j: Author) -> None:
    shown = page_of(client, jane, j).save()
    assert shown.save(do="yes").stored
    assert shown.save(do="yes").stored
    assert db.session.scalar(select(func.count()).select_from(AuthorName)) == 1


def test_something_that_changed_meanwhile_is_shown_again(client: Client, jane: Author, j: Author) -> None:
    shown = page_of(client, jane, j).save()
    jane.book_links[0].royalty_percentage = Decimal(11)
    db.session.commit()
    factories.share(factories.book("Sanditon"), j, "3")
    answer = shown.save(do="yes")
    assert not answer.stored
    assert "Sanditon" in answer.text


def test_who_stays_can_be_switched(client: Client, jane: Author, j: Author) -> None:
    page = page_of(client, jane, j)
    assert page.link("Let J. Austen #3 stay instead") == "/library/merge-authors?key=3&key=1"


def test_from_the_suggestions_one_goes_on_with_the_next_pair(client: Client, jane: Author, j: Author) -> None:
    url = f"/library/merge-authors?key={jane.id}&key={j.id}&back=/library/duplicates"
    page = Page(client, url)
    assert page.link("Cancel") == "/library/duplicates"
    assert page.link("Let J. Austen #3 stay instead").endswith("&back=/library/duplicates")
    assert page.save().save(do="yes").url == "/library/duplicates"


def test_the_other_one_is_looked_up(client: Client, jane: Author, j: Author) -> None:
    page = Page(client, f"/library/authors/{jane.id}")
    assert page.link("Merge with…") == "/library/merge-authors?key=1"
    chosen = client.get("/library/merge-authors?one=Jane+Austen+%231&other=J.+Austen")
    assert chosen.location == f"/library/merge-authors?key=1&key={j.id}"
    assert client.get("/library/merge-authors?one=Jane+Austen&other=Nobody").status_code == 422
    assert client.get("/library/merge-authors?one=Jane+Austen&other=%231").status_code == 422


@pytest.mark.parametrize(
    ("keys", "status"), [("key=1&key=99", 404), ("key=1&key=x", 404), ("key=1&key=2&key=3", 400)]
)
def test_two_who_are_there_are_needed(
    client: Client, jane: Author, j: Author, keys: str, status: int
) -> None:
    assert client.get(f"/library/merge-authors?{keys}").status_code == status


def test_merging_with_one_who_was_merged_leads_to_the_one_of_today(
    client: Client, jane: Author, j: Author
) -> None:
    old = j.id
    merge(jane, j, share_1="stays")
    assert (
        client.get(f"/library/merge-authors?key=2&key={old}").location == "/library/merge-authors?key=2&key=1"
    )
    assert client.get(f"/library/merge-authors?key=1&key={old}").location == "/library/authors/1"
