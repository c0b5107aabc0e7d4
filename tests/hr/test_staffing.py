"""The arithmetic of staffing: sums over time, stays that meet, sums that rise, employment."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hr import staffing
from hr.staffing import Employment, Segment, Stay

FIRST = date(2025, 1, 1)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def stay(starts_on: str, ends_before: str | None = None, fte: str | None = None, **facts: object) -> Stay:
    usual = {"ref": starts_on, "employee": "1001", "department": "IT"}
    share = None if fte is None else Decimal(fte)
    return Stay(**(usual | facts), starts_on=day(starts_on), ends_before=day(ends_before), fte=share)


def short(segments: list[Segment]) -> list[tuple[str, str | None, str]]:
    return [
        (str(one.starts_on), str(one.ends_before) if one.ends_before else None, str(one.fte))
        for one in segments
    ]


# --- any stays at all ----------------------------------------------------------------------------------

days = st.integers(0, 40).map(lambda n: FIRST + timedelta(days=n))
ftes = st.none() | st.integers(0, 1000).map(lambda n: Decimal(n).scaleb(-3))


@st.composite
def any_stay(draw: st.DrawFn) -> Stay:
    start = draw(days)
    end = draw(st.none() | st.integers(1, 25).map(lambda n: start + timedelta(days=n)))
    return Stay(
        draw(st.integers()),
        draw(st.sampled_from(["1001", "1002", "1003"])),
        draw(st.sampled_from(["IT", "SALES"])),
        start,
        end,
        draw(ftes),
        draw(st.sampled_from(["member", "head", "acting head"])),
        draw(st.booleans()),
    )


stays = st.lists(any_stay(), max_size=9)
of_one_person = stays.map(lambda many: [one._replace(employee="1001") for one in many])
EVERY_DAY = [FIRST + timedelta(days=n) for n in range(-1, 80)]


def on(many: list[Stay], when: date) -> list[Stay]:
    return [one for one in many if one.starts_on <= when and (not one.ends_before or when < one.ends_before)]


def fte_on(many: list[Stay], when: date) -> Decimal:
    return sum((one.fte or Decimal(0) for one in on(many, when)), Decimal(0))


def segment_on(segments: list[Segment], when: date) -> Segment | None:
    found = [
        one for one in segments if one.starts_on <= when and (not one.ends_before or when < one.ends_before)
    ]
    assert len(found) <= 1, "segments do not meet"
    return found[0] if found else None


# --- the sweep -----------------------------------------------------------------------------------------


@given(stays)
def test_the_sweep_says_of_every_day_what_counting_that_day_says(many: list[Stay]) -> None:
    segments = staffing.sweep(many)
    for when in EVERY_DAY:
        there = on(many, when)
        segment = segment_on(segments, when)
        if segment is None:
            assert there == []
        else:
            counted = (
                fte_on(many, when),
                sum(one.fte is None for one in there),
                {one.employee for one in there},
            )
            assert (segment.fte, segment.not_stated, segment.people) == (*counted[:2], len(counted[2]))


@given(stays)
def test_segments_are_in_order_and_equal_neighbours_are_one(many: list[Stay]) -> None:
    for one, next_one in pairwise(staffing.sweep(many)):
        assert one.ends_before is not None
        assert one.ends_before <= next_one.starts_on
        assert one.ends_before < next_one.starts_on or one[2:] != next_one[2:]


@given(st.lists(any_stay(), max_size=9), st.randoms())
def test_the_order_of_the_stays_does_not_matter(many: list[Stay], chance) -> None:
    mixed = list(many)
    chance.shuffle(mixed)
    assert staffing.sweep(mixed) == staffing.sweep(many)


def test_without_stays_there_is_nothing_to_sweep() -> None:
    assert staffing.sweep([]) == []


def test_a_stay_that_ends_and_goes_on_unchanged_is_one_segment() -> None:
    segments = staffing.sweep([stay("2025-01-01", "2025-04-01", "0.500"), stay("2025-04-01", None, "0.500")])
    assert short(segments) == [("2025-01-01", None, "0.500")]


def test_somebody_in_two_departments_is_one_person() -> None:
    segments = staffing.sweep([stay("2025-01-01", fte="0.5"), stay("2025-01-01", department="SALES")])
    assert segments == [Segment(FIRST, None, Decimal("0.5"), not_stated=1, people=1)]


def test_a_segment_knows_its_days() -> None:
    closed, opened = staffing.sweep(
        [stay("2025-04-01", "2025-07-01", "0.600"), stay("2025-07-01", None, "0.500")]
    )
    assert (closed.days, opened.days) == (91, None)


def test_nobody_counts_where_nobody_is() -> None:
    """S2, left and returned: the five months away are no segment."""
    segments = staffing.sweep([stay("2023-01-01", "2024-04-01", "1.000"), stay("2024-09-01", None, "0.800")])
    assert short(segments) == [("2023-01-01", "2024-04-01", "1.000"), ("2024-09-01", None, "0.800")]
    assert segment_on(segments, date(2024, 6, 15)) is None


def test_s1_over_time() -> None:
    segments = staffing.sweep(
        [
            stay("2025-01-01", None, "0.500"),
            stay("2025-04-01", "2025-07-01", "0.600", department="SALES"),
        ]
    )
    assert short(segments) == [
        ("2025-01-01", "2025-04-01", "0.500"),
        ("2025-04-01", "2025-07-01", "1.100"),
        ("2025-07-01", None, "0.500"),
    ]
    assert {segment.people for segment in segments} == {1}


# --- stays that meet -----------------------------------------------------------------------------------


def meet(one: Stay, other: Stay) -> bool:
    return any(one in on([one], when) and other in on([other], when) for when in EVERY_DAY)


@pytest.mark.parametrize(
    ("find", "same"),
    [
        (staffing.overlaps, lambda one: (one.employee, one.department)),
        (staffing.double_primaries, lambda one: one.employee if one.is_primary else object()),
        (
            staffing.double_heads,
            lambda one: (one.department, one.role) if one.role != "member" else object(),
        ),
    ],
)
@given(stays)
def test_stays_that_share_a_day_are_found_and_no_others(find, same, many: list[Stay]) -> None:
    numbered = [one._replace(ref=number) for number, one in enumerate(many)]
    expected = any(same(one) == same(other) and meet(one, other) for one, other in combinations(numbered, 2))
    found = list(find(numbered))
    assert bool(found) == expected
    assert all(same(one) == same(other) and meet(one, other) for one, other in found)


def test_touching_is_not_meeting() -> None:
    assert not list(staffing.overlaps([stay("2025-01-01", "2025-04-01"), stay("2025-04-01")]))


def test_a_long_stay_is_met_by_each_short_one_inside() -> None:
    long = stay("2025-01-01")
    inside = [stay("2025-02-01", "2025-03-01"), stay("2025-05-01", "2025-06-01")]
    assert list(staffing.overlaps([inside[1], long, inside[0]])) == [(long, inside[0]), (long, inside[1])]


def test_a_head_and_an_acting_head_may_stand_side_by_side() -> None:
    pair = [stay("2025-01-01", role="head"), stay("2025-01-01", role="acting head", employee="1002")]
    assert not list(staffing.double_heads(pair))


# --- sums that rise ------------------------------------------------------------------------------------


@given(of_one_person, of_one_person)
def test_an_overload_is_each_day_above_one_that_is_higher_than_it_was(
    before: list[Stay], after: list[Stay]
) -> None:
    found = staffing.overloads(before, after)
    for when in EVERY_DAY:
        now, was = fte_on(after, when), fte_on(before, when)
        segment = segment_on(found, when)
        assert (segment is not None) == (now > 1 and now > was)
        assert segment is None or segment.fte == now


@given(of_one_person)
def test_what_does_not_rise_is_not_asked_about(many: list[Stay]) -> None:
    assert staffing.overloads(many, many) == []
    assert staffing.overloads(many, many[1:]) == []


def test_s1_warns_of_91_days_at_1_100() -> None:
    before = [stay("2025-01-01", None, "0.500")]
    (segment,) = staffing.overloads(
        before, [*before, stay("2025-04-01", "2025-07-01", "0.600", department="SALES")]
    )
    assert (segment.fte, segment.days) == (Decimal("1.100"), 91)
    assert (segment.starts_on, segment.ends_before) == (date(2025, 4, 1), date(2025, 7, 1))


def test_exactly_one_is_no_overload() -> None:
    assert staffing.overloads([], [stay("2025-01-01", fte="0.4"), stay("2025-01-01", fte="0.600")]) == []


def test_one_thousandth_more_is() -> None:
    (segment,) = staffing.overloads([], [stay("2025-01-01", fte="1.000"), stay("2025-01-01", fte="0.001")])
    assert (segment.fte, segment.ends_before) == (Decimal("1.001"), None)


def test_only_the_days_on_which_the_sum_rises_are_named() -> None:
    before = [stay("2025-01-01", None, "0.800"), stay("2025-03-01", "2025-04-01", "0.400")]
    after = [*before, stay("2025-02-01", "2025-05-01", "0.400")]
    assert short(staffing.overloads(before, after)) == [
        ("2025-02-01", "2025-03-01", "1.200"),
        ("2025-03-01", "2025-04-01", "1.600"),
        ("2025-04-01", "2025-05-01", "1.200"),
    ]


# --- employment ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts_on", "ends_before", "expected"),
    [
        ("2025-01-01", "2025-07-01", None),  # from the first day worked to the last
        ("2024-12-31", "2025-07-01", "before"),
        ("2025-01-01", "2025-07-02", "after"),
        ("2025-06-30", None, "after"),
    ],
)
def test_a_stay_lies_inside_the_employment(
    starts_on: str, ends_before: str | None, expected: str | None
) -> None:
    employment = Employment(date(2025, 1, 1), date(2025, 6, 30))
    assert staffing.outside(stay(starts_on, ends_before), employment) == expected


def test_no_date_is_no_bound() -> None:
    assert staffing.outside(stay("0001-01-01"), Employment(None, None)) is None
