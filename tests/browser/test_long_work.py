"""Long work is seen while it goes on, leads on by itself when it is done, and is stopped by a press."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from core.db import db
from core.jobs.signs import signs
from core.models import Job, User
from hr.models import Department
from tests import factories
from tests.working import work


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def any_page(request: pytest.FixtureRequest, page: Page, plain_page: Page) -> Page:
    return page if request.param else plain_page


@pytest.fixture
def sheet(app: Flask, tmp_path: Path) -> Path:
    """A file that is long where twenty lines are many."""
    app.config["LONG_FILE"] = 20
    path = tmp_path / "departments.csv"
    path.write_text("code,name\n" + "".join(f"C{n},Name {n}\n" for n in range(60)), encoding="utf-8")
    return path


def test_a_long_file_is_followed_from_its_upload_to_its_end(
    any_page: Page, sheet: Path, axe: Callable[[Page], None]
) -> None:
    page = any_page
    page.goto("/import")
    page.get_by_label("What is in the file").select_option("departments")
    page.get_by_label("File", exact=True).set_input_files(sheet)
    page.get_by_role("button", name="Show what it would do").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Preview of departments.csv")
    expect(page.get_by_role("status").first).to_contain_text("Waiting for its turn")

    work()
    page.get_by_role("button", name="Import all 60 lines").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Import of departments.csv")
    work()

    expect(page.get_by_role("heading", level=1)).to_have_text("Departments")
    expect(page.get_by_text("Imported departments.csv: 60 added.")).to_be_visible()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Department)) == 60


def test_numbers_move_without_loading_the_page_again(
    page: Page, editor: User, axe: Callable[[Page], None]
) -> None:
    job = factories.job(editor, "running", tries=1)
    page.goto(f"/jobs/{job.id}")
    page.evaluate("window.stayed = true")

    told(job, "Storing 40,000 of 331,603", 40_000)
    expect(page.get_by_text("Storing 40,000 of 331,603")).to_be_visible()
    axe(page)
    told(job, "Storing 80,000 of 331,603", 80_000)

    expect(page.get_by_text("Storing 80,000 of 331,603")).to_be_visible()
    assert page.get_by_role("progressbar").evaluate("bar => [bar.value, bar.max]") == [80_000, 331_603]
    assert page.evaluate("window.stayed")


def told(job: Job, doing: str, done: int) -> None:
    """As its worker says it."""
    far = {"tries": 1, "doing": doing, "done": done, "total": 331_603}
    signs().change(job.id, job.asked_at, beat_at=job.asked_at, **far)


def test_a_press_stops_it(any_page: Page, editor: User) -> None:
    page = any_page
    job = factories.job(editor, kind="import-preview")
    page.goto(f"/jobs/{job.id}")

    page.get_by_role("button", name="Stop").press("Enter")

    expect(page.get_by_text("Stopping at the next step")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()
    work()
    expect(page.get_by_role("heading", name="Stopped")).to_be_visible()
