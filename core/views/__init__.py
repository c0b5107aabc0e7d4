"""The pages about the whole application."""

from core.views import accounts, health, home, imports, jobs, search, undo
from core.views.blueprint import bp

__all__ = ["accounts", "bp", "health", "home", "imports", "jobs", "search", "undo"]
