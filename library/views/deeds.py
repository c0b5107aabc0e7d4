"""Deeds on shares and books: each a page that says what exactly would change, and then does that.

What it is done with is in the address: `?key=12-34`, several keys, or all that the filters of a list find.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from core.access import may_edit
from core.deeds import Deed, DeedForm, carry_out, show, what
from core.forms import number_text
from core.many import Said
from core.many.pages import deed_on_very_many
from core.selection import all_there, back_to, chosen_here, chosen_keys, few_chosen
from core.writing import Problem, Work
from library import operations, queries
from library.forms.deeds import ChangePercentageForm, ChangeSharesForm, CreditForm, MoveForm, SplitForm
from library.models import Author, AuthorBook, Book
from library.views.blueprint import bp
from library.views.chosen import chosen_books, chosen_shares
from library.words import WORDS


@bp.route("/move", methods=["GET", "POST"])
def move_share() -> ResponseReturnValue:
    """Move an author to a place in the credits of a book."""
    form, shares = MoveForm(), _chosen_shares()
    if len(shares) != 1:
        abort(400, "This is done for one author of one book at a time.")
    deed = Deed("Move", "Move", "Moved {what}.", "The others keep their order around.")
    return _share_page(
        deed, form, shares, lambda work, locked: operations.move(work, locked[0], form.place.data)
    )


@bp.route("/change", methods=["GET", "POST"])
def change_shares() -> ResponseReturnValue:
    """Give shares the same royalty, role or credit."""
    wanted = chosen_shares(chosen_here())
    keys = few_chosen(wanted)
    if keys is None:
        return deed_on_very_many(wanted)
    form = change_form()
    deed, act = change(form)
    return _share_page(deed, form, queries.shares_with_keys(keys), act)


def change_form(**filled: Any) -> ChangeSharesForm | ChangePercentageForm:
    """What may be changed by this person: a bookkeeper changes percentages alone."""
    return ChangeSharesForm(**filled) if may_edit("library") else ChangePercentageForm(**filled)


def change(form: ChangeSharesForm | ChangePercentageForm) -> Said:
    """What it says, and does."""
    deed = Deed("Change", "Change", "Changed {what}.", "What is left empty stays as it is.")
    return deed, lambda work, shares: operations.change(work, shares, form.facts)


@bp.route("/split", methods=["GET", "POST"])
def split_royalty() -> ResponseReturnValue:
    """Split a total among the authors of a book, equally or in parts."""
    form, books = SplitForm(), _chosen_books()
    if len(books) != 1 or not books[0].author_links:
        abort(400, "A total is split for one book at a time, and it needs an author.")
    deed = Deed(
        "Split a total", "Split", "Split the royalties of {what}.",
        "Each author gets a part, to four places; what cannot be divided goes to the first of the credits.",
    )  # fmt: skip
    return _book_page(
        deed,
        form,
        books,
        lambda work, locked: operations.split(work, locked()[0], form.total.data or Decimal(0), form.parts),
    )


@bp.route("/credit", methods=["GET", "POST"])
def credit_author() -> ResponseReturnValue:
    """Put an author last in the credits of books."""
    wanted = chosen_books(chosen_here())
    ids = few_chosen(wanted)
    if ids is None:
        return deed_on_very_many(wanted)
    form = CreditForm()
    deed, act = credit(form)
    return _book_page(deed, form, queries.books_with_ids(ids), act)


def credit(form: CreditForm) -> tuple[Deed, Callable[[Work, Callable[[], Sequence[Book]]], list[str]]]:
    """What it says, and does with books that are locked when the author is found."""
    deed = Deed(
        "Add an author", "Add", "Added the author to {what}.", "The author comes last in the credits."
    )

    def put(work: Work, locked: Callable[[], Sequence[Book]]) -> list[str]:
        typed = form.author.data or ""
        found = queries.authors_meant({typed: form.author.key})[typed]
        if len(found) != 1:
            said = (
                "There is no such author."
                if not found
                else "This can be several authors: choose one by number."
            )
            work.refuse(Problem(said, field="author"))
            return []
        work.lock(Author, [found[0].id])
        facts = {"role": form.role.data, "royalty_percentage": form.royalty_percentage.data or Decimal(0)}
        return operations.credit(work, locked(), found[0], facts)

    return deed, put


def credit_locked(form: CreditForm) -> Said:
    """The same, for books that are at hand."""
    deed, put = credit(form)
    return deed, lambda work, books: put(work, lambda: books)


# --- what they share -------------------------------------------------------------------------------


def _chosen_shares() -> list[AuthorBook]:
    return queries.shares_with_keys(chosen_keys(chosen_shares(chosen_here())))


def _chosen_books() -> list[Book]:
    return queries.books_with_ids(chosen_keys(chosen_books(chosen_here())))


def _share_page(
    deed: Deed,
    form: DeedForm,
    shares: Sequence[AuthorBook],
    act: Callable[[Work, Sequence[AuthorBook]], list[str]],
) -> ResponseReturnValue:
    """The page of a deed on shares: their books are locked first, then the shares are read anew."""
    keys = [(share.book_id, share.author_id) for share in shares]
    about = [share_words(share) for share in shares]
    back = back_to(url_for(".book", id=keys[0][0]), ".shares")

    def act_on_locked(work: Work) -> list[str]:
        work.lock(Book, [book for book, _author in keys])
        work.leads_to(back, deed.said.format(what=what([name for name, _facts in about], "shares")))
        locked = queries.shares_with_keys(keys)
        return act(work, all_there(locked, keys))

    trial = carry_out(form, operations.check, act_on_locked, WORDS)
    return show(deed, form, trial, about, "library.shares", back, "shares")


def _book_page(
    deed: Deed,
    form: DeedForm,
    books: Sequence[Book],
    act: Callable[[Work, Callable[[], Sequence[Book]]], list[str]],
) -> ResponseReturnValue:
    """The page of a deed on books. An author is found before: authors are locked ahead of books."""
    ids = [book.id for book in books]
    about = [book_words(book) for book in books]
    back = back_to(url_for(".book", id=ids[0]), ".books")

    def act_on_locked(work: Work) -> list[str]:
        def locked() -> Sequence[Book]:
            work.lock(Book, ids)
            return all_there(queries.books_with_ids(ids), ids)

        work.leads_to(back, deed.said.format(what=what([title for title, _authors in about], "books")))
        return act(work, locked)

    trial = carry_out(form, operations.check, act_on_locked, WORDS)
    return show(deed, form, trial, about, "library.books", back, "books")


def share_words(share: AuthorBook) -> tuple[str, str]:
    """A share: who is credited where, at which place, as what, at how much."""
    percentage = number_text(share.royalty_percentage)
    return str(share), f"no. {share.publication_order} · {share.role} · {percentage} %"


def book_words(book: Book) -> tuple[str, str]:
    """A book with its authors."""
    return book.title, ", ".join(link.author.name for link in book.author_links)
