"""What the library keeps about an author: as a file for the author, and how it is forgotten."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from core.access import administrators_only, may_edit
from core.privacy import Person
from core.privacy.pages import data_page, erase_page
from library import operations, queries
from library.models import Author
from library.views.blueprint import bp, the_author
from library.words import WORDS

PERSON = Person(
    model=Author,
    parts=queries.kept_of_author,
    called=operations.names_of,
    shared=queries.names_of_others,
    forget=operations.forget_author,
    names={"author": ("name", "sort_name"), "author_name": ("name",), "author_book": ("credited_as",)},
    stays="Percentages, order and roles stay, since sums are made from them.",
)


@bp.get("/authors/<record:id>/data")
def author_data(id: int) -> ResponseReturnValue:
    """Everything that is kept about an author, for whoever asks what it is."""
    if not may_edit("library"):
        abort(403, "Only a library editor or an administrator takes away what is kept about an author.")
    author = the_author(id)
    back, erase = url_for(".author", id=id), url_for(".erase_author", id=id)
    return data_page(author.name, PERSON.parts(author), back, erase)


@bp.route("/authors/<record:id>/erase", methods=["GET", "POST"])
def erase_author(id: int) -> ResponseReturnValue:
    """Forget who an author was."""
    administrators_only()
    author = the_author(id)
    return erase_page(
        author, PERSON, operations.check, WORDS, "library.authors", url_for(".author_data", id=author.id)
    )
