"""In which browsers people are signed in: a row for each, found by a random token that only its cookie has.

So signing out ends it for good, whoever has copied the cookie; and whoever loses a machine can end what is
open on it. The database keeps only a hash of the token: a backup signs nobody in.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from flask import request, session
from sqlalchemy import bindparam, delete, insert, select, update

from core.bookkeeping import bookkeeping
from core.db import db
from core.models import SignIn, User, instant

# Whoever left a browser open signs in again after so long, whatever the browser remembers.
LASTS = timedelta(days=30)

# What people call a browser, and how it is known. The first that fits counts: most claim to be others too.
BROWSERS = (
    ("Edge", r"\bEdgA?/|\bEdgiOS/"),
    ("Opera", r"\bOPR/"),
    ("Firefox", r"\bFirefox/|\bFxiOS/"),
    ("Chrome", r"\bChrom(?:e|ium)/|\bCriOS/"),
    ("Safari", r"\bSafari/"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("an iPhone", "iPhone"),
    ("an iPad", "iPad"),
    ("Windows", "Windows"),
    ("a Mac", "Macintosh"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Linux", "Linux"),
)


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


def begin(user_id: int, stamp: str) -> str | None:
    """Note that somebody signs in with this browser, and answer the token for its cookie.

    None if the account has another stamp by now, or is closed: the statement that asks also locks it, so
    that whoever changes the password at the same moment waits, or is waited for.
    """
    token, now = secrets.token_urlsafe(32), instant()
    with bookkeeping() as connection:
        still = (User.id == user_id, User.fs_uniquifier == stamp, User.active)
        if connection.execute(update(User).where(*still).values(signed_in_at=now)).rowcount != 1:
            return None
        connection.execute(delete(SignIn).where(SignIn.begun_at < now - LASTS))
        facts = {"token_hash": token_hash(token), "user_id": user_id, "browser": browser_in_words()}
        connection.execute(insert(SignIn).values(begun_at=now, **facts))
    return token


def end(token: str) -> None:
    """Whoever has this token is signed out."""
    with bookkeeping() as connection:
        connection.execute(delete(SignIn).where(SignIn.token_hash == token_hash(token)))


# Put together once: it is asked for on every page.
_WHOSE = (
    select(User)
    .join(SignIn, SignIn.user_id == User.id)
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.begun_at > bindparam("begun_at", type_=SignIn.begun_at.type),
        User.active,
    )
)


def whose(token: str) -> User | None:
    """The account that this token is signed in to, with its roles, in one statement."""
    asked = {"token_hash": token_hash(token), "begun_at": instant() - LASTS}
    return db.session.scalars(_WHOSE, asked).unique().one_or_none()


def of(user: User) -> Sequence[SignIn]:
    """Where somebody is signed in, the newest first."""
    theirs = select(SignIn).where(SignIn.user_id == user.id, SignIn.begun_at > instant() - LASTS)
    return db.session.scalars(theirs.order_by(SignIn.begun_at.desc(), SignIn.id.desc())).all()


def end_all(user: User, but_this_browser: bool = False) -> None:
    """Sign somebody out everywhere, or everywhere else; to be called inside `writing`.

    The account is locked first: a sign-in at this moment is ended as well, or finds another stamp. For one
    that waits for its second factor, and a link on its way, must not be a way back in.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True)).all()
    theirs = delete(SignIn).where(SignIn.user_id == user.id)
    if but_this_browser:
        theirs = theirs.where(SignIn.token_hash != this_browser())
    db.session.execute(theirs)
    user.renew_stamp()


def this_browser() -> str:
    """What is kept of the token of the browser that asks."""
    return token_hash(session.get("_user_id", ""))


def browser_in_words() -> str:
    """The browser that asks, as people call it."""
    browser, said = kind_of_browser(), request.user_agent.string
    system = next((name for name, sign in SYSTEMS if re.search(sign, said)), "")
    return f"{browser} on {system}" if system else browser


def kind_of_browser() -> str:
    """Which kind of browser asks: a cookie that was copied into another kind is worth nothing there.

    Its version is no part of it, since that changes by itself every few weeks, nor its system, which a phone
    does not say where it asks for the page of a desktop. Nor is its address: people take their machines from
    one network into another. A stolen session can be seen, and ended, on the page of one's account.
    """
    said = request.user_agent.string
    return next((name for name, sign in BROWSERS if re.search(sign, said)), "A browser")
