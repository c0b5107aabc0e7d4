"""What is done with authors and subjects beside their shares."""

from core.db import db, folded
from core.writing import Work
from library import queries
from library.models import Author, Book, Subject
from library.operations.shares import put_in_order


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
