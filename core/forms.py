"""Fields that read what people write, and the form every page is made of.

A field hands over a finished value: a Decimal, a date, a normalised code. What cannot be read gets a
sentence and stays in the input as it was typed.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from flask import url_for
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import Field, HiddenField, StringField, ValidationError
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, Select, TextInput

from core.db import today
from core.writing import Problem

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


# --- how values are written and read ---------------------------------------------------------------


def day_text(day: date | None) -> str:
    """A day as people write it: 3 Dec 1995."""
    return f"{day.day} {MONTHS[day.month - 1].title()} {day.year:04}" if day else ""


def number_text(number: Decimal | None, least_places: int = 0) -> str:
    """A number without needless zeros: 7.5000 → 7.5, with at least so many places."""
    if number is None:
        return ""
    bare = number.normalize()
    places = max(-int(bare.as_tuple().exponent), least_places)
    return f"{bare:.{places}f}"


def to_places(number: Decimal, places: int) -> Decimal:
    """Rounded half away from zero, as money is."""
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def read_number(typed: str) -> list[Decimal]:
    """Every number that `typed` can mean: “12,5 %”, “1/2”, “1.234,50”; two for “1,234”; none if it is none."""
    text = re.sub(r"[\s%'’]", "", typed)
    fraction = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
    if fraction and int(fraction.group(2)):
        return [Decimal(fraction.group(1)) / Decimal(fraction.group(2))]
    readings = []
    for point, group in ((".", ","), (",", ".")):
        sign = r"[+-]?"
        if re.fullmatch(rf"{sign}(\d+|\d{{1,3}}(\{group}\d{{3}})+)?(\{point}\d+)?", text) and text.strip(
            "+-"
        ):
            readings.append(Decimal(text.replace(group, "").replace(point, ".")))
    return sorted(set(readings))


def read_day(typed: str) -> list[date]:
    """Every day that `typed` can mean: ISO, “3 Dec 1995”, “3.12.1995”, “today”; two for “3/4/2026”."""
    text = typed.strip().casefold().rstrip(".")
    words = {"today": 0, "tomorrow": 1, "yesterday": -1}
    if text in words:
        return [today() + timedelta(days=words[text])]
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    if iso:
        return _days([tuple(map(int, iso.groups()))])
    named = re.fullmatch(r"(\d{1,2})\.?\s+([a-z]{3,9})\.?,?\s+(\d{4})", text)
    if named and named.group(2)[:3] in MONTHS:
        return _days([(int(named.group(3)), MONTHS.index(named.group(2)[:3]) + 1, int(named.group(1)))])
    plain = re.fullmatch(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})", text)
    if plain:
        first, second, year = int(plain.group(1)), int(plain.group(3)), int(plain.group(4))
        orders = [(year, second, first)] + ([(year, first, second)] if plain.group(2) == "/" else [])
        return _days(orders)
    return []


def _days(parts: Sequence[tuple[int, ...]]) -> list[date]:
    days = set()
    for year, month, day in parts:
        try:
            days.add(date(year, month, day))
        except ValueError:
            continue
    return sorted(days)


# --- fields ----------------------------------------------------------------------------------------


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
    def render_option(cls, value: Any, label: Any, selected: bool, **kwargs: Any) -> Markup:
        """One option."""
        return Markup(
            f"<option {attributes(**{'selected': selected, 'value': value, **kwargs})}>{escape(label)}</option>"
        )


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
        return number_text(value, self.places)

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
        return [day for day in read_day(typed) if 1000 <= day.year <= 9998]

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
        kwargs.setdefault("validators", [Optional(), Length(max=300)])
        super().__init__(label, **kwargs)

    # What the suggestions are told of the near side.
    near: Mapping[str, str] = {}

    @property
    def find_url(self) -> str:
        """Where suggestions come from."""
        return url_for(self.find, **self.near)

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


# --- the form of a page ----------------------------------------------------------------------------


class PageForm(FlaskForm):
    """A form of a page: has a one-time key and shows what the write path refused.

    `reason` is asked where the domain wants one. Problems without a place of their own are `form_errors`.
    """

    form_key = HiddenField(default=lambda: secrets.token_urlsafe(16))
    version = HiddenField()

    @property
    def one_time_key(self) -> str | None:
        """The key under which this form is stored at most once."""
        key = self.form_key.data
        return key[:64] if key else None

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

    def is_stale(self, record: Any) -> bool:
        """Whether `record` was stored by somebody else since this form was shown; says so at the fields.

        Fields that are as the colleague left them are no conflict. Saving again keeps what is typed here.
        """
        if not self.version.data or str(record.version) == self.version.data:
            return False
        differing = [
            field
            for name, field in self._fields.items()
            if hasattr(record, name)
            and name != "version"
            and isinstance(field.data, str | date | Decimal | type(None))
            and (field.data or None) != getattr(record, name)
        ]
        for field in differing:
            stored = getattr(record, field.name)
            said = field.format(stored) if isinstance(field, LenientField) else stored
            field.errors = [
                *field.errors,
                f"Meanwhile this was stored as “{said or 'empty'}”. Save again to replace it.",
            ]
        self.version.data = str(record.version)
        return bool(differing)
