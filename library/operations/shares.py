"""What is done with the shares of a book: each author once, and the credits numbered without gaps."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Table

from core.links import LinkRow
from core.writing import Work
from library import queries, royalties
from library.models import AuthorBook
from library.operations.rules import pair_of


def refuse_repeats(work: Work, rows: Iterable[LinkRow], taken: Mapping[Any, AuthorBook]) -> None:
    """Refuse a far side that is already joined, at its row, naming the other one.

    `taken` has the stored links by their far side. One that is removed in the same save does not count.
    """
    rows = list(rows)
    leaving = {
        row.identity.data for row in rows if row.identity.data and (row.remove.data or row.is_replaced)
    }
    standing = {far: link for far, link in taken.items() if f"{link.book_id}-{link.author_id}" not in leaving}
    seen: dict[Any, LinkRow] = {}
    for row in rows:
        if row.far_side is None or row.remove.data:
            continue
        other = standing.get(row.far_side)
        if other is not None and f"{other.book_id}-{other.author_id}" != row.identity.data:
            row.refuse(
                f"{row.far_side} is already here, at place {other.publication_order} of the credits.", row.far
            )
            work.refuse()
        elif row.far_side in seen:
            row.refuse(f"{row.far_side} is already in row {seen[row.far_side].number}.", row.far)
            work.refuse()
        seen.setdefault(row.far_side, row)


def put_in_order(work: Work, links: Iterable[AuthorBook], moved: Iterable[AuthorBook]) -> None:
    """Number the credits of each book from 1 without gaps; moved ones go to the place they ask for."""
    moved = set(moved)
    books: dict[Any, list[AuthorBook]] = defaultdict(list)
    for link in links:
        if not work.is_deleted(link):
            books[pair_of(link)[0]].append(link)
    for credits in books.values():
        places = [(link, link.publication_order, link in moved) for link in credits]
        for place, link in enumerate(royalties.in_order(places), 1):
            if link.publication_order != place:
                link.publication_order = place


def books_that_moved(work: Work) -> set[Any]:
    """The books in which shares came, went or moved, as objects or by statements."""
    work.collect()
    moved = {pair_of(one)[0] for one in work.touched if isinstance(one, AuthorBook) and _is_moved(work, one)}
    taken_away = work.rows.before.get(cast(Table, AuthorBook.__table__), {})
    return moved | {row["book_id"] for row in taken_away.values()}


def close_gaps(work: Work, books: Collection[Any]) -> None:
    """Number the credits of these books anew."""
    if books:
        # Stored first: the shares of the books are read anew.
        work.session.flush()
        put_in_order(work, queries.links_of_books(books).values(), ())


def _is_moved(work: Work, share: AuthorBook) -> bool:
    """Whether a share came, went, or has another place in the credits: another percentage leaves no gap."""
    before = work.touched[share]
    if before is None or work.is_deleted(share):
        return True
    return bool(before["publication_order"] != share.publication_order)
