"""Who comes in: Flask-Security is the engine, the pages around it are our own (`core/views/accounts.py`).

The engine hashes with argon2 and knows roles. Who is there is found by the token of the browser, with one
statement a request (`core/sign_ins.py`). Its own pages are not registered: they commit beside the write path,
bring inline scripts that our policy refuses, and speak in words of their own. Its tokens in addresses and
headers, its command line, registration, and remembering across sessions are off.
"""

import time
import unicodedata
from collections.abc import Collection
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, g, redirect, request, session, url_for
from flask_login import current_user
from flask_security import Security, SQLAlchemyUserDatastore, hash_password, login_user, verify_password
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import Table, select, text
from werkzeug.wrappers import Response

from core import attempts, queries, sign_ins
from core.access import safe_url
from core.db import db, explain
from core.kept_forms import is_typed
from core.models import Role, User
from core.rights import ADMINISTRATOR as ADMINISTRATOR

SETTINGS = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    # The hash alone, without a second secret mixed in: whoever changes SECRET_KEY locks nobody out.
    "SECURITY_PASSWORD_SINGLE_HASH": True,
    # Accounts are stored by the write path only (`flask create-user`).
    "SECURITY_CLI_USERS_NAME": False,
    "SECURITY_CLI_ROLES_NAME": False,
    # Ours is `_browser`: this one ends with every change of the address, as on the way home from the office.
    "SESSION_PROTECTION": None,
}
LEAST_PASSWORD, MOST_PASSWORD = 12, 200
# What answers without sign-in. Everything else, also what does not exist, leads to the sign-in page.
OPEN = {
    "static",
    "core.sign_in",
    "core.second_step",
    "core.first_account",
    "core.healthz",
    "core.invitation",
    "core.forgot_password",
    "core.reset_password",
}
LINK_LASTS = 24 * 60 * 60
# So many seconds somebody has for the second factor after the password.
HALF_LASTS = 10 * 60

_users = cast(Table, User.__table__)
explain(_users, "uq_user_email", "There is an account with this address already.", "email")


class SignedOut(Exception):
    """Somebody sent what they typed, and is not signed in any more."""


class NotProven(Exception):
    """What somebody proved a moment ago is worth nothing any more: the account is another, or closed."""


class Proof(NamedTuple):
    """Whose password was right, and the account's stamp of that moment: another password renews it."""

    user: User
    stamp: str


def init_app(app: Flask) -> None:
    """Know who is there, and let nobody in who is not."""
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    security = Security(app, SQLAlchemyUserDatastore(db, User, Role), register_blueprint=False)
    security.login_manager.user_loader(sign_ins.whose)
    security.login_manager.request_loader(None)
    # Else each picture and stylesheet would cost the statement that loads the account.
    security.principal.skip_static = True
    app.before_request(_only_signed_in)


def _only_signed_in() -> Response | None:
    if request.endpoint in OPEN:
        return None
    if session.get("browser", sign_ins.kind_of_browser()) != sign_ins.kind_of_browser():
        session.clear()
        return to_sign_in()
    return None if current_user.is_authenticated else to_sign_in()


def to_sign_in() -> Response:
    """To the sign-in page, and from there to what was asked for; says so if something was to be stored.

    Raises SignedOut for a form that somebody typed into: it is kept (`core/kept_forms.py`).
    """
    if is_typed() and request.endpoint not in OPEN:
        raise SignedOut
    wanted = request.full_path.rstrip("?")
    if request.method not in ("GET", "HEAD"):
        wanted = sent_from(url_for("core.home"))
        if request.endpoint not in OPEN:
            flash("You were signed out meanwhile, so nothing was stored. Sign in and send it again.", "error")
    next_page = None if wanted == url_for("core.home") else wanted
    return redirect(url_for("core.sign_in", next=next_page), code=303)


def sent_from(default: str) -> str:
    """The page of this application that the person sent this from, else `default`."""
    try:
        page = urlsplit(request.referrer or "")
    except ValueError:
        return default
    if page.netloc != request.host or page.path == url_for("core.sign_in"):
        return default
    return safe_url(f"{page.path}?{page.query}".rstrip("?"), default)


# --- in and out ------------------------------------------------------------------------------------


def whose(email: str, password: str) -> Proof | None:
    """The account that this address and password belong to; `TooMany` if nothing is tried any more.

    An unknown address takes as long as a wrong password, so that nobody can find out who has an account.
    """
    counted = (attempts.password_of(email), attempts.this_address())
    attempts.count(*counted)
    user = queries.account(email)
    if user is None or not user.password:
        hashed(password)
        return None
    stamp = user.fs_uniquifier  # before the password is looked at, which takes its time
    fits = verify_password(_normal(password), user.password)
    if not fits or not user.active:
        return None
    attempts.forgive(*counted)
    return Proof(user, stamp)


def password_fault(password: str, email: str) -> str | None:
    """Why this is no password for the account with this address; its length the forms say."""
    easy = {email.strip().casefold(), email.strip().casefold().partition("@")[0]}
    if _normal(password).strip().casefold() not in easy:
        return None
    return "This is your e-mail address, or its first part, which is tried first. Choose something else."


def hashed(password: str) -> str:
    """What is stored instead of the password."""
    return str(hash_password(_normal(password)))


def _normal(password: str) -> str:
    """The same characters on every keyboard, however they were typed."""
    return unicodedata.normalize("NFKC", password)


def sign_in(user: User, stamp: str) -> None:
    """Be this person from now on; nothing of the session before is kept, and its token is a new one.

    `stamp` is the account's when it was proven who it is; raises NotProven if it has another by now.
    """
    token = sign_ins.begin(user.id, stamp)
    if token is None:
        raise NotProven
    session.clear()
    login_user(user, remember=False)
    session["_user_id"] = token  # the engine has put the account itself there
    session["browser"] = sign_ins.kind_of_browser()


def sign_in_or_ask(user: User, stamp: str, next_page: str | None = None) -> Response | None:
    """Be this person from now on, unless there is a second factor to be asked for: then where it is.

    Until it is given, the session says whose password was right, and reaches nothing else.
    """
    if not user.second_factor:
        sign_in(user, stamp)
        return None
    session.clear()
    g.pop("csrf_token", None)  # the page of the code belongs to the new session, and so does its token
    session["half"] = [user.id, stamp, int(time.time())]
    return redirect(url_for("core.second_step", next=next_page), code=303)


def half_signed_in() -> Proof | None:
    """Whose password was right in this browser, a moment ago."""
    id, stamp, at = session.get("half") or (0, "", 0)
    user = db.session.get(User, id) if time.time() - at < HALF_LASTS else None
    is_good = user is not None and user.active and user.fs_uniquifier == stamp
    return Proof(user, stamp) if user is not None and is_good else None


def sign_out() -> None:
    """Be nobody again, also for whoever has copied the cookie."""
    sign_ins.end(session.get("_user_id", ""))
    session.clear()


def change_password(user: User, hash: str) -> None:
    """Another password, to be called inside `writing`; every browser that came in with the old is out.

    It is hashed before (`hashed`): that takes its time, and others want to write meanwhile.
    """
    user.password = hash
    sign_ins.end_all(user)


def new_ticket(user: User) -> None:
    """Let no link work any more that was sent to this person before."""
    user.renew_stamp()


# --- new accounts ----------------------------------------------------------------------------------


def create_account(email: str, name: str, hash: str, roles: Collection[str] = ()) -> User:
    """A new account with a password (`hashed`) and roles, to be called inside `writing`."""
    user = User(email=email, name=name, password=hash)
    user.roles = roles_called(roles)
    db.session.add(user)
    return user


def roles_called(names: Collection[str]) -> list[Role]:
    """The roles of these names; one that nobody had so far is new."""
    known = {role.name: role for role in db.session.scalars(select(Role).where(Role.name.in_(names)))}
    return [known.get(name) or Role(name=name) for name in sorted(names)]


def only_one_first_account() -> bool:
    """Whether there is no account yet, and none can be stored before this transaction ends."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text('LOCK TABLE "user" IN SHARE ROW EXCLUSIVE MODE'))
    return not queries.has_accounts()


def first_account_token() -> str:
    """What lets somebody make the first account: signed, so that every worker knows it and none keeps it."""
    return str(_first_account_signer().dumps("first account"))


def is_first_account_token(token: str) -> bool:
    """Whether this installation gave out `token`, not longer ago than a day."""
    try:
        _first_account_signer().loads(token, max_age=LINK_LASTS)
    except BadSignature:
        return False
    return True


def _first_account_signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="first account")
