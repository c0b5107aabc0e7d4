"""Taking a save back. Its page says first what would be reversed, and what would stay as it is, and why."""

from collections.abc import Iterator, Sequence

from flask import abort, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from core.access import get_or_404
from core.deeds import Deed, DeedForm, carry_out, show
from core.forms import moment_text, squeezed
from core.history.undo import undo as take_back
from core.models import ChangeSet
from core.subjects import kinds
from core.views.blueprint import all_rooms, bp
from core.writing import Problem, Work

# More sentences than these only say the same again.
SHOWN = 20


class UndoForm(DeedForm):
    """Asks why a save is taken back, and where some of it is left, whether the others are."""

    reason = StringField("Why", [Length(max=500)], filters=[squeezed])
    others = BooleanField("Take back all the others")


@bp.route("/history/<record:id>/undo", methods=["GET", "POST"])
def undo(id: int) -> ResponseReturnValue:
    """Take a save back: whole, or where its changes have nothing to do with each other, all that can be."""
    change_set = get_or_404(ChangeSet, id)
    if not change_set.count:
        abort(400, "Nothing is known of what this changed, so it cannot be taken back.")
    form = UndoForm()
    said, back = change_set.deed, url_for("core.change_set", id=id)
    who, when = str(change_set.user or "a program"), moment_text(change_set.made_at)
    if not change_set.is_separable:
        del form.others

    def deed(work: Work) -> Sequence[str]:
        stored = work.session.get(ChangeSet, id, populate_existing=True) or abort(404)
        undone = take_back(work, stored)
        work.leads_to(stored.leads_to or url_for("core.home"), f"Undone: {said}")
        if undone.left and not ("others" in form and form.others.data):
            more = len(undone.left) - SHOWN
            work.refuse(*(Problem(sentence) for sentence in undone.left[:SHOWN]))
            work.refuse(Problem(f"… and {more:,} more are left as they are.")) if more > 0 else None
        return undone.left[:SHOWN]

    words = {kind.model: kind.words for kind in kinds().values()}
    trial = carry_out(form, _check, deed, words, form.reason.data)
    page = Deed("Undo", "Undo it", "", "Whatever was changed since is left as it is, and said here.")
    return show(page, form, trial, [(said, f"{who}, {when}")], "core.history", back)


def _check(work: Work) -> Iterator[Problem]:
    """The rules of every room: each looks at what was touched of its own."""
    for room in all_rooms():
        yield from room.check(work)
