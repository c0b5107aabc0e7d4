"""The history as people read it: the saves about a record, and what one save changed."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, String, bindparam, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from core.db import db
from core.history.names import is_named, names_of, of_subject, referred_to
from core.history.readers import Reader, seen_by
from core.history.telling import Told, told
from core.history.written import ADDED, REMOVED
from core.models import Change, ChangeSet, ChangeSubject, User, is_stored
from core.search import MANY
from core.subjects import subjects_of

# So many saves are shown on the page of a record, and so many changes of each.
LATEST = 5
# Saves that are not told yet stand among them: one piece of long work at a time writes ahead, and what was
# left by one that was killed is there for some minutes.
AHEAD = 3
FEW = 3
# More changes than there can be in one save.
ALL = 2**31 - 1


def by() -> Any:
    """Who did it comes along, without the roles that belong to an account."""
    return joinedload(ChangeSet.user).lazyload(User.roles)


@dataclass
class Save:
    """A save as it is told on the page of a record: the first changes about it, and how many more there are.

    Counting stops at `core.search.MANY`.
    """

    change_set: ChangeSet
    count: int
    changes: list[Told] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many changes are not told."""
        return max(self.count - len(self.changes), 0)


class About(NamedTuple):
    """The history on the page of a record: what the record is called there, and the latest saves about it."""

    subject: str
    saves: Sequence[Save]


def save(id: int, reader: Reader) -> ChangeSet | None:
    """One save with who did it; None where there is none that this person may see."""
    return db.session.scalar(select(ChangeSet).where(ChangeSet.id == id, reader.sees).options(by()))


# --- about one record ------------------------------------------------------------------------------


def about(record: Any, reader: Reader) -> About:
    """The latest saves about a record, the newest first, each with the first changes that are about it.

    One statement for them, and those for the names of the other sides.
    """
    here = subjects_of(record)
    kind, _, key = here[0].partition(":")
    asked: dict[str, Any] = {f"here_{place}": one for place, one in enumerate(here)}
    asked |= {"kind": kind, "key": key, "user_id": reader.user_id}
    rows = db.session.execute(_latest(len(here), tuple(reader.rooms)), asked).all()
    changes: dict[tuple[int, int], tuple[Change, list[str]]] = {}
    for _save, change, subject, _count in rows:
        _change, subjects = changes.setdefault((change.change_set_id, change.number), (change, []))
        if subject not in subjects:
            subjects.append(subject)
    names = names_of({one for _change, subjects in changes.values() for one in subjects} - set(here))
    referred = referred_to(change for change, _subjects in changes.values())
    saves = {change_set.id: Save(change_set, count) for change_set, _change, _subject, count in rows}
    for change, subjects in changes.values():
        saves[change.change_set_id].changes.append(told(change, subjects, names, referred, here))
    return About(here[0], list(saves.values()))


@lru_cache(100)
def _latest(names: int, rooms: tuple[str, ...]) -> Select[Any]:
    """Each of the latest saves, with the first changes in it about a record and whom else they are about.

    It goes from save to save by the index, so that thousands of changes in one save cost nothing. The record
    is named by the parameters `here_0`, `here_1`… (so many `names`, that of today first), and by its `kind`
    and `key`; who reads is `user_id`. To put it together takes longer than to ask it, so that is done once.
    """
    here = [bindparam(f"here_{place}", type_=String) for place in range(names)]
    saves, mine = _latest_ids(here).subquery(), aliased(ChangeSubject)
    numbers = (
        select(ChangeSubject.number)
        .where(ChangeSubject.subject.in_(here), ChangeSubject.change_set_id == saves.c.id)
        .distinct()
        .correlate(saves)
    )
    last = numbers.order_by(ChangeSubject.number).offset(FEW - 1).limit(1).scalar_subquery()
    counted = numbers.limit(MANY + 1).subquery()
    count = select(func.count()).select_from(counted).correlate(saves).scalar_subquery()
    # With a limit, so that the database has these few before it looks for anything else.
    first = (
        select(saves.c.id, mine.number, count.label("count"))
        .join(mine, mine.change_set_id == saves.c.id)
        .where(mine.subject.in_(here), mine.number <= func.coalesce(last, ALL))
        .distinct()
        .order_by(saves.c.id.desc(), mine.number)
        .limit(LATEST * FEW)
        .subquery()
    )
    return (
        select(ChangeSet, Change, ChangeSubject.subject, first.c.count)
        .join(first, first.c.id == ChangeSet.id)
        .join(Change, (Change.change_set_id == first.c.id) & (Change.number == first.c.number))
        .join(
            ChangeSubject,
            (ChangeSubject.change_set_id == first.c.id) & (ChangeSubject.number == first.c.number),
        )
        .where(seen_by(rooms, bindparam("user_id")), is_named())
        .options(by())
        .order_by(ChangeSet.id.desc(), Change.number, ChangeSubject.subject)
    )


def _latest_ids(here: Sequence[BindParameter[str]]) -> Select[Any]:
    """The ids of the latest saves about a record: the last one, the one before it, and so on."""
    subject, change_set = ChangeSubject.subject, ChangeSubject.change_set_id
    firsts = [
        select(
            one.label("subject"),
            select(func.max(change_set)).where(subject == one).scalar_subquery().label("id"),
            literal(1).label("place"),
        )
        for one in here
    ]
    chain = firsts[0].cte("chain", recursive=True)
    before = select(func.max(change_set)).where(subject == chain.c.subject, change_set < chain.c.id)
    earlier = before.correlate(chain).scalar_subquery()
    go_on = select(chain.c.subject, earlier, chain.c.place + literal(1)).where(
        chain.c.place < LATEST + AHEAD, chain.c.id.is_not(None)
    )
    chain = chain.union_all(*firsts[1:], go_on)
    is_its_own = or_(chain.c.subject != here[0], chain.c.id >= _begins())
    found = select(chain.c.id).join(ChangeSet, ChangeSet.id == chain.c.id).where(is_stored(), is_its_own)
    return found.distinct().order_by(chain.c.id.desc()).limit(LATEST)


def _begins() -> Any:
    """The save with which a record's time under its key of today begins; before, somebody else had the key.

    That is when it was added, or the save after the one that removed who had it before. What an undo has
    brought back was there all the time.
    """
    undo = aliased(ChangeSet)
    is_it = (Change.kind == bindparam("kind"), Change.key == bindparam("key"))
    is_later = case((Change.what == REMOVED, 1), else_=0)
    begun = (
        select(func.max(Change.change_set_id + is_later))
        .join(Change.change_set)
        .where(*is_it, Change.what.in_((ADDED, REMOVED)), is_stored())
        .where(or_(Change.what == REMOVED, ChangeSet.undoes_id.is_(None)))
        .where(~exists().where(undo.undoes_id == ChangeSet.id, Change.what == REMOVED))
    )
    return func.coalesce(begun.scalar_subquery(), 0)


# --- one save --------------------------------------------------------------------------------------


def changes_told(changes: Sequence[Change]) -> list[Told]:
    """These changes of one save in words, with the names of the records that they are about."""
    about: dict[int, list[str]] = defaultdict(list)
    if changes:
        numbers = [change.number for change in changes]
        wanted = (
            select(ChangeSubject.number, ChangeSubject.subject)
            .join(Change, of_subject())
            .where(
                ChangeSubject.change_set_id == changes[0].change_set_id,
                ChangeSubject.number.between(min(numbers), max(numbers)),
                is_named(),
            )
        )
        for number, subject in db.session.execute(wanted.order_by(ChangeSubject.subject)):
            about[number].append(subject)
    names = names_of({one for subjects in about.values() for one in subjects})
    referred = referred_to(changes)
    return [told(change, about[change.number], names, referred) for change in changes]


def counts_by_what(id: int) -> dict[str, int]:
    """How many records one save added, changed and removed; kinds without any are left out."""
    wanted = select(Change.what, func.count()).where(Change.change_set_id == id)
    rows = db.session.execute(wanted.group_by(Change.what).order_by(Change.what))
    return {row[0]: row[1] for row in rows}


def undone_by(ids: Collection[int]) -> dict[int, ChangeSet]:
    """Which of these saves were undone, each with the last save that did it."""
    wanted = select(ChangeSet).where(ChangeSet.undoes_id.in_(ids)).options(by()).order_by(ChangeSet.id)
    return {one.undoes_id: one for one in db.session.scalars(wanted) if one.undoes_id is not None}
