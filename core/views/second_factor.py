"""The second factor of one's own account: turn it on, make new recovery codes, turn it off."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core import second_factor
from core.account_forms import ConfirmCodeForm, PresentPasswordForm
from core.bookkeeping import only_look
from core.models import User
from core.rights import person
from core.views.accounts import proven
from core.views.blueprint import bp
from core.writing import Problem, writing


@bp.route("/account/second-factor", methods=["GET", "POST"])
def turn_on_second_factor() -> ResponseReturnValue:
    """The key for an app, as a picture and as text; the first code proves that it arrived."""
    only_look()
    user: User = person()
    if user.second_factor:
        return _is_on()
    key = session.setdefault("new_key", second_factor.new_key())
    form = ConfirmCodeForm()
    if form.validate_on_submit():
        number = second_factor.matching(key, form.code.data or "")
        if number is None:
            form.code.errors = ["This code does not fit. Type the one that the app shows now."]
        elif proven(form) is not None:
            codes = _turn_on(form, user, key, number)
            if codes or user.second_factor:
                session.pop("new_key", None)
                return _shown_once(codes, "The second factor is on") if codes else _is_on()
    page = render_template(
        "core/second_factor.html",
        form=form,
        picture=second_factor.picture(user, key),
        key=second_factor.in_groups(key),
    )
    return page, 422 if form.errors else 200


def _turn_on(form: ConfirmCodeForm, user: User, key: str, number: int) -> list[str]:
    """The recovery codes; none where it was not turned on, since another window has done so meanwhile."""
    codes = []
    with writing(form=form) as work:
        work.lock(User, [user.id])
        work.session.refresh(user, ["second_factor"])
        if user.second_factor:
            work.refuse(Problem("A second factor is on already."))
        else:
            codes = second_factor.turn_on(user, key, number)
        # Where a double click ends, whose first answer with the codes nobody has seen.
        here, deed = url_for("core.new_recovery_codes"), f"Second factor of {user} turned on."
        work.leads_to(here, "The second factor is on.", deed)
        work.tells(user)
    return codes if work.stored else []


def _is_on() -> ResponseReturnValue:
    """To where there are new codes, for whoever has clicked twice and did not see the first."""
    flash("The second factor is on.", "message")
    return redirect(url_for("core.new_recovery_codes"), code=303)


@bp.route("/account/second-factor/codes", methods=["GET", "POST"])
def new_recovery_codes() -> ResponseReturnValue:
    """New recovery codes, where those before are lost or used up."""
    only_look()
    form = PresentPasswordForm()
    if form.validate_on_submit():
        user = proven(form)
        if user is not None and user.second_factor:
            with writing(form=form) as work:
                codes = second_factor.new_recovery_codes(user)
                said, deed = "There are new recovery codes.", f"Recovery codes of {user} made anew."
                work.leads_to(url_for("core.account"), said, deed)
                work.tells(user)
            if work.stored:
                return _shown_once(codes, "Your new recovery codes")
    about = (
        "If you did not see your recovery codes, make new ones. Those that you have now work no longer then."
    )
    return _ask(form, "New recovery codes", "Make new codes", about)


@bp.route("/account/second-factor/off", methods=["GET", "POST"])
def turn_off_second_factor() -> ResponseReturnValue:
    """Sign in with the password alone again."""
    only_look()
    form = PresentPasswordForm()
    if form.validate_on_submit():
        user = proven(form)
        if user is not None:
            with writing(form=form) as work:
                second_factor.turn_off(user)
                said, deed = "The second factor is off.", f"Second factor of {user} turned off."
                work.leads_to(url_for("core.account"), said, deed)
                work.tells(user)
            if work.stored:
                return work.redirect()
    about = "You sign in with your password alone then. The recovery codes are gone too."
    return _ask(form, "Turn off the second factor", "Turn it off", about)


def _ask(form: PresentPasswordForm, title: str, button: str, about: str) -> ResponseReturnValue:
    if not current_user.second_factor:
        return redirect(url_for("core.account"), code=303)
    page = render_template("core/prove.html", form=form, title=title, button=button, about=about)
    return page, 422 if form.errors else 200


def _shown_once(codes: Sequence[str], title: str) -> ResponseReturnValue:
    """No redirect: what is only on this page is kept nowhere, and must not travel in a cookie."""
    return render_template("core/recovery_codes.html", codes=codes, title=title)
