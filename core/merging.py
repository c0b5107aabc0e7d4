"""The merge of two records into one: what is asked, and what was answered.

A room says in `Question`s what the person has to decide; the form asks them, and the room's operation gets
the answers. What is asked is found out anew when it is done: what has no answer then is refused, not guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from core.deeds import DeedForm
from core.forms import squeezed
from core.writing import Problem, Work

WINNER, LOSER = "stays", "goes"


@dataclass(frozen=True)
class Question:
    """Something that a person decides: by name, in words, with the choices by what they mean."""

    name: str
    label: str
    choices: Mapping[str, str]
    default: str = WINNER
    hint: str = ""


class MergeForm(DeedForm):
    """What is asked before two records become one; the questions come first, the reason last."""

    reason = StringField("Why", [Length(max=500)], filters=[squeezed])
    asked: Sequence[Question] = ()

    @property
    def answers(self) -> dict[str, str]:
        """What was answered, by question."""
        return {one.name: self[one.name].data for one in self.asked if self[one.name].data}


def form_of(questions: Sequence[Question]) -> MergeForm:
    """The form that asks these questions."""
    fields: dict[str, Any] = {
        one.name: RadioField(
            one.label,
            choices=dict(one.choices),
            default=one.default,
            description=one.hint,
            validators=[InputRequired("Which of these?")],
        )
        for one in questions
    }
    # The questions come before the reason: fields stand in the order in which they are made.
    fields["reason"] = StringField("Why", [Length(max=500)], filters=[squeezed])
    kind: type[MergeForm] = type("AskedMergeForm", (MergeForm,), {**fields, "asked": tuple(questions)})
    return kind()


def refuse_unanswered(work: Work, questions: Sequence[Question], answers: Mapping[str, str]) -> bool:
    """Refuse where something is to be decided that was not asked, or cannot be decided so."""
    missing = [one for one in questions if answers.get(one.name) not in one.choices]
    if missing:
        said = "They have changed meanwhile, and something is to be decided that was not asked. Look again."
        work.refuse(Problem(said))
    return bool(missing)


def two_of(keys: Sequence[str]) -> tuple[str, str] | None:
    """The two that are merged, the one that stays first; None: the second one is still to be chosen."""
    keys = list(dict.fromkeys(key for key in keys if key))
    if len(keys) > 2:
        abort(400, "Two are merged at a time. Go back and choose two.")
    return (keys[0], keys[1]) if len(keys) == 2 else None
