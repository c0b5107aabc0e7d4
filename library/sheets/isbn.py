"""What the ISBN columns of a file are worth, as plain functions on texts.

Spreadsheets take ISBNs for numbers: an ISBN-10 loses the zeros in front, an ISBN-13 its last digits
("9.78043902348e+12"). Zeros are put back only where the check digit proves them and the other column does
not say otherwise. Digits that are gone are never guessed, and a number in scientific notation is never
read, even where its check digit happens to fit.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from stdnum import isbn

PADDED = "ISBN padded with zeros"
NOT_TAKEN = "ISBN not taken"
DIFFERS = "ISBN-13 differs"

# A number with more zeros in front than this is hardly an ISBN.
LEAST_DIGITS = 6
SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d*))?[eE]\+?(\d{1,2})")


class Verdict(NamedTuple):
    """The ISBN-13 to store, if any, and what the person should know: kind of notice and sentence."""

    isbn: str | None
    kind: str = ""
    sentence: str = ""


def judge(ten: str, thirteen: str) -> Verdict:
    """What to make of a cell with an ISBN-10 (or any ISBN) and one with an ISBN-13; either may be empty."""
    short, full = _bare(ten), _bare(thirteen)
    if not short:
        return _alone(full, thirteen)
    if len(short) in (10, 13) and isbn.is_valid(short):
        return _as_it_stands(short, full, thirteen)
    if re.fullmatch(rf"\d{{{LEAST_DIGITS - 1},8}}[\dX]", short) and isbn.is_valid(short.zfill(10)):
        return _padded(short, full, thirteen)
    return _none(f"“{ten}” is no ISBN: its check digit does not fit, not even with zeros in front.")


def _bare(cell: str) -> str:
    return re.sub(r"[\s-]|\.0+$", "", cell).upper()


def _none(reason: str) -> Verdict:
    return Verdict(None, NOT_TAKEN, f"The ISBN is not taken: {reason}")


def _alone(full: str, cell: str) -> Verdict:
    if not full:
        return _none("the line has none.")
    if SCIENTIFIC.fullmatch(full):
        return _none(f"a spreadsheet has cut the ISBN-13 to {cell}, and the line has no ISBN-10.")
    if len(full) != 13 or not isbn.is_valid(full):
        return _none(f"“{cell}” is no ISBN-13.")
    return Verdict(full)


def _as_it_stands(short: str, full: str, cell: str) -> Verdict:
    found = str(isbn.to_isbn13(short))
    if agrees(found, full):
        return Verdict(found)
    if len(full) == 13 and isbn.is_valid(full):
        return _none(f"the line has two different ones, {found} and {full}.")
    return Verdict(found, DIFFERS, f"The ISBN is {found}, from “{short}”; the other column has {cell}.")


def _padded(short: str, full: str, cell: str) -> Verdict:
    whole = short.zfill(10)
    found = str(isbn.to_isbn13(whole))
    if agrees(found, full):
        return Verdict(found, PADDED, f"“{short}” is read as ISBN {whole}, which its check digit proves.")
    return _none(f"“{short}” would be {found}, but the ISBN-13 says {cell}.")


def agrees(found: str, full: str) -> bool:
    """Whether an ISBN-13 is what a cell has, as far as the cell still has its digits."""
    if not full:
        return True
    cut = SCIENTIFIC.fullmatch(full)
    if cut is None:
        return found == full
    digits, exponent = cut.group(1) + (cut.group(2) or ""), int(cut.group(3))
    last_place = Decimal(10) ** (exponent - len(digits) + 1)
    return abs(Decimal(found) - Decimal(digits) * last_place) <= last_place / 2
