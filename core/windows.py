"""A window of links in the order of their far sides, as fast for 100,000 links of one owner as for 20.

There are two ways to it. A few links are fetched and sorted. Of many, the far sides are gone through in their
order, by their index, until the window is full: links that are not few are met often enough. Which way is
better, no database can know of every filter: so it is said here, from a count that stops early. Where far
sides are looked for, and something leads to the few that are meant, the links are found by these.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, any_, func, inspect, select
from sqlalchemy.orm import contains_eager

from core.db import db
from core.filters import Filter
from core.links import WINDOW
from core.listing import COUNT_TO, Listing
from core.sorts import Sort

# So many are sorted as fast as a window of them is gathered.
FEW = 2_000
# A set that fits on one page is shown whole. Of a larger one a page has as many rows as a small set has: rows
# of inputs are what a page costs, and so the largest set opens as fast as a small one.
OF_MANY = 25
Conditions = Sequence[ColumnElement[bool]]


class Window(NamedTuple):
    """The links that a table is a window of: what a `Listing` is told of them."""

    select: Select[Any]
    sorts: Mapping[str, Sort]
    total: int
    # Counted only until just above `COUNT_TO`.
    is_counted: bool

    def listing(self, default_sort: str, form: Filter | None = None) -> Listing:
        """A page of them."""
        size = WINDOW if self.total <= WINDOW else OF_MANY
        return Listing(
            self.select,
            self.sorts,
            default_sort,
            form,
            size=size,
            total=self.total,
            is_counted=self.is_counted,
        )


def count_to(link: Any, far_side: Any, mine: Conditions, called: Conditions, leading: Conditions = ()) -> int:
    """How many links meet the conditions on them, and their far sides those on what they are called.

    Counting stops just above `COUNT_TO`. What is `leading` is met by all these far sides, and few others.
    """
    if leading:
        wanted = gone_through(link, far_side, mine, [*called, *leading])
    else:
        wanted = (select(link).join(far_side) if called else select(link)).where(*mine, *called)
    met = wanted.with_only_columns(*inspect(link).primary_key, maintain_column_froms=True)
    return db.session.scalar(select(func.count()).select_from(met.limit(COUNT_TO + 1).subquery())) or 0


def by_far_side(
    link: Any, far_side: Any, mine: Conditions, called: Conditions, count: int, leading: Conditions = ()
) -> Select[Any]:
    """The links that meet the conditions, each with its far side; `count` says which way they are found."""
    if count > FEW:
        wanted = gone_through(link, far_side, mine, called)
    elif leading:
        wanted = gone_through(link, far_side, mine, [*called, *leading])
    else:
        wanted = _sorted(link, far_side, mine, called)
    return wanted.options(contains_eager(far_side))


def gone_through(link: Any, far_side: Any, mine: Conditions, called: Conditions) -> Select[Any]:
    """The links by their far sides, which are gone through by an index: of their order, or of what they have.

    An outer join must begin with the far sides, whatever a planner thinks of the conditions.
    """
    met = and_(far_side.property.primaryjoin, *mine)
    is_there = func.coalesce(inspect(link).primary_key[0], 0) > 0
    far = far_side.property.mapper.class_
    return select(link).select_from(far).outerjoin(link, met).where(is_there, *called)


def _sorted(link: Any, far_side: Any, mine: Conditions, called: Conditions) -> Select[Any]:
    wanted = select(link).join(far_side).where(*mine, *called)
    if db.engine.dialect.name != "postgresql":
        return wanted
    # PostgreSQL would go through all far sides where it takes the few for many. It takes an array for short.
    # The array is of the links: asked of the far sides, it would keep each from being found by its key alone.
    ((near, _far),) = far_side.property.local_remote_pairs
    keys = wanted.with_only_columns(near, maintain_column_froms=True)
    return wanted.where(near == any_(func.array(keys.scalar_subquery())))
