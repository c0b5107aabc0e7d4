"""The exact column type: each operator on it is exact on both databases, or refused."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import case, distinct, func, literal, null, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from core.db import Exact, db
from hr.models import DepartmentEmployeeLink
from library.models import AuthorBook
from tests import factories
from tests.cast import Cast

fte = DepartmentEmployeeLink.fte
HALF, EIGHTH, QUARTER = Decimal("0.500"), Decimal("0.125"), Decimal("0.250")


@pytest.fixture(autouse=True)
def stays(cast: Cast) -> None:
    """0.500, 0.125, and one that is not stated."""
    factories.stay(cast.ann, cast.it, fte="0.5")
    factories.stay(cast.ben, cast.it, fte="0.125")
    factories.stay(cast.john, cast.it)


def numbers(*conditions: Any) -> list[Decimal | None]:
    return list(db.session.scalars(select(fte).where(*conditions).order_by(fte.desc())))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (lambda: func.sum(fte), "0.625"),
        (lambda: func.min(fte), "0.125"),
        (lambda: func.max(fte), "0.500"),
        (lambda: func.sum(distinct(fte)), "0.625"),
        (lambda: func.sum(fte + QUARTER), "1.125"),
        (lambda: func.sum(QUARTER + fte), "1.125"),
        (lambda: func.sum(fte + 1), "2.625"),
        (lambda: func.sum(fte - QUARTER), "0.125"),
        (lambda: func.sum(1 - fte), "1.375"),
        (lambda: func.sum(fte - fte), "0.000"),
        (lambda: func.sum(fte + fte), "1.250"),
        (lambda: func.sum(-fte), "-0.625"),
        (lambda: -func.sum(fte), "-0.625"),
        (lambda: func.max(fte) - func.min(fte), "0.375"),
        (lambda: func.max(fte) + literal(QUARTER, Exact(3)), "0.750"),
        (lambda: func.coalesce(func.sum(fte), literal(Decimal(0), Exact(3))), "0.625"),
        (lambda: func.sum(fte).filter(fte > QUARTER), "0.500"),
        (lambda: func.sum(case((fte > QUARTER, fte))), "0.500"),
    ],
)
def test_it_is_exact(expression: Callable[[], Any], expected: str) -> None:
    found = db.session.scalar(select(expression()).select_from(DepartmentEmployeeLink))
    assert (type(found), str(found)) == (Decimal, expected)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (lambda: fte == HALF, [HALF]),
        (lambda: fte != HALF, [EIGHTH]),
        (lambda: fte < HALF, [EIGHTH]),
        (lambda: fte <= HALF, [HALF, EIGHTH]),
        (lambda: fte > EIGHTH, [HALF]),
        (lambda: fte >= EIGHTH, [HALF, EIGHTH]),
        (lambda: literal(QUARTER, Exact(3)) < fte, [HALF]),
        (lambda: fte < 1, [HALF, EIGHTH]),
        (lambda: fte.between(EIGHTH, QUARTER), [EIGHTH]),
        (lambda: ~fte.between(EIGHTH, QUARTER), [HALF]),
        (lambda: fte.in_([HALF, QUARTER]), [HALF]),
        (lambda: fte.not_in([HALF, QUARTER]), [EIGHTH]),
        (lambda: fte.in_(select(func.max(fte))), [HALF]),
        (lambda: fte == select(func.min(fte)).scalar_subquery(), [EIGHTH]),
        (lambda: fte.is_(None), [None]),
        (lambda: fte == null(), [None]),
        (lambda: fte.is_distinct_from(HALF) & fte.is_not(None), [EIGHTH]),
    ],
)
def test_it_compares(condition: Callable[[], Any], expected: list[Decimal | None]) -> None:
    assert numbers(condition()) == expected


def test_it_sorts_as_numbers() -> None:
    assert list(db.session.scalars(select(fte).order_by(fte.nulls_last()))) == [EIGHTH, HALF, None]
    assert list(db.session.scalars(select(fte).order_by(fte.desc().nulls_last()))) == [HALF, EIGHTH, None]


@pytest.mark.parametrize(
    "expression",
    [
        lambda: fte * 2,
        lambda: 2 * fte,
        lambda: fte * fte,
        lambda: fte / 2,
        lambda: 2 / fte,
        lambda: fte // 2,
        lambda: 2 // fte,
        lambda: fte % 2,
        lambda: 2 % fte,
        lambda: (fte + fte) * 2,
        lambda: -fte * 2,
        lambda: func.sum(fte) * 2,
        lambda: func.sum(fte) / func.count(),
        lambda: select(func.sum(fte)).scalar_subquery() / 2,
        lambda: func.avg(fte),
        lambda: func.avg(fte + fte),
        lambda: func.avg(distinct(fte)),
        lambda: func.avg(case((fte > 0, fte))),
        lambda: fte + AuthorBook.royalty_percentage,
        lambda: fte < AuthorBook.royalty_percentage,
        lambda: fte + DepartmentEmployeeLink.id,
        lambda: fte == DepartmentEmployeeLink.id,
        lambda: func.sum(fte) + func.count(),
        lambda: fte + literal(1),
        lambda: fte > literal(HALF),
    ],
)
def test_what_would_be_wrong_by_a_power_of_ten_is_refused(expression: Callable[[], Any]) -> None:
    with pytest.raises(TypeError):
        expression()


@pytest.mark.parametrize("value", [0.5, "0.5", True, 1j])
def test_a_number_that_is_not_exact_is_refused(value: Any) -> None:
    with pytest.raises(StatementError, match="not an exact number"):
        numbers(fte == value)


@pytest.mark.parametrize(
    "value",
    ["0.1255", "0.5000001", "-0.0001", "1E-4", "0.5000000000000000000000000000000000001", "NaN", "Infinity"],
)
def test_more_places_than_the_column_has_are_refused(value: str) -> None:
    with pytest.raises(StatementError, match="more than 3 decimal places"):
        numbers(fte == Decimal(value))


def test_too_many_places_are_refused_by_a_save_as_well(cast: Cast) -> None:
    with pytest.raises(StatementError, match="more than 3 decimal places"):
        factories.stay(cast.bill, cast.it, fte="0.3333")
    db.session.rollback()


def test_more_than_a_column_can_hold_is_refused() -> None:
    with pytest.raises((OverflowError, DBAPIError)):
        numbers(fte == Decimal(10) ** 30)


@pytest.mark.parametrize("typed", ["0", "0.000", "0.1", "0.001", "0.999", "1", "1.000", "1E-3", "1E+0"])
def test_what_is_stored_comes_back_with_all_its_places(cast: Cast, typed: str) -> None:
    link = factories.stay(cast.bill, cast.it, fte=typed)
    db.session.expire_all()
    assert link.fte == Decimal(typed)
    assert link.fte.as_tuple().exponent == -3


def test_it_is_stored_as_a_whole_number() -> None:
    kept = db.session.execute(text("SELECT fte FROM department_employee_link ORDER BY id")).scalars()
    assert list(kept) == [500, 125, None]


def test_a_thousand_tenths_of_a_percent_are_one_hundred() -> None:
    """In binary floating point they would be 99.9999…"""
    book = factories.book()
    for number in range(1000):
        share = AuthorBook(
            book=book, author=factories.Author(name=f"A{number}"), publication_order=number + 1
        )
        share.royalty_percentage = Decimal("0.1")
        db.session.add(share)
    db.session.commit()
    assert db.session.scalar(select(func.sum(AuthorBook.royalty_percentage))) == Decimal(100)


def test_a_database_that_holds_a_wrong_number_says_so_itself(cast: Cast) -> None:
    for wrong in ("1.001", "-0.001"):
        with pytest.raises(IntegrityError):
            factories.stay(cast.bill, cast.it, fte=wrong)
        db.session.rollback()
