"""Long work in the tests: done where a test says so, as the process beside the server does it."""

from contextvars import Context
from typing import Any, cast

from flask import current_app

from core import jobs
from core.db import db


def work() -> int:
    """Do all that waits; how much it was."""
    app = cast(Any, current_app)._get_current_object()

    def beside() -> int:
        with app.app_context():
            return jobs.work_off()

    db.session.rollback()
    count: int = Context().run(beside)
    db.session.rollback()
    return count
