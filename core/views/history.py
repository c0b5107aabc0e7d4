"""The history: every save, and what one of them changed."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.access import asked
from core.filters import read_filters
from core.forms import moment_text
from core.history import reading
from core.history.asking import HistoryFilter, saves
from core.history.readers import reader
from core.listing import COUNT_TO, Listing
from core.models import Change, ChangeSet
from core.rights import may_take_back
from core.sorts import Sort
from core.views.blueprint import bp

NEWEST = {
    "when": Sort(
        (ChangeSet.id,),
        lambda one: (one.id,),
        lambda one: moment_text(one.made_at),
        ("the oldest first", "the newest first"),
    )
}
IN_ORDER = {
    "number": Sort((Change.number,), lambda one: (one.number,), lambda one: f"{one.number:,}"),
}


@bp.get("/history")
def history() -> ResponseReturnValue:
    """Every save that changed something: who, when, what and why; as a list that can be searched."""
    filters = read_filters(HistoryFilter)
    wanted = saves(filters.asked_for, asked(), reader())
    listing = Listing(wanted, NEWEST, "-when", filters)
    undone = reading.undone_by([one.id for one in listing.rows])
    return render_template("core/history.html", listing=listing, undone=undone)


@bp.get("/history/<record:id>")
def change_set(id: int) -> ResponseReturnValue:
    """One save: who, when, why, and each fact that it changed."""
    found = reading.save(id, reader()) or abort(404)
    changes = select(Change).where(Change.change_set_id == id)
    undone = reading.undone_by([id]).get(id)
    listing = Listing(changes, IN_ORDER, "number", total=found.count)
    return render_template(
        "core/change_set.html",
        change_set=found,
        listing=listing,
        changes=reading.changes_told(listing.rows),
        # Of hundreds of thousands it is not worth the wait.
        counts=reading.counts_by_what(id) if 0 < found.count <= COUNT_TO else {},
        undone=undone,
        may_undo=found.count and not undone and may_take_back(found),
        undoes=reading.save(found.undoes_id, reader()) if found.undoes_id else None,
    )
