"""Finding books, authors and subjects by words, references and ISBNs, and by other names of an author."""

import re

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload
from stdnum import isbn

from core.db import folded
from core.parts import by_parts
from core.search import FIRST, First, begins_words, first_of, has_part
from core.sorts import words_in
from library.models import Author, AuthorName, Book, Edition, Subject

# Fewer digits than these are words of a title: “1984” is in too many ISBNs by chance.
LEAST_DIGITS = 5


def isbn_meant(q: str) -> str:
    """The ISBN-13, or the part of one, that `q` can mean, with or without hyphens; "" where it means none."""
    bare = re.sub(r"[\s-]", "", q).upper()
    if re.fullmatch(r"[0-9]{9}[0-9X]", bare) and isbn.is_valid(bare):
        return str(isbn.to_isbn13(bare))
    return bare if re.fullmatch(rf"[0-9]{{{LEAST_DIGITS},13}}", bare) else ""


def books_called(q: str) -> list[ColumnElement[bool]]:
    """Conditions that each word of `q` is part of a title or reference, or all of it is part of an ISBN."""
    words = words_in(" ".join(_words(q)), Book.title_key, func.lower(func.coalesce(Book.reference, "")))
    digits = isbn_meant(q)
    if len(digits) == 13:
        return [Book.id.in_(select(Edition.book_id).where(Edition.isbn == digits))]
    if digits:
        return [or_(and_(*words), Book.id.in_(select(Edition.book_id).where(Edition.isbn.contains(digits))))]
    return words


def authors_called(q: str) -> list[ColumnElement[bool]]:
    """Conditions that each word of `q` is part of a name of the author, the main one or another."""
    return [_word_of_author(word) for word in _words(q)]


def books_by_parts(q: str) -> list[ColumnElement[bool]]:
    """Conditions that all those meet too, and few others; none where an ISBN is meant."""
    return [] if isbn_meant(q) else by_parts(Book, [(word,) for word in _words(q)])


def authors_by_parts(q: str) -> list[ColumnElement[bool]]:
    """The same of authors."""
    return by_parts(Author, [(word,) for word in _words(q)])


def _words(q: str) -> list[str]:
    """The words that are looked for: “Tolkien, Christopher”, as people are filed, is two."""
    return folded(q).replace(",", " ").split()


def _word_of_author(word: str) -> ColumnElement[bool]:
    others = select(AuthorName.author_id).where(has_part(AuthorName.name_key, word))
    return or_(has_part(Author.name_key, word), Author.id.in_(others))


def books_found(q: str, most: int = FIRST, *conditions: ColumnElement[bool]) -> First:
    """The first books that `q` finds, with their editions; whose reference or ISBN it is comes first."""
    whole = Book.id.in_(select(Edition.book_id).where(Edition.isbn == isbn_meant(q)))
    reference = Book.reference.in_({q, q.upper(), q.lower()})
    return first_of(
        select(Book).where(*conditions, *books_called(q), *books_by_parts(q)),
        [and_(one, *conditions) for one in (whole, reference)],
        begins_words(q, Book.title_key),
        (Book.title_key, Book.id),
        joinedload(Book.editions),
        most=most,
    )


def authors_found(q: str, most: int = FIRST, *conditions: ColumnElement[bool]) -> First:
    """The first authors that `q` finds, with their other names."""
    return first_of(
        select(Author).where(*conditions, *authors_called(q), *authors_by_parts(q)),
        [],
        begins_words(q, Author.name_key),
        (Author.sort_key, Author.id),
        joinedload(Author.alternate_names),
        most=most,
    )


def subjects_found(q: str, most: int = FIRST) -> First:
    """The first subjects that `q` finds."""
    wanted = select(Subject).where(*words_in(folded(q), Subject.name_key))
    near = begins_words(q, Subject.name_key)
    return first_of(wanted, [], near, (Subject.name_key, Subject.id), most=most)
