"""Forms about accounts and notes."""

import re
from collections.abc import Sequence
from typing import Any

from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    HiddenField,
    PasswordField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, EqualTo, Length
from wtforms.widgets import CheckboxInput

from core.accounts import LEAST_PASSWORD, MOST_PASSWORD, password_fault
from core.forms import PageForm, RecordForm, squeezed
from core.models import User


def address_fault(address: str) -> str | None:
    """Why this cannot be an e-mail address. Only a message could prove that it is one."""
    if len(address) > 254 or not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        return f"“{address}” is not an e-mail address. It looks like ann@example.org."
    return None


def _address(form: FlaskForm, field: Field) -> None:
    fault = address_fault(field.data)
    if fault:
        raise ValidationError(fault)


def _not_the_address(password: Field, email: str | None) -> None:
    fault = password_fault(password.data or "", email or "")
    if fault:
        raise ValidationError(fault)


def _some(words: str) -> list[Any]:
    return [DataRequired(words)]


def _new_password(label: str) -> PasswordField:
    said = f"A password has between {LEAST_PASSWORD} and {MOST_PASSWORD} characters."
    limits = Length(LEAST_PASSWORD, MOST_PASSWORD, said)
    hint = f"At least {LEAST_PASSWORD} characters. A few words that you will remember are good."
    keys = {"autocomplete": "new-password"}
    return PasswordField(label, [*_some("Choose a password."), limits], description=hint, render_kw=keys)


def _again(other: str) -> PasswordField:
    same = EqualTo(other, "These two passwords differ.")
    keys = {"autocomplete": "new-password"}
    return PasswordField("The same again", [*_some("Type the password a second time."), same], render_kw=keys)


def _email(autocomplete: str, **more: bool) -> StringField:
    keys = {
        "autocomplete": autocomplete,
        "type": "email",
        "inputmode": "email",
        "spellcheck": "false",
        **more,
    }
    return StringField(
        "E-mail", [*_some("Type your e-mail address."), _address], filters=[squeezed], render_kw=keys
    )


def _name() -> StringField:
    told = [*_some("Type your name."), Length(max=120, message="At most 120 characters.")]
    return StringField("Name", told, filters=[squeezed], render_kw={"autocomplete": "name"})


class SignInForm(FlaskForm):
    """Who are you?"""

    email = _email("username", autofocus=True)
    password = PasswordField(
        "Password",
        [*_some("Type your password."), Length(max=MOST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()
    # What somebody typed whose session had ended (`core/kept_forms.py`).
    kept_form = HiddenField()


class FirstAccountForm(PageForm):
    """The account of whoever sets Joinery up."""

    name = _name()
    email = _email("username")
    password = _new_password("Password")
    again = _again("password")

    def validate_password(self, field: Field) -> None:
        """Refuse the address above."""
        _not_the_address(field, self.email.data)


class NameForm(PageForm):
    """How a person is called here."""

    name = _name()


class PresentPasswordForm(PageForm):
    """The present password proves that it is the same person."""

    present = PasswordField(
        "Your present password",
        [*_some("Type your present password."), Length(max=MOST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(PresentPasswordForm):
    """Another password."""

    password = _new_password("New password")
    again = _again("password")

    def validate_password(self, field: Field) -> None:
        """Refuse one's own address."""
        _not_the_address(field, current_user.email)


def _code(label: str) -> StringField:
    keys = {"autocomplete": "one-time-code", "spellcheck": "false", "autofocus": True}
    told = [*_some("Type the code."), Length(max=40, message="A code is shorter.")]
    return StringField(label, told, filters=[squeezed], render_kw=keys)


class CodeForm(FlaskForm):
    """The second factor."""

    code = _code("Code")
    next = HiddenField()
    kept_form = HiddenField()


class ConfirmCodeForm(PresentPasswordForm):
    """The first code of an app, which proves that it has the key, and who it is that asks for it."""

    code = _code("Code that the app shows")


class ChoosePasswordForm(PageForm):
    """A password, by a link that proves who it is: whoever signs in as `email`."""

    password = _new_password("Password")
    again = _again("password")

    def __init__(self, email: str) -> None:
        super().__init__()
        self.of = email

    def validate_password(self, field: Field) -> None:
        """Refuse the address that the link was sent to."""
        _not_the_address(field, self.of)


class ForgotForm(FlaskForm):
    """Whose password is forgotten?"""

    email = _email("username", autofocus=True)


class AccountForm(RecordForm):
    """Somebody's account, as an administrator gives it."""

    own = ("name", "email")

    name = StringField(
        "Name",
        [*_some("Type a name."), Length(max=120, message="At most 120 characters.")],
        filters=[squeezed],
        render_kw={"autocomplete": "off"},
    )
    email = StringField(
        "E-mail",
        [*_some("Type an e-mail address."), _address],
        filters=[squeezed],
        render_kw={"autocomplete": "off", "type": "email", "inputmode": "email", "spellcheck": "false"},
    )
    roles = SelectMultipleField("Roles", coerce=str, option_widget=CheckboxInput(), validate_choice=False)

    def offer(self, names: Sequence[str]) -> None:
        """The roles that can be given; any other that is sent is left out."""
        self.roles.choices = [(name, name) for name in names]
        self.roles.data = [name for name in self.roles.data or () if name in names]

    def has_stale_roles(self, user: User) -> bool:
        """Whether somebody else has given or taken roles since this form was shown; says so there."""
        now = [role.name for role in user.roles]
        is_old = self.version.data and str(user.version) != self.version.data
        if not is_old or set(now) == set(self.roles.data or ()):
            return False
        said = ", ".join(now) or "none"
        self.roles.errors = [f"Meanwhile these were stored as: {said}. Save again to replace them."]
        return True


class PostForm(RecordForm):
    """A note. It may stand on a page beside another form, so its input has a name of its own there."""

    own = ("body",)

    body = TextAreaField(
        "Note",
        [DataRequired("Write something first."), Length(max=4000, message="At most 4,000 characters.")],
        filters=[lambda words: (words or "").replace("\r\n", "\n").strip()],
        id="remark",
        render_kw={"rows": 3, "maxlength": 4000},
    )
