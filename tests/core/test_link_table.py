"""The link table stores what its rows say: by their identity, and only what was said."""

import pytest

from core.db import db
from hr.models import DepartmentEmployeeLink
from tests.conftest import Client
from tests.screens import BOOK, Screen, every_screen

pytestmark = every_screen

# --- 1. rows are saved by stored identity --------------------------------------------------------------


def test_removing_the_first_row_leaves_the_others_as_they_are(screen: Screen, client: Client) -> None:
    owner, (first, second, third) = screen.owner(), screen.far_sides(3)
    screen.link(owner, first, second, third)
    page = screen.open(client, owner)
    page.row(first).remove()
    page.row(third)[screen.fact] = screen.after
    assert page.save().stored
    assert screen.fars(owner) == [second, third]
    assert screen.facts(owner) == [screen.before, screen.after]


def test_a_row_is_saved_by_its_identity_wherever_it_stands(screen: Screen, client: Client) -> None:
    owner, (first, second) = screen.owner(), screen.far_sides(2)
    screen.link(owner, first, second)
    page = screen.open(client, owner)
    page.row(first)[screen.fact] = screen.after
    turned = {"0": "1", "1": "0"}
    page.fields = {
        "-".join([rows, turned.get(number, number), rest]): value
        for (rows, number, rest), value in (
            (name.split("-", 2), v) for name, v in page.fields.items() if "-" in name
        )
    } | {name: value for name, value in page.fields.items() if "-" not in name}
    assert page.save().stored
    assert getattr(screen.link_to(owner, first), screen.fact) == screen.after
    assert getattr(screen.link_to(owner, second), screen.fact) == screen.before


def test_another_far_side_in_a_row_takes_its_place_with_its_facts(screen: Screen, client: Client) -> None:
    owner, (first, second, third, other) = screen.owner(), screen.far_sides(4)
    screen.link(owner, first, second, third)
    page = screen.open(client, owner)
    page.row(second)[screen.far] = screen.typed(other)
    assert page.save().stored
    assert set(screen.fars(owner)) == {first, other, third}
    assert screen.facts(owner) == [screen.before] * 3
    if screen is BOOK:
        assert screen.fars(owner) == [first, other, third], "the order is kept"
        assert [link.publication_order for link in screen.links(owner)] == [1, 2, 3]


# --- 2. absence is not removal -------------------------------------------------------------------------


def test_a_row_that_is_not_sent_is_not_removed(screen: Screen, client: Client) -> None:
    owner, (first, second) = screen.owner(), screen.far_sides(2)
    screen.link(owner, first, second)
    page = screen.open(client, owner)
    gone = page.row(second).prefix
    page.fields = {name: value for name, value in page.fields.items() if not name.startswith(f"{gone}-")}
    page.row(first)[screen.fact] = screen.after
    assert page.save().stored
    assert screen.fars(owner) == [first, second]


def test_a_link_that_a_colleague_added_meanwhile_survives(
    screen: Screen, client: Client, colleague: Client
) -> None:
    owner, (first, added) = screen.owner(), screen.far_sides(2)
    screen.link(owner, first)
    mine, theirs = screen.open(client, owner), screen.open(colleague, owner)
    theirs.spare[screen.far] = screen.typed(added)
    assert theirs.save().stored
    mine.row(first)[screen.fact] = screen.after
    assert mine.save().stored
    assert set(screen.fars(owner)) == {first, added}


@pytest.mark.parametrize("again", [False, True], ids=["once", "twice"])
def test_an_identity_of_another_owner_is_refused(screen: Screen, client: Client, again: bool) -> None:
    owner, other = screen.owner(1), screen.owner(2)
    mine, foreign, third = screen.far_sides(3)
    screen.link(owner, mine)
    screen.link(other, foreign)
    page, there = screen.open(client, owner), screen.open(client, other).row(foreign)
    row = page.row(mine)
    for name in ("identity", "version", "shown"):
        row[name] = there[name]
    row.type(**{screen.far: screen.typed(third), screen.fact: screen.after})
    refused = page.save()
    if again:
        refused = refused.save()
    assert not refused.stored
    assert "belongs to another record" in refused.all_rows[0].said
    assert (screen.fars(owner), screen.fars(other)) == ([mine], [foreign])
    assert screen.facts(other) == [screen.before]


def test_an_identity_that_nothing_has_adds_nothing_by_itself(screen: Screen, client: Client) -> None:
    owner, (first, other) = screen.owner(), screen.far_sides(2)
    screen.link(owner, first)
    page = screen.open(client, owner)
    row = page.row(first)
    row["identity"] = "-".join("987654321" for _ in row["identity"].split("-"))
    row[screen.far] = screen.typed(other)
    refused = page.save()
    assert not refused.stored
    assert refused.save().stored, "saving again drops the row"
    assert screen.fars(owner) == [first]


@pytest.mark.parametrize("shown", ["", "x", "[]", '{"employee":5,"author":[],"fte":null}'])
def test_what_a_row_says_it_showed_is_not_trusted(screen: Screen, client: Client, shown: str) -> None:
    owner, (first, second) = screen.owner(), screen.far_sides(2)
    screen.link(owner, first, second)
    page = screen.open(client, owner)
    page.row(first).type(**{"shown": shown, screen.fact: screen.after})
    assert page.save().status in (200, 422)
    assert screen.fars(owner) == [first, second]
    assert getattr(screen.link_to(owner, second), screen.fact) == screen.before


@pytest.mark.parametrize("identity", ["x", "1-2-3", "٣", "9" * 30])
def test_an_identity_that_cannot_be_is_no_new_row(screen: Screen, client: Client, identity: str) -> None:
    owner, (first, other) = screen.owner(), screen.far_sides(2)
    screen.link(owner, first)
    page = screen.open(client, owner)
    page.row(first).type(**{"identity": identity, screen.far: screen.typed(other)})
    refused = page.save()
    assert refused.status == 422
    assert screen.fars(owner) == [first]


# --- 6. remove and add, change places ------------------------------------------------------------------


def test_a_pair_can_be_removed_and_added_again_in_one_save(screen: Screen, client: Client) -> None:
    owner, (first, second) = screen.owner(), screen.far_sides(2)
    screen.link(owner, first, second)
    page = screen.open(client, owner)
    page.row(first).remove()
    page.spare.type(**{screen.far: screen.typed(first), screen.fact: screen.after})
    assert page.save().stored
    assert set(screen.fars(owner)) == {first, second}
    assert getattr(screen.link_to(owner, first), screen.fact) == screen.after


def test_two_rows_can_exchange_their_far_sides(screen: Screen, client: Client) -> None:
    owner, (first, second) = screen.owner(), screen.far_sides(2)
    screen.link(owner, first, second)
    link = screen.link_to(owner, second)
    setattr(link, screen.fact, screen.other)
    db.session.commit()
    page = screen.open(client, owner)
    one, two = page.row(first), page.row(second)
    one[screen.far], two[screen.far] = two[screen.far], one[screen.far]
    assert page.save().stored
    assert getattr(screen.link_to(owner, first), screen.fact) == screen.other
    assert getattr(screen.link_to(owner, second), screen.fact) == screen.before


def test_places_can_be_exchanged_from_either_side(screen: Screen, client: Client) -> None:
    if screen.model is DepartmentEmployeeLink:
        return  # stays have days, not places; exchanging those is in test_writing.py
    book, authors = BOOK.owner(), BOOK.far_sides(3)
    BOOK.link(book, *authors)
    if screen is BOOK:
        page = screen.open(client, book)
        page.row(authors[0])["publication_order"] = "2"
        page.row(authors[1])["publication_order"] = "1"
    else:
        page = screen.open(client, authors[1])
        page.row(book)["publication_order"] = "1"
    assert page.save().stored
    assert [(link.author, link.publication_order) for link in BOOK.links(book)] == [
        (authors[1], 1),
        (authors[0], 2),
        (authors[2], 3),
    ]


# --- 7. rows that are cleared, removed or spare --------------------------------------------------------


def test_a_stored_row_whose_far_side_was_cleared_is_an_error_there(screen: Screen, client: Client) -> None:
    owner, (first, second) = screen.owner(), screen.far_sides(2)
    screen.link(owner, first, second)
    page = screen.open(client, owner)
    row = page.row(first)
    row[screen.far] = ""
    refused = page.save()
    assert not refused.stored
    assert "remove the row" in next(r for r in refused.stored_rows if r["identity"] == row["identity"]).said
    assert screen.fars(owner) == [first, second]


def test_a_removed_row_is_not_checked(screen: Screen, client: Client) -> None:
    owner, far = screen.owner(), screen.far_side()
    screen.link(owner, far)
    page = screen.open(client, owner)
    row = page.row(far).type(**{screen.amount: "much", screen.far: ""})
    row.remove()
    assert page.save().stored
    assert screen.links(owner) == []


def test_a_removed_new_row_is_nothing(screen: Screen, client: Client) -> None:
    owner, far = screen.owner(), screen.far_side()
    page = screen.open(client, owner)
    row = page.spare.type(**{screen.far: screen.typed(far)})
    row.tick("remove")
    assert page.save().stored
    assert screen.links(owner) == []


def test_spare_rows_are_ignored(screen: Screen, client: Client) -> None:
    owner = screen.owner()
    page = screen.open(client, owner, "?spare=5")
    assert len(page.all_rows) == 5
    assert page.save().stored
    assert screen.links(owner) == []


def test_a_fact_without_a_far_side_is_an_error_there(screen: Screen, client: Client) -> None:
    owner = screen.owner()
    page = screen.open(client, owner)
    page.spare[screen.fact] = screen.after
    refused = page.save()
    assert "Who or what" in refused.all_rows[0].said
    assert refused.all_rows[0][screen.fact] == screen.after
