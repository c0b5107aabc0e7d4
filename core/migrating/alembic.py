"""Flask-Migrate and Alembic, as they are used here."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from flask import Flask, current_app
from flask_migrate import Migrate
from sqlalchemy import Connection

from core.db import db


def register(app: Flask) -> None:
    """The commands `flask db …`, and what they ask the application for."""
    Migrate(app, db, render_as_batch=True)


def upgrade(connection: Connection) -> None:
    """Bring the database of this connection to the newest schema; a transaction that runs already goes on."""
    folder = Path(current_app.root_path, "migrations")
    config = Config(folder / "alembic.ini")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
