"""What somebody has typed to find records, as statements take it.

A search as one types is asked for each letter. To put its statement together, and to find out that it was
compiled before, takes longer than the database needs; so it is put together once for so many words
(`core/search.py`), with places in it, and what was typed is put into these.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam

# The index of parts knows runs of so many signs; more of them than this make no search narrower.
RUN = 3
MOST_RUNS = 40


# What goes into a statement: a text, or the place (a bindparam) where it is put.
Said = Any


class Shape(NamedTuple):
    """What a statement depends on of what was typed: the same for all that one statement can look for.

    `words` says of each whether it is one in texts and in keys, and whether it is too short for the index of
    parts; `others` are the names of what else there is.
    """

    words: tuple[tuple[bool, bool], ...]
    others: tuple[str, ...]


class Word(NamedTuple):
    """A word as LIKE is asked for it (with “/” as its escape), or the places where that is put in.

    `part` is anywhere in a folded text, `key` anywhere in a key; `begins` is at the beginning of a folded
    text, `later` at that of a later word of it. `runs` are for the index of parts; None: it is too short.
    """

    part: Said
    key: Said
    begins: Said
    later: Said
    runs: Said


class Typed(NamedTuple):
    """The words that were typed, and by name what else a search makes of it."""

    words: tuple[Word, ...]
    others: Mapping[str, Said]

    @property
    def shape(self) -> Shape:
        """What a statement for it depends on."""
        words = tuple((one.key == one.part, one.runs is None) for one in self.words)
        return Shape(words, tuple(self.others))

    def values(self) -> dict[str, Any]:
        """What goes where, by the name of each place."""
        words = enumerate(self.words)
        return {
            **{f"{name}_{number}": value for number, one in words for name, value in one._asdict().items()},
            **self.others,
        }


def typed(*words: tuple[str, ...], **others: str) -> Typed:
    """What was typed: each word as texts have it and, where keys are written otherwise, as these have it."""
    return Typed(tuple(word_of(*one) for one in words), others)


def word_of(text: str, key: str = "") -> Word:
    """A word for LIKE and for the index of parts, whatever signs it has."""
    here, spellings = escaped(text), dict.fromkeys((text, key or text))
    runs = " OR ".join(map(_runs, spellings)) if min(map(len, spellings)) >= RUN else None
    return Word(f"%{here}%", f"%{escaped(key or text)}%", f"{here}%", f"% {here}%", runs and f"({runs})")


def escaped(part: str) -> str:
    """A part of a text as LIKE takes it with “/” as its escape, whatever signs it has."""
    return part.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _runs(word: str) -> str:
    """The runs of a word, as FTS5 is asked for them."""
    runs = dict.fromkeys(word[place : place + RUN] for place in range(len(word) - RUN + 1))
    quoted = ['"' + run.replace('"', '""') + '"' for run in list(runs)[:MOST_RUNS]]
    return f"({' AND '.join(quoted)})"


def places(shape: Shape) -> Typed:
    """The places where what was typed goes in a statement; `Typed.values` puts it there."""
    words = tuple(_word(number, *one) for number, one in enumerate(shape.words))
    return Typed(words, {name: _place(name) for name in shape.others})


def _word(number: int, is_alike: bool, is_short: bool) -> Word:
    here = {name: _place(f"{name}_{number}") for name in Word._fields}
    return Word(**here)._replace(
        **({"key": here["part"]} if is_alike else {}), **({"runs": None} if is_short else {})
    )


def _place(name: str) -> Said:
    return bindparam(name, type_=String())
