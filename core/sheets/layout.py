"""Lines of a file that are about no record: headings, sums, the names of the columns once more."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from core.db import folded
from core.forms import read_number
from core.sheets.files import Table
from core.sheets.plan import Line, Notice, Plan, Sheet
from core.sheets.questions import Question

TOTAL = re.compile(
    r"((grand|sub|running) ?-?)?(totals?|sums?|subtotals?|(zwischen|gesamt)?summe|gesamt|insgesamt)"
    r"\b.{0,120}|[ʃσ∑]\W*.{0,120}"
)
# “30 h”, “12 people” or “1.5”: a figure and perhaps its unit, which names nothing.
FIGURE = re.compile(r"[\d.,/%\s+-]+\s?[^\W\d]{0,10}\.?")
# Beyond this many words a cell is a sentence, not the name of something.
MOST_WORDS = 12
SHOWN = 30
HEADINGS = Question(
    "headings",
    "",
    "Some lines look like headings. Take them so?",
    {"yes": "yes, each is about the lines below it", "no": "no, they are lines like the others"},
    kept=False,
)
LEFT_OUT = "Sum left out"
TAKEN = "Heading"


def headings(table: Table) -> list[tuple[int, str]]:
    """The lines with one cell only, where others have more: what seem to be headings, with their numbers."""
    found, others = [], 0
    for number, cells in table.rows():
        text = heading_of(cells)
        if text and not is_total(cells):
            found.append((number, text))
        else:
            others += 1
    return found if others else []


def heading_of(cells: Sequence[str]) -> str:
    """The text of a line with one cell only, if it can be a heading; else nothing."""
    said = [cell.strip() for cell in cells if cell.strip()]
    if len(said) != 1 or len(said[0].split()) > MOST_WORDS or FIGURE.fullmatch(said[0]):
        return ""
    return said[0]


def headings_question(sheet: Sheet, found: Sequence[tuple[int, str]]) -> Question:
    """Whether lines that stand alone name something for the lines below them."""
    label = sheet.label_of(sheet.heading).lower()
    numbers = ", ".join(f"{number:,}" for number, _text in found[:5]) + (" …" if len(found) > 5 else "")
    what = f"{label} headings" if len(found) != 1 else f"a {label} heading"
    seem = f"Line {numbers} looks" if len(found) == 1 else f"Lines {numbers} look"
    choices = {"yes": f"yes, each is the {label} of the lines below it", "no": HEADINGS.choices["no"]}
    shown = tuple(f"Line {number:,}: {text}" for number, text in found[:SHOWN])
    sentence = f"{seem} like {what}. Take {'it' if len(found) == 1 else 'them'} so?"
    return replace(HEADINGS, sentence=sentence, choices=choices, shown=shown)


def is_total(cells: Sequence[str]) -> bool:
    """Whether a line has a word such as “Total”, and else only figures."""
    said = [cell.strip() for cell in cells if cell.strip()]
    words = [cell for cell in said if not read_number(cell)]
    return any(TOTAL.fullmatch(folded(word)) for word in words) and len(words) == 1


@dataclass
class Sums:
    """The figures above a line: since the last sum or heading, and of the whole file."""

    # By denominator: what adds up fractions one by one takes long, and hardly any line asks for the sum.
    group: Counter[int] = field(default_factory=Counter)
    whole: Counter[int] = field(default_factory=Counter)
    lines: int = 0

    def add(self, amount: Fraction | Decimal) -> None:
        """Count the figure of one line."""
        numerator, denominator = amount.as_integer_ratio()
        self.group[denominator] += numerator
        self.whole[denominator] += numerator
        self.lines += 1

    def begin(self) -> None:
        """A new group begins."""
        self.group, self.lines = Counter(), 0

    def are(self, amount: Fraction | Decimal) -> bool:
        """Whether a figure is the sum of what stands above it."""
        whole = _sum(self.whole)
        return bool(whole) and Fraction(amount) in (_sum(self.group), whole)


def _sum(parts: Mapping[int, int]) -> Fraction:
    return sum((Fraction(above, below) for below, above in parts.items()), Fraction(0))


class Layout:
    """Reads the lines of a file from the first to the last, and knows what stood above each."""

    def __init__(self, plan: Plan, takes_headings: bool) -> None:
        self.plan, self.sheet, self.takes_headings = plan, plan.sheet, takes_headings
        self.heading = ""
        self.sums = Sums()

    def is_heading(self, number: int, cells: Sequence[str]) -> bool:
        """Take a heading for the lines below it, if headings are taken and this is one."""
        text = heading_of(cells) if self.takes_headings else ""
        if not text or is_total(cells):
            return False
        self.heading = text
        self.sums.begin()
        label = self.sheet.label_of(self.sheet.heading).lower()
        self._say(TAKEN, number, f"“{text}” is the {label} of the lines below.")
        return True

    def is_left_out(self, line: Line, cells: Sequence[str]) -> bool:
        """Whether a line is a sum of those above it; that is said, and the line is never stored."""
        if not self.sheet.names:
            return False
        amount = self.sheet.amount(line.values)
        if (not line.is_open or len(line.values) < 3) and is_total(cells) and not self._names_somebody(line):
            self._leave_out(line, "is a sum, not a line of its own")
            return True
        if amount is None:
            return False
        names_nobody = line.values.keys().isdisjoint(self.sheet.names)
        if names_nobody and self.sums.are(amount):
            self._leave_out(line, "names nobody and has the sum of the lines above")
            return True
        if not names_nobody or line.field in self.sheet.names:
            self.sums.add(amount)
        return False

    def _names_somebody(self, line: Line) -> bool:
        """Whether the word that looks like a sum is a name: Sum Wai, whose number stands beside it."""
        said = [str(line.values[name]) for name in self.sheet.names if name in line.values]
        return line.is_open and any(not TOTAL.fullmatch(folded(one)) for one in said)

    def _leave_out(self, line: Line, why: str) -> None:
        self.sums.begin()
        self._say(LEFT_OUT, line.number, f"{why}; left out.")

    def _say(self, kind: str, number: int, sentence: str) -> None:
        self.plan.notices.append(Notice(kind, number, sentence))


def without_repeated_names(table: Table, plan: Plan) -> Iterator[tuple[int, list[str]]]:
    """The lines of a file, without those that repeat the names of its columns."""
    headers = [header.strip() for header in table.headers]
    for number, cells in table.rows():
        if cells[0].strip() == headers[0] and [cell.strip() for cell in cells] == headers:
            plan.notices.append(
                Notice("Names of the columns", number, "has the names of the columns again; left out.")
            )
        else:
            yield number, cells
