"""One's own record: seen by whoever it belongs to, also without a role in HR."""

import pytest
from flask import Flask

from core.db import db
from tests import cast as people
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def ann(app: Flask, cast: Cast) -> Client:
    """Ann has an account without any role."""
    user = people.somebody("Ann Lee")
    cast.ann.account = user
    db.session.commit()
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500", extra_data="mornings")
    factories.stay(cast.ben, cast.it, "2024-01-01", extra_data="nights")
    factories.address(cast.ann, "1 Mill Lane")
    factories.job_title(cast.ann, "Analyst", "2024-01-01")
    return app.test_client().sign_in(user)


def test_it_is_reached_from_the_own_account(ann: Client) -> None:
    assert Page(ann, "/account").link("Ann Lee") == "/hr/me"


def test_it_has_what_is_kept_and_nothing_of_others(ann: Client) -> None:
    page = Page(ann, "/hr/me")
    assert page.table[0] == [
        "Information Technology",
        "0.500",
        "mornings",
        "member",
        "",
        "1 Jan 2024",
        "open",
    ]
    assert all(words in page.text for words in ("1001", "Analyst", "1 Mill Lane"))
    assert "nights" not in page.html
    assert "Okafor" not in page.html


def test_the_rest_of_the_room_stays_closed(ann: Client) -> None:
    assert ann.get("/hr/employees/1001").status_code == 403
    assert "Staffing" not in Page(ann, "/").text


def test_without_a_record_it_says_so(app: Flask) -> None:
    nora = app.test_client().sign_in(people.without_role())
    answer = nora.get("/hr/me")
    assert answer.status_code == 404
    assert "No record of a person belongs to your account." in answer.text
