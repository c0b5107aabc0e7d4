"""The link table: rows of association objects on a page, and how they are stored.

A row is saved by its stored identity, never by its position; only an explicit mark removes; a row counts
as changed only where it differs from what it showed; and the posted version decides, not the loaded one.
"""

from core.forms import as_text, in_words
from core.links.details import DetailRow
from core.links.rows import (
    GONE,
    WINDOW,
    LinkRow,
    LinkRows,
    Suggestion,
    identity_of,
)
from core.links.saving import (
    find_far_sides,
    save_links,
)

__all__ = [
    "GONE",
    "WINDOW",
    "DetailRow",
    "LinkRow",
    "LinkRows",
    "Suggestion",
    "as_text",
    "find_far_sides",
    "identity_of",
    "in_words",
    "save_links",
]
