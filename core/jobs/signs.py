"""How far a job is and whether somebody wants it stopped, while its one big transaction is open.

Such a transaction shows nothing of itself to others before it ends. On PostgreSQL a second connection
keeps this in the job's row, which the transaction does not touch before its last statement. SQLite has one
writer at a time, and that is the job: nobody else could store anything in the same file, not even the wish
to stop. So there it is kept in a small database of its own beside the large one, in a table with the same
columns. Nothing in it is missed when it is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Engine,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    create_engine,
    insert,
    select,
    update,
)

from core.db import db
from core.models import OPEN_STATES, Job, instant

# A worker gives a sign of life each second. After so long without one it is taken for dead.
DEAD_AFTER = timedelta(seconds=15)

# A job is known by its number and the instant at which it was asked for: after a restored backup, numbers
# are given a second time.
SIGN = Table(
    "job",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("asked_at", DateTime(timezone=True), primary_key=True),
    Column("tries", Integer, default=0),
    Column("doing", String(200), default=""),
    Column("done", Integer, default=0),
    Column("total", Integer),
    Column("stop_asked", Boolean, default=False),
    Column("beat_at", DateTime(timezone=True)),
)


@dataclass(frozen=True)
class Sign:
    """What is known of a job from beside its transaction."""

    doing: str
    done: int
    total: int | None
    stop_asked: bool
    beat_at: datetime | None

    @property
    def is_fresh(self) -> bool:
        """Whether somebody is at work on it."""
        return self.beat_at is not None and instant() - _in_utc(self.beat_at) < DEAD_AFTER


def _in_utc(moment: datetime) -> datetime:
    """SQLite forgets the time zone; instants are stored in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Signs:
    """The place where signs are kept. It needs no application, so that a thread can use it."""

    engine: Engine
    is_beside: bool

    def change(self, id: int, asked_at: datetime, during: int | None = None, **values: Any) -> bool | None:
        """Keep these values, and return whether it shall stop; None: it is not in this try any more."""
        this = [SIGN.c.id == id, SIGN.c.asked_at == asked_at]
        if during is not None:
            this.append(SIGN.c.tries == during)
        with self.engine.begin() as connection:
            found = connection.execute(update(SIGN).where(*this).values(values).returning(SIGN.c.stop_asked))
            stop = found.scalar_one_or_none()
            if stop is None and self.is_beside and during is None:
                connection.execute(insert(SIGN).values(id=id, asked_at=asked_at, **values))
                stop = bool(values.get("stop_asked"))
            return stop

    def forget(self, id: int, asked_at: datetime) -> None:
        """The job has ended, and its row says how."""
        if self.is_beside:
            with self.engine.begin() as connection:
                connection.execute(SIGN.delete().where(SIGN.c.id == id, SIGN.c.asked_at == asked_at))


def signs() -> Signs:
    """The place of this application."""
    if db.engine.dialect.name != "sqlite":
        return Signs(db.engine, is_beside=False)
    made = current_app.extensions.get("job_signs")
    if made is None:
        # No pool: a connection that is kept open would keep the small file, and nothing is gained.
        engine = create_engine(
            db.engine.url.set(database=f"{db.engine.url.database}-jobs"), poolclass=NullPool
        )
        SIGN.metadata.create_all(engine)
        made = current_app.extensions["job_signs"] = Signs(engine, is_beside=True)
    return cast(Signs, made)


def signs_of(jobs: Sequence[Job]) -> dict[int, Sign]:
    """What is known of each of these jobs now, by number."""
    of_row = {job.id: Sign(job.doing, job.done, job.total, job.stop_asked, job.beat_at) for job in jobs}
    place = signs()
    open_jobs = {job.id: job for job in jobs if job.state in OPEN_STATES}
    if not place.is_beside or not open_jobs:
        return of_row
    with place.engine.connect() as connection:
        rows = connection.execute(select(SIGN).where(SIGN.c.id.in_(list(open_jobs)))).all()
    for row in rows:
        if _in_utc(row.asked_at) == _in_utc(open_jobs[row.id].asked_at):
            known = Sign(row.doing, row.done, row.total, row.stop_asked, row.beat_at)
            of_row[row.id] = known if row.tries else replace(of_row[row.id], stop_asked=row.stop_asked)
    return of_row
