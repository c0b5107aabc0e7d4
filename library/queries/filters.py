"""What the filters of the library mean, as conditions. Their names are those of the filter forms."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select

from core.counting import HowMany, between
from core.db import folded, record_id
from library.models import Author, AuthorBook, AuthorName, Book, Subject, book_subject
from library.royalties import USUAL

Filters = Mapping[str, Any]
Conditions = list[ColumnElement[bool]]

NOTHING = literal(Decimal(0), AuthorBook.royalty_percentage.type)


def books_asked(filters: Filters) -> Conditions:
    """Conditions on books: facts of one share, sum of royalties, subject, year."""
    conditions = [*_state(Book.archived_on, filters), *_years(filters)]
    facts = _share_facts(filters)
    if facts:
        conditions.append(select(literal(1)).where(AuthorBook.book_id == Book.id, *facts).exists())
    if "subject" in filters:
        about = (
            select(book_subject.c.book_id).join(Subject).where(Subject.name_key == folded(filters["subject"]))
        )
        conditions.append(Book.id.in_(about))
    return conditions + _royalties(filters, select(AuthorBook.book_id))


def authors_of_each(filters: Filters) -> HowMany:
    """How many authors books have."""
    return HowMany.asked(Book.id, select(AuthorBook.book_id), filters, "authors")


def _royalties(filters: Filters, shares: Select[Any]) -> Conditions:
    """Conditions on what all authors of a book receive together; a book without an author has no sum."""
    total, percentage = func.sum(AuthorBook.royalty_percentage), AuthorBook.royalty_percentage
    grouped = shares.group_by(AuthorBook.book_id)
    asked = filters.get("royalties")
    conditions: Conditions = []
    if asked == "missing":
        conditions.append(Book.id.in_(shares.where(percentage == NOTHING)))
    elif asked == "none":
        conditions.append(Book.id.in_(grouped.having(total == NOTHING)))
    elif asked in ("far", "unusual"):
        outside = grouped.having(or_(total < USUAL[0], total > USUAL[1]))
        conditions.append(Book.id.in_(outside.having(total > NOTHING) if asked == "far" else outside))
    if "sum_from" in filters or "sum_to" in filters:
        conditions.append(between(Book.id, shares, total, filters.get("sum_from"), filters.get("sum_to")))
    return conditions


def _years(filters: Filters) -> Conditions:
    conditions: Conditions = []
    if "year_from" in filters:
        conditions.append(Book.year >= filters["year_from"])
    if "year_to" in filters:
        conditions.append(Book.year <= filters["year_to"])
    return conditions


def authors_asked(filters: Filters) -> Conditions:
    """Conditions on authors: facts of one share."""
    conditions = _state(Author.archived_on, filters)
    facts = _share_facts(filters)
    if facts:
        conditions.append(select(literal(1)).where(AuthorBook.author_id == Author.id, *facts).exists())
    return conditions


def books_of_each(filters: Filters) -> HowMany:
    """On how many books authors are."""
    return HowMany.asked(Author.id, select(AuthorBook.author_id), filters, "books")


def shares_asked(filters: Filters) -> Conditions:
    """Conditions on shares: the book, the author and the facts of each."""
    conditions = _share_facts(filters)
    percentage = AuthorBook.royalty_percentage
    if "percentage" in filters:
        conditions.append(percentage == NOTHING if filters["percentage"] == "zero" else percentage > NOTHING)
    if "percentage_from" in filters:
        conditions.append(percentage >= filters["percentage_from"])
    if "percentage_to" in filters:
        conditions.append(percentage <= filters["percentage_to"])
    if "credited" in filters:
        own = or_(AuthorBook.credited_as.is_(None), AuthorBook.credited_as == Author.name)
        conditions.append(own if filters["credited"] == "own" else ~own)
    if "credited_as" in filters:
        conditions.append(AuthorBook.credited_as.icontains(filters["credited_as"], autoescape=True))
    return conditions


def _share_facts(filters: Filters) -> Conditions:
    """Conditions on the book, the author and the role of one share."""
    conditions: Conditions = []
    if "book" in filters:
        conditions.append(AuthorBook.book_id.in_(books_named(filters["book"])))
    if "author" in filters:
        conditions.append(AuthorBook.author_id.in_(authors_named(filters["author"])))
    if "role" in filters:
        conditions.append(AuthorBook.role == filters["role"])
    return conditions


def _state(column: Any, filters: Filters) -> Conditions:
    if filters.get("state") == "all":
        return []
    return [column.is_not(None) if filters.get("state") == "archived" else column.is_(None)]


def books_named(typed: str) -> Select[Any]:
    """The books that “Emma #7”, “#7” or a whole title can mean; a title may itself have a “#” in it."""
    name, id = _parts(typed)
    named = Book.title_key == folded(typed)
    if id is None:
        return select(Book.id).where(named)
    return select(Book.id).where(or_(named, and_(Book.id == id, *([Book.title_key == name] if name else []))))


def authors_named(typed: str) -> Select[Any]:
    """The authors that “Ann Lee #7”, “#7” or a whole name can mean, the other names included."""
    name, id = _parts(typed)
    key = folded(typed)
    other = select(AuthorName.author_id).where(AuthorName.name_key == key)
    named = or_(Author.name_key == key, Author.sort_key == key, Author.id.in_(other))
    if id is None:
        return select(Author.id).where(named)
    same = [or_(Author.name_key == name, Author.sort_key == name)] if name else []
    return select(Author.id).where(or_(named, and_(Author.id == id, *same)))


def _parts(typed: str) -> tuple[str, int | None]:
    """The folded name before “#”, and the id after it."""
    name, mark, key = typed.rpartition("#")
    return folded(name), record_id(key) if mark else None
