"""How records refer to others: by which relationship, and from which column to which one there."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import inspect
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.interfaces import MANYTOONE


class Join(NamedTuple):
    """A relationship to one other record, the column here that says which, and the column there."""

    name: str
    here: str
    there: str


@cache
def joins_of(model: Any) -> tuple[Join, ...]:
    """The joins of a class."""
    mapper: Mapper[Any] = inspect(model)
    return tuple(
        Join(one.key, mapper.get_property_by_column(here).key, one.mapper.get_property_by_column(there).key)
        for one in mapper.relationships
        if one.direction is MANYTOONE
        for here, there in one.local_remote_pairs
        if here is not None and there is not None
    )
