"""Days in several notations: read as they are meant, settled by other lines of the file, or asked about."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.sheets.files import read_table
from core.sheets.plan import Line
from core.sheets.preview import Reading
from hr.sheets import SHEETS
from tests.importing import CommandLine

MAPPED = {"number": "number", "name": "name", "hired_on": "hired", "left_on": "left"}


@pytest.fixture(autouse=True)
def _in_2025(app: Flask, today: Callable[[str], None]) -> None:
    """What two digits of a year mean depends on today."""


def reading(*hired: str, order: str = "", left: str = "") -> Reading:
    """A file with these days, read."""
    lines = [f"{number},Ann,{day},{left}" for number, day in enumerate(hired, 1)]
    table = read_table("\n".join(["number,name,hired,left", *lines]).encode())
    return Reading(SHEETS["employees"], table, MAPPED, {"day_order": order} if order else {})


def days(*hired: str, **more: str) -> list[Any]:
    """The day that each line gives, or the reason why it gives none."""
    return [_day(line) for line in reading(*hired, **more).lines().lines]


def _day(line: Line) -> str:
    return str(line.values["hired_on"]) if "hired_on" in line.values else line.reason


@pytest.mark.parametrize(
    "written",
    [
        "2025-12-31",
        "2025-12-31T00:00:00",
        "2025/12/31",
        "20251231",
        "31.12.2025",
        "31.12.25",
        "31/12/2025",
        "31-12-2025",
        "12/31/2025",
        "12/31/25",
        "31-Dec-25",
        "31-DEC-2025",
        "31 December 2025",
        "31st Dec 2025",
        '"Dec 31, 2025"',
    ],
)
def test_a_notation_that_says_what_it_means(written: str) -> None:
    assert days(written) == ["2025-12-31"]
    assert reading(written).open_questions == []


@pytest.mark.parametrize("written", ["9999-01-01", "01/01/9999", "01/02/9999", "31.12.9999", "99991231"])
def test_the_year_9999_stays_open(written: str) -> None:
    (line,) = reading("2020-01-01", left=written).lines().lines

    assert line.values["left_on"] is None


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2025-02-30", "There is no day “2025-02-30”."),
        ("31/31/2025", "There is no day “31/31/2025”."),
        ("31-Foo-2025", "“31-Foo-2025” is not a day."),
        ("45000", "“45000” is not a day."),
        ("2025-12-31 08:30:00", "is not a day."),
        ("tomorrow", "“tomorrow” is not a day."),
    ],
)
def test_what_is_no_day_is_refused(written: str, reason: str) -> None:
    assert reason in days(written)[0]


def test_a_day_that_can_be_two_is_asked_about() -> None:
    (question,) = reading("2020-01-01", "03/04/2025").open_questions

    assert question.sentence == "Is 03/04/2025 in line 3 the 3rd of April or March 4th?"
    assert question.choices == {
        "day-first": "3 Apr 2025: the day comes first",
        "month-first": "4 Mar 2025: the month comes first",
    }
    assert days("03/04/2025", order="day-first") == ["2025-04-03"]
    assert days("03/04/2025", order="month-first") == ["2025-03-04"]


@pytest.mark.parametrize(
    ("telling", "day", "first"), [("31/12/2025", "2025-04-03", "day"), ("12/31/2025", "2025-03-04", "month")]
)
def test_one_line_settles_it_for_the_file_and_that_is_said(telling: str, day: str, first: str) -> None:
    file = reading("03/04/2025", telling)

    assert file.open_questions == []
    assert file.said == (f"“03/04/2025” is read with the {first} first, as line 3 (“{telling}”) shows.",)
    assert days("03/04/2025", telling)[0] == day


def test_the_lines_themselves_go_before_an_answer_of_last_time() -> None:
    assert days("03/04/2025", "31/12/2025", order="month-first")[0] == "2025-04-03"


def test_the_same_number_twice_is_no_doubt() -> None:
    assert reading("04/04/2025").open_questions == []
    assert days("04/04/2025") == ["2025-04-04"]


def test_of_a_file_that_contradicts_itself_the_fewer_lines_are_refused() -> None:
    written = ("31/12/2025", "12/31/2025", "30/11/2025", "01/02/2025")

    assert days(*written) == [
        "2025-12-31",
        "“12/31/2025” has the month first, but in this file the day comes first, as in line 2 "
        "(“31/12/2025”).",
        "2025-11-30",
        "2025-02-01",
    ]
    assert reading(*written).said == (
        "In days with slashes or dashes the day comes first, as in line 2 (“31/12/2025”); "
        "1 day has it otherwise, as line 3 (“12/31/2025”), and is refused.",
    )


def test_where_as_many_speak_for_either_it_is_asked() -> None:
    (question,) = reading("31/12/2025", "12/31/2025").open_questions

    assert "the day first in line 2 (“31/12/2025”) and the month first in line 3" in question.sentence
    assert days("31/12/2025", "12/31/2025", order="month-first") == [
        "“31/12/2025” has the day first, but in this file the month comes first.",
        "2025-12-31",
    ]


def test_two_digits_of_a_year_are_said_as_they_are_read() -> None:
    assert days("31.12.45", "31.12.46") == ["2045-12-31", "1946-12-31"]
    assert reading("31.12.45").said == ("Years of two digits, as in “31.12.45”, are read as 1946 to 2045.",)


def test_a_column_that_is_not_used_is_not_asked_about() -> None:
    table = read_table(b"number,name,note\n1,Ann,03/04/2025\n")

    assert Reading(SHEETS["employees"], table, {"number": "number", "name": "name"}, {}).open_questions == []


def test_the_command_line_asks_and_is_told(app: Flask, tmp_path: Path) -> None:
    run = CommandLine(app, tmp_path)
    content = "number,name,hired\n1,Ann,03/04/2025\n"

    asked = run("employees", content)
    told = run("employees", content, "--day-order", "month-first")

    assert asked.status == 2
    assert "Is 03/04/2025 in line 2 the 3rd of April or March 4th?" in asked.text
    assert "--day-order day-first" in asked.text
    assert "4 Mar 2025" in told.text


def test_a_day_in_two_ways_is_seen_in_letters_of_two_bytes_too(app: Flask, tmp_path: Path) -> None:
    content = "number,name,hired\n1,Zoë,03/04/2025\n".encode("utf-16-le")

    asked = CommandLine(app, tmp_path)("employees", content, "--encoding", "utf-16-le")

    assert "Is 03/04/2025 in line 2 the 3rd of April or March 4th?" in asked.text
