"""Taking a save back. Its page says first what would be reversed, and what would stay as it is, and why."""

from collections.abc import Sequence

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from core.access import get_or_404
from core.deeds import Deed, DeedForm, carry_out, show
from core.forms import moment_text, squeezed
from core.history.long import SHOWN, problems_of
from core.history.undo import check, left_words, undone_words
from core.history.undo import undo as take_back
from core.jobs import ask, follow
from core.models import LEFT_OVER, UNTOLD, ChangeSet
from core.rights import may_take_back
from core.selection import MOST_AT_ONCE
from core.subjects import kinds
from core.views.blueprint import bp
from core.writing import Work, writing


class UndoForm(DeedForm):
    """Asks why a save is taken back, and where some of it is left, whether the others are."""

    reason = StringField("Why", [Length(max=500)], filters=[squeezed])
    others = BooleanField("Take back all the others")


@bp.route("/history/<record:id>/undo", methods=["GET", "POST"])
def undo(id: int) -> ResponseReturnValue:
    """Take a save back: whole, or where its changes have nothing to do with each other, all that can be."""
    change_set = get_or_404(ChangeSet, id)
    if change_set.room in (UNTOLD, LEFT_OVER):
        abort(404)
    if not may_take_back(change_set):
        abort(403)
    if not change_set.count:
        abort(400, "Nothing is known of what this changed, so it cannot be taken back.")
    form = UndoForm()
    if not change_set.is_separable:
        del form.others
    return _at_once(change_set, form) if change_set.count <= MOST_AT_ONCE else _long(change_set, form)


def _at_once(change_set: ChangeSet, form: UndoForm) -> ResponseReturnValue:
    """A save that fits a page: tried first, with all that it would change."""
    id, said, facts = change_set.id, change_set.deed, _who_and_when(change_set)

    def deed(work: Work) -> Sequence[str]:
        stored = work.session.get(ChangeSet, id, populate_existing=True) or abort(404)
        undone = take_back(work, stored)
        # What is taken away has no page any more.
        place = url_for("core.change_set", id=id) if undone.takes_away else stored.leads_to
        deed = undone_words(said)
        work.leads_to(place or url_for("core.home"), deed + left_words(undone.left), deed)
        if undone.left and not _others(form):
            work.refuse(*problems_of(undone.left))
        return undone.left[:SHOWN]

    words = {kind.model: kind.words for kind in kinds().values()}
    trial = carry_out(form, check, deed, words, form.reason.data)
    since = "If something of it was changed since, nothing is taken back, and you are told what it is."
    if "others" in form:
        since = "What was changed since is left as it is, and you are told. The others can be taken back."
    page = Deed("Undo", "Undo it", "", since)
    return show(page, form, trial, [(said, facts)], "core.history", url_for("core.change_set", id=id))


def _long(change_set: ChangeSet, form: UndoForm) -> ResponseReturnValue:
    """A large save: taken back as long work."""
    deed, back = change_set.deed, url_for("core.change_set", id=change_set.id)
    if form.validate_on_submit():
        told = {
            "change_set": change_set.id,
            "others": _others(form),
            "reason": form.reason.data,
            "deed": deed,
        }
        with writing(None, form) as work:
            ask(work, "undo", f"Undo of: {deed}", told, back)
        if work.stored:
            return follow(work)
    page = render_template(
        "core/undo_long.html", form=form, change_set=change_set, facts=_who_and_when(change_set), back=back
    )
    return page, form.status


def _others(form: UndoForm) -> bool:
    """Whether all that can be taken back is, where something else is left."""
    return "others" in form and bool(form.others.data)


def _who_and_when(change_set: ChangeSet) -> str:
    return f"{change_set.user or 'a program'}, {moment_text(change_set.made_at)}"
