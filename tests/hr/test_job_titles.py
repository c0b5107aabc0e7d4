"""Job titles on the pages of a person: shown, written as dated rows, and kept by their rules."""

from datetime import date

import pytest
from sqlalchemy import select

from core.db import db
from hr.models import Employee, JobTitle
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


def edit(client: Client) -> Page:
    return Page(client, "/hr/employees/1001/edit")


def stored() -> list[tuple[str, str, str]]:
    wanted = select(JobTitle).order_by(JobTitle.starts_on, JobTitle.id)
    return [
        (one.title, str(one.starts_on), str(one.last_day or "open")) for one in db.session.scalars(wanted)
    ]


def test_the_page_shows_all_titles_and_the_current_one_in_its_head(client: Client, cast: Cast) -> None:
    factories.job_title(cast.ann, "Engineer", "2020-01-01", "2023-12-31")
    factories.job_title(cast.ann, "Senior Engineer", "2024-01-01")

    page = Page(client, "/hr/employees/1001?on=2025-06-01")

    assert "1001 · Senior Engineer · filed as Lee, Ann" in page.text
    assert "Engineer 1 Jan 2020 31 Dec 2023 Senior Engineer 1 Jan 2024 open" in page.text
    assert "1001 · Engineer · filed as" in Page(client, "/hr/employees/1001?on=2023-12-31").text


def test_titles_are_added_changed_and_removed(client: Client, cast: Cast) -> None:
    factories.job_title(cast.ann, "Engineer", "2020-01-01", "2023-12-31")
    factories.job_title(cast.ann, "Typo", "2021-01-01")
    page = edit(client)
    first, second, spare = page.prefixes("title")
    page.type(**{f"{first}-last_day": "30.6.2023", f"{second}-remove": "y"})
    page.type(**{f"{spare}-title": "Senior  Engineer", f"{spare}-starts_on": "1 Jul 2023"})

    assert page.save().stored

    assert stored() == [("Engineer", "2020-01-01", "2023-06-30"), ("Senior Engineer", "2023-07-01", "open")]


def test_a_boundary_between_two_terms_of_one_title_moves(client: Client, cast: Cast) -> None:
    factories.job_title(cast.ann, "Engineer", "2020-01-01", "2020-12-31")
    factories.job_title(cast.ann, "Engineer", "2021-01-01")
    page = edit(client)
    first, second, _spare = page.prefixes("title")

    assert page.type(**{f"{first}-last_day": "2021-06-30", f"{second}-starts_on": "2021-07-01"}).save().stored

    assert [one[1:] for one in stored()] == [("2020-01-01", "2021-06-30"), ("2021-07-01", "open")]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"starts_on": "2021-01-01"}, "Write the title, or remove this row."),
        ({"title": "Clerk"}, "Which is the first day with this title?"),
        (
            {"title": "Clerk", "starts_on": "2021-01-02", "last_day": "2021-01-01"},
            "The last day is before the first day.",
        ),
        (
            {"title": "ENGINEER", "starts_on": "2020-12-31"},
            "This title is there already, 1 Jan 2020 to 31 Dec 2020: on some days it would be twice.",
        ),
        (
            {"title": "Clerk", "starts_on": "2019-12-31"},
            "This title begins before the person was hired (1 Jan 2020).",
        ),
    ],
)
def test_a_title_is_refused_at_its_row(client: Client, cast: Cast, typed: dict[str, str], said: str) -> None:
    cast.ann.hired_on = date(2020, 1, 1)
    factories.job_title(cast.ann, "Engineer", "2020-01-01", "2020-12-31")
    page = edit(client)
    spare = page.prefixes("title")[-1]

    answer = page.type(**{f"{spare}-{name}": value for name, value in typed.items()}).save()

    assert not answer.stored
    assert said in answer.errors
    assert [answer.fields[f"{spare}-{name}"] for name in typed] == list(typed.values())
    assert len(stored()) == 1


def test_an_employment_keeps_its_titles_inside_or_ends_them(client: Client, cast: Cast) -> None:
    factories.job_title(cast.ann, "Engineer", "2020-01-01")

    answer = edit(client).type(left_on="2024-12-31").save()
    assert "The job title “Engineer”, from 1 Jan 2020, open, goes on after" in answer.errors

    assert answer.type(end_stays="y").save().stored
    assert stored() == [("Engineer", "2020-01-01", "2024-12-31")]


def test_titles_follow_a_new_number_and_go_with_the_person(client: Client, cast: Cast) -> None:
    factories.job_title(cast.ann, "Engineer", "2020-01-01")

    assert edit(client).type(number="2001").save().stored
    assert [one.title for one in db.session.get_one(Employee, "2001").job_titles] == ["Engineer"]

    page = Page(client, "/hr/employees/2001/delete")
    assert "1 job title and" in page.text
    page.type(reason="entered twice").save()
    assert stored() == []
