"""Import in the browser: choose, answer, look, decide."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.models import Upload, User
from core.sheets import forms, sources
from hr.models import Department, DepartmentEmployeeLink
from tests import factories
from tests.conftest import Client
from tests.databases import SERVER
from tests.importing import Pages, counts

TWO = "code,name,size\nIT,Technology,7\nHR,People,8\n"
ONE_BAD = "code,name\nIT,Technology\n.x,=Bad code\nHR,People\n"


@pytest.fixture
def pages(client: Client) -> Pages:
    return Pages(client)


def how_many(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_is_shown_then_stored_and_forgotten(pages: Pages) -> None:
    preview = pages.upload("departments", TWO, "lists/all.csv")
    assert counts(preview.text) == {"added": 2, "changed": 0, "unchanged": 0, "refused": 0}
    assert "Columns ignored: size." in preview.text
    assert "<h1>all.csv</h1>" in preview.text
    assert how_many(Department) == 0

    answer = pages.apply()

    assert (answer.status_code, answer.location) == (303, "/hr/departments")
    assert "Imported all.csv: 2 added." in pages.client.get("/hr/departments").text
    assert (how_many(Department), how_many(Upload)) == (2, 0)


def test_pressing_twice_stores_once(pages: Pages) -> None:
    page = pages.upload("departments", TWO).text
    pages.apply(page=page)

    answer = pages.apply(page=page)

    assert (answer.status_code, answer.location) == (303, "/hr/departments")
    assert how_many(Department) == 2


def test_all_or_nothing_and_all_valid_lines(pages: Pages) -> None:
    page = pages.upload("departments", ONE_BAD).text
    assert "All or nothing is not possible while 1 line is refused." in page

    refused = pages.apply("all", page)
    assert refused.status_code == 422
    assert "1 line is refused, so nothing was imported." in refused.text
    assert how_many(Department) == 0

    assert pages.apply("valid").status_code == 303
    assert how_many(Department) == 2


def test_the_refused_lines_can_be_downloaded_with_their_reasons(pages: Pages) -> None:
    pages.upload("departments", ONE_BAD)

    answer = pages.client.get(f"{pages.url}/refused.csv")

    lines = answer.text.lstrip("\ufeff").splitlines()
    assert answer.mimetype == "text/csv"
    assert lines[0] == "code,name,Line,Refused because"
    assert lines[1].startswith(".x,'=Bad code,3,“.x”: A code does not begin with a dot.")
    assert len(lines) == 2


def test_the_columns_can_be_changed(pages: Pages) -> None:
    page = pages.upload("departments", "a,b\nIT,Technology\n").text
    assert "Before there is a preview" in page
    assert "None of the columns is known (a, b)" in page

    page = pages.mean(code="a", name="b").text

    assert counts(page)["added"] == 1
    assert "No column is ignored." in page


def test_the_end_date_is_asked_for(pages: Pages) -> None:
    factories.employee("Ann Lee", "1001")
    factories.department("IT")
    head = "emp_no,dept_no,from_date,to_date"
    page = pages.upload("department-links", f"{head}\n1001,IT,2020-01-01,2020-02-01\n").text
    assert "What does the end date say" in page
    assert 'name="digest"' not in page

    assert counts(pages.mean(end_date="last-day").text)["added"] == 1
    pages.apply()

    stay = db.session.scalars(select(DepartmentEmployeeLink)).one()
    assert (str(stay.last_day), str(stay.ends_before)) == ("2020-02-01", "2020-02-02")


def test_what_changed_since_the_preview_is_not_overwritten_unseen(pages: Pages) -> None:
    page = pages.upload("departments", TWO).text
    factories.department("it", "Something else")

    answer = pages.apply(page=page)

    assert answer.status_code == 422
    assert "has changed since this preview was made" in answer.text
    assert counts(answer.text) == {"added": 1, "changed": 1, "unchanged": 0, "refused": 0}
    assert how_many(Department) == 1
    assert pages.apply(page=answer.text).status_code == 303


def test_long_groups_are_turned_page_by_page(pages: Pages) -> None:
    lines = "".join(f"C{n:03},Name {n}\n" for n in range(120))
    page = pages.upload("departments", "code,name\n" + lines).text
    assert "1 to 50 of 120" in page
    assert "C049" in page
    assert "C050" not in page

    page = pages.client.get(f"{pages.url}?show=added&page=3").text

    assert "101 to 120 of 120" in page
    assert "C119" in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "The file is empty."), (b"%PDF-1.7", "This is a PDF document"), (b"a\0,b\n1,2", "NUL byte")],
)
def test_a_file_that_cannot_be_read_is_not_kept(pages: Pages, content: bytes, sentence: str) -> None:
    answer = pages.upload("departments", content)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert how_many(Upload) == 0


def test_no_file_is_said_in_words(client: Client) -> None:
    answer = client.post("/import", data={"kind": "departments"})

    assert answer.status_code == 422
    assert "Choose a CSV file or a spreadsheet." in answer.text


def test_a_file_waits_until_it_is_dropped(pages: Pages) -> None:
    pages.upload("departments", TWO, "later.csv")
    assert "later.csv" in pages.client.get("/import").text

    answer = pages.client.post(f"{pages.url}/drop")

    assert answer.location == "/import"
    assert how_many(Upload) == 0
    assert pages.client.get(pages.url).status_code == 404


def test_a_file_is_seen_by_its_owner_only(pages: Pages, app: Flask) -> None:
    pages.upload("departments", TWO)
    somebody = factories.user("Some Body", "some@example.org", password="x")
    other = app.test_client().sign_in(somebody)

    for answer in (other.get(pages.url), other.post(f"{pages.url}/apply"), other.post(f"{pages.url}/drop")):
        assert answer.status_code == 404
    assert "file.csv" not in other.get("/import").text
    assert db.session.scalars(select(User.email).join(Upload)).all() == ["edith@example.org"]


def test_the_decision_is_a_post(pages: Pages) -> None:
    pages.upload("departments", TWO)

    assert pages.client.get(f"{pages.url}/apply").status_code == 405
    assert pages.client.get(f"{pages.url}/drop").status_code == 405


def test_nothing_to_do_has_no_button(pages: Pages) -> None:
    pages.upload("departments", TWO)
    pages.apply()

    page = pages.upload("departments", TWO).text

    assert counts(page) == {"added": 0, "changed": 0, "unchanged": 2, "refused": 0}
    assert "Everything in this file is stored already." in page
    assert 'name="which" value=' not in page


@pytest.mark.skipif(bool(SERVER), reason="only SQLite has one writer at a time")
def test_nobody_waits_while_a_file_is_read(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, written = sources.opened, []

    def while_somebody_writes(*args: Any) -> Any:
        with closing(sqlite3.connect(str(db.engine.url.database), timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
            written.append("at once")
        return opened(*args)

    monkeypatch.setattr(forms, "opened", while_somebody_writes)
    monkeypatch.setattr(sources, "opened", while_somebody_writes)
    assert Pages(client).upload("departments", "code,name\nHR,People\n").status_code == 200
    assert "at once" in written
