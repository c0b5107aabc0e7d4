"""How a file writes its days. What can be read in two ways is settled by another line of it, or asked.

Years come first (2025-12-31, 20251231), or months have names (31-Dec-25), or the day comes first before dots
(31.12.2025): these say what they mean. 03/04/2025 does not, until some line of the file has 31 in one place.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from core.db import today
from core.forms import day_text
from core.sheets.cells import OPEN_YEAR, BadCell, quoted
from core.sheets.files import Table
from core.sheets.questions import Question

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?)?"
YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){MIDNIGHT}")
PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
DOTTED = re.compile(rf"(\d{{1,2}})\. ?(\d{{1,2}})\. ?(\d{{4}}|\d{{2}}){MIDNIGHT}")
NUMBERED = re.compile(rf"(\d{{1,2}})([-/])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){MIDNIGHT}")
NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-./ ]*([A-Za-z]{3,9})\.?[-/, ]*(\d{4}|\d{2})")
NAME_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})")
NAMES = {
    name[:length]: number
    for number, name in enumerate(
        (
            *("january", "february", "march", "april", "may", "june"),
            *("july", "august", "september", "october", "november", "december"),
        ),
        1,
    )
    for length in range(3, len(name) + 1)
}
# What may be a day that leaves something open; where a file has nothing like it, its lines are not searched.
IN_DOUBT = re.compile(rb"(?<![-./\d])\d{1,2}(?:[-./ ]+\d{1,2}[-./ ]+|[-./ ]*[A-Za-z]{3,9}[-./, ]*)\d{2}")
AHEAD = 20


@dataclass(frozen=True)
class Days:
    """How the days of one file are read.

    `order` is empty while nobody has said it. `shown` is the line that settles it, `newest` the last year
    that two digits can mean, and `said` what a person should know of it.
    """

    newest: int
    order: str = ""
    shown: str = ""
    question: Question | None = field(default=None, hash=False, compare=False)
    said: tuple[str, ...] = ()


@dataclass
class Found:
    """Days in the columns of a file: how many speak for each order, with an example and its line."""

    counts: Counter[str]
    examples: dict[str, tuple[str, int]]


def days_of(table: Table, positions: Collection[int], answers: Mapping[str, str]) -> Days:
    """How a file writes the days in these columns."""
    newest = today().year + AHEAD
    is_searchable = "1/2".encode(table.encoding).endswith(b"1/2")
    if is_searchable and not IN_DOUBT.search(table.content):
        return Days(newest)
    found = _found(table, positions)
    said = [_years_said(found, newest)] if "two digits" in found.examples else []
    first, second = found.counts[DAY_FIRST], found.counts[MONTH_FIRST]
    if first != second:
        order = DAY_FIRST if first > second else MONTH_FIRST
        return Days(newest, order, _shown(found, order), None, (*said, *_order_said(found, order)))
    if "either" not in found.examples and not first:
        return Days(newest, said=tuple(said))
    question = _question(found, newest)
    return Days(newest, question.answer(answers), "", question, tuple(said))


def _found(table: Table, positions: Collection[int]) -> Found:
    cells: Counter[str] = Counter()
    lines: dict[str, int] = {}
    for number, row in table.rows():
        for position in positions:
            cell = row[position].strip() if position < len(row) else ""
            if cell:
                cells[cell] += 1
                lines.setdefault(cell, number)
    found = Found(Counter(), {})
    for cell, count in cells.items():
        for kind in _kinds(cell):
            found.counts[kind] += count
            found.examples.setdefault(kind, (cell, lines[cell]))
    return found


def _kinds(cell: str) -> Iterable[str]:
    """What a cell says of the way in which its file writes days."""
    numbered = NUMBERED.fullmatch(cell)
    dotted, named = DOTTED.fullmatch(cell), NAMED.fullmatch(cell)
    year = next((one.groups()[-1] for one in (numbered, dotted, named) if one), "")
    if len(year) == 2:
        yield "two digits"
    if numbered:
        first, second = int(numbered.group(1)), int(numbered.group(3))
        if first > 12 >= second:
            yield DAY_FIRST
        elif second > 12 >= first:
            yield MONTH_FIRST
        elif first != second and first <= 12 and second <= 12 and int(year) != OPEN_YEAR:
            yield "either"


def _shown(found: Found, order: str) -> str:
    cell, line = found.examples[order]
    return f"line {line:,} ({quoted(cell)})"


def _order_said(found: Found, order: str) -> Iterable[str]:
    place = "day" if order == DAY_FIRST else "month"
    other = MONTH_FIRST if order == DAY_FIRST else DAY_FIRST
    against = found.counts[other]
    if against:
        lines = f"1 day has it otherwise, as {_shown(found, other)}, and is refused"
        if against > 1:
            lines = f"{against:,} days have it otherwise, as {_shown(found, other)}, and are refused"
        shown = _shown(found, order)
        yield f"In days with slashes or dashes the {place} comes first, as in {shown}; {lines}."
    elif "either" in found.examples:
        cell = quoted(found.examples["either"][0])
        yield f"{cell} is read with the {place} first, as {_shown(found, order)} shows."


def _years_said(found: Found, newest: int) -> str:
    cell, _line = found.examples["two digits"]
    return f"Years of two digits, as in {quoted(cell)}, are read as {newest - 99} to {newest}."


def _question(found: Found, newest: int) -> Question:
    """Which of two numbers is the day?"""
    if "either" not in found.examples:
        sentence = (
            f"The file has the day first in {_shown(found, DAY_FIRST)} and the month first in "
            f"{_shown(found, MONTH_FIRST)}, equally often. Which one is right? The other days are refused."
        )
        choices = {DAY_FIRST: "the day comes first", MONTH_FIRST: "the month comes first"}
        return Question("day_order", "", sentence, choices)
    cell, line = found.examples["either"]
    one, _mark, other, said = NUMBERED.findall(cell)[0]
    first, second, year = int(one), int(other), max(1, _year(said, newest))
    sentence = (
        f"Is {cell} in line {line:,} the {_ordinal(first)} of {_month(second)} "
        f"or {_month(first)} {_ordinal(second)}?"
    )
    choices = {
        DAY_FIRST: f"{day_text(date(year, second, first))}: the day comes first",
        MONTH_FIRST: f"{day_text(date(year, first, second))}: the month comes first",
    }
    return Question("day_order", "", sentence, choices)


def _month(number: int) -> str:
    return next(name for name in reversed(NAMES) if NAMES[name] == number).title()


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number not in (11, 12, 13) else "th"
    return f"{number}{ending}"


# --- one cell ------------------------------------------------------------------------------------------


@lru_cache(maxsize=50_000)
def in_iso(cell: str, days: Days) -> str:
    """A day as 2026-04-30, from whatever notation; what is none stays, and is refused by its reader."""
    for pattern, order in (
        (YEAR_FIRST, "y-md"),
        (PACKED, "ymd"),
        (DOTTED, "dmy"),
        (NUMBERED, "d-my" if days.order != MONTH_FIRST else "m-dy"),
        (NAMED, "dmy"),
        (NAME_FIRST, "mdy"),
    ):
        found = pattern.fullmatch(cell)
        if found:
            part = dict(zip(order, found.groups(), strict=True))
            return _checked(cell, part, days, pattern is NUMBERED)
    return cell


def _checked(cell: str, part: Mapping[str, str], days: Days, is_numbered: bool) -> str:
    month = int(part["m"]) if part["m"].isdigit() else NAMES.get(part["m"].casefold(), 0)
    year, day = _year(part["y"], days.newest), int(part["d"])
    if not month:
        return cell
    if year == OPEN_YEAR:
        return date.max.isoformat()
    if is_numbered and month > 12 >= day and days.order:
        first, shown = ("day", "month") if days.order == DAY_FIRST else ("month", "day")
        as_in = f", as in {days.shown}" if days.shown else ""
        raise BadCell(
            f"{quoted(cell)} has the {shown} first, but in this file the {first} comes first{as_in}."
        )
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise BadCell(f"There is no day {quoted(cell)}.") from None


def _year(text: str, newest: int) -> int:
    """A year; of two digits the last one that is not beyond the newest."""
    year = int(text)
    return year if len(text) == 4 else newest - (newest - year) % 100
