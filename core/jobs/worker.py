"""The worker: takes a job, does it, says how it ended, and takes the next one until there is none."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, cast

from flask import current_app
from sqlalchemy import Connection, CursorResult, Table, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.bookkeeping import bookkeeping, for_speed_alone
from core.db import db
from core.history.ahead import clear_away
from core.jobs.signs import Signs, signs, signs_of
from core.models import OPEN_STATES, Job, User, instant
from core.orders import make_missing
from core.progress import Progress, Stopped, at_length, listening
from core.rights import on_behalf_of
from core.writing import Problem, Refused, Work, retrying

BEAT = 1.0  # seconds
# A job whose worker died as often as this is not begun again: it is likely to be the reason.
MOST_TRIES = 3
ADVISORY_LOCK = 0x6A6F6273


class Taken(Exception):
    """This worker was taken for dead, and another one has the job now, or has done it."""


class Heard(Progress):
    """What the job says of itself, until somebody wants it stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.end: type[Exception] | None = None

    def heard(self) -> None:
        """End the job where that is wanted. What it says is fetched once a second by `_beating`."""
        if self.end:
            raise self.end


@dataclass(frozen=True)
class Task:
    """A job, as the function sees it that does it."""

    id: int
    kind: str
    settings: Mapping[str, Any]
    user_id: int | None
    asked_at: datetime
    tries: int
    leads_to: str
    progress: Heard = field(default_factory=Heard)

    def finish(self, work: Work, said: str, deed: str = "") -> None:
        """Done, with all that this work stores, or not at all. The last word of the `writing` block.

        `said` is told to whoever asked for it; `deed` is what the history says, else the same.
        """
        work.leads_to(self.leads_to, said, deed)
        work.change_set.user_id = self.user_id
        work.change_set.form_key = key_of_save(self.id)
        values = {
            **_figures(self.progress),
            "doing": "",
            "state": "done",
            "said": said,
            "ended_at": instant(),
        }
        marked = cast(CursorResult[Any], work.session.execute(self._mine().values(values)))
        if marked.rowcount != 1:
            raise Taken

    def _mine(self) -> Any:
        return update(Job).where(Job.id == self.id, Job.state == "running", Job.tries == self.tries)

    def end(self, state: str, said: str) -> None:
        """It ended without being done. One that is done, or that another worker has, stays as it is."""
        values = {**_figures(self.progress), "state": state, "said": said, "ended_at": instant()}
        with bookkeeping() as connection:
            connection.execute(self._mine().values(values))


def key_of_save(job_id: int) -> str:
    """By what the save of a job is found (`ChangeSet.form_key`)."""
    return f"job {job_id}"


def _figures(progress: Progress) -> dict[str, Any]:
    return {"doing": progress.words[:200], "done": progress.done, "total": progress.total}


# --- taking one ------------------------------------------------------------------------------------


def left_over(asked: Connection | Session) -> list[Any]:
    """The jobs that wait, or have lost their worker, in their order; none while somebody is at work."""
    table = cast(Table, Job.__table__)
    wanted = select(table).where(table.c.state.in_(OPEN_STATES)).order_by(table.c.id)
    rows: list[Any] = list(asked.execute(wanted))
    known = signs_of(rows)
    return [] if any(row.state == "running" and known[row.id].is_fresh for row in rows) else rows


def claim() -> Task | None:
    """The job that waits longest, or whose worker is dead; None if there is none, or somebody is at work."""
    with bookkeeping() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:of)"), {"of": ADVISORY_LOCK})
        rows = left_over(connection)
        if not rows:
            return None
        row = next((row for row in rows if row.state == "running"), rows[0])
        return _take(connection, row)


def _take(connection: Connection, row: Any) -> Task | None:
    values = {"state": "running", "tries": row.tries + 1, "beat_at": instant(), "doing": "", "done": 0}
    # The lock above is not the one of a worker that is just finishing.
    this = update(Job).where(Job.id == row.id, Job.state == row.state, Job.tries == row.tries)
    if connection.execute(this.values(**values, total=None)).rowcount != 1:
        return None
    if signs().is_beside:
        del values["state"]
        signs().change(row.id, row.asked_at, **values, total=None)
    settings = json.loads(row.settings)
    return Task(row.id, row.kind, settings, row.user_id, row.asked_at, row.tries + 1, row.leads_to or "/")


# --- doing it --------------------------------------------------------------------------------------


def work_off() -> int:
    """Do every job that waits, one after the other; how many there were."""
    count = 0
    retrying(clear_away)
    with for_speed_alone():
        make_missing()
    db.session.rollback()
    while (task := retrying(claim)) is not None:
        _do(task)
        count += 1
    return count


def _do(task: Task) -> None:
    current_app.logger.info("Job %s (%s) begins, try %s", task.id, task.kind, task.tries)
    place = signs()
    with _beating(place, task), at_length():
        state, said = _outcome(task)
    db.session.rollback()
    if state != "taken":
        # One that is done is so already, and stays it.
        retrying(partial(task.end, state, said))
        place.forget(task.id, task.asked_at)
    current_app.logger.info("Job %s (%s) has ended", task.id, task.kind)


def _outcome(task: Task) -> tuple[str, str]:
    """Do it; how it ended unless it is done by its own transaction."""
    kinds: Mapping[str, Callable[[Task], None]] = current_app.extensions["jobs"]
    if task.kind not in kinds:
        return "failed", f"This version of Joinery does not know the work “{task.kind}”."
    if task.tries > MOST_TRIES:
        return "failed", f"It was begun {MOST_TRIES} times and broke off each time. {_in_log(task)}"
    try:
        with listening(task.progress):
            retrying(partial(_attempt, kinds[task.kind], task))
    except Stopped:
        return "stopped", "Stopped, as you asked. Nothing was stored."
    except Taken:
        return "taken", ""
    except Refused as refused:
        return "failed", str(refused) or "There was nothing to do."
    except Exception:
        current_app.logger.exception("Job %s (%s) failed", task.id, task.kind)
        return "failed", f"Joinery made a mistake, and nothing was stored. {_in_log(task)}"
    return "failed", f"It ended without a result. {_in_log(task)}"


def _in_log(task: Task) -> str:
    return f"What happened stands in its log, under job {task.id}."


def _attempt(function: Callable[[Task], None], task: Task) -> None:
    """Once more from the start, unless what was tried before is stored and only its answer was lost.

    It is done with the rights that whoever asked for it has now.
    """
    state = db.session.execute(select(Job.state).where(Job.id == task.id, Job.tries == task.tries))
    is_running = state.scalar_one_or_none() == "running"
    asker = db.session.get(User, task.user_id) if task.user_id else None
    db.session.rollback()
    if is_running:
        task.progress.heard()
        if asker is None:  # nobody's rights are not those of the command line, which may do everything
            raise Refused([Problem("Whoever asked for this has no account here, so nothing was done.")])
        with on_behalf_of(asker):
            function(task)


@contextmanager
def _beating(place: Signs, task: Task) -> Iterator[None]:
    """Give a sign of life each second, say how far it is, and hear whether it shall stop."""
    ended = threading.Event()
    _beat(place, task)
    thread = threading.Thread(target=_beat_until, args=(ended, place, task), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat_until(ended: threading.Event, place: Signs, task: Task) -> None:
    while not ended.wait(BEAT):
        # Without an answer from the database the job itself will fail soon enough, and say why.
        with suppress(SQLAlchemyError):
            _beat(place, task)


def _beat(place: Signs, task: Task) -> None:
    stop = place.change(
        task.id, task.asked_at, during=task.tries, beat_at=instant(), **_figures(task.progress)
    )
    if stop is None:
        task.progress.end = Taken
    elif stop:
        task.progress.end = Stopped
