"""How one cell is read. A reader gets a trimmed text that is not empty, and raises BadCell with a reason."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from core.db import folded
from core.forms import code_fault, number_text, read_number

Reader = Callable[[str], Any]

# What no keyboard types: it comes from a damaged file, or from one saved in another encoding.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
DOTTED_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
# What spreadsheets write into a text file where a formula has no value.
SPREADSHEET_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"}
YES, NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0"}
OPEN_YEAR, OPEN = 9999, "open"


class BadCell(Exception):
    """A cell that cannot be taken; the message is the reason."""


def quoted(cell: str) -> str:
    """The cell in quotation marks, cut where it is long."""
    return f"“{cell if len(cell) <= 60 else cell[:59] + '…'}”"


def text(most: int) -> Reader:
    """A text of at most so many characters, with single blanks."""

    def read(cell: str) -> str:
        squeezed = " ".join(cell.split())
        strange = CONTROL.search(squeezed)
        if strange:
            raise BadCell(
                f"{quoted(CONTROL.sub('�', squeezed))} has a character that cannot be shown "
                f"(U+{ord(strange.group()):04X}). Is the file saved as UTF-8?"
            )
        if squeezed in SPREADSHEET_ERRORS:
            raise BadCell(f"{quoted(squeezed)} is an error of a spreadsheet. Mend it there.")
        if len(squeezed) > most:
            raise BadCell(f"{quoted(squeezed)} has {len(squeezed):,} characters; at most {most:,} fit.")
        return squeezed

    return read


def code(cell: str) -> str:
    """A code or number, as people call a record."""
    fault = code_fault(cell)
    if fault:
        raise BadCell(f"{quoted(cell)}: {fault}")
    return cell


@lru_cache(maxsize=50_000)
def day_or_open(cell: str) -> date | None:
    """A day as 2026-04-30 or 30.4.2026; the word “open”, or any day of the year 9999, is None."""
    if cell.casefold() == OPEN:
        return None
    iso, dotted = ISO_DAY.fullmatch(cell), DOTTED_DAY.fullmatch(cell)
    if iso:
        year, month, day = map(int, iso.groups())
    elif dotted:
        day, month, year = map(int, dotted.groups())
    elif "/" in cell:
        raise BadCell(f"{quoted(cell)} can be read in two ways. Write days as 2026-04-30 or 30.4.2026.")
    else:
        raise BadCell(f"{quoted(cell)} is not a day. Write it as 2026-04-30 or 30.4.2026.")
    if year == OPEN_YEAR:
        return None
    try:
        found = date(year, month, day)
    except ValueError:
        raise BadCell(f"There is no day {quoted(cell)}.") from None
    if year < 1000:
        raise BadCell(f"{quoted(cell)}: the year must have four digits.")
    return found


def day(cell: str) -> date:
    """A day that must be one: the year 9999 is none."""
    found = day_or_open(cell)
    if found is None:
        raise BadCell(f"{quoted(cell)} stands for “open”, which is not possible here.")
    return found


# The readers of days: what they get was brought into this form from whatever notation a file has.
DAYS: tuple[Reader, ...] = (day, day_or_open)


def exact(places: int, least: Decimal, most: Decimal, unit: str = "") -> Reader:
    """An exact number between two bounds; “50 %” is 0.5 unless the unit is %."""

    def read(cell: str) -> Decimal:
        readings = read_number(cell)
        if "%" in cell and unit != "%":
            readings = [one / 100 for one in readings]
        fitting = [one for one in readings if least <= one <= most]
        if not readings:
            raise BadCell(f"{quoted(cell)} is not a number.")
        if not fitting:
            raise BadCell(f"{quoted(cell)} is not between {number_text(least)} and {number_text(most)}.")
        if len(fitting) > 1:
            raise BadCell(
                f"{quoted(cell)} can be read in two ways. Write it without a separator of thousands."
            )
        if fitting[0] != round(fitting[0], places):
            raise BadCell(f"{quoted(cell)} has more than {places} decimal places; round it yourself.")
        return fitting[0]

    return read


def whole(least: int, most: int) -> Reader:
    """A whole number between two bounds; “3.0”, as spreadsheets write it, is 3."""

    def read(cell: str) -> int:
        found = re.fullmatch(r"([+-]?\d{1,9})(?:\.0+)?", cell)
        if not found:
            raise BadCell(f"{quoted(cell)} is not a whole number.")
        if not least <= int(found.group(1)) <= most:
            raise BadCell(f"{quoted(cell)} is not between {least:,} and {most:,}.")
        return int(found.group(1))

    return read


def choice(options: Iterable[str]) -> Reader:
    """One of a few words, however it is spelled."""
    known = {folded(option): option for option in options}

    def read(cell: str) -> str:
        found = known.get(folded(cell.replace("_", " ")))
        if found is None:
            raise BadCell(f"{quoted(cell)} is none of: {', '.join(known.values())}.")
        return found

    return read


def yes_or_no(cell: str) -> bool:
    """Yes or no, in the ways people and programs write it."""
    word = cell.casefold()
    if word not in YES | NO:
        raise BadCell(f"{quoted(cell)} is neither yes nor no.")
    return word in YES
