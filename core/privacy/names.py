"""What somebody is called: found in texts as whole words, and replaced there by a token that says nothing."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from core.db import Base
from core.models import User
from core.privacy.parts import Part
from core.writing import Work

Facts = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Person:
    """A kind of records that are about human beings: what is kept of one, and what is forgotten with one.

    `parts(record)` is everything the room keeps. `called(record)` are all names, of today and of before, and
    `shared(names)` those of them that somebody else has as well. `forget(work, record, token)` replaces them
    in the record itself and in what belongs to it. `names` and `contacts` are, by kind of record, the facts
    in which the history has them. `stays` says in a sentence what is kept, since figures are made from it.
    """

    model: type[Base]
    parts: Callable[[Any], Sequence[Part]]
    called: Callable[[Any], Iterable[str | None]]
    shared: Callable[[Any, Collection[str]], Collection[str]]
    forget: Callable[[Work, Any, str], None]
    names: Facts
    contacts: Facts = field(default_factory=dict)
    account: Callable[[Any], User | None] = lambda record: None
    stays: str = ""


def token_of(subject: str) -> str:
    """What stands for somebody who was erased: each time the same, made of the key that stays."""
    return f"Erased person {sha256(subject.encode()).hexdigest()[:8]}"


class Eraser:
    """Replaces names in texts.

    `wide` are the names that mean nobody else: they are replaced wherever they stand. A name of one word can
    be any word, and one that two people have can mean the other, so those are replaced only in what is about
    the person (`own`).
    """

    def __init__(self, token: str, names: Iterable[str | None], shared: Collection[str] = ()) -> None:
        self.token = token
        known = {" ".join(name.split()) for name in names if name and name.strip()} - {token}
        others = {name.casefold() for name in shared}
        self.names = sorted(known, key=lambda name: (-len(name), name))
        self.wide = [n for n in self.names if (" " in n or "@" in n) and n.casefold() not in others]
        self._own, self._wide = _words(self.names), _words(self.wide)

    def in_text(self, text: str, own: bool) -> str:
        """The text without the names."""
        pattern = self._own if own else self._wide
        return pattern.sub(self.token, text) if pattern else text

    def in_value(self, value: Any, own: bool) -> Any:
        """A fact as the history has it, without the names: texts, and texts in lists."""
        if isinstance(value, str):
            return self.in_text(value, own)
        return [self.in_value(one, own) for one in value] if isinstance(value, list) else value


def _words(names: Sequence[str]) -> re.Pattern[str] | None:
    """Any of these as whole words, the longest first."""
    each = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in names)
    return re.compile(rf"(?<!\w)(?:{each})(?!\w)", re.IGNORECASE) if names else None
