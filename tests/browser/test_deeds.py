"""In Chromium, with the keyboard alone: each deed on stays and people, from the row to the end."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from core.db import db
from hr.models import DepartmentEmployeeLink
from tests import factories
from tests.browser.hands import Keyboard, fresh
from tests.cast import Cast
from tests.hr.stays import rows


@pytest.fixture(autouse=True)
def _day(today: Callable[[str], None]) -> None:
    """It is 20 May 2025."""


@pytest.fixture
def hands(page: Page, cast: Cast) -> Keyboard:
    """Ann is in IT; Ben is head of it."""
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500")
    factories.stay(cast.ben, cast.it, "2024-01-01", "2025-12-31", fte="1.000", role="head", is_primary=True)
    return Keyboard(page)


ANN, BEN = "/hr/employees/1001", "/hr/employees/1002"
ROW = ".link:not(.is-spare) .row-menu"


def test_end(hands: Keyboard) -> None:
    hands.open(ANN)
    hands.choose(ROW, "End…")
    hands.answer("2025-06-30")
    hands.look_and_do("1 changed", "open → 30 Jun 2025")
    assert rows()[0] == ("1001", "IT", "2024-01-01", "2025-06-30", "0.500")
    # The work goes on at that row, not at the top of the page.
    expect(hands.page).to_have_url(re.compile("/1001#department_rows-0$"))
    hands.press("Tab")
    expect(hands.page.get_by_role("link", name="Information Technology", exact=True)).to_be_focused()


def test_extend_from_the_department(hands: Keyboard) -> None:
    hands.open("/hr/departments/IT?q=okafor")
    hands.choose(ROW, "Extend…")
    hands.look_and_do("31 Dec 2025 → open")
    assert rows()[1] == ("1002", "IT", "2024-01-01", None, "1.000")
    expect(hands.page).to_have_url(re.compile(r"/IT\?q=okafor#employee_rows-0$"))


def test_change_from_a_day_on(hands: Keyboard) -> None:
    hands.open(ANN)
    hands.choose(ROW, "Change…")
    hands.press("Space")
    hands.tab_to("[name=from_day]")
    hands.answer("2025-07-01", "0.6")
    hands.look_and_do("1 added, 1 changed")
    assert [row[4] for row in rows() if row[0] == "1001"] == ["0.500", "0.600"]


def test_correct(hands: Keyboard) -> None:
    hands.open(ANN)
    hands.choose(ROW, "Change…")
    hands.press("ArrowDown")
    hands.tab_to("[name=fte]")
    hands.answer("0.6")
    hands.look_and_do("0.500 → 0.600")
    assert [row[4] for row in rows() if row[0] == "1001"] == ["0.600"]


def test_transfer_and_take_back(hands: Keyboard) -> None:
    hands.open(ANN)
    before = rows()
    hands.choose(ROW, "Transfer…")
    hands.page.keyboard.type("sal")
    expect(hands.page.get_by_role("option", name="Sales")).to_be_visible()
    expect(hands.page.locator("#finder [role=option]")).to_have_count(1)
    hands.press("Enter")
    hands.tab_to("[name=from_day]")
    hands.answer("2025-06-16")
    hands.look_and_do("Lee, Ann #1001 in Sales")
    assert [row[1] for row in rows() if row[0] == "1001"] == ["IT", "SALES"]
    hands.open(f"{ANN}?span=future")
    hands.choose(ROW, "Take back…")
    hands.look_and_do("1 changed, 1 removed")
    assert rows() == before


def test_make_main(hands: Keyboard, cast: Cast) -> None:
    second = factories.stay(cast.ben, cast.sales, "2025-01-01", "2025-06-30", fte="0.000")
    hands.open("/hr/departments/SALES")
    hands.choose(ROW, "Make main…")
    hands.look_and_do("Main no → yes")
    assert fresh(second).is_primary


@pytest.mark.parametrize(("line", "role"), [("Make head…", "head"), ("Make acting head…", "acting head")])
def test_roles(hands: Keyboard, line: str, role: str) -> None:
    hands.open(ANN)
    hands.choose(ROW, line)
    expect(hands.page.locator("[name=from_day]")).to_be_focused()  # the role is chosen already
    hands.answer("2025-06-01")
    hands.look_and_do("2 added" if role == "head" else "1 added")
    db.session.rollback()
    found = db.session.query(DepartmentEmployeeLink).filter_by(role=role, employee_number="1001").all()
    assert [one.starts_on for one in found] == [date(2025, 6, 1)]


def test_leave(hands: Keyboard, cast: Cast) -> None:
    hands.open(ANN)
    hands.choose(".more", "Leave…")
    hands.answer("2025-06-30")
    hands.look_and_do("Last day worked empty → 30 Jun 2025", "Last day open → 30 Jun 2025")
    assert fresh(cast.ann).left_on == date(2025, 6, 30)


def test_renumber(hands: Keyboard) -> None:
    hands.open(BEN)
    hands.choose(".more", "Renumber…")
    hands.answer("2002")
    hands.look_and_do("This goes along: 1 stay.", "Number 1002 → 2002")
    expect(hands.page).to_have_url(re.compile("/2002$"))
    hands.open(BEN)
    expect(hands.page).to_have_url(re.compile("/2002$"))


def test_recode(hands: Keyboard) -> None:
    hands.open("/hr/departments/IT")
    hands.choose(".more", "Recode…")
    hands.answer("ICT")
    hands.look_and_do("This goes along: 2 stays.", "Code IT → ICT")
    assert {row[1] for row in rows()} == {"ICT"}


def test_add_several_people_to_a_department(hands: Keyboard) -> None:
    hands.open("/hr/add-to-department?key=1003&key=1007")
    hands.answer("SALES", "2025-06-01")
    hands.look_and_do("2 added")
    assert [row[0] for row in rows() if row[1] == "SALES"] == ["1003", "1007"]


def test_a_refusal_keeps_what_was_typed_and_has_the_focus(hands: Keyboard, cast: Cast) -> None:
    factories.stay(cast.ann, cast.sales, "2025-01-01", fte="0.500")
    hands.open(ANN + "?sort=starts_on")
    hands.choose(ROW, "Change…")
    hands.press("ArrowDown")
    hands.tab_to("[name=fte]")
    hands.answer("0.7")
    hands.press("Enter")
    expect(hands.page.locator("[name=overload_reason]")).to_be_focused()
    expect(hands.page.locator("[name=fte]")).to_have_value("0.7")
    hands.answer("Covers for Ben")
    hands.look_and_do("0.500 → 0.700")
    assert Decimal("1.2") == sum(Decimal(row[4]) for row in rows() if row[0] == "1001")
