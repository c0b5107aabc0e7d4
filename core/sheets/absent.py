"""Stored links that a file lacks: they are shown, and left, ended or deleted as a person decides.

Only links of records that the file mentions are looked at; what it does not mention is never touched.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from core.forms import day_text, read_day
from core.sheets import cells
from core.sheets.plan import Absent, Plan
from core.sheets.questions import Question

LEAVE, END, DELETE = "leave", "end", "delete"
STAYS = "stays as it is"
TITLE = "Not in the file"


class Stored(NamedTuple):
    """A stored link that the file lacks: its key, what it is, and its span if it has one."""

    key: object
    what: str
    starts_on: date | None = None
    ends_before: date | None = None


def one_day(cell: str) -> date:
    """A day that can be read in one way only."""
    found = read_day(cell)
    if len(found) != 1:
        said = "can be read in two ways" if found else "is not a day"
        raise cells.BadCell(f"{cells.quoted(cell)} {said}. Write it as 2026-04-30 or 30.4.2026.")
    return found[0]


@dataclass(frozen=True)
class AbsentLinks:
    """How a sheet asks about the links that a file lacks. `scopes` says whose links can be meant."""

    many: str
    scopes: Mapping[str, str]
    can_end: bool

    @property
    def questions(self) -> tuple[Question, ...]:
        """All that can be asked, in the order in which it is."""
        ends = (self.last_day,) if self.can_end else ()
        whose = (self.whose,) if len(self.scopes) > 1 else ()
        return (self.what, *whose, *ends, self.number, self.reason)

    @property
    def what(self) -> Question:
        """What becomes of them."""
        ends = {END: "end them; the last day is asked next"} if self.can_end else {}
        choices = {
            LEAVE: "leave them as they are",
            **ends,
            DELETE: "delete them; their number and a reason are asked next",
        }
        sentence = f"What becomes of {self.many} that are stored and not in this file?"
        hint = "Records that the file does not mention are never touched."
        return Question("absent", "", sentence, choices, LEAVE, hint=hint, kept=False)

    @property
    def whose(self) -> Question:
        """Whose links can be meant."""
        first, sentence = next(iter(self.scopes)), f"Which {self.many} are meant?"
        return Question("absent_of", "", sentence, self.scopes, first, kept=False)

    @property
    def last_day(self) -> Question:
        """When they end."""
        sentence = f"Which is the last day of the {self.many} that are not in this file?"
        return Question("absent_end", "", sentence, read=one_day, hint="such as 2026-04-30", kept=False)

    @property
    def number(self) -> Question:
        """The confirmation: the number of those that go, typed."""
        sentence = f"How many {self.many} are deleted? Type their number."
        return Question("absent_count", "", sentence, read=_number, kept=False, hint=f"“{TITLE}” shows it")

    @property
    def reason(self) -> Question:
        """Why they go; the history keeps it."""
        sentence = f"Why are these {self.many} deleted?"
        return Question("absent_reason", "", sentence, read=cells.text(500), kept=False)

    def settle(
        self, plan: Plan, counts: Mapping[str, int], load: Callable[[str], Sequence[Stored]]
    ) -> list[Absent]:
        """Ask what has to be asked about the links of each scope, and say what becomes of each."""
        if not any(counts.values()):
            return []
        deed = plan.ask(self.what)
        choices = {name: f"{words}: {counts[name]:,}" for name, words in self.scopes.items()}
        whose = replace(self.whose, choices=choices)
        stored = load(plan.ask(whose) if len(choices) > 1 else whose.default)
        if deed == END and stored:
            plan.absent = self._ended(plan, stored)
        elif deed == DELETE and stored:
            plan.absent = self._deleted(plan, stored)
        else:
            plan.absent = [Absent(one.key, one.what, STAYS) for one in stored]
        return plan.absent

    def _deleted(self, plan: Plan, stored: Sequence[Stored]) -> list[Absent]:
        number = plan.ask(replace(self.number, expects=str(len(stored))))
        if plan.ask(self.reason) and number:
            return [Absent(one.key, one.what, "is deleted", "deleted") for one in stored]
        return [Absent(one.key, one.what, "would be deleted") for one in stored]

    def _ended(self, plan: Plan, stored: Sequence[Stored]) -> list[Absent]:
        said = plan.ask(self.last_day)
        end = one_day(said) + timedelta(days=1) if said else None
        return [_ended(one, end) for one in stored]


def _number(cell: str) -> int:
    return int(cells.whole(0, 999_999_999)(cell.replace(",", "")))


def _ended(one: Stored, end: date | None) -> Absent:
    """What becomes of a link that ends before a day: nothing, where it would have no day left."""
    if end is None:
        return Absent(one.key, one.what, "would end" if one.ends_before is None else STAYS)
    last = day_text(end - timedelta(days=1))
    if one.ends_before is not None and one.ends_before <= end:
        return Absent(one.key, one.what, f"{STAYS}: it has ended by then")
    if one.starts_on is not None and one.starts_on >= end:
        return Absent(one.key, one.what, f"{STAYS}: ended on {last} it would not last a day")
    return Absent(one.key, one.what, f"ends on {last}", "ended", {"ends_before": end})


def reason(answers: Mapping[str, str]) -> str | None:
    """Why stored links are deleted with this file, if any are."""
    return answers.get("absent_reason") if answers.get("absent") == DELETE else None
