"""A list as a file: what the answer says, how it flows, and what it leaves behind."""

import io
import zipfile
from collections.abc import Callable
from contextvars import Context
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import insert, text

from core.columns import Column
from core.db import db
from core.sheets import workbook
from core.sheets.export import BATCH, cell_text
from core.sheets.workbook import TooLong, written_workbook
from hr.models import Employee
from tests import factories
from tests.conftest import Client
from tests.exporting import FORMATS, fetched, lines

PEOPLE = "/hr/employees?download=employees"


def many_people(count: int) -> None:
    made = [Employee(number=f"{10_000 + n}", name=f"Person Number{n}") for n in range(count)]
    names = ("number", "number_key", "name", "name_key", "sort_name", "sort_key")
    rows = [{name: getattr(one, name) for name in names} | {"version": 1} for one in made]
    db.session.execute(insert(Employee), rows)
    db.session.commit()


# --- the answer ----------------------------------------------------------------------------------------


def test_a_csv_file_is_utf8_with_a_mark_and_ends_its_lines_as_it_should(client: Client) -> None:
    factories.employee("Zoë Ångström, “Z”", "0042", hired_on="2020-04-01")
    answer = fetched(client, f"{PEOPLE}.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.data.decode() == (
        "\ufeffNumber,Name,Filed as,Email,Hired on,Last day worked\r\n"
        '0042,"Zoë Ångström, “Z”","Zoë Ångström, “Z”",,2020-04-01,\r\n'
    )


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_has_a_name_and_is_kept_by_nobody(
    client: Client, today: Callable[..., None], format: str
) -> None:
    answer = fetched(client, f"{PEOPLE}.{format}")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=employees-2025-05-20.{format}"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_file_about_another_day_says_so(client: Client, today: Callable[..., None]) -> None:
    answer = fetched(client, "/hr/employees?on=2024-02-29&download=employees.csv")
    assert "filename=employees-on-2024-02-29-made-2025-05-20.csv" in answer.headers["Content-Disposition"]


def test_a_name_with_other_letters_is_sent_so_that_every_browser_reads_it(
    client: Client, today: Callable[..., None]
) -> None:
    author = factories.author("Håkan “Å” Nesser")
    answer = fetched(client, f"/library/authors/{author.id}?download=authors-of-books.csv")
    assert (
        "filename*=UTF-8''authors-of-books-H%C3%A5kan--%C3%85--Nesser"
        in answer.headers["Content-Disposition"]
    )


@pytest.mark.parametrize(
    "wish", ["employees.pdf", "employees", "salaries.csv", ".csv", "%00.csv", "../x.csv"]
)
def test_a_file_that_is_not_offered_is_not_found(client: Client, wish: str) -> None:
    assert client.get(f"/hr/employees?download={wish}").status_code in (400, 404)


def test_the_head_of_the_list_offers_it(client: Client) -> None:
    factories.employee("Ann Lee", "1001")
    page = client.get("/hr/employees?q=ann").text
    for format in FORMATS:
        assert f'href="/hr/employees?q=ann&amp;download=employees.{format}"' in page


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_list_is_a_file_with_the_names_of_its_columns(client: Client, format: str) -> None:
    assert lines(client, f"{PEOPLE}.{format}") == [
        ["Number", "Name", "Filed as", "Email", "Hired on", "Last day worked"]
    ]


# --- how it flows --------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_every_row_is_there_in_the_order_of_the_list(client: Client, format: str) -> None:
    many_people(BATCH * 2 + 7)
    found = lines(client, f"{PEOPLE}.{format}&sort=-number")
    assert [line[0] for line in found[1:]] == [f"{10_000 + n}" for n in reversed(range(BATCH * 2 + 7))]


def test_nothing_is_asked_per_row(client: Client, statements: Callable[[], Any]) -> None:
    book, author = factories.book("Emma"), factories.author("Jane Austen")
    factories.share(book, author)
    factories.edition(book, "9780141439518")
    asked = []
    for _size in range(2):
        with statements() as seen:
            fetched(client, "/library/books?download=books.csv")
        asked.append(len(seen))
        for _book in range(20):
            factories.share(factories.book("Emma again"), author)
    assert asked[0] == asked[1]


def test_the_first_lines_come_before_the_last_are_read(app: Flask, editor: Any) -> None:
    many_people(BATCH * 3)
    client = app.test_client().sign_in(editor)
    db.session.rollback()

    def first_pieces() -> tuple[str, int]:
        answer = super(Client, client).open(f"{PEOPLE}.csv")
        pieces = iter(answer.response)
        first, second = next(pieces), next(pieces)
        answer.close()
        return first.decode("utf-8-sig"), second.count(b"\r\n")

    first, count = Context().run(first_pieces)
    assert first.startswith("Number,Name")
    assert count == BATCH, "one batch at a time"


def test_somebody_who_hangs_up_leaves_nothing_open(app: Flask, editor: Any) -> None:
    many_people(BATCH * 3)
    client = app.test_client().sign_in(editor)
    db.session.rollback()
    db.session.remove()
    before = db.engine.pool.checkedout()  # type: ignore[attr-defined]

    def hang_up() -> int:
        answer = super(Client, client).open(f"{PEOPLE}.csv")
        flow = iter(answer.response)
        assert b"Number" in next(flow)
        assert b"10000" in next(flow)
        open_meanwhile = db.engine.pool.checkedout()  # type: ignore[attr-defined]
        answer.close()
        return int(open_meanwhile)

    assert Context().run(hang_up) == before + 1
    assert db.engine.pool.checkedout() == before  # type: ignore[attr-defined]
    # Nobody reads any more, so whoever writes has the database alone.
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE employee SET version = 2"))


def break_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_row: Any) -> str:
        raise OverflowError

    monkeypatch.setattr("hr.sheets.exports.PERSON_COLUMNS", [Column("name", "Name", broken)])


def test_a_stream_that_breaks_is_no_whole_file(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is cut, so the browser says that the download failed."""
    factories.employee("Ann Lee", "1001")
    break_a_column(monkeypatch)
    with pytest.raises(OverflowError):
        client.get(f"{PEOPLE}.csv", buffered=True)


def test_a_spreadsheet_that_breaks_is_a_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.employee("Ann Lee", "1001")
    break_a_column(monkeypatch)
    answer = client.get(f"{PEOPLE}.xlsx", buffered=True)
    assert answer.status_code == 400
    assert "This address cannot be read" in answer.text


# --- cells ---------------------------------------------------------------------------------------------


def test_values_of_a_csv_file_are_exact() -> None:
    values = [Decimal("0.500"), Decimal("1E+2"), date(850, 1, 2), True, False, 7, None, "=1", "007"]
    assert [cell_text(one) for one in values] == [
        *("0.500", "100", "0850-01-02", "yes", "no", "7", "", "'=1", "007")
    ]


def test_a_spreadsheet_has_texts_numbers_and_days_and_no_formula() -> None:
    texts = ["=1+1", "+1", "@x", "007", "http://example.org", "1.5", "  ", "a\nb", "'s-Hertogenbosch"]
    with written_workbook("Pe[op]le", ["A", "B", "C"], [[one, None, None] for one in texts]) as file:
        sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert sheet.count('t="inlineStr"') == len(texts) + 3


def test_a_spreadsheet_keeps_types(tmp_path: Path) -> None:
    line = ["0042", Decimal("0.500"), date(2024, 2, 29), date(1850, 1, 2), 3, True, Decimal("33.3334")]
    with written_workbook("People", list("ABCDEFG"), [line]) as file:
        read = workbook_lines(file.read())
    assert read == [list("ABCDEFG"), ["0042", 0.5, date(2024, 2, 29), "1850-01-02", 3.0, "yes", 33.3334]]


def workbook_lines(content: bytes) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def test_a_list_too_long_for_a_sheet_says_what_to_do(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    many_people(6)
    monkeypatch.setattr(workbook, "MOST_LINES", 5)
    answer = client.get(f"{PEOPLE}.xlsx", buffered=True)
    assert answer.status_code == 413
    assert "A sheet holds 5 lines, and this list has more. Take the CSV file" in answer.text
    assert len(lines(client, f"{PEOPLE}.csv")) == 7
    with pytest.raises(TooLong):
        written_workbook("x", ["A"], [["a"]] * 6)


def test_a_text_too_long_for_a_cell_is_left_out_whole() -> None:
    texts = ["x" * 32_767, "x" * 32_768, "😀" * 16_383, "😀" * 16_384]
    with written_workbook("x", ["A"], [[one] for one in texts]) as file:
        read = workbook_lines(file.read())
    assert [row[0] == one for row, one in zip(read[1:], texts, strict=False)][:3] == [True, False, True]
    assert "x" * 1000 not in str(read[2])
