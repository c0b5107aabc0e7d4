"""Which server a session reads from: the primary, or for pages that may be a moment old a standby."""

from contextvars import ContextVar
from typing import Any

from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine

# The name under which the engine of the standbys is known.
STANDBY = "standby"
# Said once it is known who asks and for what (`core/standby.py`); whatever is not a page never says it.
from_standby: ContextVar[bool] = ContextVar("from_standby", default=False)


class ReadingSession(Session):
    """The session of a request, which reads from a standby where that was said."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Any:
        """The engine for a statement; what is stored is always stored on the primary."""
        if bind is None and from_standby.get() and not self._flushing:
            return self._db.engines[STANDBY]
        found: Engine | Connection = super().get_bind(mapper=mapper, clause=clause, bind=bind, **kwargs)
        return found
