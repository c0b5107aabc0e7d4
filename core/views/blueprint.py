"""Where the pages about the whole application are registered, and what the frame shows on every page."""

from collections.abc import Hashable
from typing import Any

from flask import Blueprint, request, url_for
from jinja2.runtime import Macro

from core.access import is_administrator
from core.forms import moment_text
from core.once import once
from core.rights import may_import, may_read, rooms
from core.rooms import Place
from core.search import count_text

bp = Blueprint("core", __name__)

# The navigation beside the rooms, and the menu of the person.
HOUSE = [Place("Import", "core.imports"), Place("History", "core.history")]
ADMINISTRATION = [Place("Accounts", "core.accounts")]
OWN = [Place("Your account", "core.account"), Place("Your long work", "core.jobs")]


@bp.app_context_processor
def frame() -> dict[str, Any]:
    """What the frame of every page asks for."""
    house = [place for place in HOUSE if place.endpoint != "core.imports" or may_import()]
    if is_administrator():
        house += ADMINISTRATION
    groups = [
        (room.title, f"tint-{n}", tuple(room.places))
        for n, room in enumerate(rooms(), 1)
        if may_read(room.name)
    ]
    groups += [("House", "tint-house", tuple(house))] if house else []
    return {"navigation": tuple(groups), "person_places": OWN, "search_url": url_for("core.search")}


@bp.app_template_global("drawn_once")
def drawn_once(draw: Macro, *told: Hashable) -> str:
    """What a macro draws from what it is told and from which page it is for, and from nothing else.

    It is drawn once for each page, and not for each time that somebody opens it; but where one looks at
    another day, addresses lead on with it.
    """
    if request.endpoint is None or "on" in request.args:
        return draw(*told)
    return once((request.endpoint, draw.name, told), lambda: draw(*told))


@bp.app_template_filter("up_to_many")
def up_to_many(count: int) -> str:
    """A count that stopped somewhere, as people read it: 23, or 1,000+."""
    return count_text(count)


bp.add_app_template_filter(moment_text, "moment")
