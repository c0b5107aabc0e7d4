"""Who comes in: Flask-Security is the engine, the pages around it are our own (`core/views/accounts.py`).

The engine keeps the account in the session by `fs_uniquifier` (a new value signs out everywhere), loads it
with one statement a request, hashes with argon2, and knows roles. Its own pages are not registered: they
commit beside the write path, bring inline scripts that our policy refuses, and speak in words of their own.
Its tokens in addresses and headers, its command line, registration, and remembering across sessions are off.
"""

import unicodedata
import uuid
from hashlib import sha256
from ipaddress import ip_address
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, redirect, request, session, url_for
from flask_login import current_user
from flask_security import Security, SQLAlchemyUserDatastore, hash_password, login_user, verify_password
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import Table, select, text
from werkzeug.wrappers import Response

from core import queries
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
    # Ours is `_browser`: this one believes any X-Forwarded-For, also where no proxy is trusted.
    "SESSION_PROTECTION": None,
}
LEAST_PASSWORD, MOST_PASSWORD = 12, 200
# What answers without sign-in. Everything else, also what does not exist, leads to the sign-in page.
OPEN = {"static", "core.sign_in", "core.first_account", "core.healthz"}
LINK_LASTS = 24 * 60 * 60

_users = cast(Table, User.__table__)
explain(_users, "uq_user_email", "There is an account with this address already.", "email")


class SignedOut(Exception):
    """Somebody sent what they typed, and is not signed in any more."""


def init_app(app: Flask) -> None:
    """Know who is there, and let nobody in who is not."""
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    security = Security(app, SQLAlchemyUserDatastore(db, User, Role), register_blueprint=False)
    security.login_manager.request_loader(None)
    # Else each picture and stylesheet would cost the statement that loads the account.
    security.principal.skip_static = True
    app.before_request(_only_signed_in)


def _only_signed_in() -> Response | None:
    if request.endpoint in OPEN:
        return None
    if session.get("browser", _browser()) != _browser():
        sign_out()
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
        wanted = came_from(url_for("core.home"))
        if request.endpoint not in OPEN:
            flash("You were signed out meanwhile, so nothing was stored. Sign in and send it again.", "error")
    next_page = None if wanted == url_for("core.home") else wanted
    return redirect(url_for("core.sign_in", next=next_page), code=303)


def came_from(default: str) -> str:
    """The page of this application that the person sent this from, else `default`."""
    try:
        page = urlsplit(request.referrer or "")
    except ValueError:
        return default
    if page.netloc != request.host or page.path == url_for("core.sign_in"):
        return default
    return safe_url(f"{page.path}?{page.query}".rstrip("?"), default)


# --- in and out ------------------------------------------------------------------------------------


def whose(email: str, password: str) -> User | None:
    """The account that this address and password belong to.

    An unknown address takes as long as a wrong password, so that nobody can find out who has an account.
    """
    user = queries.account(email)
    if user is None or not user.password:
        hashed(password)
        return None
    fits = verify_password(_normal(password), user.password)
    return user if fits and user.active else None


def hashed(password: str) -> str:
    """What is stored instead of the password."""
    return str(hash_password(_normal(password)))


def _normal(password: str) -> str:
    """The same characters on every keyboard, however they were typed."""
    return unicodedata.normalize("NFKC", password)


def sign_in(user: User) -> None:
    """Be this person from now on; nothing of the session before is kept."""
    session.clear()
    login_user(user, remember=False)
    session["browser"] = _browser()


def sign_out() -> None:
    """Be nobody again."""
    session.clear()


def change_password(user: User, password: str) -> None:
    """Another password, to be called inside `writing`; every browser that came in with the old is out."""
    user.password = hashed(password)
    user.fs_uniquifier = uuid.uuid4().hex


def _browser() -> str:
    """Which browser asks, and from where: a cookie that was copied is worth nothing elsewhere."""
    try:
        # Half of an IPv6 address: a machine changes the other half by itself every day.
        place = ip_address(request.remote_addr or "").exploded[:19]
    except ValueError:
        place = ""
    return sha256(f"{place} {request.user_agent.string}".encode()).hexdigest()


# --- new accounts ----------------------------------------------------------------------------------


def create_account(email: str, name: str, password: str, administrator: bool = False) -> User:
    """A new account, to be called inside `writing`."""
    user = User(email=email, name=name, password=hashed(password))
    if administrator:
        known = db.session.scalar(select(Role).where(Role.name == ADMINISTRATOR))
        user.roles.append(known or Role(name=ADMINISTRATOR))
    db.session.add(user)
    return user


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
