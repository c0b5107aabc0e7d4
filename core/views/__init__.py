"""The pages about the whole application."""

from core.views import (
    accounts,
    administration,
    health,
    home,
    imports,
    jobs,
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
    "health",
    "home",
    "imports",
    "jobs",
    "search",
    "second_factor",
    "tickets",
    "undo",
]
