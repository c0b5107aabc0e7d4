"""A selection: rows by their keys, or all that a list's filters find; the filters travel, not the keys."""

from typing import Any

import pytest
from sqlalchemy import Select, select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from core.db import db
from core.selection import MOST_KEYS, Selection
from hr.models import DepartmentEmployeeLink
from hr.views.chosen import chosen_departments, chosen_employees, chosen_stays
from library.views.chosen import chosen_authors, chosen_books, chosen_shares
from tests import factories
from tests.cast import Cast
from tests.conftest import Client


def chosen(*pairs: tuple[str, str]) -> Selection:
    """The selection in an address with these parameters."""
    return Selection.of(MultiDict(pairs))


@pytest.fixture
def staffed(cast: Cast) -> list[DepartmentEmployeeLink]:
    """On 2025-06-01: Ann in IT and Sales, Ben in IT; John was in Sales in 2024."""
    return [
        factories.stay(cast.ann, cast.it, fte="0.500"),
        factories.stay(cast.ann, cast.sales, "2025-01-01", role="head"),
        factories.stay(cast.ben, cast.it),
        factories.stay(cast.john, cast.sales, "2024-01-01", "2024-12-31"),
    ]


def ids(selection: Selection) -> list[int]:
    return sorted(db.session.scalars(chosen_stays(selection)))


def how_many(wanted: Select[Any]) -> int:
    return len(db.session.execute(wanted).all())


def test_nothing_chosen_is_nothing() -> None:
    assert not chosen()
    assert not chosen(("department", "IT"), ("key", ""))


def test_keys_are_chosen_each_once_whatever_the_filters_say(staffed: list[DepartmentEmployeeLink]) -> None:
    one, _two, three, _four = (str(stay.id) for stay in staffed)
    selection = chosen(("key", one), ("key", three), ("key", one), ("span", "future"))
    assert selection.keys == (one, three)
    assert ids(selection) == [int(one), int(three)]


def test_all_is_what_the_list_shows(client: Client, staffed: list[DepartmentEmployeeLink]) -> None:
    asked = (("all", "1"), ("department", "IT"), ("q", "lee"), ("on", "2025-06-01"))
    assert ids(chosen(*asked)) == [staffed[0].id]
    assert ids(chosen(("all", "1"), ("span", "all"))) == sorted(stay.id for stay in staffed)
    assert ids(chosen(("all", "1"), ("role", "head"), ("on", "2025-06-01"))) == [staffed[1].id]


def test_the_day_is_part_of_what_was_chosen(staffed: list[DepartmentEmployeeLink]) -> None:
    assert ids(chosen(("all", "1"), ("on", "2024-06-01"), ("department", "SALES"))) == [staffed[3].id]
    assert ids(chosen(("all", "1"), ("on", "2025-06-01"), ("department", "SALES"))) == [staffed[1].id]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("fte_from", "lots", "“lots” is not a number"),
        ("role", "boss", "“boss” is none of these"),
        ("ends_to", "3/4/2026", "two ways"),
        ("on", "soon", "“soon” is not a day"),
        ("departmnet", "IT", "no filter “departmnet”"),
    ],
)
def test_a_filter_that_cannot_be_read_refuses(
    staffed: list[DepartmentEmployeeLink], name: str, value: str, said: str
) -> None:
    """Left out, it would choose more than was meant."""
    with pytest.raises(BadRequest) as refusal:
        chosen_stays(chosen(("all", "1"), (name, value)))
    assert said in str(refusal.value.description)
    assert "Nothing was stored" in str(refusal.value.description)


def test_what_the_page_of_a_deed_asks_itself_is_no_filter(staffed: list[DepartmentEmployeeLink]) -> None:
    args = MultiDict([("all", "1"), ("back", "/hr/stays"), ("sort", "-fte"), ("columns", "person")])
    assert len(ids(Selection.of(args, besides=("back",)))) == len(ids(chosen(("all", "1"))))


def test_it_travels_in_an_address_and_in_hidden_inputs(client: Client) -> None:
    pairs = [("all", "1"), ("department", "Sales & more #S"), ("q", "ann lee"), ("on", "2025-06-01")]
    selection = chosen(*pairs, ("sort", "fte"), ("after", "x"))
    assert selection.fields == pairs
    with client.application.test_request_context():
        url = selection.url("hr.stays")
    assert url == "/hr/stays?all=1&department=Sales+%26+more+%23S&q=ann+lee&on=2025-06-01"
    with client.application.test_request_context(url) as context:
        assert Selection.of(context.request.args) == selection
        assert selection.list_url("hr.stays") == url.replace("all=1&", "")


def test_too_many_keys_are_refused_in_words() -> None:
    with pytest.raises(BadRequest, match="Choose all that a filter finds"):
        chosen(*(("key", str(number)) for number in range(MOST_KEYS + 1)))


@pytest.mark.parametrize("key", ["x", "-1", "99999999999", "1-2-3", "2147483648", ""])
def test_a_key_that_is_none_chooses_nothing(app: object, key: str) -> None:
    selection = Selection(keys=(key,))
    for select_keys in (chosen_stays, chosen_books, chosen_authors, chosen_shares, chosen_employees):
        assert how_many(select_keys(selection)) == 0


def test_people_and_departments_are_chosen_as_their_lists_show_them(
    staffed: list[DepartmentEmployeeLink],
) -> None:
    on = ("on", "2025-06-01")
    assert list(db.session.scalars(chosen_employees(chosen(("all", "1"), ("departments", "2+"), on)))) == [
        "1001"
    ]
    assert set(db.session.scalars(chosen_employees(chosen(("key", "1002"), ("key", "no"))))) == {"1002"}
    assert list(db.session.scalars(chosen_departments(chosen(("all", "1"), ("head", "headed"), on)))) == [
        "SALES"
    ]


def test_books_authors_and_shares_are_chosen_as_their_lists_show_them(app: object) -> None:
    emma, persuasion = factories.book("Emma"), factories.book("Persuasion")
    jane, ann = factories.author("Jane Austen"), factories.author("Ann Lee")
    factories.share(emma, jane, "15")
    factories.share(emma, ann, "0", role="editor")
    everything = ("all", "1")
    assert list(db.session.scalars(chosen_books(chosen(everything, ("authors", "0"))))) == [persuasion.id]
    assert list(db.session.scalars(chosen_authors(chosen(everything, ("role", "editor"))))) == [ann.id]
    shares = chosen_shares(chosen(everything, ("percentage", "zero")))
    assert [tuple(row) for row in db.session.execute(shares)] == [(emma.id, ann.id)]
    one = chosen_shares(chosen(("key", f"{emma.id}-{jane.id}"), ("key", "7")))
    assert [tuple(row) for row in db.session.execute(one)] == [(emma.id, jane.id)]


def test_what_was_chosen_can_be_counted_without_reading_it(staffed: list[DepartmentEmployeeLink]) -> None:
    assert how_many(chosen_stays(chosen(("all", "1"), ("span", "all")))) == 4
    assert how_many(select(DepartmentEmployeeLink.id).where(DepartmentEmployeeLink.id < 0)) == 0
