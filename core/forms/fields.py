"""Inputs that hand over finished values: a Decimal, a date, a code, a look-up."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from markupsafe import Markup, escape
from wtforms import Field, StringField, ValidationError
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, Select, TextInput

from core.forms.reading import day_text, kept_days, number_text, read_number
from core.once import address


def attributes(**values: Any) -> str:
    """The attributes of an input. WTForms formats each one by itself, which is most of a page of 50 rows."""
    parts = []
    for name, value in values.items():
        name = name.rstrip("_").replace("_", "-")
        if value is True:
            parts.append(name)
        elif value is not False and value is not None:
            parts.append(f'{name}="{escape(value)}"')
    return " ".join(parts)


class QuickInput(TextInput):
    """A text input as WTForms makes it, quicker."""

    html_params = staticmethod(attributes)


class QuickHidden(HiddenInput):
    """A hidden input as WTForms makes it, quicker."""

    html_params = staticmethod(attributes)


class QuickCheckbox(CheckboxInput):
    """A checkbox as WTForms makes it, quicker."""

    html_params = staticmethod(attributes)


class QuickSelect(Select):
    """A select as WTForms makes it, quicker."""

    html_params = staticmethod(attributes)

    @classmethod
    def render_option(cls, choice: Any, **kwargs: Any) -> Markup:  # type: ignore[override]  # as WTForms 3.3 does
        """One option."""
        about = attributes(
            selected=choice.selected, value=choice.value, **{**(choice.render_kw or {}), **kwargs}
        )
        return Markup(f"<option {about}>{escape(choice.label)}</option>")  # nosec B704: all of it is escaped


class LenientField(Field):
    """A text input whose value is read leniently; `read` gives every possible value."""

    widget = QuickInput()

    def read(self, typed: str) -> Sequence[Any]:
        """Every value that `typed` can mean."""
        raise NotImplementedError

    def format(self, value: Any) -> str:
        """The value as people write it."""
        raise NotImplementedError

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.format(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the one value that was meant; offer both where two are possible."""
        self.data = None
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            return
        readings = self.read(typed)
        if len(readings) > 1:
            offered = " or ".join(f"“{self.unmistakable(one)}”" for one in readings)
            raise ValueError(f"“{typed}” can be read in two ways. Write {offered}.")
        if not readings:
            raise ValueError(self.unreadable(typed))
        self.data = readings[0]

    def unmistakable(self, value: Any) -> str:
        """The value in a form that has one reading."""
        return self.format(value)

    def unreadable(self, typed: str) -> str:
        """What is said when nothing can be read."""
        return f"“{typed}” cannot be read here."


class ExactField(LenientField):
    """An exact number between `least` and `most` with at most `places` decimals."""

    def __init__(
        self,
        label: str,
        places: int,
        least: Decimal = Decimal(0),
        most: Decimal | None = None,
        unit: str = "",
        shown_places: int = 0,
        **kwargs: Any,
    ) -> None:
        self.places, self.least, self.most, self.unit, self.shown_places = (
            places,
            least,
            most,
            unit,
            shown_places,
        )
        kwargs.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, **kwargs)

    def format(self, value: Any) -> str:
        text = number_text(value, self.shown_places)
        return f"{text} {self.unit}".strip() if text else ""

    def unmistakable(self, value: Any) -> str:
        # With three places the point could be read as one between thousands.
        return number_text(value, 4 if self.places == 3 else self.places)

    def read(self, typed: str) -> Sequence[Decimal]:
        readings = read_number(typed)
        if "%" in typed and self.unit != "%":
            readings = [one / 100 for one in readings]
        allowed = [one for one in readings if self._fault(one) is None]
        if readings and not allowed:
            raise ValueError(self._fault(readings[-1]) or "")
        return allowed

    def unreadable(self, typed: str) -> str:
        return f"“{typed}” is not a number."

    def _fault(self, number: Decimal) -> str | None:
        if number < self.least:
            return f"This must be at least {number_text(self.least)}."
        if self.most is not None and number > self.most:
            return f"This can be at most {number_text(self.most)}."
        try:
            exact = number == number.quantize(Decimal(1).scaleb(-self.places))
        except InvalidOperation:
            return "This number is too large."
        return None if exact else f"Only {self.places} decimal places are kept here; round it yourself."


class DayField(LenientField):
    """A day, read leniently and shown as 3 Dec 1995."""

    def __init__(self, label: str, empty: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("render_kw", {"autocomplete": "off", "placeholder": empty, "data-day": ""})
        super().__init__(label, **kwargs)

    def format(self, value: Any) -> str:
        return day_text(value)

    def read(self, typed: str) -> Sequence[date]:
        return kept_days(typed)

    def unreadable(self, typed: str) -> str:
        return f"“{typed}” is not a day. Write it as 2026-04-30, 30 Apr 2026 or “today”."


class CodeField(StringField):
    """A code or number: 1–20 letters, digits, - _ . &, no leading dot."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Trim."""
        self.data = valuelist[0].strip() if valuelist else None

    def pre_validate(self, form: Any) -> None:
        """Refuse characters that a code cannot have."""
        if self.data:
            fault = code_fault(self.data)
            if fault:
                raise ValidationError(fault)


def code_fault(code: str) -> str | None:
    """Why `code` cannot be a code or number; None if it can."""
    if len(code) > 20:
        return "At most 20 characters."
    if code.startswith("."):
        return "A code does not begin with a dot."
    if not re.fullmatch(r"[\w.&-]+", code):
        return "Only letters, digits, - _ . & are possible here."
    return None


class LookUpField(StringField):
    """Names a record of the other side: “Parto Bamford #10003”, “#10003”, a number or a name.

    Suggestions come from `find_url` as one types. Without script the number or the whole name is typed.
    """

    def __init__(self, label: str, find: str, key: str, **kwargs: Any) -> None:
        self.find, self.key_name = find, key
        kwargs.setdefault("widget", QuickInput())
        kwargs.setdefault("render_kw", {"placeholder": f"Add a {label.lower()}: name or number…"})
        kwargs.setdefault("validators", [Optional(), Length(max=520)])
        super().__init__(label, **kwargs)

    # What the suggestions are told of the near side.
    near: Mapping[str, str] = {}

    @property
    def find_url(self) -> str:
        """Where suggestions come from."""
        return address(self.find, **dict[str, Any](self.near))

    def process_data(self, value: Any) -> None:
        """Show a record as “Name #key”."""
        self.data = f"{value} #{getattr(value, self.key_name)}" if value is not None else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Squeeze blanks."""
        self.data = " ".join(valuelist[0].split()) if valuelist else ""

    @property
    def key(self) -> str:
        """The key after #, or an empty text."""
        match = re.search(r"(?:^|\s)#(\S+)$", self.data or "")
        return match.group(1) if match else ""
