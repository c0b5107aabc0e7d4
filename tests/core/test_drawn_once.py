"""What is drawn once for many: it is never that of another person, another day or another address."""

import re
from collections import Counter

import pytest
from flask import Flask

from core import once
from tests import cast as people
from tests import factories
from tests.cast import Cast
from tests.conftest import Client

PAGE, DAY = "/hr/employees", "on=2025-06-01"
LISTS = ("/hr/departments", PAGE, "/hr/stays", "/library/books", "/library/authors", "/library/shares")


def navigation(client: Client, url: str, **how: str) -> str:
    """The navigation of a page, as markup."""
    page = client.get(url, **how).get_data(as_text=True)
    (found,) = re.findall(r'<nav id="nav".*?</nav>', page, re.DOTALL)
    return str(found)


def test_another_day_is_led_on_and_forgotten(client: Client, cast: Cast) -> None:
    for _again in range(2):
        assert f'href="/hr/stays?{DAY}"' in navigation(client, f"{PAGE}?{DAY}")
        assert 'href="/hr/stays"' in navigation(client, PAGE)


def test_each_sees_the_rooms_that_are_open(app: Flask) -> None:
    seen = {
        somebody: navigation(app.test_client().sign_in(somebody()), PAGE)
        for somebody in (people.hr_reader, people.administrator, people.hr_editor)
    }
    assert {somebody: ("Accounts" in shown, "Import" in shown) for somebody, shown in seen.items()} == {
        people.hr_reader: (False, False),
        people.administrator: (True, True),
        people.hr_editor: (False, True),
    }
    assert ["Books" in shown for shown in seen.values()] == [False, True, False]


def test_behind_another_address_everything_leads_there(client: Client, cast: Cast) -> None:
    assert 'href="/hr/stays"' in navigation(client, PAGE)
    page = client.get(PAGE, base_url="http://localhost/joinery").get_data(as_text=True)
    led = re.findall(r'(?:href|action|formaction)="(/[^"]*)"', page)
    assert led
    assert [url for url in led if not url.startswith("/joinery/")] == []
    assert 'href="/hr/stays"' in navigation(client, PAGE)


def test_where_one_is_depends_on_the_page_alone(app: Flask, client: Client, cast: Cast) -> None:
    """The navigation is drawn once for each endpoint, so no endpoint may stand at two places."""
    rules = Counter(rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint != "static")
    assert [endpoint for endpoint, count in rules.items() if count > 1] == []
    assert 'href="/hr/employees" aria-current="page"' in navigation(client, PAGE)
    assert 'href="/hr/employees" aria-current="true"' in navigation(client, f"{PAGE}/1001")


def around_the_rows(client: Client, url: str) -> str:
    """What a list shows but for its rows: how it is asked, sorted and taken away, and what can be done."""
    page = client.get(url).get_data(as_text=True)
    (found,) = re.findall(r'<section class="card">.*?</section>', page, re.DOTALL)
    return re.sub("<tbody>.*</tbody>", "", str(found), flags=re.DOTALL)


@pytest.mark.parametrize("url", LISTS)
def test_what_stands_around_a_list_is_what_each_would_see_alone(app: Flask, cast: Cast, url: str) -> None:
    addresses = (url, f"{url}?{DAY}", f"{url}?sort=-", f"{url}?columns=name", f"{url}?count=1", f"{url}?q=a")
    factories.share(factories.book("Dovetails"), factories.author("Ada Penn"))
    reader = people.somebody("Rita Reader", "HR reader", "Library reader")
    somebodies = [app.test_client().sign_in(one) for one in (cast.administrator, reader)]
    for address in addresses:
        seen = [around_the_rows(somebody, address) for somebody in somebodies]
        alone = []
        for somebody in somebodies:
            app.extensions["once"].clear()
            alone.append(around_the_rows(somebody, address))
        assert seen == alone


def test_what_can_be_done_with_rows_is_offered_to_whom_it_is_open(app: Flask, cast: Cast) -> None:
    reader = people.somebody("Rita Reader", "HR reader")
    adam, rita = (app.test_client().sign_in(one) for one in (cast.administrator, reader))
    assert ["formaction" in around_the_rows(somebody, PAGE) for somebody in (adam, rita, adam)] == [
        True,
        False,
        True,
    ]


def test_what_stands_around_a_list_tells_its_length_and_leads_on_in_its_order(
    client: Client, cast: Cast
) -> None:
    url, by_year = "/library/books", "/library/books?sort=year"
    factories.book("Dovetails")
    factories.book("Mortises")
    for number in (2, 3):
        assert f"Find in these {number}…" in around_the_rows(client, url)
        assert f"All {number} that match" in around_the_rows(client, url)
        assert 'href="/library/books?sort=-title"' in around_the_rows(client, url)
        assert 'name="sort"' not in around_the_rows(client, url)
        assert 'href="/library/books?sort=-year"' in around_the_rows(client, by_year)
        assert 'name="sort" value="year"' in around_the_rows(client, by_year)
        factories.book("Wedges")


def test_only_the_orders_that_there_are_are_remembered(app: Flask, client: Client, cast: Cast) -> None:
    for query in ("", "?sort=number", "?sort=-number"):
        around_the_rows(client, PAGE + query)
    known = set(app.extensions["once"])
    for query in ("sort=nonsense", "sort=--number", "sort=number&sort=number", "sort=number&columns=name"):
        around_the_rows(client, f"{PAGE}?{query}")
    assert set(app.extensions["once"]) == known


def test_no_more_is_remembered_than_there_is_room_for(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "MOST", 3)
    for number in range(5):
        with app.test_request_context():
            assert once.once(("a number", number), lambda made=number: made) == number
        assert len(app.extensions["once"]) <= 3


def test_templates_have_no_globals_of_their_own(app: Flask) -> None:
    with pytest.raises(TypeError, match="no globals of its own: secret"):
        app.jinja_env.from_string("{{ secret }}", globals={"secret": "of one page"})
    assert app.jinja_env.from_string("{{ secret }}").render() == ""
