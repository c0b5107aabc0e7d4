"""Settings: from the environment, with defaults that suit one person on one machine.

| variable | meaning | default |
|---|---|---|
| DATABASE_URL | where the data is; SQLite, or one or several PostgreSQL | `instance/joinery.db` |
| DATABASE_READ_URL | standbys of that PostgreSQL, for pages that only read | none |
| SECRET_KEY | signs sessions and links; the same on all machines | a file made at the first start, mode 600 |
| TIMEZONE | whose “today” counts, as Europe/Berlin | the machine's |
| HTTPS | “1” behind TLS: cookies are sent over TLS only | off |
| TRUSTED_PROXIES | how many proxies set X-Forwarded-… (and X-Request-ID) before the application | 0 |
| SITE_URL | where people find Joinery; links in mails begin with it | http://HOST:PORT |
| SMTP_URL | the mail server, as smtp://user:password@host:587 (or smtps://) | none: mail is printed |
| MAIL_FROM | who mail comes from | joinery@localhost |
| TRUSTED_HOSTS | names by which people may come, with commas between; others are refused | any name |
| UPLOAD_MB | how large a file may be that somebody sends | 64 |
| UNPACKED_MB | how large a spreadsheet may be when it is unpacked | 512 |
| MOST_CELLS | how many cells a worksheet may have, from A1 to its last one | 10000000 |
| MOST_COLUMNS | how many columns a file may have | 300 |
| MOST_LINE | how many characters a line of a text file may have | 1000000 |
| JOBS | “inline” does long work at once, within the request, instead of in a process of its own | process |
| LONG_FILE | a file with more lines is previewed and stored as long work | 20000 |
"""

import os
import secrets
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask

from core.database_url import database_url, servers
from core.reading import STANDBY


def configure(app: Flask, settings: Mapping[str, Any] | None) -> None:
    """Put the settings into `app.config`; `settings` override the environment."""
    given = dict(settings or {})
    _make_private(Path(app.instance_path))
    https = os.environ.get("HTTPS") == "1"
    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL") or f"sqlite:///{app.instance_path}/joinery.db",
        # What was typed stays out of the log: an error names the statement, not its values.
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},
        DATABASE_READ_URL=os.environ.get("DATABASE_READ_URL"),
        TIMEZONE=os.environ.get("TIMEZONE"),
        TRUSTED_PROXIES=int(os.environ.get("TRUSTED_PROXIES", "0")),
        SITE_URL=os.environ.get("SITE_URL"),
        SMTP_URL=os.environ.get("SMTP_URL"),
        MAIL_FROM=os.environ.get("MAIL_FROM", "joinery@localhost"),
        # A request that calls us otherwise is refused.
        TRUSTED_HOSTS=[name for name in os.environ.get("TRUSTED_HOSTS", "").split(",") if name] or None,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        # The token lives as long as the session: a form left open over lunch is not lost.
        WTF_CSRF_TIME_LIMIT=None,
        JOBS=os.environ.get("JOBS", "process"),
        # Files with more lines are previewed and stored by a job, with its progress.
        LONG_FILE=int(os.environ.get("LONG_FILE", "20000")),
        MAX_CONTENT_LENGTH=int(os.environ.get("UPLOAD_MB", "64")) * 1024**2,
        MOST_UNPACKED=int(os.environ.get("UNPACKED_MB", "512")) * 1024**2,
        MOST_CELLS=int(os.environ.get("MOST_CELLS", "10000000")),
        MOST_COLUMNS=int(os.environ.get("MOST_COLUMNS", "300")),
        MOST_LINE=int(os.environ.get("MOST_LINE", "1000000")),
        MAX_FORM_MEMORY_SIZE=8 * 1024 * 1024,
        MAX_FORM_PARTS=20_000,
    )
    app.config.from_mapping(given)
    _check_mail(app)
    app.config["SITE_URL"] = app.config["SITE_URL"] or _local_site()
    url = app.config["SQLALCHEMY_DATABASE_URI"] = database_url(str(app.config["SQLALCHEMY_DATABASE_URI"]))
    # A server may have hung up since, which a file does not.
    ping = {"pool_pre_ping": not url.startswith("sqlite")}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {**ping, **app.config["SQLALCHEMY_ENGINE_OPTIONS"]}
    if app.config["DATABASE_READ_URL"]:
        app.config["SQLALCHEMY_BINDS"] = {STANDBY: _standby(app)}
    if not app.config.get("SECRET_KEY"):
        app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY") or _own_secret(app)


def _make_private(folder: Path) -> None:
    """Make the folder of the database and the secret, into which nobody else on this machine may look."""
    folder.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o007:
        with suppress(OSError):  # somebody else's, or read-only: whoever made it so, meant it so
            folder.chmod(mode & 0o770)


def _local_site() -> str:
    """Where `make run` answers, and `make serve`: what a mail that is only printed leads to."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(  # nosec: an address to show, not to listen on
        one := os.environ.get("HOST") or "127.0.0.1", one
    )
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{host}:{os.environ.get('PORT') or '5000'}"


def _standby(app: Flask) -> dict[str, Any]:
    """The engine of the standbys, on which nothing can be stored by mistake."""
    url = database_url(str(app.config["DATABASE_READ_URL"]), of_several="prefer-standby")
    if not all(one.startswith("postgresql") for one in (url, app.config["SQLALCHEMY_DATABASE_URI"])):
        raise RuntimeError("DATABASE_READ_URL names standbys of the PostgreSQL server in DATABASE_URL.")
    options = {"options": "-c default_transaction_read_only=on"}
    return {"url": url, "connect_args": options, **app.config["SQLALCHEMY_ENGINE_OPTIONS"]}


def _own_secret(app: Flask) -> str:
    """The secret of this machine; where several may serve the same people, it has to be said instead.

    Each would sign with a key of its own, and people would be signed out from one page to the next.
    """
    where = servers(app.config["SQLALCHEMY_DATABASE_URI"])
    if where and app.config["TRUSTED_PROXIES"]:
        raise RuntimeError(
            f"Joinery stands behind a proxy and keeps its data on another machine ({', '.join(where)}), so "
            "there may be more like it. Say the same SECRET_KEY on each of them: a long random text, or "
            f"what is in {app.instance_path}/secret_key of the one that runs already."
        )
    return _kept_secret(Path(app.instance_path))


def _check_mail(app: Flask) -> None:
    """Refuse settings by which mail would lead people nowhere."""
    url = app.config["SMTP_URL"]
    if not url:
        return
    if not str(url).startswith(("smtp://", "smtps://")):
        raise RuntimeError("SMTP_URL begins with smtp:// or smtps://.")
    if not app.config["SITE_URL"]:
        raise RuntimeError("Mail is to be sent (SMTP_URL), so say in SITE_URL where its links lead.")


def _kept_secret(folder: Path) -> str:
    """The secret of this installation, made once and readable by its owner only."""
    path = folder / "secret_key"
    if not path.exists():
        # Written whole before it has its name: a process that starts beside this one never reads half of it.
        descriptor, made = tempfile.mkstemp(dir=folder)  # readable by its owner only
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(made, path)
        os.unlink(made)
    path.chmod(0o600)
    return path.read_text()
