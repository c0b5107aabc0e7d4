"""The deeds on stays, by function: what each does, and what it refuses. S1 to S4 of the domain."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.db import db
from core.writing import Refused, Work, writing
from hr import operations, queries, staffing
from hr.models import DepartmentEmployeeLink, Employee
from tests import factories
from tests.cast import Cast
from tests.hr.stays import average

Link = DepartmentEmployeeLink
Span = tuple[str, str, str | None, Decimal | None]


def day(text: str) -> date:
    return date.fromisoformat(text)


def stays_of(person: Employee) -> list[Span]:
    """Department, first day, last day and FTE of each stay, in their order."""
    db.session.rollback()
    rows = db.session.scalars(
        select(Link).where(Link.employee_number == person.number).order_by(Link.starts_on, Link.id)
    )
    return [
        (one.department_code, str(one.starts_on), str(one.last_day) if one.last_day else None, one.fte)
        for one in rows
    ]


def do(deed: Callable[..., list[str]], stays: Sequence[Link], *args: Any) -> list[str]:
    """A deed on stays through the write path, as a page does it."""
    ids = [stay.id for stay in stays]
    db.session.rollback()
    with writing(operations.check) as work:
        return deed(work, queries.stays_with_ids(ids), *args)


def refusal(deed: Callable[..., list[str]], stays: Sequence[Link], *args: Any) -> str:
    with pytest.raises(Refused) as refused:
        do(deed, stays, *args)
    return str(refused.value)


HALF, FULL = Decimal("0.500"), Decimal("1.000")


# --- end and extend --------------------------------------------------------------------------------


def test_a_stay_ends_with_its_last_day(cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    assert do(operations.end, [stay], day("2024-06-30")) == []
    assert stays_of(cast.ann) == [("IT", "2024-01-01", "2024-06-30", None)]


def test_a_planned_end_can_be_brought_forward(cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01", "2024-12-31")
    do(operations.end, [stay], day("2024-06-30"))
    assert stays_of(cast.ann) == [("IT", "2024-01-01", "2024-06-30", None)]


def test_a_stay_that_has_ended_is_left_alone_and_said(cast: Cast) -> None:
    ended = factories.stay(cast.ann, cast.it, "2024-01-01", "2024-03-31")
    going_on = factories.stay(cast.ben, cast.it, "2024-01-01")
    notes = do(operations.end, [ended, going_on], day("2024-06-30"))
    assert notes == ["1 stay ends by then already; it is left as it is."]
    assert stays_of(cast.ann) == [("IT", "2024-01-01", "2024-03-31", None)]
    assert stays_of(cast.ben) == [("IT", "2024-01-01", "2024-06-30", None)]


def test_a_stay_that_only_begins_is_taken_away_for_a_reason_only(cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-07-01")
    assert "begins only on 1 Jul 2024" in refusal(operations.end, [stay], day("2024-06-30"))
    assert len(stays_of(cast.ann)) == 1
    do(operations.end, [stay], day("2024-06-30"), "Did not come.")
    assert stays_of(cast.ann) == []


def test_a_stay_goes_on_longer_or_without_an_end(cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01", "2024-06-30")
    do(operations.extend, [stay], day("2024-12-31"))
    assert stays_of(cast.ann) == [("IT", "2024-01-01", "2024-12-31", None)]
    do(operations.extend, [stay], None)
    assert stays_of(cast.ann) == [("IT", "2024-01-01", None, None)]


def test_no_stay_is_extended_into_the_next_one(cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01", "2024-06-30")
    factories.stay(cast.ann, cast.it, "2024-09-01")
    assert "the two stays would meet" in refusal(operations.extend, [stay], day("2024-09-01"))
    do(operations.extend, [stay], day("2024-08-31"))


def test_no_stay_is_extended_past_the_day_somebody_left(cast: Cast) -> None:
    bill = factories.employee("Bill Short", left_on="2024-06-30")
    stay = factories.stay(bill, cast.it, "2024-01-01", "2024-03-31")
    assert "goes on after the person left" in refusal(operations.extend, [stay], None)


# --- S4: change or correction ----------------------------------------------------------------------


def averages(person: Employee, *spans: tuple[str, str]) -> list[Decimal]:
    """The average FTE of the person over half-open spans, unrounded."""
    db.session.rollback()
    return [average(person.number, day(first), day(end)) for first, end in spans]


Q1, Q2, HALF_YEAR = ("2025-01-01", "2025-04-01"), ("2025-04-01", "2025-07-01"), ("2025-01-01", "2025-07-01")


def test_s4_a_correction_rewrites_the_one_row(cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2025-01-01", fte="0.500")
    do(operations.change, [stay], {"fte": Decimal("0.600")}, None)
    assert stays_of(cast.ann) == [("IT", "2025-01-01", None, Decimal("0.600"))]
    assert averages(cast.ann, Q1, Q2) == [Decimal("0.6"), Decimal("0.6")]


def test_s4_a_change_closes_the_row_and_opens_the_next(cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2025-01-01", fte="0.500")
    do(operations.change, [stay], {"fte": Decimal("0.600")}, day("2025-04-01"))
    assert stays_of(cast.ann) == [
        ("IT", "2025-01-01", "2025-03-31", HALF),
        ("IT", "2025-04-01", None, Decimal("0.600")),
    ]
    first, second, both = averages(cast.ann, Q1, Q2, HALF_YEAR)
    assert (first, second) == (Decimal("0.5"), Decimal("0.6"))
    assert round(both, 6) == Decimal("0.550276")


def test_a_change_keeps_the_planned_end_and_all_other_facts(cast: Cast) -> None:
    stay = factories.stay(
        cast.ann,
        cast.it,
        "2025-01-01",
        "2025-12-31",
        "0.500",
        extra_data="mornings",
        role="head",
        is_primary=True,
    )
    do(operations.change, [stay], {"fte": Decimal("0.600")}, day("2025-04-01"))
    later = db.session.scalars(select(Link).where(Link.starts_on == day("2025-04-01"))).one()
    assert (later.last_day, later.extra_data, later.role, later.is_primary) == (
        day("2025-12-31"), "mornings", "head", True,
    )  # fmt: skip


def test_a_change_on_the_first_day_is_a_correction(cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2025-01-01", fte="0.500")
    assert "this is a correction" in refusal(operations.change, [stay], {"fte": FULL}, day("2025-01-01"))
    assert len(stays_of(cast.ann)) == 1


@pytest.mark.parametrize("when", ["2024-12-31", "2026-01-01"])
def test_a_change_outside_the_stay_is_refused(cast: Cast, when: str) -> None:
    stay = factories.stay(cast.ann, cast.it, "2025-01-01", "2025-12-31", "0.500")
    said = refusal(operations.change, [stay], {"fte": FULL}, day(when))
    assert "1 Jan 2025" in said or "31 Dec 2025" in said


def test_an_old_reason_does_not_allow_a_higher_sum(cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01", fte="1.000")
    second = factories.stay(cast.ann, cast.sales, "2025-01-01", fte="0.200", overload_reason="covers for Ben")
    said = refusal(operations.change, [second], {"fte": HALF}, day("2025-04-01"))
    assert "1.500 FTE" in said


# --- S3: transfer, and taking it back --------------------------------------------------------------


def on(cast: Cast, text: str) -> list[str]:
    """The departments of Ben on a day."""
    return sorted(
        stay.department_code
        for stay in queries.stays_on([cast.ben.number], day(text)).get(cast.ben.number, [])
    )


def test_s3_a_future_transfer_and_its_end(cast: Cast, today: Callable[[str], None]) -> None:
    stay = factories.stay(cast.ben, cast.it, "2024-01-01", fte="0.750")
    before = stays_of(cast.ben)
    today("2025-05-20")
    do(
        lambda work, stays: operations.transfer(
            work, stays, work.session.merge(cast.sales), day("2025-06-16"), {}
        ),
        [stay],
    )
    assert on(cast, "2025-06-15") == ["IT"]
    assert on(cast, "2025-06-16") == ["SALES"]
    june = ("2025-06-01", "2025-07-01")
    parts = queries.stays_of_people([cast.ben.number])
    it, sales = (sorted(one for one in parts if one.department == code) for code in ("IT", "SALES"))
    assert [
        (min(one.end, day("2025-07-01")) - max(one.starts_on, day(june[0]))).days for one in (*it, *sales)
    ] == [15, 15]
    assert averages(cast.ben, june) == [Decimal("0.75")]
    assert staffing.sweep(parts)[0].fte == Decimal("0.750")

    today("2025-06-01")
    moved = db.session.scalars(select(Link).where(Link.department_code == "SALES")).one()
    (goes_on,) = queries.stays_before(moved)
    do(
        lambda work, stays: operations.take_back(
            work, *[s for s in stays if s.id == moved.id], *[s for s in stays if s.id == goes_on.id]
        ),
        [moved, goes_on],
    )
    assert stays_of(cast.ben) == before


def move(to: Any, when: str, **facts: Any) -> Callable[..., list[str]]:
    """A transfer as a deed on stays."""

    def deed(work: Work, stays: Sequence[Link], reason: str | None = None) -> list[str]:
        return operations.transfer(work, stays, work.session.merge(to), day(when), facts, reason)

    return deed


def test_a_transfer_keeps_the_planned_end_and_leaves_the_role(cast: Cast) -> None:
    stay = factories.stay(cast.ben, cast.it, "2024-01-01", "2025-12-31", "0.750", role="head")
    do(move(cast.sales, "2025-06-16", fte=FULL), [stay])
    assert stays_of(cast.ben) == [
        ("IT", "2024-01-01", "2025-06-15", Decimal("0.750")),
        ("SALES", "2025-06-16", "2025-12-31", FULL),
    ]
    assert db.session.scalars(select(Link.role).order_by(Link.starts_on)).all() == ["head", "member"]


def test_who_is_there_already_is_left_there(cast: Cast) -> None:
    ann, ben = (
        factories.stay(cast.ann, cast.sales, "2024-01-01"),
        factories.stay(cast.ben, cast.it, "2024-01-01"),
    )
    notes = do(move(cast.sales, "2025-01-01"), [ann, ben])
    assert notes == ["1 stay is there already; it is left as it is."]
    assert stays_of(cast.ann) == [("SALES", "2024-01-01", None, None)]
    assert [row[0] for row in stays_of(cast.ben)] == ["IT", "SALES"]


def test_a_transfer_on_the_first_day_is_a_correction_with_a_reason(cast: Cast) -> None:
    stay = factories.stay(cast.ben, cast.it, "2024-01-01")
    assert "Say why" in refusal(move(cast.sales, "2024-01-01"), [stay])
    do(move(cast.sales, "2024-01-01"), [stay], "It was never IT.")
    assert stays_of(cast.ben) == [("SALES", "2024-01-01", None, None)]


def test_of_several_people_all_move_or_none(cast: Cast) -> None:
    ann, ben = (
        factories.stay(cast.ann, cast.it, "2024-01-01"),
        factories.stay(cast.ben, cast.it, "2025-09-01"),
    )
    assert "begins only on 1 Sep 2025" in refusal(move(cast.sales, "2025-06-01"), [ann, ben])
    assert stays_of(cast.ann) == [("IT", "2024-01-01", None, None)]


# --- main department, head and acting head ---------------------------------------------------------


def mains(person: Employee) -> list[tuple[str, str, str | None]]:
    rows = db.session.scalars(
        select(Link).where(Link.employee_number == person.number, Link.is_primary).order_by(Link.starts_on)
    )
    return [
        (one.department_code, str(one.starts_on), str(one.last_day) if one.last_day else None) for one in rows
    ]


def the_first(deed: Callable[..., list[str]], *args: Any) -> Callable[..., list[str]]:
    return lambda work, stays: deed(work, stays[0], *args)


def test_while_one_stay_is_the_main_one_the_other_is_not(cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", is_primary=True)
    second = factories.stay(cast.ann, cast.sales, "2025-01-01", "2025-06-30")
    do(the_first(operations.make_primary, day("2025-03-01")), [second])
    assert mains(cast.ann) == [
        ("IT", "2024-01-01", "2025-02-28"),
        ("SALES", "2025-03-01", "2025-06-30"),
        ("IT", "2025-07-01", None),
    ]


def test_a_stay_can_be_the_main_one_for_all_of_it(cast: Cast) -> None:
    first = factories.stay(cast.ann, cast.it, "2024-01-01")
    do(the_first(operations.make_primary, None), [first])
    assert mains(cast.ann) == [("IT", "2024-01-01", None)]


def heads(role: str = "head") -> list[tuple[str, str, str | None]]:
    rows = db.session.scalars(select(Link).where(Link.role == role).order_by(Link.starts_on))
    return [
        (one.employee_number, str(one.starts_on), str(one.last_day) if one.last_day else None) for one in rows
    ]


def test_a_new_head_takes_over_from_the_old_one(cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", role="head")
    ben = factories.stay(cast.ben, cast.it, "2024-01-01")
    do(the_first(operations.give_role, "head", day("2025-01-01")), [ben])
    assert heads() == [("1001", "2024-01-01", "2024-12-31"), ("1002", "2025-01-01", None)]
    assert len(stays_of(cast.ann)) == len(stays_of(cast.ben)) == 2


def test_an_acting_head_leaves_the_head_in_place(cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", role="head")
    ben = factories.stay(cast.ben, cast.it, "2024-01-01")
    do(the_first(operations.give_role, "acting head", day("2025-01-01")), [ben])
    assert heads() == [("1001", "2024-01-01", None)]
    assert heads("acting head") == [("1002", "2025-01-01", None)]


def test_a_head_becomes_a_member_again(cast: Cast) -> None:
    ann = factories.stay(cast.ann, cast.it, "2024-01-01", role="head")
    do(the_first(operations.give_role, "member", day("2025-01-01")), [ann])
    assert heads() == [("1001", "2024-01-01", "2024-12-31")]


# --- people ----------------------------------------------------------------------------------------


def people_do(deed: Callable[..., list[str]], people: Sequence[Employee], *args: Any) -> list[str]:
    numbers = [one.number for one in people]
    db.session.rollback()
    with writing(operations.check) as work:
        return deed(work, queries.people_with_numbers(numbers), *args)


def test_who_leaves_has_no_open_stay_and_no_open_title(cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01")
    factories.stay(cast.ann, cast.sales, "2024-01-01", "2024-03-31")
    people_do(operations.leave, [cast.ann], day("2024-06-30"))
    assert stays_of(cast.ann) == [
        ("IT", "2024-01-01", "2024-06-30", None),
        ("SALES", "2024-01-01", "2024-03-31", None),
    ]
    assert cast.ann.left_on == day("2024-06-30")


def test_who_leaves_before_a_stay_begins_needs_a_reason(cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-09-01")
    with pytest.raises(Refused, match="begins only on 1 Sep 2024"):
        people_do(operations.leave, [cast.ann], day("2024-06-30"))
    people_do(operations.leave, [cast.ann], day("2024-06-30"), "Went elsewhere.")
    assert stays_of(cast.ann) == []


def test_who_has_left_before_keeps_that_day(cast: Cast) -> None:
    """Of a list with everybody on it, those of years ago did not leave now."""
    bill = factories.employee("Bill Short", left_on="2020-03-31")
    factories.stay(cast.ann, cast.it, "2024-01-01")
    notes = people_do(operations.leave, [bill, cast.ann], day("2024-06-30"))
    assert notes == ["1 person has left by then already; nothing changes there."]
    assert (bill.left_on, cast.ann.left_on) == (day("2020-03-31"), day("2024-06-30"))


def test_who_would_leave_before_being_hired_is_named(cast: Cast) -> None:
    late = factories.employee("Bill Short", hired_on="2025-01-01")
    with pytest.raises(Refused, match="Hired only on 1 Jan 2025"):
        people_do(operations.leave, [cast.ann, late], day("2024-06-30"))
    assert db.session.get_one(Employee, cast.ann.number).left_on is None


def test_several_people_begin_in_a_department(cast: Cast) -> None:
    facts = {"starts_on": day("2025-01-01"), "last_day": None, "fte": HALF, "extra_data": "part-time"}
    people_do(
        lambda work, people: operations.add_to(work, people, work.session.merge(cast.sales), facts),
        [cast.ann, cast.ben],
    )
    assert stays_of(cast.ann) == stays_of(cast.ben) == [("SALES", "2025-01-01", None, HALF)]


def test_nobody_begins_where_they_are_already(cast: Cast) -> None:
    factories.stay(cast.ann, cast.sales, "2024-01-01")
    facts = {"starts_on": day("2025-01-01")}
    with pytest.raises(Refused, match="is in Sales already"):
        people_do(
            lambda work, people: operations.add_to(work, people, work.session.merge(cast.sales), facts),
            [cast.ann, cast.ben],
        )
    assert stays_of(cast.ben) == []
