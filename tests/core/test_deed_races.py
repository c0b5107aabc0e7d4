"""Deeds that are done at the same moment, by real processes: one is done, the other sees what has become."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.db import db
from core.models import ChangeSet
from hr.models import DepartmentEmployeeLink, Employee
from library.models import AuthorBook
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.hr.stays import rows
from tests.pages import Page
from tests.racing import Answer, Race, Run, refused, statuses

rounds = pytest.mark.parametrize("nth", range(2))
MEANWHILE = (
    "Something has changed since this was shown",
    "deleted or got another key meanwhile",
    "Nothing would change",
)


@pytest.fixture
def race(race: Run) -> Run:
    """Presses the button below each preview, each in a process of its own, all at the same moment."""
    return lambda *pages: race(*pages, do="yes")


def shown(client: Client, url: str, **typed: str) -> Page:
    """The page of a deed with its preview."""
    page = Page(client, url).type(**typed).save()
    assert "What would change" in page.text
    return page


def one_is_told(answers: list[Answer]) -> bool:
    """Whether one is done, and the other is told that something has become of it meanwhile."""
    if sorted(answer.status for answer in answers) not in ([303, 422], [303, 404]):
        return False
    told = refused(answers)
    return any(words in told for words in MEANWHILE) or "not there any more" in told


@rounds
def test_of_an_end_and_a_transfer_one_is_done(client: Client, cast: Cast, race: Run, nth: int) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500")
    end = shown(client, f"/hr/end?key={stay.id}", last_day="2025-06-30")
    transfer = shown(client, f"/hr/transfer?key={stay.id}", department="#SALES", from_day="2025-06-16")
    assert one_is_told(race(end, transfer))
    assert rows() in (
        [("1001", "IT", "2024-01-01", "2025-06-30", "0.500")],
        [
            ("1001", "IT", "2024-01-01", "2025-06-15", "0.500"),
            ("1001", "SALES", "2025-06-16", None, "0.500"),
        ],
    )


@rounds
@pytest.mark.parametrize("deed", ["add to", "renumber", "leave", "end", "make main"])
def test_a_renumber_beside_another_deed_leaves_nobody_behind(
    client: Client, cast: Cast, race: Run, deed: str, nth: int
) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    other = {
        "add to": ("/hr/add-to-department?key=1001", {"department": "#SALES", "starts_on": "2025-01-01"}),
        "renumber": ("/hr/employees/1001/renumber", {"number": "3001"}),
        "leave": ("/hr/leave?key=1001", {"last_day": "2025-12-31"}),
        "end": (f"/hr/end?key={stay.id}", {"last_day": "2025-12-31"}),
        "make main": (f"/hr/make-main?key={stay.id}", {}),
    }[deed]
    answers = race(
        shown(client, "/hr/employees/1001/renumber", number="2001"), shown(client, other[0], **other[1])
    )
    assert all(answer.status in (303, 404, 422) for answer in answers)
    assert [answer.status for answer in answers].count(303) or one_is_told(answers)
    numbers = set(db.session.scalars(select(Employee.number)))
    assert len(numbers & {"1001", "2001", "3001"}) == 1
    assert {row[0] for row in rows()} <= numbers


@rounds
def test_two_transfers_the_other_way_round_are_both_done(
    client: Client, cast: Cast, race: Run, nth: int
) -> None:
    ann, ben = (
        factories.stay(cast.ann, cast.it, "2024-01-01"),
        factories.stay(cast.ben, cast.sales, "2024-01-01"),
    )
    answers = race(
        shown(client, f"/hr/transfer?key={ann.id}", department="#SALES", from_day="2025-06-16"),
        shown(client, f"/hr/transfer?key={ben.id}", department="#IT", from_day="2025-06-16"),
    )
    assert [answer.status for answer in answers] == [303, 303]
    assert len(rows()) == 4


@rounds
def test_a_recode_beside_a_transfer_there_leaves_no_stay_behind(
    client: Client, cast: Cast, race: Run, nth: int
) -> None:
    ann = factories.stay(cast.ann, cast.it, "2024-01-01")
    answers = race(
        shown(client, "/hr/departments/SALES/recode", code="SELL"),
        shown(client, f"/hr/transfer?key={ann.id}", department="#SALES", from_day="2025-06-16"),
    )
    assert answers[0].status in (303, 422)
    assert answers[1].status in (303, 422)
    assert 303 in {answer.status for answer in answers}
    assert {row[1] for row in rows()} <= {"IT", "SELL", "SALES"}


@rounds
def test_a_transfer_of_a_head_is_not_taken_back_beside_a_new_head(
    client: Client, cast: Cast, race: Run, nth: int
) -> None:
    """The stay that goes on is in another department than the one that goes away."""
    factories.stay(cast.ann, cast.it, "2024-01-01", "2030-06-15", role="head")
    moved = factories.stay(cast.ann, cast.sales, "2030-06-16")
    ben = factories.stay(cast.ben, cast.it, "2024-01-01")
    answers = race(
        shown(client, f"/hr/take-back?key={moved.id}"),
        shown(client, f"/hr/role?key={ben.id}", role="head", from_day="2030-07-01"),
    )
    assert 303 in {answer.status for answer in answers}
    heads = db.session.scalars(
        select(DepartmentEmployeeLink.employee_number).where(
            DepartmentEmployeeLink.role == "head",
            DepartmentEmployeeLink.department_code == "IT",
            DepartmentEmployeeLink.on(date(2031, 1, 1)),
        )
    ).all()
    assert len(heads) == 1


@rounds
def test_an_undo_beside_a_save_of_the_same_link_loses_neither(
    client: Client, cast: Cast, race: Run, processes: Race, nth: int
) -> None:
    """Who comes second is told: the undo that it was changed since, the save what it has become."""
    factories.stay(cast.ann, cast.it, fte="0.500")
    assert Page(client, "/hr/employees/1001").change("#IT", fte="0.7").save().stored
    undo = shown(client, f"/history/{db.session.scalar(select(func.max(ChangeSet.id)))}/undo")
    undo.fields["do"] = "yes"
    save = Page(client, "/hr/departments/IT").change("#1001", fte="0.8")
    answers = processes.pages(undo, save)
    assert statuses(answers) == [303, 422]
    now, said = ("0.500", "; you have") if answers[0].status == 303 else ("0.800", "changed FTE on")
    assert [str(row[4]) for row in rows()] == [now]
    assert said in refused(answers) or "Something has changed" in refused(answers)


@rounds
def test_of_two_new_authors_of_60_percent_one_is_credited(client: Client, race: Run, nth: int) -> None:
    book, one, two = factories.book("Emma"), factories.author("One"), factories.author("Two")
    pages = [
        shown(client, f"/library/credit?key={book.id}", author=f"#{who.id}", royalty_percentage="60")
        for who in (one, two)
    ]
    assert sorted(answer.status for answer in race(*pages)) == [303, 422]
    assert db.session.scalars(select(AuthorBook.royalty_percentage)).all() == [Decimal(60)]
