"""The facts of a change as the class of the record has them: the way back from JSON."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, DateTime, inspect
from sqlalchemy.orm import Mapper

from core.db import Base, Exact
from core.subjects import key_of

# The facts of a change: each before and after.
Facts = Mapping[str, tuple[Any, Any]]


def is_list(model: type[Base], name: str) -> bool:
    """Whether a fact is a list over a plain association table: [[key, name], …] in the history."""
    mapper: Mapper[Any] = inspect(model)
    return name in mapper.relationships


def as_fact(model: type[Base], name: str, plain: Any) -> Any:
    """A value of the history as the record has it: a day, a decimal; of a list the keys."""
    if is_list(model, name):
        return [key for key, _said in plain or ()]
    if plain is None:
        return None
    mapper: Mapper[Any] = inspect(model)
    kind = mapper.columns[name].type
    if isinstance(kind, Exact):
        return Decimal(plain)
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(plain)
    return date.fromisoformat(plain) if isinstance(kind, Date) else plain


def as_plain(model: type[Base], name: str, plain: Any) -> Any:
    """The same for a comparison: of a list the keys in an order of their own, all else as it is."""
    return sorted(str(key) for key, _said in plain or ()) if is_list(model, name) else plain


def plain_fact(value: Any) -> Any:
    """A fact as JSON has it, exact; of a list of records their keys and names."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [[key_of(one), str(one)] for one in value]
    return value
