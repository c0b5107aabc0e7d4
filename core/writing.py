"""The write path: the one way anything is stored, by a page, a command, an import or a job.

    with writing(operations.check, form) as work:
        ...                      # the deed, on locked owners
        work.leads_to(url, "Saved.")
    if work.stored:
        return work.redirect()

It begins for writing, keeps the rules of the whole set, writes the change set and commits; or it stores
nothing and says why, at the row or field where it belongs.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol, TypeVar, cast

from flask import flash, g, has_app_context, has_request_context, redirect
from flask_login import current_user
from sqlalchemy import UniqueConstraint, event, inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from core.db import Base, db, will_write
from core.history import recording
from core.kept_forms import brought_back
from core.models import ChangeSet, Post
from core.rights import is_administrator, may_store, may_take_back, person, rooms
from core.spans import step_aside

T = TypeVar("T")

TRIES = 5
# Below PostgreSQL's limit of what one statement can be told.
LOCKED_AT_ONCE = 5_000
# What PostgreSQL says when the whole deed may be tried again: serialization failure, deadlock, lock timeout.
RETRYABLE_STATES = {"40001", "40P01", "55P03"}


@dataclass(frozen=True)
class Problem:
    """A rule that what was typed would break, in a sentence.

    `about` are the links (or other records) whose rows should show it; `field` names an input instead.
    `confirm` is the sum that a person may allow by giving a reason, `whose` the record that has the sum.
    """

    sentence: str
    about: Sequence[object] = ()
    field: str = ""
    confirm: Decimal | None = None
    whose: object | None = None


class Refused(Exception):
    """Nothing was stored, because of these problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problem.sentence for problem in self.problems))


class AlreadyStored(Exception):
    """This very form was stored before; `leads_to` is where its answer led."""

    def __init__(self, leads_to: str | None) -> None:
        self.leads_to = leads_to or "/"
        super().__init__("already stored")


class Refusable(Protocol):
    """A form that can show problems where they belong."""

    def refuse(self, problem: Problem) -> None: ...

    @property
    def one_time_key(self) -> str | None: ...


@dataclass
class Work:
    """What one save does, and what it has touched."""

    session: Session
    stored: bool = False
    problems: list[Problem] = field(default_factory=list)
    # Each new, changed or deleted record with its values before (None: it is new).
    touched: dict[Any, dict[str, Any] | None] = field(default_factory=dict)
    # Links whose sum a person has allowed, up to the figure that was shown.
    confirmed: dict[Any, Decimal] = field(default_factory=dict)
    # What statements have stored beside that, for the history.
    rows: recording.Rows = field(default_factory=recording.Rows)
    change_set: ChangeSet = field(default_factory=ChangeSet)
    # The records at which the history tells of it, where no fact of them is another one: see `tells`.
    told_at: list[Base] = field(default_factory=list)
    # Links in which a colleague changed other fields meanwhile, and such fields of the record itself; both
    # changes were kept.
    merged: list[str] = field(default_factory=list)
    merged_fields: list[str] = field(default_factory=list)
    refused: bool = False
    # Only tried: the rules are asked, the database too, and then nothing of it is stored.
    is_trial: bool = False
    # Under which number the history has this save; None where nothing was another thing afterwards.
    number: int | None = None
    # Whether whoever stored it may undo it, as its message offers.
    is_undoable: bool = False
    _goes: set[Any] = field(default_factory=set)
    _locked: set[tuple[type[Base], Any]] = field(default_factory=set)
    _said: str = ""
    _url: str = "/"

    def lock(self, model: type[Base], keys: Iterable[Any], whole: bool = False) -> None:
        """Lock owners in the order of their keys, before the first write; `whole`: also against new links.

        Whoever locks two kinds of owners does it in one order everywhere, so that two saves wait for each
        other and never deadlock. SQLite has one writer at a time and needs no row locks: the keys, which may
        have to be found, are not even asked for.
        """
        if self.session.get_bind().dialect.name == "sqlite":
            return
        key = inspect(model).primary_key[0]
        wanted = sorted({one for one in keys if whole or (model, one) not in self._locked})
        for start in range(0, len(wanted), LOCKED_AT_ONCE):
            some = key.in_(wanted[start : start + LOCKED_AT_ONCE])
            self.session.execute(
                select(key).where(some).order_by(key).with_for_update(key_share=not whole)
            ).all()
        self._locked.update((model, one) for one in wanted)

    def refuse(self, *problems: Problem) -> None:
        """Let nothing of this be stored."""
        self.refused = True
        self.problems.extend(problems)

    def collect(self) -> None:
        """Note what is new, changed or deleted, with its values before; asked before every flush."""
        for one in self.session.new:
            self.touched.setdefault(one, None)
        for one in [*self.session.dirty, *self.session.deleted]:
            if one not in self.touched and (one in self.session.deleted or recording.is_changed(one)):
                self.touched[one] = recording.values_before(one)
            if one in self.session.deleted and one not in self._goes:
                self._goes.add(one)
                recording.note_cascade(self.session, one)

    def is_deleted(self, record: Any) -> bool:
        """Whether this work takes the record away."""
        return record in self.session.deleted or inspect(record).deleted or inspect(record).was_deleted

    def leads_to(self, url: str, said: str, deed: str = "") -> None:
        """Where the person goes when it is stored, what is said there, and `deed`: what the history says."""
        self._url = self.change_set.leads_to = url
        self.change_set.deed = (deed or said)[:500]
        self._said = said

    def tells(self, record: Base) -> None:
        """Let the history tell of this at a record, though what it changed is a secret, or is forgotten."""
        self.change_set.is_told = True
        self.told_at.append(record)

    @property
    def told(self) -> str:
        """What is said besides: what a colleague changed meanwhile that is kept as well."""
        fields, others = ", ".join(self.merged_fields), ", ".join(self.merged)
        what = " and ".join([fields] * bool(fields) + [f"other facts of {others}"] * bool(others))
        return f" A colleague changed {what} meanwhile; both changes are kept." if what else ""

    def redirect(self) -> Response:
        """The answer to a stored form; what it says offers to see what was changed, and to undo it."""
        flash(self._said, message_kind(self.number, self.is_undoable))
        return redirect(self._url, code=303)


def message_kind(number: int | None, is_undoable: bool) -> str:
    """How a message is marked that a page shows with ways to a save (`_frame.html`)."""
    return f"{'undo' if is_undoable else 'saved'}-{number}" if number else "message"


@contextmanager
def writing(
    check: Callable[[Work], Iterable[Problem]] | None = None,
    form: Refusable | None = None,
    reason: str | None = None,
) -> Iterator[Work]:
    """Store everything that is done inside, or nothing.

    `check(work)` returns what the *whole* touched sets would break; it is asked before the flush, so that
    a person reads a sentence at a row, and the database's own rules stand behind it. With a form, problems
    are shown on it and `work.stored` stays False; without one, `Refused` is raised. Raises AlreadyStored
    for a form that was stored before.
    """
    session = db.session()
    _begin_for_writing(session)
    work = Work(session)
    key = form.one_time_key if form else None
    if key:
        answer_a_repeated_form(session, key)
    session.info["work"] = work
    try:
        with session.no_autoflush:
            yield work
            work.collect()
            found = [] if work.refused else _problems(work, check)
        # A form that is brought back after a sign-in is answered as if it were refused.
        if found or work.refused or brought_back():
            raise Refused([*work.problems, *found])
        if work.is_trial:
            session.flush()
            raise Refused([])
        _commit(work, key, reason)
    except Refused as refused:
        session.rollback()
        if key:
            answer_a_repeated_form(session, key)  # its twin was stored while this one waited for the lock
        _show(refused.problems, form)
    except IntegrityError as error:
        session.rollback()
        if key:
            answer_a_repeated_form(session, key)
        _show([problem_of(error)], form, error)
    finally:
        session.info.pop("work", None)
        if not work.stored:
            session.rollback()
        if not has_request_context():
            will_write.set(False)


def _begin_for_writing(session: Session) -> None:
    """Take SQLite's write lock before anything is read; a request has said so before it began."""
    if not will_write.get():
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("What was changed before `writing` would be stored unchecked.")
        session.rollback()
        will_write.set(True)


def answer_a_repeated_form(session: Session, key: str) -> None:
    """Raise AlreadyStored if the form with this key was stored."""
    row = session.execute(select(ChangeSet.leads_to).where(ChangeSet.form_key == key)).one_or_none()
    if row is not None:
        raise AlreadyStored(row.leads_to)


def _problems(work: Work, check: Callable[[Work], Iterable[Problem]] | None) -> list[Problem]:
    """What speaks against it: first that somebody may not do it at all, then the rules of the whole set."""
    return list(unlawful(work)) or (list(check(work)) if check else [])


def unlawful(work: Work) -> Iterable[Problem]:
    """What this person may not store, whichever page or job it comes from; the rooms say what in detail."""
    if is_administrator():
        return
    who = getattr(person(), "id", None)
    if any(isinstance(one, Post) and one.owner_id != who for one in work.touched):
        yield Problem("A note is changed by whoever wrote it, and deleted by them or an administrator.")
    for room in rooms():
        if not any(type(one).__module__.startswith(f"{room.name}.") for one in work.touched):
            continue
        if may_store(room.name):
            yield from room.allows(work)
        else:
            yield Problem(f"Your account cannot change anything in {room.title}. Nothing was stored.")


def write_down(work: Work) -> None:
    """Send what was done to the database, with what the rooms keep of it and with its history.

    Long work does this portion by portion, and forgets each: what is forgotten before, nobody keeps.
    """
    work.session.flush()
    keep(work)
    recording.record(work)


def keep(work: Work) -> None:
    """Let the rooms keep what they keep of what was stored, such as sums."""
    for room in rooms():
        room.keeps(work)


def _commit(work: Work, key: str | None, reason: str | None) -> None:
    change_set = work.change_set
    change_set.form_key = key or change_set.form_key  # a job has said itself by what it is found
    change_set.reason = (reason or "").strip() or None
    if has_request_context():
        # A job has said itself who asked for it, and whoever comes in by a link who it is that comes in.
        change_set.user_id = getattr(current_user, "id", change_set.user_id)
    write_down(work)
    work.number = change_set.id if change_set.count else None
    work.is_undoable = has_request_context() and bool(work.number) and may_take_back(change_set)
    work.session.commit()
    work.stored = True


def _show(problems: Iterable[Problem], form: Refusable | None, cause: Exception | None = None) -> None:
    """Put each problem where it belongs on the form; without a form it is raised."""
    if form is None:
        raise Refused(problems) from cause
    for problem in problems:
        form.refuse(problem)


# --- constraints in words --------------------------------------------------------------------------


def problem_of(error: IntegrityError) -> Problem:
    """A broken constraint as a sentence; each table's `info["sentences"]` has the words and the field."""
    name = _constraint_name(error)
    for table in Base.metadata.tables.values():
        words = table.info.get("sentences", {}).get(name)
        if words:
            return Problem(words[0], field=words[1])
    if "foreign key" in str(error.orig).casefold():
        return Problem("Something this refers to has been deleted meanwhile. Load the page again.")
    return Problem(f"The database refused this by its rule “{name or 'unknown'}”. Nothing was stored.")


def _constraint_name(error: IntegrityError) -> str | None:
    diagnostics = getattr(error.orig, "diag", None)
    if diagnostics is not None:
        return cast(str | None, diagnostics.constraint_name)
    said = str(error.orig)
    unique = re.fullmatch(r"UNIQUE constraint failed: (.+)", said)
    if unique is None:
        return said.removeprefix("CHECK constraint failed: ")
    columns = {name.split(".")[1] for name in unique.group(1).split(", ")}
    table = Base.metadata.tables[unique.group(1).split(".")[0]]
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and set(constraint.columns.keys()) == columns:
            return str(constraint.name)
    return f"pk_{table.name}"


# --- one flush, whatever the order -----------------------------------------------------------------


@event.listens_for(Session, "before_flush")
def _prepare_flush(session: Session, _context: Any, _instances: Any) -> None:
    work: Work | None = session.info.get("work")
    if work is None:
        work = session.info.setdefault("loose", Work(session))
    work.collect()
    step_aside(session, [one for one in session.dirty if recording.is_changed(one)], work.touched)


@event.listens_for(Session, "before_commit")
def _record_what_came_by_itself(session: Session) -> None:
    """A program that uses the session without `writing` leaves its traces in the history as well."""
    if session.info.get("work") is None:
        session.flush()
        work: Work | None = session.info.pop("loose", None)
        if work is not None and has_app_context():
            keep(work)
        if work is not None and recording.is_told(work):
            work.change_set.deed = "Stored by a program"
            recording.record(work)


@event.listens_for(Session, "after_rollback")
def _forget_what_came_by_itself(session: Session) -> None:
    session.info.pop("loose", None)


# --- try again -------------------------------------------------------------------------------------


def retrying(deed: Callable[[], T]) -> T:
    """Do the whole deed again when the database could not take it now: lock, deadlock, lost connection.

    The one-time key of the form keeps a deed whose answer was lost from being stored twice.
    """
    for attempt in range(TRIES):
        try:
            return deed()
        except (DBAPIError, StaleDataError) as error:
            if has_request_context() and getattr(error, "connection_invalidated", False):
                g.answer_was_lost = True  # it may be stored: a second try finds it by its key, a page says so
            if attempt == TRIES - 1 or not _may_try_again(error):
                raise
            db.session.rollback()
            time.sleep(0.05 * 2**attempt)
    raise AssertionError("unreachable")


def _may_try_again(error: DBAPIError | StaleDataError) -> bool:
    if isinstance(error, StaleDataError) or error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    return state in RETRYABLE_STATES or "database is locked" in str(error.orig)
