"""The preview of a long file, kept with the upload as its page shows it.

Drawing up the plan of hundreds of thousands of lines takes longer than a page should, and so does reading
them, so it is done once, by a job. Kept are the counts, the digest by which applying knows what was shown,
the first lines of each group, why each refused line is so, and what was found out about the file itself.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from core.sheets.files import Table
from core.sheets.layout import HEADINGS
from core.sheets.pages import PAGE, Group, groups, reasons_of, window
from core.sheets.plan import Plan, Sheet, State
from core.sheets.preview import Reading
from core.sheets.questions import Question

# How many lines of each group can be looked through.
MOST = 1_000
SAID_OF_A_QUESTION = ("name", "field", "sentence", "choices", "default", "hint", "shown", "kept", "expects")


@dataclass(frozen=True)
class Kept:
    """What a page needs of a plan, as `Plan` calls it where it is the same."""

    digest: str
    states: Mapping[str, int]
    first: list[Group]
    reasons: Mapping[int, str]
    asked: list[Question]
    answers: Mapping[str, str]
    file: Mapping[str, Any]
    absent_counts: Mapping[str, int]
    to_store: int
    has_work: bool

    @property
    def counts(self) -> dict[State, int]:
        """How many lines are in each state."""
        return {state: self.states[state.value] for state in State}

    @property
    def open_questions(self) -> list[Question]:
        """The questions without an answer."""
        return [one for one in self.asked if not one.answer(self.answers)]

    def groups(self, show: str, page: int) -> list[Group]:
        """Every group with its first rows; or the one that is to be shown, at one of its pages."""
        return [_turned(group, page if group.key == show else 1) for group in self.first]


@dataclass(frozen=True)
class KnownReading(Reading):
    """A long file as its preview knows it: none of its lines is read for a page."""

    # In the place of what `Reading` finds out by reading.
    asked: Any = ()
    said: Any = ()

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """Found already, where a question is about them."""
        return [(0, "")] if any(one.name == HEADINGS.name for one in self.asked) else []


def known_reading(sheet: Sheet, kept: Kept, mapped: Mapping[str, str], answers: Mapping[str, str]) -> Reading:
    """The file, with what its columns mean and what was answered, as it was when the preview was drawn up."""
    file = kept.file
    table = Table(tuple(file["headers"]), b"", "utf-8", ",", tuple(file["sample"]))
    asked = [_question(sheet, one) for one in file["asked"]]
    return KnownReading(sheet, table, mapped, answers, None, asked, tuple(file["said"]))


def _turned(group: Group, page: int) -> Group:
    page, pages, start = window(len(group.rows), page)
    return replace(group, rows=group.rows[start : start + PAGE], page=page, pages=pages)


def packed(reading: Reading, plan: Plan) -> bytes:
    """What is kept of a file and its plan."""
    said = {
        "file": {
            "headers": reading.table.headers,
            "sample": reading.table.sample,
            "asked": _words(reading.asked),
            "said": reading.said,
        },
        "digest": plan.digest,
        "states": {state.value: count for state, count in plan.counts.items()},
        "first": [asdict(group) for group in groups(plan, "", 1, MOST)],
        "reasons": list(reasons_of(plan).items()),
        "asked": _words(plan.asked),
        "answers": dict(plan.answers),
        "absent_counts": plan.absent_counts,
        "to_store": plan.to_store,
        "has_work": plan.has_work,
    }
    return zlib.compress(json.dumps(said).encode())


def _words(questions: Sequence[Question]) -> list[dict[str, Any]]:
    return [{name: getattr(one, name) for name in SAID_OF_A_QUESTION} for one in questions]


def _question(sheet: Sheet, said: dict[str, Any]) -> Question:
    """The same, read again. How a typed answer is read, the sheet knows."""
    read = next((one.read for one in sheet.questions if one.name == said["name"]), None)
    return Question(**{**said, "choices": dict(said["choices"]), "shown": tuple(said["shown"])}, read=read)


def unpacked(sheet: Sheet, content: bytes) -> Kept:
    """The same, read again."""
    said: dict[str, Any] = json.loads(zlib.decompress(content))
    asked = [_question(sheet, one) for one in said.pop("asked")]
    first = [_group(one) for one in said.pop("first")]
    return Kept(**{**said, "reasons": dict(said["reasons"])}, asked=asked, first=first)


def _group(said: dict[str, Any]) -> Group:
    rows = [(number, cells) for number, cells in said["rows"]]
    return Group(**{**said, "heads": tuple(said["heads"]), "rows": rows})
