"""The first page: how to begin, what the rooms are for, and the notice board."""

from collections.abc import Sequence
from typing import cast

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core import queries
from core.models import User
from core.notes import notes_on_the_board
from core.rights import may_edit, open_rooms
from core.rooms import Attention, Room
from core.views.blueprint import bp


def _empty_rooms() -> list[Room]:
    """The rooms that this person could begin to fill."""
    return [room for room in open_rooms() if may_edit(room.name) and room.is_empty and room.is_empty()]


@bp.get("/")
def home() -> ResponseReturnValue:
    """The first page."""
    here, empty = open_rooms(), _empty_rooms()
    nothing_yet = bool(here) and len(empty) == len(here)
    attention = [] if nothing_yet else [line for room in here for line in _attention_in(room)]
    return render_template(
        "core/home.html",
        notes=notes_on_the_board(),
        nothing_yet=nothing_yet,
        has_demo=any(room.demo for room in empty),
        has_rooms=bool(here),
        administrators=() if here else queries.administrators(),
        attention=[*attention, *_own_work()],
    )


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
