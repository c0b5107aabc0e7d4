"""What a deed on very many would do, all of it as a file."""

from flask import Response, abort
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core.db import today
from core.many.kept import listing_in, own_deed
from core.rights import may_read
from core.views.blueprint import bp


@bp.get("/deeds/<record:id>/all.csv")
def deed_listing(id: int) -> ResponseReturnValue:
    """Each effect and each refusal of a deed that was previewed."""
    kept = own_deed(id, current_user.id)
    if kept is None or kept.listing is None or not may_read(kept.kind.partition(".")[0]):
        abort(404, "This was done or dropped already, or somebody else asked for it.")
    answer = Response(listing_in(kept.listing), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=preview-{today():%Y-%m-%d}.csv"
    return answer
