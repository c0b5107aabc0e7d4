"""The pages of the library."""

from library.views import authors, books, finders, shares, subjects
from library.views.blueprint import bp

__all__ = ["authors", "books", "bp", "finders", "shares", "subjects"]
