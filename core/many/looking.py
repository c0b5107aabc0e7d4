"""What a deed on very many would change: looked at in portions, by the functions of the small deed.

The deed is done with some thousand objects at a time, the rules are asked, what was touched is put into words
and into statements, and the objects are let go. Nothing is flushed, so nothing is locked. A portion has whole
sets: all that was chosen of one owner, so a rule about the set sees all of what would change in it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from core.db import Base, db
from core.deeds import DeedForm, effect_of, open_problems
from core.many.basis import basis_of
from core.many.choice import Act, Choice, Chosen, Many, check_of, key_of
from core.many.outcome import Outcome, Refusal, Told, say_all
from core.progress import step, tell
from core.writing import Problem, Work, unlawful

PORTION = 1_000
# How many sentences against the whole deed are said.
FAULTS = 5


class Looking(Work):
    """Work that is never stored, so it keeps nobody from anything."""

    is_collected = False

    def collect(self) -> None:
        """Note what is touched."""
        super().collect()
        self.is_collected = True

    def is_deleted(self, record: Any) -> bool:
        """Whether this work takes the record away; nothing is flushed, so nothing else has."""
        return record in self._goes if self.is_collected else super().is_deleted(record)

    def lock(self, model: type[Base], keys: Iterable[Any], whole: bool = False) -> None:
        """Nothing is locked."""


def look(endpoint: str, many: Many, form: DeedForm, wanted: Select[Any]) -> Outcome:
    """What the deed of this page would do with all that is wanted."""
    tell("Reading what was chosen")
    found = Outcome(basis=basis_of(many.choice, wanted))
    chosen = list(many.choice.in_order(wanted))
    found.total = len(chosen)
    tell("Looking at what would change,", found.total)
    view = _View(many.choice, form, many.says(form)[1], check_of(endpoint), found)
    for portion in _portions(chosen):
        view.look_at(portion)
        step(len(portion))
        if found.faults:
            break
    db.session.rollback()
    return found


def _portions(chosen: Sequence[Chosen]) -> Iterator[list[Chosen]]:
    """Portions of whole owners; first, in one, all owners with something that stands beside others."""
    apart = {one.owner for one in chosen if one.beside_others}
    portion = [one for one in chosen if one.owner in apart]
    if portion:
        yield portion
    portion = []
    for one in chosen:
        if one.owner in apart:
            continue
        if len(portion) >= PORTION and one.owner != portion[-1].owner:
            yield portion
            portion = []
        portion.append(one)
    if portion:
        yield portion


class _View:
    """One look, portion after portion."""

    def __init__(
        self,
        choice: Choice,
        form: DeedForm,
        act: Act,
        check: Callable[[Work], Iterable[Problem]],
        found: Outcome,
    ) -> None:
        self.choice, self.form, self.act, self.check, self.found = choice, form, act, check, found
        # Made where they are shown: there are addresses in requests only.
        self.words = {kind: replace(said, url=lambda record: None) for kind, said in choice.words.items()}
        self.session: Session = db.session()
        self._stays = set(self.session)  # whoever asked, and what is known of them

    def look_at(self, portion: Sequence[Chosen]) -> None:
        """Look at these; where some are refused, again at what is left of their sets without them."""
        together = any(one.beside_others for one in portion)
        left = {one.key: one.owner for one in portion}
        while left and not self.found.faults:
            with self.session.no_autoflush:
                refused = self._try(left, together)
            owners = {left[key] for key in refused}
            left = {key: of for key, of in left.items() if key not in refused and (together or of in owners)}
            self._forget()
            if not refused:
                return

    def _try(self, left: Mapping[Any, Any], together: bool) -> Collection[Any]:
        """Do it with these, and take down what is settled; the keys of those that are refused."""
        work = Looking(self.session)
        records = {key_of(one): one for one in self.choice.load(list(left))}
        self.act(work, list(records.values()))
        work.collect()
        for record, before in work.touched.items():
            if not work.is_deleted(record):
                say_all(record, before is None)
        problems = [*work.problems, *(list(unlawful(work)) or self.check(work))]
        reasons = self._reasons(open_problems(problems, self.form), left)
        if self.found.faults:
            return ()
        self.found.is_separable |= bool(work.change_set.is_separable)
        self._refuse(records, reasons)
        waiting = set(left.values()) if together and reasons else {left[key] for key in reasons}
        self._settle(work, records, left, waiting)
        return reasons.keys()

    def _reasons(self, problems: Iterable[Problem], left: Mapping[Any, Any]) -> dict[Any, list[str]]:
        """What speaks against each that is chosen, by key; what speaks against none of them is a fault."""
        of_owner: dict[Any, list[Any]] = defaultdict(list)
        for key, owner in left.items():
            of_owner[owner].append(key)
        reasons: dict[Any, list[str]] = defaultdict(list)
        for problem in problems:
            if problem.confirm is not None:
                self.found.highest = max(self.found.highest or problem.confirm, problem.confirm)
            keys = {key for one in problem.about for key in self._keys(one, left, of_owner)}
            for key in keys:
                if problem.sentence not in reasons[key]:
                    reasons[key].append(problem.sentence)
            faults = self.found.faults
            if not keys and problem.sentence not in faults and len(faults) < FAULTS:
                faults.append(problem.sentence)
        return reasons

    def _keys(self, record: Any, left: Mapping[Any, Any], of_owner: Mapping[Any, list[Any]]) -> list[Any]:
        """The chosen one that a problem is about; of what comes with one, all chosen ones of its owner."""
        key = key_of(record)
        return [key] if self._is_chosen(record, left) else of_owner.get(self.choice.owner(record), [])

    def _is_chosen(self, record: Any, left: Mapping[Any, Any]) -> bool:
        return isinstance(record, self.choice.model) and key_of(record) in left

    def _refuse(self, records: Mapping[Any, Any], reasons: Mapping[Any, list[str]]) -> None:
        """Say of the refused ones why, in the order in which they were read."""
        said = self.words[self.choice.model]
        refusals = [
            Refusal(key, said.title(record), " ".join(sorted(reasons[key])))
            for key, record in records.items()
            if key in reasons
        ]
        if refusals:
            self.found.refuse(refusals)

    def _settle(
        self, work: Work, records: Mapping[Any, Any], left: Mapping[Any, Any], waiting: Collection[Any]
    ) -> None:
        """Take down what becomes of those whose owners do not wait for another look."""
        told, noted, with_effect = [], [], set()
        for record, before in work.touched.items():
            owner = self.choice.owner(record)
            if owner in waiting:
                continue
            noted.append(record)
            effect = effect_of(work, record, before, self.words)
            if effect is not None:
                key = key_of(record) if self._is_chosen(record, left) else None
                told.append(Told(key, effect))
                with_effect.add(key if isinstance(record, self.choice.model) else ("of", owner))
        self.found.note(work, noted)
        self.found.tell(sorted(told, key=lambda one: (one.effect.title, one.effect.what, one.effect.facts)))
        settled = [key for key, owner in left.items() if key in records and owner not in waiting]
        affected = sum(key in with_effect or ("of", key) in with_effect for key in settled)
        self.found.affected += affected
        self.found.alike += len(settled) - affected

    def _forget(self) -> None:
        """Let go of the objects: there may be hundreds of thousands."""
        self.session.expunge_all()
        self.session.add_all(self._stays)
