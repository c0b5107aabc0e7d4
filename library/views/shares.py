"""Shares: the list of all links between authors and books."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import tuple_

from core.access import asked
from core.filters import read_filters
from core.listing import Listing
from core.selection import Selection
from core.sheets.listed import taken_away
from library import queries
from library.columns import SHARES
from library.forms import SharesFilter
from library.models import AuthorBook
from library.sheets import exports
from library.views.blueprint import bp
from library.views.chosen import chosen_shares

# What can be done with the chosen ones: what the button says, and the page it leads to.
ACTIONS = (("Change…", "library.change_shares"),)


@bp.get("/shares")
def shares() -> ResponseReturnValue:
    """The list of shares: who made which book, in which role, at what royalty."""
    filters = read_filters(SharesFilter)
    wanted, sorts = queries.shares(filters.asked_for, asked())
    selection = Selection.of(request.args)
    if selection.keys:
        pair = tuple_(AuthorBook.book_id, AuthorBook.author_id)
        wanted = wanted.where(pair.in_(chosen_shares(selection)))
    listing = Listing(wanted, sorts, "book", filters, table=SHARES)
    file = taken_away(listing, *exports.of_shares(listing, ""))
    return file or render_template("library/shares.html", listing=listing, deeds=ACTIONS)
