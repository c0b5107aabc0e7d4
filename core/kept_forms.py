"""Forms that outlive the session: what somebody typed comes back after signing in again.

A post of somebody who is signed out is answered with the sign-in page, and that page carries the form
along in one hidden field: signed, compressed, for twelve hours. Nothing of it is kept here. After the
sign-in it is posted to the same address once more (307), as a form that is *brought back*: the page
answers as if it had refused it, with everything typed and whatever speaks against it, and `writing`
stores nothing of it. Saving is left to the person.

Whose form it is says its key, which is signed for the person whom the page was made for. So it does not
matter how the session ended, and nobody else is shown what was typed. A form that was sent after a
sign-in in another window comes back in the same way: its CSRF token is of the session before.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import Flask, current_app, flash, g, has_request_context, redirect, request, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf, validate_csrf
from itsdangerous import BadData, Signer, URLSafeTimedSerializer
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response
from wtforms import ValidationError

# The hidden field of the sign-in page.
NAME = "kept_form"
LASTS = 12 * 60 * 60
# More characters than this are not sent to and fro: a page of 50 rows has some 5,000.
MOST = 500_000
PASSWORDS = re.compile(r"passw|secret|^(present|again)$", re.IGNORECASE)

MEANWHILE = "You were signed out meanwhile. Nothing was stored yet: look at it and save."
OF_ANOTHER = "What was typed before the sign-in belongs to another account. Nothing of it was stored."
TOO_OLD = "What was typed before the sign-in was kept for 12 hours and is gone. Nothing of it was stored."

Pairs = Iterable[tuple[str, str]]


class Kept(NamedTuple):
    """A form that was posted: where, what was typed, and what is said when it comes back."""

    address: str
    fields: list[tuple[str, str]]
    sentence: str

    @property
    def key(self) -> str:
        """The key of the form, which says whose it is."""
        return dict(self.fields).get("form_key", "")


def init_app(app: Flask) -> None:
    """Bring forms back; to be called ahead of the protection against forged forms."""
    app.before_request(_bring_back)
    app.jinja_env.globals["brought_back"] = brought_back


# --- whose form it is --------------------------------------------------------------------------------


def new_form_key() -> str:
    """A key for a form that is shown now: nobody can guess it, and it tells whom it was given to."""
    once = secrets.token_urlsafe(16)
    return f"{once}.{_signature(once, current_user)}"


def was_given_to(key: str, user: Any) -> bool:
    """Whether the form with this key was shown to this person."""
    once, _dot, signature = key.partition(".")
    return secrets.compare_digest(signature.encode(), _signature(once, user).encode())


def _signature(once: str, user: Any) -> str:
    signer = Signer(current_app.config["SECRET_KEY"], salt="form key", digest_method=hashlib.sha256)
    return signer.get_signature(f"{getattr(user, 'id', None)} {once}").decode()


# --- kept while somebody signs in --------------------------------------------------------------------


def is_typed() -> bool:
    """Whether this request sends a form that somebody typed into, and not just a button."""
    is_ours = request.method == "POST" and request.endpoint is not None
    return is_ours and bool(request.form.get("form_key"))


def keep() -> str:
    """The form of this request as one text; nothing where it is too large to be carried along."""
    sent = list(request.form.items(multi=True))
    return kept(request.full_path.rstrip("?"), sent, MEANWHILE)


def kept(address: str, fields: Pairs, sentence: str) -> str:
    """A form for this address as one text. Passwords and what belongs to the session are left out."""
    fields = [
        pair for pair in fields if pair[0] not in ("csrf_token", NAME) and not PASSWORDS.search(pair[0])
    ]
    text = str(_serializer().dumps([address, fields, sentence]))
    return text if len(text) <= MOST else ""


def _opened(text: str) -> Kept | None:
    """The form that was kept; None where we did not write this, or too long ago."""
    try:
        address, fields, sentence = _serializer().loads(text, max_age=LASTS)
    except BadData:
        return None
    return Kept(address, [(name, value) for name, value in fields], sentence)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        current_app.config["SECRET_KEY"], salt="kept form", signer_kwargs={"digest_method": hashlib.sha256}
    )


def way_back(text: str | None, user: Any) -> Response | None:
    """Where somebody goes who has just signed in: to the form that was kept, if it is theirs."""
    if not text:
        return None
    found = _opened(text)
    if found is None or not was_given_to(found.key, user):
        flash(TOO_OLD if found is None else OF_ANOTHER, "error")
        return redirect(url_for("core.home"), code=303)
    # The browser posts the form of the sign-in page there once more, with the kept one in it.
    return redirect(found.address, code=307)


# --- brought back ------------------------------------------------------------------------------------


def brought_back() -> str:
    """What is said above a form that is only shown again; nothing where forms are stored as usual."""
    return str(g.get("brought_back", "")) if has_request_context() else ""


def _bring_back() -> None:
    """Let a kept form take the place of what was posted; let one of an earlier session be shown again."""
    if request.method != "POST":
        return
    text = request.form.get(NAME)
    found = _opened(text) if text else None
    if found is not None and found.address == request.full_path.rstrip("?"):
        _take(found)
    elif text is None and is_typed() and _is_of_an_earlier_session():
        _take(Kept(request.full_path, list(request.form.items(multi=True)), MEANWHILE))


def _take(found: Kept) -> None:
    typed = [pair for pair in found.fields if pair[0] != "csrf_token"]
    request.files = ImmutableMultiDict()
    if current_user.is_authenticated and was_given_to(found.key, current_user):
        g.brought_back = found.sentence
        # Nothing can be stored by it, so it needs no proof of where it comes from.
        typed.append(("csrf_token", generate_csrf()))
    request.form = ImmutableMultiDict(typed)


def _is_of_an_earlier_session() -> bool:
    """Whether the form was shown to this person, though not in this session."""
    if not current_app.config["WTF_CSRF_ENABLED"] or not current_user.is_authenticated:
        return False
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return was_given_to(request.form["form_key"], current_user)
    return False
