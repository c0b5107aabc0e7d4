"""The second factor: codes of an app (TOTP, RFC 6238), and recovery codes for the day it is lost.

A code is good once. That it was used is written down in the statement that asks whether it was, so of two
who try the same code at the same moment one is in.
"""

import re
import secrets
from hashlib import sha256

import segno
from passlib.exc import TokenError
from passlib.totp import TOTP
from sqlalchemy import delete, or_, update

from core.bookkeeping import bookkeeping
from core.db import db
from core.models import RecoveryCode, User

RECOVERY_CODES = 10
# Without letters and digits that look alike on paper.
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"


def new_key() -> str:
    """A key for an app, as base 32."""
    return str(TOTP.new().base32_key)


def in_groups(key: str) -> str:
    """A key as somebody types it who cannot take a picture of it."""
    return " ".join(re.findall(".{1,4}", key))


def address(user: User, key: str) -> str:
    """The key as apps read it."""
    return str(_totp(key).to_uri(label=user.email, issuer="Joinery"))


def picture(user: User, key: str) -> str:
    """The same as a QR code: an SVG in an address of its own."""
    return segno.make(address(user, key), error="m").svg_data_uri(scale=5, border=3, light="#fff")


def matching(key: str, typed: str) -> int | None:
    """The number of the code that was typed, counted since 1970; None if it is not one of now."""
    try:
        return int(_totp(key).match(typed).counter)
    except (TokenError, ValueError):
        return None


def _totp(key: str) -> TOTP:
    return TOTP(key=key, format="base32")


# --- on and off, inside `writing` ------------------------------------------------------------------


def turn_on(user: User, key: str, number: int) -> list[str]:
    """Ask for codes of this key from now on; answers the recovery codes, which nobody sees again."""
    user.second_factor, user.last_code = key, number
    return new_recovery_codes(user)


def turn_off(user: User) -> None:
    """Ask for the password alone again."""
    user.second_factor = user.last_code = None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def new_recovery_codes(user: User) -> list[str]:
    """Codes that take the place of those before."""
    codes = ["-".join(_word() for _part in range(3)) for _code in range(RECOVERY_CODES)]
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=_hash(code)) for code in codes)
    return codes


def _word() -> str:
    return "".join(secrets.choice(SIGNS) for _sign in range(5))


def _hash(code: str) -> str:
    """Random as it is, a code needs no slow hash."""
    return sha256(re.sub(r"[^a-z0-9]", "", code.casefold()).encode()).hexdigest()


# --- at sign-in ------------------------------------------------------------------------------------


def takes(user: User, typed: str) -> bool:
    """Whether this code is good, and uses it up."""
    id, key = user.id, user.second_factor or ""
    number = matching(key, typed) if key else None
    with bookkeeping() as connection:
        if number is not None:
            fresh = or_(User.last_code.is_(None), User.last_code < number)
            this = update(User).where(User.id == id, User.second_factor == key, fresh)
            return connection.execute(this.values(last_code=number)).rowcount == 1
        recovery = RecoveryCode.code_hash == _hash(typed)
        return (
            connection.execute(delete(RecoveryCode).where(RecoveryCode.user_id == id, recovery)).rowcount == 1
        )
