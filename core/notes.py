"""Notes about a record, or of the notice board, as a page shows them: the newest, and the form for one more.

notes=notes_about(record)          # in the view
{{ notes_card(notes) }}          # in the template
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for
from flask_login import current_user

from core import queries
from core.access import is_administrator, may_read, this_page
from core.account_forms import PostForm
from core.db import record_id
from core.models import Post, User
from core.records import kind_of
from core.subjects import subject_of, subjects_of

SHOWN = 20


@dataclass
class Notes:
    """Some notes, newest first, where further ones are, and where one more is sent to."""

    posts: Sequence[Post]
    older_url: str | None
    keep_url: str
    # Of its own: what was sent to the page itself is not a note.
    form: PostForm = field(default_factory=lambda: PostForm(formdata=None))


def notes_about(record: Any, before: int | None = None) -> Notes:
    """The newest notes about a stored record, whatever key it had when they were written."""
    subject, is_here = subject_of(record), request.endpoint == "core.notes_about"
    back = request.args.get("back") if is_here else this_page(("spare",))
    return _window(
        queries.newest_posts(SHOWN + 1, subjects_of(record), before),
        lambda last: url_for("core.notes_about", subject=subject, before=last),
        url_for("core.notes_about", subject=subject, back=back),
    )


def notes_on_the_board(before: int | None = None) -> Notes:
    """The newest notes that are about no record."""
    return _window(
        queries.newest_posts(SHOWN + 1, before=before),
        lambda last: url_for("core.notes", before=last),
        url_for("core.notes"),
    )


def notes_of(user: User, before: int | None = None) -> Notes:
    """The newest notes of one person, about whatever."""
    found = queries.posts_of(user, SHOWN + 1, before)
    return _window(found, lambda last: this_page(before=last), url_for("core.notes"))


def _window(found: Sequence[Post], older_than: Callable[[int], str], keep_url: str) -> Notes:
    posts = found[:SHOWN]
    return Notes(posts, older_than(posts[-1].id) if len(found) > SHOWN else None, keep_url)


def before_asked() -> int | None:
    """The number before which the page shows notes: `?before=…`."""
    return record_id(request.args.get("before", ""))


def may_read_about(subject: str) -> bool:
    """Whether the person who is signed in may see what is noted about this record."""
    kind = kind_of(subject)
    return kind is not None and may_read(kind.room)


def may_change(post: Post) -> bool:
    """Whether the person who is signed in wrote this note."""
    return bool(post.owner_id == current_user.id)


def may_delete(post: Post) -> bool:
    """Whether the person who is signed in may take this note away."""
    return may_change(post) or is_administrator()
