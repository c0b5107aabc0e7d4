"""What a list puts together once: never what depends on who asks, on the data, or on what is asked."""

from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import Integer, String, literal, select, union_all

from core.access import this_page
from core.among import among
from core.cells import Ways, all_escaped, joined
from core.db import db
from hr import queries
from library.queries import books
from tests import cast as people
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page

DAY = date(2025, 5, 20)


def test_a_list_of_which_nothing_is_asked_is_put_together_once(app: Flask) -> None:
    plain, sorts = queries.employees({}, "", DAY)
    assert queries.employees({}, "", DAY)[0] is plain
    assert queries.employees({}, "ann", DAY)[0] is not plain
    assert queries.employees({"state": "left"}, "", DAY)[0] is not plain
    assert queries.stays({}, "", DAY)[0] is not queries.stays({}, "", date(2025, 5, 21))[0]
    assert sorts.keys() == queries.employees({}, "ann", DAY)[1].keys()


def test_a_list_shows_what_was_stored_since_it_was_put_together(client: Client, cast: Cast) -> None:
    assert "Zoe Young" not in Page(client, "/hr/employees").text
    factories.employee("Zoe Young", "1009")
    db.session.commit()
    assert "Young, Zoe" in Page(client, "/hr/employees").text
    assert "Young, Zoe" not in Page(client, "/hr/employees?q=ann").text
    assert books({}, "")[0] is books({}, "")[0]


def test_a_filter_that_was_drawn_for_one_shows_another_only_their_choices(app: Flask, cast: Cast) -> None:
    by = [app.test_client().sign_in(one) for one in (cast.administrator, people.hr_reader())]
    for who in (0, 1, 0):
        told = [fact for fact in ("of a stay", "of a book") if fact in Page(by[who], "/history").html]
        assert told == (["of a stay", "of a book"] if who == 0 else ["of a stay"])


def test_a_filter_that_is_set_is_shown_as_it_is_set(client: Client, cast: Cast) -> None:
    set_one = '<option selected value="left">'
    assert set_one not in Page(client, "/hr/employees").html
    asked = Page(client, "/hr/employees?state=left&hired_from=x%3C").html
    assert set_one in asked
    assert "x&lt;" in asked
    assert "x&lt;" not in Page(client, "/hr/employees").html


def test_one_of_many_keys_is_asked_for_by_one_value(app: Flask) -> None:
    def found(values: list[Any], kind: Any, keys: list[Any]) -> list[Any]:
        rows = union_all(*(select(literal(one, kind).label("key")) for one in values)).subquery()
        wanted = select(rows.c.key).where(among(rows.c.key))
        return [row[0] for row in db.session.connection().execute(wanted, {"keys": keys})]

    odd = ["Ä'\"", "a", "b,{}"]
    assert set(found(odd, String(), [*odd, "none"])) == set(odd)
    assert found(odd, String(), []) == []
    assert found([1, 2, 3], Integer(), [2]) == [2]


def test_texts_are_escaped_at_once_as_each_would_be() -> None:
    assert all_escaped(["a<b", "", "“&”", "'\""]) == ["a&lt;b", "", "“&amp;”", "&#39;&#34;"]
    assert all_escaped(["a\x00<", "b"]) == ["a\x00&lt;", "b"], "what stands between them is in one of them"
    assert all_escaped([]) == []
    assert joined(["<", "", joined(["b"])], ", ") == "&lt;, b"


def test_a_record_is_led_to_whatever_is_in_its_key(app: Flask) -> None:
    with app.test_request_context("/hr/employees"):
        ways = Ways()
        said = ways("hr.employee", "number", "1&2.Ä", "<Ann>")
        assert said == '<a href="/hr/employees/1&amp;2.%C3%84">&lt;Ann&gt;</a>'
        assert ways("hr.employee", "number", "1&2.Ä", "<Ann>") is said
        assert ways("hr.employee", "number", "7", "Bo") == '<a href="/hr/employees/7">Bo</a>'


def test_a_page_leads_to_itself_with_other_arguments(app: Flask) -> None:
    with app.test_request_context("/hr/employees/1%262?q=ä+b&key=1&key=2&on=2020-01-01&_scheme=x&number=9"):
        assert this_page() == "/hr/employees/1&2?q=%C3%A4+b&key=1&key=2&on=2020-01-01"
        assert this_page(("key", "on"), sort="-name", after=None) == "/hr/employees/1&2?q=%C3%A4+b&sort=-name"
        assert this_page(("q", "key", "on")) == "/hr/employees/1&2"
