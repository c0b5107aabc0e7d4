"""Joinery: the application, read as a table of contents."""

from collections.abc import Mapping
from typing import Any

from core.garbage import look_once_for_many_answers, not_looked_for_in_what_is_loaded

with not_looked_for_in_what_is_loaded():
    from flask import Flask, request
    from flask.typing import ResponseReturnValue
    from flask_wtf import CSRFProtect

    import core.access
    import core.accounts
    import core.commands
    import core.errors
    import core.headers
    import core.history.long
    import core.jobs
    import core.kept_forms
    import core.log
    import core.many.storing
    import core.migrating
    import core.remembered
    import core.rights
    import core.settings
    import core.sheets.long
    import core.standby
    import core.subjects
    import core.views
    import core.words
    import hr.room
    import library.room
    from core.access import RecordId
    from core.db import db, will_write
    from core.forms import day_text, number_text
    from core.templates import Templates
    from core.writing import retrying

look_once_for_many_answers()

ROOMS = (hr.room.room, library.room.room)


class Joinery(Flask):
    """Flask, with a whole post as the unit that is tried again."""

    jinja_environment = Templates

    def log_exception(self, exc_info: Any) -> None:
        """Say where it happened, but for addresses that are themselves keys that open something."""
        self.logger.error("Exception on %s [%s]", core.log.path(), request.method, exc_info=exc_info)

    def dispatch_request(self) -> ResponseReturnValue:
        """Answer a request; a deed that the database could not take now is done again from its start."""
        if request.method == "POST":
            return retrying(super().dispatch_request)
        return core.standby.or_primary(super().dispatch_request)


def _will_write() -> bool:
    """Every post stores something, but for two that must not hold SQLite's only writer.

    The wish that a job stops must not wait for that job, and nobody has to wait while a file is read.
    """
    return request.method == "POST" and request.endpoint not in ("core.stop_job", "core.imports")


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application, ready to serve; `settings` override the environment (see `core/settings.py`)."""
    app = Joinery(__name__)
    core.settings.configure(app, settings)
    app.before_request(core.headers.refuse_other_names)
    core.log.init_app(app)
    # Ahead of everything that reads: a post takes SQLite's write lock with its first statement.
    app.before_request(lambda: will_write.set(_will_write()) and None)
    app.before_request(core.standby.primary_first)
    app.url_map.converters["record"] = RecordId
    db.init_app(app)
    core.migrating.init_app(app)
    core.kept_forms.init_app(app)
    CSRFProtect(app)
    core.accounts.init_app(app)
    core.access.init_app(app)
    core.rights.init_app(app)
    core.standby.init_app(app)
    core.headers.init_app(app)
    core.errors.init_app(app)
    core.remembered.init_app(app)
    core.commands.init_app(app, ROOMS)
    long_work = (core.sheets.long.JOBS, core.history.long.JOBS, core.many.storing.JOBS)
    core.jobs.init_app(app, [*long_work, *(room.jobs for room in ROOMS)])
    app.extensions["rooms"] = ROOMS
    core.subjects.init_app(app, {"": core.words.WORDS, **{room.name: room.words for room in ROOMS}})
    app.jinja_env.globals["rooms"] = ROOMS
    app.jinja_env.filters["day"] = day_text
    app.jinja_env.filters["number"] = number_text
    app.register_blueprint(core.views.bp)
    for room in ROOMS:
        app.register_blueprint(room.blueprint)
    return app
