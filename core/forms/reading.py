"""How values are written and read: days, numbers, codes."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import current_app

from core.db import code_key, folded, today

T = TypeVar("T")

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TITLED = ("", *(month.title() for month in MONTHS))


def squeezed(text: str | None) -> str | None:
    """Single blanks, and nothing instead of an empty text."""
    return " ".join(text.split()) or None if text else None


# So many days are remembered as they are written: a list says hundreds, and most of them again and again.
DAYS = 20_000


@lru_cache(DAYS)
def day_text(day: date | None) -> str:
    """A day as people write it: 3 Dec 1995."""
    return f"{day.day} {_TITLED[day.month]} {day.year:04}" if day else ""


def moment_text(instant: datetime) -> str:
    """An instant as the people here would say it: 3 Dec 1995, 14:05."""
    # SQLite forgets the time zone; instants are stored in UTC.
    known = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    local = known.astimezone(_zone())
    return f"{day_text(local.date())}, {local:%H:%M}"


def begin_of(day: date) -> datetime:
    """The instant at which a day begins here, in UTC."""
    return datetime.combine(day, time.min, _zone()).astimezone(UTC)


def _zone() -> ZoneInfo | None:
    """The configured time zone; None is that of the machine."""
    name = current_app.config["TIMEZONE"]
    return ZoneInfo(name) if name else None


def number_text(number: Decimal | None, least_places: int = 0) -> str:
    """A number without needless zeros: 7.5000 → 7.5, with at least so many places."""
    if number is None:
        return ""
    bare = number.normalize()
    places = max(-int(bare.as_tuple().exponent), least_places)
    return f"{bare:.{places}f}"


def as_text(value: Any) -> str:
    """A fact as a text that is equal exactly when the fact is."""
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def in_words(value: Any) -> str:
    """A fact as a person reads it in a sentence."""
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(sorted(map(str, value))) or "none"
    return as_text(value) or "empty"


def shown_facts(text: str | None) -> dict[str, str]:
    """The facts that a form or a row showed, as it sends them back; none where that was tampered with."""
    try:
        shown = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return shown if isinstance(shown, dict) else {}


def meant(
    text: str,
    records: Iterable[T],
    key_of: Callable[[T], str],
    names_of: Callable[[T], Sequence[str]],
    keys_are_typed: bool = True,
) -> list[T]:
    """The records that a look-up can mean: “Name #key” or “#key”, a key alone if people know keys, or a name.

    A key counts only where what stands before it names the same record: “Saga #2” may be a title.
    """
    records = list(records)
    name, mark, key = text.rpartition("#")
    said = folded(name)
    if mark:
        by_key = [
            one for one in records if key_of(one) == code_key(key) and (not said or said in names_of(one))
        ]
        if by_key:
            return by_key
    bare = code_key(text) if keys_are_typed else None
    return [one for one in records if folded(text) in names_of(one) or key_of(one) == bare]


def read_number(typed: str) -> list[Decimal]:
    """Every number that `typed` can mean: “12,5 %”, “1/2”, “1.234,50”; two for “1,234”."""
    text = re.sub(r"[\s%'’]", "", typed)
    fraction = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
    if fraction and int(fraction.group(2)):
        return [Decimal(fraction.group(1)) / Decimal(fraction.group(2))]
    readings = []
    for point, group in ((".", ","), (",", ".")):
        sign = r"[+-]?"
        if re.fullmatch(rf"{sign}(\d+|[1-9]\d{{0,2}}(\{group}\d{{3}})+)?(\{point}\d+)?", text) and text.strip(
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


def kept_days(typed: str) -> list[date]:
    """Every day that `typed` can mean and that both databases keep alike: of the years 1000 to 9998."""
    return [day for day in read_day(typed) if 1000 <= day.year <= 9998]


def _days(parts: Sequence[tuple[int, ...]]) -> list[date]:
    days = set()
    for year, month, day in parts:
        try:
            days.add(date(year, month, day))
        except ValueError:
            continue
    return sorted(days)
