"""What a file leaves open, answered in the browser: letters, worksheet, order of day and month."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.db import db
from hr.models import Department, Employee
from tests.workbooks import workbook


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def any_page(request: pytest.FixtureRequest, page: Page, plain_page: Page) -> Page:
    return page if request.param else plain_page


def send(page: Page, kind: str, path: Path) -> None:
    page.goto("/import")
    page.get_by_label("What is in the file").select_option(kind)
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Show what it would do").click()


def test_letters_are_chosen_by_how_they_read(
    any_page: Page, tmp_path: Path, axe: Callable[[Page], None]
) -> None:
    page, path = any_page, tmp_path / "old.csv"
    path.write_bytes("code,name\nIT,Größe\n".encode("macintosh"))
    send(page, "Departments", path)
    expect(page.get_by_role("heading", name="Before there is a preview")).to_be_visible()
    page.get_by_label("Größe (Mac, Western Europe)").check()
    page.get_by_role("button", name="Answer and show the preview").click()
    expect(page.get_by_role("link", name="1 added")).to_be_visible()
    page.get_by_role("button", name="Import 1 line").click()
    expect(page.locator(".message")).to_be_visible()
    db.session.rollback()
    assert db.session.scalars(select(Department.name)).all() == ["Größe"]


def test_worksheet_and_days_are_asked_and_remembered(
    phone: Page, tmp_path: Path, axe: Callable[[Page], None]
) -> None:
    path = tmp_path / "staff.xlsx"
    people = [["number", "name", "hired"], [7, "Ann Lee", "03/04/2025"], [8, "Ben Ray", "05/06/2025"]]
    path.write_bytes(workbook(Cover=[["Our staff"], ["of this year"]], People=people))
    send(phone, "Employees", path)
    axe(phone)
    expect(phone.get_by_label("“People”")).to_be_checked()
    expect(phone.locator("main")).to_contain_text("Is 03/04/2025 in line 2 the 3rd of April or March 4th?")
    phone.get_by_label("3 Apr 2025: the day comes first").check()
    phone.get_by_role("button", name="Answer and show the preview").click()
    axe(phone)
    phone.get_by_role("button", name="Import all 2 lines").click()
    expect(phone.locator(".message")).to_be_visible()
    db.session.rollback()
    wanted = select(Employee.number, Employee.hired_on).order_by(Employee.number)
    assert [(number, str(hired)) for number, hired in db.session.execute(wanted)] == [
        ("7", "2025-04-03"),
        ("8", "2025-06-05"),
    ]
    send(phone, "Employees", path)
    expect(phone.locator("main")).to_contain_text("The columns are set as last time")
    axe(phone)
    phone.get_by_role("button", name="Start afresh").click()
    expect(phone.get_by_role("heading", name="Before there is a preview")).to_be_visible()
    phone.get_by_label("“Cover”").check()
    phone.get_by_role("button", name="Answer and show the preview").click()
    expect(phone.locator("main")).to_contain_text("None of the columns is known (Our staff)")


def test_a_file_that_is_too_large_is_refused_with_a_sentence(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(100 * 1024**2)
    send(page, "Departments", path)
    expect(page.get_by_role("heading", name="This is too large")).to_be_visible()
    expect(page.locator("main")).to_contain_text("A file can have up to 64 MB.")
