"""What `flask doctor` finds in staffing: rules that were broken past the application."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from core.db import db
from core.spans import overlap_triggers
from hr import doctor
from hr.models import DepartmentAlias, EmployeeAlias
from tests import factories
from tests.cast import Cast

LINKS = "department_employee_link"
SPANS = {
    "pair": {"same": ("employee_number", "department_code")},
    "primary": {"same": ("employee_number",), "where": "is_primary"},
    "head": {"same": ("department_code",), "where": "role = 'head'"},
    "acting_head": {"same": ("department_code",), "where": "role = 'acting head'"},
}


def found(words: str) -> list[str]:
    """Where a rule is broken; every other one is kept."""
    broken = {one.words: one.places for one in doctor.ailments() if one.number}
    db.session.rollback()
    assert set(broken) <= {words}, broken
    return broken.get(words, [])


@pytest.fixture
def unguarded(app: Flask) -> Iterator[None]:
    """The database without its own rules about spans, as one made by another tool would be."""
    on_sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.begin() as connection:
        kept = (
            {}
            if on_sqlite
            else {
                rule: connection.exec_driver_sql(
                    f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ex_{LINKS}_{rule}'"
                ).scalar_one()
                for rule in SPANS
            }
        )
        for rule in SPANS:
            if on_sqlite:
                connection.exec_driver_sql(f"DROP TRIGGER ex_{LINKS}_{rule}_insert")
                connection.exec_driver_sql(f"DROP TRIGGER ex_{LINKS}_{rule}_update")
            else:
                connection.exec_driver_sql(f"ALTER TABLE {LINKS} DROP CONSTRAINT ex_{LINKS}_{rule}")
    yield
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM {LINKS}")
        for rule, how in SPANS.items():
            if on_sqlite:
                for trigger in overlap_triggers(LINKS, rule, **how):  # type: ignore[arg-type]
                    connection.exec_driver_sql(trigger)
            else:
                connection.exec_driver_sql(
                    f"ALTER TABLE {LINKS} ADD CONSTRAINT ex_{LINKS}_{rule} {kept[rule]}"
                )


def test_what_is_allowed_is_no_problem(cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", "2024-12-31", fte="1.000", is_primary=True, role="head")
    factories.stay(cast.ann, cast.it, "2025-01-01", fte="0.500", is_primary=True, role="head")
    factories.stay(cast.ann, cast.sales, "2025-02-01", "2025-02-28", fte="0.600", overload_reason="handover")
    factories.stay(cast.ben, cast.it, "2024-01-01", fte=None)
    factories.stay(cast.ben, cast.sales, "2024-01-01", fte="1.000")
    assert found("") == []


def test_a_stay_outside_the_employment(cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01")
    factories.stay(cast.ben, cast.it, "2024-01-01", "2024-12-31")
    cast.ann.hired_on = factories._day("2024-02-01")
    cast.ben.left_on = factories._day("2024-12-30")
    db.session.commit()
    assert found("a stay lies inside the employment") == [
        "Ann Lee #1001, #IT from 1 Jan 2024, open: begins before the hiring day (/hr/employees/1001)",
        "Ben Okafor #1002, #IT 1 Jan 2024 to 31 Dec 2024: goes on after the last day (/hr/employees/1002)",
    ]


@pytest.mark.usefixtures("unguarded")
def test_two_stays_that_overlap(cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", "2024-12-31")
    factories.stay(cast.ann, cast.it, "2024-12-31")
    assert found("two stays of a person in a department do not overlap") == [
        "Ann Lee #1001, #IT 1 Jan 2024 to 31 Dec 2024 and #IT from 31 Dec 2024, open (/hr/employees/1001)"
    ]


@pytest.mark.usefixtures("unguarded")
def test_two_main_departments(cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", is_primary=True)
    factories.stay(cast.ann, cast.sales, "2024-06-01", is_primary=True)
    [place] = found("a person has one main department a day")
    assert place.startswith("Ann Lee #1001, #IT from 1 Jan 2024, open and #SALES from 1 Jun 2024")


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("role", ["head", "acting head"])
def test_two_heads(cast: Cast, role: str) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", role=role)
    factories.stay(cast.ben, cast.it, "2024-06-01", role=role)
    assert found("a department has one head and one acting head a day") == [
        f"#IT: #1001 is {role}, and so is #1002 from 1 Jun 2024, open (/hr/departments/IT)"
    ]


def test_more_than_one_without_a_reason(cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01", fte="0.500")
    factories.stay(cast.ann, cast.sales, "2025-04-01", "2025-06-30", fte="0.600")
    assert found("whoever is above 1.000 FTE has a reason for it") == [
        "Ann Lee #1001, 1.100 1 Apr 2025 to 30 Jun 2025 (/hr/employees/1001)"
    ]


def test_more_than_two_whatever_the_reason(cast: Cast) -> None:
    for place in (cast.it, cast.sales, factories.department("LAB")):
        factories.stay(cast.ann, place, "2025-01-01", fte="0.700", overload_reason="nobody else knows how")
    assert found("nobody is above 2.000 FTE") == [
        "Ann Lee #1001, 2.100 from 1 Jan 2025, open (/hr/employees/1001)"
    ]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE department SET code_key = 'wrong' WHERE code = 'IT'",
            'Information Technology #IT (/hr/departments/IT): code_key is "wrong" and should be "it"',
        ),
        (
            "UPDATE department SET name_key = 'wrong' WHERE code = 'IT'",
            'name_key is "wrong" and should be "information technology"',
        ),
        ("UPDATE employee SET number_key = 'x' WHERE number = '1001'", 'number_key is "x"'),
        ("UPDATE employee SET name = 'Ann Leigh' WHERE number = '1001'", 'should be "ann leigh"'),
        (
            "UPDATE employee SET sort_key = '' WHERE number = '1001'",
            'Ann Lee #1001 (/hr/employees/1001): sort_key is "" and should be "lee, ann"',
        ),
    ],
)
def test_a_key_that_is_not_made_of_the_name(cast: Cast, statement: str, said: str) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    places = found("keys are those of the codes, numbers and names")
    assert said in places[0]


def test_an_old_key_that_is_in_use(cast: Cast) -> None:
    db.session.add(DepartmentAlias(old="Sales", department_code="IT"))
    db.session.add(EmployeeAlias(old="1002", employee_number="1001"))
    db.session.commit()
    assert found("no old code or number is in use") == [
        "#Sales is an old code, and that of a department (/hr/departments/SALES)",
        "#1002 is an old number, and that of a person (/hr/employees/1002)",
    ]


def test_it_asks_as_many_statements_of_many_people_as_of_few(
    cast: Cast, statements: Callable[[], Any]
) -> None:
    def count() -> int:
        with statements() as seen:
            list(doctor.ailments())
        db.session.rollback()
        return len(seen)

    few = count()
    for number in range(60):
        factories.stay(factories.employee(number=f"E{number}"), cast.it)
    assert count() == few


def test_a_batch_ends_in_the_middle_of_a_person(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.queries.BATCH", 2)
    for place in (cast.it, cast.sales, factories.department("LAB")):
        factories.stay(cast.ben, place, "2025-01-01", fte="0.400")
    factories.stay(cast.ann, cast.it, "2025-01-01", fte="0.900")
    assert [line.split(" (")[0] for line in found("whoever is above 1.000 FTE has a reason for it")] == [
        "Ben Okafor #1002, 1.200 from 1 Jan 2025, open"
    ]
