"""The rules of staffing: on the page of a person, of a department, and wherever else is written."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from core.db import db
from core.models import ChangeSet
from core.writing import Refused, writing
from hr import operations, queries, staffing
from hr.models import Department, DepartmentEmployeeLink, Employee
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page

Row = tuple[str, str, str, str | None, str | None]
SIDES = pytest.mark.parametrize("side", ["person", "department"])


@pytest.fixture(autouse=True)
def _in_may_2025(today: Callable) -> None:
    """The worked examples are seen on 2025-05-20."""


def rows() -> list[Row]:
    """Every stay: who, where, first day, last day, FTE."""
    links = db.session.scalars(
        select(DepartmentEmployeeLink).order_by(
            DepartmentEmployeeLink.employee_number, DepartmentEmployeeLink.starts_on
        )
    )
    return [
        (
            link.employee_number,
            link.department_code,
            str(link.starts_on),
            str(link.last_day) if link.last_day else None,
            str(link.fte) if link.fte is not None else None,
        )
        for link in links
    ]


def join(
    who: Employee, where: Department, starts_on: str, last_day: str | None = None, **facts: object
) -> None:
    """Somebody joins, as a script or an import would write it."""
    facts = {key: Decimal(str(value)) if key == "fte" else value for key, value in facts.items()}
    link = DepartmentEmployeeLink(
        employee=who, department=where, starts_on=date.fromisoformat(starts_on), **facts
    )
    link.last_day = date.fromisoformat(last_day) if last_day else None
    db.session.add(link)


@contextmanager
def kept() -> Iterator[None]:
    with writing(operations.check):
        yield


@contextmanager
def refused(words: str) -> Iterator[None]:
    """What is done inside is refused in these words, and nothing is stored."""
    before = rows()
    with pytest.raises(Refused, match=re.escape(words)), writing(operations.check):
        yield
    assert rows() == before


def add(client: Client, side: str, who: Employee, where: Department, **facts: str) -> Page:
    """The page of a person or a department, with a new stay typed into it."""
    number, code = who.number, where.code
    if side == "person":
        page = Page(client, f"/hr/employees/{number}")
        page.add(department=f"#{code}", **facts)
    else:
        page = Page(client, f"/hr/departments/{code}")
        page.add(employee=f"#{number}", **facts)
    return page


def new_row(page: Page) -> str:
    return page.prefixes()[-1]


# --- rule 1: dates, and the employment -----------------------------------------------------------------


@SIDES
def test_the_last_day_is_not_before_the_first(client: Client, cast: Cast, side: str) -> None:
    answer = add(client, side, cast.ann, cast.it, starts_on="2025-05-02", last_day="2025-05-01").save()
    assert not answer.stored
    assert "The last day is before the first day." in answer.errors
    assert rows() == []


@SIDES
def test_a_stay_may_last_one_day(client: Client, cast: Cast, side: str) -> None:
    assert add(client, side, cast.ann, cast.it, starts_on="2025-05-02", last_day="2025-05-02").save().stored
    assert rows() == [("1001", "IT", "2025-05-02", "2025-05-02", None)]


def test_the_database_refuses_a_stay_that_ends_before_it_begins(cast: Cast) -> None:
    with pytest.raises(IntegrityError):
        factories.stay(cast.ann, cast.it, "2025-05-02", "2025-05-01")
    db.session.rollback()


@SIDES
def test_nobody_works_before_being_hired_or_after_leaving(client: Client, cast: Cast, side: str) -> None:
    kim = factories.employee("Kim Day", "1010", hired_on="2024-01-01", left_on="2025-06-30")
    early = add(client, side, kim, cast.it, starts_on="2023-12-31", last_day="2025-06-30").save()
    assert "The first day is before the person was hired (1 Jan 2024)." in early.errors
    late = add(client, side, kim, cast.it, starts_on="2024-01-01").save()
    assert "The stay goes on after the person left (30 Jun 2025)." in late.errors
    assert rows() == []
    assert add(client, side, kim, cast.it, starts_on="2024-01-01", last_day="2025-06-30").save().stored


def test_the_employment_bounds_what_a_script_writes(cast: Cast) -> None:
    kim = factories.employee("Kim Day", "1010", hired_on="2024-01-01", left_on="2025-06-30")
    with refused("before the person was hired"):
        join(kim, cast.it, "2023-12-31", "2024-12-31")
    with refused("after the person left"):
        join(kim, cast.it, "2024-01-01", "2025-07-01")
    with kept():
        join(kim, cast.it, "2024-01-01", "2025-06-30")


# --- rule 2: no two stays of one person in one department meet ------------------------------------------


@pytest.fixture
def returned(cast: Cast) -> Employee:
    """S2: Ann left IT and returned."""
    factories.stay(cast.ann, cast.it, "2023-01-01", "2024-03-31", "1.000")
    factories.stay(cast.ann, cast.it, "2024-09-01", None, "0.800")
    return cast.ann


S2 = pytest.mark.parametrize(
    ("starts_on", "last_day", "meets"),
    [
        ("2024-03-31", "2024-08-31", "1 Jan 2023 to 31 Mar 2024"),
        ("2024-03-31", "2024-03-31", "1 Jan 2023 to 31 Mar 2024"),
        ("2024-04-01", None, "from 1 Sep 2024, open"),
        ("2024-04-01", "2024-09-01", "from 1 Sep 2024, open"),
        ("2024-04-01", "2024-08-31", None),
        ("2024-04-01", "2024-04-01", None),
        ("2024-08-31", "2024-08-31", None),
        ("2022-01-01", "2022-12-31", None),
        ("2026-01-01", "2026-01-31", "from 1 Sep 2024, open"),
    ],
)


@SIDES
@S2
def test_s2_a_further_stay_on_the_page(
    client: Client,
    cast: Cast,
    returned: Employee,
    side: str,
    starts_on: str,
    last_day: str | None,
    meets: str | None,
) -> None:
    page = add(client, side, returned, cast.it, starts_on=starts_on, last_day=last_day or "", fte="0.1")
    answer = page.save()
    assert answer.stored == (meets is None)
    if meets:
        said = f"Ann Lee is in Information Technology already, {meets}: the two stays would meet."
        assert said in answer.errors
    assert len(rows()) == (2 if meets else 3)


@S2
def test_s2_a_further_stay_by_a_script(
    cast: Cast, returned: Employee, starts_on: str, last_day: str | None, meets: str | None
) -> None:
    with refused(meets) if meets else kept():
        join(returned, cast.it, starts_on, last_day)


@S2
def test_s2_a_further_stay_by_the_database_itself(
    cast: Cast, returned: Employee, starts_on: str, last_day: str | None, meets: str | None
) -> None:
    if meets is None:
        factories.stay(returned, cast.it, starts_on, last_day)
        return
    with pytest.raises(IntegrityError, match="ex_department_employee_link_pair"):
        factories.stay(returned, cast.it, starts_on, last_day)
    db.session.rollback()


def test_s2_between_the_two_stays_ann_is_nowhere(client: Client, returned: Employee) -> None:
    page = Page(client, "/hr/employees/1001?on=2024-06-15")
    assert page.rows("Information Technology") == []
    assert "0.00 FTE in 0 departments" in page.text
    assert Page(client, "/hr/employees/1001?on=2024-03-31").values("Information Technology", "fte") == [
        "1.000"
    ]
    assert Page(client, "/hr/employees/1001?on=2024-09-01").values("Information Technology", "fte") == [
        "0.800"
    ]


def average(number: str, first: date, after: date) -> Decimal:
    """SUM(fte × days) over the days of a span, from the segments of the sweep."""
    total = Decimal(0)
    for segment in staffing.sweep(queries.stays_of_people([number])):
        days = (min(segment.ends_before or after, after) - max(segment.starts_on, first)).days
        total += segment.fte * max(days, 0)
    return total / (after - first).days


def test_s2_the_average_of_2024(returned: Employee) -> None:
    assert round(average("1001", date(2024, 1, 1), date(2025, 1, 1)), 6) == Decimal("0.515301")


def test_one_person_may_be_in_two_departments_and_two_people_in_one(cast: Cast) -> None:
    with kept():
        join(cast.ann, cast.it, "2025-01-01")
        join(cast.ann, cast.sales, "2025-01-01")
        join(cast.ben, cast.it, "2025-01-01")
    assert len(rows()) == 3


def test_two_new_stays_that_meet_are_refused_at_both_rows(client: Client, cast: Cast) -> None:
    page = Page(client, "/hr/employees/1001")
    page.add(department="#IT", starts_on="2025-01-01", last_day="2025-03-31")
    page.add(department="#IT", starts_on="2025-03-31")
    answer = page.save()
    assert "from 31 Mar 2025, open: the two stays would meet" in answer.errors
    assert "1 Jan 2025 to 31 Mar 2025: the two stays would meet" in answer.errors
    assert rows() == []


# --- rule 3: the sum of FTE of a person -----------------------------------------------------------------


@pytest.fixture
def half_in_it(cast: Cast) -> Employee:
    """S1 begins: Ann is in IT with 0.500 from 2025-01-01."""
    factories.stay(cast.ann, cast.it, "2025-01-01", fte="0.500")
    return cast.ann


def s1(client: Client, side: str, cast: Cast) -> Page:
    return add(client, side, cast.ann, cast.sales, fte="0.600", starts_on="2025-04-01", last_day="2025-06-30")


@SIDES
def test_s1_saving_warns_with_the_sum_and_its_days(
    client: Client, cast: Cast, half_in_it: Employee, side: str
) -> None:
    answer = s1(client, side, cast).save()
    assert (answer.status, answer.stored) == (422, False)
    assert "Ann Lee would be at 1.100 FTE on 91 days, 1 Apr 2025 to 30 Jun 2025." in answer.errors
    assert "Yes, 1.100 FTE is meant" in answer.text
    assert len(rows()) == 1


@SIDES
def test_s1_is_stored_with_a_confirmation_and_a_reason(
    client: Client, cast: Cast, half_in_it: Employee, side: str
) -> None:
    page = s1(client, side, cast).save()
    row = new_row(page)
    answer = page.type(**{f"{row}-overload_reason": "Cover", f"{row}-overload_confirmed": "1.100"}).save()
    assert answer.stored
    assert rows()[1] == ("1001", "SALES", "2025-04-01", "2025-06-30", "0.600")
    assert db.session.scalars(select(DepartmentEmployeeLink.overload_reason)).all() == [None, "Cover"]


@SIDES
@pytest.mark.parametrize("given", [{"overload_reason": "Cover"}, {"overload_confirmed": "1.100"}])
def test_s1_needs_both(
    client: Client, cast: Cast, half_in_it: Employee, side: str, given: dict[str, str]
) -> None:
    page = s1(client, side, cast).save()
    row = new_row(page)
    assert not page.type(**{f"{row}-{name}": value for name, value in given.items()}).save().stored
    assert len(rows()) == 1


def test_a_confirmation_holds_up_to_the_sum_that_was_shown(
    client: Client, cast: Cast, half_in_it: Employee
) -> None:
    page = s1(client, "person", cast).save()
    row = new_row(page)
    page.type(
        **{f"{row}-overload_reason": "Cover", f"{row}-overload_confirmed": "1.100", f"{row}-fte": "0.7"}
    )
    answer = page.save()
    assert not answer.stored
    assert "1.200 FTE on 91 days" in answer.errors


def test_s1_on_15_may(client: Client, cast: Cast, half_in_it: Employee) -> None:
    factories.stay(cast.ann, cast.sales, "2025-04-01", "2025-06-30", "0.600", overload_reason="Cover")
    page = Page(client, "/hr/departments?on=2025-05-15")
    people = {row[1]: row[2] for row in page.table}
    assert (people["IT"], people["SALES"]) == ("1", "1"), "headcount any"
    assert "1.10 FTE in 2 departments" in Page(client, "/hr/employees/1001?on=2025-05-15").text
    assert "0.50 FTE in 1 department" in Page(client, "/hr/employees/1001?on=2025-07-01").text
    assert round(average("1001", date(2025, 1, 1), date(2026, 1, 1)), 6) == Decimal("0.649589")


@SIDES
def test_more_than_two_is_refused_whatever_is_confirmed(client: Client, cast: Cast, side: str) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01", fte="1.000")
    third = factories.department("HR", "Human Resources")
    factories.stay(cast.ann, cast.sales, "2025-01-01", fte="1.000", overload_reason="Two jobs")
    page = add(client, side, cast.ann, third, fte="0.001", starts_on="2025-02-01", last_day="2025-02-01")
    row = new_row(page)
    page.type(**{f"{row}-overload_reason": "Cover", f"{row}-overload_confirmed": "2.001"})
    answer = page.save()
    assert not answer.stored
    assert "2.001 FTE on 1 day, 1 Feb 2025 to 1 Feb 2025. More than 2.000 cannot be stored." in answer.errors


def test_exactly_one_asks_nothing_and_exactly_two_can_be_confirmed(cast: Cast) -> None:
    with kept():
        join(cast.ann, cast.it, "2025-01-01", fte="0.4")
        join(cast.ann, cast.sales, "2025-01-01", fte="0.6")
    with refused("2.000 FTE from 1 Jan 2026, open. Say why"):
        join(cast.ann, factories.Department(code="X", name="X"), "2026-01-01", fte="1")
    with kept():
        join(
            cast.ann, factories.Department(code="X", name="X"), "2026-01-01", fte="1", overload_reason="Asked"
        )


def test_a_stay_without_fte_counts_nothing(cast: Cast) -> None:
    with kept():
        join(cast.ann, cast.it, "2025-01-01", fte="1")
        join(cast.ann, cast.sales, "2025-01-01")


def test_who_is_above_one_already_can_be_changed_in_other_ways(
    client: Client, cast: Cast, half_in_it: Employee
) -> None:
    factories.stay(cast.ann, cast.sales, "2025-04-01", "2025-06-30", "0.600", overload_reason="Cover")
    page = Page(client, "/hr/employees/1001").change("Sales", extra_data="part-time", fte="0.550")
    assert page.save().stored, "the sum falls, so nothing is asked"
    answer = Page(client, "/hr/employees/1001").change("Sales", fte="0.560").save()
    assert "1.060 FTE on 91 days" in answer.errors, "it rises, so it is asked again"


def test_ending_one_of_two_stays_asks_nothing(client: Client, cast: Cast, half_in_it: Employee) -> None:
    factories.stay(cast.ann, cast.sales, "2025-04-01", None, "0.600", overload_reason="Cover")
    assert Page(client, "/hr/employees/1001").change("Sales", last_day="2025-06-30").save().stored


# --- rule 4: one main department, one head --------------------------------------------------------------


@SIDES
def test_a_person_has_one_main_department_a_day(client: Client, cast: Cast, side: str) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01", is_primary=True)
    answer = add(client, side, cast.ann, cast.sales, starts_on="2025-04-01", is_primary="y").save()
    assert "The main department of Ann Lee is #IT already, from 1 Jan 2025, open." in answer.errors.replace(
        "Information Technology", "#IT"
    )
    assert len(rows()) == 1


def test_the_main_department_may_change_from_one_day_to_the_next(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01", "2025-03-31", is_primary=True)
    assert add(client, "person", cast.ann, cast.sales, starts_on="2025-04-01", is_primary="y").save().stored


@SIDES
@pytest.mark.parametrize("role", ["head", "acting head"])
def test_a_department_has_one_of_each_head_a_day(client: Client, cast: Cast, side: str, role: str) -> None:
    factories.stay(cast.ben, cast.it, "2025-01-01", role=role)
    answer = add(client, side, cast.ann, cast.it, starts_on="2025-04-01", role=role).save()
    assert re.search(
        rf"Information Technology has (Ben Okafor|#1002) as {role} already, from 1 Jan 2025, open\.",
        answer.errors,
    )
    assert len(rows()) == 1


def test_a_head_and_an_acting_head_stand_side_by_side(client: Client, cast: Cast) -> None:
    factories.stay(cast.ben, cast.it, "2025-01-01", role="head")
    assert add(client, "person", cast.ann, cast.it, starts_on="2025-04-01", role="acting head").save().stored
    assert "head Ann Lee" in Page(client, "/hr/departments/IT").text, "the acting one goes first"


def test_rule_4_holds_for_scripts_and_in_the_database(cast: Cast) -> None:
    factories.stay(cast.ben, cast.it, "2025-01-01", role="head", is_primary=True)
    with refused("as head already"):
        join(cast.ann, cast.it, "2025-04-01", role="head")
    with refused("main department"):
        join(cast.ben, cast.sales, "2025-04-01", is_primary=True)
    for who, where, facts in (
        (cast.ann, cast.it, {"role": "head"}),
        (cast.ben, cast.sales, {"is_primary": True}),
    ):
        with pytest.raises(IntegrityError):
            factories.stay(who, where, "2025-04-01", **facts)
        db.session.rollback()


# --- rule 5: ending is normal, removing needs a reason ---------------------------------------------------


@SIDES
def test_removing_a_stay_needs_a_reason(client: Client, cast: Cast, side: str) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01")
    url, whom = (
        ("/hr/employees/1001", "Information Technology")
        if side == "person"
        else ("/hr/departments/IT", "Ann Lee")
    )
    answer = Page(client, url).change(whom, remove="y").save()
    assert "Say why. If somebody left, give a last day instead of removing." in answer.errors
    assert len(rows()) == 1
    assert answer.type(reason="Typed by mistake").save().stored
    assert rows() == []
    assert db.session.scalars(select(ChangeSet.reason)).all() == ["Typed by mistake"]


@SIDES
def test_ending_a_stay_needs_none(client: Client, cast: Cast, side: str) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01")
    url, whom = (
        ("/hr/employees/1001", "Information Technology")
        if side == "person"
        else ("/hr/departments/IT", "Ann Lee")
    )
    assert Page(client, url).change(whom, last_day="2025-05-31").save().stored
    assert rows() == [("1001", "IT", "2025-01-01", "2025-05-31", None)]


# --- S4: correction or change ----------------------------------------------------------------------------


@SIDES
def test_s4_a_correction_keeps_one_row(client: Client, cast: Cast, half_in_it: Employee, side: str) -> None:
    url, whom = (
        ("/hr/employees/1001", "Information Technology")
        if side == "person"
        else ("/hr/departments/IT", "Ann Lee")
    )
    kept_id = db.session.scalar(select(DepartmentEmployeeLink.id))
    assert Page(client, url).change(whom, fte="0.6").save().stored
    assert rows() == [("1001", "IT", "2025-01-01", None, "0.600")]
    assert db.session.scalar(select(DepartmentEmployeeLink.id)) == kept_id
    quarters = [(date(2025, 1, 1), date(2025, 4, 1)), (date(2025, 4, 1), date(2025, 7, 1))]
    assert [average("1001", *quarter) for quarter in quarters] == [Decimal("0.6"), Decimal("0.6")]


@SIDES
def test_s4_a_change_makes_two_touching_rows(
    client: Client, cast: Cast, half_in_it: Employee, side: str
) -> None:
    page = add(client, side, cast.ann, cast.it, fte="0.6", starts_on="2025-04-01")
    whom = "Information Technology" if side == "person" else "Ann Lee"
    assert page.change(whom, last_day="2025-03-31").save().stored
    assert rows() == [
        ("1001", "IT", "2025-01-01", "2025-03-31", "0.500"),
        ("1001", "IT", "2025-04-01", None, "0.600"),
    ]
    assert average("1001", date(2025, 1, 1), date(2025, 4, 1)) == Decimal("0.5")
    assert average("1001", date(2025, 4, 1), date(2025, 7, 1)) == Decimal("0.6")
    assert round(average("1001", date(2025, 1, 1), date(2025, 7, 1)), 6) == Decimal("0.550276")


# --- S5: a key changes, by the models ---------------------------------------------------------------------


@pytest.fixture
def bill_in_two(cast: Cast) -> Cast:
    """Bill, 1007, is in IT and in Sales, and has an address."""
    factories.stay(cast.bill, cast.it, "2024-01-01", fte="0.125")
    factories.stay(cast.bill, cast.sales, "2024-01-01", fte="0.250")
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.333")
    factories.address(cast.bill)
    return cast


def figures() -> tuple[int, int, Decimal | None, Decimal | None]:
    """How many stays, how many with both sides, the sum of FTE, the same found through both sides."""
    fte = func.sum(DepartmentEmployeeLink.fte)
    whole = db.session.execute(select(func.count(), fte).select_from(DepartmentEmployeeLink)).one()
    joined = select(func.count(), fte).select_from(DepartmentEmployeeLink)
    joined = joined.join(DepartmentEmployeeLink.employee).join(DepartmentEmployeeLink.department)
    found = db.session.execute(joined).one()
    return whole[0], found[0], whole[1], found[1]


def test_s5_every_stay_follows_a_new_number_and_a_new_code(bill_in_two: Cast) -> None:
    before = figures()
    assert before[0] == before[1] == 3
    with kept():
        bill_in_two.bill.number = "2007"
        bill_in_two.it.code = "ICT"
    assert figures() == before
    assert {row[:2] for row in rows()} == {("2007", "ICT"), ("2007", "SALES"), ("1001", "ICT")}
    assert db.session.get(Employee, "1007") is None
    assert [address.employee_number for address in db.session.get(Employee, "2007").addresses] == ["2007"]


def test_s5_an_existing_number_is_refused_and_nothing_changes(bill_in_two: Cast) -> None:
    before = figures()
    with refused("Another person has this number."):
        bill_in_two.bill.number = "1001"
    with refused("Another department has this code."):
        bill_in_two.it.code = "sales"
    assert figures() == before


def test_s5_on_the_edit_pages(client: Client, bill_in_two: Cast) -> None:
    before = figures()
    answer = Page(client, "/hr/employees/1007/edit").type(number="2007").save()
    assert (answer.stored, answer.url) == (True, "/hr/employees/2007")
    answer = Page(client, "/hr/departments/IT/edit").type(code="ICT").save()
    assert (answer.stored, answer.url) == (True, "/hr/departments/ICT")
    assert figures() == before
    assert {row[:2] for row in rows()} == {("2007", "ICT"), ("2007", "SALES"), ("1001", "ICT")}
    assert client.get("/hr/employees/1007").status_code == 404


@pytest.mark.parametrize(
    ("url", "typed", "said"),
    [
        ("/hr/employees/1007/edit", {"number": "1001"}, "Another person has this number."),
        ("/hr/departments/IT/edit", {"code": "SALES"}, "Another department has this code."),
        ("/hr/departments/IT/edit", {"code": "sales"}, "Another department has this code."),
        ("/hr/departments/IT/edit", {"name": "SALES"}, "Another department has this name."),
    ],
)
def test_s5_what_exists_is_refused_on_the_edit_pages(
    client: Client, bill_in_two: Cast, url: str, typed: dict[str, str], said: str
) -> None:
    before = rows()
    answer = Page(client, url).type(**typed).save()
    assert (answer.status, answer.stored) == (422, False)
    assert said in answer.errors
    assert {key: answer.fields[key] for key in typed} == typed, "what was typed is still there"
    assert rows() == before


def test_a_code_may_change_its_case(client: Client, bill_in_two: Cast) -> None:
    assert Page(client, "/hr/departments/IT/edit").type(code="it").save().stored
    assert {row[1] for row in rows()} == {"it", "SALES"}


def test_a_new_key_and_a_changed_stay_in_one_save(client: Client, bill_in_two: Cast) -> None:
    page = Page(client, "/hr/employees/1007/edit").type(number="2007")
    answer = page.change("Sales", fte="0.5").save()
    assert answer.stored, answer.errors
    assert ("2007", "SALES", "2024-01-01", None, "0.500") in rows()


def test_the_rules_hold_for_a_person_whose_number_changes_too(client: Client, bill_in_two: Cast) -> None:
    page = Page(client, "/hr/employees/1007/edit").type(number="2007", left_on="2025-06-30")
    assert "IT, from 1 Jan 2024, open: The stay goes on after the person left" in page.save().errors
    page = Page(client, "/hr/employees/1007/edit").type(number="2007").change("Sales", fte="1")
    assert "Bill Hart would be at 1.125 FTE" in page.save().errors
    page = Page(client, "/hr/employees/1007/edit").type(number="2007", left_on="2025-06-30", end_stays="y")
    assert page.save().stored
    assert {row[3] for row in rows() if row[0] == "2007"} == {"2025-06-30"}


def test_the_rules_hold_for_a_department_whose_code_changes_too(client: Client, bill_in_two: Cast) -> None:
    factories.stay(bill_in_two.ben, bill_in_two.it, "2024-01-01", role="head")
    page = Page(client, "/hr/departments/IT/edit").type(code="ICT").change("Ann Lee", role="head")
    assert "as head already" in page.save().errors


# --- leaving -------------------------------------------------------------------------------------------


def test_a_leaving_date_is_refused_while_stays_go_on_and_names_them(
    client: Client, cast: Cast, half_in_it: Employee
) -> None:
    answer = Page(client, "/hr/employees/1001/edit").type(left_on="2025-06-30").save()
    assert not answer.stored
    assert "IT, from 1 Jan 2025, open: The stay goes on after the person left (30 Jun 2025)." in answer.errors
    assert db.session.get(Employee, "1001").left_on is None


def test_a_leaving_date_ends_the_stays_where_that_is_asked_for(
    client: Client, cast: Cast, half_in_it: Employee
) -> None:
    factories.stay(cast.ann, cast.sales, "2025-02-01", "2025-03-31")
    assert Page(client, "/hr/employees/1001/edit").type(left_on="2025-06-30", end_stays="y").save().stored
    assert rows() == [
        ("1001", "IT", "2025-01-01", "2025-06-30", "0.500"),
        ("1001", "SALES", "2025-02-01", "2025-03-31", None),
    ]
    assert db.session.get(Employee, "1001").left_on == date(2025, 6, 30)


def test_a_stay_that_would_only_begin_later_is_a_decision_of_its_own(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2025-08-01")
    answer = Page(client, "/hr/employees/1001/edit").type(left_on="2025-06-30", end_stays="y").save()
    assert "IT, from 1 Aug 2025, open" in answer.errors
    assert rows() == [("1001", "IT", "2025-08-01", None, None)]


def test_a_hiring_date_after_a_stay_is_refused(client: Client, cast: Cast, half_in_it: Employee) -> None:
    answer = Page(client, "/hr/employees/1001/edit").type(hired_on="2025-01-02").save()
    assert (
        "IT, from 1 Jan 2025, open: The first day is before the person was hired (2 Jan 2025)."
        in answer.errors
    )
    assert Page(client, "/hr/employees/1001/edit").type(hired_on="2025-01-01").save().stored


def test_a_leaving_date_before_the_hiring_is_refused(client: Client, cast: Cast) -> None:
    answer = Page(client, "/hr/employees/1001/edit").type(hired_on="2025-01-02", left_on="2025-01-01").save()
    assert "The last day worked is before the hiring day." in answer.errors
