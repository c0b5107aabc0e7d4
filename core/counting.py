"""Conditions on how many links a record has, or on a sum over them: grouped once, not counted row by row."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, not_


def between(
    owner: Any, links: Select[Any], amount: Any, least: Any = None, most: Any = None, none_is: Any = None
) -> ColumnElement[bool]:
    """The condition that `amount` over the links of an owner is at least `least` and at most `most`.

    `links` selects the key of the owner of each link that counts. `none_is` is the amount of an owner without
    any; None: such an owner is never meant.
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
