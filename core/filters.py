"""What a list can be asked: the filters in its address, read as a form and said as one sentence."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from flask import abort, redirect, request
from markupsafe import Markup
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from wtforms import Field, Form, SelectField, ValidationError

from core.access import this_page
from core.forms import LenientField, LookUpField, QuickSelect
from core.once import once


@dataclass(frozen=True)
class Chip:
    """A part of the sentence above a list, with the URL that takes it away."""

    text: str
    remove_url: str


class ChoiceField(SelectField):
    """One of a few answers; another one is refused in words."""

    widget = QuickSelect()

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not offered."""
        if self.data and self.data not in _labels(self):
            raise ValidationError(f"“{self.data}” is none of these.")


class WholeField(LenientField):
    """A whole number between `least` and `most`."""

    def __init__(self, label: str, least: int = 0, most: int = 999_999, **kwargs: Any) -> None:
        self.least, self.most = least, most
        kwargs.setdefault("render_kw", {"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(label, **kwargs)

    def read(self, typed: str) -> list[int]:
        number = int(typed) if re.fullmatch(r"-?\d{1,9}", typed, re.ASCII) else None
        return [] if number is None or not self.least <= number <= self.most else [number]

    def format(self, value: Any) -> str:
        return "" if value is None else str(value)

    def unreadable(self, typed: str) -> str:
        return f"“{typed}” is not a whole number from {self.least} to {self.most:,}."


class Filter(Form):
    """The filters of a list.

    `phrases` says how a filter is told in the sentence above the list: “hired from {}”, or a phrase for each
    choice. What has none is told as it stands in the form. `counted` are the filters that count or add up
    something of each of very many records, `of_each` those that ask each record for its links on the way.

    What can be asked does not depend on who asks, on the day, or on what is stored; unless the form has an
    `__init__` of its own, which gives it its choices.
    """

    phrases: ClassVar[Mapping[str, str | Mapping[str, str]]] = {}
    counted: ClassVar[frozenset[str]] = frozenset()
    of_each: ClassVar[frozenset[str]] = frozenset()

    @property
    def asked_for(self) -> dict[str, Any]:
        """The filters that are set and can be read, by name."""
        return {f.short_name: f.data for f in self if _is_set(f) and not f.errors}

    def said(self, field: Field) -> str:
        """A filter that is set, as a part of the sentence."""
        phrase = self.phrases.get(field.short_name, "{}")
        if not isinstance(phrase, str):
            return phrase.get(field.data) or _in_words(field)
        return phrase.replace("{}", _in_words(field))

    def validate(self, extra_validators: Any = None) -> bool:
        """Each filter by itself, and that no span ends before it begins."""
        valid = super().validate(extra_validators)
        for field in self:
            least = self._fields.get(field.short_name.removesuffix("_to") + "_from")
            if not field.short_name.endswith("_to") or least is None or least.errors or field.errors:
                continue
            if least.data is not None and field.data is not None and field.data < least.data:
                field.errors = [*field.errors, f"This is below {_in_words(least)}, where it begins."]
                valid = False
        return valid

    def drawn(self, field: Field, draw: Callable[[Field], Markup]) -> Markup:
        """A filter as `draw`, a macro, shows it.

        One that nothing was given for looks always the same, and is drawn once: that depends on the code, and
        on its choices, which the rights of a person may say. Where suggestions come from says another day
        that the page is about, of which there are many: such a look-up is drawn anew.
        """
        place = getattr(field, "find_url", "")
        if field.raw_data or field.errors or "?" in place:
            return draw(field)
        choices = tuple(_labels(field).items()) if isinstance(field, SelectField) else ()
        return once((type(self), field.short_name, choices, place), lambda: draw(field))

    @property
    def sentences(self) -> list[str]:
        """What is wrong with the filters, each with the name of its field."""
        return [f"{f.label.text}: {sentence}" for f in self for sentence in f.errors]


def _labels(field: SelectField) -> dict[Any, str]:
    """What the choices are called."""
    choices: Any = field.choices or ()
    return dict(choices)


def _is_set(field: Field) -> bool:
    return field.data is not None and field.data is not False and field.data != ""


def _in_words(field: Field) -> str:
    if isinstance(field, SelectField):
        return str(_labels(field).get(field.data, field.data))
    if isinstance(field, LookUpField):
        return str(field.data).rpartition(" #")[0] or str(field.data)
    return field.format(field.data) if isinstance(field, LenientField) else str(field.data)


Filters = TypeVar("Filters", bound=Filter)


def read_filters(kind: type[Filters]) -> Filters:
    """The filters in the address of this page, read and checked.

    A form without script sends its empty inputs too: such an address leads to the one without them. Where
    no filter is set, they are those that were read before: nobody changes what was read.
    """
    tidy_address()
    args = request.args
    if kind.__init__ is Filter.__init__:
        none = once(("filters", kind), lambda: _read(kind, ImmutableMultiDict()))
        if not any(field.name in args for field in none):
            return none
    return _read(kind, args)


def _read(kind: type[Filters], args: MultiDict[str, str]) -> Filters:
    filters = kind(args)
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
