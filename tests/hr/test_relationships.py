"""People and departments, joined by dated stays with facts of their own. See docs/relationships.md."""

import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError, SAWarning

from core import db as database
from core.db import db, foreign_keys_wanted
from hr import queries
from hr.models import Address, Department, DepartmentEmployeeLink, Employee
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page

Link = DepartmentEmployeeLink


@pytest.fixture(autouse=True)
def _on_20_may_2025(today: Callable) -> None:
    """The clock stands still."""


def stays() -> list[tuple[str, str, str, str | None, str | None]]:
    links = db.session.scalars(select(Link).order_by(Link.employee_number, Link.starts_on, Link.id))
    return [
        (
            link.employee_number,
            link.department_code,
            str(link.starts_on),
            str(link.ends_before) if link.ends_before else None,
            link.extra_data,
        )
        for link in links
    ]


# --- the association object --------------------------------------------------------------------------------


def test_a_link_is_made_with_its_facts_and_starts_today(cast: Cast) -> None:
    db.session.add(Link(department=cast.it, employee=cast.john, extra_data="part-time"))
    db.session.commit()
    assert stays() == [("1003", "IT", "2025-05-20", None, "part-time")]


def test_both_sides_know_the_link_at_once(cast: Cast) -> None:
    with db.session.no_autoflush:
        link = Link(department=cast.it, employee=cast.john)
        assert link in cast.it.employee_links
        assert link in cast.john.department_links


def test_a_link_is_made_on_the_page_of_either_side(client: Client, cast: Cast) -> None:
    page = Page(client, "/hr/departments/IT")
    page.add(employee="#1003", extra_data="part-time")
    assert page.save().stored
    page = Page(client, "/hr/employees/1003")
    page.add(department="#SALES", extra_data="casual")
    assert page.save().stored
    assert [stay[4] for stay in stays()] == ["part-time", "casual"]


def test_trap_a_link_that_is_only_constructed_is_not_stored(cast: Cast) -> None:
    """The warning is an error in this suite; without it the link would be lost in silence."""
    Link(department=cast.it, employee=cast.john)
    with pytest.raises(SAWarning, match="not in session"):
        db.session.commit()
    db.session.rollback()
    assert stays() == []


# --- finding John through the department and through the link -----------------------------------------------


@pytest.fixture
def john_in_two(cast: Cast) -> Cast:
    """John: full-time in IT, part-time in Sales; Ann: part-time in IT; Ben left IT in 2024."""
    factories.stay(cast.john, cast.it, extra_data="full-time")
    factories.stay(cast.john, cast.sales, extra_data="part-time")
    factories.stay(cast.ann, cast.it, extra_data="part-time")
    factories.stay(cast.ben, cast.it, "2024-01-01", "2024-12-31", extra_data="part-time")
    return cast


def test_john_is_found_through_the_department(john_in_two: Cast) -> None:
    in_sales = select(Employee).where(Employee.departments.any(Department.name == "Sales"))
    assert db.session.scalars(in_sales).all() == [john_in_two.john]
    of_john = select(Department).where(Department.employees.any(Employee.name == "John Doe"))
    assert db.session.scalars(of_john.order_by(Department.code)).all() == [john_in_two.it, john_in_two.sales]


def test_john_is_found_through_the_link(john_in_two: Cast) -> None:
    part_time_in_sales = (
        select(Employee)
        .join(Employee.department_links)
        .where(Link.department_code == "SALES", Link.extra_data == "part-time")
    )
    assert db.session.scalars(part_time_in_sales).all() == [john_in_two.john]


def test_the_very_record_is_found_as_well(john_in_two: Cast) -> None:
    together = select(Employee).where(Employee.departments.contains(john_in_two.it))
    assert set(db.session.scalars(together)) == {john_in_two.john, john_in_two.ann}


def test_who_left_is_not_found_among_those_who_are_here(john_in_two: Cast) -> None:
    here = select(Employee).where(Employee.departments.any(Department.code == "IT"))
    ever = select(Employee).where(Employee.department_links.any(Link.department_code == "IT"))
    assert john_in_two.ben not in db.session.scalars(here).all()
    assert john_in_two.ben in db.session.scalars(ever).all()


def test_trap_two_conditions_in_two_anys_are_met_by_two_links(john_in_two: Cast) -> None:
    in_it, part_time = Link.department_code == "IT", Link.extra_data == "part-time"
    wrong = select(Employee).where(
        Employee.department_links.any(in_it), Employee.department_links.any(part_time)
    )
    right = select(Employee).where(
        Employee.department_links.any(in_it & part_time & Link.on(date(2025, 5, 20)))
    )
    assert john_in_two.john in db.session.scalars(wrong).all(), "full-time in IT, part-time elsewhere"
    assert db.session.scalars(right).all() == [john_in_two.ann]


def test_the_page_asks_one_link_for_both(client: Client, john_in_two: Cast) -> None:
    page = Page(client, "/hr/employees?department=IT&arrangement=part-time")
    assert page.first_column == ["Lee, Ann"]


# --- the far sides, and writing through them ----------------------------------------------------------------


def test_bill_is_appended_to_it(cast: Cast) -> None:
    cast.it.employees.append(cast.bill)
    db.session.commit()
    assert stays() == [("1007", "IT", "2025-05-20", None, "full-time")]
    assert db.session.scalar(select(Link.fte)) is None
    assert list(cast.bill.departments) == [cast.it]


def test_the_other_side_appends_as_well(cast: Cast) -> None:
    cast.bill.departments.append(cast.it)
    db.session.commit()
    assert cast.bill in cast.it.employees
    assert (len(cast.it.employees), cast.it.employees[0]) == (1, cast.bill)
    assert cast.it.employees == [cast.bill]


def test_appending_somebody_who_is_there_does_nothing(cast: Cast) -> None:
    factories.stay(cast.bill, cast.it, "2024-01-01", extra_data="part-time")
    cast.it.employees.append(cast.bill)
    db.session.commit()
    assert stays() == [("1007", "IT", "2024-01-01", None, "part-time")]


def test_removing_ends_the_stay_today(cast: Cast) -> None:
    factories.stay(cast.bill, cast.it, "2024-01-01")
    cast.it.employees.remove(cast.bill)
    db.session.commit()
    assert stays() == [("1007", "IT", "2024-01-01", "2025-05-20", None)]
    assert cast.bill not in cast.it.employees


def test_removing_deletes_a_stay_that_began_today(cast: Cast) -> None:
    cast.it.employees.append(cast.bill)
    db.session.commit()
    cast.bill.departments.remove(cast.it)
    db.session.commit()
    assert stays() == []


def test_removing_somebody_who_is_not_there_is_an_error_as_with_lists(cast: Cast) -> None:
    factories.stay(cast.bill, cast.it, "2024-01-01", "2024-12-31")
    with pytest.raises(ValueError, match="Bill Hart is not there today"):
        cast.it.employees.remove(cast.bill)


def test_somebody_who_left_and_returned_is_there_once_and_the_past_stays(cast: Cast) -> None:
    factories.stay(cast.bill, cast.it, "2020-01-01", "2020-12-31")
    factories.stay(cast.bill, cast.it, "2025-01-01")
    assert list(cast.it.employees) == [cast.bill]
    cast.it.employees.remove(cast.bill)
    db.session.commit()
    assert [stay[2:4] for stay in stays()] == [("2020-01-01", "2021-01-01"), ("2025-01-01", "2025-05-20")]


def test_who_comes_later_is_not_there_yet(cast: Cast, today: Callable) -> None:
    factories.stay(cast.bill, cast.it, "2025-06-16")
    assert list(cast.it.employees) == []
    today("2025-06-16")
    assert list(cast.it.employees) == [cast.bill]


# --- by count -----------------------------------------------------------------------------------------------


def test_people_are_found_by_the_number_of_their_departments(john_in_two: Cast) -> None:
    here = select(Employee.number).join(Employee.department_links).where(Link.on(date(2025, 5, 20)))
    each = here.group_by(Employee.number)
    assert db.session.scalars(each.having(func.count() > 1)).all() == ["1003"]
    assert db.session.scalars(each.having(func.count() == 1)).all() == ["1001"]


def test_trap_a_join_does_not_know_who_is_nowhere(john_in_two: Cast) -> None:
    nowhere = select(Employee.number).join(Employee.department_links).group_by(Employee.number)
    assert db.session.scalars(nowhere.having(func.count() == 0)).all() == []
    wanted, _sorts = queries.employees({"departments": "0"}, "", date(2025, 5, 20))
    assert {one.number for one in db.session.scalars(wanted)} == {"1002", "1007"}


# --- no stay twice ------------------------------------------------------------------------------------------


def test_the_pair_alone_may_repeat_but_no_two_stays_of_it_meet(cast: Cast) -> None:
    factories.stay(cast.bill, cast.it, "2020-01-01", "2020-12-31")
    factories.stay(cast.bill, cast.it, "2021-01-01")
    with pytest.raises(IntegrityError, match="ex_department_employee_link_pair"):
        factories.stay(cast.bill, cast.it, "2020-12-31", "2020-12-31")
    db.session.rollback()


def test_moving_an_end_onto_another_stay_is_refused_too(cast: Cast) -> None:
    first = factories.stay(cast.bill, cast.it, "2020-01-01", "2020-12-31")
    factories.stay(cast.bill, cast.it, "2021-01-01")
    first.ends_before = date(2021, 1, 2)
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


# --- a key that changes -------------------------------------------------------------------------------------


def test_every_row_follows_a_new_key_without_being_loaded(cast: Cast, statements: Callable) -> None:
    factories.stay(cast.bill, cast.it)
    factories.address(cast.bill)
    with statements() as seen:
        cast.bill.number = "2007"
        db.session.commit()
    assert seen
    assert not [statement for statement in seen if "_link" in statement or "address" in statement]
    assert db.session.scalars(select(Link.employee_number)).all() == ["2007"]
    assert db.session.scalars(select(Address.employee_number)).all() == ["2007"]


def test_trap_what_is_loaded_already_does_not_know_before_it_is_read_again(cast: Cast) -> None:
    link = factories.stay(cast.bill, cast.it)
    assert link.employee_number == "1007"
    cast.bill.number = "2007"
    db.session.flush()
    assert link.employee_number == "1007", "the database changed it, the session was not told"
    db.session.refresh(link)
    assert link.employee_number == "2007"


def test_trap_a_list_that_is_loaded_under_the_coming_key_is_empty(cast: Cast) -> None:
    factories.stay(cast.bill, cast.it)
    db.session.expire_all()
    cast.bill.number = "2007"
    with db.session.no_autoflush:
        assert cast.bill.department_links == []
    db.session.rollback()


def test_trap_a_bulk_update_leaves_the_derived_key_behind(cast: Cast) -> None:
    db.session.execute(update(Employee).where(Employee.number == "1007").values(number="2007"))
    db.session.commit()
    assert db.session.get(Employee, "2007").number_key == "1007", "so keys are changed on the record"


def test_trap_with_foreign_keys_off_a_renumber_leaves_orphans(make_app: Callable, tmp_path: Path) -> None:
    """What a SQLite connection does that nobody has told to keep foreign keys."""
    app = make_app(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/off.db")
    off = foreign_keys_wanted.set(False)
    try:
        with app.app_context():
            db.create_all()
            factories.stay(factories.employee("Bill Hart", "1007"), factories.department("IT"))
            db.session.get(Employee, "1007").number = "2007"
            db.session.commit()
            orphans = text("SELECT count(*) FROM department_employee_link WHERE employee_number = '1007'")
            assert db.session.scalar(orphans) == 1, "committed, and nobody's"
            db.session.remove()
            db.engine.dispose()
    finally:
        foreign_keys_wanted.reset(off)


def test_so_a_connection_that_does_not_keep_them_is_refused(tmp_path: Path) -> None:
    class Deaf(sqlite3.Connection):
        """A SQLite that was built without foreign keys."""

        def execute(self, statement: str, *values: Any) -> Any:
            return super().execute(statement.replace("foreign_keys=1", "foreign_keys=0"), *values)

    connection = sqlite3.connect(tmp_path / "deaf.db", factory=Deaf)
    with pytest.raises(RuntimeError, match="does not keep foreign keys"):
        database._open_sqlite(connection, None)
    connection.close()


# --- delete, and the far side stays -------------------------------------------------------------------------


@pytest.mark.parametrize(("gone", "left"), [("it", "ann"), ("ann", "it")])
def test_a_record_goes_with_its_links_and_the_far_side_stays(cast: Cast, gone: str, left: str) -> None:
    factories.stay(cast.ann, cast.it)
    far_side = getattr(cast, left)
    db.session.delete(getattr(cast, gone))
    db.session.commit()
    assert stays() == []
    assert far_side in db.session
    assert list(far_side.departments if left == "ann" else far_side.employees) == []


def test_a_link_that_is_taken_out_of_a_list_is_deleted(cast: Cast) -> None:
    factories.stay(cast.ann, cast.it)
    cast.it.employee_links.clear()
    db.session.commit()
    assert stays() == []


def test_deleting_loads_no_links_as_objects_and_the_history_reads_all_of_them_at_once(
    cast: Cast, statements: Callable
) -> None:
    for year in range(2000, 2020):
        factories.stay(cast.ann, cast.it, f"{year}-01-01", f"{year}-06-30")
    with statements() as seen:
        db.session.delete(cast.it)
        db.session.commit()
    # Their keys, what they were, that they are gone, and what the steps lose; the database deletes them.
    about = [statement for statement in seen if "department_employee_link" in statement]
    assert len(about) == 4
    assert all(statement.startswith("SELECT") for statement in about)
