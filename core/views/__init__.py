"""The pages about the whole application."""

from core.views import accounts, data, health, history, home, imports, jobs, notes, search, undo
from core.views.blueprint import bp

__all__ = [
    "accounts",
    "bp",
    "data",
    "health",
    "history",
    "home",
    "imports",
    "jobs",
    "notes",
    "search",
    "undo",
]
