"""A list of records as a file, with the rows and the columns that its page shows."""

from flask import Response, abort, request

from core.db import today
from core.listing import Listing
from core.sheets.export import Export, download


def taken_away(listing: Listing, *more: Export) -> Response | None:
    """The file that `?download=…` asks for: the whole list as it is shown, or `more`; None for the page.

    The page offers the same in its head.
    """
    shown = (as_export(listing),) if listing.table else ()
    listing.exports = (*more, *shown)
    if "download" not in request.args:
        return None
    if listing.problems:
        abort(400, f"{listing.problems[0]} So it is not clear what the file should hold.")
    return download(listing.exports)


def as_export(listing: Listing) -> Export:
    """The whole list in its order, with the columns that are shown."""
    table, day, columns = listing.shown_table, listing.day or today(), listing.columns
    return Export(
        f"{table.name}-as-shown",
        "This list as it is shown",
        "For reading: one line per row, with the columns that are chosen.",
        lambda: listing.whole,
        columns,
        lambda batch: table.lines(batch, day, columns),
        listing.day,
        loads_back=False,
    )
