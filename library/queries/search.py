"""Finding books, authors and subjects by words, references and ISBNs, and by other names of an author."""

import re
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import joinedload
from stdnum import isbn

from core.db import folded
from core.parts import by_parts
from core.search import FIRST, First, begins_words, first_of, found, like
from core.typed import Typed, Word, typed
from library.models import Author, AuthorName, Book, Edition, Subject

# Fewer digits than these are words of a title: “1984” is in too many ISBNs by chance.
LEAST_DIGITS = 5
ISBN_DIGITS = 13
# How what was typed says that it is an ISBN, or a part of one.
WHOLE, PART = "whole_isbn", "part_of_isbn"


def isbn_meant(q: str) -> str:
    """The ISBN-13, or the part of one, that `q` can mean, with or without hyphens; "" where it means none."""
    bare = re.sub(r"[\s-]", "", q).upper()
    if re.fullmatch(r"[0-9]{9}[0-9X]", bare) and isbn.is_valid(bare):
        return str(isbn.to_isbn13(bare))
    return bare if re.fullmatch(rf"[0-9]{{{LEAST_DIGITS},13}}", bare) else ""


def books_called(q: str) -> list[ColumnElement[bool]]:
    """Conditions that each word of `q` is part of a title or reference, or all of it is part of an ISBN."""
    return _called_so(_typed_of_books(q))


def authors_called(q: str) -> list[ColumnElement[bool]]:
    """Conditions that each word of `q` is part of a name of the author, the main one or another."""
    return [_word_of_author(word) for word in _typed(q).words]


def books_by_parts(q: str) -> list[ColumnElement[bool]]:
    """Conditions that all those meet too, and few others; none where an ISBN is meant."""
    return _by_parts_of_books(_typed_of_books(q))


def authors_by_parts(q: str) -> list[ColumnElement[bool]]:
    """The same of authors."""
    return by_parts(Author, _typed(q).words)


def _typed(q: str, **others: str) -> Typed:
    """The words that are looked for: “Tolkien, Christopher”, as people are filed, is two."""
    return typed(*((word,) for word in folded(q).replace(",", " ").split()), **others)


def _typed_of_books(q: str) -> Typed:
    digits = isbn_meant(q)
    # By its name the statement knows what is meant by them.
    others = {PART: f"%{digits}%"} if 0 < len(digits) < ISBN_DIGITS else {WHOLE: digits} if digits else {}
    return _typed(q, isbn=digits, reference=q, upper=q.upper(), lower=q.lower(), **others)


def _called_so(asked: Typed) -> list[ColumnElement[bool]]:
    reference = func.lower(func.coalesce(Book.reference, ""))
    words = [or_(like(Book.title_key, word.part), like(reference, word.part)) for word in asked.words]
    if WHOLE in asked.others:
        return [_with_isbn(Edition.isbn == asked.others[WHOLE])]
    if PART in asked.others:
        return [or_(and_(*words), _with_isbn(like(Edition.isbn, asked.others[PART])))]
    return words


def _by_parts_of_books(asked: Typed) -> list[ColumnElement[bool]]:
    return [] if {WHOLE, PART} & set(asked.others) else by_parts(Book, asked.words)


def _with_isbn(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Book.id.in_(select(Edition.book_id).where(condition))


def _word_of_author(word: Word) -> ColumnElement[bool]:
    others = select(AuthorName.author_id).where(like(AuthorName.name_key, word.part))
    return or_(like(Author.name_key, word.part), Author.id.in_(others))


def books_found(q: str, most: int = FIRST, archived: bool = True) -> First:
    """The first books that `q` finds, with their editions; whose reference or ISBN it is comes first."""
    return found(_typed_of_books(q), _first_books, most, archived)


def _first_books(asked: Typed, most: int, archived: bool) -> Select[Any]:
    taken = true() if archived else Book.archived_on.is_(None)
    whole = _with_isbn(Edition.isbn == asked.others["isbn"])
    reference = Book.reference.in_([asked.others[name] for name in ("reference", "upper", "lower")])
    return first_of(
        select(Book).where(taken, *_called_so(asked), *_by_parts_of_books(asked)),
        [and_(one, taken) for one in (whole, reference)],
        begins_words(asked.words, Book.title_key),
        (Book.title_key, Book.id),
        joinedload(Book.editions),
        most=most,
    )


def authors_found(q: str, most: int = FIRST, archived: bool = True) -> First:
    """The first authors that `q` finds, with their other names."""
    return found(_typed(q), _first_authors, most, archived)


def _first_authors(asked: Typed, most: int, archived: bool) -> Select[Any]:
    taken = true() if archived else Author.archived_on.is_(None)
    called = [_word_of_author(word) for word in asked.words]
    return first_of(
        select(Author).where(taken, *called, *by_parts(Author, asked.words)),
        [],
        begins_words(asked.words, Author.name_key),
        (Author.sort_key, Author.id),
        joinedload(Author.alternate_names),
        most=most,
    )


def subjects_found(q: str, most: int = FIRST) -> First:
    """The first subjects that `q` finds."""
    words = typed(*((word,) for word in folded(q).split()))
    return found(words, _first_subjects, most)


def _first_subjects(asked: Typed, most: int) -> Select[Any]:
    wanted = select(Subject).where(*(like(Subject.name_key, word.part) for word in asked.words))
    near = begins_words(asked.words, Subject.name_key)
    return first_of(wanted, [], near, (Subject.name_key, Subject.id), most=most)
