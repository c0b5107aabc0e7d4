"""The merge of two records into one: what is asked, and what was answered.

A room says in `Question`s what the person has to decide; the form asks them, and the room's operation gets
the answers. What is asked is found out anew when it is done: what has no answer then is refused, not guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import ColumnElement, or_, select
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

    reason: StringField
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


class Line(NamedTuple):
    """A link of one of the two, and what becomes of it."""

    text: str
    fate: str


@dataclass(frozen=True)
class Side:
    """One of the two records as the page of the merge shows it."""

    key: str
    name: str
    url: str
    facts: Sequence[tuple[str, str]]
    lines: Sequence[Line] = ()
    # How many lines there are beside those that are shown.
    more: int = 0


def carry_apart(work: Work, model: Any, winner: Any, loser: Any) -> None:
    """Who is not the same as the one that goes is not the same as the one that stays."""
    rows = work.session.scalars(select(model).where(or_(*(_is_about(model, key) for key in (winner, loser)))))
    known: dict[frozenset[Any], Any] = {frozenset((row.first, row.second)): row for row in rows}
    for pair, row in list(known.items()):
        if loser not in pair:
            continue
        work.session.delete(row)
        moved = frozenset(pair - {loser} | {winner})
        if len(moved) == 2 and moved not in known:
            first, second = sorted(moved)
            known[moved] = model(first=first, second=second)
            work.session.add(known[moved])


def _is_about(model: Any, key: Any) -> ColumnElement[bool]:
    return or_(model.first == key, model.second == key)
