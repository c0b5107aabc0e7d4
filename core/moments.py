"""Instants are stored in UTC, and are said and asked for in the time zone of the people here."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask import current_app

from core.forms import day_text


def _zone() -> ZoneInfo | None:
    """The configured time zone; None is that of the machine."""
    name = current_app.config["TIMEZONE"]
    return ZoneInfo(name) if name else None


def moment(instant: datetime) -> str:
    """An instant as the people here would say it: 3 Dec 1995, 14:05."""
    # SQLite forgets the time zone.
    known = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    local = known.astimezone(_zone())
    return f"{day_text(local.date())}, {local:%H:%M}"


def begin_of(day: date) -> datetime:
    """The instant at which a day begins here."""
    return datetime.combine(day, time.min, _zone()).astimezone(UTC)
