"""The jobs of a deed on very many: one looks at what would change, the other one stores it."""

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Select, delete

from core.db import db
from core.history.foretold import foretelling
from core.history.recording import tell_ahead
from core.jobs import Kinds, Task
from core.many.basis import basis_of
from core.many.choice import Many, many_named
from core.many.kept import chosen_in, form_of, pack, unpacked
from core.many.looking import look
from core.many.outcome import Outcome
from core.models import KeptDeed, instant
from core.progress import tell
from core.rights import may_store, room_named
from core.statements import carry_out, foretell, referred
from core.writing import Problem, Refused, Work, writing

KEPT_FOR = 30  # days
TRIES = 3
GONE = "This was done or dropped already."
CLOSED = "Your account cannot do this any more. Nothing was stored."
MEANWHILE = (
    "Something has changed since this was shown, and something else would be done now. Nothing was stored. "
    "Look at the new preview."
)


def forget_old_deeds(work: Work) -> None:
    """Whoever has not said for a month that it is done does not miss the preview."""
    long_ago = KeptDeed.made_at < instant() - timedelta(days=KEPT_FOR)
    work.session.execute(delete(KeptDeed).where(long_ago), execution_options={"synchronize_session": False})


# --- looked at -------------------------------------------------------------------------------------


def _look(task: Task) -> None:
    """Find out what would change, and keep it."""
    kept, many = _kept(task)
    found = _found(kept, many)
    with writing() as work:
        _keep(work, task, found)
        task.finish(work, "The preview is ready.")


def _found(kept: KeptDeed, many: Many) -> Outcome:
    form = _form(many, kept)
    return look(kept.kind, many, form, many.choice.keys(chosen_in(kept)))


def _form(many: Many, kept: KeptDeed) -> Any:
    form = form_of(many, kept)
    if not form.validate():
        said = [sentence for sentences in form.errors.values() for sentence in sentences]
        raise Refused([Problem(str(sentence)) for sentence in said])
    return form


def _kept(task: Task) -> tuple[KeptDeed, Many]:
    kept = db.session.get(KeptDeed, task.settings["kept"])
    many = many_named(kept.kind) if kept is not None else None
    if kept is None or many is None:
        raise Refused([Problem(GONE)])
    room = kept.kind.partition(".")[0]
    if not may_store(room) or room_named(room).closes(kept.kind):
        raise Refused([Problem(CLOSED)])
    return kept, many


def _keep(work: Work, task: Task, found: Outcome) -> None:
    kept = work.session.get(KeptDeed, task.settings["kept"], with_for_update=True)
    if kept is None:
        raise Refused([Problem(GONE)])
    pack(kept, found)


# --- stored ----------------------------------------------------------------------------------------


class _Changed(Exception):
    """What it was found from is not there any more as it was."""


def _do(task: Task) -> None:
    """Store what was shown; where something has changed since, look again, and store it if it is the same."""
    kept, many = _kept(task)
    known = unpacked(kept)
    if known is None or known.digest != task.settings["digest"]:
        raise Refused([Problem(MEANWHILE)])
    basis, statements, is_separable = known.basis, kept.statements or b"", known.is_separable
    for _again in range(TRIES):
        try:
            _store(task, many, basis, statements, is_separable)
        except _Changed:
            kept, many = _kept(task)
            found = _found(kept, many)
            if found.digest != task.settings["digest"]:
                with writing() as work:
                    _keep(work, task, found)
                break
            basis, statements, is_separable = found.basis, found.statements.content, found.is_separable
        else:
            return
    raise Refused([Problem(MEANWHILE)])


def _store(task: Task, many: Many, basis: str, statements: bytes, is_separable: bool) -> None:
    """All of it in one transaction. Its history is written down before, while nobody has to wait."""
    kept = db.session.get(KeptDeed, task.settings["kept"])
    if kept is None:
        raise Refused([Problem(GONE)])
    wanted, form = many.choice.keys(chosen_in(kept)), _form(many, kept)
    said, total = task.settings["said"], task.settings["count"]
    reason = form.reason.data if "reason" in form else None
    with foretelling() as foretold:
        ids = foretell(statements, foretold, total)
        tell("Waiting until nobody else is storing")
        with writing(reason=reason) as work:
            _lock(work, many, wanted, statements)
            if basis_of(many.choice, wanted) != basis or not tell_ahead(work, foretold):
                raise _Changed
            tell("Storing", total)
            carry_out(work, statements, ids)
            work.change_set.is_separable = is_separable
            _use_up(work, task)
            task.finish(work, said)


def _use_up(work: Work, task: Task) -> None:
    """Drop what was kept: it is done. What somebody dropped while this waited is not done any more."""
    deed = delete(KeptDeed).where(KeptDeed.id == task.settings["kept"])
    if cast(CursorResult[Any], work.session.execute(deed)).rowcount != 1:
        raise Refused([Problem(GONE)])


def _lock(work: Work, many: Many, wanted: Select[Any], statements: bytes) -> None:
    """Lock the owners, and also what links will refer to."""
    if work.session.get_bind().dialect.name == "sqlite":
        return
    written = referred(statements)
    for model, keys_of in many.choice.locked:
        keys = set(written.get(model.__tablename__, ()))
        keys.update(work.session.scalars(keys_of(wanted)) if keys_of else ())
        work.lock(model, keys)


JOBS: Kinds = {"look-at-many": _look, "do-many": _do}
