"""What a file may be at most, and the one way in which it is said that a file cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


class Unreadable(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Limits:
    """How large a file may be, beyond its size as it is sent.

    `unpacked` are the bytes that a spreadsheet has when its parts are unpacked, `cells` those of the
    rectangle from A1 to the last cell in use, `columns` those of the header, `line` the characters of one
    line of a text file.
    """

    unpacked: int = 512 * 1024 * 1024
    cells: int = 10_000_000
    columns: int = 300
    line: int = 1_000_000


def limits_of(settings: Mapping[str, Any]) -> Limits:
    """The limits as they are set: MOST_UNPACKED, MOST_CELLS, MOST_COLUMNS, MOST_LINE."""
    given = {one.name: settings[f"MOST_{one.name.upper()}"] for one in fields(Limits)}
    return Limits(**given)


def megabytes(count: int) -> str:
    """“512 MB”."""
    return f"{max(1, count // 1024**2):,} MB"
