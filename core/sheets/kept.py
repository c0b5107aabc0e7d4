"""The preview of a long file, kept with the upload as its page shows it.

Drawing up the plan of hundreds of thousands of lines takes longer than a page should, so it is done once,
by a job. Kept are the counts, the digest by which applying knows what was shown, the first lines of each
group, and why each refused line is so.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.sheets.pages import PAGE, Group, groups, reasons_of, window
from core.sheets.plan import Plan, Sheet, State
from core.sheets.questions import Question

# How many lines of each group can be looked through.
MOST = 1_000
SAID_OF_A_QUESTION = ("name", "field", "sentence", "choices", "default", "hint", "shown", "kept")


@dataclass(frozen=True)
class Kept:
    """What a page needs of a plan, as `Plan` calls it where it is the same."""

    digest: str
    states: Mapping[str, int]
    first: list[Group]
    reasons: Mapping[int, str]
    asked: list[Question]
    answers: Mapping[str, str]
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


def _turned(group: Group, page: int) -> Group:
    page, pages, start = window(len(group.rows), page)
    return replace(group, rows=group.rows[start : start + PAGE], page=page, pages=pages)


def packed(plan: Plan) -> bytes:
    """What is kept of a plan."""
    said = {
        "digest": plan.digest,
        "states": {state.value: count for state, count in plan.counts.items()},
        "first": [asdict(group) for group in groups(plan, "", 1, MOST)],
        "reasons": list(reasons_of(plan).items()),
        "asked": [{name: getattr(one, name) for name in SAID_OF_A_QUESTION} for one in plan.asked],
        "answers": dict(plan.answers),
        "absent_counts": plan.absent_counts,
        "to_store": plan.to_store,
        "has_work": plan.has_work,
    }
    return zlib.compress(json.dumps(said).encode())


def unpacked(sheet: Sheet, content: bytes) -> Kept:
    """The same, read again. How a typed answer is read, the sheet knows."""
    said: dict[str, Any] = json.loads(zlib.decompress(content))
    readers = {one.name: one.read for one in sheet.questions}
    asked = [
        Question(**{**one, "shown": tuple(one["shown"])}, read=readers.get(one["name"]))
        for one in said.pop("asked")
    ]
    first = [_group(one) for one in said.pop("first")]
    return Kept(**{**said, "reasons": dict(said["reasons"])}, asked=asked, first=first)


def _group(said: dict[str, Any]) -> Group:
    rows = [(number, cells) for number, cells in said["rows"]]
    return Group(**{**said, "heads": tuple(said["heads"]), "rows": rows})
