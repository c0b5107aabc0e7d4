"""Accounts, for administrators: the list, a new one, one account, and what can be done with it."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import NamedTuple

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core import accounts as own
from core import administration, attempts, letters, mail, queries, second_factor, sign_ins, tickets
from core.access import administrators_only, asked, get_or_404
from core.account_forms import AccountForm
from core.bookkeeping import only_look
from core.columns import Column, Table
from core.filters import ChoiceField, Filter, read_filters
from core.forms import PageForm, moment_text
from core.history import reading
from core.history.readers import reader
from core.listing import Listing
from core.models import User
from core.rights import rooms
from core.views.blueprint import bp
from core.writing import Problem, Work, writing


class AccountsFilter(Filter):
    """Which accounts the list shows."""

    state = ChoiceField(
        "State",
        choices={"": "any", "active": "active", "invited": "invited", "closed": "closed", "locked": "locked"},
    )


class AccountLine(NamedTuple):
    """An account, and whether too many attempts have locked it."""

    user: User
    is_locked: bool

    @property
    def state(self) -> str:
        """How it stands, in a word."""
        return "locked" if self.is_locked and self.user.active else self.user.state


def _with_locks(users: Sequence[User], _day: date, _shown: Collection[str]) -> list[AccountLine]:
    locked = attempts.locked_among([user.id for user in users])
    return [AccountLine(user, user.id in locked) for user in users]


ACCOUNTS = Table(
    "accounts",
    (
        Column(
            "name",
            "Name",
            lambda line: line.user.name,
            sort="name",
            cell=lambda line, ways: ways("core.one_account", "id", line.user.id, line.user.name),
        ),
        Column("email", "E-mail", lambda line: line.user.email, sort="email"),
        Column("roles", "Roles", lambda line: ", ".join(role.name for role in line.user.roles)),
        Column("state", "State", lambda line: line.state),
        Column(
            "last",
            "Last signed in",
            lambda line: moment_text(line.user.signed_in_at) if line.user.signed_in_at else "never",
        ),
    ),
    _with_locks,
    lambda line: line.user.id,
)


@bp.get("/accounts")
def accounts() -> ResponseReturnValue:
    """Everybody who has an account."""
    administrators_only()
    filters = read_filters(AccountsFilter)
    listing = Listing(*queries.accounts(filters.asked_for, asked()), "name", form=filters, table=ACCOUNTS)
    return render_template("core/accounts.html", listing=listing)


@bp.route("/accounts/new", methods=["GET", "POST"])
def new_account() -> ResponseReturnValue:
    """An account for somebody, who is invited to choose a password."""
    administrators_only()
    form = _form(None)
    if form.validate_on_submit():
        with writing(form=form) as work:
            name, email = form.name.data or "", form.email.data or ""
            user = administration.invite(email, name, form.roles.data or [])
            work.session.flush()
            work.leads_to(url_for("core.one_account", id=user.id), f"{name} has an account now.")
        if work.stored:
            _send_invitation(user)
            return work.redirect()
    roles = administration.roles_that_can_be_given()
    page = render_template("core/account_new.html", form=form, roles=roles)
    return page, 422 if form.errors else 200


@bp.route("/accounts/<record:id>", methods=["GET", "POST"])
def one_account(id: int) -> ResponseReturnValue:
    """One account: who it is, what they may do, and what can be done with it."""
    administrators_only()
    user = get_or_404(User, id)
    form = _form(user)
    if form.validate_on_submit():
        with writing(administration.check, form) as work:
            if form.has_stale_roles(user):
                work.refuse()
            form.merge(work, user)
            name, email = form.name.data or "", form.email.data or ""
            administration.change(user, name, email, form.roles.data or [])
            work.leads_to(url_for("core.one_account", id=id), f"Saved the account of {name}.")
        if work.stored:
            return work.redirect()
    found = [room.own_record(user) for room in rooms() if room.own_record]
    page = render_template(
        "core/one_account.html",
        user=user,
        form=form,
        deed_form=PageForm(formdata=None),
        roles=administration.roles_that_can_be_given(),
        records=[record for record in found if record],
        history=reading.about(user, reader()),
        is_locked=bool(attempts.locked_among([id])),
        browsers=len(sign_ins.of(user)),
        invitation=tickets.ticket(tickets.INVITATION, user) if user.state == "invited" else None,
    )
    return page, 422 if form.errors or form.form_errors else 200


def _form(user: User | None) -> AccountForm:
    form = AccountForm(obj=user)
    form.offer([role.name for role in administration.roles_that_can_be_given()])
    return form


# --- what can be done with it ----------------------------------------------------------------------


def _do(
    id: int, deed: Callable[[Work, User], str], then: Callable[[User], None] | None = None
) -> ResponseReturnValue:
    """Do something with an account, and come back to its page; `deed` answers what was done, in words."""
    administrators_only()
    user = get_or_404(User, id)
    here = url_for("core.one_account", id=id)
    form = PageForm()
    with writing(administration.check, form) as work:
        work.leads_to(here, deed(work, user))
        work.tells(user)
    if not work.stored:
        for sentence in form.form_errors:
            flash(sentence, "error")
        return redirect(here, code=303)
    if then is not None:
        then(user)
    return work.redirect()


@bp.post("/accounts/<record:id>/close")
def close_account(id: int) -> ResponseReturnValue:
    """Let nobody sign in with an account any more."""

    def deed(_work: Work, user: User) -> str:
        administration.close(user)
        return f"The account of {user} is closed, and signed out everywhere."

    return _do(id, deed)


@bp.post("/accounts/<record:id>/reopen")
def reopen_account(id: int) -> ResponseReturnValue:
    """Open a closed account again."""

    def deed(_work: Work, user: User) -> str:
        administration.reopen(user)
        return f"The account of {user} is open again."

    return _do(id, deed)


@bp.post("/accounts/<record:id>/invite")
def invite_again(id: int) -> ResponseReturnValue:
    """Send an invitation again; the one before works no longer."""

    def deed(work: Work, user: User) -> str:
        if user.state != "invited":
            work.refuse(Problem(f"{user} has chosen a password already."))
        own.new_ticket(user)
        return f"The invitation of {user} is a new one."

    return _do(id, deed, _send_invitation)


@bp.post("/accounts/<record:id>/send-reset")
def send_reset(id: int) -> ResponseReturnValue:
    """Send somebody a link that chooses a new password."""

    def deed(work: Work, user: User) -> str:
        if not user.active:
            work.refuse(Problem("The account is closed. Open it first."))
        own.new_ticket(user)
        return f"{user} can choose a new password with the link in the mail."

    return _do(id, deed, _send_reset)


@bp.post("/accounts/<record:id>/sign-out")
def sign_out_account(id: int) -> ResponseReturnValue:
    """Sign somebody out everywhere."""

    def deed(_work: Work, user: User) -> str:
        sign_ins.end_all(user)
        return f"{user} is signed out everywhere."

    return _do(id, deed)


@bp.post("/accounts/<record:id>/unlock")
def unlock_account(id: int) -> ResponseReturnValue:
    """Let somebody try again who failed too often."""

    def deed(_work: Work, user: User) -> str:
        attempts.unlock(user)
        return f"{user} can try again at once."

    return _do(id, deed)


@bp.post("/accounts/<record:id>/take-second-factor")
def take_second_factor(id: int) -> ResponseReturnValue:
    """Turn off the second factor of somebody who has lost it."""

    def deed(_work: Work, user: User) -> str:
        second_factor.turn_off(user)
        sign_ins.end_all(user)  # whoever is just signing in has to begin anew, too
        return f"{user} signs in without a second factor, and is signed out everywhere."

    return _do(id, deed)


# --- letters ---------------------------------------------------------------------------------------


def _send_invitation(user: User) -> None:
    """After it is stored. The link may be shown here: nobody has ever been anybody by this account."""
    _send(
        user,
        lambda: letters.invitation(user, by=str(current_user)),
        "Give them the link on this page yourself.",
    )


def _send_reset(user: User) -> None:
    """After it is stored. The link is shown to nobody else: it would let an administrator be somebody."""
    _send(user, lambda: letters.reset(user), "Try again later, or set a password with: flask set-password")


def _send(user: User, write: Callable[[], mail.Letter], otherwise: str) -> None:
    only_look()  # it is stored, and a mail server takes its time
    try:
        mail.send(write())
    except mail.NotSent as reason:
        flash(f"{reason} {otherwise}", "error")
    else:
        where = f"A mail is on its way to {user.email}."
        printed = "No mail server is set (SMTP_URL), so the mail was printed to the console."
        flash(where if current_app.config["SMTP_URL"] else printed, "message")
