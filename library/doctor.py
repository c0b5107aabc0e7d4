"""The rules of the library that stored data may break: by an older version, or by whoever wrote past it."""

from collections.abc import Iterator

from sqlalchemy import select

from core.db import folded, match_key
from core.doctor import Ailment, at, stale_keys
from core.forms import number_text
from core.queries import stream
from library import queries, royalties
from library.models import Author, AuthorName, Book, Subject, published_year


def ailments() -> Iterator[Ailment]:
    """Every rule of the library, with the places where what is stored breaks it."""
    yield from _of_books()
    yield _keys()


def _of_books() -> list[Ailment]:
    """What is asked of all shares of one book together, in one pass over every book."""
    sums = Ailment("the royalties of a book are 100 % at most together")
    order = Ailment("the credits of a book are numbered 1, 2, 3, …")
    for book in queries.every_book_with_shares():
        total = royalties.sums(book.shares)[book.id]
        if total > royalties.LIMIT:
            sums.found(f"{book.title}: {number_text(total)} % {at('library.book', id=book.id)}")
        if sorted(book.places) != list(range(1, len(book.places) + 1)):
            found = ", ".join(map(str, sorted(book.places)[:50]))
            order.found(f"{book.title}: {found} {at('library.book', id=book.id)}")
    return [sums, order]


def _keys() -> Ailment:
    """What is sorted and searched by is made from what is written."""
    one = Ailment("keys are those of the titles, names and years")
    stale_keys(
        one,
        stream(select(Book.id, Book.title, Book.title_key, Book.published, Book.year)),
        {"title_key": lambda row: folded(row.title), "year": lambda row: published_year(row.published)},
        lambda row: f"{row.title} {at('library.book', id=row.id)}",
    )
    stale_keys(
        one,
        stream(select(Subject.id, Subject.name, Subject.name_key)),
        {"name_key": lambda row: folded(row.name)},
        lambda row: f"{row.name} {at('library.subject', id=row.id)}",
    )
    _keys_of_authors(one)
    return one


def _keys_of_authors(one: Ailment) -> None:
    keys = {
        "name_key": lambda row: folded(row.name),
        "match_key": lambda row: match_key(row.name),
        "sort_key": lambda row: folded(row.sort_name),
    }
    stale_keys(
        one,
        stream(select(*(getattr(Author, name) for name in ("id", "name", "sort_name", *keys)))),
        keys,
        lambda row: f"{row.name} {at('library.author', id=row.id)}",
    )
    stale_keys(
        one,
        stream(select(AuthorName.author_id, AuthorName.name, AuthorName.name_key)),
        {"name_key": lambda row: folded(row.name)},
        lambda row: f"{row.name}, another name {at('library.author', id=row.author_id)}",
    )
