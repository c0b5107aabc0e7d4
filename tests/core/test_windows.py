"""How a window of links is found: with as much work as there are links, whatever a planner takes for few."""

from collections.abc import Iterator
from datetime import date
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from core import windows
from core.db import db
from hr.models import DepartmentEmployeeLink as Stay
from hr.models import Employee
from hr.queries import stays_of_department
from tests import databases, factories
from tests.cast import Cast

MANY = 300


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every step of a plan of PostgreSQL."""
    yield plan
    for one in plan.get("Plans", ()):
        yield from steps(one)


@pytest.mark.skipif(not databases.SERVER, reason="SQLite finds the far sides by their key in any case")
def test_each_person_is_found_by_the_key_where_the_tables_are_taken_for_empty(cast: Cast) -> None:
    """Nobody has analysed them since they were filled: a department of 1,100 took 9 seconds."""
    db.session.execute(text("ANALYZE"))
    numbers = [f"{5000 + n}" for n in range(MANY)]
    called = dict.fromkeys(("name", "name_key", "sort_name", "sort_key"), "Somebody Else")
    people = [{"number": one, "number_key": one, "version": 1, **called} for one in numbers]
    stays = [
        {"employee_number": one, "department_code": "IT", "starts_on": date(2024, 1, 1)} for one in numbers
    ]
    db.session.execute(insert(Employee.__table__), people)
    db.session.execute(insert(Stay.__table__), stays)
    wanted = windows.by_far_side(Stay, Stay.employee, [Stay.department_code == "IT"], (), MANY)
    page = wanted.order_by(Employee.sort_key).limit(26)
    asked = page.compile(db.engine, compile_kwargs={"literal_binds": True})
    (found,) = db.session.scalar(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {asked}"))
    thrown = (one.get("Rows Removed by Join Filter", 0) * one["Actual Loops"] for one in steps(found["Plan"]))
    assert sum(thrown) <= MANY


@pytest.mark.parametrize("few", [0, 10, 1_000], ids=["gone through", "many people, few found", "few"])
@pytest.mark.parametrize("q", ["or", "ora", "nora", "#61", "flora hill", "nobody"])
def test_whichever_way_people_are_looked_for_in_a_department_the_stays_are_the_same(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, q: str, few: int
) -> None:
    """By the stays, by parts of the names, or through everybody in their order."""
    for module in (windows, import_module(stays_of_department.__module__)):
        monkeypatch.setattr(module, "FEW", few)
    elsewhere = factories.department("ELSE")
    names = [f"{first} {last}" for first in ("Nora", "Flora", "Ada") for last in ("Hill", "Moor", "Orr")]
    people = [Employee(number=f"{6000 + n}", name=names[n % len(names)]) for n in range(120)]
    first_days = [date(2020 + n % 5, 1, 1) for n in range(120)]
    db.session.add_all(
        Stay(employee=one, department=elsewhere if n % 4 == 0 else cast.it, starts_on=first_days[n])
        for n, one in enumerate(people)
    )
    db.session.commit()
    day, words = date(2026, 6, 1), q.lstrip("#").split()
    found = stays_of_department("IT", {}, q, day, 90)
    meant = [
        one
        for one in db.session.scalars(select(Stay).where(Stay.department_code == "IT"))
        if all(word in one.employee.name.lower() or word in one.employee_number for word in words)
    ]
    assert found.total == len(meant)
    for sort in found.sorts.values():
        shown = db.session.scalars(
            (sort.select if sort.select is not None else found.select).order_by(*sort.keys)
        )
        assert list(shown) == sorted(meant, key=sort.values)
