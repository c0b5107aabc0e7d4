"""What the pages of the library ask: forms of records and shares, and the filters of lists."""

from library.forms.filters import AuthorFilter, BookFilter, SharesFilter
from library.forms.records import (
    AuthorForm,
    AuthorRow,
    AuthorsForm,
    BookForm,
    BookRow,
    BooksForm,
    DeleteForm,
    EditionRow,
    PlaceField,
    ShareRow,
    SubjectForm,
    SubjectRow,
)

__all__ = [
    "AuthorFilter",
    "AuthorForm",
    "AuthorRow",
    "AuthorsForm",
    "BookFilter",
    "BookForm",
    "BookRow",
    "BooksForm",
    "DeleteForm",
    "EditionRow",
    "PlaceField",
    "ShareRow",
    "SharesFilter",
    "SubjectForm",
    "SubjectRow",
]
