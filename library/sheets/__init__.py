"""The sheets of the library: books with their authors, authors, and the shares that join them."""

from library.sheets.authors import AUTHORS
from library.sheets.books import BOOKS
from library.sheets.shares import SHARES

SHEETS = {sheet.kind: sheet for sheet in (BOOKS, AUTHORS, SHARES)}
