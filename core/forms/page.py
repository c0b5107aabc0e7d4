"""The form of a page."""

import json
from hashlib import sha256
from typing import Any, ClassVar

from flask import request
from flask_wtf import FlaskForm
from wtforms import HiddenField

from core.forms.reading import as_text, in_words, shown_facts
from core.kept_forms import new_form_key
from core.writing import Problem, Work


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

    # What is said first where something keeps it from being stored.
    not_yet: ClassVar[str] = "Not saved yet."

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


class RecordForm(PageForm):
    """The form of a record's own fields. It knows what it showed, so that two people can change a record."""

    # The fields that are columns of the record, by the same names.
    own: ClassVar[tuple[str, ...]] = ()
    # What they were when the form was shown.
    was = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self._remember(kwargs.get("obj"))

    def _remember(self, record: Any) -> None:
        facts = {name: as_text(getattr(record, name, None)) for name in self.own}
        self.was.data = json.dumps(facts, separators=(",", ":"))

    def merge(self, work: Work, record: Any) -> None:
        """Reconcile the form with what somebody else has stored since it was shown; before it is assigned.

        Different fields: both changes are kept, and that is said. The same field: nothing is stored, both
        values are shown, and saving again keeps the one that is typed here.
        """
        if record.version is None:  # a new one
            return
        base, is_current = shown_facts(self.was.data), str(record.version) == self.version.data
        for name in self.own:
            field, stored = self._fields[name], as_text(getattr(record, name))
            mine, was = as_text(field.data), base.get(name, stored if is_current else None)
            if stored in (was, mine):
                continue
            if mine == was:
                field.raw_data = None
                field.process_data(getattr(record, name))
                work.merged_fields.append(field.label.text)
                # Seen only where something else keeps the form from being stored.
                self.form_errors.append(
                    f"{field.label.text} was changed by a colleague meanwhile; that is kept."
                )
            else:
                said = f"Meanwhile this was stored as “{in_words(getattr(record, name))}”."
                field.errors = [*field.errors, f"{said} Save again to replace it."]
                work.refuse()
        self.version.data = str(record.version)
        self._remember(record)


class DeletionForm(PageForm):
    """Asks whether a record is deleted. It knows what it said goes with the record."""

    shown = HiddenField()

    not_yet = "Not deleted yet."

    def is_outdated(self, goes: Any) -> bool:
        """Whether something else goes by now than was shown; the form then shows that."""
        shown, self.shown.data = self.shown.data, repr(goes)
        if not shown or shown == repr(goes):
            return False
        self.form_errors.append("What goes with it has changed meanwhile. Look again, then delete it.")
        return True
