"""The cells of one worksheet: how far they reach, and the text that each stands for.

A cell becomes what a person would have typed into a text file: 5 and not 5.0, days as 2026-04-30, yes and no,
50% where it is shown as a percentage, 00042 where it is shown with its zeros. The library says nothing of
errors, of formulas that were never calculated and of formats, so these are looked up in the XML.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from decimal import Decimal
from html import unescape
from typing import Any

from python_calamine import CalamineError, CalamineSheet, load_workbook

from core.sheets.limits import Limits, Unreadable, megabytes
from core.sheets.tags import tags

Place = tuple[int, int]
Faults = Mapping[Place, str]

DAMAGED = (
    "The spreadsheet is damaged, or only a part of it has arrived. "
    "Open it in its program, save it again, and choose that file."
)
PIECE = 1 << 23
# Nothing here is searched twice, however odd the XML is: what was taken once is not given back (“*+”, “(?>”).
_CELL, _IN_TAG = rb"<(?:\w++:)?c\b", rb"[^<>]*+"
_FORMULA = rb"<(?:\w++:)?f\b[^<>]*+>(?:(?<=/>)|[^<]*+</(?:\w++:)?f>)"
_END = rb"</(?:\w++:)?c>"
# A cell that is more than a format: its column and row, if it says them.
CELL = re.compile(
    _CELL + rb"(?>(?:[^<>]*?\sr\s*+=\s*+[\"']([A-Za-z]++)(\d++)[\"'])?)" + _IN_TAG + rb"(?<!/)>"
)
ADDRESS = re.compile(rb"\sr\s*+=\s*+[\"']([A-Za-z]++)(\d++)[\"']")
ROW = re.compile(rb"<(?:\w++:)?row\b")
TEXT = re.compile(rb"<(?:\w++:)?si\b")
TEXT_CELL = re.compile(rb"\st\s*+=\s*+[\"']s[\"'][^<>]*+>\s*+<(?:\w++:)?v>\s*+(\d++)")
ERROR = re.compile(
    rb"(" + _CELL + rb"(?>[^<>]*?\st\s*+=\s*+[\"']e[\"'])" + _IN_TAG + rb">)\s*+(?:" + _FORMULA + rb")?+\s*+"
    rb"<(?:\w++:)?v>([^<]*+)<"
)
# A formula beside which no value stands; a text may be empty, but says that it is one.
UNCALCULATED = re.compile(
    rb"(" + _CELL + _IN_TAG + rb"(?<!/)>)\s*+" + _FORMULA + rb"\s*+"
    rb"(?:<(?:\w++:)?v\s*+(?:/>|>\s*+</(?:\w++:)?v>)\s*+)?+" + _END
)
IS_TEXT = re.compile(rb"\st\s*+=\s*+[\"'](?:str|s|inlineStr)[\"']")
# The numbers of the formats that every spreadsheet knows, and how a percentage and kept zeros are written.
PERCENT_FORMATS = {"9", "10"}
PERCENT, ZEROS = "%", re.compile(r"0{2,20}")


# --- how far the cells reach ---------------------------------------------------------------------------


def measure(xml: bytes, strings: bytes, limits: Limits) -> None:
    """Refuse a worksheet that would need too much room: the library makes some for the whole rectangle."""
    if b"\0" in xml[:200] or xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable("The worksheet is not stored as UTF-8. Save it again, and choose that file.")
    letters: set[bytes] = set()
    numbers: set[bytes] = set()
    for piece in _pieces(xml):
        for column, row in CELL.findall(piece):
            letters.add(column)
            numbers.add(row)
    width, height = max(map(_number, letters), default=0), max((int(one or 0) for one in numbers), default=0)
    if b"" in letters:  # cells that do not say where they stand follow each other
        rows = [len(CELL.findall(row)) for row in ROW.split(xml)]
        width, height = max(width, *rows), max(height, len(rows))
    if width * height > limits.cells:
        raise Unreadable(
            f"The worksheet reaches from A1 to {_letters(width)}{height}: {width * height:,} cells, empty "
            f"ones included; at most {limits.cells:,} can be read. Delete what stands far from the table."
        )
    _refuse_long_texts(xml, strings, limits)


def _pieces(xml: bytes) -> Iterator[bytes]:
    """The XML in pieces that end after a tag, so that what is found in each need not be kept."""
    start = 0
    while start < len(xml):
        end = xml.find(b">", start + PIECE) + 1 or len(xml)
        yield xml[start:end]
        start = end


def _refuse_long_texts(xml: bytes, strings: bytes, limits: Limits) -> None:
    """A text that many cells share is stored once, and read once for each of them."""
    lengths = [len(one) for one in TEXT.split(strings)[1:]]
    if not lengths or max(lengths) * xml.count(b"<") <= limits.unpacked:
        return
    shared = Counter(map(int, TEXT_CELL.findall(xml)))
    size = sum(lengths[number] * count for number, count in shared.items() if number < len(lengths))
    if size > limits.unpacked:
        raise Unreadable(
            f"The texts of the worksheet have {megabytes(size)}; at most {megabytes(limits.unpacked)} "
            "can be read. Split it in parts."
        )


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# --- what they say -------------------------------------------------------------------------------------


def lines_of(package: bytes, name: str, xml: bytes, styles: bytes) -> tuple[bytes, Faults]:
    """The worksheet as lines, and the cells that have no value."""
    errors = _errors(xml)
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    try:
        with load_workbook(io.BytesIO(package)) as opened:
            for cells in _rows(opened.get_sheet_by_name(name), errors, _formats(xml, styles)):
                writer.writerow(cells)
    except CalamineError:
        raise Unreadable(DAMAGED) from None
    faults = {
        (row, place): _sentence(f"{_letters(place + 1)}{row}", said) for (row, place), said in errors.items()
    }
    return file.getvalue().encode(), faults


def _sentence(address: str, said: str) -> str:
    if said.startswith("="):
        return (
            f"The formula in cell {address} was never calculated. Open the file in its program and save it."
        )
    return f"Cell {address} has the error {said}. Mend it in the spreadsheet."


def _rows(
    sheet: CalamineSheet, errors: Mapping[Place, str], formats: Mapping[Place, str]
) -> Iterator[list[str]]:
    """Each row as texts, from the first column of the sheet on; a row without any is an empty list."""
    before = [""] * (sheet.start[1] if sheet.start else 0)
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = before + [_text(value) for value in values]
        if formats or errors:
            for place in range(len(cells)):
                if (number, place) in formats:
                    cells[place] = _formatted(
                        values[place - len(before)], formats[number, place], cells[place]
                    )
                cells[place] = errors.get((number, place), cells[place])
        yield cells if any(cells) else []


def _text(value: Any) -> str:
    """A value as a person would have typed it."""
    kind = type(value)
    if kind is str:
        return " ".join(value.splitlines()) if "\n" in value or "\r" in value else str(value)
    if kind is float or kind is int:
        return _number_text(value)
    if kind is bool:
        return "yes" if value else "no"
    if kind is datetime:
        return str(value.date() if value.time() == time() else value)
    return str(value)


def _number_text(value: float, shift: int = 0) -> str:
    """A number with the 15 digits that a spreadsheet shows, and its point moved to the right."""
    if not shift and -1e15 < value < 1e15 and value == int(value):
        return str(int(value))
    number = Decimal(f"{value:.15g}").scaleb(shift).normalize()
    return f"{number:f}"


def _formatted(value: Any, format: str, text: str) -> str:
    if type(value) is not float:
        return text
    if format == PERCENT:
        return f"{_number_text(value, 2)}%"
    return text.zfill(len(format)) if text.isdigit() else text


# --- what the XML says beyond the library --------------------------------------------------------------


def _errors(xml: bytes) -> dict[Place, str]:
    """The cells with an error, and the formulas that no program has calculated yet: what they show."""
    found: dict[Place, str] = {}
    if b'"e"' in xml or b"'e'" in xml:
        found |= {_place(tag): unescape(said.decode("utf-8", "replace")) for tag, said in ERROR.findall(xml)}
    if b"<f" in xml or b":f" in xml:
        found |= {_place(tag): "=…" for tag in UNCALCULATED.findall(xml) if not IS_TEXT.search(tag)}
    return found


def _place(tag: bytes) -> Place:
    """Row, counted from 1, and position, counted from 0."""
    address = ADDRESS.search(tag)
    if address is None:
        raise Unreadable(
            "The cells of the worksheet do not say where they stand. Save the file again, and choose that."
        )
    return int(address.group(2)), _number(address.group(1)) - 1


def _formats(xml: bytes, styles: bytes) -> dict[Place, str]:
    """The cells that show their number as a percentage, or with zeros in front: “%”, or the zeros."""
    telling = _telling_styles(styles)
    if not telling:
        return {}
    numbers = b"|".join(str(one).encode() for one in telling)
    style = rb"(?>[^<>]*?\ss\s*+=\s*+[\"'](" + numbers + rb")[\"'])"
    cells = re.compile(_CELL + style + _IN_TAG + rb"(?<!/)>")
    return {_place(one.group()): telling[int(one.group(1))] for one in cells.finditer(xml)}


def _telling_styles(styles: bytes) -> dict[int, str]:
    """By number, the styles whose format changes what a person reads."""
    codes = {one.get("numFmtId", ""): one.get("formatCode", "") for one in tags(styles, "numFmt")}
    used = styles.partition(b"cellXfs")[2].partition(b"cellXfs")[0]
    telling: dict[int, str] = {}
    for style, tag in enumerate(tags(used, "xf")):
        number = tag.get("numFmtId", "")
        code = re.sub(r'"[^"]*+"|\\.', "", codes.get(number, ""))
        if number in PERCENT_FORMATS or PERCENT in code:
            telling[style] = PERCENT
        elif ZEROS.fullmatch(code):
            telling[style] = code
    return telling
