"""What a list can be asked: the filters in its address, read as a form and said as one sentence."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from flask import abort, redirect, request
from wtforms import Field, Form, SelectField, ValidationError

from core.access import this_page
from core.forms import LenientField, LookUpField


class ChoiceField(SelectField):
    """One of a few answers; another one is refused in words."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not offered."""
        if self.data not in dict(self.choices or ()):
            raise ValidationError(f"“{self.data}” is none of these.")


class Filter(Form):
    """The filters of a list.

    `noun` is what the list is of, and begins the sentence above it. `phrases` says how a filter goes on in
    that sentence: “hired from {}”. A choice without a phrase is said by its label.
    """

    noun: ClassVar[str] = ""
    phrases: ClassVar[Mapping[str, str]] = {}

    @property
    def asked_for(self) -> dict[str, Any]:
        """The filters that are set and can be read, by name."""
        return {f.short_name: f.data for f in self if _is_set(f) and not f.errors}

    def said(self, field: Field) -> str:
        """A filter that is set, as a part of the sentence."""
        return self.phrases.get(field.short_name, "{}").format(_in_words(field))

    @property
    def sentences(self) -> list[str]:
        """What is wrong with the filters, each with the name of its field."""
        return [f"{f.label.text}: {sentence}" for f in self for sentence in f.errors]


def _is_set(field: Field) -> bool:
    return field.data is not None and field.data is not False and field.data != ""


def _in_words(field: Field) -> str:
    if isinstance(field, SelectField):
        return str(dict(field.choices or ()).get(field.data, field.data))
    if isinstance(field, LookUpField):
        return str(field.data).rpartition(" #")[0] or str(field.data)
    return field.format(field.data) if isinstance(field, LenientField) else str(field.data)


Filters = TypeVar("Filters", bound=Filter)


def read_filters(kind: type[Filters]) -> Filters:
    """The filters in the address of this page, read and checked.

    A form without script sends its empty inputs too: such an address leads to the one without them.
    """
    tidy_address()
    filters = kind(request.args)
    filters.validate()
    return filters


def tidy_address(repeated: Sequence[str] = ("columns",)) -> None:
    """Lead on to the same page without the parameters that say nothing; one given as a list is joined."""
    if request.method != "GET":
        return
    args = request.args.to_dict(flat=False)
    empty = [name for name, values in args.items() if not any(value.strip() for value in values)]
    joined = {name: ",".join(args[name]) for name in repeated if len(args.get(name, ())) > 1}
    if empty or joined:
        abort(redirect(this_page(empty, **joined), code=303))
