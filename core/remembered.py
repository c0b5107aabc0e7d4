"""Figures that take long to count are counted once a minute by each process, and not for every page.

What was counted is good as long as nothing was stored since; and for a minute besides, unless the person who
asks has stored something: what one has just put right is seen to be right. What takes no time is never
remembered, so that in a small house every figure is that of the moment.
"""

import time
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, TypeVar, cast

from flask import Flask, current_app
from sqlalchemy import func, select

from core.db import db
from core.models import ChangeSet
from core.rights import person

T = TypeVar("T")

# Seconds: what takes longer is remembered; for how long; and for how long where nothing was stored since.
# That ends as well: a save may be stored later than one that began after it.
SLOW = 0.1
GOOD_FOR = 60.0
AT_MOST = 3600.0


class _Counted(NamedTuple):
    figures: Any
    at: float
    last_save: int


def init_app(app: Flask) -> None:
    """Let each process remember what it has counted."""
    app.extensions["remembered"] = {}


def remembered(what: Hashable, count: Callable[[], T]) -> T:
    """The figures of `what`, counted now or a moment ago.

    `what` says everything that they depend on beside what is stored: the day, and what this person may see.
    """
    kept: dict[Hashable, _Counted] = current_app.extensions["remembered"]
    known = kept.get(what)
    if known is not None and _is_good(known):
        return cast(T, known.figures)
    last, began = _last_save(), time.monotonic()
    figures = count()
    kept.pop(what, None)
    if time.monotonic() - began > SLOW:
        kept[what] = _Counted(figures, began, last)
    return figures


def _is_good(known: _Counted) -> bool:
    """Whether nothing was stored since; or for a moment, nothing by this person."""
    age = time.monotonic() - known.at
    if age > GOOD_FOR:
        return age <= AT_MOST and _last_save() == known.last_save
    return _last_save(getattr(person(), "id", None)) <= known.last_save


def _last_save(user_id: int | None = None) -> int:
    """The number of the last save of all, or of one person."""
    last = select(func.max(ChangeSet.id))
    return db.session.scalar(last if user_id is None else last.where(ChangeSet.user_id == user_id)) or 0
