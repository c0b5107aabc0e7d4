"""A file as a table: lines of separated values, or a worksheet that becomes such lines."""

import csv
import gzip
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.sheets.cells import CONTROL, quoted
from core.sheets.encodings import encoding_of
from core.sheets.limits import Limits, Unreadable
from core.sheets.questions import Question
from core.sheets.worksheets import read_worksheet, worksheets_of

__all__ = ["Limits", "Table", "Unreadable", "read_table"]

# The comma first: it wins where nothing speaks for another one.
DELIMITERS = (",", ";", "\t", "|")
# Some spreadsheets write “sep=;” above the header.
SEP_LINE = re.compile(r"\"?sep=([,;\t|])\"?[ \t]*", re.IGNORECASE)
SPREADSHEET = b"PK"
OTHER_FILES = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"SQLite format 3\0", "a database (SQLite)"),
)
WEB_PAGE = re.compile(rb"\s*(?:<!doctype html|<html|<head|<body|<table|<\?xml)", re.IGNORECASE)
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Table:
    """A file that could be read: its columns, and its lines as often as they are asked for.

    It is kept packed, since a long one is there while all that its lines say is in memory too.
    `questions` are about how to read it at all. `faults` are the cells of a worksheet that have no value, by
    line and position, with the reason.
    """

    headers: tuple[str, ...]
    packed: bytes
    encoding: str
    delimiter: str
    sample: tuple[str, ...]
    questions: tuple[Question, ...] = ()
    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)

    @property
    def content(self) -> bytes:
        """The text of the file, unpacked."""
        return gzip.decompress(self.packed)

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """What `rows` has, after the names of the columns."""
        unpacked = gzip.GzipFile(fileobj=io.BytesIO(self.packed))
        return _records(unpacked, self.encoding, self.delimiter, self.limits)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each line that is not blank, with the number of the line in the file where it begins."""
        records = self.records()
        next(records)
        for number, cells in records:
            while len(cells) > len(self.headers) and not cells[-1].strip():
                cells.pop()
            yield number, cells


def read_table(
    content: bytes, answers: Mapping[str, str] | None = None, limits: Limits | None = None
) -> Table:
    """The file as a table; Unreadable says what is wrong with it.

    `answers` may have the “encoding” and the “worksheet”. While a question of the table is open, the table
    is a draft: nothing of it may be stored.
    """
    answers, limits = answers or {}, limits or Limits()
    if content.startswith(SPREADSHEET):
        return _worksheet(content, answers, limits)
    if not content.strip():
        raise Unreadable("The file is empty.")
    _refuse_other_files(content)
    encoding = encoding_of(content, answers)
    if b"\0" in content and "a".encode(encoding.name) == b"a":
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise Unreadable(
            f"Line {line:,} has a NUL byte, so this is not a text file, or it is damaged. "
            "Save it as “CSV UTF-8” and try again."
        )
    delimiter = _delimiter(content, encoding.name, limits)
    asked = (encoding.question,) if encoding.question else ()
    return _checked(Table((), _packed(content), encoding.name, delimiter, (), asked, limits=limits))


def _worksheet(content: bytes, answers: Mapping[str, str], limits: Limits) -> Table:
    """The worksheet that was chosen, or the first that can be read."""
    names = worksheets_of(content, limits)
    chosen = answers.get("worksheet", "")
    fault: Unreadable | None = None
    for name in [chosen] if chosen else names:
        try:
            lines, faults = read_worksheet(content, name, limits)
            asked = (_which(names, name),) if len(names) > 1 else ()
            return _checked(Table((), _packed(lines), "utf-8", ",", (), asked, faults, limits), "worksheet")
        except Unreadable as bad:
            fault = fault or bad
    raise fault or Unreadable("The file has no worksheet.")


def _which(names: Sequence[str], name: str) -> Question:
    choices = {one: f"“{one}”" for one in (names if name in names else [name, *names])}
    sentence = f"The file has {len(choices)} worksheets with a table. Which one is it?"
    return Question("worksheet", "", sentence, choices)


def _refuse_other_files(content: bytes) -> None:
    what = next((words for start, words in OTHER_FILES if content.startswith(start)), "")
    if WEB_PAGE.match(content[:1024]):
        what = "a web page or an XML file"
    if content.startswith(OLD_EXCEL):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise Unreadable(
            "The file is protected with a password. Save it without one and choose that file."
            if locked
            else "This is a spreadsheet in the format of before 2007 (.xls), or another old Office file. "
            "Save it as “Excel workbook (.xlsx)” and choose that file."
        )
    if what:
        raise Unreadable(f"This is {what}, whatever its name says, not a CSV file or a spreadsheet.")


def _packed(content: bytes) -> bytes:
    return gzip.compress(content, 1)


def _checked(table: Table, kind: str = "file") -> Table:
    """The table with its columns. Every line is read once here, so that a fault in the last one is found
    before anything is done.
    """
    rows = table.records()
    names = next(rows, None)
    if names is None:
        raise Unreadable(f"The {kind} is empty.")
    headers = tuple(_headers(names[1], table.limits))
    first = next(rows, None)
    if first is None:
        raise Unreadable(f"The {kind} has a line with the names of the columns, and no line after it.")
    for _line in rows:
        pass
    return replace(table, headers=headers, sample=tuple(first[1]))


def _delimiter(content: bytes, encoding: str, limits: Limits) -> str:
    """The one that the file names, or that splits the header into the most cells."""
    start = next(_lines(io.BytesIO(content), encoding, limits, with_sep=True), "")
    named = SEP_LINE.fullmatch(start.rstrip("\r\n"))
    if named:
        return named.group(1)
    counts = {}
    for delimiter in DELIMITERS:
        try:
            records = _records(io.BytesIO(content), encoding, delimiter, limits)
            counts[delimiter] = len(next(records, (0, []))[1])
        except Unreadable:
            counts[delimiter] = 0
    return max(DELIMITERS, key=lambda one: counts[one])


def _lines(
    source: io.BytesIO | gzip.GzipFile, encoding: str, limits: Limits, with_sep: bool = False
) -> Iterator[str]:
    """The lines of a text, one at a time, so that no large text is held twice.

    A line that names the delimiter is left blank, so that the numbers of the others are right.
    """
    most = limits.line
    with io.TextIOWrapper(source, encoding=encoding, newline="") as file:
        number = 0
        while line := file.readline(most + 1):
            number += 1
            if len(line) > most:
                raise Unreadable(
                    f"Line {number:,} has more than {most:,} characters. "
                    "Is this a table, with one line for each record?"
                )
            yield "\n" if number == 1 and not with_sep and SEP_LINE.fullmatch(line.rstrip("\r\n")) else line


def _records(
    source: io.BytesIO | gzip.GzipFile, encoding: str, delimiter: str, limits: Limits
) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_lines(source, encoding, limits), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(_fault(number, str(error))) from None
        if (cells and cells[0].strip()) or any(cell.strip() for cell in cells):
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


def _headers(cells: list[str], limits: Limits) -> Iterator[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    if len(cells) > limits.columns:
        raise Unreadable(
            f"The first line has {len(cells):,} columns; at most {limits.columns:,} can be read."
        )
    seen: dict[str, int] = {}
    for position, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"column {position}"
        if CONTROL.search(name):
            raise Unreadable(
                f"The name of column {position} has a character that cannot be shown: "
                "this is not a text file, or it is damaged."
            )
        if name.casefold() in seen:
            raise Unreadable(
                f"Two columns are called {quoted(name)}: number {seen[name.casefold()]} and number "
                f"{position}. Give each a name of its own."
            )
        seen[name.casefold()] = position
        yield name
