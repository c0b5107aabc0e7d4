"""What the library finds for the search over everything, in its own words."""

from collections.abc import Sequence

from flask import url_for
from stdnum.isbn import format as format_isbn

from core.rooms import Found, Hit
from core.search import First, has_words
from core.subjects import subjects_of
from library import queries
from library.models import Author, AuthorBook, Book


def found(q: str) -> Sequence[Found]:
    """Books, authors and subjects, archived ones too."""
    subjects = queries.subjects_found(q)
    hits = [
        Hit(one.name, "", url_for("library.subject", id=one.id), subjects=subjects_of(one))
        for one in subjects.records
    ]
    return [
        _books(queries.books_found(q), q),
        _authors(queries.authors_found(q), q),
        Found("subject", "subjects", hits, subjects.total, url_for("library.subjects", q=q)),
    ]


def _books(books: First, q: str) -> Found:
    credits = queries.credits_of([one.id for one in books.records])
    hits = [
        Hit(
            one.title,
            book_context(one, credits.get(one.id, []), q),
            url_for("library.book", id=one.id),
            is_exact,
            subjects_of(one),
        )
        for one, is_exact in books.rows
    ]
    return Found("book", "books", hits, books.total, url_for("library.books", q=q, state="all"))


def _authors(authors: First, q: str) -> Found:
    titles = queries.titles_of([one.id for one in authors.records])
    hits = [
        Hit(
            one.sort_name,
            author_context(one, titles.get(one.id), q),
            url_for("library.author", id=one.id),
            subjects=subjects_of(one),
        )
        for one in authors.records
    ]
    return Found("author", "authors", hits, authors.total, url_for("library.authors", q=q, state="all"))


def book_context(one: Book, credits: Sequence[AuthorBook], q: str) -> str:
    """What tells books apart: date and first authors; reference and ISBN where `q` finds it by them."""
    digits = queries.isbn_meant(q)
    isbns = [edition.isbn for edition in one.editions if edition.isbn and digits and digits in edition.isbn]
    by_reference = not has_words(q, one.title_key) and has_words(
        q, one.title_key, (one.reference or "").lower()
    )
    return _joined(
        one.published,
        ", ".join(link.author.name for link in credits[:3]),
        one.reference if by_reference else None,
        *(f"ISBN {format_isbn(isbn)}" for isbn in isbns[:1]),
        "archived" if one.archived_on else None,
    )


def author_context(one: Author, title: str | None, q: str) -> str:
    """What tells authors apart: a title; and the other name by which `q` finds them."""
    others = [] if has_words(q, one.name_key) else one.alternate_names
    words = [word for word in q.split() if not has_words(word, one.name_key)]
    met = [other.name for other in others if any(has_words(word, other.name_key) for word in words)]
    return _joined(
        f"also {', '.join(met)}" if met else None,
        title or "no book yet",
        "archived" if one.archived_on else None,
    )


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)
