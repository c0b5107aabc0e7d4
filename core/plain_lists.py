"""Lists of which nothing is asked: what most people see most of the time, put together once.

To put a statement together, and to find out that it was compiled before, takes several times as long as to
look it up.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache, wraps
from typing import Any

from sqlalchemy import Select

from core.sorts import Sort

# So many are remembered of each list: they differ by the day that the list is about.
REMEMBERED = 16
Query = Callable[..., tuple[Select[Any], Mapping[str, Sort]]]


class Plain(dict[str, Sort]):
    """How a list can be sorted of which nothing is asked, with its select and what was made of that."""

    def __init__(self, wanted: Select[Any], sorts: Mapping[str, Sort]) -> None:
        super().__init__(sorts)
        self.wanted = wanted
        # A few for each sort; they live as long as this.
        self.made: dict[Hashable, Select[Any]] = {}


def plain_once(query: Query) -> Query:
    """A list that is put together once where nothing is asked of it, and so are its statements.

    `query(filters, q, …)` then depends on what comes behind `q` only: not on who asks, and not on the data.
    """

    @lru_cache(REMEMBERED)
    def plain(*rest: Any) -> tuple[Select[Any], Plain]:
        wanted, sorts = query({}, "", *rest)
        return wanted, Plain(wanted, sorts)

    @wraps(query)
    def list_of(filters: Mapping[str, Any], q: str, *rest: Any) -> tuple[Select[Any], Mapping[str, Sort]]:
        return query(filters, q, *rest) if filters or q else plain(*rest)

    return list_of
