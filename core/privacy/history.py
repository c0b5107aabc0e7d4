"""Somebody is forgotten in what was written down meanwhile: the history, notes, jobs and files that wait.

Statements change it, not objects: the history must not write down what is taken out of it.
"""

import io
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote, quote_plus
from zipfile import BadZipFile, ZipFile

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, event, func, or_, select, true, update
from sqlalchemy.orm import Session

from core.db import Base
from core.models import (
    OPEN_STATES,
    Change,
    ChangeSet,
    ChangeSubject,
    ColumnMeaning,
    Job,
    KeptDeed,
    Post,
    Upload,
)
from core.parts import without_remains
from core.privacy.names import Eraser
from core.subjects import kinds
from core.writing import Problem, Work

# What was said of an account by nobody who was signed in, and without a word in the index of whose it was.
OF_BEFORE = ("Welcome, {}. Your password is set.", "Password of {} set anew.")


@dataclass(frozen=True)
class Scope:
    """Whom it is about: every name of the record, its room, and the facts that say who it is, by kind."""

    subjects: Sequence[str]
    room: str
    facts: dict[str, set[str]] = field(default_factory=dict)

    @property
    def tables(self) -> list[str]:
        """The kinds of records of the room."""
        return [name for name, kind in kinds().items() if kind.room == self.room]


def names_in_history(session: Session, scope: Scope, names: dict[str, Collection[str]]) -> Iterator[str]:
    """What the person was called according to the history."""
    wanted = select(Change.kind, Change.facts).where(_is_about(scope.subjects), Change.kind.in_(names))
    for kind, facts in session.execute(wanted):
        for fact, values in json.loads(facts).items():
            if fact in names[kind]:
                yield from (value for value in values if isinstance(value, str))


def _is_about(subjects: Sequence[str]) -> ColumnElement[bool]:
    here = and_(
        ChangeSubject.change_set_id == Change.change_set_id,
        ChangeSubject.number == Change.number,
        ChangeSubject.subject.in_(subjects),
    )
    return select(ChangeSubject.subject).where(here).exists()


def forget(work: Work, scope: Scope, eraser: Eraser) -> list[str]:
    """Take the names out of everything; returns what was done, in sentences."""
    session = work.session
    changes = _forget_changes(session, scope, eraser)
    saves = _forget_saves(session, scope, eraser)
    jobs = _replace(session, Job, ("title", "doing", "said", "settings"), eraser)
    done = [
        _said(changes, "change in the history no longer has", "changes in the history no longer have"),
        _said(saves, "sentence about a save no longer has", "sentences about saves no longer have"),
        _said(jobs, "piece of long work no longer has", "pieces of long work no longer have"),
    ]
    _forget_answers(session, eraser)
    _drop_previews(session)
    # When the names are out of the tables: the rules have yet to look at what is not stored.
    event.listen(session, "after_flush_postexec", _without_remains, once=True)
    return [*filter(None, done), *_drop_files(work, eraser)]


def _without_remains(session: Session, _context: object) -> None:
    without_remains(session.connection())


def _said(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several} the name." if count else ""


# --- the history -----------------------------------------------------------------------------------


def _forget_changes(session: Session, scope: Scope, eraser: Eraser) -> int:
    table = cast(Table, Change.__table__)
    about = _is_about(scope.subjects)
    named = _holds([Change.facts, Change.which], _as_json(eraser))
    elsewhere = and_(Change.kind.in_([*scope.tables, "post"]), named)
    columns = (Change.change_set_id, Change.number, Change.kind, Change.facts, Change.which)
    rows = []
    for set_id, number, kind, facts, which, own in session.execute(
        select(*columns, about.label("own")).where(or_(about, elsewhere))
    ):
        new_facts = _forgotten(kind, json.loads(facts), own, scope, eraser)
        new_which = eraser.in_text(which, own)[:200]
        text = json.dumps(new_facts, ensure_ascii=False, separators=(",", ":"))
        if (text, new_which) != (facts, which):
            rows.append({"s": set_id, "n": number, "new_facts": text, "new_which": new_which})
    if rows:
        here = and_(table.c.change_set_id == bindparam("s"), table.c.number == bindparam("n"))
        changed = update(table).where(here)
        session.connection().execute(
            changed.values(facts=bindparam("new_facts"), which=bindparam("new_which")), rows
        )
    return len(rows)


def _forgotten(kind: str, facts: dict[str, Any], own: bool, scope: Scope, eraser: Eraser) -> dict[str, Any]:
    """The facts of a change: who somebody is becomes the token, and texts lose the names."""
    gone = scope.facts.get(kind, set()) if own else set()

    def without(name: str, value: Any) -> Any:
        return eraser.token if name in gone and value is not None else eraser.in_value(value, own)

    return {name: [without(name, value) for value in values] for name, values in facts.items()}


def _as_json(eraser: Eraser) -> list[str]:
    return [json.dumps(name, ensure_ascii=False)[1:-1] for name in eraser.wide]


def _forget_saves(session: Session, scope: Scope, eraser: Eraser) -> int:
    """What was said of each save and why: of those about the person, and others of the room with the name."""
    subjects = select(ChangeSubject.change_set_id).where(ChangeSubject.subject.in_(scope.subjects))
    about = or_(ChangeSet.id.in_(subjects), *_told_without_a_subject(scope, eraser))
    in_room = ChangeSet.room.in_([scope.room, ""])
    _forget_addresses(session, or_(about, in_room), eraser)
    return _replace(session, ChangeSet, ("deed", "reason"), eraser, own=about, where=or_(about, in_room))


def _told_without_a_subject(scope: Scope, eraser: Eraser) -> Iterator[ColumnElement[bool]]:
    """Saves of before the history told them at the account: by whom, on which page, or in which words."""
    ids = [int(one.removeprefix("user:")) for one in scope.subjects if one.startswith("user:")]
    if not ids:
        return
    has_subject = select(ChangeSubject.subject).where(ChangeSubject.change_set_id == ChangeSet.id).exists()
    bare = and_(ChangeSet.room == "", ChangeSet.is_told, ChangeSet.count == 0, ~has_subject)
    page = func.coalesce(ChangeSet.leads_to, "")
    said = [words.format(name) for words in OF_BEFORE for name in eraser.names]
    yield and_(bare, ChangeSet.user_id.in_(ids), ~page.contains("/accounts/"))
    yield and_(bare, or_(*(page.endswith(f"/accounts/{id}") for id in ids)))
    yield and_(bare, ChangeSet.user_id.is_(None), ChangeSet.deed.in_(said))


def _forget_addresses(session: Session, where: ColumnElement[bool], eraser: Eraser) -> None:
    """Where a stored form led to is only of use to a double click: it goes where it has the name."""
    written = {code(name) for name in eraser.wide for code in (quote, quote_plus, str)}
    if written:
        named = _holds([ChangeSet.leads_to], sorted(written))
        session.connection().execute(
            update(cast(Table, ChangeSet.__table__)).where(where, named).values(leads_to=None)
        )


# --- texts -----------------------------------------------------------------------------------------


def _holds(columns: Iterable[Any], texts: Sequence[str]) -> ColumnElement[bool]:
    """That one of the columns has one of the texts in it, in any case."""
    each = [column.icontains(text, autoescape=True) for column in columns for text in texts]
    return or_(*each) if each else ~true()


def _replace(
    session: Session,
    model: type[Base],
    names: Sequence[str],
    eraser: Eraser,
    own: ColumnElement[bool] | None = None,
    where: ColumnElement[bool] | None = None,
) -> int:
    """Take the names out of these text columns; returns of how many rows."""
    table = cast(Table, model.__table__)
    is_own = ~true() if own is None else own
    named = _holds([table.c[name] for name in names], eraser.wide)
    wanted = select(table.c.id, is_own.label("is_own"), *(table.c[name] for name in names))
    rows = []
    for row in session.execute(wanted.where(or_(is_own, named), true() if where is None else where)):
        old = {name: getattr(row, name) for name in names}
        new = {name: eraser.in_value(value, bool(row.is_own)) for name, value in old.items()}
        if new != old:
            rows.append({"key": row.id} | {f"new_{name}": _cut(table, name, new[name]) for name in names})
    if rows:
        changed = update(table).where(table.c.id == bindparam("key"))
        session.connection().execute(changed.values({name: bindparam(f"new_{name}") for name in names}), rows)
    return len(rows)


def _cut(table: Table, name: str, text: str | None) -> str | None:
    """A text as long as its column can be: the token may be longer than the name."""
    return text[: getattr(table.c[name].type, "length", None)] if text else text


def notes_with_the_name(session: Session, scope: Scope, eraser: Eraser) -> Sequence[Post]:
    """Notes on the board, and about other records of the room, that have the name in them."""
    of_room = [Post.about.startswith(f"{name}:", autoescape=True) for name in scope.tables]
    here = or_(Post.about.is_(None), *of_room)
    found = session.scalars(select(Post).where(here, _holds([Post.body], eraser.wide)).order_by(Post.id))
    return [post for post in found if eraser.in_text(post.body, False) != post.body]


# --- files that wait -------------------------------------------------------------------------------


def _forget_answers(session: Session, eraser: Eraser) -> None:
    """What was answered about a file is asked again next time, where the answer has the name."""
    if eraser.wide:
        table = cast(Table, ColumnMeaning.__table__)
        session.connection().execute(delete(table).where(_holds([table.c.settings], _as_json(eraser))))


def _drop_previews(session: Session) -> None:
    """What deeds on very many would do has the names of thousands in it; whoever asked looks once more."""
    session.connection().execute(delete(cast(Table, KeptDeed.__table__)))


def _drop_files(work: Work, eraser: Eraser) -> Iterator[str]:
    """Files that were uploaded, not stored yet, and have the name in them; refused while a job reads one."""
    session = work.session
    wanted = select(Upload.id, Upload.filename).order_by(Upload.id)
    for id, filename in session.execute(wanted).all():
        content = session.scalar(select(Upload.content).where(Upload.id == id)) or b""
        if not eraser.wide or not _file_holds(content, filename, eraser):
            continue
        if _is_read(session, id):
            said = f"A job is reading the file {filename}, which has the name in it. Wait until it has ended."
            work.refuse(Problem(said))
        session.connection().execute(delete(cast(Table, Upload.__table__)).where(Upload.id == id))
        yield f"The file {filename}, which waits to be stored, has the name in it and is dropped."


def _is_read(session: Session, upload_id: int) -> bool:
    open_jobs = session.scalars(select(Job.settings).where(Job.state.in_(OPEN_STATES)))
    return any(json.loads(settings).get("upload") == upload_id for settings in open_jobs)


def _file_holds(content: bytes, filename: str, eraser: Eraser) -> bool:
    """Whether a file has one of the names in it: in the usual encodings, or packed in a spreadsheet."""
    if eraser.in_text(filename, False) != filename:
        return True
    names = [name.casefold() for name in eraser.wide]
    return any(name in text for text in _texts(content) for name in names)


def _texts(content: bytes) -> Iterator[str]:
    """What a file says, folded for comparing: each way of reading its bytes."""
    if content[:2] == b"PK":
        try:
            with ZipFile(io.BytesIO(content)) as archive:
                for name in (one for one in archive.namelist() if one.endswith(".xml")):
                    yield archive.read(name).decode("utf-8", "replace").casefold()
        except BadZipFile:
            pass
    for encoding in ("utf-8", "cp1252", "utf-16-le", "utf-16-be"):
        yield content.decode(encoding, "replace").casefold()
