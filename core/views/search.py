"""Search over everything: a page of what was found, and suggestions as one types."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from core.access import asked
from core.db import folded
from core.rights import open_rooms
from core.rooms import Found
from core.templates import fragment
from core.views.blueprint import bp


@bp.get("/search")
def search() -> ResponseReturnValue:
    """What was found in every room, by kind; a whole number, code or ISBN leads straight to its record."""
    q = asked()
    groups = _found(q)
    exact = [hit for found in groups for hit in found.hits if hit.is_exact]
    if len(exact) == 1 and "all" not in request.args:
        return redirect(exact[0].url)
    return render_template("core/search.html", q=q, groups=groups)


@bp.get("/find/everything")
def find_everything() -> ResponseReturnValue:
    """The first lines of what was found, for the list under the search field."""
    q = asked()
    return fragment("core/search_lines.html", q=q, groups=_found(q))


def _found(q: str) -> list[Found]:
    """What the open rooms find, kind by kind; where a whole key was typed, that kind comes first."""
    if not folded(q):
        return []
    groups = [found for room in open_rooms() if room.search for found in room.search(q) if found.hits]
    return sorted(groups, key=lambda found: not any(hit.is_exact for hit in found.hits))
