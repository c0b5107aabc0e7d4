"""What every answer says to the browser beside its content, and how it travels."""

import gzip
import io
import secrets
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from core.once import once

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
MONTH, YEAR = 30 * 24 * 60 * 60, 365 * 24 * 60 * 60
COMPRESSED = {"text/html", "text/css", "text/javascript", "image/svg+xml"}
# What is shorter fits into a few packets and arrives no sooner: above all suggestions, asked for at each key.
WORTH_COMPRESSING = 4096
# A list becomes an eighth of its size in a third of the time that the usual level, 6, takes for a ninth.
LEVEL = 3


class PageSession(SecureCookieSessionInterface):
    """The cookie of pages; files of the frame have none, so that browsers keep them when it changes."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie with pages only."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Send the headers with every answer; believe those of a proxy only where there is one."""
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.session_interface = PageSession()
    # Flask runs these in reverse order: compressed last.
    app.after_request(_compress)
    app.after_request(_keep)
    app.after_request(_guard)
    app.url_defaults(_name_version)
    app.jinja_env.globals["static"] = static_url


def refuse_other_names() -> tuple[str, int, dict[str, str]] | None:
    """Answer a request that calls us by a name which is not ours (`TRUSTED_HOSTS`), before anything else.

    In plain words: a page has links, and they would begin with that name.
    """
    if not isinstance(request.routing_exception, SecurityError):
        return None
    return "This site has another name. Nothing was stored.\n", 400, {"Content-Type": "text/plain"}


def _guard(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    return response


# --- how long a browser keeps it -------------------------------------------------------------------


def _name_version(endpoint: str, values: dict[str, Any]) -> None:
    """Put the age of a file of ours into its address, so that browsers keep it until it changes.

    Third-party files change with the version that is vendored, which is rare, and refer to each other by
    plain addresses: an address with a version would load them twice.
    """
    name = values.get("filename", "")
    if endpoint != "static" or name.startswith("vendor/") or not current_app.static_folder:
        return
    path = Path(current_app.static_folder, name)
    if path.is_file():
        values["v"] = format(int(path.stat().st_mtime), "x")


def static_url(name: str) -> str:
    """The address of a file of the frame. It is asked for once; while one develops, on every page."""
    return once(("static", name), lambda: url_for("static", filename=name))


def _keep(response: Response) -> Response:
    cache = response.cache_control
    if request.endpoint != "static":
        # Pages show names and figures: nothing of them stays on a machine that others use.
        cache.no_store = True
    elif response.status_code in (200, 206, 304):
        named, vendored = "v" in request.args, request.path.startswith("/static/vendor/")
        cache.no_cache = None if named or vendored else True
        cache.max_age = YEAR if named else MONTH if vendored else None
        cache.public, cache.immutable = True, named
        response.headers.pop("Expires", None)
    return response


# --- how it travels --------------------------------------------------------------------------------


def _compress(response: Response) -> Response:
    """Send text as gzip to whoever can read it: a page of 50 rows shrinks to a tenth.

    Compression tells the length of what a page repeats, so a secret beside reflected input could be guessed
    by whoever makes the browser ask thousands of times and watches the lengths (BREACH). The one secret in
    our pages is the CSRF token; cookies with SameSite=Lax are not sent with what other sites load, and a
    name of random length in the gzip head blurs the lengths.
    """
    if response.mimetype not in COMPRESSED:
        return response
    response.vary.add("Accept-Encoding")
    whole = response.status_code not in (206, 304) and not response.content_encoding
    if not whole or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) >= WORTH_COMPRESSING:
        response.set_data(_zipped(content))
        response.content_encoding = "gzip"
    return response


def _zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    blur = "x" * (1 + secrets.randbelow(100))
    with gzip.GzipFile(blur, "wb", compresslevel=LEVEL, fileobj=packed, mtime=0) as file:
        file.write(content)
    return packed.getvalue()
