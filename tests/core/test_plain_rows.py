"""Very many rows at once: as the driver takes them, and with the rules that the database keeps."""

from datetime import date
from decimal import Decimal
from typing import Any, cast

import pytest
from sqlalchemy import Table, func, select, text

from core.db import db
from core.history.recording import new_ids
from core.models import Change, ChangeSet
from core.plain_rows import Made, Numbered, perhaps_repeated
from core.sheets.bulk import insert_rows
from core.writing import Refused, writing
from hr.models import DepartmentEmployeeLink
from tests.cast import Cast

STAYS = cast(Table, DepartmentEmployeeLink.__table__)


def row(number: str, fte: str | None = None, **facts: Any) -> dict[str, Any]:
    said = {} if fte is None else {"fte": Decimal(fte)}
    return {
        "employee_number": number,
        "department_code": "IT",
        "starts_on": date(2024, 1, 1),
        **said,
        **facts,
    }


def test_rows_that_say_different_columns_get_the_defaults_of_the_others(cast: Cast) -> None:
    with writing() as work:
        insert_rows(work.session, STAYS, [row("1001", "0.5"), row("1002", extra_data="part-time")])
    stays = db.session.scalars(select(DepartmentEmployeeLink).order_by(DepartmentEmployeeLink.id)).all()
    said = [(one.fte, one.extra_data, one.role, one.is_primary, one.version) for one in stays]
    assert said == [
        (Decimal("0.500"), None, "member", False, 1),
        (None, "part-time", "member", False, 1),
    ]


def test_their_history_tells_the_facts_that_they_say(cast: Cast) -> None:
    with writing() as work:
        insert_rows(work.session, STAYS, [row("1001", "0.5"), row("1002")])
    change_set = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
    changes = db.session.scalars(select(Change).order_by(Change.number)).all()[-2:]
    assert change_set is not None
    assert (change_set.count, change_set.room) == (2, "hr")
    assert [(one.number, one.what, one.which) for one in changes] == [
        (1, "added", "from 1 Jan 2024"),
        (2, "added", "from 1 Jan 2024"),
    ]
    assert changes[0].facts.endswith('"fte":[null,"0.5"],"starts_on":[null,"2024-01-01"]}')


def test_a_rule_of_the_database_refuses_them_all_in_words(cast: Cast) -> None:
    with pytest.raises(Refused, match="already has a stay in this department"), writing() as work:
        insert_rows(work.session, STAYS, [row("1001"), row("1001")])
    assert db.session.scalars(select(DepartmentEmployeeLink)).all() == []


def test_numbers_that_others_draw_between_are_left_out(cast: Cast) -> None:
    """On PostgreSQL as if somebody else drew every second one; on SQLite there is one writer at a time."""
    apart = 1 if db.engine.dialect.name == "sqlite" else 2
    if apart == 2:
        sequence = db.session.scalar(select(func.pg_get_serial_sequence(STAYS.name, "id")))
        db.session.execute(text(f"ALTER SEQUENCE {sequence} INCREMENT BY 2"))
    ids = new_ids(db.session(), STAYS, 3)
    assert [*ids] == [ids[0], ids[0] + apart, ids[0] + 2 * apart]
    rows = Numbered(ids, Made("abc", lambda one: {"said": one}))
    assert [one["id"] for one in rows[1:]] == [ids[1], ids[2]]
    insert_rows(db.session(), STAYS, [{**row("1001"), "id": ids[2]}])
    assert new_ids(db.session(), STAYS, 1)[0] > ids[2]
    db.session.rollback()


def test_rows_are_made_when_they_are_asked_for() -> None:
    made = Numbered(range(5, 8), Made("abc", lambda one: {"said": one}))
    assert [*made] == [{"said": "a", "id": 5}, {"said": "b", "id": 6}, {"said": "c", "id": 7}]
    assert (made[1:], made[0]) == ([{"said": "b", "id": 6}, {"said": "c", "id": 7}], {"said": "a", "id": 5})


def test_what_is_there_twice_is_among_what_may_be() -> None:
    assert {"b", "c"} <= set(perhaps_repeated(["a", "b", "c", "b", "c"], str))
    assert perhaps_repeated([], str) == []
