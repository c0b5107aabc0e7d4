"""Spreadsheets: each cell becomes what a person would have typed into a text file."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.sheets.files import Unreadable, read_table
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.exporting import fetched
from tests.importing import CommandLine, Pages, counts
from tests.workbooks import PART, with_parts, with_rows, workbook


def cells(*values: Any) -> list[str]:
    """What becomes of a row of cells."""
    heads = [f"column {number}" for number in range(len(values))]
    return next(read_table(workbook(Sheet=[heads, values])).rows())[1]


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        (5, "5"),
        (5.0, "5"),
        (-3, "-3"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
        (1234.5, "1234.5"),
        (9780306406157, "9780306406157"),
        (1e22, "10000000000000000000000"),
        (1e-7, "0.0000001"),
        ("005", "005"),
        ("Müller 木", "Müller 木"),
        ("two\nlines", "two lines"),
        (True, "yes"),
        (False, "no"),
        (date(2025, 12, 31), "2025-12-31"),
        (date(9999, 12, 31), "9999-12-31"),
        (datetime(2025, 12, 31, 8, 30), "2025-12-31 08:30:00"),
        (time(8, 30), "08:30:00"),
        ((0.5, "0%"), "50%"),
        ((0.125, "0.0 %"), "12.5%"),
        ((7, "00000"), "00007"),
        ((7, '0" %"'), "7"),
        ((45_000, "#,##0"), "45000"),
    ],
)
def test_a_cell_becomes_what_is_typed(value: Any, typed: str) -> None:
    # Time values have no format of their own in the library that writes them.
    shown = (value, "hh:mm") if isinstance(value, time) else value

    assert cells(shown, "x") == [typed, "x"]


def test_rows_and_columns_before_the_table_stay_where_they_are() -> None:
    rows = [[], [None, "code", "name"], [], [None, "IT", "Technology"]]

    table = read_table(workbook(Sheet=rows))

    assert table.headers == ("column 1", "code", "name")
    assert list(table.rows()) == [(4, ["", "IT", "Technology"])]


def test_the_first_worksheet_with_a_table_is_read_and_another_can_be_chosen() -> None:
    content = workbook(Cover=[["Our staff"]], People=[["number"], ["1"]], Places=[["code"], ["IT"]], Empty=[])

    table = read_table(content)

    assert table.headers == ("number",)
    (question,) = table.questions
    assert (question.name, question.answer({})) == ("worksheet", ""), (
        "which one is meant is for a person to say"
    )
    assert dict(question.choices) == {"People": "“People”", "Places": "“Places”"}
    assert read_table(content, {"worksheet": "Places"}).headers == ("code",)
    with pytest.raises(Unreadable, match="no worksheet “Else”"):
        read_table(content, {"worksheet": "Else"})


def test_a_worksheet_that_cannot_be_read_is_passed_over() -> None:
    content = workbook(Notes=[["x", "x"], ["1", "2"]], Places=[["code"], ["IT"]])

    assert read_table(content).headers == ("code",)
    with pytest.raises(Unreadable, match="Two columns are called “x”"):
        read_table(content, {"worksheet": "Notes"})


def test_a_single_table_raises_no_question() -> None:
    assert read_table(workbook(Sheet=[["a"], ["b"]], Empty=[])).questions == ()


def test_an_error_is_known_by_its_cell() -> None:
    rows = (
        '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        "<row r='3'><c t='e' r='A3'><v>#N/A</v></c><c r=\"B3\"><f>A2+1</f></c></row>"
        '<row r="4"><c r="A4"><f>A2</f><v></v></c><c r="B4" t="str"><f>""</f><v></v></c></row>'
    )

    table = read_table(with_rows(rows))

    assert [line for _, line in table.rows()] == [["1", "#DIV/0!"], ["#N/A", "=…"], ["=…", ""]]
    assert table.faults == {
        (2, 1): "Cell B2 has the error #DIV/0!. Mend it in the spreadsheet.",
        (3, 0): "Cell A3 has the error #N/A. Mend it in the spreadsheet.",
        (3, 1): "The formula in cell B3 was never calculated. Open the file in its program and save it.",
        (4, 0): "The formula in cell A4 was never calculated. Open the file in its program and save it.",
    }


def test_a_formula_is_its_value() -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
    )

    table = read_table(with_rows(rows))

    assert (list(table.rows()), table.faults) == ([(2, ["2"])], {})


def test_macros_and_pictures_are_ignored() -> None:
    content = workbook(Sheet=[["a"], ["b"]])

    assert read_table(with_parts(content, {"xl/vbaProject.bin": b"\0" * 99, "xl/media/x.png": b"x"})).headers


def test_prefixes_and_cells_without_an_address_are_read() -> None:
    content = workbook(Sheet=[["a"], ["b"]])
    rows = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        b"<x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row>"
        b"<x:row><x:c><x:v>3</x:v></x:c><x:c><x:v>4</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )

    table = read_table(with_parts(content, {PART: rows}))

    assert (table.headers, list(table.rows())) == (("1", "2"), [(2, ["3", "4"])])


def test_the_worksheet_that_fits_is_taken_and_said(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "all.xlsx"
    path.write_bytes(
        workbook(Cover=[["Our units"], ["2025"]], Units=[["code", "name"], ["IT", "Technology"]])
    )
    run = CommandLine(app, tmp_path)

    said, other = run("departments", path), run("departments", path, "--worksheet", "Cover")

    assert "Read from the worksheet “Units”; --worksheet takes another one." in said.text
    assert "1 added" in said.text
    assert other.status == 2
    assert "None of the columns is known (Our units)." in other.text


@pytest.mark.parametrize("what", ["people", "departments", "stays"])
def test_a_list_that_was_taken_away_as_a_spreadsheet_comes_back_unchanged(
    client: Client, cast: Cast, what: str
) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01", "2025-06-01", fte="0.333", extra_data="=1+1")
    factories.stay(cast.ben, cast.it, "1899-05-01", fte="0.1")
    where, kind = {
        "people": ("/hr/employees?download=employees.xlsx", "employees"),
        "departments": ("/hr/departments?download=departments.xlsx", "departments"),
        "stays": ("/hr/stays?span=all&download=stays.xlsx", "department-links"),
    }[what]
    taken = fetched(client, where)

    page = Pages(client).upload(kind, taken.data, "list.xlsx").text

    assert counts(page)["unchanged"] > 0
    assert {state: count for state, count in counts(page).items() if count} == {
        "unchanged": counts(page)["unchanged"]
    }
