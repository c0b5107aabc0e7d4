"""Authors: the list, one author with the books, the form, and its end."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access import asked, may_edit, spare_rows
from core.beside import beside
from core.db import db, filed_name
from core.filters import read_filters
from core.links import LinkRow, find_far_sides
from core.listing import Listing
from core.selection import Selection
from core.sheets.listed import taken_away
from core.writing import Work, writing
from library import operations, queries
from library.columns import AUTHORS
from library.forms import AuthorFilter, AuthorForm, BooksForm, DeleteForm
from library.models import Author, AuthorBook, AuthorName, Book
from library.sheets import exports
from library.views.blueprint import bp, keep_shares, show_as_text, the_author, touched_books
from library.views.chosen import chosen_authors

# What can be done with the chosen ones: what the button says, and the page it leads to.
ACTIONS = (("Merge two…", "library.merge_authors"),)
PAGE = "library/author.html"


@bp.get("/authors")
def authors() -> ResponseReturnValue:
    """The list of authors, with the number of their books."""
    filters = read_filters(AuthorFilter)
    wanted, sorts = queries.authors(filters.asked_for, asked())
    selection = Selection.of(request.args)
    if selection.keys:
        wanted = wanted.where(Author.id.in_(chosen_authors(selection)))
    listing = Listing(wanted, sorts, "name", filters, table=AUTHORS)
    file = taken_away(listing, *exports.of_authors(listing))
    return file or render_template("library/authors.html", listing=listing, deeds=ACTIONS)


@bp.route("/authors/<record:id>", methods=["GET", "POST"])
def author(id: int) -> ResponseReturnValue:
    """One author, with the books where they can be changed."""
    author = the_author(id)
    form = BooksForm()
    if form.validate_on_submit():
        with writing(operations.check, form) as work:
            keep_books(work, author, form)
            work.leads_to(form.book_rows.next_url, form.book_rows.saved_text(author.name, work.merged))
        if work.stored:
            return work.redirect()
    return _page(PAGE, author, form)


@bp.route("/authors/<record:id>/edit", methods=["GET", "POST"])
def edit_author(id: int) -> ResponseReturnValue:
    """The form of a stored author."""
    return _edit(the_author(id))


@bp.route("/new-author", methods=["GET", "POST"])
def new_author() -> ResponseReturnValue:
    """The form of a new author."""
    return _edit(Author())


def _edit(author: Author) -> ResponseReturnValue:
    form = AuthorForm(obj=author)
    if form.validate_on_submit():
        with writing(operations.check, form) as work:
            # The rows first: they read their records anew, and would take back what was assigned before.
            keep_books(work, author, form)
            form.merge(work, author)
            refile = not form.sort_name.data or (
                author.name and form.sort_name.data == filed_name(author.name)
            )
            author.name = form.name.data or ""
            author.sort_name = filed_name(author.name) if refile else form.sort_name.data or ""
            author.archived_on = form.archived_on.data
            db.session.add(author)
            keep_names(work, author, form)
            if not work.refused:
                db.session.flush()
                another = "another" in request.form
                work.leads_to(
                    url_for(".new_author") if another else url_for(".author", id=author.id),
                    f"Saved {author.name}.{work.told}",
                )
        if work.stored:
            return work.redirect()
    return _page("library/author_form.html", author, form)


def keep_names(work: Work, author: Author, form: AuthorForm) -> None:
    """Store the rows of other names, by their stored identity."""
    stored = {str(one.id): one for one in author.alternate_names}
    for entry in form.name_rows:
        row = entry.form
        other = stored.get(row.id.data or "")
        if row.id.data and other is None:
            row.name.errors = ["This name was removed meanwhile. Load the page again."]
            work.refuse()
        elif row.remove.data:
            if other is not None and row.may_go(other):
                author.alternate_names.remove(other)
            elif other is not None:
                work.refuse()
        elif not row.is_empty:
            if other is None:
                # Appended, not AuthorName(author=…): only the collection takes it into the session.
                other = AuthorName(name=row.name.data)
                author.alternate_names.append(other)
            if not row.keep(work, other):
                work.refuse()


def keep_books(work: Work, author: Author, form: BooksForm) -> None:
    """Store the rows of books; all books touched are locked first, since their order and sums change."""
    rows = form.book_rows
    find_far_sides(work, rows, queries.books_meant(rows.typed), _new_book, "book")
    books = touched_books(rows)
    work.lock(Book, books)
    stored = queries.links_of_books(books)
    taken = {link.book: link for link in stored.values() if link.author is author}
    keep_shares(work, author, rows, stored, taken, lambda book: AuthorBook(book=book, author=author))


def _new_book(row: LinkRow) -> Book:
    return Book(title=row.far.data)


def _page(template: str, author: Author, form: BooksForm) -> ResponseReturnValue:
    """A page with a window of the author's books; what was posted and refused is shown as it was."""
    posted, id = request.method == "POST", (request.view_args or {}).get("id")
    count = queries.book_counts([id]).get(id, 0) if id else 0
    listing = queries.works(id, asked(), count).listing("book") if id else None
    if listing and not posted:
        file = taken_away(listing, *exports.of_shares(listing, author.name))
        if file is not None:
            return file
    if posted:
        form.book_rows.attach(queries.links_of_books(touched_books(form.book_rows)))
    else:
        spare = spare_rows() if may_edit("library") else 0
        form.book_rows.fill(listing.rows if listing else [], spare, request.args)
        _show_names(form, author)
    show_as_text(form.book_rows)
    form.book_rows.look_up_from(**({"author": str(id)} if id else {}))
    more = beside(author) if template == PAGE else {}
    page = render_template(template, author=author, form=form, listing=listing, count=count, **more)
    return page, 422 if posted else 200


def _show_names(form: BooksForm, author: Author) -> None:
    """Fill the rows of other names, and an empty one."""
    if isinstance(form, AuthorForm):
        for one in author.alternate_names:
            form.name_rows.append_entry(one).form.show(one)
        form.name_rows.append_entry()


@bp.route("/authors/<record:id>/delete", methods=["GET", "POST"])
def delete_author(id: int) -> ResponseReturnValue:
    """Say what goes with the author, and delete the record."""
    author = the_author(id)
    form = DeleteForm()
    if form.validate_on_submit():
        with writing(form=form, reason=form.reason.data or "") as work:
            work.lock(Author, [id], whole=True)
            if form.is_outdated(queries.goes_with_author(id)):
                work.refuse()
            operations.delete_author(work, author)
            work.leads_to(url_for(".authors"), f"Deleted {author.name}.")
        if work.stored:
            return work.redirect()
    goes = queries.goes_with_author(id)
    if request.method == "GET":
        form.is_outdated(goes)
    back = url_for(".author", id=id)
    page = render_template(
        "library/delete.html",
        record=author,
        noun="author",
        stays="books",
        form=form,
        goes=goes,
        back=back,
        place="authors",
    )
    return page, 422 if request.method == "POST" else 200
