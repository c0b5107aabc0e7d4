"""What the history costs: the whole POST of one edit of one link, with the history and without it, in turns.

    python -m bench.history [--posts 400] [--database postgresql://…/an_empty_database]

The two are measured in the same run, one after the other each time, so that whatever else the machine does
hits both. The figure to read is the ratio.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

import click
import flask_migrate
from flask.testing import FlaskClient

import core.history.recording
from app import ROOMS, create_app
from bench.forms import fields_of
from core import accounts
from core.db import db
from core.rights import ADMINISTRATOR
from core.writing import Work, writing

PASSWORD = "a joint holds without a nail"  # nosec: of an account that lives as long as this command
PAGE = "/hr/employees/1001"
# The first edits fill caches.
WARM_UP = 20


@click.command()
@click.option("--posts", default=400, help="How many edits of each kind.")
@click.option("--database", default="", help="The URL of an empty database; else a SQLite file.")
def main(posts: int, database: str) -> None:
    """Edit one stay again and again, and say what the history adds."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"SQLALCHEMY_DATABASE_URI": database or f"sqlite:///{folder}/bench.db", "JOBS": "never"}
        app = create_app(settings)
        with app.app_context():
            flask_migrate.upgrade("migrations")
            with writing():
                accounts.create_account(
                    "bench@example.org", "Bench", accounts.hashed(PASSWORD), [ADMINISTRATOR]
                )
            for room in ROOMS:
                if room.demo is not None:
                    room.demo()
            db.session.remove()
        client = app.test_client()
        _sign_in(client)
        spent: dict[str, list[float]] = {"with": [], "without": []}
        for number in range(posts + WARM_UP):
            for kind, how in (("with", _as_it_is), ("without", _without_history)):
                seconds = _edit(client, number, how)
                if number >= WARM_UP:
                    spent[kind].append(seconds)
        with app.app_context():
            db.engine.dispose()
    for kind, seconds in spent.items():
        click.echo(f"{kind:>8} history: median {statistics.median(seconds) * 1000:.2f} ms of {len(seconds)}")
    ratio = statistics.median(spent["with"]) / statistics.median(spent["without"])
    click.echo(f"   ratio: {ratio:.3f}")


def _sign_in(client: FlaskClient) -> None:
    form = fields_of(client.get("/sign-in").get_data(as_text=True))
    answer = client.post("/sign-in", data={**form, "email": "bench@example.org", "password": PASSWORD})
    if answer.status_code != 303:
        raise click.ClickException("Cannot sign in.")


def _edit(client: FlaskClient, number: int, how: Callable[[], Iterator[None]]) -> float:
    """Seconds of the POST that changes the remark of one stay."""
    form = fields_of(client.get(PAGE).get_data(as_text=True))
    form["department_rows-0-extra_data"] = f"edit {number} {how.__name__}"
    with contextmanager(how)():
        began = time.perf_counter()
        answer = client.post(PAGE, data=form)
        spent = time.perf_counter() - began
    if answer.status_code != 303:
        raise click.ClickException(f"Not stored: {answer.status}")
    return spent


def _as_it_is() -> Iterator[None]:
    yield


def _without_history() -> Iterator[None]:
    """Store the change set, as it was before there was a history, and nothing of what it changed."""

    def only_the_change_set(work: Work) -> None:
        work.session.add(work.change_set)

    with mock.patch.object(core.history.recording, "record", only_the_change_set):
        yield


if __name__ == "__main__":
    main()
