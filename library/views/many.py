"""The deeds of the library that can be done with very many: what they are done with, and which they are."""

from typing import Any

from core.many import Choice, Many
from library import queries
from library.forms.deeds import CreditForm
from library.models import Author, AuthorBook, Book
from library.views import deeds
from library.views.chosen import chosen_books, chosen_shares
from library.words import WORDS


def _book_of(record: Any) -> int:
    """Of which book this is."""
    id: int = record.id if isinstance(record, Book) else record.book_id
    return id


SHARES = Choice(
    model=AuthorBook,
    many="shares",
    here="library.shares",
    words=WORDS,
    keys=chosen_shares,
    in_order=queries.shares_by_book,
    load=queries.shares_with_keys,
    about=deeds.share_words,
    owner=_book_of,
    watched=queries.around_shares,
    locked=((Book, queries.books_of_shares),),
)
BOOKS = Choice(
    model=Book,
    many="books",
    here="library.books",
    words=WORDS,
    keys=chosen_books,
    in_order=queries.books_by_id,
    load=queries.books_with_ids,
    about=deeds.book_words,
    owner=_book_of,
    watched=queries.around_books,
    locked=((Author, None), (Book, lambda wanted: wanted)),
)

MANY = {
    "library.change_shares": Many(SHARES, deeds.change_form, deeds.change),
    "library.credit_author": Many(BOOKS, CreditForm, deeds.credit_locked),
}
