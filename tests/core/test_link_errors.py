"""What is refused is said at its row and nothing typed is lost; the form of a record has the same table."""

from sqlalchemy import select

from core.db import db
from tests.conftest import Client
from tests.link_pages import LinkPage
from tests.screens import BOOK, Screen, every_screen

pytestmark = every_screen

# --- 12. an error keeps everything; a duplicate is refused in words ------------------------------------


def test_an_error_keeps_everything_that_was_typed(screen: Screen, client: Client) -> None:
    owner, (one, two, three, four) = screen.owner(), screen.far_sides(4)
    screen.link(owner, one, two, three)
    page = screen.open(client, owner, "?spare=2")
    page.row(one).type(**{screen.amount: "much", screen.fact: screen.after})
    page.row(two).remove()
    page.row(three)[screen.far] = screen.typed(four)
    page.add_new("Nova Ferrum")
    page.spare.type(**{screen.far: " someone   else ", screen.amount: "1,5x"})
    sent = {row.prefix: row.values for row in page.all_rows}
    refused = page.save()
    assert refused.status == 422
    shown = {row.prefix: row.values for row in refused.all_rows}
    for prefix, values in sent.items():
        kept = {name: " ".join(value.split()) for name, value in values.items()}
        assert kept.items() <= shown[prefix].items()
    assert refused.fields.get("reason") == page.fields.get("reason")
    assert screen.facts(owner) == [screen.before] * 3


def test_what_was_refused_can_be_put_right_and_saved(screen: Screen, client: Client) -> None:
    owner, (one, two) = screen.owner(), screen.far_sides(2)
    screen.link(owner, one)
    page = screen.open(client, owner)
    page.row(one)[screen.amount] = "much"
    page.spare.type(**{screen.far: screen.typed(two), screen.fact: screen.after})
    refused = page.save()
    refused.row(one)[screen.amount] = screen.small[1]
    assert refused.save().stored
    assert set(screen.fars(owner)) == {one, two}
    assert getattr(screen.link_to(owner, one), screen.amount) == screen.amounts(1)


def test_a_far_side_that_is_there_already_is_refused_at_its_row(screen: Screen, client: Client) -> None:
    owner, (one, two) = screen.owner(), screen.far_sides(2)
    screen.link(owner, one, two)
    page = screen.open(client, owner)
    page.spare[screen.far] = screen.typed(two)
    refused = page.save()
    said = refused.all_rows[2].said
    assert str(two) in said or str(owner) in said
    assert "already" in said
    assert refused.row(two).said == "" or screen.model is not BOOK.model
    assert len(screen.links(owner)) == 2


def test_the_same_far_side_in_two_new_rows_is_refused_naming_the_other(
    screen: Screen, client: Client
) -> None:
    owner, far = screen.owner(), screen.far_side()
    page = screen.open(client, owner, "?spare=2")
    page.spare[screen.far] = screen.typed(far)
    page.spare[screen.far] = str(far)
    refused = page.save()
    said = refused.all_rows[1].said
    assert (
        "already in row 1" in said or f"is in {far if screen.far == 'department' else owner} already" in said
    )
    assert screen.links(owner) == []


def test_a_row_replaced_by_one_that_is_there_already_is_refused(screen: Screen, client: Client) -> None:
    owner, (one, two) = screen.owner(), screen.far_sides(2)
    screen.link(owner, one, two)
    page = screen.open(client, owner)
    page.row(one)[screen.far] = screen.typed(two)
    refused = page.save()
    assert "already" in refused.all_rows[0].said
    assert screen.fars(owner) == [one, two]


# --- the form of the record has the same table ---------------------------------------------------------


def test_the_form_stores_the_record_and_its_links_in_one_save(screen: Screen, client: Client) -> None:
    owner, (one, two) = screen.owner(), screen.far_sides(2)
    screen.link(owner, one)
    name = "title" if screen is BOOK else "name"
    page = LinkPage(client, f"{screen.address(owner)}/edit", screen)
    page.fields[name] = "Quite another name"
    page.row(one)[screen.fact] = screen.after
    page.spare[screen.far] = screen.typed(two)
    assert page.save().stored
    assert getattr(owner, name) == "Quite another name"
    assert set(screen.fars(owner)) == {one, two}
    assert getattr(screen.link_to(owner, one), screen.fact) == screen.after


def test_a_new_record_is_stored_with_its_links(screen: Screen, client: Client) -> None:
    one = screen.far_side()
    place = {"department": "/hr/new-department", "employee": "/hr/new-employee"}
    page = LinkPage(client, place.get(screen.name, f"/library/new-{screen.name}"), screen)
    page.fields["title" if screen is BOOK else "name"] = "Quite new"
    page.fields.update({"department": {"code": "QN"}, "employee": {"number": "77"}}.get(screen.name, {}))
    page.spare.type(**{screen.far: screen.typed(one), screen.fact: screen.after})
    assert page.save().stored
    (link,) = db.session.scalars(select(screen.model))
    assert str(getattr(link, screen.near)) == "Quite new"
    assert getattr(link, screen.far) is one
