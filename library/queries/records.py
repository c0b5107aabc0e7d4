"""One record, and what goes with it."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from core.db import db
from library.models import Author, AuthorBook, Book, Edition, book_subject


def book(book_id: int) -> Book | None:
    """A book with subjects and editions: few of each, so one join has them."""
    found = db.session.scalars(
        select(Book).where(Book.id == book_id).options(joinedload(Book.subjects), joinedload(Book.editions))
    )
    return found.unique().one_or_none()


def goes_with_book(book_id: int) -> dict[str, tuple[int, list[str]]]:
    """What is deleted with a book, by kind: the number and the first 20 in words."""
    links = select(AuthorBook).join(AuthorBook.author).where(AuthorBook.book_id == book_id)
    credits = db.session.scalars(
        links.options(contains_eager(AuthorBook.author)).order_by(AuthorBook.publication_order).limit(20)
    ).all()
    count = db.session.scalar(select(func.count()).select_from(links.subquery())) or 0
    editions = db.session.scalars(
        select(Edition).where(Edition.book_id == book_id).order_by(Edition.id)
    ).all()
    return {
        "share": (count, [link.author.name for link in credits]),
        "edition": (len(editions), [str(one) for one in editions[:20]]),
    }


def goes_with_author(author_id: int) -> dict[str, tuple[int, list[str]]]:
    """What is deleted with an author: the shares, and the first 20 books."""
    count = db.session.scalar(select(func.count()).where(AuthorBook.author_id == author_id)) or 0
    first = db.session.scalars(
        select(Book.title)
        .join(Book.author_links)
        .where(AuthorBook.author_id == author_id)
        .order_by(Book.title_key)
        .limit(20)
    )
    return {"share": (count, list(first))}


def goes_with_subject(subject_id: int) -> dict[str, tuple[int, list[str]]]:
    """What loses a subject: the books, and the first 20 titles."""
    count = db.session.scalar(select(func.count()).where(book_subject.c.subject_id == subject_id)) or 0
    first = db.session.scalars(
        select(Book.title)
        .join(book_subject)
        .where(book_subject.c.subject_id == subject_id)
        .order_by(Book.title_key)
        .limit(20)
    )
    return {"book": (count, list(first))}


def is_empty() -> bool:
    """Whether there is neither a book nor an author yet."""
    return not db.session.scalar(select(or_(select(Book.id).exists(), select(Author.id).exists())))
