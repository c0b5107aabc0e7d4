"""Choosing a password by a link: after an invitation, and where one is forgotten."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core import accounts, attempts, letters, mail, queries, tickets
from core.account_forms import ChoosePasswordForm, ForgotForm
from core.bookkeeping import only_look
from core.views.blueprint import bp
from core.writing import Problem, writing

ON_ITS_WAY = (
    "If there is an account with this address, a mail with a link is on its way. It works for an hour."
)
BY = {tickets.INVITATION: "invitation", tickets.RESET: "a link for a new password"}
NO_GOOD = "This link does not work, or no longer. A new one can be sent."


@bp.route("/invitation/<token>", methods=["GET", "POST"])
def invitation(token: str) -> ResponseReturnValue:
    """Somebody who is invited chooses a password, and is in."""
    return _choose(tickets.INVITATION, token)


@bp.route("/new-password/<token>", methods=["GET", "POST"])
def reset_password(token: str) -> ResponseReturnValue:
    """Somebody who has forgotten the password chooses another one, and every browser is signed out."""
    return _choose(tickets.RESET, token)


def _choose(kind: tickets.Kind, token: str) -> ResponseReturnValue:
    only_look()
    user = tickets.whose(kind, token)
    if user is None:
        flash(NO_GOOD, "error")
        return redirect(url_for("core.sign_in"), code=303)
    form = ChoosePasswordForm(user.email)
    if form.validate_on_submit():
        email = user.email
        hashed = accounts.hashed(form.password.data or "")
        with writing(form=form) as work:
            user = tickets.whose(kind, token, lock=True)
            if user is None:
                work.refuse(Problem(NO_GOOD))
            else:
                accounts.change_password(user, hashed)
                stamp = user.fs_uniquifier
                said = f"Welcome, {user.name}. Your password is set."
                work.leads_to(url_for("core.home"), said, f"Password of {user} set by {BY[kind]}.")
                # If somebody is signed in, who has opened another one's link, `writing` says that person.
                work.change_set.user_id = user.id
                work.tells(user)
        if work.stored and user is not None:
            attempts.forgive(attempts.password_of(email))
            only_look()
            return accounts.sign_in_or_ask(user, stamp) or work.redirect()
    page = render_template("core/choose_password.html", form=form, user=user, kind=kind.name)
    return page, 422 if form.errors or form.form_errors else 200


@bp.route("/forgot-password", methods=["GET", "POST"])
def forgot_password() -> ResponseReturnValue:
    """Ask for a link. The answer is the same, and takes the same time, whether there is an account or not."""
    only_look()
    form = ForgotForm()
    if form.validate_on_submit():
        email = form.email.data or ""
        try:
            attempts.count(attempts.letters_to(email), attempts.this_address())
        except attempts.TooMany as refused:
            form.form_errors.append(str(refused))
        else:
            mail.send_beside(lambda: _reset_letter(email))
            flash(ON_ITS_WAY, "message")
            return redirect(url_for("core.sign_in"), code=303)
    return render_template("core/forgot_password.html", form=form), 422 if form.errors else 200


def _reset_letter(email: str) -> mail.Letter | None:
    """Written beside the request, so that the account is looked for where nobody can measure it."""
    user = queries.account(email)
    return letters.reset(user) if user is not None and user.active else None
