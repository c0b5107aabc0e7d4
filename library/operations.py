"""The deeds of the library, and the rules of the whole set."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from core.db import db, folded
from core.forms import number_text
from core.links import LinkRow
from core.writing import Problem, Work
from library import queries, royalties
from library.models import Author, AuthorBook, Book, Subject
from library.royalties import Share


def check(work: Work) -> Iterator[Problem]:
    """What the touched shares would break, looking at all shares of the books touched."""
    links = [one for one in work.touched if isinstance(one, AuthorBook)]
    if not links:
        return
    now = [link for link in links if not work.is_deleted(link)]
    touched = {_pair(link) for link in links}
    stored = queries.shares_of({book for book, _author in touched if isinstance(book, int)})
    shares = [share for share in stored if (share.book, share.author) not in touched]
    shares += [Share(link, *_pair(link), link.royalty_percentage or Decimal(0)) for link in now]
    for book, total in royalties.sums(shares).items():
        about = [link for link in now if _pair(link)[0] == book]
        if total > royalties.LIMIT and about:
            title = about[0].book.title
            yield Problem(
                f"The royalties of {title} would be {number_text(total)} % together; "
                "more than 100 % cannot be stored.",
                about=about,
            )


def _pair(link: AuthorBook) -> tuple[Any, Any]:
    """The book and the author of a share, as keys; of a new record, the record itself."""
    book = link.book_id if link.book is None else link.book.id or link.book
    author = link.author_id if link.author is None else link.author.id or link.author
    return book, author


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
            books[_pair(link)[0]].append(link)
    for credits in books.values():
        places = [(link, link.publication_order, link in moved) for link in credits]
        for place, link in enumerate(royalties.in_order(places), 1):
            if link.publication_order != place:
                link.publication_order = place


def delete_author(work: Work, author: Author) -> None:
    """Take an author and the shares away; the credits of the books close up."""
    work.lock(Author, [author.id], whole=True)
    books = queries.books_of_author(author.id)
    work.lock(Book, books)
    links = [link for link in queries.links_of_books(books).values() if link.author_id != author.id]
    put_in_order(work, links, ())
    db.session.delete(author)


def keep_subjects(book: Book, gone: set[str], come: list[str]) -> None:
    """Take subjects from a book and add others by name; a name that is new becomes a subject."""
    known = queries.subjects_named([*gone, *come])
    for name in gone:
        subject = known.get(folded(name))
        if subject in book.subjects:
            book.subjects.remove(subject)
    for name in come:
        subject = known.setdefault(folded(name), Subject(name=name))
        if subject not in book.subjects:
            book.subjects.append(subject)
