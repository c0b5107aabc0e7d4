"""Suggestions for the look-ups of the library, as fragments of a page."""

from flask import request
from flask.typing import ResponseReturnValue

from core.access import asked
from core.links import Suggestion
from core.templates import fragment
from library import queries
from library.views.blueprint import bp
from library.views.search import author_context, book_context


@bp.get("/find/authors")
def find_authors() -> ResponseReturnValue:
    """Authors by name parts, told apart by a title; says who is on the book already."""
    q, book = asked(), request.args.get("book", type=int)
    found = queries.find_authors(q)
    ids = [one.id for one in found]
    titles = queries.titles_of(ids)
    here = queries.linked("book", book, ids) if book else set()
    items = [
        Suggestion(
            f"{one.name} #{one.id}", one.name, author_context(one, titles.get(one.id), q), one.id in here
        )
        for one in found
    ]
    return fragment("core/suggestions.html", items=items, q=q, noun="author")


@bp.get("/find/books")
def find_books() -> ResponseReturnValue:
    """Books by words of the title or ISBN, with year and authors; says which the author is on already."""
    q, author = asked(), request.args.get("author", type=int)
    found = queries.find_books(q)
    ids = [one.id for one in found]
    credits = queries.credits_of(ids)
    here = queries.linked("author", author, ids) if author else set()
    items = [
        Suggestion(
            f"{one.title} #{one.id}",
            one.title,
            book_context(one, credits.get(one.id, []), q),
            one.id in here,
        )
        for one in found
    ]
    return fragment("core/suggestions.html", items=items, q=q, noun="book")


@bp.get("/find/subjects")
def find_subjects() -> ResponseReturnValue:
    """Subjects by name."""
    q = asked()
    items = [Suggestion(one.name, one.name, "", False) for one in queries.find_subjects(q)]
    return fragment("core/suggestions.html", items=items, q=q, noun="")
