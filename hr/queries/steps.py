"""The figures of departments, from their steps; and the steps as the stays themselves say them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, ColumnElement, Select, Table, case, func, literal, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from core.db import db
from core.sheets.bulk import chunks
from hr.models import DepartmentStep, Employee
from hr.queries.conditions import Link, is_full_time, is_headed, is_part_time
from hr.queries.limits import limits

Step = DepartmentStep
STEPS = cast(Table, Step.__table__)
# What is counted, in the order of the columns.
COUNTED = tuple(one.name for one in STEPS.columns if not one.primary_key)
# What of a stay makes its steps.
FACTS = ("department_code", "starts_on", "ends_before", "fte", "extra_data")
# “Soon” is within 90 days.
SOON = timedelta(days=91)


class Figures(NamedTuple):
    """A department on a day."""

    people: int
    fte: Decimal
    not_stated: int
    full_time: int
    part_time: int
    ending_soon: int
    head: str | None


NOBODY = Figures(0, Decimal("0.000"), 0, 0, 0, 0, None)


def figures(code: str, day: date) -> Figures:
    """A department on a day: people, FTE, stays without FTE, arrangements, ends within 90 days, head."""
    return people_on([code], day).get(code, NOBODY)


def people_on(codes: Iterable[str], day: date) -> dict[str, Figures]:
    """The figures of these departments on `day`; one without people is absent."""
    mine = limits()

    def for_me(all_of_it: InstrumentedAttribute[int], by_fte: InstrumentedAttribute[int]) -> Any:
        """What is counted with the remarks, where this person sees them."""
        if mine is None:
            return func.sum(all_of_it)
        return func.sum(case((Step.department_code.in_(sorted(mine)), all_of_it), else_=by_fte))

    here = Link.department_code == Step.department_code
    ending = select(func.count()).where(
        here, Link.starts_on <= day, Link.ends_before > day, Link.ends_before <= day + SOON
    )
    # The acting head goes before the head: “1…” sorts before “2…”; one character is cut off again.
    name = func.min(case((Link.role == "acting head", "1" + Employee.name), else_="2" + Employee.name))
    head = select(func.substr(name, 2)).join(Link.employee).where(here, is_headed(), Link.on(day))
    rows = db.session.execute(
        select(
            Step.department_code,
            func.sum(Step.people),
            func.sum(Step.fte),
            func.sum(Step.not_stated),
            for_me(Step.full_time, Step.full_time_by_fte),
            for_me(Step.part_time, Step.part_time_by_fte),
            ending.correlate(Step).scalar_subquery(),
            head.correlate(Step).scalar_subquery(),
        )
        .where(Step.department_code.in_(list(codes)), Step.day <= day)
        .group_by(Step.department_code)
        .having(func.sum(Step.people) > 0)
    )
    return {code: Figures(*counted) for code, *counted in rows}


# --- counted from the stays ------------------------------------------------------------------------


def steps_counted(*here: ColumnElement[bool]) -> Select[Any]:
    """The steps as the stays say them that meet these conditions, without days that balance."""
    both = _edges(Link.starts_on, 1, *here).union_all(_edges(Link.ends_before, -1, *here)).subquery()
    sums = {name: func.sum(both.c[name]) for name in COUNTED}
    return (
        select(both.c.department_code, both.c.day, *(one.label(name) for name, one in sums.items()))
        .group_by(both.c.department_code, both.c.day)
        .having(or_(*(one != 0 for one in sums.values())))
    )


def _edges(day: Any, sign: int, *conditions: ColumnElement[bool]) -> Select[Any]:
    """What each stay adds on its first day, or takes away on the first day after it."""

    def counted(condition: ColumnElement[bool]) -> Any:
        return case((condition, literal(sign)), else_=0)

    fte = func.coalesce(type_coerce(Link.fte, BigInteger), 0) * sign
    values = (
        literal(sign),
        fte,
        counted(Link.fte.is_(None)),
        counted(is_full_time(Link.extra_data)),
        counted(is_part_time(Link.extra_data)),
        counted(func.coalesce(Link.fte == 1, False)),
        counted(func.coalesce((Link.fte > 0) & (Link.fte < 1), False)),
    )
    named = (value.label(name) for value, name in zip(values, COUNTED, strict=True))
    return select(Link.department_code, day.label("day"), *named).where(day.is_not(None), *conditions)


def steps_kept() -> Select[Any]:
    """All steps as they are kept, the FTE in thousandths as `steps_counted` has it."""
    whole = [type_coerce(STEPS.c[name], BigInteger) for name in COUNTED]
    return select(STEPS.c.department_code, STEPS.c.day, *whole)


def stays_now(ids: Collection[int]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """What makes the steps of these stays, as it is stored now; those that are gone are left out."""
    columns = [getattr(Link, name) for name in FACTS]
    for chunk in chunks(sorted(ids)):
        for id, *facts in db.session.execute(select(Link.id, *columns).where(Link.id.in_(chunk))):
            yield id, dict(zip(FACTS, facts, strict=True))


def codes_of_stays(ids: Collection[int]) -> set[str]:
    """The departments that these stays are in now."""
    found: set[str] = set()
    for chunk in chunks(sorted(ids)):
        found.update(db.session.scalars(select(Link.department_code).where(Link.id.in_(chunk)).distinct()))
    return found
