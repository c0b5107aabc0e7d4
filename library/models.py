"""Books, authors, the shares that join them, subjects and editions.

Two ways to relate many to many stand side by side: `book_subject`, a plain table, because the link has no
facts; `AuthorBook`, an association object, because order, role and royalty belong to the link.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import cast

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from core.db import KEEPS_NUMBERS, Base, Exact, KeyText, Versioned, explain, filed_name, folded, match_key
from core.parts import found_by_parts

# What somebody did for a book, with its code in ONIX list 17.
ROLES = {
    "author": "A01",
    "editor": "B01",
    "translator": "B06",
    "illustrator": "A12",
    "photographer": "A13",
    "introduction": "A24",
    "foreword": "A23",
    "afterword": "A19",
    "compiler": "C01",
    "narrator": "E07",
    "contributor": "Z01",
}
FORMATS = ("hardcover", "paperback", "ebook", "audio", "other")
_ROLE_LIST = ", ".join(f"'{role}'" for role in ROLES)
_FORMAT_LIST = ", ".join(f"'{one}'" for one in FORMATS)
_PUBLISHED = re.compile(r"(-?\d{1,4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")


# How a credit line introduces a role, and what joins it to the names.
CREDITS = {
    "author": "",
    "editor": "edited by ",
    "translator": "translated by ",
    "illustrator": "illustrated by ",
    "photographer": "with photographs by ",
    "introduction": "with an introduction by ",
    "foreword": "with a foreword by ",
    "afterword": "with an afterword by ",
    "compiler": "compiled by ",
    "narrator": "read by ",
    "contributor": "with contributions by ",
}


def credit_line(links: "Iterable[AuthorBook]") -> str:
    """How the book is credited: “Jane Austen and Ann Lee; illustrated by Mary Shelley”."""
    names: dict[str, list[str]] = {}
    for link in links:
        names.setdefault(link.role, []).append(link.credited_as or link.author.name)
    parts = []
    for role, people in names.items():
        *first, last = people
        parts.append(CREDITS[role] + (f"{', '.join(first)} and {last}" if first else last))
    return "; ".join(parts)


def _is_in_the_calendar(year: str, month: str, day: str) -> bool:
    """Whether the month has this day; the calendar repeats every 400 years, also before year 1."""
    return int(day) <= monthrange(2000 + int(year) % 400, int(month))[1]


def published_year(published: str | None) -> int | None:
    """The year of a date of publication 'YYYY', 'YYYY-MM' or 'YYYY-MM-DD'; ValueError if it is none."""
    if not published:
        return None
    match = _PUBLISHED.fullmatch(published)
    if match is None or not _is_in_the_calendar(*match.groups("1")):
        raise ValueError(f"“{published}” is not a date of publication such as 1813, 1813-01 or 1813-01-28")
    return int(match.group(1))


book_subject = Table(
    "book_subject",
    Base.metadata,
    Column("book_id", ForeignKey("book.id", ondelete="CASCADE"), primary_key=True),
    Column("subject_id", ForeignKey("subject.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Book(Base, Versioned):
    """A work; what is sold is an edition of it."""

    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str | None] = mapped_column(KeyText(40), unique=True, doc="the house's own number")
    title: Mapped[str] = mapped_column(String(500))
    title_key: Mapped[str] = mapped_column(KeyText(1000))
    published: Mapped[str | None] = mapped_column(String(11))
    year: Mapped[int | None] = mapped_column(index=True, doc="of publication, for sorting; may be negative")
    archived_on: Mapped[date | None]

    author_links: Mapped[list["AuthorBook"]] = relationship(
        back_populates="book",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="AuthorBook.publication_order",
    )
    authors: Mapped[list["Author"]] = relationship(
        secondary="author_book", viewonly=True, order_by="AuthorBook.publication_order"
    )
    subjects: Mapped[list["Subject"]] = relationship(
        secondary=book_subject, back_populates="books", order_by="Subject.name_key"
    )
    editions: Mapped[list["Edition"]] = relationship(
        back_populates="book", cascade="all, delete-orphan", passive_deletes=True, order_by="Edition.id"
    )

    __table_args__ = (
        CheckConstraint("length(title) BETWEEN 1 AND 500", name="title"),
        Index("ix_book_title_key_id", "title_key", "id"),
        Index("ix_book_year_id", text("coalesce(year, 99999)"), "id"),
        KEEPS_NUMBERS,
    )

    @validates("title")
    def _keep_key(self, _key: str, title: str) -> str:
        title = " ".join(title.split())
        self.title_key = folded(title)
        return title

    @validates("published")
    def _keep_year(self, _key: str, published: str | None) -> str | None:
        self.year = published_year(published)
        return published or None

    def __str__(self) -> str:
        return self.title


class Author(Base, Versioned):
    """Somebody who made books. Names are not unique: people are told apart by their books."""

    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(KeyText(400), index=True)
    # A comma longer than the name it is made from.
    sort_name: Mapped[str] = mapped_column(String(201))
    sort_key: Mapped[str] = mapped_column(KeyText(400))
    match_key: Mapped[str | None] = mapped_column(KeyText(400))
    archived_on: Mapped[date | None]

    book_links: Mapped[list["AuthorBook"]] = relationship(
        back_populates="author", cascade="all, delete-orphan", passive_deletes=True
    )
    books: Mapped[list[Book]] = relationship(secondary="author_book", viewonly=True, order_by=Book.title_key)
    alternate_names: Mapped[list["AuthorName"]] = relationship(
        back_populates="author",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="AuthorName.name_key",
    )

    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 200", name="name"),
        Index("ix_author_sort_key_id", "sort_key", "id"),
        Index("ix_author_match_key_id", "match_key", "id"),
        KEEPS_NUMBERS,
    )

    @validates("name", "sort_name")
    def _keep_key(self, key: str, value: str) -> str:
        value = " ".join(value.split())
        if key == "sort_name":
            self.sort_key = folded(value)
        else:
            self.name_key = folded(value)
            self.match_key = match_key(value)
            if self.sort_name is None:
                self.sort_name = filed_name(value)
        return value

    @property
    def former_ids(self) -> dict[int, int]:
        """The ids of authors who were merged into this one, by the id of the name that is kept of them."""
        return {one.id: one.former_id for one in self.alternate_names if one.former_id is not None}

    @property
    def former_keys(self) -> list[str]:
        """The ids of duplicates that were merged into this author, as keys."""
        return [str(former) for former in self.former_ids.values()]

    @property
    def also(self) -> list[str]:
        """The other names, each once: those that differ from the name of today."""
        return list(dict.fromkeys(one.name for one in self.alternate_names if one.name_key != self.name_key))

    def __str__(self) -> str:
        return self.name


class AuthorName(Base):
    """Another name of an author: a pen name, another spelling, or that of a duplicate which was merged.

    `former_id` is the id that a merged duplicate had; its old address leads to the author.
    """

    __tablename__ = "author_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(KeyText(400), index=True)
    former_id: Mapped[int | None] = mapped_column(unique=True)

    author: Mapped[Author] = relationship(back_populates="alternate_names")

    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 200", name="name"),
        KEEPS_NUMBERS,
    )

    @validates("name")
    def _keep_key(self, _key: str, name: str) -> str:
        name = " ".join(name.split())
        self.name_key = folded(name)
        return name

    def __str__(self) -> str:
        return self.name


class NotTheSameAuthor(Base):
    """Two authors who look like one and are not: somebody has said so, and they are suggested no more."""

    __tablename__ = "not_the_same_author"

    first: Mapped[int] = mapped_column(ForeignKey("author.id", ondelete="CASCADE"), primary_key=True)
    second: Mapped[int] = mapped_column(
        ForeignKey("author.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class AuthorBook(Base, Versioned):
    """A share: what one author did for one book, at which place of the credits, at what royalty."""

    __tablename__ = "author_book"

    book_id: Mapped[int] = mapped_column(ForeignKey("book.id", ondelete="CASCADE"), primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id", ondelete="CASCADE"), primary_key=True)
    royalty_percentage: Mapped[Decimal] = mapped_column(
        Exact(4), default=Decimal(0), doc="what the author receives of the base amount, in percent"
    )
    publication_order: Mapped[int] = mapped_column(default=1, doc="place in the credits, from 1")
    role: Mapped[str] = mapped_column(String(20), default="author")
    also_as: Mapped[str | None] = mapped_column(String(120), doc="further roles, comma-separated")
    credited_as: Mapped[str | None] = mapped_column(String(200), doc="the name as this book prints it")

    book: Mapped[Book] = relationship(back_populates="author_links")
    author: Mapped[Author] = relationship(back_populates="book_links")

    __table_args__ = (
        CheckConstraint("royalty_percentage BETWEEN 0 AND 1000000", name="royalty_percentage"),
        CheckConstraint("publication_order >= 1", name="publication_order"),
        CheckConstraint(f"role IN ({_ROLE_LIST})", name="role"),
        # The books of an author are counted by this alone, and the credits of a book listed by the next one.
        Index("ix_author_book_author", "author_id", "book_id"),
        Index("ix_author_book_credits", "book_id", "publication_order", "author_id", "royalty_percentage"),
        Index("ix_author_book_percentage", "royalty_percentage", "book_id", "author_id"),
    )

    @property
    def onix_code(self) -> str:
        """The code of the role in ONIX list 17."""
        return ROLES[self.role]

    def __str__(self) -> str:
        return f"{self.author} of {self.book}"


class Subject(Base, Versioned):
    """What books are about."""

    __tablename__ = "subject"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(KeyText(240), unique=True)

    books: Mapped[list[Book]] = relationship(
        secondary=book_subject, back_populates="subjects", order_by=Book.title_key, passive_deletes=True
    )

    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name"),
        KEEPS_NUMBERS,
    )

    @validates("name")
    def _keep_key(self, _key: str, name: str) -> str:
        name = " ".join(name.split())
        self.name_key = folded(name)
        return name

    def __str__(self) -> str:
        return self.name


_digits = " + ".join(f"{(1, 3)[i % 2]} * CAST(substr(isbn, {i + 1}, 1) AS INTEGER)" for i in range(13))


class Edition(Base):
    """What is sold of a book: a format with its own ISBN and price."""

    __tablename__ = "edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id", ondelete="CASCADE"), index=True)
    isbn: Mapped[str | None] = mapped_column(String(13), unique=True, doc="ISBN-13, digits only")
    format: Mapped[str] = mapped_column(String(20), default="other")
    list_price: Mapped[Decimal | None] = mapped_column(Exact(2))
    currency: Mapped[str | None] = mapped_column(String(3))

    book: Mapped[Book] = relationship(back_populates="editions")

    __table_args__ = (
        CheckConstraint(f"format IN ({_FORMAT_LIST})", name="format"),
        CheckConstraint("list_price >= 0", name="list_price"),
        CheckConstraint(f"length(isbn) = 13 AND ({_digits}) % 10 = 0", name="isbn"),
        KEEPS_NUMBERS,
    )

    def __str__(self) -> str:
        return self.isbn or self.format


found_by_parts(cast(Table, Book.__table__), "title_key", "reference")
found_by_parts(
    cast(Table, Author.__table__),
    "name_key",
    also=(cast(Table, AuthorName.__table__), "author_id", ("name_key",)),
)

for _model, _constraint, _said, _field in (
    (Book, "uq_book_reference", "Another book has this reference.", "reference"),
    (Subject, "uq_subject_name_key", "There is a subject with this name.", "name"),
    (Edition, "uq_edition_isbn", "Another edition has this ISBN.", "edition_rows"),
    (AuthorBook, "pk_author_book", "This author is on this book already.", ""),
):
    explain(cast(Table, _model.__table__), _constraint, _said, field=_field)
