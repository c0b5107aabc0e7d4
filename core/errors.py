"""What went wrong, in words, with the ways on. Nothing half-done is kept: the session is rolled back."""

from collections.abc import Sequence
from typing import Any

from flask import Flask, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from core.access import Moved, safe_url
from core.account_forms import SignInForm
from core.accounts import OPEN, NotProven, SignedOut, sent_from, to_sign_in
from core.db import db
from core.forms import sent_key
from core.gone import Gone, gone, removed_here
from core.kept_forms import NAME, is_typed, keep, way_back
from core.log import path
from core.writing import AlreadyStored, Refused, answer_a_repeated_form

WORDS = {
    400: ("This cannot be read", "What was sent is not complete. Nothing was stored."),
    403: (
        "This is not open to you",
        "Your account does not reach this page. An administrator can change that.",
    ),
    404: ("There is nothing here", "The address is mistyped, or what was here has been deleted or moved."),
    405: ("This address does not work that way", "It only answers to a form. Nothing was stored."),
    413: ("This is too large", "A file can have up to {limit} MB. Nothing was stored. Split it in parts."),
}
BUSY_FOR = "5"  # seconds


def init_app(app: Flask) -> None:
    """Answer every error with a page."""
    app.before_request(_refuse_nul)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(CSRFError, _stale_page)
    app.register_error_handler(SignedOut, _signed_out)
    app.register_error_handler(NotProven, _not_proven)
    app.register_error_handler(AlreadyStored, _already_stored)
    app.register_error_handler(Refused, _against_the_rules)
    app.register_error_handler(DataError, _unreadable)
    app.register_error_handler(OverflowError, _unreadable)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(TimeoutError, _busy)
    app.register_error_handler(StaleDataError, _busy)
    app.register_error_handler(500, _broken)


def _refuse_nul() -> None:
    """No text can hold a NUL: PostgreSQL refuses it, SQLite cuts there. Nobody types one by hand."""
    sent = (value for _name, value in request.values.items(multi=True))
    if "\0" in request.path or any("\0" in value for value in sent):
        abort(400, "There is a character in it that no text can hold. Nothing was stored.")


def _page(code: int, title: str, words: str, ways: Sequence[tuple[str, str]] = ()) -> tuple[str, int]:
    _roll_back()
    return render_template("core/error.html", code=code, title=title, words=words, ways=ways), code


def _page_without_account(code: int, title: str, words: str) -> tuple[str, int]:
    """The same, drawn without asking the database who is signed in: it may be what failed."""
    _roll_back()
    template = current_app.jinja_env.get_template("core/error.html")
    return template.render(code=code, title=title, words=words, ways=_again()), code


def _roll_back() -> None:
    try:
        db.session.rollback()
    except SQLAlchemyError:
        current_app.logger.exception("The connection was lost for good")
        db.session.remove()


def _again() -> list[tuple[str, str]]:
    """A page that can be asked for again."""
    if request.method == "GET":
        return [("Try again", safe_url(request.full_path.rstrip("?"), url_for("core.home")))]
    return [("Back to the page", sent_from(url_for("core.home")))]


def _refused(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    key = sent_key() if code == 404 and request.method == "POST" else None
    if key:  # the second click on what deleted or renamed the record: it was stored, and is not to be missed
        _roll_back()
        try:
            answer_a_repeated_form(db.session(), key)
        except AlreadyStored as stored:
            return _already_stored(stored)
    _roll_back()
    found = gone() if code == 404 else None
    if found is not None:
        return _gone_page(error, found)
    title, words = WORDS.get(code, (error.name, error.description or ""))
    if error.description != type(error).description and error.description:
        words = error.description
    words_of_removal = removed_here() if code == 404 else None
    if words_of_removal:
        return _page(code, *words_of_removal)
    limit = (current_app.config["MAX_CONTENT_LENGTH"] or 0) // 1024**2
    body, status = _page(code, title, words.format(limit=limit) if code == 413 else words)
    # What the error says to the machine, such as which methods an address answers to.
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return body, status, kept


def _gone_page(error: HTTPException, found: Gone) -> ResponseReturnValue:
    """The record of a form is not there any more; what was typed is."""
    moved = error.url if isinstance(error, Moved) else None
    words = "It was deleted after you had opened this page, so nothing was stored."
    if type(error).description != error.description and error.description:
        words = error.description
    return render_template("core/gone.html", words=words, moved=moved, gone=found, code=404), 404


def _signed_out(_error: Exception) -> ResponseReturnValue:
    """The sign-in page itself, which carries along what was typed."""
    _roll_back()
    return _sign_in_page(sent_from(url_for("core.home")), keep())


def _not_proven(_error: Exception) -> ResponseReturnValue:
    """The account was closed, or has another password, while somebody was signing in."""
    _roll_back()
    flash("This account was changed at this very moment. Sign in again.", "error")
    return redirect(url_for("core.sign_in"), code=303)


def _sign_in_page(next_page: str, kept: str) -> ResponseReturnValue:
    form = SignInForm(formdata=None, next=next_page, kept_form=kept)
    page = render_template("core/sign_in.html", form=form, meanwhile="kept" if kept else "too large")
    return page, 401


def _stale_page(_error: CSRFError) -> ResponseReturnValue:
    if request.endpoint in OPEN:
        if request.form.get(NAME):  # signed in by another window meanwhile, or signed out once more
            way = way_back(request.form[NAME], current_user) if current_user.is_authenticated else None
            return way or _sign_in_page(request.form.get("next", ""), request.form[NAME])
        flash("Please try again. Your browser has to accept the cookie of this page.", "error")
        address: dict[str, Any] = dict(request.view_args or {})
        if request.form.get("next"):
            address["next"] = request.form["next"]
        return redirect(url_for(request.endpoint or "core.sign_in", **address), code=303)
    if not current_user.is_authenticated:
        return _signed_out(_error) if is_typed() else to_sign_in()
    words = (
        "The page you sent belongs to an earlier sign-in, or your browser refused a cookie. "
        "Nothing was stored. Go back, load the page anew, and send it again."
    )
    return _page(400, "This page was out of date", words, _again())


def _already_stored(error: AlreadyStored) -> ResponseReturnValue:
    _roll_back()
    flash("This was stored already; it was not stored twice.", "message")
    return redirect(safe_url(error.leads_to, url_for("core.home")), code=303)


def _against_the_rules(error: Refused) -> ResponseReturnValue:
    return _page(422, "This was not stored", str(error), _again())


def _unreadable(error: Exception) -> ResponseReturnValue:
    current_app.logger.warning("%s %s cannot be read: %s", request.method, path(), error)
    words = "A number or text in it is larger than anything that is kept here. Nothing was stored."
    title = "This address cannot be read" if request.method == "GET" else "This cannot be stored"
    return _page(400, title, words, _again() if request.method != "GET" else ())


def _busy(error: Exception) -> ResponseReturnValue:
    if "no such table" in str(error) or "no such column" in str(error):
        return _broken(error)
    current_app.logger.error("%s %s: no answer from the database: %s", request.method, path(), error)
    words = "The database is busy or out of reach, so nothing was stored. This usually takes a few seconds."
    body, code = _page_without_account(503, "Just a moment", words)
    return body, code, {"Retry-After": BUSY_FOR}


def _broken(error: Any) -> ResponseReturnValue:
    cause = getattr(error, "original_exception", None) or error
    words = "Joinery made a mistake, and nothing was stored. What happened stands in its log."
    if "no such table" in str(cause) or "no such column" in str(cause) or "UndefinedTable" in str(cause):
        current_app.logger.error("The database is older than the application. Run: flask db upgrade")
        words = "The database is older than the application. Whoever runs it should type: flask db upgrade"
    return _page_without_account(500, "Something went wrong", words)
