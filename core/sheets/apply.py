"""A plan stored whole, or not at all."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text

from core.bookkeeping import learn_sizes
from core.garbage import not_among_what_is_there
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


# So many lines change what is quick.
MUCH = 5_000


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

    The plan is drawn up again inside the transaction, with its owners locked, so that each rule is held
    against what is stored at that moment, stays of one person from two files included. It is compared with
    the one that was `shown`, by its digest. `also` is done in the same transaction, after everything else.
    """
    problems: tuple[str, ...] = ()
    # Nobody has to wait while the file is read.
    plan = reading.lines()
    try:
        with writing(None, form, absent.reason(reading.answers)) as work:
            _lock_tables(work, reading.sheet)
            compared(plan)
            fault = _fault(plan, valid_only, shown)
            if fault:
                work.refuse(Problem(fault))
            elif not plan.has_work:
                # The history has no entry of a deed that did nothing.
                work.refuse()
            else:
                tell("Storing", plan.to_store)
                with not_among_what_is_there():
                    reading.sheet.store(work, plan)
                work.change_set.is_separable = True  # its lines have nothing to do with each other
                work.leads_to(url, deed(filename, plan))
                also(work)
    except Refused as refused:
        problems = tuple(problem.sentence for problem in refused.problems)
    if work.stored and plan.to_store >= MUCH:
        learn_sizes()
    return Outcome(plan, work, problems)


def _fault(plan: Plan, valid_only: bool, shown: str) -> str:
    """Why this plan must not be stored; empty if it may."""
    if shown and shown != plan.digest:
        return MEANWHILE
    if plan.open_questions:
        return f"Answer first: {plan.open_questions[0].sentence} Nothing was imported."
    refused = plan.counts[State.REFUSED]
    return _refused(refused) if refused and not valid_only else ""


def _refused(count: int) -> str:
    lines = "1 line is" if count == 1 else f"{count:,} lines are"
    return f"{lines} refused, so nothing was imported."


def _lock_tables(work: Work, sheet: Sheet) -> None:
    """Let nobody else change the owners meanwhile; reading goes on. SQLite has one writer at a time anyway.

    A file touches more owners than are worth locking one by one. The tables are locked in the order in
    which pages lock rows, and so strictly that a page which locks a row waits here and does not deadlock.
    """
    dialect = work.session.get_bind().dialect
    if dialect.name == "postgresql":
        quote = dialect.identifier_preparer.quote
        for model in sheet.locks:
            name = quote(model.__tablename__)
            work.session.execute(text(f"LOCK TABLE {name} IN EXCLUSIVE MODE"))
