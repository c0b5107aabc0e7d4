"""A sheet is brought in by the page: chosen, its columns set, looked at, stored."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.db import db
from hr.models import Department
from tests import factories

SHEET = (
    "dept_no,title,dept_name,remark\nd1,One,Editorial,old\nd2,Two,Sales and rights,\nbad code,Three,Odd,\n"
)


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def any_page(request: pytest.FixtureRequest, page: Page, plain_page: Page) -> Page:
    return page if request.param else plain_page


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "departments.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


def stored() -> dict[str, str]:
    db.session.rollback()
    return {one.code: one.name for one in db.session.scalars(select(Department))}


def test_a_file_is_looked_at_then_its_valid_lines_are_stored(
    any_page: Page, sheet: Path, axe: Callable[[Page], None]
) -> None:
    page = any_page
    factories.department("d2", "Sales")
    page.goto("/import")
    page.get_by_label("What is in the file").select_option("Departments")
    page.get_by_label("File", exact=True).set_input_files(sheet)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", name="departments.csv")).to_be_visible()
    page.get_by_text("What the columns mean").click()
    page.get_by_label("Name", exact=True).select_option("title")
    page.get_by_role("button", name="Show the preview again").click()
    expect(page.get_by_role("link", name="1 changed")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Columns ignored: dept_name, remark.")
    page.get_by_text("What the columns mean").click()
    page.get_by_label("Name", exact=True).select_option("dept_name")
    page.get_by_role("button", name="Show the preview again").click()
    page.get_by_role("link", name="1 changed").click()
    expect(page.get_by_role("row").filter(has_text="d2")).to_contain_text("Sales → Sales and rights")
    assert stored() == {"d2": "Sales"}
    page.get_by_role("button", name="Import the 2 valid lines").click()
    expect(page.locator(".message")).to_be_visible()
    assert stored() == {"d1": "Editorial", "d2": "Sales and rights"}


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes(b"%PDF-1.7")
    page.goto("/import")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.locator(".errors")).to_contain_text("This is a PDF document, whatever its name says")
    assert stored() == {}


def test_a_file_is_dropped(page: Page, sheet: Path) -> None:
    page.goto("/import")
    page.get_by_label("File", exact=True).set_input_files(sheet)
    page.get_by_role("button", name="Show what it would do").click()
    page.get_by_role("button", name="Drop this file").click()
    expect(page.locator(".message")).to_contain_text("departments.csv is dropped.")
    assert stored() == {}
