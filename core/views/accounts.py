"""Sign in, sign out, the first account, one's own account."""

import time

import click
from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core import accounts, attempts, queries, second_factor, sign_ins
from core.access import get_or_404, safe_url
from core.account_forms import (
    CodeForm,
    FirstAccountForm,
    NameForm,
    PasswordForm,
    PresentPasswordForm,
    SignInForm,
)
from core.bookkeeping import only_look
from core.db import db
from core.forms import PageForm
from core.kept_forms import way_back
from core.models import SignIn, User
from core.notes import before_asked, may_read_about, notes_of
from core.records import find_all
from core.rights import ADMINISTRATOR, person, rooms
from core.views.blueprint import bp
from core.writing import Problem, writing


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The way in; while nobody has an account, where to find the link that makes the first one."""
    only_look()
    form = SignInForm(next=request.args.get("next"))
    wanted = safe_url(form.next.data, url_for("core.home"))
    if current_user.is_authenticated:
        return way_back(form.kept_form.data, current_user) or redirect(wanted, code=303)
    if form.validate_on_submit():
        answer = _answer(form)
        if answer is not None:
            return answer
    if not queries.has_accounts():
        return _nobody_yet("Nobody has an account yet")
    return render_template("core/sign_in.html", form=form), 422 if form.errors else 200


def _answer(form: SignInForm) -> ResponseReturnValue | None:
    """In, or on to the second factor; None where this is nobody, which the form then says."""
    next_page = safe_url(form.next.data, url_for("core.home"))
    try:
        proof = accounts.whose(form.email.data or "", form.password.data or "")
        if proof is None:
            raise accounts.NotProven
        step, kept = accounts.sign_in_or_ask(*proof, next_page), form.kept_form.data
    except attempts.TooMany as refused:
        form.form_errors.append(str(refused))
        return None
    except accounts.NotProven:
        form.form_errors.append("This address and this password do not belong together. Check both.")
        return None
    if step is None:
        return way_back(kept, proof.user) or redirect(next_page, code=303)
    if not kept:
        return step
    # What was typed before is carried along by the page of the code as well.
    code = CodeForm(formdata=None, next=next_page, kept_form=kept)
    return render_template("core/second_step.html", form=code)


@bp.route("/sign-in/code", methods=["GET", "POST"])
def second_step() -> ResponseReturnValue:
    """The second factor, after the password."""
    only_look()
    proof = accounts.half_signed_in()
    if proof is None:
        return redirect(url_for("core.sign_in", next=request.args.get("next")), code=303)
    user = proof.user
    form = CodeForm(next=request.args.get("next"))
    if form.validate_on_submit():
        counted = (attempts.code_of(user), attempts.this_address())
        try:
            attempts.count(*counted)
            fits = second_factor.takes(user, form.code.data or "")
        except attempts.TooMany as refused:
            form.code.errors = [str(refused)]
        else:
            if fits:
                attempts.forgive(*counted)
                accounts.sign_in(*proof)
                wanted = safe_url(form.next.data, url_for("core.home"))
                return way_back(form.kept_form.data, user) or redirect(wanted, code=303)
            form.code.errors = ["This code does not fit, or was used. Wait for the next one."]
    return render_template("core/second_step.html", form=form), 422 if form.errors else 200


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """The way out."""
    accounts.sign_out()
    flash("You are signed out.", "message")
    return redirect(url_for("core.sign_in"), code=303)


# --- the first account -----------------------------------------------------------------------------


@bp.route("/first-account/<token>", methods=["GET", "POST"])
def first_account(token: str) -> ResponseReturnValue:
    """The account of whoever sets Joinery up; the link works while there is no account."""
    if queries.has_accounts():
        flash("The first account has been made, so this link no longer works. Sign in with it.", "message")
        return redirect(url_for("core.sign_in"), code=303)
    if not accounts.is_first_account_token(token):
        return _nobody_yet("This link does not work, or no longer", 403)
    form = FirstAccountForm()
    if form.validate_on_submit():
        hashed = accounts.hashed(form.password.data or "")
        with writing(form=form) as work:
            if not accounts.only_one_first_account():
                work.refuse(Problem("Somebody else has just made the first account. Ask them for one."))
            email, name = form.email.data or "", form.name.data or ""
            user = accounts.create_account(email, name, hashed, [ADMINISTRATOR])
            work.session.flush()
            # Nobody is signed in yet, and it is this person who did it.
            work.change_set.user_id = user.id
            said = f"Welcome, {name}. Your account is ready."
            work.leads_to(url_for("core.home"), said, f"First account made, for {name}.")
        if work.stored:
            accounts.sign_in(user, user.fs_uniquifier)
            return work.redirect()
    return render_template("core/first_account.html", form=form), 422 if form.errors else 200


def _nobody_yet(title: str, status: int = 200) -> ResponseReturnValue:
    """Say where the link is, and print a fresh one there: who reads the terminal may use it."""
    last = current_app.extensions.get("link_printed_at")
    if last is None or time.monotonic() - last > 60:
        current_app.extensions["link_printed_at"] = time.monotonic()
        # Without the name of the host: it is what the browser claims, and could be anybody's.
        path = url_for("core.first_account", token=accounts.first_account_token())
        click.echo("Joinery has no account yet. The first one is made on this page of its site:", err=True)
        click.echo(f"  {path}", err=True)
    return render_template("core/nobody_yet.html", title=title), status


# --- one's own account -----------------------------------------------------------------------------


@bp.route("/account", methods=["GET", "POST"])
def account() -> ResponseReturnValue:
    """One's own name, notes, and what the rooms keep about one."""
    form = NameForm(obj=current_user)
    if form.validate_on_submit():
        with writing(form=form) as work:
            before, name = current_user.name, form.name.data
            current_user.name = name
            said = f"You are called {name} here now."
            work.leads_to(url_for("core.account"), said, f"{before} is called {name} now.")
        if work.stored:
            return work.redirect()
    notes = notes_of(current_user, before_asked())
    readable = {note.about for note in notes.posts if note.about and may_read_about(note.about)}
    found = [room.own_record(current_user) for room in rooms() if room.own_record]
    page = render_template(
        "core/account.html",
        form=form,
        records=[record for record in found if record],
        sign_ins=sign_ins.of(current_user),
        this_browser=sign_ins.this_browser(),
        end_form=PageForm(formdata=None),
        notes=notes,
        readable=readable,
        about=find_all(readable),
    )
    return page, 422 if form.errors else 200


def proven(form: PresentPasswordForm) -> User | None:
    """The person who is signed in, if this is their password; else the form says that it is not."""
    try:
        proof = accounts.whose(current_user.email, form.present.data or "")
    except attempts.TooMany as refused:
        form.present.errors = [str(refused)]
        return None
    if proof is None:
        form.present.errors = ["This is not your present password."]
        return None
    return proof.user


@bp.route("/account/password", methods=["GET", "POST"])
def change_password() -> ResponseReturnValue:
    """Another password; every other browser is signed out."""
    only_look()
    form = PasswordForm()
    if form.validate_on_submit():
        user = proven(form)
        if user is not None:
            hashed = accounts.hashed(form.password.data or "")
            with writing(form=form) as work:
                accounts.change_password(user, hashed)
                stamp = user.fs_uniquifier
                said = "Your password is changed. Every other browser is signed out."
                work.leads_to(url_for("core.account"), said, f"Password of {user} changed.")
                work.tells(user)
            if work.stored:
                accounts.sign_in(user, stamp)
                return work.redirect() if work.stored else redirect(url_for("core.account"), code=303)
    return render_template("core/password.html", form=form), 422 if form.errors else 200


@bp.post("/account/sign-ins/<record:id>/end")
def end_sign_in(id: int) -> ResponseReturnValue:
    """Sign out one of one's own browsers."""
    found = get_or_404(SignIn, id)
    if found.user_id != current_user.id:
        abort(404)
    form = PageForm()
    with writing(form=form) as work:
        db.session.delete(found)
        user, place = person(), url_for("core.account", _anchor="browsers")
        said, deed = f"Signed out: {found.browser}.", f"{user} signed out a browser: {found.browser}."
        work.leads_to(place, said, deed)
        work.tells(user)
    return work.redirect() if work.stored else redirect(url_for("core.account"), code=303)


@bp.post("/account/sign-out-elsewhere")
def sign_out_elsewhere() -> ResponseReturnValue:
    """Sign out every browser of one's own but this one."""
    form = PageForm()
    with writing(form=form) as work:
        user, place = person(), url_for("core.account", _anchor="browsers")
        sign_ins.end_all(user, but_this_browser=True)
        said = "Every other browser is signed out."
        work.leads_to(place, said, f"{user} signed out every other browser.")
        work.tells(user)
    return work.redirect() if work.stored else redirect(url_for("core.account"), code=303)
