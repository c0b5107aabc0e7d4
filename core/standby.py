"""Lists, histories and files may come from a standby (DATABASE_READ_URL); all else from the primary.

What a person has just saved is what they see next: their session remembers up to where the primary's log was
written then, and a standby answers them only when it has replayed that far. Who signs in, and with which
rights, is always asked of the primary. A standby that does not answer, or that hears of no primary, is left
out for a moment.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from flask import Flask, Response, current_app, request, session
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError

from core.db import db
from core.reading import STANDBY, from_standby
from core.rights import rooms

T = TypeVar("T")

# Pages of the house that may be a moment old. Each room names its own (`Room.may_be_old`).
MAY_BE_OLD = {"core.history", "core.change_set", "core.search"}
SAVED = "saved"
# After so long a person reads as anybody else does, whatever the standby has replayed by then.
REMEMBERED = 60 * 60
# So long a standby that did not answer is not asked again, by this process.
LEFT_OUT = 10.0

# A standby that has lost its primary may be hours old, and nobody would know.
_FRESH = text("""
    SELECT CASE WHEN pg_is_in_recovery()
                THEN EXISTS (SELECT FROM pg_stat_wal_receiver)
                     AND pg_last_wal_replay_lsn() >= CAST(:lsn AS pg_lsn)
                ELSE pg_current_wal_lsn() >= CAST(:lsn AS pg_lsn) END""")
_WRITTEN = text("SELECT CAST(pg_current_wal_insert_lsn() AS text)")
ANY = "0/0"


def init_app(app: Flask) -> None:
    """Choose for each page where it is read from. After what finds out who is there and what they may do."""
    if STANDBY not in (app.config.get("SQLALCHEMY_BINDS") or {}):
        return
    app.extensions["standby_left_out_until"] = 0.0
    app.before_request(_choose)
    app.after_request(_remember)
    # What this thread does next may be no page at all.
    app.teardown_request(lambda _fault: primary_first())


def primary_first() -> None:
    """With each request: nothing is read from a standby before it is said."""
    from_standby.set(False)


def is_used() -> bool:
    """Whether there are standbys to read from."""
    return "standby_left_out_until" in current_app.extensions


def _choose() -> None:
    if _may_be_old() and _is_fresh_enough():
        for room in rooms():  # what limits somebody is asked of the primary, and noted
            room.closes(request.endpoint or "")
        from_standby.set(True)


def _may_be_old() -> bool:
    """Whether this request only reads, and of what may be a moment old."""
    if request.method not in ("GET", "HEAD"):
        return False
    lists = MAY_BE_OLD.union(*(room.may_be_old for room in rooms()))
    return request.endpoint in lists or "download" in request.args


def _is_fresh_enough() -> bool:
    """Whether a standby answers, and has what this person has just saved."""
    if time.monotonic() < current_app.extensions["standby_left_out_until"]:
        return False
    lsn, at = session.get(SAVED) or (ANY, time.time())
    if time.time() - at > REMEMBERED:
        lsn = ANY
    if not lsn:
        return False
    try:
        is_fresh = db.session.scalar(_FRESH, {"lsn": lsn}, bind_arguments={"bind": db.engines[STANDBY]})
    except (DBAPIError, TimeoutError) as error:
        _leave_out(error)
        return False
    return bool(is_fresh)


def _leave_out(error: SQLAlchemyError) -> None:
    db.session.rollback()
    current_app.extensions["standby_left_out_until"] = time.monotonic() + LEFT_OUT
    current_app.logger.warning("The standby does not answer, so the primary does: %s", error)


def or_primary(deed: Callable[[], T]) -> T:
    """Answer a page; if the standby fails in the middle of it, once more from the primary."""
    try:
        return deed()
    except DBAPIError as error:
        if not from_standby.get():
            raise
        from_standby.set(False)
        _leave_out(error)
        return deed()


def _remember(response: Response) -> Response:
    if request.method == "POST" and response.status_code < 400:
        saw_a_save()
    return response


def saw_a_save() -> None:
    """From now on this person sees at least what is stored by now."""
    if not is_used() or "_user_id" not in session:
        return
    lsn = ""  # not known: the primary answers, until it is forgotten
    with suppress(SQLAlchemyError), db.engine.connect() as connection:
        lsn = connection.scalar(_WRITTEN) or ""
    session[SAVED] = [lsn, int(time.time())]
