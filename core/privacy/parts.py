"""Everything that is kept about a person, as tables, one for each kind of thing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy import cast as cast_in_sql

from core.db import Base, db
from core.models import Change, ChangeSet, ChangeSubject, Job, Post, Role, SignIn, Upload, User
from core.queries import is_about
from core.rights import open_rooms, rooms
from core.subjects import kinds


@dataclass(frozen=True)
class Part:
    """One kind of thing that is kept: the name of its file, what it is in words, and its rows as a select.

    Columns in `as_json` hold JSON themselves.
    """

    name: str
    about: str
    rows: Select[*tuple[Any, ...]]
    as_json: Collection[str] = ()

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return [str(column.key) for column in self.rows.selected_columns]


def columns_of(model: type[Base], *but: str) -> list[Any]:
    """Every stored fact of a kind of records; keys that are made from others to search by are left out."""
    table = cast(Table, model.__table__)
    return [one for one in table.columns if not one.name.endswith("_key") and one.name not in but]


def counts(parts: Sequence[Part]) -> list[int]:
    """How many rows each part has, in one statement."""
    each = [
        select(func.count()).select_from(one.rows.order_by(None).subquery()).scalar_subquery()
        for one in parts
    ]
    return list(db.session.execute(select(*each)).one())


# --- what the house keeps --------------------------------------------------------------------------


def about_record(subjects: Sequence[str]) -> list[Part]:
    """What is noted about a record, and its history, by everything that it is and was called."""
    notes = (
        select(Post.id, Post.about, User.name.label("written_by"), Post.body, Post.posted_at, Post.edited_at)
        .join(Post.owner)
        .where(is_about(subjects))
    )
    return [
        Part("notes_about", "Notes about them", notes.order_by(Post.id)),
        history_of("history", "What was changed about them, when and by whom", subjects),
    ]


def history_of(name: str, title: str, subjects: Sequence[str], seen: Collection[str] | None = None) -> Part:
    """The changes of a record, each fact before and after; of saves in other rooms than `seen` the time."""
    deed, reason, *which = _only(
        _is_seen(seen), ChangeSet.deed, ChangeSet.reason, Change.key, Change.which, Change.facts
    )
    about = ChangeSubject.subject.in_(subjects)
    wanted = select(ChangeSubject.change_set_id, ChangeSubject.number).where(about).distinct().subquery()
    by = User.name.label("by")
    rows = (
        select(Change.change_set_id, Change.number, ChangeSet.made_at, by, deed, reason)
        .add_columns(Change.what, Change.kind, *which)
        .join(wanted, (wanted.c.change_set_id == Change.change_set_id) & (wanted.c.number == Change.number))
        .join(ChangeSet, ChangeSet.id == Change.change_set_id)
        .outerjoin(User, User.id == ChangeSet.user_id)
    )
    return Part(name, title, rows.order_by(Change.change_set_id, Change.number), as_json=["facts"])


def rooms_of_reader() -> Collection[str] | None:
    """The rooms that are open to whoever asks what is kept of the own account; None: all of them."""
    return [room.name for room in open_rooms()] if len(open_rooms()) < len(rooms()) else None


def of_account(
    user_id: int, rooms: Collection[str] | None = None, seen: Collection[str] | None = None
) -> list[Part]:
    """What is kept about an account; if rooms are given, only the notes that are about their records.

    Of what was written, done and asked for in other rooms than those `seen`, there is the time alone.
    Never the hash of the password, nor what signs a browser in. Of a file that was uploaded its name: what
    is in it is about others.
    """
    here = or_(Post.about.is_(None), _about(seen))
    notes = select(Post.id, *_only(here, Post.about, Post.body), Post.posted_at, Post.edited_at)
    notes = notes.where(Post.owner_id == user_id, _about(rooms)).order_by(Post.id)
    written = Part("account_notes", "Notes that they wrote", notes)
    if rooms is not None:
        return [written]
    own = User.id == user_id
    account = select(User.id, User.email, User.name, User.active, User.created_at, User.signed_in_at).where(
        own
    )
    roles = select(Role.name.label("role")).select_from(User).join(User.roles).where(own)
    browsers = select(SignIn.id, SignIn.browser, SignIn.begun_at).where(SignIn.user_id == user_id)
    files = select(Upload.id, Upload.kind, Upload.filename, Upload.uploaded_at)
    title, said = _only(_is_about_seen(seen), Job.title, Job.said)
    jobs = select(Job.id, Job.kind, title, Job.state, said, Job.asked_at, Job.ended_at)
    deeds = select(ChangeSet.id, ChangeSet.made_at, *_only(_is_seen(seen), ChangeSet.deed, ChangeSet.reason))
    deeds = deeds.add_columns(ChangeSet.room)
    return [
        Part("account", "The account", account),
        Part("account_roles", "What the account may do", roles.order_by(Role.name)),
        history_of("account_history", "What was changed about the account", [f"user:{user_id}"], seen),
        Part("account_browsers", "Where they are signed in", browsers.order_by(SignIn.id)),
        written,
        Part("account_files", "Files of theirs that wait", files.where(Upload.user_id == user_id)),
        Part("account_jobs", "Long work that they asked for", jobs.where(Job.user_id == user_id)),
        Part("account_deeds", "What they stored", deeds.where(ChangeSet.user_id == user_id)),
    ]


def _only(condition: ColumnElement[bool], *columns: Any) -> list[Any]:
    """These columns where the condition holds; nothing is said where it does not."""
    return [case((condition, column)).label(column.key) for column in columns]


def _is_seen(seen: Collection[str] | None) -> ColumnElement[bool]:
    """Saves of these rooms, and what the history tells of the house."""
    if seen is None:
        return true()
    of_house = and_(ChangeSet.room == "", or_(ChangeSet.count > 0, ChangeSet.is_told))
    return or_(ChangeSet.room.in_(seen), of_house)


def _is_about_seen(seen: Collection[str] | None) -> ColumnElement[bool]:
    """Long work that has stored something in one of these rooms; of other work nobody knows where it was."""
    if seen is None:
        return true()
    its = ChangeSet.form_key == literal("job ") + cast_in_sql(Job.id, String)
    return select(ChangeSet.id).where(its, ChangeSet.room.in_(seen)).correlate(Job).exists()


def _about(rooms: Collection[str] | None) -> ColumnElement[bool]:
    """Notes about records of these rooms; without rooms, every note."""
    if rooms is None:
        return true()
    names = [name for name, kind in kinds().items() if kind.room in rooms]
    return or_(false(), *[Post.about.startswith(f"{name}:", autoescape=True) for name in names])
