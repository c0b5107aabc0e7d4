"""The first page: how to begin, what the rooms are for, and the notice board."""

from collections.abc import Sequence
from typing import cast

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core import queries
from core.access import get_or_404
from core.account_forms import PostForm
from core.db import db
from core.models import Post, User, instant
from core.rights import may_edit, open_rooms
from core.rooms import Attention, Room
from core.views.blueprint import bp
from core.writing import writing


def _empty_rooms() -> list[Room]:
    """The rooms that this person could begin to fill."""
    return [room for room in open_rooms() if may_edit(room.name) and room.is_empty and room.is_empty()]


@bp.get("/")
def home() -> ResponseReturnValue:
    """The first page."""
    return _first_page(PostForm())


def _first_page(form: PostForm) -> ResponseReturnValue:
    here, empty = open_rooms(), _empty_rooms()
    nothing_yet = bool(here) and len(empty) == len(here)
    attention = [] if nothing_yet else [line for room in here for line in _attention_in(room)]
    page = render_template(
        "core/home.html",
        form=form,
        posts=queries.newest_posts(),
        nothing_yet=nothing_yet,
        has_demo=any(room.demo for room in empty),
        has_rooms=bool(here),
        administrators=() if here else queries.administrators(),
        attention=[*attention, *_own_work()],
    )
    return page, 422 if form.errors else 200


def _attention_in(room: Room) -> Sequence[Attention]:
    return room.attention() if room.attention else ()


def _own_work() -> list[Attention]:
    """What one began and did not bring to an end: files that were uploaded, and long work."""
    uploads, jobs = queries.own_work(cast(User, current_user))
    lines = (
        Attention(
            uploads,
            "file of yours waits to be stored",
            "files of yours wait to be stored",
            url_for("core.imports"),
        ),
        Attention(jobs, "job of yours is under way", "jobs of yours are under way", url_for("core.jobs")),
    )
    return [line for line in lines if line.count]


@bp.post("/demo-data")
def load_demo() -> ResponseReturnValue:
    """Fill every room that is empty with a few made-up records."""
    rooms = [room for room in _empty_rooms() if room.demo]
    for room in rooms:
        if room.demo:
            room.demo()  # refused as a whole where somebody else has just done the same
    titles = " and ".join(room.title.lower() for room in rooms)
    said = (
        f"The demo data is loaded into {titles}."
        if rooms
        else "Something is here already: nothing was loaded."
    )
    flash(said, "message")
    return redirect(url_for("core.home"), code=303)


# --- the notice board ------------------------------------------------------------------------------


@bp.post("/notes")
def new_post() -> ResponseReturnValue:
    """Put a note on the board."""
    form = PostForm()
    if form.validate_on_submit():
        with writing(form=form) as work:
            db.session.add(Post(owner_id=current_user.id, body=form.body.data))
            work.leads_to(url_for("core.home", _anchor="notes"), "Your note is on the board.")
        if work.stored:
            return work.redirect()
    return _first_page(form)


@bp.route("/notes/<record:id>/edit", methods=["GET", "POST"])
def edit_post(id: int) -> ResponseReturnValue:
    """Change a note of one's own."""
    post = _own_post(id)
    form = PostForm(obj=post)
    if form.validate_on_submit():
        with writing(form=form) as work:
            if form.is_stale(post, "body"):
                work.refuse()
            post.body, post.edited_at = form.body.data or "", instant()
            work.leads_to(url_for("core.home", _anchor=f"note-{post.id}"), "Your note is changed.")
        if work.stored:
            return work.redirect()
    return render_template("core/post_form.html", form=form, post=post), 422 if form.errors else 200


@bp.route("/notes/<record:id>/delete", methods=["GET", "POST"])
def delete_post(id: int) -> ResponseReturnValue:
    """Take a note of one's own off the board."""
    post = _own_post(id)
    form = PostForm(obj=post)
    if form.is_submitted():
        with writing(form=form) as work:
            db.session.delete(post)
            work.leads_to(url_for("core.home", _anchor="notes"), "Your note is deleted.")
        if work.stored:
            return work.redirect()
    return render_template("core/post_delete.html", form=form, post=post), 422 if form.errors else 200


def _own_post(id: int) -> Post:
    post = get_or_404(Post, id)
    if post.owner_id != cast(User, current_user).id:
        abort(403, "Only the person who wrote a note can change or delete it.")
    return post
