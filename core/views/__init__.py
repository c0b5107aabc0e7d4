"""The pages about the whole application."""

from core.views import (
    accounts,
    administration,
    data,
    health,
    history,
    home,
    imports,
    jobs,
    many,
    notes,
    search,
    second_factor,
    tickets,
    undo,
)
from core.views.blueprint import bp

__all__ = [
    "accounts",
    "administration",
    "bp",
    "data",
    "health",
    "history",
    "home",
    "imports",
    "jobs",
    "many",
    "notes",
    "search",
    "second_factor",
    "tickets",
    "undo",
]
