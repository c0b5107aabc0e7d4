"""Where the pages about the whole application are registered, and what the frame shows on every page."""

from typing import Any

from flask import Blueprint, url_for

from core.access import is_administrator
from core.forms import moment_text
from core.rights import may_import
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
    return {"house": house, "person_places": OWN, "search_url": url_for("core.search")}


@bp.app_template_filter("up_to_many")
def up_to_many(count: int) -> str:
    """A count that stopped somewhere, as people read it: 23, or 1,000+."""
    return count_text(count)


bp.add_app_template_filter(moment_text, "moment")
