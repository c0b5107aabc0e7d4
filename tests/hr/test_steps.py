"""The steps of departments say what the stays say, whatever was stored and however."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, cast
from unittest.mock import patch

import pytest
from flask import Flask
from sqlalchemy import Table, select, text

from core.db import db
from core.history.undo import undo
from core.models import ChangeSet
from core.sheets.bulk import delete_rows, insert_rows, update_rows
from core.writing import Refused, Work, writing
from hr import doctor, operations, queries
from hr.models import Department, DepartmentEmployeeLink, Employee
from hr.operations import steps
from hr.queries import Figures
from tests import factories

Link = DepartmentEmployeeLink
STAYS = cast(Table, Link.__table__)
WORDS = "the figures of departments are those of their stays (flask recount)"
FIRST = date(2024, 1, 1)


def wrong() -> list[str]:
    """Where the doctor finds the steps to be wrong."""
    (one,) = [one for one in doctor.ailments() if one.words == WORDS]
    db.session.rollback()
    return one.places


def by_hand(code: str, day: date) -> Figures:
    """The figures of a department, one stay after the other."""
    stays = [stay for stay in db.session.scalars(select(Link)) if stay.department_code == code]
    stays = [stay for stay in stays if stay.is_on(day)]
    ftes = [stay.fte for stay in stays if stay.fte is not None]
    parts = [stay.extra_data == "part-time" or (stay.fte is not None and 0 < stay.fte < 1) for stay in stays]
    fulls = [stay.extra_data == "full-time" or stay.fte == 1 for stay in stays]
    return Figures(
        len(stays),
        sum(ftes, Decimal("0.000")),
        len(stays) - len(ftes),
        sum(full and not part for full, part in zip(fulls, parts, strict=True)),
        sum(parts),
        sum(stay.ends_before is not None and (stay.ends_before - day).days <= 91 for stay in stays),
        None,
    )


class Clerk:
    """Somebody who stores one thing after another, each in another way."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        for number in range(3):
            factories.department(f"D{number}")
            factories.employee(number=f"{100 + number}")
        self.verbs: list[Callable[[Work], Any]] = [
            self.joins,
            self.joins,
            self.joins,
            self.changes,
            self.changes,
            self.moves,
            self.ends,
            self.goes,
            self.is_recoded,
            self.takes_back,
            self.merges,
            self.imports,
            self.imports_changes,
            self.drops_rows,
        ]

    def facts(self) -> dict[str, Any]:
        """Days, FTE and remark of a stay."""
        first = FIRST + timedelta(days=self.chance.randrange(400))
        open_end = self.chance.random() < 0.4
        ftes = (None, Decimal(0), Decimal("0.5"), Decimal("0.25"), Decimal(1))
        return {
            "starts_on": first,
            "ends_before": None if open_end else first + timedelta(days=self.chance.randrange(1, 200)),
            "fte": self.chance.choice(ftes),
            "extra_data": self.chance.choice((None, "part-time", "full-time", "casual")),
        }

    def one_of(self, model: type[Any]) -> Any:
        """Any record of a kind; a new one where there is none."""
        found = db.session.scalars(select(model)).all()
        if found:
            return self.chance.choice(sorted(found, key=str))
        new = str(self.chance.randrange(1000, 9999))
        one = Department(code=f"N{new}", name=new) if model is Department else Employee(number=new, name=new)
        db.session.add(one)
        return one

    def stays(self) -> list[Link]:
        return list(db.session.scalars(select(Link).order_by(Link.id)))

    def joins(self, work: Work) -> None:
        db.session.add(
            Link(department=self.one_of(Department), employee=self.one_of(Employee), **self.facts())
        )

    def changes(self, work: Work) -> None:
        for stay in self.chance.sample(self.stays(), min(2, len(self.stays()))):
            for name, value in self.facts().items():
                setattr(stay, name, value)

    def moves(self, work: Work) -> None:
        for stay in self.stays()[:1]:
            stay.department = self.one_of(Department)

    def ends(self, work: Work) -> None:
        for stay in self.stays()[-2:]:
            db.session.delete(stay)

    def goes(self, work: Work) -> None:
        db.session.delete(self.one_of(self.chance.choice((Employee, Department))))

    def is_recoded(self, work: Work) -> None:
        self.changes(work)
        department = self.one_of(Department)
        operations.recode(work, department, f"R{self.chance.randrange(10_000)}")

    def takes_back(self, work: Work) -> None:
        last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).first()
        if last is not None and undo(work, last).left:
            work.refuse()

    def merges(self, work: Work) -> None:
        first, second = self.one_of(Department), self.one_of(Department)
        if first is not second and first.code and second.code:
            operations.merge_departments(work, first.code, second.code, {})

    def imports(self, work: Work) -> None:
        db.session.flush()
        sides = {
            "department_code": self.one_of(Department).code,
            "employee_number": self.one_of(Employee).number,
        }
        if all(sides.values()):
            insert_rows(db.session(), STAYS, [{**sides, **self.facts()}])

    def imports_changes(self, work: Work) -> None:
        update_rows(db.session(), STAYS, [(stay.id, self.facts()) for stay in self.stays()[:2]])

    def drops_rows(self, work: Work) -> None:
        delete_rows(db.session(), STAYS, [stay.id for stay in self.stays()[:1]])


def rules(work: Work) -> Any:
    """No rules but those of the database."""
    return ()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("many", [5_000, 0], ids=["by difference", "counted anew"])
def test_whatever_is_stored_the_steps_follow(seed: int, many: int, app: Flask) -> None:
    clerk, stored = Clerk(seed), 0
    with patch.object(steps, "MANY", many):
        for _number in range(30):
            verb = clerk.chance.choice(clerk.verbs)
            with suppress(Refused), writing(rules) as work:
                verb(work)
                work.leads_to("/", verb.__name__)
            stored += work.stored
            assert wrong() == [], verb.__name__
    assert stored > 15
    days = [FIRST + timedelta(days=number) for number in (0, 50, 200, 350, 500)]
    for code in db.session.scalars(select(Department.code)):
        for day in days:
            assert queries.figures(code, day) == by_hand(code, day)


def test_a_program_without_the_write_path_keeps_them_as_well(app: Flask) -> None:
    it, ann = factories.department("IT"), factories.employee("Ann Lee")
    it.employee_links.append(stay := Link(employee=ann, starts_on=FIRST, fte=Decimal("0.5")))
    db.session.commit()
    assert queries.figures("IT", FIRST)[:3] == (1, Decimal("0.500"), 0)
    stay.fte = None
    db.session.flush()
    stay.starts_on = FIRST + timedelta(days=1)
    db.session.commit()
    assert wrong() == []
    assert queries.figures("IT", FIRST) == queries.NOBODY
    db.session.delete(ann)
    db.session.commit()
    assert wrong() == []


def test_a_wrong_step_is_found_and_counted_anew(app: Flask) -> None:
    it = factories.department("IT")
    factories.stay(factories.employee("Ann Lee"), it, "2025-01-01", "2025-06-30", "0.500")
    db.session.execute(text("UPDATE department_step SET fte = 600 WHERE people = 1"))
    db.session.execute(
        text(
            "INSERT INTO department_step VALUES ('IT', '2025-03-01', 1, 0, 0, 0, 0, 0, 0), "
            "('IT', '2025-04-01', 0, 0, 0, 0, 0, 0, 0)"
        )
    )
    db.session.commit()
    assert wrong() == [
        "#IT from 1 Jan 2025 on (/hr/departments/IT?on=2025-01-01)",
        "#IT from 1 Mar 2025 on (/hr/departments/IT?on=2025-03-01)",
    ], "a step of nothing does no harm"
    db.session.remove()
    answer = app.test_cli_runner().invoke(args=["recount"])
    assert answer.output == "Staffing: counted anew.\n"
    assert wrong() == []
    assert queries.figures("IT", date(2025, 3, 1))[:2] == (1, Decimal("0.500"))
