"""Books: the list, one book with its authors, its form, and its end."""

from decimal import Decimal

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access import asked, get_or_404, may_edit, spare_rows
from core.beside import beside
from core.db import db
from core.filters import read_filters
from core.links import WINDOW, LinkRow, find_far_sides
from core.listing import Listing
from core.selection import Selection
from core.sheets.listed import taken_away
from core.writing import Work, writing
from library import operations, queries
from library.columns import BOOKS
from library.forms import AuthorsForm, BookFilter, BookForm, DeleteForm
from library.models import Author, AuthorBook, Book, Edition, credit_line
from library.sheets import exports
from library.views.blueprint import bp, keep_shares, show_as_text, touched_books
from library.views.chosen import chosen_books

# What can be done with the chosen ones: what the button says, and the page it leads to.
ACTIONS = (("Add an author…", "library.credit_author"),)
PAGE = "library/book.html"


@bp.get("/books")
def books() -> ResponseReturnValue:
    """The list of books, with their authors."""
    filters = read_filters(BookFilter)
    wanted, sorts = queries.books(filters.asked_for, asked())
    selection = Selection.of(request.args)
    if selection.keys:
        wanted = wanted.where(Book.id.in_(chosen_books(selection)))
    listing = Listing(wanted, sorts, "title", filters, table=BOOKS)
    file = taken_away(listing, *exports.of_books(listing))
    return file or render_template("library/books.html", listing=listing, deeds=ACTIONS)


@bp.route("/books/<record:id>", methods=["GET", "POST"])
def book(id: int) -> ResponseReturnValue:
    """One book: its editions and subjects, and its authors where they can be changed."""
    book = queries.book(id) or abort(404)
    form = AuthorsForm()
    if form.validate_on_submit():
        with writing(operations.check, form) as work:
            keep_authors(work, book, form)
            work.leads_to(form.author_rows.next_url, form.author_rows.saved_text(book.title, work.merged))
        if work.stored:
            return work.redirect()
    return _page(PAGE, book, form)


@bp.route("/books/<record:id>/edit", methods=["GET", "POST"])
def edit_book(id: int) -> ResponseReturnValue:
    """The form of a stored book."""
    return _edit(queries.book(id) or abort(404))


@bp.route("/new-book", methods=["GET", "POST"])
def new_book() -> ResponseReturnValue:
    """The form of a new book."""
    return _edit(Book())


def _edit(book: Book) -> ResponseReturnValue:
    form = BookForm(obj=book)
    if form.validate_on_submit():
        with writing(operations.check, form) as work:
            # The rows first: they read their records anew, and would take back what was assigned before.
            keep_authors(work, book, form)
            form.merge(work, book)
            book.title = form.title.data or ""
            book.published = form.published.data
            book.reference = form.reference.data
            book.archived_on = form.archived_on.data
            db.session.add(book)
            keep_subjects(book, form)
            keep_editions(work, book, form)
            if not work.refused:
                db.session.flush()  # a new book has its number from here on
                work.leads_to(_url_after(book, form), f"Saved {book.title}.{work.told}")
        if work.stored:
            return work.redirect()
    return _page("library/book_form.html", book, form)


def keep_authors(work: Work, book: Book, form: AuthorsForm) -> None:
    """Store the rows of authors; the book is locked first."""
    rows = form.author_rows
    find_far_sides(work, rows, queries.authors_meant(rows.typed), _new_author, "author")
    work.lock(Book, [book.id] if book.id else [])
    # A row may claim a link of another book: it is fetched as well, so that it can be refused.
    stored = queries.links_of_books(touched_books(rows) | ({book.id} if book.id else set()))
    taken = {link.author: link for link in stored.values() if link.book is book}
    keep_shares(work, book, rows, stored, taken, lambda author: AuthorBook(book=book, author=author))


def _new_author(row: LinkRow) -> Author:
    return Author(name=row.far.data)


def keep_subjects(book: Book, form: BookForm) -> None:
    """Store what was changed among the lines of subjects; what a colleague added meanwhile stays."""
    rows = [entry.form for entry in form.subject_rows if entry.form.shown.data != entry.form.name.data]
    gone = {row.shown.data for row in rows if row.shown.data}
    come = [row.name.data for row in rows if row.name.data]
    if rows:
        operations.keep_subjects(book, gone, come)


def keep_editions(work: Work, book: Book, form: BookForm) -> None:
    """Store the rows of editions, by their stored identity; an ISBN belongs to one edition only."""
    rows = [entry.form for entry in form.edition_rows if not entry.form.is_empty]
    stored = {str(edition.id): edition for edition in book.editions}
    taken = queries.editions_with(row.isbn.data for row in rows if row.isbn.data and not row.remove.data)
    for row in rows:
        edition = stored.get(row.id.data or "")
        other = taken.get(row.isbn.data or "")
        if row.id.data and edition is None:
            row.isbn.errors = ["This edition was removed meanwhile. Load the page again."]
            work.refuse()
        elif row.remove.data:
            if edition is not None and row.may_go(edition):
                book.editions.remove(edition)
            elif edition is not None:
                work.refuse()
        elif other is not None and other is not edition:
            row.isbn.errors = [f"This ISBN belongs to {other.book.title} ({other.format})."]
            work.refuse()
        else:
            if edition is None:
                # Appended, not Edition(book=…): only the collection takes it into the session.
                edition = Edition()
                book.editions.append(edition)
            if not row.keep(work, edition):
                work.refuse()


def _page(template: str, book: Book, form: AuthorsForm) -> ResponseReturnValue:
    """A page with the authors of a book; what was posted and refused is shown as it was."""
    posted, id = request.method == "POST", (request.view_args or {}).get("id")
    links = queries.credits_of([id]).get(id, []) if id else []
    listing = (
        Listing(*queries.credits(id), "publication_order", size=WINDOW, total=len(links)) if id else None
    )
    if posted:
        form.author_rows.attach(queries.links_of_books([id] if id else []))
    else:
        spare = spare_rows() if may_edit("library") else 0
        form.author_rows.fill(listing.rows if listing else [], spare, request.args)
        _show_lines(form, book)
    show_as_text(form.author_rows)
    form.author_rows.look_up_from(**({"book": str(id)} if id else {}))
    more = beside(book) if template == PAGE else {}
    page = render_template(
        template,
        book=book,
        form=form,
        listing=listing,
        total=sum((link.royalty_percentage for link in links), Decimal(0)),
        credits=credit_line(links),
        **more,
    )
    return page, 422 if posted else 200


def _show_lines(form: AuthorsForm, book: Book) -> None:
    """Fill the lines of subjects and editions, and one empty line of each."""
    if isinstance(form, BookForm):
        kept = request.args.getlist("subject") if not book.id else []
        for name in [*(subject.name for subject in book.subjects), *kept, ""]:
            row = form.subject_rows.append_entry().form
            row.name.data = name
            row.shown.data = "" if name in kept else name
        for edition in book.editions:
            form.edition_rows.append_entry(edition).form.show(edition)
        form.edition_rows.append_entry()
        if not book.id:
            form.published.data = request.args.get("published", "")


def _url_after(book: Book, form: BookForm) -> str:
    """The saved book, or an empty form that keeps what the next book shares: subjects and date."""
    if "another" not in request.form:
        return url_for(".book", id=book.id)
    subjects = [subject.name for subject in book.subjects]
    return url_for(".new_book", subject=subjects, published=book.published)


@bp.route("/books/<record:id>/delete", methods=["GET", "POST"])
def delete_book(id: int) -> ResponseReturnValue:
    """Say what goes with the book, and delete it."""
    book = get_or_404(Book, id)
    form = DeleteForm()
    if form.validate_on_submit():
        with writing(form=form, reason=form.reason.data or "") as work:
            work.lock(Book, [id], whole=True)
            if form.is_outdated(queries.goes_with_book(id)):
                work.refuse()
            db.session.delete(book)
            work.leads_to(url_for(".books"), f"Deleted {book.title}.")
        if work.stored:
            return work.redirect()
    goes = queries.goes_with_book(id)
    if request.method == "GET":
        form.is_outdated(goes)
    back = url_for(".book", id=id)
    page = render_template(
        "library/delete.html",
        record=book,
        noun="book",
        stays="authors",
        form=form,
        goes=goes,
        back=back,
        place="books",
    )
    return page, 422 if request.method == "POST" else 200
