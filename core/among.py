"""One of many keys, bound as one value: the statement is the same for one key and for a hundred.

`column.in_(keys)` has a place for each key: a statement of another text for each number of them, which is put
together anew each time.
"""

import json
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Dialect, String, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class Keys(TypeDecorator[Any]):
    """A list of keys: an array on PostgreSQL, JSON on SQLite."""

    impl = String
    cache_ok = True

    def __init__(self, kind: TypeEngine[Any]) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """As the database takes them."""
        wanted = ARRAY(self.kind) if dialect.name == "postgresql" else String()
        return dialect.type_descriptor(wanted)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The keys, in whatever they come."""
        return list(value) if dialect.name == "postgresql" else json.dumps(list(value))


class _Each(FunctionElement[Any]):
    """The rows that a list of keys is."""

    inherit_cache = True


@compiles(_Each, "sqlite")
def _of_json(element: _Each, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **kwargs)}))"


@compiles(_Each, "postgresql")
def _of_array(element: _Each, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"(SELECT unnest({compiler.process(element.clauses, **kwargs)}))"


def among(column: Any, name: str = "keys") -> ColumnElement[bool]:
    """The condition that a column is one of the keys that are given by this name."""
    condition: ColumnElement[bool] = column.bool_op("IN")(_Each(bindparam(name, type_=Keys(column.type))))
    return condition
