"""Which saves were stored since one looked: so work that takes long can look first, and lock later."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import ChangeSet, is_stored

# A number is drawn before its save is stored. Among so many the ones are looked for that are still open.
LOOK_BACK = 10_000


class Seen(NamedTuple):
    """All saves up to the last one, but those that were not stored yet: their numbers are drawn."""

    last: int
    open: frozenset[int]


def seen(session: Session) -> Seen:
    """The saves that are stored by now; asked before anything is read that one relies on."""
    last = session.scalar(select(func.max(ChangeSet.id))) or 0
    first = max(last - LOOK_BACK, 0) + 1
    known = session.scalars(select(ChangeSet.id).where(ChangeSet.id >= first, is_stored()))
    return Seen(last, frozenset(range(first, last + 1)).difference(known))


def facts_stored_since(session: Session, known: Seen, but: int | None = None) -> Sequence[str]:
    """Which facts were changed by the saves that were stored since, as “kind.fact”; `but` one is left out."""
    later = (ChangeSet.id > known.last) | ChangeSet.id.in_(known.open)
    stored = select(ChangeSet.facts).where(later, is_stored(), ChangeSet.count > 0)
    stored = stored if but is None else stored.where(ChangeSet.id != but)
    return sorted({fact for facts in session.scalars(stored) for fact in facts.split()})
