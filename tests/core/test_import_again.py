"""The columns and answers of last time: taken for the next file from the same source, and said."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db, today
from core.forms import day_text
from core.models import ColumnMeaning
from hr.models import Department, DepartmentEmployeeLink
from tests import factories
from tests.conftest import Client
from tests.importing import CommandLine, Pages, counts
from tests.workbooks import workbook

HEAD = "what,title,dept_name"
AS_LAST_TIME = "The columns are set as last time, on "


@pytest.fixture
def pages(client: Client) -> Pages:
    return Pages(client)


def stored_departments() -> dict[str, str]:
    return {one.code: one.name for one in db.session.scalars(select(Department))}


def brought_in(pages: Pages, lines: str = "IT,One,Technology\n") -> None:
    """A first file of this source, with columns that nobody would have proposed."""
    page = pages.upload("departments", f"{HEAD}\n{lines}", "may.csv")
    assert AS_LAST_TIME not in page.text
    pages.mean(code="what", name="title")
    assert pages.apply().status_code == 303


def test_the_same_columns_start_as_they_were_stored(pages: Pages) -> None:
    brought_in(pages)

    page = pages.upload("departments", f"{HEAD}\nHR,Two,People\n", "june.csv").text

    assert AS_LAST_TIME in page
    assert counts(page)["added"] == 1
    pages.apply()
    assert stored_departments() == {"IT": "One", "HR": "Two"}


def test_nothing_is_kept_of_a_file_that_was_dropped(pages: Pages) -> None:
    pages.upload("departments", f"{HEAD}\nIT,One,Technology\n")
    pages.mean(code="what", name="title")
    pages.client.post(f"{pages.url}/drop")

    assert AS_LAST_TIME not in pages.upload("departments", f"{HEAD}\nHR,Two,People\n").text
    assert db.session.scalars(select(ColumnMeaning)).all() == []


def test_other_columns_or_another_kind_are_another_source(pages: Pages) -> None:
    brought_in(pages)

    assert AS_LAST_TIME not in pages.upload("departments", "what,dept_name,title\nHR,Two,People\n").text
    assert AS_LAST_TIME not in pages.upload("employees", f"{HEAD}\n1,Two,People\n").text


def test_it_can_be_started_afresh(pages: Pages) -> None:
    brought_in(pages)
    pages.upload("departments", f"{HEAD}\nHR,Two,People\n")

    answer = pages.client.post(f"{pages.url}/afresh")

    page = pages.client.get(answer.location).text
    assert answer.status_code == 303
    assert AS_LAST_TIME not in page
    assert "A column for “Code” is needed." in page


def test_the_last_word_counts_and_the_day_is_said(pages: Pages) -> None:
    brought_in(pages)
    pages.upload("departments", f"{HEAD}\nHR,Two,People\n")
    page = pages.mean(code="what", name="dept_name").text
    assert AS_LAST_TIME not in page, "what was changed is not as last time"
    pages.apply()
    known = db.session.scalars(select(ColumnMeaning)).one()
    assert json.loads(known.settings)["mapping"] == {"code": "what", "name": "dept_name"}

    page = pages.upload("departments", f"{HEAD}\nS,Three,Sales\n").text

    assert re.search(rf"{AS_LAST_TIME}{day_text(today())}, \d\d:\d\d\.", page)
    pages.apply()
    assert stored_departments()["S"] == "Sales"


def test_answers_are_kept_as_well(pages: Pages) -> None:
    factories.employee("Ann Lee", "1001")
    factories.department("IT")
    head = "emp_no,dept_no,from_date,to_date"
    pages.upload("department-links", f"{head}\n1001,IT,03/04/2020,05/06/2020\n")
    pages.mean(end_date="last-day", day_order="month-first")
    pages.apply()

    page = pages.upload("department-links", f"{head}\n1001,IT,04/05/2021,06/07/2021\n").text

    assert counts(page)["added"] == 1
    pages.apply()
    stays = db.session.scalars(select(DepartmentEmployeeLink).order_by(DepartmentEmployeeLink.starts_on))
    assert [(str(one.starts_on), str(one.last_day)) for one in stays] == [
        ("2020-03-04", "2020-05-06"),
        ("2021-04-05", "2021-06-07"),
    ]


def cover_and(name: str, *rows: Any) -> bytes:
    return workbook(**{"Old": [["code", "name"], ["X", "Old"]], name: [["code", "name"], *rows]})


def test_a_worksheet_is_taken_as_last_time_where_there_is_one_of_its_name(pages: Pages) -> None:
    pages.upload("departments", cover_and("Units", ["IT", "Technology"]), "may.xlsx")
    page = pages.mean(worksheet="Units").text
    assert counts(page)["added"] == 1
    pages.apply()

    again = pages.upload("departments", cover_and("Units", ["HR", "People"]), "june.xlsx").text
    other = pages.upload("departments", cover_and("Teams", ["HR", "People"]), "july.xlsx").text

    assert AS_LAST_TIME in again
    assert [text in again for text in ("People", ">Old<")] == [True, False]
    assert "2 worksheets with a table. Which one is it?" in other
    assert [text in other for text in ("Import", ">Old<", ">HR<")] == [True, False, False], (
        "none is taken unasked"
    )


def test_letters_are_read_as_last_time(pages: Pages) -> None:
    text = "Kürzel,name\n{},{}\n"
    page = pages.upload("departments", text.format("IT", "Müller").encode("macintosh")).text
    assert "Which of these reads right?" in page
    assert "What the columns mean" not in page, "how the file is read goes first"
    pages.mean(encoding="macintosh")
    pages.mean(code="Kürzel")
    pages.apply()

    page = pages.upload("departments", text.format("HR", "Größe").encode("macintosh")).text

    assert AS_LAST_TIME in page
    pages.apply()
    assert stored_departments() == {"IT": "Müller", "HR": "Größe"}


def test_an_answer_that_leads_nowhere_is_refused_with_the_reason(pages: Pages) -> None:
    broken = workbook(Good=[["code", "name"], ["IT", "Technology"]], Bad=[["x", "x"], ["1", "2"]])
    pages.upload("departments", broken, "two.xlsx")

    answer = pages.client.post(pages.url, data={"ask-worksheet": "Bad"})

    assert answer.status_code == 422
    assert "Two columns are called “x”" in answer.text
    assert counts(pages.client.get(pages.url).text)["added"] == 1


def test_the_command_line_takes_only_what_it_is_told(app: Flask, pages: Pages, tmp_path: Path) -> None:
    brought_in(pages)

    said = CommandLine(app, tmp_path)("departments", f"{HEAD}\nHR,Two,People\n", "--yes")

    assert said.status == 2
    assert "A column for “Code” is needed." in said.text
