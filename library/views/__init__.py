"""The pages of the library."""

from library.views import authors, books, deeds, duplicates, finders, shares, subjects
from library.views.blueprint import bp

__all__ = ["authors", "books", "bp", "deeds", "duplicates", "finders", "shares", "subjects"]
