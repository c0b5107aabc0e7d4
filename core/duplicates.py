"""Records that may be there twice: pairs in pages, and names that are alike, without comparing all with all.

A room gives steps, the strongest evidence first. A step is asked for so many pairs after a place, and says
at which place it stopped; None: there are no more. So a page costs what it shows, whatever there is.

Where keys are equal, the database joins. For names that are only alike, rows are swept in an order that puts
likely pairs near each other, and only rows of one block are compared, each with the last few before it.
"""

import base64
import json
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true, tuple_
from wtforms import StringField

from core.db import db
from core.forms import PageForm
from core.spelling import Name, what_is_alike
from core.writing import Work

PAGE = 50
# A row is compared with so many before it in its block, and one page sweeps about so many rows.
WINDOW = 40
MOST_SWEPT = 20_000
CHUNK = 2_000

Place = list[Any]


class Pair(NamedTuple):
    """Two records by their keys, and what their names have in common, in words."""

    first: Any
    second: Any
    why: str
    # Only their spelling is alike: of these, the pairs with something else in common are shown first.
    is_weak: bool = False


class Shown(NamedTuple):
    """One of a pair as its page shows it."""

    key: str
    name: str
    about: str
    url: str


class Suspect(NamedTuple):
    """A pair as its page shows it, with the reason in words and where the two are merged."""

    first: Shown
    second: Shown
    why: str
    merge_url: str = ""


class ApartForm(PageForm):
    """Says of a pair that it is not the same, or takes that back: “10001 10002” is a pair."""

    apart = StringField()
    again = StringField()

    @property
    def pair(self) -> tuple[str, str] | None:
        """The two keys, smaller first; None: something else was sent."""
        keys = (self.apart.data or self.again.data or "").split()
        return (keys[0], keys[1]) if len(keys) == 2 and keys[0] != keys[1] else None


def keep_apart(work: Work, model: Any, pair: tuple[Any, Any], are_apart: bool) -> None:
    """Note that two records are not the same, or forget it.

    It is in no history: it is a fact of neither record but a mark on a list of suggestions, and the page of
    those that are put aside shows each with a button that takes it back. Its key is that of two records,
    goes along with each of their new keys, and goes with either of them, so an undo of an earlier save could
    say nothing of it that the list does not show.
    """
    rows = work.session.scalars(select(model).where(_is_about(model, *pair))).all()
    if are_apart and not rows:
        first, second = sorted(pair)
        work.session.add(model(first=first, second=second))
    for row in rows if not are_apart else ():
        work.session.delete(row)


def strongest_first(pairs: Sequence[Pair], have_more: Callable[[Pair], bool]) -> list[Pair]:
    """The pairs of a page: among those that are only spelled alike, those that have more in common lead."""
    return sorted(pairs, key=lambda pair: (pair.is_weak, pair.is_weak and not have_more(pair)))


Step = Callable[[Place | None, int], tuple[list[Pair], Place | None]]


@dataclass(frozen=True)
class Page:
    """Some pairs, the strongest first, and the place after them as an address has it."""

    pairs: list[Pair]
    next: str | None


def page_of(steps: Sequence[Step], after: str | None, most: int = PAGE) -> Page:
    """The pairs after a place that an earlier page gave; the first ones where it is damaged."""
    number, place = _read(after, len(steps))
    pairs: list[Pair] = []
    while number < len(steps):
        found, place = steps[number](place, most - len(pairs))
        pairs += found
        number += place is None
        if place is not None or (len(pairs) >= most and number < len(steps)):
            return Page(pairs, _written(number, place))
    return Page(pairs, None)


def _written(number: int, place: Place | None) -> str:
    return base64.urlsafe_b64encode(json.dumps([number, place]).encode()).decode().rstrip("=")


def _read(mark: str | None, steps: int) -> tuple[int, Place | None]:
    try:
        number, place = json.loads(base64.urlsafe_b64decode((mark or "") + "=" * (-len(mark or "") % 4)))
        is_place = place is None or (
            isinstance(place, list) and len(place) > 1 and all(map(_is_plain, place))
        )
        if type(number) is int and 0 <= number < steps and is_place:
            return number, place
    except (ValueError, TypeError, RecursionError):
        pass
    return 0, None


def _is_plain(value: Any) -> bool:
    """Whether a database can compare this: a text without half a character, or a number that is a key."""
    if isinstance(value, str):
        return b"\0" not in value.encode()
    return type(value) is int and abs(value) < 2**31


def after(keys: Sequence[Any], place: Place | None) -> ColumnElement[bool]:
    """The condition that a row comes after a place; one that does not fit these keys is no place."""
    kinds = [key.type.python_type for key in keys]
    if place is None or list(map(type, place)) != kinds:
        return true()
    return tuple_(*keys) > tuple_(*place)


def joined(wanted: Select[*tuple[Any, ...]], keys: Sequence[Any], why: str = "") -> Step:
    """A step over pairs that the database finds: its rows have both keys, then what `keys` sorts them by."""

    def step(place: Place | None, most: int) -> tuple[list[Pair], Place | None]:
        some = wanted.add_columns(*keys).where(after(keys, place)).order_by(*keys).limit(most + 1)
        rows = db.session.execute(some).all()
        pairs = [Pair(row[0], row[1], why) for row in rows[:most]]
        return pairs, list(rows[most - 1][2:]) if len(rows) > most else None

    return step


def apart(model: Any, one: Any, other: Any) -> ColumnElement[bool]:
    """The condition that somebody has said of two records that they are not the same."""
    return exists().where(_is_about(model, one, other))


def _is_about(model: Any, one: Any, other: Any) -> ColumnElement[bool]:
    return or_(
        and_(model.first == one, model.second == other), and_(model.first == other, model.second == one)
    )


def without_apart(model: Any, step: Step) -> Step:
    """The same step without the pairs of which somebody has said that they are not the same."""

    def left(place: Place | None, most: int) -> tuple[list[Pair], Place | None]:
        pairs, place = step(place, most)
        keys = {key for pair in pairs for key in pair[:2]}
        said = select(model.first, model.second).where(model.first.in_(keys), model.second.in_(keys))
        gone = {frozenset(row) for row in db.session.execute(said)} if keys else set()
        return [pair for pair in pairs if frozenset(pair[:2]) not in gone], place

    return left


# --- a sweep over names --------------------------------------------------------------------------


def sweep(
    rows: Callable[[Place | None, int], Sequence[Name]],
    block: Callable[[Name], Hashable],
    skip: Callable[[Name], Hashable] | None = None,
) -> Step:
    """A step over rows in their order: within a block each is compared with the last ones before it.

    `rows(after, most)` fetches them. Two rows with the same `skip` were compared by another sweep.
    """

    def step(place: Place | None, most: int) -> tuple[list[Pair], Place | None]:
        pairs: list[Pair] = []
        swept, current = 0, None
        before: deque[Name] = deque(maxlen=WINDOW)
        while True:
            chunk = rows(place, CHUNK)
            for row in chunk:
                its_block = block(row)
                if its_block != current:
                    if len(pairs) >= most or swept >= MOST_SWEPT:
                        return pairs, place
                    current = its_block
                    before.clear()
                others = [one for one in before if skip is None or skip(one) != skip(row)]
                pairs += _alike(others, row)
                before.append(row)
                swept, place = swept + 1, [row.order, row.key]
                if len(pairs) >= 4 * PAGE:  # in the middle of a very large block
                    return pairs, place
            if len(chunk) < CHUNK:
                return pairs, None

    return step


def _alike(others: Sequence[Name], row: Name) -> Iterator[Pair]:
    for other in others:
        why = what_is_alike(other, row)
        if why:
            yield Pair(other.key, row.key, why, is_weak=True)
