"""The deeds on shares and books: move, change, split a total, credit an author.

Each is done on books that are locked and shares that are freshly read; the sums are left to `check`.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.writing import Problem, Work
from library import royalties
from library.models import Author, AuthorBook, Book
from library.operations.shares import put_in_order


def move(work: Work, share: AuthorBook, place: int) -> list[str]:
    """Move an author to a place in the credits of the book; the others keep their order around."""
    share.publication_order = place
    put_in_order(work, share.book.author_links, [share])
    return []


def change(work: Work, shares: Sequence[AuthorBook], facts: Mapping[str, Any]) -> list[str]:
    """Give shares the same role, percentage or credit."""
    alike = 0
    work.change_set.is_separable = len(shares) > 1
    for share in shares:
        alike += all(getattr(share, name) == value for name, value in facts.items())
        for name, value in facts.items():
            setattr(share, name, value)
    return [f"{alike:,} of them {'says' if alike == 1 else 'say'} so already."] if alike else []


def split(work: Work, book: Book, total: Decimal, weights: Sequence[Decimal]) -> list[str]:
    """Split a total among the authors of a book: equally, or by weights in the order of the credits.

    By largest remainder at four places; ties go by the order of the credits.
    """
    links = sorted(book.author_links, key=lambda link: link.publication_order)
    if not links:
        work.refuse(Problem("The book has no author any more, so there is nobody to split it among."))
        return []
    if weights and len(weights) != len(links):
        said = f"The book has {len(links)} authors, and these are {len(weights)} parts."
        work.refuse(Problem(said, field="weights"))
        return []
    parts = royalties.split(total, weights or [Decimal(1)] * len(links))
    for link, part in zip(links, parts, strict=True):
        link.royalty_percentage = part
    return []


def credit(work: Work, books: Sequence[Book], author: Author, facts: Mapping[str, Any]) -> list[str]:
    """Put an author last in the credits of books; where the author is already, nothing changes."""
    there = 0
    for book in books:
        if any(link.author is author for link in book.author_links):
            there += 1
            continue
        last = max((link.publication_order for link in book.author_links), default=0)
        work.session.add(AuthorBook(book=book, author=author, publication_order=last + 1, **facts))
    if not there:
        return []
    return [f"{author} is on {'one of them' if there == 1 else f'{there:,} of them'} already."]
