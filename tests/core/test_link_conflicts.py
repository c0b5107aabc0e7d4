"""Two people at one page: the version that was posted decides, nobody's work is lost without a word."""

import pytest

from core.db import db
from tests.conftest import Client
from tests.link_pages import LinkPage
from tests.screens import AUTHOR, BOOK, Screen, every_screen

pytestmark = every_screen


def both_open(screen: Screen, client: Client, colleague: Client) -> tuple[object, object, LinkPage, LinkPage]:
    """One link, and its page in two browsers."""
    owner, far = screen.owner(), screen.far_side()
    screen.link(owner, far, **{screen.amount: screen.amounts(0)})
    return owner, far, screen.open(client, owner), screen.open(colleague, owner)


def facts(screen: Screen, owner: object) -> tuple[object, object]:
    (link,) = screen.links(owner)
    return getattr(link, screen.fact), getattr(link, screen.amount)


# --- different fields ----------------------------------------------------------------------------------


def test_different_fields_are_merged_and_that_is_said(
    screen: Screen, client: Client, colleague: Client
) -> None:
    owner, far, mine, theirs = both_open(screen, client, colleague)
    theirs.row(far)[screen.amount] = screen.small[1]
    assert theirs.save().stored
    mine.row(far)[screen.fact] = screen.after
    saved = mine.save()
    assert saved.stored
    assert f"A colleague changed other facts of {far} meanwhile; both changes are kept" in saved.text
    assert facts(screen, owner) == (screen.after, screen.amounts(1))


def test_the_same_change_twice_is_no_conflict(screen: Screen, client: Client, colleague: Client) -> None:
    owner, far, mine, theirs = both_open(screen, client, colleague)
    for page in (theirs, mine):
        page.row(far)[screen.fact] = screen.after
        assert page.save().stored
    assert facts(screen, owner) == (screen.after, screen.amounts(0))


def test_an_untouched_row_does_not_undo_what_a_colleague_did(
    screen: Screen, client: Client, colleague: Client
) -> None:
    owner, far, mine, theirs = both_open(screen, client, colleague)
    theirs.row(far)[screen.fact] = screen.other
    assert theirs.save().stored
    assert mine.save().stored
    assert facts(screen, owner) == (screen.other, screen.amounts(0))


# --- the same field ------------------------------------------------------------------------------------


def stale(screen: Screen, client: Client, colleague: Client) -> tuple[object, object, LinkPage]:
    """My save was refused, since a colleague had changed the same field."""
    owner, far, mine, theirs = both_open(screen, client, colleague)
    theirs.row(far).type(**{screen.fact: screen.other, screen.amount: screen.small[1]})
    assert theirs.save().stored
    mine.row(far)[screen.fact] = screen.after
    return owner, far, mine.save()


def test_the_posted_version_decides_and_both_values_are_shown(
    screen: Screen, client: Client, colleague: Client
) -> None:
    owner, far, refused = stale(screen, client, colleague)
    assert refused.status == 422
    assert screen.other in refused.row(far).said, "what the colleague stored"
    assert screen.after in refused.row(far).said, "what I have"
    assert refused.row(far)[screen.fact] == screen.after, "what I typed is still there"
    assert facts(screen, owner) == (screen.other, screen.amounts(1))


def test_saving_again_keeps_mine(screen: Screen, client: Client, colleague: Client) -> None:
    owner, _far, refused = stale(screen, client, colleague)
    assert refused.save().stored
    assert facts(screen, owner)[0] == screen.after


def test_saving_again_does_not_undo_their_other_fields(
    screen: Screen, client: Client, colleague: Client
) -> None:
    owner, _far, refused = stale(screen, client, colleague)
    assert refused.save().stored
    assert facts(screen, owner) == (screen.after, screen.amounts(1))


def test_the_stored_values_can_be_taken_instead(screen: Screen, client: Client, colleague: Client) -> None:
    owner, far, refused = stale(screen, client, colleague)
    refused.row(far).tick("take_stored")
    assert refused.save().stored
    assert facts(screen, owner) == (screen.other, screen.amounts(1))


def test_a_third_change_in_between_is_asked_about_again(
    screen: Screen, client: Client, colleague: Client
) -> None:
    owner, far, refused = stale(screen, client, colleague)
    page = screen.open(colleague, owner)
    page.row(far)[screen.fact] = "third"
    assert page.save().stored
    assert refused.save().status == 422
    assert facts(screen, owner)[0] == "third"


def test_a_conflict_in_one_row_keeps_the_other_rows_from_being_stored_and_typed_again(
    screen: Screen, client: Client, colleague: Client
) -> None:
    owner, (one, two) = screen.owner(), screen.far_sides(2)
    screen.link(owner, one, two)
    mine, theirs = screen.open(client, owner), screen.open(colleague, owner)
    theirs.row(one)[screen.fact] = screen.other
    assert theirs.save().stored
    mine.row(one)[screen.fact] = screen.after
    mine.row(two)[screen.fact] = screen.after
    refused = mine.save()
    assert getattr(screen.link_to(owner, two), screen.fact) == screen.before
    assert refused.row(two)[screen.fact] == screen.after
    assert refused.save().stored
    assert screen.facts(owner) == [screen.after] * 2


# --- removed, replaced, put back -----------------------------------------------------------------------


def removed_meanwhile(screen: Screen, client: Client, colleague: Client) -> tuple[object, object, LinkPage]:
    """My save was refused, since a colleague had removed what I changed."""
    owner, far, mine, theirs = both_open(screen, client, colleague)
    theirs.row(far).remove()
    assert theirs.save().stored
    mine.row(far)[screen.fact] = screen.after
    return owner, far, mine.save()


def test_a_link_that_was_removed_meanwhile_asks_restore_or_drop(
    screen: Screen, client: Client, colleague: Client
) -> None:
    owner, far, refused = removed_meanwhile(screen, client, colleague)
    row = refused.row(far)
    assert refused.status == 422
    assert "removed meanwhile" in row.said
    assert row.offers("restore")
    assert screen.links(owner) == []


def test_restored_it_comes_back_with_my_values(screen: Screen, client: Client, colleague: Client) -> None:
    owner, far, refused = removed_meanwhile(screen, client, colleague)
    refused.row(far).tick("restore")
    assert refused.save().stored
    assert facts(screen, owner) == (screen.after, screen.amounts(0))


def test_dropped_it_stays_away(screen: Screen, client: Client, colleague: Client) -> None:
    owner, _far, refused = removed_meanwhile(screen, client, colleague)
    assert refused.save().stored
    assert screen.links(owner) == []


def test_an_untouched_row_never_revives_a_removed_link(
    screen: Screen, client: Client, colleague: Client
) -> None:
    owner, far, mine, theirs = both_open(screen, client, colleague)
    theirs.row(far).remove()
    assert theirs.save().stored
    saved = mine.save()
    assert saved.stored
    assert screen.links(owner) == []


def test_what_both_removed_is_removed(screen: Screen, client: Client, colleague: Client) -> None:
    owner, far, mine, theirs = both_open(screen, client, colleague)
    for page in (theirs, mine):
        page.row(far).remove()
        assert page.save().stored
    assert screen.links(owner) == []


def test_what_a_colleague_changed_is_not_removed_without_a_word(
    screen: Screen, client: Client, colleague: Client
) -> None:
    owner, far, mine, theirs = both_open(screen, client, colleague)
    theirs.row(far)[screen.fact] = screen.other
    assert theirs.save().stored
    mine.row(far).remove()
    refused = mine.save()
    assert refused.status == 422
    assert screen.other in refused.row(far).said
    assert refused.save().stored, "saving again removes it"
    assert screen.links(owner) == []


def test_what_a_colleague_changed_is_not_replaced_without_a_word(
    screen: Screen, client: Client, colleague: Client
) -> None:
    owner, far, mine, theirs = both_open(screen, client, colleague)
    other = screen.far_side(2)
    theirs.row(far)[screen.fact] = screen.other
    assert theirs.save().stored
    mine.row(far)[screen.far] = screen.typed(other)
    refused = mine.save()
    assert refused.status == 422
    assert screen.other in refused.all_rows[0].said
    assert screen.fars(owner) == [far]
    assert refused.save().stored, "saving again replaces it"
    assert screen.fars(owner) == [other]


def test_removed_and_added_anew_is_another_link(screen: Screen, client: Client, colleague: Client) -> None:
    """It may have the same key and the same version again; what was shown is not what is there."""
    owner, far, mine, theirs = both_open(screen, client, colleague)
    theirs.row(far).remove()
    again = theirs.save()
    again.spare.type(**{screen.far: screen.typed(far), screen.fact: screen.other})
    assert again.save().stored
    mine.row(far)[screen.fact] = screen.after
    assert mine.save().status == 422
    assert facts(screen, owner)[0] == screen.other


def test_an_owner_that_is_gone_is_said_so(screen: Screen, client: Client, colleague: Client) -> None:
    owner, far, mine, _theirs = both_open(screen, client, colleague)
    db.session.delete(owner)
    db.session.commit()
    mine.row(far)[screen.fact] = screen.after
    assert mine.save().status == 404


@pytest.mark.parametrize("version", ["", "2", "gone"])
def test_a_version_that_was_never_shown_stores_nothing_over_a_colleague(
    screen: Screen, client: Client, colleague: Client, version: str
) -> None:
    owner, far, mine, theirs = both_open(screen, client, colleague)
    for value in (screen.other, "third"):
        theirs.row(far)[screen.fact] = value
        theirs = theirs.save()
    mine.row(far).type(version=version, **{screen.fact: screen.after})
    assert mine.save().status == 422
    assert facts(screen, owner)[0] == "third"


def test_places_of_the_credits_are_merged(screen: Screen, client: Client, colleague: Client) -> None:
    if screen not in (BOOK, AUTHOR):
        return  # stays have no places
    book, authors = BOOK.owner(), BOOK.far_sides(3)
    BOOK.link(book, *authors)
    owner, far = (book, authors[2]) if screen is BOOK else (authors[2], book)
    mine, theirs = screen.open(client, owner), BOOK.open(colleague, book)
    theirs.row(authors[2])["publication_order"] = "1"
    assert theirs.save().stored
    mine.row(far)[screen.fact] = screen.after
    assert mine.save().stored
    assert BOOK.fars(book) == [authors[2], authors[0], authors[1]]
    assert BOOK.facts(book) == [screen.after, screen.before, screen.before]
