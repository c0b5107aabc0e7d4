"""The form of a page."""

import json
from hashlib import sha256
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import HiddenField

from core.forms.fields import LenientField
from core.kept_forms import new_form_key
from core.writing import Problem


def sent_key() -> str | None:
    """The key of the form that this request sends, and of its content; None for a form without one.

    A double click sends the same again. Whoever goes back and types something else means a new save.
    """
    if not request.form.get("form_key"):
        return None
    sent = sorted(pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token")
    return sha256(json.dumps([request.path, sent]).encode()).hexdigest()


class PageForm(FlaskForm):
    """A form of a page: has a one-time key and shows what the write path refused.

    `reason` is asked where the domain wants one. Problems without a place of their own are `form_errors`.
    """

    form_key = HiddenField(default=new_form_key)
    version = HiddenField()

    @property
    def one_time_key(self) -> str | None:
        """The key under which this very content of this very form is stored at most once."""
        return sent_key()

    def refuse(self, problem: Problem) -> None:
        """Show a problem at its rows, else at its field, else above the form."""
        for name, field in self._fields.items():
            show = getattr(field, "show_problem", None)
            if show and show(problem):
                return
            if name == problem.field:
                field.errors = [*field.errors, problem.sentence]
                return
        self.form_errors.append(problem.sentence)

    def is_stale(self, record: Any, *names: str) -> bool:
        """Whether `record` was stored by somebody else since this form was shown; says so at these fields.

        Fields that are as the colleague left them are no conflict. Saving again keeps what is typed here.
        """
        if not self.version.data or str(record.version) == self.version.data:
            return False
        fields = [self._fields[name] for name in names]
        differing = [field for field in fields if (field.data or None) != getattr(record, field.name)]
        for field in differing:
            stored = getattr(record, field.name)
            said = field.format(stored) if isinstance(field, LenientField) else stored
            field.errors = [
                *field.errors,
                f"Meanwhile this was stored as “{said or 'empty'}”. Save again to replace it.",
            ]
        self.version.data = str(record.version)
        return bool(differing)


class DeletionForm(PageForm):
    """Asks whether a record is deleted. It knows what it said goes with the record."""

    shown = HiddenField()

    def is_outdated(self, goes: Any) -> bool:
        """Whether something else goes by now than was shown; the form then shows that."""
        shown, self.shown.data = self.shown.data, repr(goes)
        if not shown or shown == repr(goes):
            return False
        self.form_errors.append("What goes with it has changed meanwhile. Look again, then delete it.")
        return True
