"""How the library speaks of its records where a deed says what it would change."""

from typing import Any

from flask import url_for

from core.deeds import RecordWords, Words
from core.forms import number_text
from core.links import in_words
from library import queries
from library.models import Author, AuthorBook, AuthorName, Book, Edition, Subject


def _word(name: str, value: Any) -> str:
    """A value as the library says it: percentages with their sign, authors by their number."""
    if name in ("author_id", "former_id") and value is not None:
        return f"#{value}"
    return f"{number_text(value)} %" if name == "royalty_percentage" else in_words(value)


WORDS: Words = {
    AuthorBook: RecordWords(
        noun="share",
        belongs_to={"book_id": Book, "author_id": Author},
        title=lambda share: f"{share.author} of {share.book}",
        labels={
            "author_id": "Author",
            "publication_order": "No.",
            "role": "Role",
            "also_as": "Also as",
            "royalty_percentage": "Royalty",
            "credited_as": "Credited as",
        },
        word=_word,
        url=lambda share: url_for("library.book", id=share.book.id) if share.book.id else None,
    ),
    Author: RecordWords(
        noun="author",
        find=queries.authors_by_keys,
        title=lambda author: author.name,
        labels={"name": "Name", "sort_name": "Filed as", "archived_on": "Archived on"},
        url=lambda author: url_for("library.author", id=author.id) if author.id else None,
        page="library.author",
    ),
    AuthorName: RecordWords(
        noun="other name",
        belongs_to={"author_id": Author},
        title=lambda name: f"{name.name}, another name of {name.author}",
        labels={"name": "Name", "author_id": "Author", "former_id": "Leads here"},
        which=lambda values: str(values["name"]),
        word=_word,
    ),
    Book: RecordWords(
        noun="book",
        title=lambda book: book.title,
        labels={
            "title": "Title",
            "reference": "Reference",
            "published": "Published",
            "archived_on": "Archived on",
            "subjects": "Subjects",
        },
        url=lambda book: url_for("library.book", id=book.id) if book.id else None,
        page="library.book",
        called=lambda values: str(values["title"]),
    ),
    Subject: RecordWords(
        noun="subject",
        title=lambda subject: subject.name,
        labels={"name": "Name"},
        silent=("books",),
        url=lambda subject: url_for("library.subject", id=subject.id) if subject.id else None,
        page="library.subject",
    ),
    Edition: RecordWords(
        noun="edition",
        belongs_to={"book_id": Book},
        title=lambda edition: f"{edition}, edition of {edition.book}",
        labels={"isbn": "ISBN", "format": "Format", "list_price": "List price", "currency": "Currency"},
        which=lambda values: str(values.get("isbn") or values.get("format") or ""),
        url=lambda edition: url_for("library.book", id=edition.book.id) if edition.book.id else None,
    ),
}
