"""What a room tells the whole application about itself. Each room fills one `Room` in, in its `room.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint


@dataclass(frozen=True)
class Place:
    """A list in the navigation: its name, where it is, and what its pages are called in addresses."""

    label: str
    endpoint: str


@dataclass(frozen=True)
class Room:
    """A part of the application with its own words, pages and sheets."""

    name: str
    title: str
    blueprint: Blueprint
    places: Sequence[Place]
    sheets: Mapping[str, Any] = field(default_factory=dict)
