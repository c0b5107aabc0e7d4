"""Names that are alike: initials, further names, letters that differ; and blocks to compare them in."""

from collections.abc import Hashable
from typing import Any, NamedTuple

from core.db import words_of


class Name(NamedTuple):
    """A row of a sweep: its place in the order, its key, the name and how it is filed, both folded."""

    order: str
    key: Any
    name: str
    filed: str


def parts(filed: str) -> tuple[list[str], list[str]]:
    """Family and given names of a filed name, “tolkien, j. r. r.”; without a comma there are none given."""
    family, _, given = filed.partition(",")
    return words_of(family), words_of(given)


def by_filing(row: Name) -> Hashable:
    """The block of those with one family name and one first initial."""
    family, given = parts(row.filed)
    return (*family, given[0][0] if given else "")


def by_name(row: Name) -> Hashable:
    """The block of those with one first name, and a last name that begins alike."""
    words = words_of(row.name)
    return (words[0], words[-1][0]) if words else row.key


def by_beginning(row: Name) -> Hashable:
    """The block of those whose first word begins alike: for a few thousand names."""
    return row.name[:1]


def what_is_alike(one: Name, other: Name) -> str | None:
    """What two names that are not equal have in common, in words; None where they are not alike."""
    mine, theirs = words_of(one.name), words_of(other.name)
    if sorted(mine) == sorted(theirs):
        return None  # an equal key: that was found before
    if "".join(mine) == "".join(theirs):
        return "the same letters"
    (family, given), (other_family, other_given) = parts(one.filed), parts(other.filed)
    if family == other_family and given and other_given and all(map(_can_be, given, other_given)):
        same = given[: len(other_given)] == other_given[: len(given)]
        return "one has a further name" if same else "the initials fit"
    return _spelled_alike(mine, theirs)


def _can_be(name: str, other: str) -> bool:
    """Whether two given names are equal, or one is the initial of the other."""
    return name == other or (1 in (len(name), len(other)) and name[0] == other[0])


def _spelled_alike(mine: list[str], theirs: list[str]) -> str | None:
    """Whether one word differs, and in one letter; in a long word in two."""
    differing = [pair for pair in zip(mine, theirs, strict=False) if pair[0] != pair[1]]
    if len(mine) != len(theirs) or len(differing) != 1:
        return None
    shorter, longer = sorted(differing[0], key=len)
    most = 0 if len(longer) < 4 or longer.isdecimal() else 1 if len(longer) < 9 else 2
    found = edits(shorter, longer, most)
    return None if found > most else "one letter differs" if found == 1 else "two letters differ"


def edits(one: str, other: str, most: int) -> int:
    """How many letters have to be added, left out, replaced or swapped; counting stops above `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    last: list[int] = []
    row = list(range(len(other) + 1))
    for i, sign in enumerate(one, 1):
        earlier, last, row = last, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (sign != wanted))
            if i > 1 and j > 1 and sign == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
