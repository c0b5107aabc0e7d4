"""What stands on the page of every record beside its own facts."""

from typing import Any

from core.history import reading
from core.history.readers import reader
from core.notes import notes_about


def beside(record: Any) -> dict[str, Any]:
    """The notes about a record and its latest history, as its page gives them to the template."""
    return {"notes": notes_about(record), "history": reading.about(record, reader())}
