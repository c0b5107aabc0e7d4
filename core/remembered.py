"""Figures that take long to count are counted once a minute by each process, and not for every page.

What was counted is good as long as nothing was stored since; and for a minute besides, unless the person who
asks has stored something: what one has just put right is seen to be right. What takes no time is never
remembered, so that in a small house every figure is that of the moment. That a list is a long one, “10,000+”,
is good for a minute as well, and that a filter finds very many, until the person who asks stores something.
"""

import time
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar, cast

from flask import Flask, current_app
from sqlalchemy import and_, func, select

from core.db import db
from core.models import ChangeSet, instant, is_stored
from core.rights import person

T = TypeVar("T")

# Seconds: what takes longer is remembered; for how long; and for how long where nothing was stored since.
# That ends as well: a save may be stored later than one that began after it.
SLOW = 0.1
GOOD_FOR = 60.0
AT_MOST = 3600.0
# So many long lists, and filters that find very many, are known: they differ by the day and by what is asked.
MOST = 100
# So many of the last saves are looked at: a long import has its number long before it is stored.
LAST = 200


class _Counted(NamedTuple):
    figures: Any
    at: float
    made_at: datetime
    last_saves: int


def init_app(app: Flask) -> None:
    """Let each process remember what it has counted."""
    app.extensions["remembered"] = {}
    app.extensions["many"] = {}


def remembered(what: Hashable, count: Callable[[], T]) -> T:
    """The figures of `what`, counted now or a moment ago.

    `what` says everything that they depend on beside what is stored: the day, and what this person may see.
    """
    kept: dict[Hashable, _Counted] = current_app.extensions["remembered"]
    known = kept.get(what)
    if known is not None and _is_good(known):
        return cast(T, known.figures)
    last, made_at, began = _last_saves(), instant(), time.monotonic()
    figures = count()
    kept.pop(what, None)
    if time.monotonic() - began > SLOW:
        kept[what] = _Counted(figures, began, made_at, last)
    return figures


def many_a_moment_ago(what: Hashable, count: Callable[[], int], many: int, until_saved: bool = False) -> int:
    """How many there are, counted up to just above `many`; where they were more a moment ago, they are still.

    Nobody is told more of so many than that they are more. `what` says what is counted, as above; with
    `until_saved` it need not say who asks, and it is counted again once that person has stored something.
    """
    known: dict[Hashable, tuple[float, object]] = current_app.extensions["many"]
    until, asked = known.get((what, many), (0.0, None))
    if time.monotonic() < until and (not until_saved or last_save() == asked):
        return many + 1
    found = count()
    if found > many:
        if len(known) >= MOST:
            known.clear()
        known[what, many] = (time.monotonic() + GOOD_FOR, last_save() if until_saved else None)
    return found


def _is_good(known: _Counted) -> bool:
    """Whether nothing was stored since; or for a moment, nothing by this person."""
    age = time.monotonic() - known.at
    if age > GOOD_FOR:
        return age <= AT_MOST and _last_saves() == known.last_saves
    _who, _number, made_at = last_save()
    return made_at is None or made_at.replace(tzinfo=UTC) < known.made_at


def last_save() -> tuple[int | None, int | None, datetime | None]:
    """Who asks, with the number and the moment of what they have stored last; one statement."""
    who = getattr(person(), "id", None)
    mine = and_(ChangeSet.user_id == who, is_stored())
    last = select(ChangeSet.id, ChangeSet.made_at).where(mine).order_by(ChangeSet.id.desc()).limit(1)
    row = db.session.execute(last).first()
    return (who, *row) if row is not None else (who, None, None)


def _last_saves() -> int:
    """A figure that is another one as soon as one more is among the last saves, whatever its number is."""
    last = select(ChangeSet.id).where(is_stored()).order_by(ChangeSet.id.desc()).limit(LAST).subquery()
    return int(db.session.scalar(select(func.sum(last.c.id))) or 0)
