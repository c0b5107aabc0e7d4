"""Two people, and two departments, become one: what moves, what is asked, what is kept."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from core.db import db
from core.models import ChangeSet
from core.rights import on_behalf_of
from core.writing import Refused, writing
from hr import operations, queries
from hr.models import (
    Address,
    Department,
    DepartmentEmployeeLink,
    Employee,
    EmployeeAlias,
    JobTitle,
    NotTheSamePerson,
)
from hr.operations import departments as merge_of_departments
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.hr.stays import rows
from tests.hr.test_deeds import day
from tests.pages import Page

Link = DepartmentEmployeeLink


@pytest.fixture
def annie(cast: Cast) -> Employee:
    """Annie Lee, 2001: Ann Lee, 1001, was taken on a second time."""
    return factories.employee("Annie Lee", "2001")


def questions(winner: Employee, loser: Employee) -> dict[str, Any]:
    db.session.rollback()
    return {one.name: one for one in operations.questions_of_people(winner, loser)}


def merge(winner: Employee, loser: Employee, **answers: str) -> list[str]:
    """Merge two people as the page does, each question answered as it proposes or as said here."""
    numbers = winner.number, loser.number
    asked = {name: one.default for name, one in questions(winner, loser).items()}
    db.session.rollback()
    with writing(operations.check) as work:
        notes = operations.merge_people(work, *numbers, asked | answers)
    db.session.rollback()
    return notes


def in_one_department(annie: Employee, cast: Cast, **facts: Any) -> str:
    """Ann is in IT in 2024, Annie from July on without an end; answers the name of the question."""
    factories.stay(cast.ann, cast.it, "2024-01-01", "2024-12-31", "0.500", **facts)
    factories.stay(annie, cast.it, "2024-07-01", fte="0.300")
    return next(name for name in questions(cast.ann, annie) if name.startswith("stays-"))


# --- people: stays ---------------------------------------------------------------------------------


def test_stays_that_do_not_meet_move(cast: Cast, annie: Employee) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", "2024-06-30", "0.500")
    factories.stay(annie, cast.it, "2024-07-01", fte="0.300")
    factories.stay(annie, cast.sales, "2024-01-01", fte="0.400")
    merge(cast.ann, annie)
    assert rows() == [
        ("1001", "IT", "2024-01-01", "2024-06-30", "0.500"),
        ("1001", "SALES", "2024-01-01", None, "0.400"),
        ("1001", "IT", "2024-07-01", None, "0.300"),
    ]
    assert db.session.get(Employee, "2001") is None


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("stays", [("2024-01-01", "2024-12-31", "0.500")]),
        ("goes", [("2024-07-01", None, "0.300")]),
        ("one", [("2024-01-01", None, "0.500")]),
        (
            "add",
            [
                ("2024-01-01", "2024-06-30", "0.500"),
                ("2024-07-01", "2024-12-31", "0.800"),
                ("2025-01-01", None, "0.300"),
            ],
        ),
    ],
)
def test_of_stays_that_meet_what_was_decided_is_left(
    cast: Cast, annie: Employee, answer: str, left: list[tuple[str, str | None, str]]
) -> None:
    name = in_one_department(annie, cast)
    merge(cast.ann, annie, **{name: answer})
    assert rows() == [("1001", "IT", *one) for one in left]


def test_one_stay_keeps_the_facts_of_the_one_that_stays(cast: Cast, annie: Employee) -> None:
    name = in_one_department(annie, cast, extra_data="mornings", role="head")
    merge(cast.ann, annie, **{name: "one"})
    stay = db.session.scalars(select(Link)).one()
    assert (stay.extra_data, stay.role) == ("mornings", "head")


def test_stays_that_hang_together_are_decided_together(cast: Cast, annie: Employee) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", "2024-03-31")
    factories.stay(cast.ann, cast.it, "2024-06-01", "2024-12-31")
    factories.stay(annie, cast.it, "2024-03-01", "2024-06-30")
    asked = questions(cast.ann, annie)
    assert list(asked) == ["name", *(name for name in asked if name.startswith("stays-"))]
    assert len(asked) == 2
    merge(cast.ann, annie)
    assert rows() == [("1001", "IT", "2024-01-01", "2024-12-31", None)]


def test_fte_that_adds_up_to_more_than_one_is_no_stay(cast: Cast, annie: Employee) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.700")
    stay = factories.stay(annie, cast.it, "2024-01-01", fte="0.600")
    before = rows()
    with pytest.raises(Refused, match=r"1\.300 FTE from 1 Jan 2024, open; one stay has at most 1\.000"):
        merge(cast.ann, annie, **{f"stays-{stay.id}": "add"})
    assert rows() == before


def test_a_sum_above_one_asks_for_a_reason(cast: Cast, annie: Employee) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.700")
    factories.stay(annie, cast.sales, "2024-01-01", fte="0.600")
    with pytest.raises(Refused, match=r"Ann Lee would be at 1\.300 FTE"):
        merge(cast.ann, annie)
    assert len(rows()) == 2


@pytest.mark.parametrize(
    ("answer", "mains"),
    [
        (
            "stays",
            [
                ("IT", "2024-04-01", "2024-06-30"),
                ("SALES", "2024-01-01", "2024-03-31"),
                ("SALES", "2024-07-01", None),
            ],
        ),
        ("goes", [("SALES", "2024-01-01", None)]),
    ],
)
def test_on_days_with_two_main_departments_one_is_decided(
    cast: Cast, annie: Employee, answer: str, mains: list[tuple[str, str, str | None]]
) -> None:
    factories.stay(cast.ann, cast.it, "2024-04-01", "2024-06-30", is_primary=True)
    factories.stay(annie, cast.sales, "2024-01-01", is_primary=True)
    merge(cast.ann, annie, main=answer)
    found = db.session.scalars(select(Link).where(Link.is_primary))
    said = [
        (one.department_code, str(one.starts_on), str(one.last_day) if one.last_day else None)
        for one in found
    ]
    assert sorted(said) == mains


def test_what_was_not_decided_is_refused(cast: Cast, annie: Employee) -> None:
    in_one_department(annie, cast)
    before = rows()
    with pytest.raises(Refused, match="was not asked"), writing(operations.check) as work:
        operations.merge_people(work, "1001", "2001", {"name": "stays"})
    assert rows() == before


# --- people: everything else -----------------------------------------------------------------------


def test_the_old_number_and_those_before_it_lead_to_who_stays(
    cast: Cast, annie: Employee, client: Client
) -> None:
    db.session.add(EmployeeAlias(old="X7", employee=annie))
    db.session.commit()
    merge(cast.ann, annie)
    assert {alias.old: alias.name for alias in cast.ann.aliases} == {"2001": "Annie Lee", "X7": None}
    assert [queries.current_number(old) for old in ("2001", "x7")] == ["1001", "1001"]
    assert client.get("/hr/employees/2001").location == "/hr/employees/1001"


def test_days_are_decided_and_the_widest_ones_proposed(cast: Cast, annie: Employee) -> None:
    cast.ann.hired_on, cast.ann.left_on = day("2010-01-01"), day("2020-12-31")
    annie.hired_on = day("2005-03-01")
    db.session.commit()
    assert {name: one.default for name, one in questions(cast.ann, annie).items()} == {
        "name": "stays",
        "hired_on": "goes",
        "left_on": "goes",
    }
    merge(cast.ann, annie)
    assert (cast.ann.hired_on, cast.ann.left_on) == (day("2005-03-01"), None)


def test_a_stay_outside_of_the_employment_that_was_decided_is_refused(cast: Cast, annie: Employee) -> None:
    cast.ann.hired_on, annie.hired_on = day("2010-01-01"), day("2005-03-01")
    factories.stay(annie, cast.it, "2005-03-01")
    with pytest.raises(Refused, match="before the person was hired"):
        merge(cast.ann, annie, hired_on="stays")


def test_the_name_and_the_address_of_the_other_can_be_taken(cast: Cast, annie: Employee) -> None:
    cast.ann.email, annie.email = "ann@example.org", "annie@example.org"
    db.session.commit()
    merge(cast.ann, annie, name="goes", email="goes")
    assert (cast.ann.name, cast.ann.sort_name, cast.ann.email) == (
        "Annie Lee",
        "Lee, Annie",
        "annie@example.org",
    )
    assert [(alias.old, alias.name) for alias in cast.ann.aliases] == [("2001", "Ann Lee")]


def test_addresses_move_once_and_titles_become_one(cast: Cast, annie: Employee) -> None:
    factories.address(cast.ann, "1 Mill Lane")
    factories.address(annie, "1 mill lane")
    factories.address(annie, "2 Mill Lane")
    for person, first, end in ((cast.ann, "2020-01-01", "2022-01-01"), (annie, "2021-01-01", None)):
        db.session.add(
            JobTitle(
                employee=person, title="Engineer", starts_on=day(first), ends_before=day(end) if end else None
            )
        )
    db.session.add(
        JobTitle(employee=annie, title="Clerk", starts_on=day("2019-01-01"), ends_before=day("2020-01-01"))
    )
    db.session.commit()
    merge(cast.ann, annie)
    assert sorted(one.lines for one in db.session.scalars(select(Address))) == ["1 Mill Lane", "2 Mill Lane"]
    assert [(one.title, str(one.starts_on), one.ends_before) for one in cast.ann.job_titles] == [
        ("Clerk", "2019-01-01", day("2020-01-01")),
        ("Engineer", "2020-01-01", None),
    ]


@pytest.mark.parametrize(("answer", "email"), [("stays", "edith@example.org"), ("goes", "adam@example.org")])
def test_of_two_accounts_one_is_decided(cast: Cast, annie: Employee, answer: str, email: str) -> None:
    cast.ann.account, annie.account = cast.editor, cast.administrator
    db.session.commit()
    merge(cast.ann, annie, account=answer)
    assert cast.ann.account is not None
    assert cast.ann.account.email == email


def test_the_only_account_goes_along(cast: Cast, annie: Employee) -> None:
    annie.account = cast.administrator
    db.session.commit()
    assert merge(cast.ann, annie) == ["Ann Lee signs in as adam@example.org then."]
    assert cast.ann.account is cast.administrator


@pytest.mark.parametrize("has_one", [True, False])
def test_without_an_administrator_no_account_goes_along(
    cast: Cast, annie: Employee, client: Client, has_one: bool
) -> None:
    annie.account, cast.ann.account = cast.administrator, cast.editor if has_one else None
    db.session.commit()
    shown = Page(client, "/hr/merge-people?key=1001&key=2001").type(name="stays").save()
    assert "Signs in as" not in shown.fields
    assert "The account adam@example.org is nobody’s then: an administrator says whose it is." in shown.text
    assert shown.save(do="yes").stored
    db.session.expire_all()
    assert cast.ann.account is (cast.editor if has_one else None)
    number = db.session.scalar(select(func.max(ChangeSet.id)))
    assert Page(client, f"/history/{number}").link("Undo…") is None, "it would join the account again"


def test_no_way_joins_an_account_without_an_administrator(cast: Cast) -> None:
    said = "Only an administrator says which account is somebody’s."
    with on_behalf_of(cast.editor), pytest.raises(Refused, match=said), writing(operations.check):
        cast.ann.account = cast.administrator


def test_who_is_not_the_same_stays_so(cast: Cast, annie: Employee) -> None:
    db.session.add(NotTheSamePerson(first="1002", second="2001"))
    db.session.commit()
    merge(cast.ann, annie)
    assert db.session.execute(select(NotTheSamePerson.first, NotTheSamePerson.second)).all() == [
        ("1001", "1002")
    ]


# --- departments -----------------------------------------------------------------------------------


def merge_departments(winner: Department, loser: Department, **answers: str) -> list[str]:
    codes = winner.code, loser.code
    db.session.rollback()
    asked = operations.questions_of_departments(winner, loser, operations.meeting_of(codes))
    defaults = {one.name: one.default for one in asked}
    db.session.rollback()
    with writing(operations.check) as work:
        notes = operations.merge_departments(work, *codes, defaults | answers)
    db.session.rollback()
    return notes


def fill_departments(cast: Cast) -> None:
    """Ann is in both on the same days, Ben only in Sales; each department has a head."""
    factories.stay(cast.ann, cast.it, "2024-01-01", "2024-12-31", "0.500")
    factories.stay(cast.ann, cast.sales, "2024-07-01", fte="0.300")
    factories.stay(cast.ben, cast.sales, "2023-01-01", fte="1.000", role="head")
    factories.stay(cast.john, cast.it, "2024-01-01", "2024-03-31", role="head")


@pytest.mark.parametrize("at_once", [False, True])
def test_the_stays_move_and_who_was_in_both_is_decided(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    monkeypatch.setattr(merge_of_departments, "ONE_BY_ONE", 0 if at_once else 5_000)
    fill_departments(cast)
    factories.stay(cast.bill, cast.sales, "2020-01-01")
    notes = merge_departments(cast.it, cast.sales)
    assert notes == (["1 stay moves to Information Technology as it is."] if at_once else [])
    assert rows() == [
        ("1001", "IT", "2024-01-01", None, "0.500"),
        ("1002", "IT", "2023-01-01", "2023-12-31", "1.000"),
        ("1002", "IT", "2024-01-01", "2024-03-31", "1.000"),
        ("1002", "IT", "2024-04-01", None, "1.000"),
        ("1003", "IT", "2024-01-01", "2024-03-31", None),
        ("1007", "IT", "2020-01-01", None, None),
    ]
    assert db.session.get(Department, "SALES") is None


@pytest.mark.parametrize(
    ("answer", "heads"),
    [
        ("stays", [("1002", "2023-01-01"), ("1002", "2024-04-01"), ("1003", "2024-01-01")]),
        ("goes", [("1002", "2023-01-01")]),
    ],
)
def test_of_two_heads_on_one_day_one_is_decided(
    cast: Cast, answer: str, heads: list[tuple[str, str]]
) -> None:
    fill_departments(cast)
    merge_departments(cast.it, cast.sales, head=answer)
    found = db.session.scalars(select(Link).where(Link.role == "head"))
    assert sorted((one.employee_number, str(one.starts_on)) for one in found) == heads


def test_the_old_code_and_name_lead_to_the_one_that_stays(cast: Cast, client: Client) -> None:
    merge_departments(cast.it, cast.sales)
    assert [(alias.old, alias.name) for alias in cast.it.aliases] == [("SALES", "Sales")]
    assert client.get("/hr/departments/SALES").location == "/hr/departments/IT"
    assert queries.departments_meant({"sales": ""})["sales"] == [cast.it]


# --- by page ---------------------------------------------------------------------------------------


def test_the_page_says_what_would_happen_and_then_does_it(
    client: Client, cast: Cast, annie: Employee
) -> None:
    name = in_one_department(annie, cast)
    page = Page(client, "/hr/merge-people?key=1001&key=2001")
    assert "Information Technology: 1 Jan 2024 to 31 Dec 2024, 0.500 FTE on the same days" in page.text
    shown = page.type(**{name: "goes"}).save()
    assert "What would change" in shown.text
    assert "Old number 2001" in shown.text
    assert db.session.get(Employee, "2001") is not None
    answer = shown.save(do="yes")
    assert (answer.stored, answer.url) == (True, "/hr/employees/1001"), answer.errors
    assert "Annie Lee #2001 is merged into Ann Lee." in answer.text
    assert rows() == [("1001", "IT", "2024-07-01", None, "0.300")]
    assert shown.save(do="yes").stored, "pressed twice is merged once"


def test_a_sum_above_one_is_stored_with_its_reason(client: Client, cast: Cast, annie: Employee) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.700")
    factories.stay(annie, cast.sales, "2024-01-01", fte="0.600")
    asked = Page(client, "/hr/merge-people?key=1001&key=2001").save()
    assert "1.300 FTE" in asked.errors
    answer = asked.type(overload_reason="It was so.").save().save(do="yes")
    assert answer.stored, answer.errors
    assert "It was so." in {stay.overload_reason for stay in db.session.scalars(select(Link))}


def test_departments_are_merged_by_their_page(client: Client, cast: Cast) -> None:
    fill_departments(cast)
    page = Page(client, "/hr/merge-departments?key=IT&key=SALES")
    assert "Ann Lee #1001 is in both" in page.text
    assert "Who is head on days on which both have one" in page.text
    assert page.save().save(do="yes").url == "/hr/departments/IT"


@pytest.mark.parametrize("what", ["people", "departments"])
def test_the_two_are_looked_up(client: Client, cast: Cast, what: str) -> None:
    one, other = ("1001", "1002") if what == "people" else ("IT", "SALES")
    address = f"/hr/merge-{what}"
    assert client.get(f"{address}?key={one}").status_code == 200
    assert (
        client.get(f"{address}?one=%23{one}&other=%23{other}").location == f"{address}?key={one}&key={other}"
    )
    assert client.get(f"{address}?one=%23{one}&other=%23{one}").status_code == 422
    assert client.get(f"{address}?key={one}&other=nobody").status_code == 422
    assert client.get(f"{address}?key=NONE&key={one}").status_code == 404
    assert client.get(f"{address}?key=NONE").status_code == 404
    assert client.get(f"{address}?key=a&key=b&key=c").status_code == 400


def test_merging_with_somebody_who_was_merged_leads_on(client: Client, cast: Cast, annie: Employee) -> None:
    merge(cast.ann, annie)
    assert client.get("/hr/merge-people?key=1002&key=2001").location == "/hr/merge-people?key=1002&key=1001"
    assert client.get("/hr/merge-people?key=1001&key=2001").location == "/hr/employees/1001"


def test_a_number_that_somebody_has_offers_the_merge(client: Client, cast: Cast, annie: Employee) -> None:
    page = Page(client, "/hr/employees/2001/renumber").type(number="1001").save()
    assert page.link("Merge the two…") == "/hr/merge-people?key=1001&key=2001"


def test_a_merge_of_two_people_asks_few_statements(
    client: Client, cast: Cast, annie: Employee, statements: Callable[[], Any]
) -> None:
    for number in range(20):
        factories.stay(annie, factories.department(), f"20{number:02}-01-01", f"20{number:02}-12-31")
    with statements() as seen:
        assert client.get("/hr/merge-people?key=1001&key=2001").status_code == 200
    assert len(seen) <= 20
