"""`flask import`: what it stores, what it says, and with which status it ends."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.models import ChangeSet
from hr.models import Department
from tests.importing import CommandLine

TWO = "code,name\nIT,Technology\nHR,People\n"
ONE_BAD = "code,name\nIT,Technology\n.x,Bad code\nHR,People\n"


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> CommandLine:
    return CommandLine(app, tmp_path)


def names() -> list[str]:
    return list(db.session.scalars(select(Department.name).order_by(Department.code)))


def test_a_preview_stores_nothing(run: CommandLine) -> None:
    said = run("departments", TWO)

    assert said.status == 0
    assert "2 added, 0 changed, 0 unchanged, 0 refused" in said.text
    assert "Nothing was stored" in said.text
    assert names() == []


def test_yes_stores_a_valid_file_and_the_history_says_so(run: CommandLine) -> None:
    assert run("departments", TWO, "--yes").status == 0

    assert names() == ["People", "Technology"]
    assert db.session.scalar(select(ChangeSet.deed)) == "Imported departments.csv: 2 added."


def test_yes_stores_nothing_while_a_line_is_refused(run: CommandLine) -> None:
    said = run("departments", ONE_BAD, "--yes")

    assert said.status == 1
    assert "line 3: Bad code: “.x”: A code does not begin with a dot." in said.text
    assert "1 line is refused, so nothing was imported." in said.text
    assert names() == []


def test_valid_only_stores_the_valid_lines_and_lists_the_others(run: CommandLine) -> None:
    said = run("departments", ONE_BAD, "--valid-only")

    assert said.status == 0
    assert "line 3" in said.text
    assert "2 added, 1 refused" in said.text
    assert names() == ["People", "Technology"]


def test_the_same_file_again_changes_nothing_and_leaves_no_trace(run: CommandLine) -> None:
    run("departments", TWO, "--yes")

    said = run("departments", TWO, "--yes")

    assert said.status == 0
    assert "0 added, 0 changed, 2 unchanged, 0 refused" in said.text
    assert db.session.scalar(select(func.count(ChangeSet.id))) == 1
    assert db.session.scalars(select(Department.version)).all() == [1, 1]


def test_a_difference_is_shown_as_old_and_new(run: CommandLine) -> None:
    run("departments", TWO, "--yes")

    said = run("departments", "code,name\nit,Computing\nHR,People\n", "--yes")

    assert "line 2: it · Computing: Name: Technology → Computing" in said.text
    assert names() == ["People", "Computing"]


def test_columns_can_be_renamed_reordered_added_and_told(run: CommandLine) -> None:
    said = run("departments", "size;what;Dept No\n7;Sales;S\n", "--yes", "--map", "what=name")

    assert said.status == 0
    assert "Columns ignored: size." in said.text
    assert names() == ["Sales"]


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (b"", (), "The file is empty."),
        (b"code,name\nIT,\xe9", (), "Which of these reads right?"),
        (b"code\nIT", (), "A column for “Name” is needed."),
        (b"IT,Technology\nHR,People", (), "Is the first line the one with their names?"),
        (b"code,name\nIT,x", ("--map", "wrong=name"), "The file has no column “wrong”"),
    ],
)
def test_a_file_that_cannot_be_used_ends_with_status_2(
    run: CommandLine, content: bytes, options: tuple[str, ...], sentence: str
) -> None:
    said = run("departments", content, "--yes", *options)

    assert said.status == 2
    assert sentence in said.text
    assert names() == []


def test_an_open_question_is_asked_in_words(run: CommandLine) -> None:
    said = run("department-links", "emp_no,dept_no,from_date,to_date\n1,IT,2020-01-01,2021-01-01\n", "--yes")

    assert said.status == 2
    assert "What does the end date say" in said.text
    assert "--end-date last-day" in said.text
    assert "--end-date first-day-away" in said.text


def test_lines_that_do_not_fit_the_header_are_refused_one_by_one(run: CommandLine) -> None:
    said = run("departments", "code,name\nIT,Technology,more\nHR\nS,Sales,,\n", "--valid-only")

    assert "line 2: The line has 3 cells where the header has 2." in said.text
    assert "line 3: The line has 1 cell where the header has 2." in said.text
    assert names() == ["Sales"]


def test_a_line_said_twice_is_taken_once_and_a_contradiction_is_refused(run: CommandLine) -> None:
    said = run("departments", "code,name\nIT,Technology\nIT,Technology\nit,Else\n", "--valid-only")

    assert "line 3: says the same as line 2; taken once." in said.text
    assert "line 4: it · Else: Line 2 is about the same department and says something else." in said.text
    assert names() == ["Technology"]
