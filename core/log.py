"""What the log says: one line per request as key=value, and the number by which a person's question is found.

Everything goes to standard error. A line of a request names no person but by the number of the account, and
no address beyond its path: what somebody searched for stands behind the question mark.
"""

import json
import logging
import re
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, TextIO, cast

import click
from flask import Flask, Response, current_app, g, has_request_context, request
from flask.logging import wsgi_errors_stream
from sqlalchemy import Engine, event, inspect

REQUESTS = logging.getLogger("joinery.requests")
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")
PLAIN = re.compile(r"[^\s\"=\\]+")
# Two lines per request would say the same twice, and the one of the development server has the question.
SERVERS_OWN_LINE = '"%s" %s %s'


def init_app(app: Flask) -> None:
    """Number every request and log it; registered first, so that its line is written last."""
    if _is_serving():
        write_to_standard_error()
    app.before_request(_begin)
    app.after_request(_end)
    app.jinja_env.globals["request_number"] = request_number


def _is_serving() -> bool:
    """A command speaks to a person at a terminal, in plain sentences."""
    context = click.get_current_context(silent=True)
    return context is None or context.info_name == "run"


def write_to_standard_error() -> None:
    """Write what is logged as lines of key=value, as servers do."""
    logging.getLogger().addHandler(HANDLER)
    REQUESTS.setLevel(logging.INFO)
    server = logging.getLogger("werkzeug")
    server.addFilter(_is_not_said_twice)
    server.propagate = False  # what it says at its start is for the person at the terminal


def _is_not_said_twice(record: logging.LogRecord) -> bool:
    return SERVERS_OWN_LINE not in str(record.msg)


# --- the number of a request -----------------------------------------------------------------------


@dataclass
class Tally:
    """What is known of a request while it runs."""

    number: str
    began: float = field(default_factory=time.perf_counter)
    statements: int = 0


def _begin() -> None:
    g.tally = Tally(_number_of_the_proxy() or f"{secrets.randbelow(10**12):012}")


def _number_of_the_proxy() -> str | None:
    """The number that a trusted proxy gave, so that its log and ours say the same."""
    if not current_app.config["TRUSTED_PROXIES"]:
        return None
    given = request.headers.get("X-Request-ID", "")
    return given if WELL_FORMED.fullmatch(given) else None


def request_number() -> str:
    """The number of the request that is being answered."""
    tally: Tally | None = g.get("tally") if has_request_context() else None
    return tally.number if tally else ""


@event.listens_for(Engine, "before_cursor_execute")
def _count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    if has_request_context() and "tally" in g and not statement.startswith("BEGIN"):
        g.tally.statements += 1


# --- the line of a request -------------------------------------------------------------------------


def _end(response: Response) -> Response:
    if request.endpoint == "static" or "tally" not in g:
        return response
    response.headers["X-Request-ID"] = g.tally.number
    write = partial(_log, g.tally, _facts(response))
    if response.is_streamed:
        response.call_on_close(write)
    else:
        write()
    return response


def _facts(response: Response) -> dict[str, Any]:
    return {
        "request": g.tally.number,
        "method": request.method,
        "path": path(),
        "status": response.status_code,
        "user": _user_id(),
    }


def path() -> str:
    """The path of this request, unless it is itself a key that opens something."""
    rule = request.url_rule
    return rule.rule if rule and "token" in rule.arguments else request.path


def _user_id() -> Any:
    """Who is signed in, where the page asked for it; nothing is read for the log's sake."""
    state = inspect(g.get("_login_user"), raiseerr=False)
    return state.identity[0] if state is not None and state.identity else None


def _log(tally: Tally, facts: dict[str, Any]) -> None:
    spent = round(1000 * (time.perf_counter() - tally.began))
    REQUESTS.info("request", extra={"facts": {**facts, "ms": spent, "statements": tally.statements}})


# --- how a line is written -------------------------------------------------------------------------


def key_value(facts: dict[str, Any]) -> str:
    """One line of key=value; what has blanks or signs in it is quoted, what is not known is left out."""
    return " ".join(f"{name}={_value(value)}" for name, value in facts.items() if value is not None)


def _value(value: Any) -> str:
    said = str(value)
    return said if PLAIN.fullmatch(said) and said.isprintable() else json.dumps(said)


class Line(logging.Formatter):
    """A record as one line of key=value; a traceback follows it."""

    def format(self, record: logging.LogRecord) -> str:
        made = datetime.fromtimestamp(record.created, UTC)
        facts = {"time": f"{made:%Y-%m-%dT%H:%M:%S}.{made.microsecond // 1000:03}Z"}
        facts["level"] = record.levelname.lower()
        told = getattr(record, "facts", None)
        if told is None:
            number = request_number() or None
            told = {"request": number, "logger": record.name, "message": record.getMessage()}
        line = key_value({**facts, **told})
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


# A proxy of the stream in use: that of the server while it answers, else the process's own.
HANDLER = logging.StreamHandler(cast(TextIO, wsgi_errors_stream))
HANDLER.setFormatter(Line())
