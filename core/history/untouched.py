"""What nobody has touched since a save is taken back by statements: no rule has to be asked of it again.

The rules of a room are about the whole set of links of one owner (`RecordWords.ruled_by`). Where a save
changed one link of an owner, and no save with a higher number is about that owner, the set becomes what it
was before that save, and so as lawful as it was. Where a link comes beside those of others, as a head beside
other heads, or belongs to something by another key than then, the rules are asked as usual.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Row, Select, Table, exists, or_, select
from sqlalchemy.orm import Session, aliased

from core.history.names import of_subject
from core.history.recording import stored_rows
from core.history.values import Facts, as_fact
from core.history.written import CHANGED
from core.models import Change, ChangeSet, ChangeSubject, is_stored
from core.progress import step
from core.statements import Lines, Packed
from core.subjects import Kind, kinds, subject

PORTION = 1_000


class Untouched:
    """The changes of a save that statements take back, and these statements."""

    def __init__(self, session: Session, change_set: ChangeSet) -> None:
        self.id, self.count = change_set.id, change_set.count
        # By number, each with a hash of the facts that its statement was made of.
        self.changes: dict[int, int] = {}
        packed = Packed()
        for kind in _ruled_kinds():
            for portion in _portions(session, self.id, kind):
                packed.add(self._lines(session, kind, portion))
                step(0)  # nothing is done yet, but it can be stopped here
        self.statements = packed.content

    def _lines(self, session: Session, kind: Kind, portion: Sequence[Row[Any]]) -> str:
        table, lines = cast(Table, kind.model.__table__), Lines()
        rules = [rule for rule in table.info.get("spans", ()) if kind.words.ruled_by not in rule.same]
        rows = stored_rows(session, table, [(int(change.key),) for change in portion])
        about = _subjects(session, self.id, [change.number for change in portion])
        for change in portion:
            key, facts = (int(change.key),), json.loads(change.facts)
            row = rows.get(key)
            if row is None or row["version"] != change.version or not _is_plain(kind, table, facts):
                continue
            before = {name: as_fact(kind.model, name, old) for name, (old, _new) in facts.items()}
            is_beside_others = any(rule.place({**row, **before}) is not None for rule in rules)
            if _belongs_as_then(kind, row, about[change.number]) and not is_beside_others:
                lines.changes(table.name, key, before)
                self.changes[change.number] = hash(change.facts)
        return str(lines)

    def still_are(self, session: Session, number: int) -> bool:
        """Whether all of it is so by now, and may be told under this number; asked under the lock."""
        left = dict(self.changes)
        for kind in _ruled_kinds():
            for portion in _portions(session, self.id, kind):
                for change in portion:
                    # An erasure says something else in the history, and touches nobody.
                    if left.get(change.number) == hash(change.facts):
                        del left[change.number]
        return not left and not self._is_overtaken(session, number)

    def _is_overtaken(self, session: Session, number: int) -> bool:
        """Whether something about the same was stored under a higher number: what came later is told so."""
        another = aliased(ChangeSubject)
        same = exists().where(another.subject == ChangeSubject.subject, another.change_set_id == self.id)
        wanted = (
            select(ChangeSubject.number)
            .join(ChangeSet, ChangeSet.id == ChangeSubject.change_set_id)
            .where(ChangeSubject.change_set_id > number, is_stored(), same)
        )
        if len(self.changes) == self.count:
            # All goes by statements, and these are about the sets of the owners alone.
            wanted = wanted.where(or_(*map(_is_about_owners, _ruled_kinds())))
        return session.execute(wanted.limit(1)).first() is not None


def _ruled_kinds() -> list[Kind]:
    return [kind for kind in kinds().values() if kind.words.ruled_by]


def _is_plain(kind: Kind, table: Table, facts: Facts) -> bool:
    """Whether only columns of the row changed, and none by which it belongs to something."""
    return all(name in table.c and name not in kind.words.belongs_to for name in facts)


def _belongs_as_then(kind: Kind, row: Mapping[str, Any], about: Collection[str]) -> bool:
    """Whether it belongs to what the change was about, by the same keys: who may take it back rests on it."""
    return all(
        model is not None and subject(model, row[name]) in about
        for name, model in kind.words.belongs_to.items()
    )


def _subjects(session: Session, change_set_id: int, numbers: Sequence[int]) -> Mapping[int, Collection[str]]:
    here = (ChangeSubject.change_set_id == change_set_id, ChangeSubject.number.in_(numbers))
    found = defaultdict[int, set[str]](set)
    for number, name in session.execute(select(ChangeSubject.number, ChangeSubject.subject).where(*here)):
        found[number].add(name)
    return found


def _is_about_owners(kind: Kind) -> Any:
    owner = kind.words.belongs_to[kind.words.ruled_by]
    return ChangeSubject.subject.startswith(subject(owner, ""), autoescape=True)


def _portions(session: Session, change_set_id: int, kind: Kind) -> Iterator[Sequence[Row[Any]]]:
    last, wanted = 0, _wanted(change_set_id, kind).order_by(ChangeSubject.number).limit(PORTION)
    while portion := session.execute(wanted.where(ChangeSubject.number > last)).all():
        last = portion[-1].number
        yield portion


def _wanted(change_set_id: int, kind: Kind) -> Select[Any]:
    """The changes of links of a kind that are the only ones about their owners in a save, and since."""
    another = aliased(ChangeSubject)
    touched = exists().where(
        another.subject == ChangeSubject.subject,
        another.change_set_id >= change_set_id,
        (another.change_set_id > change_set_id) | (another.number != ChangeSubject.number),
        another.change_set_id == ChangeSet.id,
        is_stored(),
    )
    columns: tuple[Any, ...] = (Change.number, Change.key, Change.version, Change.facts)
    return (
        select(*columns)
        .select_from(ChangeSubject)
        .join(Change, of_subject())
        .where(
            ChangeSubject.change_set_id == change_set_id,
            _is_about_owners(kind),
            Change.what == CHANGED,
            Change.kind == kind.model.__tablename__,
            ~touched,
        )
    )
