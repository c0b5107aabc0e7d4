"""Lines as a spreadsheet (XLSX): texts as texts, numbers as numbers, days as days, and never a formula."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from core.columns import Value
from core.sheets.safe import typed

# What a sheet and a cell of it can hold.
MOST_LINES = 1_048_576 - 1
MOST_CHARACTERS = 32_767
# Spreadsheets count days from here; for those before, and for a 29 February 1900 that they believe in, see
# `_write`: such days are texts.
FIRST_DAY = date(1900, 3, 1)
NOT_IN_A_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'"))


class TooLong(Exception):
    """The lines are more than one sheet can hold; the message says so."""


def written_workbook(title: str, labels: Sequence[str], lines: Iterable[Sequence[Value]]) -> IO[bytes]:
    """A temporary file with the workbook, at its beginning; whoever closes it is rid of it.

    Lines go to the disk as they come, so memory stays flat. What the library keeps meanwhile is in a folder
    of its own, which is gone at the end, also after a fault.
    """
    file = TemporaryFile()  # noqa: SIM115 - it is read after this function has ended
    try:
        with TemporaryDirectory() as folder:
            workbook = Workbook(file, {"constant_memory": True, "tmpdir": folder})
            _fill(workbook, title, labels, lines)
            workbook.close()
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _fill(workbook: Workbook, title: str, labels: Sequence[str], lines: Iterable[Sequence[Value]]) -> None:
    sheet = workbook.add_worksheet(title.translate(NOT_IN_A_NAME)[:31])
    formats = _Formats(workbook)
    sheet.freeze_panes(1, 0)
    for place, label in enumerate(labels):
        sheet.set_column(place, place, max(12, min(len(label) + 2, 30)))
        sheet.write_string(0, place, label, formats.bold)
    try:
        _fill_lines(sheet, formats, lines)
    except BaseException:
        # The library would keep its own file open until the workbook is closed, which it never will be.
        sheet.row_data_fh.close()
        raise


def _fill_lines(sheet: Worksheet, formats: "_Formats", lines: Iterable[Sequence[Value]]) -> None:
    for number, line in enumerate(lines, 1):
        if number > MOST_LINES:
            raise TooLong(
                f"A sheet holds {MOST_LINES:,} lines, and this list has more. "
                "Take the CSV file, or let the list find fewer."
            )
        for place, value in enumerate(line):
            _write(sheet, formats, number, place, value)


class _Formats:
    """How the cells of a workbook look: made once, not once per cell."""

    def __init__(self, workbook: Workbook) -> None:
        self.bold = workbook.add_format({"bold": True})
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        # Also for what is typed later: 007 stays 007 in a column of texts.
        self.text = workbook.add_format({"num_format": "@"})
        self._workbook = workbook
        self._places: dict[int, Any] = {}

    def number(self, places: int) -> Any:
        """With so many decimal places: 0.500 is seen as 0.500."""
        if places not in self._places:
            shown = "0." + "0" * places if places else "0"
            self._places[places] = self._workbook.add_format({"num_format": shown})
        return self._places[places]


def _write(sheet: Worksheet, formats: _Formats, row: int, place: int, value: Value) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, date):
        if value >= FIRST_DAY:
            sheet.write_datetime(row, place, value, formats.day)
            return
        value = value.isoformat()
    if isinstance(value, str):
        text = typed(value)
        # An empty cell says nothing when it is loaded back; a text that was cut would say something else.
        if _units(text) <= MOST_CHARACTERS:
            sheet.write_string(row, place, text, formats.text)
        return
    places = max(0, -int(value.as_tuple().exponent)) if isinstance(value, Decimal) else 0
    sheet.write_number(row, place, value, formats.number(places))


def _units(text: str) -> int:
    """How long a spreadsheet takes a text to be: it counts in UTF-16."""
    return len(text) if len(text) * 2 <= MOST_CHARACTERS else len(text.encode("utf-16-le")) // 2
