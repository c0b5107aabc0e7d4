"""Joinery as it is served, and beside each answer how many statements it took. Only measurements start it."""

from contextvars import ContextVar
from typing import Any

from flask import Flask, Response
from sqlalchemy import Engine, event

from app import create_app

COUNT: ContextVar[list[int]] = ContextVar("how many statements this request has sent so far")


def counted() -> Flask:
    """The application, whose answers say in X-Statements what they asked of the database."""
    app = create_app()

    def begin() -> None:
        COUNT.set([0])

    # Ahead of the sign-in library, which asks first who it is.
    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request(_tell)
    event.listen(Engine, "before_cursor_execute", _note)
    return app


def _note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    count = COUNT.get(None)
    # The beginning of a transaction is seen here on SQLite only: PostgreSQL's driver sends it by itself.
    if count is not None and not statement.startswith("BEGIN"):
        count[0] += 1


def _tell(response: Response) -> Response:
    response.headers["X-Statements"] = str(COUNT.get([0])[0])
    return response
