"""Whether all is well, asked by machines every few seconds: without sign-in, session or cookie."""

from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from core import schema
from core.db import db
from core.views.blueprint import bp


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """“ok” if the database answers and has the schema that this code needs, else what is the matter."""
    fault = _fault()
    kind = {"Content-Type": "text/plain; charset=utf-8"}
    return f"{fault or 'ok'}\n", 503 if fault else 200, kind


def _fault() -> str | None:
    """What is the matter, in words that may be read by everybody: no host, no account, no statement."""
    try:
        with db.engine.connect() as connection:
            revision = schema.revision_of(connection)
    except SQLAlchemyError:
        return "the database does not answer"
    if revision is None:
        return "the database is not prepared: flask db upgrade"
    if revision not in schema.known_revisions():
        return f"the database is newer than the application: schema {revision}"
    if revision != schema.head():
        return f"the database is older than the application: flask db upgrade, from {revision}"
    return None
