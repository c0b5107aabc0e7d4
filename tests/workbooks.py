"""Spreadsheets for the tests, made on the fly."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlsxwriter

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SHEET = (
    HEAD + '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{rows}</sheetData></worksheet>"
)
PART = "xl/worksheets/sheet1.xml"


def workbook(**sheets: Sequence[Sequence[Any]]) -> bytes:
    """A spreadsheet with a worksheet for each name; a cell may be a value and its format."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        formats: dict[str, Any] = {}
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for y, row in enumerate(rows):
                for x, cell in enumerate(row):
                    value, code = cell if isinstance(cell, tuple) else (cell, "")
                    if code and code not in formats:
                        formats[code] = book.add_format({"num_format": code})
                    if value is not None:
                        sheet.write(y, x, value, *([formats[code]] if code else []))
    return file.getvalue()


def with_parts(content: bytes, changed: Mapping[str, bytes | str | Callable[[bytes], bytes]]) -> bytes:
    """The same archive with some parts replaced or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        parts: dict[str, Any] = {name: old.read(name) for name in old.namelist()}
        for name, change in changed.items():
            parts[name] = change(parts[name]) if callable(change) else change
        for name, part in parts.items():
            new.writestr(name, part)
    return file.getvalue()


def with_rows(rows: str) -> bytes:
    """A spreadsheet whose one worksheet has this XML as its rows."""
    return with_parts(workbook(Sheet=[["a"], ["b"]]), {PART: SHEET.format(rows=rows)})
