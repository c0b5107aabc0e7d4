"""A change as people read it: what became of which record, and each fact before and after, in words."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import inspect

from core.deeds import Fact, goes_without_saying
from core.history.names import Name
from core.history.values import as_fact, is_list
from core.history.written import ADDED, CHANGED, REMOVED
from core.models import Change
from core.subjects import Kind, kinds, subject


@dataclass(frozen=True)
class Told:
    """One change in words. `about` are the records that it is about, of a link those that it joins."""

    what: str
    noun: str
    which: str
    about: tuple[Name, ...]
    facts: tuple[Fact, ...]


def told(
    change: Change,
    subjects: Sequence[str],
    names: Mapping[str, Name],
    referred: Mapping[str, str],
    here: Sequence[str] = (),
) -> Told:
    """A change in words, with the names of its subjects; those that the page is about are `here`.

    `referred` are the names of what its facts refer to beside.
    """
    kind = kinds().get(change.kind)
    # A record that got another key is called by both, and is one: each name is said once.
    about = tuple(dict.fromkeys(names[one] for one in subjects if one not in here))
    if kind is None:
        return Told(change.what, change.kind, change.which, about, ())
    facts = tuple(_facts(change, kind, subjects, names, referred))
    return Told(change.what, kind.words.noun, change.which, about, facts)


def _facts(
    change: Change,
    kind: Kind,
    subjects: Sequence[str],
    names: Mapping[str, Name],
    referred: Mapping[str, str],
) -> Iterator[Fact]:
    """The facts that people know, old and new; of what comes or goes, those that its title does not say."""
    spoken, stored = kind.words, json.loads(change.facts)
    hidden = spoken.hides(stored, subjects)
    for name, label in _labels(kind).items():
        if name not in stored or name in hidden:
            continue
        if change.what != CHANGED and (name in spoken.in_title or name in spoken.belongs_to):
            continue
        old, new = (_value(kind, name, one) for one in stored[name])
        word = partial(_word, kind, name, names, referred)
        if change.what == ADDED:
            if not goes_without_saying(new):
                yield Fact(label, "", word(new))
        elif change.what == REMOVED:
            if not goes_without_saying(old):
                yield Fact(label, word(old), "")
        else:
            yield Fact(label, word(old), word(new))


def _labels(kind: Kind) -> dict[str, str]:
    """What the facts are called; a link that was moved to another record has that one's noun."""
    nouns = {
        name: kinds()[table].words.noun.capitalize()
        for name, model in kind.words.belongs_to.items()
        if model and (table := str(inspect(model).local_table.name)) in kinds()
    }
    return {**nouns, **kind.words.labels}


def _word(kind: Kind, name: str, names: Mapping[str, Name], referred: Mapping[str, str], value: Any) -> str:
    """A fact in words; the record that a link belongs to, or that the fact refers to, by its name."""
    other = kind.words.refers_to.get(name)
    if other is not None:
        return referred.get(subject(other, value), str(value)) if value is not None else "none"
    model = kind.words.belongs_to.get(name)
    known = names.get(subject(model, value)) if model and value is not None else None
    return known.text if known else str(kind.words.word(name, value))


def _value(kind: Kind, name: str, plain: Any) -> Any:
    """A fact as its words want it; of a list of records their names."""
    if is_list(kind.model, name):
        return [said for _key, said in plain or ()]
    return as_fact(kind.model, name, plain)
