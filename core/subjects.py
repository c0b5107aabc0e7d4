"""How notes and the history name the record that they are about: its kind and its key, as “kind:key”.

The name outlives the record, and a new key: a record that was renumbered, or that another one was merged
into, is found under its former keys too (`former_keys`), so nothing that was written has to be changed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from flask import Flask, current_app
from sqlalchemy import inspect
from sqlalchemy.orm import Mapper

from core.db import Base, code_key


class Kind(NamedTuple):
    """A kind of records that people know: its room ("" is the house), its class, and the words for it.

    `facts` are the columns, and the lists over a plain association table, that the history keeps.
    """

    room: str
    model: type[Base]
    words: Any
    facts: tuple[str, ...]


def init_app(app: Flask, words: Mapping[str, Mapping[type, Any]]) -> None:
    """Know every kind of records, by its table; `words` are the `RecordWords` of each room."""
    app.extensions["kinds"] = {
        cast(Any, model).__tablename__: Kind(room, model, spoken, _facts(model, spoken))
        for room, models in words.items()
        for model, spoken in models.items()
    }


def _facts(model: type, words: Any) -> tuple[str, ...]:
    mapper: Mapper[Any] = inspect(model)
    keys = [mapper.get_property_by_column(one).key for one in mapper.primary_key]
    return tuple(dict.fromkeys([*keys, *words.belongs_to, *words.labels, *words.silent]))


def kinds() -> Mapping[str, Kind]:
    """Every kind of records, by its table."""
    return cast(Mapping[str, Kind], current_app.extensions["kinds"])


def subject(model: type[Base], key: Any) -> str:
    """What a record of this kind and key is called; keys that differ only in case are one."""
    return f"{model.__tablename__}:{code_key(str(key))}"


def key_of(record: Any) -> str:
    """The key of a stored record as one text: “17”, or “12-34” for a link."""
    return key_text(inspect(record).identity or ())


def key_text(key: Sequence[Any]) -> str:
    """A primary key as one text."""
    return "-".join(map(str, key))


def subject_of(record: Any) -> str:
    """What a stored record is called."""
    return subject(type(record), key_of(record))


def subjects_of(record: Any) -> list[str]:
    """Everything that a stored record is and was called."""
    former: Sequence[str] = getattr(record, "former_keys", ())
    return [subject_of(record), *(subject(type(record), key) for key in former)]
