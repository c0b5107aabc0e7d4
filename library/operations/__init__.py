"""The deeds of the library, and the rules of the whole set."""

from library.operations.deeds import change, credit, move, split
from library.operations.erase import forget_author, names_of
from library.operations.limits import allows, takes_back
from library.operations.merge import merge_authors, questions_of_authors, share_words, shared_books
from library.operations.records import delete_author, keep_subjects
from library.operations.rules import check
from library.operations.shares import books_that_moved, close_gaps, put_in_order, refuse_repeats

__all__ = [
    "allows",
    "books_that_moved",
    "change",
    "check",
    "close_gaps",
    "credit",
    "delete_author",
    "forget_author",
    "keep_subjects",
    "merge_authors",
    "move",
    "names_of",
    "put_in_order",
    "questions_of_authors",
    "refuse_repeats",
    "share_words",
    "shared_books",
    "split",
    "takes_back",
]
