"""How a window of links is found: with as much work as there are links, whatever a planner takes for few."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, text

from core import windows
from core.db import db
from hr.models import DepartmentEmployeeLink as Stay
from hr.models import Employee
from tests import databases
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
