"""A few made-up books and authors, to try the library out with."""

from decimal import Decimal

from core.db import db
from core.writing import writing
from library.models import Author, AuthorBook, Book, Edition, Subject
from library.operations import check

# Title, published, ISBN, list price, subjects, and the credits in order: name, royalty, role.
BOOKS = (
    (
        "The Lantern Keeper",
        "2019-04",
        "9780306406157",
        "18.00",
        ("Fiction",),
        (("Maren Holt", "10", "author"),),
    ),
    (
        "Tides and Other Stories",
        "2021",
        "9781861972712",
        "16.50",
        ("Fiction", "Short stories"),
        (("Maren Holt", "6", "author"), ("Jonas Adler", "4", "author"), ("Ines Prado", "1.5", "illustrator")),
    ),
    (
        "Bread by Hand",
        "2022-09-12",
        "9783161484100",
        "24.95",
        ("Cookery",),
        (("Paul Verbeke", "12.5", "author"), ("Ines Prado", "2.5", "photographer")),
    ),
    ("A Short History of Paper", "2017", None, None, ("History",), (("Ruth Amari", "8", "author"),)),
    (
        "Letters from the Delta",
        "2024-02",
        None,
        None,
        ("History",),
        (("Ruth Amari", "7.5", "editor"), ("Jonas Adler", "2", "translator")),
    ),
)


def add_demo() -> None:
    """Store the made-up books in one transaction."""
    with writing(check) as work:
        authors: dict[str, Author] = {}
        subjects: dict[str, Subject] = {}
        for title, published, isbn, price, about, credits in BOOKS:
            book = Book(title=title, published=published)
            book.subjects = [subjects.setdefault(name, Subject(name=name)) for name in about]
            if isbn:
                book.editions.append(
                    Edition(isbn=isbn, format="paperback", list_price=Decimal(price or 0), currency="EUR")
                )
            for place, (name, royalty, role) in enumerate(credits, 1):
                link = AuthorBook(
                    book=book,
                    author=authors.setdefault(name, Author(name=name)),
                    royalty_percentage=Decimal(royalty),
                    publication_order=place,
                    role=role,
                )
                db.session.add(link)
        work.leads_to("/", f"Added {len(BOOKS)} made-up books.")
