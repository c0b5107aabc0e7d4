"""How files write an FTE: 0.5, 0,5, 50 %, 1/2, 20/40 h, or hours of a week that is asked for once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from core.forms import number_text, read_number
from core.sheets import cells
from core.sheets.plan import Line, Plan, SheetField
from core.sheets.questions import Question

NUMBER = r"(\d{1,4}(?:[.,]\d{1,4})?)"
HOURS = r"(?:h|hrs?\.?|hours?|std\.?|stunden?)"
OF = re.compile(rf"{NUMBER}\s*{HOURS}?\s*(?:/|of|von)\s*{NUMBER}\s*{HOURS}?", re.IGNORECASE)
ALONE = re.compile(rf"{NUMBER}\s*{HOURS}(?:\s*(?:/|per|a|pro)\s*(?:w|wk|week|woche))?", re.IGNORECASE)
PLACE = Decimal("0.001")
THREE_PLACES = "three-places"
SHOWN = 12


@dataclass(frozen=True)
class Workload:
    """What a cell says: a part of a full week, exactly, or hours of one whose length is not said."""

    amount: Fraction
    is_hours: bool
    said: str


def _fraction(text: str) -> Fraction:
    return Fraction(text.replace(",", "."))


@lru_cache(maxsize=10_000)
def workload(cell: str) -> Workload:
    """An FTE between 0 and 1 as people write it."""
    of, alone = OF.fullmatch(cell), ALONE.fullmatch(cell)
    if alone:
        return Workload(_fraction(alone.group(1)), True, cell)
    if of and _fraction(of.group(2)):
        return _within(Workload(_fraction(of.group(1)) / _fraction(of.group(2)), False, cell))
    readings = [Fraction(one) / (100 if "%" in cell else 1) for one in read_number(cell)]
    if not readings:
        raise cells.BadCell(f"{cells.quoted(cell)} is not a number.")
    fitting = [one for one in readings if 0 <= one <= 1] or readings[:1]
    if len(fitting) > 1:
        raise cells.BadCell(f"{cells.quoted(cell)} can be read in two ways. Write it as a percentage.")
    return _within(Workload(fitting[0], False, cell))


def _within(found: Workload) -> Workload:
    if not 0 <= found.amount <= 1:
        raise cells.BadCell(f"{cells.quoted(found.said)} is not between 0 and 1.")
    return found


def hours(cell: str) -> Fraction:
    """The hours of a full week."""
    found = re.fullmatch(rf"{NUMBER}\s*{HOURS}?", cell, re.IGNORECASE)
    if not found or not 0 < _fraction(found.group(1)) <= 168:
        raise cells.BadCell(f"{cells.quoted(cell)} is no number of hours that a week can have.")
    return _fraction(found.group(1))


FTE = SheetField(
    "fte", "FTE", workload, "fulltimeequivalent workload employmentrate", "0.5, 50 %, 1/2, 20/40 h or 20 h"
)
FULL_WEEK = Question(
    "full_week",
    "",
    "Some FTE are given in hours. How many hours has a full week?",
    read=hours,
    hint="such as 40 or 38.5",
)
ROUND_FTE = Question(
    "round_fte",
    "",
    "Some FTE have more than three decimal places. Round them?",
    {"no": "no, refuse those lines", THREE_PLACES: "yes, round to three places"},
    "no",
)


def amount(values: Mapping[str, Any]) -> Fraction | None:
    """What a sum below a line would add up."""
    return values["fte"].amount if "fte" in values else None


def settle_fte(plan: Plan) -> None:
    """Let each line have an exact FTE of three places, or refuse it; what is open is asked once."""
    # Refused lines too: all that the file leaves open is asked at once.
    lines = [line for line in plan.lines if "fte" in line.values]
    parts: dict[Line, Fraction] = {}
    given = [line for line in lines if line.values["fte"].is_hours]
    week = plan.ask(replace(FULL_WEEK, shown=_cells(given))) if given else ""
    for line in given:
        parts[line] = line.values["fte"].amount / hours(week) if week else Fraction(0)
        if line.is_open:
            _refuse_hours(line, week, parts[line])
    longer = [line for line in lines if 1000 % _part(line, parts).denominator]
    cells_said = {line: line.values["fte"].said for line in longer}
    rounds = bool(longer) and plan.ask(replace(ROUND_FTE, shown=_cells(longer))) == THREE_PLACES
    for line in lines:
        line.values["fte"] = _rounded(_part(line, parts))
    for line in [line for line in longer if line.is_open and not rounds]:
        said = cells.quoted(cells_said[line])
        line.refuse(
            f"{said} has more than 3 decimal places. Write {number_text(line.values['fte'])}, "
            "or let the file be rounded to three places.",
            "fte",
        )


def _part(line: Line, of_hours: Mapping[Line, Fraction]) -> Fraction:
    amount: Fraction = line.values["fte"].amount
    return of_hours.get(line, amount)


def _refuse_hours(line: Line, week: str, part: Fraction) -> None:
    said = cells.quoted(line.values["fte"].said)
    if not week:
        line.refuse(f"{said} are hours: how many a full week has is asked once for the file.", "fte")
    elif part > 1:
        line.refuse(f"{said} is more than a full week of {week}.", "fte")


@lru_cache(maxsize=10_000)
def _rounded(part: Fraction) -> Decimal:
    """Three places, half away from zero."""
    return (Decimal(part.numerator) / Decimal(part.denominator)).quantize(PLACE, ROUND_HALF_UP)


def _cells(lines: Sequence[Line]) -> tuple[str, ...]:
    """The first few different cells, each with the line where it stands first."""
    first = {line.values["fte"].said: line.number for line in reversed(lines)}
    shown = [f"Line {number:,}: {said}" for said, number in reversed(first.items())]
    more = [f"and {len(shown) - SHOWN:,} more"] if len(shown) > SHOWN else []
    return (*shown[:SHOWN], *more)
