"""Forgetting who an author was: percentages, order and roles stay, and so does every sum."""

from collections.abc import Iterator

from core.writing import Work
from library.models import Author


def names_of(author: Author) -> Iterator[str]:
    """What the author is and was called, and how books print it."""
    yield from (author.name, author.sort_name)
    yield from (other.name for other in author.alternate_names)
    yield from (share.credited_as for share in author.book_links if share.credited_as)


def forget_author(_work: Work, author: Author, token: str) -> None:
    """Let a token stand for the author; ids of duplicates that were merged go on leading here."""
    for share in author.book_links:
        share.credited_as = None
    for other in list(author.alternate_names):
        if other.former_id is None:
            author.alternate_names.remove(other)
        else:
            other.name = token
    author.name = author.sort_name = token
