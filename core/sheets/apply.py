"""A plan stored whole, or not at all."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import has_request_context
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.bookkeeping import for_speed_alone, learn_sizes
from core.db import db
from core.garbage import let_go, not_among_what_is_there
from core.history import ahead
from core.history.meanwhile import Seen, facts_stored_since, seen
from core.history.recording import record_added, tell_ahead
from core.orders import make_missing
from core.progress import tell
from core.sheets import absent
from core.sheets.plan import Plan, Sheet, State
from core.sheets.preview import Reading, compared
from core.sheets.words import deed
from core.writing import Problem, Refusable, Refused, Work, writing

MEANWHILE = (
    "What is stored has changed since this preview was made, and the file would do something else now. "
    "Nothing was imported. Look at the new preview."
)


@dataclass
class Outcome:
    """What came of an import: the plan as it was at that moment, and the work that stored it or not.

    Without a form, `problems` says why nothing was stored; a form shows it itself.
    """

    plan: Plan
    work: Work
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Import:
    """What is asked for: see `apply`."""

    reading: Reading
    filename: str
    valid_only: bool
    url: str
    form: Refusable | None
    shown: str
    also: Callable[[Work], None]


class Disturbed(Exception):
    """Somebody has stored something that the plan rests on, since it was drawn up."""


# So many lines change what is quick, and are compared before anybody has to wait.
MUCH = 5_000
# PostgreSQL's lock of whoever stores a long import: a number that nothing else here uses.
ONE_IMPORT = 0x4A6F696E
# So often it is tried that way, before others have to wait while the lines are compared.
UNDISTURBED = 3


def apply(
    reading: Reading,
    *,
    filename: str,
    valid_only: bool,
    url: str,
    form: Refusable | None = None,
    shown: str = "",
    also: Callable[[Work], None] = lambda work: None,
) -> Outcome:
    """Store what the file says: every line, or every valid one.

    Each rule is held against what is stored at the moment of storing, stays of one person from two files
    included: the lines of a short file are compared inside the transaction that stores them, with their
    owners locked. Those of a long one are compared before, and done so again where somebody has stored
    meanwhile what they rest on. The plan is compared with the one that was `shown`, by its digest. `also` is
    done in the same transaction, after everything else.
    """
    asked = Import(reading, filename, valid_only, url, form, shown, also)
    # Nobody has to wait while the file is read.
    plan = reading.lines()
    tries = UNDISTURBED if len(plan.lines) >= MUCH and not has_request_context() else 0
    for _again in range(tries):
        try:
            outcome = _looked_at_first(asked, plan)
            break
        except Disturbed:
            let_go(plan.lines)
            plan = reading.lines()
    else:
        outcome = _stored(asked, plan, None)
    if outcome.work.stored:
        with for_speed_alone():
            make_missing()
            if outcome.plan.to_store >= MUCH:
                learn_sizes()
    return outcome


def _looked_at_first(asked: Import, plan: Plan) -> Outcome:
    """Compare, check and make ready all that needs no lock, then store it if it still holds."""
    db.session.rollback()
    since = seen(db.session())
    compared(plan)
    db.session.rollback()
    sheet, is_beside = asked.reading.sheet, db.engine.dialect.name != "sqlite"
    fault, outcome = _fault(asked, plan), None
    try:
        if sheet.adds and plan.counts[State.ADDED] >= MUCH and not is_beside and not fault:
            ahead.clear_away()
            plan.hand_over(waiting := ahead.written_ahead(*sheet.adds(plan)))
            sheet.reckons(waiting)
        outcome = _stored(asked, plan, since, fault)
    finally:
        if plan.ahead is not None:
            plan.ahead.close()
            if not (outcome and outcome.work.stored):
                ahead.drop(plan.ahead.change_set_id)
    return outcome


def _stored(asked: Import, plan: Plan, since: Seen | None, fault: str = "") -> Outcome:
    """Store a plan that was compared and had this `fault` before (`since`: by then), or is compared now."""
    problems: tuple[str, ...] = ()
    sheet = asked.reading.sheet
    tell("Waiting until nobody else is storing")
    try:
        with writing(None, asked.form, absent.reason(asked.reading.answers)) as work:
            if since is None:
                _lock_tables(work.session, sheet)
                compared(plan)
                fault = _fault(asked, plan)
            else:
                _wait_for_other_imports(work.session)
                _see_whether_it_holds(work.session, sheet, since)
            if fault:
                work.refuse(Problem(fault))
            elif not plan.has_work:
                # The history has no entry of a deed that did nothing.
                work.refuse()
            else:
                _store(work, asked, plan, since)
    except Refused as refused:
        if since is not None and isinstance(refused.__cause__, IntegrityError):
            # Somebody came between: if it was that, the lines are compared again, and say so one by one.
            _see_whether_it_holds(db.session(), sheet, since)
        problems = tuple(problem.sentence for problem in refused.problems)
    return Outcome(plan, work, problems)


def _store(work: Work, asked: Import, plan: Plan, since: Seen | None) -> None:
    sheet = asked.reading.sheet
    tell("Storing", plan.to_store)
    if plan.ahead is not None and not tell_ahead(work, plan.ahead):
        raise Disturbed
    with not_among_what_is_there():
        sheet.store(work, plan)
    if since is not None:
        # On PostgreSQL others go on storing until now; from here on it takes a moment.
        record_added(work)
        if plan.ahead is None:
            sheet.reckons(work)
        _lock_tables(work.session, sheet)
        _see_whether_it_holds(work.session, sheet, since, but=work.change_set.id)
    work.change_set.is_separable = True  # its lines have nothing to do with each other
    work.leads_to(asked.url, deed(asked.filename, plan))
    asked.also(work)


def _fault(asked: Import, plan: Plan) -> str:
    """Why this plan must not be stored; empty if it may."""
    if asked.shown and asked.shown != plan.digest:
        return MEANWHILE
    if plan.open_questions:
        return f"Answer first: {plan.open_questions[0].sentence} Nothing was imported."
    refused = plan.counts[State.REFUSED]
    return _refused(refused) if refused and not asked.valid_only else ""


def _refused(count: int) -> str:
    lines = "1 line is" if count == 1 else f"{count:,} lines are"
    return f"{lines} refused, so nothing was imported."


def _see_whether_it_holds(session: Session, sheet: Sheet, since: Seen, but: int | None = None) -> None:
    """Whether all that the lines were compared with is still as it was, `but` for this import itself."""
    if any(fact.startswith(sheet.rests_on) for fact in facts_stored_since(session, since, but)):
        raise Disturbed


def _wait_for_other_imports(session: Session) -> None:
    """Let one long import store after the other: at its end each locks the tables that the other writes."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(ONE_IMPORT)))


def _lock_tables(session: Session, sheet: Sheet) -> None:
    """Let nobody else change the owners meanwhile; reading goes on. SQLite has one writer at a time anyway.

    A file touches more owners than are worth locking one by one. The tables are locked in the order in
    which pages lock rows, and so strictly that a page which locks a row waits here and does not deadlock.
    """
    dialect = session.get_bind().dialect
    if dialect.name == "postgresql":
        quote = dialect.identifier_preparer.quote
        for model in sheet.locks:
            name = quote(model.__tablename__)
            session.execute(text(f"LOCK TABLE {name} IN EXCLUSIVE MODE"))
