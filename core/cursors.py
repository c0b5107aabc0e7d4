"""Where in a list a page begins: the sort values of a row, written into the address."""

import base64
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

# What the address of a list says of where in it one is, and how far it was counted.
WHERE_ONE_IS = ("after", "before", "last", "at", "count")
# What it says of how the list is shown, and not of what is in it: its order, and its columns too.
IN_AN_ORDER = ("sort", *WHERE_ONE_IS)
HOW_SHOWN = (*IN_AN_ORDER, "columns")


def mark_of(values: tuple[Any, ...]) -> str:
    """These sort values, as an address has them."""
    plain = [{"day": one.isoformat()} if isinstance(one, date) else one for one in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def cursor(mark: str | None, keys: Sequence[Any]) -> tuple[Any, ...] | None:
    """The sort values in a cursor, one for each key; a damaged one leads to the first page."""
    if not mark:
        return None
    try:
        plain = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
        values = tuple(date.fromisoformat(one["day"]) if isinstance(one, dict) else one for one in plain)
        fits = all(_fits(value, key.type.python_type) for value, key in zip(values, keys, strict=True))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return values if fits else None


def _fits(value: Any, kind: type) -> bool:
    """Whether a database can compare this value with a key of that kind; ValueError for half a character."""
    if isinstance(value, str) and b"\0" in value.encode():
        return False
    return type(value) is kind and not (isinstance(value, int) and abs(value) >= 2**63)
