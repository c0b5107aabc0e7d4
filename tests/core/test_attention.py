"""The first page says what needs attention, and each line leads to a list with exactly those records."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

import core.remembered
from core.db import db
from core.models import UNTOLD, ChangeSet, User
from tests import cast as people
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page, squeezed

TODAY = date(2025, 5, 20)


@pytest.fixture(autouse=True)
def may(today: Callable) -> None:
    """It is 20 May 2025."""


def lines(client: Client) -> dict[str, str]:
    """What the page says needs attention, each with where it leads."""
    page = client.get("/").text
    section = page.split('id="attention"', 1)[1].split("</section>", 1)[0]
    found = re.findall(r'<a href="([^"]+)">(.*?)</a>', section)
    return {squeezed(re.sub("<[^>]+>", "", words)): url.replace("&amp;", "&") for url, words in found}


def names(client: Client, line: str) -> list[str]:
    """The first column of the list that a line leads to."""
    return Page(client, lines(client)[line]).first_column


def headed(cast: Cast) -> None:
    """Both departments have a head, so that nothing is left to say about them."""
    factories.stay(cast.john, cast.it, "2020-01-01", role="head")
    factories.stay(cast.bill, cast.sales, "2020-01-01", role="acting head")


def test_where_all_is_well_the_page_is_calm(client: Client, cast: Cast) -> None:
    headed(cast)
    factories.share(factories.book(), factories.author(), "10")
    assert "Nothing needs attention today." in client.get("/").text
    assert lines(client) == {}


def test_where_nothing_is_yet_nothing_is_said_of_attention(client: Client) -> None:
    assert "attention" not in client.get("/").text


def test_stays_that_end_within_thirty_days(client: Client, cast: Cast) -> None:
    headed(cast)
    ends = {"today": 0, "in thirty days": 30, "yesterday": -1, "later": 31}
    for name, days in ends.items():
        person = factories.employee(f"{name} {name}")
        factories.stay(person, cast.it, "2024-01-01", TODAY + timedelta(days=days))
    factories.stay(cast.ann, cast.it, TODAY + timedelta(days=1), TODAY + timedelta(days=5))
    assert list(lines(client)) == ["2 stays end within 30 days"]
    assert {name.split(",")[1].split()[0] for name in names(client, "2 stays end within 30 days")} == {
        "today",
        "in",
    }


def test_people_above_one_with_and_without_a_reason(client: Client, cast: Cast) -> None:
    headed(cast)
    for person, reason in ((cast.ann, None), (cast.ben, "covers for John")):
        factories.stay(person, cast.it, "2025-01-01", fte="0.600")
        factories.stay(person, cast.sales, "2025-01-01", fte="0.401", overload_reason=reason)
    full = factories.employee("Exactly Full")
    factories.stay(full, cast.it, "2025-01-01", fte="0.600")
    factories.stay(full, cast.sales, "2025-01-01", fte="0.400")
    over = factories.employee("Was Over")
    factories.stay(over, cast.it, "2025-01-01", fte="0.600")
    factories.stay(over, cast.sales, "2025-01-01", "2025-04-19", fte="0.900")
    above, unexplained = (
        "2 people are above 1.000 FTE today",
        "1 person is above 1.000 FTE today without a reason",
    )
    assert list(lines(client)) == [above, unexplained]
    assert names(client, above) == ["Lee, Ann", "Okafor, Ben"]
    assert names(client, unexplained) == ["Lee, Ann"]


def test_departments_without_a_head_today(client: Client, cast: Cast) -> None:
    factories.stay(cast.john, cast.it, "2020-01-01", role="head")
    factories.stay(cast.bill, cast.sales, "2020-01-01", TODAY - timedelta(days=1), role="head")
    factories.department("OLD", "Closed", archived_on=date(2024, 1, 1))
    assert list(lines(client)) == ["1 department has no head today"]
    assert names(client, "1 department has no head today") == ["Sales"]


def test_books_without_an_author_or_a_percentage_or_with_an_unusual_sum(client: Client) -> None:
    ann, ben = factories.author("Ann"), factories.author("Ben")
    factories.book("Nobody’s")
    factories.book("Put away", archived_on=date(2024, 1, 1))
    factories.share(factories.book("For nothing"), ann, "0")
    shared = factories.book("For half")
    factories.share(shared, ann, "0")
    factories.share(shared, ben, "10")
    factories.share(factories.book("For too little"), ann, "4.9999")
    factories.share(factories.book("For too much"), ann, "25.0001")
    for title, royalty in (("At least", "5"), ("At most", "25")):
        factories.share(factories.book(title), ann, royalty)
    said = {
        "1 book has no author": ["Nobody’s"],
        "1 book has no percentage for anybody": ["For nothing"],
        "2 books have royalties below 5 % or above 25 %": ["For too little", "For too much"],
    }
    assert list(lines(client)) == list(said)
    for line, titles in said.items():
        assert names(client, line) == titles


def test_ones_own_uploads_and_jobs_wait(client: Client, cast: Cast, editor: User) -> None:
    headed(cast)
    factories.upload(editor)
    factories.upload(cast.administrator)
    for state, user in (("running", editor), ("done", editor), ("waiting", cast.administrator)):
        factories.job(user, state)
    assert lines(client) == {
        "1 file of yours waits to be stored": "/import",
        "1 job of yours is under way": "/jobs",
    }


def test_counting_stops_and_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.search.MANY", 3)
    for number in range(6):
        factories.book(f"Nobody’s {number}")
    assert lines(client) == {"3+ books have no author": "/library/books?authors=0"}


def test_it_costs_twelve_statements_at_most_whatever_there_is(
    client: Client, cast: Cast, statements: Callable
) -> None:
    with statements() as few:
        client.get("/")
    for number in range(20):
        person = factories.employee(f"Person {number}")
        for department in (cast.it, cast.sales):
            factories.stay(person, department, "2025-01-01", "2025-06-01", fte="0.8")
        factories.share(factories.book(f"Book {number}"), factories.author(f"Author {number}"), "99")
    with statements() as many:
        assert len(lines(client)) == 5
    assert len(few) == len(many) <= 12


# --- counted a moment ago --------------------------------------------------------------------------------


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Iterator[None]:
    """Counting takes so long that what was counted is remembered."""
    monkeypatch.setattr(core.remembered, "SLOW", -1)
    yield
    app.extensions["remembered"].clear()


def test_what_one_has_put_right_is_seen_at_once_and_what_others_did_within_a_minute(
    client: Client, cast: Cast, app: Flask, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    headed(cast)
    colleague = app.test_client().sign_in(cast.administrator)
    assert lines(colleague) == lines(client) == {}
    Page(client, "/library/new-book").type(title="Emma").save()
    assert list(lines(client)) == ["1 book has no author"]
    Page(client, "/library/new-book").type(title="Persuasion").save()
    assert list(lines(colleague)) == ["1 book has no author"]
    monkeypatch.setattr(core.remembered, "GOOD_FOR", 0)
    assert list(lines(colleague)) == ["2 books have no author"]


def test_what_is_remembered_is_not_counted_again(
    client: Client, cast: Cast, slow: None, statements: Callable
) -> None:
    headed(cast)
    with statements() as first:
        client.get("/")
    with statements() as again:
        client.get("/")
    assert len(again) < len(first)
    assert not any("match_key" in one for one in again)


def test_nobody_sees_what_was_counted_for_somebody_with_other_rights(
    client: Client, cast: Cast, app: Flask, slow: None
) -> None:
    headed(cast)
    factories.stay(cast.ann, cast.it, "2024-01-01", None, "0.800", overload_reason="Covers")
    factories.stay(cast.ann, cast.sales, "2024-01-01", None, "0.800", overload_reason="Covers")
    assert list(lines(client)) == ["1 person is above 1.000 FTE today"]
    limited = app.test_client().sign_in(people.limited_editor(cast.it))
    reader = app.test_client().sign_in(people.library_reader())
    assert "1 person is above 1.000 FTE today" in lines(limited)
    assert lines(reader) == {}


def test_an_import_that_has_its_number_long_before_it_is_stored_is_seen(
    client: Client, cast: Cast, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    headed(cast)
    ahead = ChangeSet(deed="Imported.", room=UNTOLD, count=1)
    db.session.add(ahead)
    db.session.commit()
    assert lines(client) == {}
    factories.book()
    db.session.execute(update(ChangeSet).values(room="library"))
    db.session.commit()
    monkeypatch.setattr(core.remembered, "GOOD_FOR", -1)
    assert "1 book has no author" in lines(client)
