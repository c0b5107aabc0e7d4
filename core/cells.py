"""What stands in the cells of a list, as markup: records that lead to their pages, and words beside them.

A list has hundreds of cells, and most of the time that its page takes is theirs. So an address is asked for
once per kind of record, and not once per record, and a cell is a plain function instead of a macro.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from flask import url_for
from markupsafe import Markup, escape

# Stands where the key of a record belongs while an address is asked for: a key that every page can have.
PLACE = "2147483647"
# What werkzeug leaves as it is in a part of a path.
SAFE = "!$&'()*+,:;=@"


class Ways:
    """Leads to the records on a page: `ways("room.page", "key", "1007", "Ann Lee")`."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, str]] = {}

    def __call__(self, endpoint: str, argument: str, key: object, text: str, titled: bool = False) -> Markup:
        """Words that lead to a record; `argument` is what its page calls the key.

        `titled` ones are told whole where they are cut off.
        """
        known = self._known.get(endpoint)
        if known is None:
            to_place: dict[str, Any] = {argument: PLACE}
            before, _place, after = url_for(endpoint, **to_place).partition(PLACE)
            known = self._known[endpoint] = (before, after)
        url = escape(f"{known[0]}{quote(str(key), safe=SAFE)}{known[1]}")
        words = escape(text)
        title = ('" title="', words) if titled else ()
        return whole('<a href="', url, *title, '">', words, "</a>")


def aside(text: str) -> Markup:
    """Words of less weight."""
    return whole("<small>", escape(text), "</small>")


def joined(parts: Iterable[Markup | str], between: str = " ") -> Markup:
    """Parts of a cell one after the other, without the empty ones; `between` has no signs of markup."""
    return Markup(between.join(escape(part) for part in parts if part))  # nosec B704: each is escaped


def whole(*parts: str) -> Markup:
    """Markup from parts that are markup already. Joined as text: that is several times faster than `%`."""
    return Markup("".join(parts))  # nosec B704: its callers escape what is not theirs
