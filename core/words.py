"""How accounts and notes are spoken of where it is said what a deed changes or changed."""

from flask import url_for

from core.deeds import RecordWords, Words
from core.models import Post, User

WORDS: Words = {
    User: RecordWords(
        noun="account",
        title=lambda user: f"Account of {user.name}",
        labels={"name": "Name", "email": "E-mail", "active": "Open", "roles": "Roles"},
        url=lambda user: url_for("core.one_account", id=user.id),
    ),
    Post: RecordWords(
        noun="note",
        title=lambda post: f"Note of {post.owner}",
        labels={"body": "Text"},
        belongs_to={"about": None},
        silent=("owner_id", "posted_at", "edited_at"),
    ),
}
