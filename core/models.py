"""People who sign in, their notes, and the change sets that say who stored what."""

import uuid
from datetime import UTC, datetime
from typing import Any, cast

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from core.db import KEEPS_NUMBERS, Base, KeyText, Versioned, explain, folded


def instant() -> datetime:
    """This instant in UTC, as instants are stored."""
    return datetime.now(UTC)


# Where the address of an account ends that was erased: it is nobody's, and stays closed.
ERASED = "@erased.invalid"

user_role = Table(
    "user_role",
    Base.metadata,
    Column("user_id", ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """What somebody may do, by name."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)

    def __str__(self) -> str:
        return self.name


explain(
    cast(Table, Role.__table__),
    "uq_role_name",
    "Somebody has just given this role for the first time. Save once more.",
    "roles",
)


class User(Base, Versioned, UserMixin):
    """An account: somebody who can sign in. One account belongs to at most one employee.

    It is closed and never deleted: its name stays at what it did.
    """

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(KeyText(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(KeyText(240))
    # None: invited, and no password chosen yet.
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    # What links in mails are bound to (`core/tickets.py`): a new value makes those of before worthless.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid.uuid4().hex)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=instant)
    signed_in_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), doc="the last time")
    # The key of the second factor, as base 32, and the number of the last code that was taken.
    second_factor: Mapped[str | None] = mapped_column(String(64))
    last_code: Mapped[int | None]

    # Joined, so that loading the account stays one statement a request.
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]  # the library says list[RoleMixin]
        secondary=user_role, lazy="joined", order_by=Role.name
    )
    posts: Mapped[list["Post"]] = relationship(
        back_populates="owner", cascade="all, delete-orphan", order_by="Post.posted_at.desc()"
    )
    # One to one: the foreign key is on the other side, and unique. A room's model, so only its name is known.
    employee: Mapped[Any] = relationship(
        "Employee", back_populates="account", uselist=False, passive_deletes=True
    )

    @validates("email")
    def _plain_email(self, _key: str, email: str) -> str:
        return email.strip().casefold()

    @validates("name")
    def _keep_key(self, _key: str, name: str) -> str:
        self.name_key = folded(name)
        return name

    @property
    def state(self) -> str:
        """How the account stands, in a word."""
        return "closed" if not self.active else "active" if self.password else "invited"

    @property
    def is_erased(self) -> bool:
        """Whether it is forgotten whose account this was."""
        return self.email.endswith(ERASED)

    def renew_stamp(self) -> None:
        """Let no link work any more that was sent before, and no sign-in go on that is half done."""
        self.fs_uniquifier = uuid.uuid4().hex

    def let_go(self) -> None:
        """Belong to no record of a room any more."""
        self.employee = None

    def __str__(self) -> str:
        return self.name or self.email


class SignIn(Base):
    """A browser in which somebody is signed in. It is there as long as the row is."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(KeyText(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    browser: Mapped[str] = mapped_column(String(120), doc="in words: Firefox on Linux")
    begun_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=instant, index=True)

    __table_args__ = (KEEPS_NUMBERS,)

    def __str__(self) -> str:
        return self.browser


class Attempts(Base):
    """How often somebody failed to prove who they are, for one account, or from one address.

    `subject` stands for what was tried, as a hash: people also type by mistake what nobody may read.
    """

    __tablename__ = "attempts"

    subject: Mapped[str] = mapped_column(KeyText(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    count: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=instant, index=True)
    refused_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    def __str__(self) -> str:
        return f"{self.count} attempts"


class RecoveryCode(Base):
    """A code that takes the place of the second factor once. Only its hash is kept."""

    __tablename__ = "recovery_code"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(KeyText(64), primary_key=True)

    def __str__(self) -> str:
        return "recovery code"


class Post(Base, Versioned):
    """A note that somebody wrote: about a record, named as in `core/subjects.py`, or on the notice board."""

    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    about: Mapped[str | None] = mapped_column(KeyText(80), doc="NULL: on the notice board")
    body: Mapped[str] = mapped_column(Text)
    posted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=instant)
    edited_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    owner: Mapped[User] = relationship(back_populates="posts")

    __table_args__ = (
        CheckConstraint("length(body) BETWEEN 1 AND 4000", name="body"),
        # Newest first is by number, so that a page of them goes on after a number.
        Index("ix_post_about_id", "about", "id"),
        KEEPS_NUMBERS,
    )

    def __str__(self) -> str:
        return self.body[:60]


# The rooms of a save whose changes are written down before it is stored, and of one that never was
# (`core/history/ahead.py`). Nobody reads in them, so nobody is told.
UNTOLD, LEFT_OVER = "not told yet", "left over"


class ChangeSet(Base):
    """One save: who, when, what it was, and why; what it changed are its `Change`s.

    `form_key` stands for the form that was posted and its content; it is unique, so a double click or a
    repeated post is answered with `leads_to` and stored once. That of a job stands for the job.
    """

    __tablename__ = "change_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=instant, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    deed: Mapped[str] = mapped_column(String(500), default="")
    reason: Mapped[str | None] = mapped_column(String(500))
    form_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    leads_to: Mapped[str | None] = mapped_column(Text)
    room: Mapped[str] = mapped_column(String(40), default="", doc="whose records; empty: the house's own")
    # How many changes there are, and of which facts, as “ kind.fact kind.fact ”: found without reading them.
    count: Mapped[int] = mapped_column(default=0)
    facts: Mapped[str] = mapped_column(Text, default="")
    # It is told where it changed no fact as well: a password, a second factor, who is signed in.
    is_told: Mapped[bool] = mapped_column(default=False)
    # Its changes have nothing to do with each other, so one of them can stay when the others are undone.
    is_separable: Mapped[bool] = mapped_column(default=False)
    undoes_id: Mapped[int | None] = mapped_column(
        ForeignKey("change_set.id", ondelete="SET NULL"), index=True
    )

    user: Mapped[User | None] = relationship()

    __table_args__ = (KEEPS_NUMBERS,)

    def __str__(self) -> str:
        return self.deed


def is_stored() -> ColumnElement[bool]:
    """That a save was stored: what is only written ahead of one has not happened."""
    return ChangeSet.room.not_in((UNTOLD, LEFT_OVER))


class Change(Base):
    """What one save did to one record: each fact before and after, as `core/history` writes it down.

    Nothing refers to the record itself, which may be gone: `kind` is its table, `key` its key at that time,
    as `code_key` folds it.
    """

    __tablename__ = "change"

    change_set_id: Mapped[int] = mapped_column(
        ForeignKey("change_set.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, doc="from 1 in each save")
    what: Mapped[str] = mapped_column(String(10), doc="added, changed or removed")
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(KeyText(80))
    which: Mapped[str] = mapped_column(String(200), default="", doc="which of several links of the same two")
    version: Mapped[int | None] = mapped_column(doc="of the record afterwards; NULL: it has none")
    facts: Mapped[str] = mapped_column(Text, doc="JSON: each fact with its value before and after")

    change_set: Mapped[ChangeSet] = relationship()

    __table_args__ = (
        CheckConstraint("what IN ('added', 'changed', 'removed')", name="what"),
        Index("ix_change_record", "kind", "key", "change_set_id"),
    )


class ChangeSubject(Base):
    """A record that a change is about: itself, or those that a link joins (`core/subjects.py`)."""

    __tablename__ = "change_subject"

    subject: Mapped[str] = mapped_column(KeyText(80), primary_key=True)
    change_set_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    __table_args__ = (
        ForeignKeyConstraint(
            ["change_set_id", "number"],
            ["change.change_set_id", "change.number"],
            ondelete="CASCADE",
            name="fk_change_subject_change",
        ),
        Index("ix_change_subject_change", "change_set_id", "number"),
    )


class Upload(Base):
    """A file that somebody wants to import: kept from the upload until it is applied or dropped."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    filename: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    settings: Mapped[str] = mapped_column(Text, default="{}")
    # What a long file would do, as its page shows it: drawn up once by a job (`core/sheets/kept.py`).
    preview: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=instant)

    user: Mapped[User | None] = relationship()

    def __str__(self) -> str:
        return self.filename


class KeptDeed(Base):
    """A deed on very many that somebody asked for: kept until it is done, with what it would do.

    A job finds that out once (`core/many`): what the page shows, the statements that would store it, and all
    of it as a file; the latter two are packed.
    """

    __tablename__ = "kept_deed"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(60), doc="the page of the deed")
    settings: Mapped[str] = mapped_column(Text, doc="what was chosen and what was typed, as JSON")
    job_id: Mapped[int | None] = mapped_column(doc="the work on it that was asked for last")
    preview: Mapped[str | None] = mapped_column(Text, doc="NULL: not found out yet")
    statements: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    listing: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=instant)

    __table_args__ = (KEEPS_NUMBERS,)

    def __str__(self) -> str:
        return self.kind


class ColumnMeaning(Base):
    """What the columns of files with these headers meant last time, and what was answered about them.

    `source` stands for the kind of sheet and the headers in their order: the same report from the same
    system next month finds its settings again.
    """

    __tablename__ = "column_meaning"

    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    settings: Mapped[str] = mapped_column(Text, doc="mapping and answers, as JSON")
    used_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=instant, onupdate=instant)


# A job in one of these has not ended yet.
OPEN_STATES = ("waiting", "running")


class Job(Base):
    """A piece of long work: asked for on a page or a command line, done beside the server.

    `state` goes from waiting to running and ends as done, stopped or failed. `done` of `total` and `doing`
    are its progress in numbers and words, `beat_at` the last sign of life of who does it.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    settings: Mapped[str] = mapped_column(Text, default="{}", doc="what is to be done, as JSON")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    # How often it was begun. Who was taken for dead and is not knows by it that somebody else goes on.
    tries: Mapped[int] = mapped_column(default=0)
    doing: Mapped[str] = mapped_column(String(200), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None] = mapped_column(doc="NULL: not known yet")
    stop_asked: Mapped[bool] = mapped_column(default=False)
    said: Mapped[str] = mapped_column(Text, default="", doc="how it ended, in a sentence")
    leads_to: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=instant)
    beat_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    user: Mapped[User | None] = relationship()

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'stopped', 'failed')", name="state"),
        KEEPS_NUMBERS,
    )

    def __str__(self) -> str:
        return self.title
