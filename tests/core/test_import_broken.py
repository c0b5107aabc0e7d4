"""Broken and odd files end in a sentence, before they take time or room."""

import io
import random
import struct
import tracemalloc
import zipfile

import pytest
from flask import Flask

from core.sheets.files import Limits, Unreadable, read_table
from tests.conftest import Client
from tests.importing import CommandLine, Pages
from tests.workbooks import PART, with_parts, with_rows, workbook

SHEET = workbook(Sheet=[["a", "b"], ["1", "2"]])
MEGABYTE = 1024**2


def fault(content: bytes, limits: Limits | None = None) -> str:
    """The sentence that a file ends in."""
    with pytest.raises(Unreadable) as refused:
        read_table(content, limits=limits)
    return str(refused.value)


def room_for(content: bytes) -> int:
    """How many bytes are needed beside the file until the sentence is there."""
    tracemalloc.start()
    fault(content)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "This is a PDF document, whatever its name says"),
        (b"\x89PNG\r\n\x1a\n\0\0", "This is a picture (PNG)"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "This is a picture (JPEG)"),
        (b"\x1f\x8b\x08\0", "This is a compressed file (gzip)"),
        (b"<!DOCTYPE html>\n<html><table><tr><td>a</td></tr></table>", "This is a web page or an XML file"),
        (b'<?xml version="1.0"?><rows/>', "This is a web page or an XML file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "in the format of before 2007 (.xls)"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "is protected with a password"),
        (b"\0" * 4096, "has a NUL byte, so this is not a text file"),
        (random.Random(1).randbytes(4096), "has a NUL byte, so this is not a text file"),
        ("a,b\n1,2\n".encode("utf-32"), "has a character that cannot be shown: this is not a text file"),
    ],
)
def test_another_kind_of_file_is_called_by_its_name(content: bytes, sentence: str) -> None:
    assert sentence in fault(content)


def zipped(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 and nothing of an archive", "is damaged, or only a part of it has arrived"),
        (SHEET[:-300], "is damaged, or only a part of it has arrived"),
        (SHEET[: len(SHEET) // 2], "is damaged, or only a part of it has arrived"),
        (zipped(), "This is a ZIP archive, not a spreadsheet"),
        (zipped(**{"content.xml": "<a/>"}), "This is an OpenDocument file, not a spreadsheet that can be"),
        (zipped(**{"word/document.xml": "<a/>"}), "This is a text document (Word)"),
        (workbook(Sheet=[]), "No worksheet of the file has a table"),
        (workbook(Sheet=[["a", "b"]]), "No worksheet of the file has a table"),
        (workbook(Sheet=[["a", "A"], [1, 2]]), "Two columns are called “A”: number 1 and number 2"),
        (with_parts(SHEET, {PART: "<worksheet><sheetData><row"}), "No worksheet of the file has a table"),
        (with_parts(SHEET, {PART: lambda xml: xml[:-30]}), "is damaged, or only a part of it has arrived"),
        (with_parts(SHEET, {"xl/workbook.xml": "nonsense"}), "No worksheet of the file has a table"),
    ],
)
def test_a_broken_spreadsheet_is_refused(content: bytes, sentence: str) -> None:
    assert sentence in fault(content)


def test_an_encrypted_archive_is_refused() -> None:
    marked = bytearray(SHEET)
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        place = marked.index(start) + (6 if start.endswith(b"\x04") else 8)
        marked[place] |= 1

    assert "is protected with a password" in fault(bytes(marked))


def declared(content: bytes, part: str, size: int) -> bytes:
    """The archive, whose directory says that this part has another size when unpacked."""
    place = content.rindex(part.encode()) - 46
    return content[: place + 24] + struct.pack("<I", size) + content[place + 28 :]


def test_what_would_be_two_gigabytes_is_not_unpacked() -> None:
    said = fault(declared(SHEET, PART, 2**31))

    assert "would have 2,048 MB when unpacked; at most 512 MB can be read" in said


def test_an_archive_that_unpacks_to_more_than_it_declares_is_not_unpacked_further() -> None:
    bomb = with_parts(SHEET, {PART: b"<worksheet>" + b" " * (64 * MEGABYTE)})

    assert "is damaged" in fault(declared(bomb, PART, 1000))
    assert room_for(declared(bomb, PART, 1000)) < 8 * MEGABYTE


def test_a_cell_far_away_needs_no_room() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )

    said = fault(with_rows(rows))

    assert "reaches from A1 to XFD1048576: 17,179,869,184 cells" in said
    assert "at most 10,000,000 can be read" in said


def test_cells_without_an_address_are_counted() -> None:
    rows = "<row>" + "<c><v>1</v></c>" * 40 + "</row>" + "<row><c><v>1</v></c></row>" * 40

    assert "cells, empty ones included; at most 1,000" in fault(with_rows(rows), Limits(cells=1_000))


def test_formats_far_away_do_not_count() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
        '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    )

    assert read_table(with_rows(rows)).headers == ("1",)


def test_a_text_that_many_cells_share_is_counted_in_each() -> None:
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{}</t></si></sst>'
    )
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 2_000))
    content = with_parts(with_rows(rows), {"xl/sharedStrings.xml": strings.format("x" * 30_000)})

    assert "The texts of the worksheet have 57 MB; at most 1 MB" in fault(content, Limits(unpacked=MEGABYTE))


def test_odd_xml_is_searched_once() -> None:
    """Each of these would take hours if a search went back."""
    for odd in (
        b"<c " * 300_000,
        b"<c " + b'r="A1" ' * 150_000,
        b"<c t='e'>" * 100_000,
        b"<" + b"w" * MEGABYTE,
    ):
        fault(with_parts(SHEET, {PART: odd + b"<row><v><row><v>"}))
        fault(with_parts(SHEET, {"xl/workbook.xml": b"<sheet " + odd}))
        try_styles = with_parts(SHEET, {"xl/styles.xml": b"<cellXfs" + odd})
        assert "damaged" in fault(try_styles)


def test_a_million_columns_are_counted_not_read() -> None:
    assert "Line 1 has more than 1,000,000 characters" in fault(b"a," * 1_000_000 + b"b\n1\n")
    assert "has 400,001 columns; at most 300" in fault(b"a," * 400_000 + b"b\n1\n")
    assert "has 100,000 columns; at most 300" in fault(b",".join([b"name"] * 100_000) + b"\n1\n")


def test_one_endless_line_needs_little_room() -> None:
    line = b"a,b\n" + b"x" * (90 * MEGABYTE)

    assert "Line 2 has more than 1,000,000 characters" in fault(line)
    assert room_for(line) < 24 * MEGABYTE


def test_half_a_line_is_a_line_that_lacks_cells() -> None:
    table = read_table(b"code,name\nIT,Technology\nHR")

    assert list(table.rows()) == [(2, ["IT", "Technology"]), (3, ["HR"])]


def test_limits_can_be_set(app: Flask, client: Client) -> None:
    app.config["MOST_COLUMNS"] = 2

    answer = Pages(client).upload("departments", "code,name,size\nIT,Technology,7\n")

    assert answer.status_code == 422
    assert "The first line has 3 columns; at most 2 can be read." in answer.text


def test_a_file_above_the_limit_is_refused_with_it(app: Flask, client: Client) -> None:
    app.config["MAX_CONTENT_LENGTH"] = MEGABYTE

    answer = Pages(client).upload("departments", b"x" * (2 * MEGABYTE))

    assert answer.status_code == 413
    assert "A file can have up to 1 MB. Nothing was stored." in answer.text


def test_a_cell_without_a_value_refuses_its_line(
    app: Flask, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = (
        '<row r="1"><c r="A1" t="str"><v>code</v></c><c r="B1" t="str"><v>name</v></c></row>'
        '<row r="2"><c r="A2" t="str"><v>IT</v></c><c r="B2" t="e"><v>#REF!</v></c></row>'
    )
    path = tmp_path_factory.mktemp("files") / "sheet.xlsx"
    path.write_bytes(with_rows(rows))

    said = CommandLine(app, path.parent)("departments", path, "--yes")

    assert said.status == 1
    assert "Cell B2 has the error #REF!. Mend it in the spreadsheet." in said.text


def test_a_control_character_in_a_cell_of_a_spreadsheet_refuses_its_line(client: Client) -> None:
    content = with_parts(
        workbook(Sheet=[["code", "name"], ["IT", "TecQnology"]]),
        {"xl/sharedStrings.xml": lambda xml: xml.replace(b"TecQnology", b"Tec_x0001_nology")},
    )

    page = Pages(client).upload("departments", content, "it.xlsx").text

    assert "has a character that cannot be shown (U+0001)" in page


def test_an_error_in_a_text_file_refuses_its_line(client: Client) -> None:
    page = Pages(client).upload("departments", "code,name\nIT,#N/A\n").text

    assert "“#N/A” is an error of a spreadsheet. Mend it there." in page


def test_a_waiting_file_that_is_too_large_by_now_is_said_and_can_be_dropped(
    app: Flask, client: Client
) -> None:
    pages = Pages(client)
    pages.upload("departments", "code,name,size\nIT,Technology,7\n", "it.csv")
    app.config["MOST_COLUMNS"] = 2

    answer = client.get(pages.url)

    assert answer.status_code == 422
    assert "it.csv cannot be read any more. The first line has 3 columns" in answer.text
    assert client.post(f"{pages.url}/drop").status_code == 303
