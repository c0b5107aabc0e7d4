"""What stands in the cells of a list, as markup: records that lead to their pages, and words beside them.

A list has hundreds of cells, and most of the time that its page takes is theirs. So an address is asked for
once per kind of record, and not once per record, a cell is a plain function instead of a macro, and the texts
of a column are escaped at once.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from markupsafe import Markup, escape

from core.once import way_to

# Stands where the key of a record belongs while an address is asked for: a key that every page can have.
PLACE = "2147483647"
# What werkzeug leaves as it is in a part of a path.
SAFE = "!$&'()*+,:;=@"
# Stands between texts that are escaped at once: no text that people write has it.
BETWEEN = "\x00"


class Ways:
    """Leads to the records on a page: `ways("room.page", "key", "1007", "Ann Lee")`."""

    def __init__(self) -> None:
        self._addresses: dict[str, tuple[str, str]] = {}
        # What stands in many rows, such as the same nine records of the other side.
        self._known: dict[tuple[str, object, str], Markup] = {}

    def __call__(self, endpoint: str, argument: str, key: object, text: str) -> Markup:
        """Words that lead to a record; `argument` is what its page calls the key."""
        known = self._known.get((endpoint, key, text))
        if known is None:
            before, after = self._address(endpoint, argument)
            words = escape(text)
            known = whole('<a href="', before, _in_path(key), after, '">', words, "</a>")
            self._known[endpoint, key, text] = known
        return known

    def all(
        self, endpoint: str, argument: str, keys: Sequence[object], texts: Sequence[str], titled: bool = False
    ) -> list[str]:
        """The same for many records at once, as text that is markup: a column of names, few of them twice.

        `titled` ones are told whole where they are cut off.
        """
        before, after = self._address(endpoint, argument)
        parts = zip(_all_in_path(keys), all_escaped(texts), strict=True)
        if titled:
            return [f'<a href="{before}{key}{after}" title="{text}">{text}</a>' for key, text in parts]
        return [f'<a href="{before}{key}{after}">{text}</a>' for key, text in parts]

    def _address(self, endpoint: str, argument: str) -> tuple[str, str]:
        """What stands before and behind the key in the addresses of these pages, escaped."""
        known = self._addresses.get(endpoint)
        if known is None:
            before, _place, after = way_to(endpoint, argument, PLACE).partition(PLACE)
            known = self._addresses[endpoint] = (escape(before), escape(after))
        return known


def _in_path(key: object) -> str:
    """A key as it stands in a path."""
    return escape(quote(str(key), safe=SAFE))


def _all_in_path(keys: Iterable[object]) -> list[str]:
    """Keys as they stand in a path; most have nothing that would have to be written otherwise."""
    texts = list(map(str, keys))
    together = "".join(texts)
    return texts if together.isascii() and together.isalnum() else list(map(_in_path, texts))


def aside(text: str) -> Markup:
    """Words of less weight."""
    return whole("<small>", escape(text), "</small>")


def joined(parts: Iterable[Markup | str], between: str = " ") -> Markup:
    """Parts of a cell one after the other, without the empty ones; `between` has no signs of markup."""
    return whole(between.join(all_as_markup([part for part in parts if part])))


def all_as_markup(parts: Iterable[Markup | str]) -> list[str]:
    """Markup as it is, and words escaped."""
    return [part if isinstance(part, Markup) else escape(part) for part in parts]


def all_escaped(texts: Sequence[str]) -> list[str]:
    """Each of these texts escaped, by one call for all of them."""
    parts = str.split(escape(BETWEEN.join(texts)), BETWEEN)
    return parts if len(parts) == len(texts) else [escape(text) for text in texts]


def whole(*parts: str) -> Markup:
    """Markup from parts that are markup already; its callers escape what is not theirs.

    Joined as text, that is several times faster than `%`, and made without asking what the text is.
    """
    return str.__new__(Markup, "".join(parts))
