"""What should be looked at in the library: each a number, and the list behind it."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from core.remembered import remembered
from core.rooms import Attention
from core.search import counts_of
from library import queries
from library.royalties import USUAL

FAR = f"below {USUAL[0]} % or above {USUAL[1]} %"

# The filters of the list, and what is said of one book and of several.
LINES: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"authors": "0"}, "book has no author", "books have no author"),
    ({"royalties": "none"}, "book has no percentage for anybody", "books have no percentage for anybody"),
    ({"royalties": "far"}, f"book has royalties {FAR}", f"books have royalties {FAR}"),
)


def attention() -> Sequence[Attention]:
    """Books without an author, any percentage, or a usual sum of them; authors who may be there twice."""
    return remembered("library", _attention)


def _attention() -> Sequence[Attention]:
    counts = counts_of(*(queries.books(filters, "")[0] for filters, _one, _several in LINES))
    found = [
        Attention(count, one, several, url_for("library.books", **filters))
        for count, (filters, one, several) in zip(counts, LINES, strict=True)
        if count
    ]
    return [*found, *_suspected()]


def _suspected() -> Sequence[Attention]:
    count = queries.suspected_authors()
    one, several = "pair of authors may be one person", "pairs of authors may be one person each"
    return [Attention(count, one, several, url_for("library.duplicates"))] if count else []
