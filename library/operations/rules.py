"""The rules of whole sets of shares, asked before anything is stored."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from core.forms import number_text
from core.writing import Problem, Work
from library import queries, royalties
from library.models import AuthorBook
from library.royalties import Share


def check(work: Work) -> Iterator[Problem]:
    """What the touched shares would break, looking at all shares of the books touched."""
    links = [one for one in work.touched if isinstance(one, AuthorBook)]
    if not links:
        return
    now = [link for link in links if not work.is_deleted(link)]
    # A share that moves to another author is stored under the old one until the flush.
    were = {(facts["book_id"], facts["author_id"]) for link in links if (facts := work.touched[link])}
    touched = {pair_of(link) for link in links} | were
    stored = queries.shares_of({book for book, _author in touched if isinstance(book, int)})
    shares = [share for share in stored if (share.book, share.author) not in touched]
    shares += [Share(link, *pair_of(link), link.royalty_percentage or Decimal(0)) for link in now]
    for book, total in royalties.sums(shares).items():
        about = [link for link in now if pair_of(link)[0] == book]
        if total > royalties.LIMIT and about:
            title = about[0].book.title
            yield Problem(
                f"The royalties of {title} would be {number_text(total)} % together; "
                "more than 100 % cannot be stored.",
                about=about,
            )


def pair_of(link: AuthorBook) -> tuple[Any, Any]:
    """The book and the author of a share, as keys; of a new record, the record itself."""
    book = link.book_id if link.book is None else link.book.id or link.book
    author = link.author_id if link.author is None else link.author.id or link.author
    return book, author
