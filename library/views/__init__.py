"""The pages of the library."""

from library.views import authors, books, data, deeds, duplicates, finders, many, shares, subjects
from library.views.blueprint import bp

__all__ = ["authors", "books", "bp", "data", "deeds", "duplicates", "finders", "many", "shares", "subjects"]
