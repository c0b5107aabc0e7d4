"""A worker is started when a job is asked for, and again when a page finds that one needs a worker.

It is a process of its own in a session of its own, so that it goes on when the server is restarted, and does
not slow down its pages. Settings and secrets go to it in its environment; a command line can be read by all.
"""

import os
import subprocess  # nosec B404: our own program, and nothing of it comes from a request
import sys
from typing import Any, cast

from flask import Flask, current_app, request

from core.db import db
from core.jobs.worker import left_over, work_off
from core.orders import missing

# Asked for also where the schema is not there yet.
BEFORE_THE_DATABASE = {None, "static", "core.healthz"}
# What the server was told, by the names under which `core/settings.py` reads it.
TOLD = {"DATABASE_URL": "SQLALCHEMY_DATABASE_URI", "SECRET_KEY": "SECRET_KEY", "TIMEZONE": "TIMEZONE"}


def begin() -> None:
    """See that somebody works where there is a job. Asked after the transaction that asks for one."""
    if current_app.config["JOBS"] == "never" or not needs_a_worker():
        return
    if current_app.config["JOBS"] == "inline":
        work_off()
    else:
        _start(cast(Any, current_app)._get_current_object())


def begin_after_a_restart() -> None:
    """With the first page that a process serves: go on with what a server before it left unfinished."""
    if current_app.extensions.get("looked_for_jobs") or request.endpoint in BEFORE_THE_DATABASE:
        return
    current_app.extensions["looked_for_jobs"] = True
    begin()


def needs_a_worker() -> bool:
    """Whether a job waits or has lost its worker, and nobody is at work; or one was killed at its end."""
    return bool(left_over(db.session()) or missing(db.session.connection()))


def _start(app: Flask) -> None:
    """Start one, unless the one that was started last has not come so far yet as to claim a job.

    Several processes of a server may each start one; the first that comes takes the job, and the others go.
    """
    last: subprocess.Popen[bytes] | None = app.extensions.get("worker")
    if last is not None and last.poll() is None:
        return
    given = {name: str(app.config[key]) for name, key in TOLD.items() if app.config.get(key)}
    app.extensions["worker"] = subprocess.Popen(  # nosec B603
        [sys.executable, "-m", "flask", "--app", "app", "work"],
        cwd=app.root_path,
        env={**os.environ, **given},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
