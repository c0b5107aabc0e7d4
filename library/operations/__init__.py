"""The deeds of the library, and the rules of the whole set."""

from library.operations.records import delete_author, keep_subjects
from library.operations.rules import check
from library.operations.shares import put_in_order, refuse_repeats

__all__ = [
    "check",
    "delete_author",
    "keep_subjects",
    "put_in_order",
    "refuse_repeats",
]
