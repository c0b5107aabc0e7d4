"""Lock-out: who fails too often to prove who they are has to wait, for one account and from one address.

An attempt is counted before it is tried, and success takes it back. So of a thousand attempts at the same
moment no more are tried than may fail, whichever process they come to, and nobody holds the database's lock
while a password is checked. The counts are kept in the database, for no longer than they matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from typing import Any

from flask import request
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.bookkeeping import bookkeeping
from core.db import db
from core.models import Attempts, User, instant

# So many failures within this time, and then nothing is tried for the other.
WITHIN, REFUSED_FOR = timedelta(minutes=15), timedelta(minutes=15)
MOST_OF_ACCOUNT, MOST_FROM_ADDRESS = 10, 50


class TooMany(Exception):
    """Nothing was tried. Whether there is such an account is not said."""

    def __init__(self) -> None:
        super().__init__("There were too many attempts. Wait a quarter of an hour, then try again.")


@dataclass(frozen=True)
class Subject:
    """What attempts are counted for: a hash of what it is, how many may fail, and whose account it is."""

    key: str
    most: int
    # A number, or the select that finds it.
    user_id: Any = None


def _key(kind: str, what: str) -> str:
    return sha256(f"{kind} {what}".encode()).hexdigest()


def password_of(email: str) -> Subject:
    """The password of the account with this address, whether there is one or not."""
    plain = email.strip().casefold()
    owner = select(User.id).where(User.email == plain).scalar_subquery()
    return Subject(_key("password", plain), MOST_OF_ACCOUNT, owner)


def code_of(user: User) -> Subject:
    """The second factor of an account."""
    return Subject(_key("code", str(user.id)), MOST_OF_ACCOUNT, user.id)


def letters_to(email: str) -> Subject:
    """Letters that were asked for by whoever claims to have forgotten the password."""
    return Subject(_key("letters", email.strip().casefold()), MOST_OF_ACCOUNT)


def this_address() -> Subject:
    """The address that the request comes from."""
    try:
        # Half of an IPv6 address: the other half is everybody's own to choose.
        place = ip_address(request.remote_addr or "").exploded[:19]
    except ValueError:
        place = ""
    return Subject(_key("address", place), MOST_FROM_ADDRESS)


def count(*subjects: Subject) -> None:
    """Count an attempt that is about to be made; raises `TooMany` where it must not be."""
    now = instant()
    with bookkeeping() as connection:
        # In one order, so that two attempts wait for each other and never deadlock.
        rows = [(one, _locked(connection, one, now)) for one in sorted(subjects, key=lambda one: one.key)]
        if any(_is_refused(row, now) for _one, row in rows):
            raise TooMany
        for one, row in rows:
            values = _one_more(row, one.most, now)
            connection.execute(update(Attempts).where(Attempts.subject == one.key).values(values))


def forgive(*subjects: Subject) -> None:
    """It was no failure: what was counted for an account is forgotten, for the address it is one less."""
    with bookkeeping() as connection:
        for one in sorted(subjects, key=lambda one: one.key):
            this = Attempts.subject == one.key
            if one.most == MOST_OF_ACCOUNT:
                connection.execute(delete(Attempts).where(this))
            else:
                less = {"count": Attempts.count - 1, "refused_until": None}
                connection.execute(update(Attempts).where(this, Attempts.count > 0).values(less))
    with bookkeeping() as connection:
        connection.execute(delete(Attempts).where(Attempts.began_at < instant() - WITHIN - REFUSED_FOR))


def unlock(user: User) -> None:
    """Let somebody try again at once; to be called inside `writing`."""
    db.session.execute(delete(Attempts).where(Attempts.user_id == user.id))


def is_locked(user_id: Any) -> Any:
    """The condition that nothing is tried for this account now."""
    return (
        select(Attempts.subject)
        .where(Attempts.user_id == user_id, Attempts.refused_until > instant())
        .correlate(User)
        .exists()
    )


def locked_among(user_ids: Sequence[int]) -> set[int]:
    """Those of these accounts for which nothing is tried now."""
    locked = select(Attempts.user_id).where(
        Attempts.user_id.in_(user_ids), Attempts.refused_until > instant()
    )
    return {id for id in db.session.scalars(locked) if id is not None}


# --- one row ---------------------------------------------------------------------------------------


def _locked(connection: Connection, one: Subject, now: datetime) -> Any:
    """The row of a subject, made where there is none, and kept from others until the block ends."""
    kept = postgresql if connection.dialect.name == "postgresql" else sqlite
    made = kept.insert(Attempts).values(subject=one.key, user_id=one.user_id, count=0, began_at=now)
    # One statement makes it or takes it: between two, somebody who is in by now could forget it.
    locked = made.on_conflict_do_update(index_elements=["subject"], set_={"user_id": one.user_id})
    wanted = (Attempts.count, Attempts.began_at, Attempts.refused_until)
    return connection.execute(locked.returning(*wanted)).one()


def _utc(moment: datetime) -> datetime:
    """SQLite forgets the time zone; instants are stored in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_refused(row: Any, now: datetime) -> bool:
    return row.refused_until is not None and _utc(row.refused_until) > now


def _one_more(row: Any, most: int, now: datetime) -> dict[str, Any]:
    """The row with one more attempt; counting begins anew after a while, and after a refusal."""
    is_over = row.refused_until is not None or now - _utc(row.began_at) > WITHIN
    count, began_at = (1, now) if is_over else (row.count + 1, row.began_at)
    return {
        "count": count,
        "began_at": began_at,
        "refused_until": now + REFUSED_FOR if count >= most else None,
    }
