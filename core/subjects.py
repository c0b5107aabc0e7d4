"""How notes and the history name the record that they are about: its kind and its key, as “kind:key”.

The name outlives the record, and a new key: a record that was renumbered, or that another one was merged
into, is found under its former keys too (`former_keys`), so nothing that was written has to be changed.
"""

from typing import Any

from sqlalchemy import inspect

from core.db import Base, code_key


def subject(model: type[Base], key: Any) -> str:
    """What a record of this kind and key is called; keys that differ only in case are one."""
    return f"{model.__tablename__}:{code_key(str(key))}"


def subject_of(record: Any) -> str:
    """What a stored record is called."""
    return subject(type(record), "-".join(map(str, inspect(record).identity or ())))


def subjects_of(record: Any) -> list[str]:
    """Everything that a stored record is and was called."""
    former = (subject(type(record), key) for key in getattr(record, "former_keys", ()))
    return [subject_of(record), *former]
