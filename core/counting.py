"""Conditions on how many links a record has, or on a sum over them, and the ways to find whom they mean.

Nobody can say beforehand how many have so many links: nearly everybody has one, and few have three. So a list
looks for some first, without an order, and takes all of them where that is all (`core/listing.py`). They are
found by the links, which an index has one owner behind the other: it is read until there are enough. Of more,
the list is gone through in its order, and each record is asked for its second link, or whichever is meant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, not_, select
from sqlalchemy.orm import outerjoin

Conditions = Sequence[ColumnElement[bool]]


def between(
    owner: Any, links: Select[Any], amount: Any, least: Any = None, most: Any = None, none_is: Any = None
) -> ColumnElement[bool]:
    """The condition that `amount` over the links of an owner is at least `least` and at most `most`.

    `links` selects the key of the owner of each link that counts. `none_is` is the amount of an owner without
    any; None: such an owner is never meant. The links are grouped once, not counted row by row.
    """
    grouped = links.group_by(*links.selected_columns)
    bounds = [amount >= least] if least is not None else []
    bounds += [amount <= most] if most is not None else []
    none_fits = (
        none_is is not None and (least is None or none_is >= least) and (most is None or none_is <= most)
    )
    inside: ColumnElement[bool] = (
        owner.not_in(grouped.having(not_(and_(*bounds))))
        if none_fits
        else owner.in_(grouped.having(and_(*bounds)))
    )
    return inside


def how_often(said: str) -> tuple[int, int | None]:
    """From how many to how many a choice means: “0”, “1”, “1+” or “2+”."""
    return (int(said[:-1]), None) if said.endswith("+") else (int(said), int(said))


@dataclass(frozen=True)
class HowMany:
    """That a record has from `least` to `most` links, of those that count.

    `links` selects the key of the owner of each link that counts, and `owner` is that key of the record.
    """

    owner: Any
    links: Select[Any]
    least: int = 0
    most: int | None = None

    @classmethod
    def asked(cls, owner: Any, links: Select[Any], filters: Mapping[str, Any], name: str) -> "HowMany":
        """What the filter `name` says, a choice such as “2+”, and the filter `exactly`, a number."""
        said = [how_often(filters[name])] if name in filters else []
        said += [(filters["exactly"], filters["exactly"])] if "exactly" in filters else []
        most = [most for _least, most in said if most is not None]
        return cls(owner, links, max((least for least, _most in said), default=0), min(most, default=None))

    def of_each(self) -> Conditions:
        """Conditions that are asked of each record: that it has its least link, and none too many."""
        (key,) = self.links.selected_columns
        mine = self.links.where(key == self.owner).correlate(self.owner.table).limit(1)
        least = [mine.offset(self.least - 1).exists()] if self.least else []
        return least if self.most is None else [*least, ~mine.offset(self.most).exists()]

    def found(self, record: type[Any], conditions: Conditions, *leading: ColumnElement[bool]) -> Select[Any]:
        """The records that meet the conditions and have so many, for who wants some of them in no order.

        They are found by what leads to few, if that is known, else by their links. An outer join must begin
        with these, and SQLite then reads them no further than it has to.
        """
        if leading or not self.least:
            return select(record).where(*conditions, *self.of_each(), *leading)
        (key,) = self.links.selected_columns
        most = [] if self.most is None else [func.count() <= self.most]
        counted = self.links.group_by(key).having(and_(func.count() >= self.least, *most)).subquery()
        met = and_(self.owner == counted.c[0], *conditions)
        nothing = self.owner.type.python_type()
        is_there = func.coalesce(self.owner, nothing) != nothing
        return select(record).select_from(outerjoin(counted, record, met)).where(is_there)


def rows_to(wanted: Select[Any], most: int | None, is_plain: bool) -> Select[Any]:
    """How many rows a select has; counting stops just above `most`, and looks at no column."""
    each: Select[Any] = wanted.with_only_columns(literal_column("1"), maintain_column_froms=True).order_by(
        None
    )
    few = each if most is None else each.limit(most + 1)
    counted = select(func.count()).select_from(few.subquery())
    if most is None or not is_plain:
        return counted
    # To go past so many rows takes a third of the time that it takes to count them.
    are_more = each.offset(most).limit(1).exists()
    return select(case((are_more, literal_column(str(most + 1))), else_=counted.scalar_subquery()))
