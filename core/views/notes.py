"""Notes: of the notice board and about records, all of them page by page; and each one's form and end."""

from collections.abc import Callable

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core import notes as noted
from core import records
from core.access import came_from, get_or_404
from core.account_forms import PostForm
from core.db import db
from core.models import Post, instant
from core.notes import before_asked, may_change, may_delete, may_read_about, notes_on_the_board
from core.prose import prose
from core.records import Known
from core.views.blueprint import bp
from core.writing import Problem, Work, writing

bp.add_app_template_filter(prose)
bp.add_app_template_test(may_change, "mine")
bp.add_app_template_test(may_delete, "mine_to_delete")


@bp.route("/notes", methods=["GET", "POST"])
def notes() -> ResponseReturnValue:
    """The notice board, page by page; and a new note on it."""
    form = PostForm()
    if form.validate_on_submit():
        with writing(form=form) as work:
            post = _keep(work, form, None)
            page = f"{url_for('.home')}#note-{post.id}"
            work.leads_to(page, "Your note is on the board.", _deed(post, "added"))
        if work.stored:
            return work.redirect()
    return _page(form, None)


@bp.route("/notes/about/<subject>", methods=["GET", "POST"])
def notes_about(subject: str) -> ResponseReturnValue:
    """What is noted about one record, page by page; and a new note about it."""
    record = the_record(subject)
    form = PostForm()
    if form.validate_on_submit():
        with writing(form=form) as work:
            post = _keep(work, form, record.subject)
            page = f"{came_from(record.url)}#note-{post.id}"
            work.leads_to(page, "Your note is kept.", _deed(post, "added"))
        if work.stored:
            return work.redirect()
    return _page(form, record)


def the_record(subject: str) -> Known:
    """The record that notes are about; who may not see it is told nothing of it."""
    if not may_read_about(subject):
        abort(404)
    return records.find(subject) or abort(404)


def _keep(work: Work, form: PostForm, subject: str | None) -> Post:
    """Store a new note."""
    post = Post(owner_id=current_user.id, about=subject, body=form.body.data)
    work.session.add(post)
    work.session.flush()  # the note has its number from here on
    return post


def _deed(post: Post, done: str) -> str:
    """What was done with a note, as the history says it: a note about whom."""
    known = records.find(post.about) if post.about else None
    where = "on the board" if post.about is None else f"about {known.record if known else 'what is gone'}"
    return f"Note {where} {done}."


def _page(form: PostForm, record: Known | None) -> ResponseReturnValue:
    before = before_asked()
    shown = noted.notes_about(record.record, before) if record else notes_on_the_board(before)
    shown.form = form
    page = render_template("core/notes.html", notes=shown, record=record, before=before)
    return page, 422 if form.errors or form.form_errors else 200


# --- one note --------------------------------------------------------------------------------------


@bp.route("/notes/<record:id>/edit", methods=["GET", "POST"])
def edit_post(id: int) -> ResponseReturnValue:
    """Change a note of one's own."""
    post, place = _the_note(id, may_change, "Only the person who wrote a note can change it.")
    form = PostForm(obj=post)
    if form.validate_on_submit():
        with writing(form=form) as work:
            form.merge(work, post)
            post.body, post.edited_at = form.body.data or "", instant()
            work.leads_to(f"{place}#note-{post.id}", "Your note is changed.", _deed(post, "changed"))
        if work.stored:
            return work.redirect()
    page = render_template("core/post_form.html", form=form, post=post, place=place)
    return page, 422 if form.errors else 200


@bp.route("/notes/<record:id>/delete", methods=["GET", "POST"])
def delete_post(id: int) -> ResponseReturnValue:
    """Take away a note of one's own; an administrator may take away any."""
    said = "Only the person who wrote a note, or an administrator, can delete it."
    post, place = _the_note(id, may_delete, said)
    form = PostForm(obj=post)
    if form.is_submitted():
        with writing(form=form) as work:
            if str(form.version.data) != str(post.version):
                work.refuse(Problem("This note was changed meanwhile. Read it again, then delete it."))
            else:
                db.session.delete(post)
            work.leads_to(f"{place}#notes", "The note is deleted.", _deed(post, "deleted"))
        if work.stored:
            return work.redirect()
        form.version.data = str(post.version)
    page = render_template("core/post_delete.html", form=form, post=post, place=place)
    return page, 422 if form.form_errors else 200


def _the_note(id: int, may: Callable[[Post], bool], otherwise: str) -> tuple[Post, str]:
    """A note and the page on which it is shown, for whoever may do this with it."""
    post = get_or_404(Post, id)
    place = _place_of(post)
    if not may(post):
        abort(403, otherwise)
    return post, place


def _place_of(post: Post) -> str:
    """The page on which a note is shown; a note about what one may not see is not there."""
    if post.about is None:
        return url_for(".home")
    if not may_read_about(post.about):
        abort(404)
    record = records.find(post.about)
    return came_from(record.url) if record else url_for(".account")
