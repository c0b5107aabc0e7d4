"""Subjects: the list, one subject with its books, its form, and its end."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access import asked, get_or_404
from core.beside import beside
from core.db import db
from core.filters import tidy_address
from core.listing import Listing
from core.sheets.listed import taken_away
from core.writing import writing
from library import queries
from library.columns import BOOKS, SUBJECTS
from library.forms import DeleteForm, SubjectForm
from library.models import Subject
from library.sheets import exports
from library.views.blueprint import bp


@bp.get("/subjects")
def subjects() -> ResponseReturnValue:
    """The list of subjects, with the number of their books."""
    tidy_address()
    listing = Listing(*queries.subjects(asked()), "name", table=SUBJECTS)
    file = taken_away(listing, *exports.of_subjects(listing))
    return file or render_template("library/subjects.html", listing=listing)


@bp.get("/subjects/<record:id>")
def subject(id: int) -> ResponseReturnValue:
    """One subject, and its books."""
    subject = get_or_404(Subject, id)
    tidy_address()
    listing = Listing(*queries.books_about(subject, asked()), "title", table=BOOKS)
    file = taken_away(listing, *exports.of_books(listing, subject.name))
    if file is not None:
        return file
    count = queries.subject_counts([id]).get(id, 0)
    return render_template(
        "library/subject.html", subject=subject, listing=listing, count=count, **beside(subject)
    )


@bp.route("/subjects/<record:id>/edit", methods=["GET", "POST"])
def edit_subject(id: int) -> ResponseReturnValue:
    """The form of a stored subject."""
    return _edit(get_or_404(Subject, id))


@bp.route("/new-subject", methods=["GET", "POST"])
def new_subject() -> ResponseReturnValue:
    """The form of a new subject."""
    return _edit(Subject())


def _edit(subject: Subject) -> ResponseReturnValue:
    form = SubjectForm(obj=subject)
    if form.validate_on_submit():
        with writing(form=form) as work:
            form.merge(work, subject)
            subject.name = form.name.data or ""
            db.session.add(subject)
            if not work.refused:
                db.session.flush()
                another = "another" in request.form
                work.leads_to(
                    url_for(".new_subject") if another else url_for(".subject", id=subject.id),
                    f"Saved {subject.name}.",
                )
        if work.stored:
            return work.redirect()
    stored = "id" in (request.view_args or {})
    page = render_template("library/subject_form.html", subject=subject, form=form, stored=stored)
    return page, 422 if request.method == "POST" else 200


@bp.route("/subjects/<record:id>/delete", methods=["GET", "POST"])
def delete_subject(id: int) -> ResponseReturnValue:
    """Say which books lose the subject, and delete it."""
    subject = get_or_404(Subject, id)
    form = DeleteForm()
    if form.validate_on_submit():
        with writing(form=form, reason=form.reason.data or "") as work:
            work.lock(Subject, [id], whole=True)
            if form.is_outdated(queries.goes_with_subject(id)):
                work.refuse()
            db.session.delete(subject)
            work.leads_to(url_for(".subjects"), f"Deleted {subject.name}.")
        if work.stored:
            return work.redirect()
    goes = queries.goes_with_subject(id)
    if request.method == "GET":
        form.is_outdated(goes)
    back = url_for(".subject", id=id)
    page = render_template(
        "library/delete.html",
        record=subject,
        noun="subject",
        stays="books",
        form=form,
        goes=goes,
        back=back,
        place="subjects",
    )
    return page, 422 if request.method == "POST" else 200
