"""What is kept about whoever has an account: as a file, and how it is forgotten."""

from collections.abc import Sequence

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core.access import administrators_only, get_or_404
from core.models import User
from core.privacy import Part
from core.privacy.account import ACCOUNT
from core.privacy.pages import data_page, erase_page
from core.privacy.parts import of_account, rooms_of_reader
from core.rights import rooms
from core.views.blueprint import bp


@bp.get("/account/data")
def own_data() -> ResponseReturnValue:
    """Everything that is kept about oneself."""
    parts = of_account(current_user.id, seen=rooms_of_reader())
    return data_page(current_user.name, [*parts, *_kept_by_rooms(current_user)], url_for(".account"))


@bp.get("/accounts/<record:id>/data")
def account_data(id: int) -> ResponseReturnValue:
    """Everything that is kept about whoever has an account."""
    administrators_only()
    user = get_or_404(User, id)
    parts = [*ACCOUNT.parts(user), *_kept_by_rooms(user)]
    return data_page(user.name, parts, url_for(".home"), url_for(".erase_account", id=id))


def _kept_by_rooms(user: User) -> Sequence[Part]:
    """What the rooms keep of the person who has an account."""
    return [part for room in rooms() if room.person_data for part in room.person_data(user)]


@bp.route("/accounts/<record:id>/erase", methods=["GET", "POST"])
def erase_account(id: int) -> ResponseReturnValue:
    """Forget whose account it was."""
    administrators_only()
    user = get_or_404(User, id)
    return erase_page(user, ACCOUNT, lambda _work: (), {}, "core.home", url_for(".account_data", id=id))
