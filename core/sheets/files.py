"""A file of comma-separated values as a table: encoding, delimiter, quotes, line numbers."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_COLUMNS = 300
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# The comma first: it wins where nothing speaks for another one.
DELIMITERS = (",", ";", "\t", "|")


class Unreadable(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Table:
    """A file that could be read: its columns, and its lines as often as they are asked for."""

    headers: tuple[str, ...]
    text: str
    delimiter: str
    sample: tuple[str, ...]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each line that is not blank, with the number of the line in the file where it begins."""
        records = _records(self.text, self.delimiter)
        next(records)
        for number, cells in records:
            while len(cells) > len(self.headers) and not cells[-1].strip():
                cells.pop()
            yield number, cells


def read_table(content: bytes) -> Table:
    """The file as a table; Unreadable says what is wrong with it."""
    text = _decoded(content)
    text, delimiter = _without_sep_line(text)
    if not text.strip():
        raise Unreadable("The file is empty.")
    delimiter = delimiter or _delimiter(text)
    # Every line is read once here, so that a fault in the last one is found before anything is done.
    rows = _records(text, delimiter)
    headers = tuple(_headers(next(rows)[1]))
    first = next(rows, None)
    if first is None:
        raise Unreadable("The file has a line with the names of the columns, and no line after it.")
    for _line in rows:
        pass
    return Table(headers, text, delimiter, tuple(first[1]))


def _decoded(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable(
            "This is a spreadsheet, not a CSV file. Save it as “CSV UTF-8” and choose that file."
        )
    encoding = next((name for bom, name in BOMS if content.startswith(bom)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"The file is not UTF-8: line {line:,} has the byte {content[error.start]:02X} "
            f"(byte {error.start + 1:,} of the file). Save it as “CSV UTF-8” and try again."
        ) from None
    where = text.find("\0")
    if where >= 0:
        line = text.count("\n", 0, where) + 1
        raise Unreadable(
            f"Line {line:,} has a NUL byte, so this is not a text file, or it is damaged. "
            "Save it as “CSV UTF-8” and try again."
        )
    return text


def _without_sep_line(text: str) -> tuple[str, str]:
    """Some spreadsheets write “sep=;” above the header; the line stays, blank, so that numbers are right."""
    found = re.match(r'"?sep=([,;\t|])"?[ \t]*(?=\r?\n)', text, re.IGNORECASE)
    return (text[found.end() :], found.group(1)) if found else (text, "")


def _delimiter(text: str) -> str:
    """The one that splits the header into the most cells."""
    counts = {}
    for delimiter in DELIMITERS:
        try:
            counts[delimiter] = len(next(_records(text, delimiter))[1])
        except Unreadable:
            counts[delimiter] = 0
    return max(DELIMITERS, key=lambda one: counts[one])


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(_fault(number, str(error))) from None
        if any(cell.strip() for cell in cells):
            yield number, cells


def _fault(number: int, said: str) -> str:
    if "field larger" in said:
        return (
            f"Line {number:,} has a cell of more than {csv.field_size_limit():,} characters. "
            "Is a quotation mark missing at its end?"
        )
    if "unexpected end" in said:
        return f"A quotation mark is opened in line {number:,} and never closed."
    if "expected after" in said:
        return (
            f"Line {number:,} goes on after a closing quotation mark. "
            "A quotation mark inside a quoted cell is written twice."
        )
    return f"Line {number:,} cannot be read as CSV ({said})."


def _headers(cells: list[str]) -> Iterator[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise Unreadable(f"The first line has {len(cells):,} columns; at most {MOST_COLUMNS} can be read.")
    seen: dict[str, int] = {}
    for position, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"column {position}"
        if name.casefold() in seen:
            raise Unreadable(
                f"Two columns are called “{name}”: number {seen[name.casefold()]} and number {position}. "
                "Give each a name of its own."
            )
        seen[name.casefold()] = position
        yield name
