"""Deeds: pages that say exactly what would change before it changes, and then do exactly that.

    def deed(work: Work) -> list[str]:
        work.leads_to(url, "Ended 12 stays.")
        return operations.end(work, stays, form.last_day.data)

    trial = carry_out(form, operations.check, deed, WORDS)
    if trial.stored:
        return trial.redirect()
    return render_template("hr/deed.html", form=form, trial=trial)

The preview is no second computation: the deed is done, the rules are asked, what was touched is written
down in words, and all of it is rolled back. It is stored when the form comes back with the preview that
was shown, and doing it would still have exactly these effects.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, StringField
from wtforms.validators import Length

from core.db import Base, db
from core.forms import PageForm, number_text
from core.links import in_words
from core.writing import Problem, Work, writing

# So many effects are listed; the others are counted.
SHOWN = 100


class What(StrEnum):
    """What a deed does to a record."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class Fact(NamedTuple):
    """One fact of a record before and after."""

    label: str
    old: str
    new: str


class Effect(NamedTuple):
    """What becomes of one record: in words, with the address of its page, and the version it has so far."""

    what: What
    title: str
    facts: tuple[Fact, ...]
    url: str | None = None
    version: int | None = None


def plain(_name: str, value: Any) -> str:
    """A fact in words where the room has none of its own."""
    return in_words(value)


@dataclass(frozen=True)
class RecordWords:
    """How a room speaks of one kind of record.

    `labels` are the columns that people know, by name; all others are derived and never said. `title` and
    `url` take the record; `word(column, value)` says a value. What the title says, or goes without saying,
    is said only where it changes: `in_title`.

    What `belongs_to` others is shown at them: by the column that refers to each (None: the column names a
    record as `core/subjects.py` does). `which(values)` tells one such link from another of the same two.
    `ruled_by` is the column of the one whose whole set of links the rules of the room are about.
    `refers_to` are columns with the key of another record, which is said by its name.
    `find(keys)` are the records with these keys, or with these former ones; without it, a key is a number
    that never changes. `silent` columns are kept in the history and never said.

    `page` is the endpoint of the page of one record, which takes its key alone. `called(values)` is the title
    of a record that is gone, from its facts as the history has them. `hides(facts, subjects)` are the facts
    of one change that whoever reads the history may not see.
    """

    noun: str
    title: Callable[[Any], str]
    labels: Mapping[str, str]
    word: Callable[[str, Any], str] = plain
    url: Callable[[Any], str | None] = lambda record: None
    in_title: Sequence[str] = ()
    belongs_to: Mapping[str, type[Base] | None] = field(default_factory=dict)
    ruled_by: str = ""
    refers_to: Mapping[str, type[Base]] = field(default_factory=dict)
    which: Callable[[Mapping[str, Any]], str] = lambda values: ""
    find: Callable[[Collection[str]], Mapping[str, Any]] | None = None
    silent: Sequence[str] = ()
    page: str = ""
    called: Callable[[Mapping[str, Any]], str] = lambda values: str(values.get("name") or "")
    hides: Callable[[Mapping[str, Any], Sequence[str]], Collection[str]] = lambda facts, subjects: ()


Words = Mapping[type, RecordWords]


def effects_of(work: Work, words: Words) -> list[Effect]:
    """What the work has touched so far, in words and in their order; asked after the flush."""
    found = [effect_of(work, record, before, words) for record, before in work.touched.items()]
    told = [one for one in found if one is not None]
    return sorted(told, key=lambda one: (one.title, one.what, one.facts))


def effect_of(work: Work, record: Any, before: Mapping[str, Any] | None, words: Words) -> Effect | None:
    """What becomes of one record that the work has touched; None where nobody would see a difference."""
    spoken = words.get(type(record))
    gone = work.is_deleted(record)
    if spoken is None or (gone and before is None):
        return None
    what = What.REMOVED if gone else What.ADDED if before is None else What.CHANGED
    facts = tuple(_facts(record, before or {}, spoken, what))
    if not facts and what is What.CHANGED:
        return None
    url = None if gone else spoken.url(record)
    return Effect(what, spoken.title(record), facts, url, (before or {}).get("version"))


def _facts(record: Any, before: Mapping[str, Any], spoken: RecordWords, what: What) -> Iterable[Fact]:
    """The facts that change, as far as they were known; of a record that comes or goes, those that it has."""
    for name, label in spoken.labels.items():
        old = before.get(name)
        new = None if what is What.REMOVED else getattr(record, name)
        if what is What.CHANGED and name in before and old != new:
            yield Fact(label, _word(spoken, name, old), _word(spoken, name, new))
        elif what is not What.CHANGED and name in spoken.in_title:
            continue
        elif what is What.ADDED and not goes_without_saying(new):
            yield Fact(label, "", _word(spoken, name, new))
        elif what is What.REMOVED and not goes_without_saying(old):
            yield Fact(label, _word(spoken, name, old), "")


def _word(spoken: RecordWords, name: str, value: Any) -> str:
    if name not in spoken.refers_to:
        return spoken.word(name, value)
    return str(db.session.get(spoken.refers_to[name], value)) if value is not None else "none"


def goes_without_saying(value: Any) -> bool:
    """Whether a record simply has not got this; 0 is said, though Python takes it for False."""
    return value is None or value is False or value == []


@dataclass
class Preview:
    """What a deed would do: each effect up to a limit, and how many there are of each kind."""

    effects: list[Effect]
    notes: list[str] = field(default_factory=list)

    @property
    def shown(self) -> list[Effect]:
        """The first of them."""
        return self.effects[:SHOWN]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return len(self.effects) - len(self.shown)

    @property
    def counts(self) -> dict[str, int]:
        """How many records are added, changed and removed; kinds without any are left out."""
        counted = {what.value: sum(one.what is what for one in self.effects) for what in What}
        return {name: number for name, number in counted.items() if number}

    @property
    def digest(self) -> str:
        """The preview in one short text: equal exactly when the same would be done."""
        # With the address: two records can have one title. With the version: what is not changed here, such
        # as the days of a stay, can have become another since it was shown.
        said = [(one.what.value, *one[1:]) for one in self.effects]
        return hashlib.sha256(repr([said, self.notes]).encode()).hexdigest()


def _is_hidden(field: Field) -> bool:
    return getattr(field.widget, "input_type", "") == "hidden"


@dataclass(frozen=True)
class Deed:
    """How a page of a deed is called, what its button says, what is said when it is done, and what it means.

    `said` has a gap for what it was done with: “Ended {what}.”
    """

    title: str
    button: str
    said: str
    about: str


class DeedForm(PageForm):
    """The form of a deed. It carries the preview that was shown, and the reason of a sum above the usual."""

    shown = HiddenField()
    confirmed_sum = HiddenField()
    overload_reason = StringField("Why is this sum meant?", [Length(max=256)])

    # Words that the browser offers in text fields, by the name of their list.
    offers: ClassVar[Mapping[str, Sequence[str]]] = {}

    not_yet = "Not done yet."
    asks_sum = False
    # What the preview shows is not what was shown before.
    is_another = False

    @property
    def is_confirmed(self) -> bool:
        """Whether the person has pressed the button below the preview."""
        return "do" in request.form

    @property
    def questions(self) -> list[Any]:
        """The fields that people see; why it is done is asked last."""
        last = [self[name] for name in ("overload_reason", "reason") if name in self]
        shown = [one for one in self if not _is_hidden(one) and one not in last]
        return shown + [one for one in last if self.asks_sum or one is not self.overload_reason]

    @property
    def status(self) -> int:
        """422 where something speaks against it, or something else would be done than was shown."""
        return 422 if self.errors or self.form_errors or self.is_another else 200

    def allows(self, problem: Problem) -> bool:
        """Whether the person has given a reason for this sum, or for a higher one that was shown."""
        if problem.confirm is None:
            return False
        return bool((self.overload_reason.data or "").strip()) and problem.confirm <= self._shown_sum

    @property
    def _shown_sum(self) -> Decimal:
        """The highest sum that was shown; what a page of ours cannot have sent counts as none."""
        sent = self.confirmed_sum.data or ""
        return Decimal(sent) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", sent) else Decimal(0)

    def refuse(self, problem: Problem) -> None:
        """Show a problem at its field, else above the form with the record that it is about."""
        if problem.confirm is not None:
            self._ask_for_sum(problem)
        elif problem.field or not problem.about:
            super().refuse(problem)
        else:
            sentence = f"{problem.about[0]}: {problem.sentence}"
            if sentence not in self.form_errors:
                self.form_errors.append(sentence)

    def _ask_for_sum(self, problem: Problem) -> None:
        self.asks_sum = True
        highest = max(problem.confirm or Decimal(0), self._shown_sum)
        self.confirmed_sum.data = number_text(highest)
        self.overload_reason.errors = [*self.overload_reason.errors, problem.sentence]


@dataclass
class Trial:
    """What came of a posted deed: its preview, and the work that stored it or not."""

    preview: Preview | None = None
    work: Work | None = None

    @property
    def stored(self) -> bool:
        """Whether it is done."""
        return bool(self.work and self.work.stored)

    def redirect(self) -> Response:
        """The answer to a deed that is done."""
        if self.work is None:
            raise RuntimeError("Nothing was done.")
        return self.work.redirect()


def carry_out(
    form: DeedForm,
    check: Callable[[Work], Iterable[Problem]],
    deed: Callable[[Work], Sequence[str]],
    words: Words,
    reason: str | None = None,
) -> Trial:
    """Try the deed and say what it would do; do it, if that is what was shown and the person said so.

    `deed` also says where its page leads to (`work.leads_to`), and returns what a person should know besides.
    Problems are shown on the form.
    """
    trial = Trial()
    notes: list[str] = []
    form.asks_sum = bool(form.overload_reason.data)
    if not form.validate_on_submit():
        return trial

    def check_and_look(work: Work) -> list[Problem]:
        problems = list(open_problems(check(work), form))
        if problems:
            return problems
        # Flushed, so that the database has a say too, and each record knows which others it belongs to.
        work.session.flush()
        trial.preview = Preview(effects_of(work, words), notes)
        if not trial.preview.effects:
            return [Problem(" ".join(["Nothing would change.", *notes]))]
        work.is_trial = not form.is_confirmed or form.shown.data != trial.preview.digest
        return []

    with writing(check_and_look, form, reason) as work:
        notes += deed(work)
    trial.work = work
    _say_what_is_next(form, trial)
    return trial


def open_problems(problems: Iterable[Problem], form: DeedForm) -> Iterable[Problem]:
    """Those that still speak against it; where a sum was allowed, the reason is kept at its links."""
    for problem in problems:
        if not form.allows(problem):
            yield problem
            continue
        for link in problem.about:
            if hasattr(link, "overload_reason"):
                link.overload_reason = (form.overload_reason.data or "").strip()


def _say_what_is_next(form: DeedForm, trial: Trial) -> None:
    if trial.stored or trial.preview is None:
        return
    form.is_another = form.is_confirmed and form.shown.data != trial.preview.digest
    form.shown.data = trial.preview.digest


def show(
    deed: Deed,
    form: DeedForm,
    trial: Trial,
    about: Sequence[tuple[str, str]],
    here: str,
    back: str,
    many: str = "",
) -> ResponseReturnValue:
    """The page of a deed, or its end. `about` are names and facts of what it is done with: so many `many`."""
    if trial.stored:
        return trial.redirect()
    page = render_template(
        "core/deed.html",
        deed=deed,
        form=form,
        trial=trial,
        about=about,
        whom=what([name for name, _facts in about], many),
        here=here,
        back=back,
    )
    return page, form.status


def what(names: Sequence[str], many: str) -> str:
    """What a deed is done with: by its name, or how many there are."""
    return names[0] if len(names) == 1 else f"{len(names):,} {many}"
