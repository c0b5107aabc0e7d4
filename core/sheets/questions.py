"""What a file leaves open and a person has to settle."""

import dataclasses
from collections.abc import Mapping

from core.sheets.cells import BadCell, Reader


@dataclasses.dataclass(frozen=True)
class Question:
    """One question, asked once per file.

    With a `field` it is asked where that field is in the file; without, the sheet asks it when a file gives
    reason to, by `plan.ask`. Without `choices` the answer is typed, and `read` says what can be taken.
    `default` is taken while nobody answers; without one there is no preview before the answer. `shown` is
    what it is about. An answer that is not `kept` is about this very file, and not remembered for the next.
    What confirms a number must be the one that is expected.
    """

    name: str
    field: str
    sentence: str
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)
    default: str = ""
    read: Reader | None = None
    hint: str = ""
    shown: tuple[str, ...] = ()
    kept: bool = True
    expects: str = ""

    def answer(self, answers: Mapping[str, str]) -> str:
        """What was answered, or the default where nothing was; empty: the question is open."""
        given = answers.get(self.name, "").strip() or self.default
        return given if given and not self.fault(given) else ""

    def fault(self, given: str) -> str:
        """Why an answer cannot be taken; empty if it can."""
        if self.choices:
            return "" if given in self.choices else f"The answer is one of: {', '.join(self.choices)}."
        try:
            if self.read is not None:
                self.read(given)
        except BadCell as bad:
            return str(bad)
        if self.expects and given.replace(",", "") != self.expects:
            return f"It is not {given}. Look again at what this is about."
        return ""
