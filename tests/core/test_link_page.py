"""The link table as a page: new records in the row, one token, names for every input, no limit to meet."""

import re

import pytest
from flask import Flask
from itsdangerous import TimestampSigner
from sqlalchemy import func, inspect, select

from core.db import db
from core.links import WINDOW
from tests.conftest import Client
from tests.screens import DEPARTMENT, Screen, every_screen

pytestmark = every_screen

# --- 8. choices come by look-up; the row can make a new record -----------------------------------------


def count_of(screen: Screen) -> int:
    return db.session.scalar(select(func.count()).select_from(screen.far_model)) or 0


def test_a_new_record_is_made_and_linked_in_the_same_row(screen: Screen, client: Client) -> None:
    owner = screen.owner()
    page = screen.open(client, owner)
    page.add_new("Nova Ferrum")
    assert page.save().stored
    assert [str(far) for far in screen.fars(owner)] == ["Nova Ferrum"]
    assert screen.facts(owner) == [screen.after]


def test_a_new_record_is_not_left_behind_when_another_row_is_refused(screen: Screen, client: Client) -> None:
    owner, far = screen.owner(), screen.far_side()
    screen.link(owner, far)
    before = count_of(screen)
    page = screen.open(client, owner)
    page.row(far)[screen.far] = "Nobody of this name"
    page.add_new("Nova Ferrum")
    refused = page.save()
    assert refused.status == 422
    assert count_of(screen) == before
    row = refused.new_row("Nova Ferrum")
    assert row["is_new"], "the tick is still there"
    assert screen.new_far.items() <= row.values.items()


def test_two_new_records_can_be_made_in_one_save(screen: Screen, client: Client) -> None:
    owner = screen.owner()
    page = screen.open(client, owner, "?spare=2")
    page.add_new("Nova Ferrum")
    page.add_new("Quinta Lignum")
    if screen.new_far:
        page.new_row("Quinta Lignum")["new_code"] = "NEWER"
    assert page.save().stored
    assert sorted(map(str, screen.fars(owner))) == ["Nova Ferrum", "Quinta Lignum"]


def test_a_name_that_nobody_has_is_refused_with_the_way_out(screen: Screen, client: Client) -> None:
    owner = screen.owner()
    page = screen.open(client, owner)
    page.spare[screen.far] = "Nova Ferrum"
    refused = page.save()
    assert "No " in refused.all_rows[0].said
    assert "Tick “New”" in refused.all_rows[0].said


def test_a_whole_name_is_enough_where_one_has_it(screen: Screen, client: Client) -> None:
    owner, far = screen.owner(), screen.far_side()
    page = screen.open(client, owner)
    page.spare[screen.far] = str(far).upper()
    assert page.save().stored
    assert screen.fars(owner) == [far]


def test_a_name_that_several_have_lists_them(screen: Screen, client: Client) -> None:
    owner, (one, two) = screen.owner(), screen.far_sides(2)
    if screen.far == "department":
        one.code, two.name = "TWIN", "Twin"  # names of departments are unique: a code can be like a name
    else:
        attribute = "title" if screen.far == "book" else "name"
        for far in (one, two):
            setattr(far, attribute, "Twin")
    db.session.commit()
    page = screen.open(client, owner)
    page.spare[screen.far] = "Twin"
    refused = page.save()
    said = refused.all_rows[0].said
    assert "There are 2 called “Twin”" in said
    assert screen.typed(one) in said
    assert screen.typed(two) in said
    refused.all_rows[0][screen.far] = screen.typed(two)
    assert refused.save().stored
    assert screen.fars(owner) == [two]


def test_no_list_of_choices_grows_with_the_data(screen: Screen, client: Client) -> None:
    owner = screen.owner()
    screen.far_sides(60)
    page = screen.open(client, owner)
    assert max(len(control.options) for control in page.controls.values()) < WINDOW


def test_every_look_up_says_who_is_there_already(screen: Screen, client: Client) -> None:
    owner, (here, there) = screen.owner(), screen.far_sides(2)
    screen.link(owner, here)
    found = re.search(r'<main.*?data-find-url="([^"]+)"', screen.open(client, owner).html, re.DOTALL)
    assert found
    url = found.group(1).replace("&amp;", "&")
    answer = client.get(url + ("&" if "?" in url else "?") + "q=00")
    assert str(here) in answer.text
    assert str(there) in answer.text
    assert answer.text.count("already here") == 1


# --- 9. plain rows, one token that lives as long as the session ----------------------------------------


@pytest.fixture
def with_token(app: Flask) -> None:
    """The protection against forged requests, as it is outside the tests."""
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.mark.usefixtures("with_token")
def test_it_works_with_the_token_and_not_without(screen: Screen, client: Client) -> None:
    owner, far = screen.owner(), screen.far_side()
    screen.link(owner, far)
    page = screen.open(client, owner)
    page.row(far)[screen.fact] = screen.after
    token = page.fields.pop("csrf_token")
    refused = page.save()
    assert not refused.stored  # it is brought back, with everything typed, to be looked at
    assert screen.facts(owner) == [screen.before]
    page.fields["csrf_token"] = token
    assert page.save().stored
    assert screen.facts(owner) == [screen.after]


@pytest.mark.usefixtures("with_token")
def test_there_is_one_token_not_one_a_row(screen: Screen, client: Client) -> None:
    owner, fars = screen.owner(), screen.far_sides(3)
    screen.link(owner, *fars)
    page = screen.open(client, owner)
    assert [name for name in page.fields if "csrf" in name] == ["csrf_token"]


@pytest.mark.usefixtures("with_token")
def test_a_page_left_open_for_days_can_be_saved(
    screen: Screen, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, far = screen.owner(), screen.far_side()
    screen.link(owner, far)
    page = screen.open(client, owner)
    now = TimestampSigner("any").get_timestamp()
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: now + 6 * 86_400)
    page.row(far)[screen.fact] = screen.after
    assert page.save().stored


def test_the_rows_are_not_called_as_an_attribute_of_the_model(screen: Screen) -> None:
    near = inspect(screen.model).relationships[screen.near].mapper.class_
    assert not hasattr(near, screen.rows)


# --- 3. no limit to meet -------------------------------------------------------------------------------


@pytest.mark.parametrize("coding", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_more_than_a_thousand_inputs_can_be_sent(screen: Screen, client: Client, coding: str) -> None:
    owner, fars = screen.owner(), screen.far_sides(60)
    screen.link(owner, *fars[:50])
    page = screen.open(client, owner, "?spare=50")
    spare = [row for row in page.all_rows if not row["identity"]]
    for row, far in zip(spare, fars[50:], strict=False):
        row[screen.far] = screen.typed(far)
    page.fields.update({f"something-{number}": "else" for number in range(1200)})
    if coding == "multipart/form-data":
        # No form here is sent so. Werkzeug misreads an empty value at the edge of 64 kB (its issue 3285).
        page.fields = {name: value for name, value in page.fields.items() if value}
    saved = page.save(content_type=coding)
    assert saved.stored, saved.errors
    assert set(screen.fars(owner)) == set(fars)


# --- 11. names -----------------------------------------------------------------------------------------


def test_every_input_has_a_name_of_its_own(screen: Screen, client: Client) -> None:
    owner, fars = screen.owner(), screen.far_sides(2)
    screen.link(owner, *fars)
    page = screen.open(client, owner, "?spare=2")
    names = [
        page.reader.accessible_name(name)
        for name, control in page.controls.items()
        if control.kind != "hidden"
    ]
    assert all(names)
    in_rows = [name for name in names if ", row " in name]
    assert len(in_rows) > 4 * 7
    assert len(set(in_rows)) == len(in_rows)


def test_the_name_says_what_of_whom_and_where(screen: Screen, client: Client) -> None:
    owner, (first, second) = screen.owner(), screen.far_sides(2)
    screen.link(owner, first, second)
    page = screen.open(client, owner)
    row = page.stored_rows[1]
    called = getattr(second, "sort_name", None) if screen is DEPARTMENT else str(second)
    label = {"fte": "FTE", "royalty_percentage": "Royalty"}[screen.amount]
    assert page.reader.accessible_name(f"{row.prefix}-{screen.amount}") == f"{label} of {called}, row 2"
    assert page.reader.accessible_name(f"{row.prefix}-remove") == f"Remove {called}, row 2"


def test_an_error_is_tied_to_its_input(screen: Screen, client: Client) -> None:
    owner, far = screen.owner(), screen.far_side()
    screen.link(owner, far)
    page = screen.open(client, owner)
    row = page.row(far).type(**{screen.amount: "much"})
    refused = page.save()
    control = re.search(rf'<input[^>]*name="{row.prefix}-{screen.amount}"[^>]*>', refused.html)
    assert control
    assert 'aria-invalid="true"' in control.group()
    described = re.search(r'aria-describedby="([^"]+)"', control.group())
    assert described
    assert f'id="{described.group(1)}"' in refused.html
    assert f'href="#{row.prefix}-{screen.amount}"' in refused.html, "the summary leads to it"
