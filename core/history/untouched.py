"""What nobody has touched since a save is taken back by statements: no rule has to be asked of it again.

The rules of a room are about the whole set of links of one owner (`RecordWords.ruled_by`). Where a save
changed one link of an owner, and nothing was stored about that owner since, the set becomes what it was
before that save, and so as lawful as it was. Where a link comes beside those of others, as a head beside
other heads, the rules are asked as usual.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy import Row, Select, Table, exists, select
from sqlalchemy.orm import Session, aliased

from core.history.recording import stored_rows
from core.history.values import Facts, as_fact
from core.history.written import CHANGED
from core.models import Change, ChangeSet, ChangeSubject, is_stored
from core.progress import step
from core.spans import Rule
from core.statements import Lines, Packed
from core.subjects import Kind, kinds, subject

PORTION = 1_000


class Untouched:
    """The changes of a save, by number, that statements take back, and these statements."""

    def __init__(self, session: Session, change_set_id: int) -> None:
        self.numbers: set[int] = set()
        packed = Packed()
        for kind in _ruled_kinds():
            for portion in _portions(session, change_set_id, kind):
                packed.add(self._lines(session, kind, portion))
                step(0)  # nothing is done yet, but it can be stopped here
        self.statements = packed.content

    def _lines(self, session: Session, kind: Kind, portion: Sequence[Row[Any]]) -> str:
        table, lines = cast(Table, kind.model.__table__), Lines()
        rules = [rule for rule in table.info.get("spans", ()) if kind.words.ruled_by not in rule.same]
        rows = stored_rows(session, table, [(int(change.key),) for change in portion])
        for change in portion:
            key, facts = (int(change.key),), json.loads(change.facts)
            row = rows.get(key)
            if row is None or row["version"] != change.version or not _is_plain(kind, table, facts):
                continue
            before = {name: as_fact(kind.model, name, old) for name, (old, _new) in facts.items()}
            if not any(_is_beside_others(rule, {**row, **before}) for rule in rules):
                lines.changes(table.name, key, before)
                self.numbers.add(change.number)
        return str(lines)

    def still_are(self, session: Session, change_set_id: int) -> bool:
        """Whether nobody has touched them by now either; asked under the lock."""
        left = set(self.numbers)
        for kind in _ruled_kinds():
            left.difference_update(session.scalars(_wanted(change_set_id, kind, ChangeSubject.number)))
        return not left


def _ruled_kinds() -> list[Kind]:
    return [kind for kind in kinds().values() if kind.words.ruled_by]


def _is_beside_others(rule: Rule, row: Any) -> bool:
    return rule.place(row) is not None


def _is_plain(kind: Kind, table: Table, facts: Facts) -> bool:
    """Whether only columns of the row changed, and none by which it belongs to something."""
    return all(name in table.c and name not in kind.words.belongs_to for name in facts)


def _portions(session: Session, change_set_id: int, kind: Kind) -> Iterator[Sequence[Row[Any]]]:
    last = 0
    told = (Change.change_set_id == ChangeSubject.change_set_id) & (Change.number == ChangeSubject.number)
    while True:
        wanted = _wanted(change_set_id, kind, Change.number, Change.key, Change.version, Change.facts)
        here = (Change.what == CHANGED, Change.kind == kind.model.__tablename__)
        wanted = wanted.join(Change, told).where(*here, ChangeSubject.number > last)
        portion = session.execute(wanted.order_by(ChangeSubject.number).limit(PORTION)).all()
        if not portion:
            return
        last = portion[-1].number
        yield portion


def _wanted(change_set_id: int, kind: Kind, *columns: Any) -> Select[Any]:
    """The changes that are the only ones about their owners in a save, and since."""
    owner = kind.words.belongs_to[kind.words.ruled_by]
    another = aliased(ChangeSubject)
    touched = exists().where(
        another.subject == ChangeSubject.subject,
        another.change_set_id >= change_set_id,
        (another.change_set_id > change_set_id) | (another.number != ChangeSubject.number),
        another.change_set_id == ChangeSet.id,
        is_stored(),
    )
    return (
        select(*columns)
        .select_from(ChangeSubject)
        .where(
            ChangeSubject.change_set_id == change_set_id,
            ChangeSubject.subject.startswith(subject(owner, ""), autoescape=True),
            ~touched,
        )
    )
