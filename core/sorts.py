"""How lists are sorted, and conditions for what is typed to find a row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column

from core.db import folded
from core.search import has_part

# Sorts behind every other sign.
LAST_SIGN = "\U0010ffff"


@dataclass(frozen=True)
class Sort:
    """One way to sort a list.

    `keys` are SQL expressions that are never NULL and end in the primary key; `values(row)` are the same
    for a fetched row; `label(row)` is what “from … to …” says. `said` is how the sentence above the list
    ends, in this order and the other way round.
    """

    keys: tuple[Any, ...]
    values: Callable[[Any], tuple[Any, ...]]
    label: Callable[[Any], str]
    said: tuple[str, str] = ("", "")
    # How the rows are found in this order, where that is not left to the database (`core/windows.py`).
    select: Select[Any] | None = None

    @cached_property
    def is_by_text(self) -> bool:
        """Whether the first key is a text, so that people can go to a beginning, such as “Mu”."""
        return bool(self.keys[0].type.python_type is str)

    def place_of(self, beginning: str, descending: bool) -> str:
        """What somebody has typed, as the first key has it; downwards, whatever begins so comes first."""
        place = folded(beginning) if str(self.keys[0].key).endswith("_key") else beginning
        return place + LAST_SIGN * descending


def or_else(column: Any, instead: date | int) -> ColumnElement[Any]:
    """A column to sort by, with `instead` where there is nothing; it sorts behind all that there can be.

    It is written out and not bound, since an index has it so, and is known by its text.
    """
    written = str(instead) if isinstance(instead, int) else f"'{instead}'"
    return func.coalesce(column, literal_column(written, column.type))


def words_in(q: str, *columns: Any) -> list[ColumnElement[bool]]:
    """Conditions that each word of `q` (folded) is somewhere in one of the key columns, in any order."""
    conditions = []
    for word in q.split():
        each = [has_part(column, word) for column in columns]
        condition = each[0]
        for other in each[1:]:
            condition = condition | other
        conditions.append(condition)
    return conditions
