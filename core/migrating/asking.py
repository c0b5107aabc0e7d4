"""Where migrations are asked for: by the command line, a restore, a move, a program of Flask-Migrate."""

from importlib import import_module
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import Connection
from werkzeug.local import LocalProxy

GROUP, EXTENSION = "db", "migrate"


class Commands(AppGroup):
    """The commands of an application, with `flask db …` among them."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app.name)
        self._app = app

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted({*super().list_commands(ctx), GROUP})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        if cmd_name == GROUP and GROUP not in self.commands:
            _registered(self._app)
        return super().get_command(ctx, cmd_name)


def init_app(app: Flask) -> None:
    """Stand in both places where Flask-Migrate would: its commands, and what it asks an application for."""
    app.cli = Commands(app)
    app.extensions[EXTENSION] = LocalProxy(lambda: _registered(app))


def _registered(app: Flask) -> Any:
    """Have Flask-Migrate itself in these two places."""
    _loaded().register(app)
    return app.extensions[EXTENSION]


def upgrade(connection: Connection) -> None:
    """Bring the database of this connection to the newest schema; a transaction that runs already goes on."""
    _loaded().upgrade(connection)


def _loaded() -> Any:
    # Not with the application: no page migrates, and a worker starts a tenth sooner without it.
    return import_module("core.migrating.alembic")
