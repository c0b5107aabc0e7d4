"""How the application speaks of accounts and notes in its history."""

from flask import url_for

from core.deeds import RecordWords, Words
from core.models import Post, User, UserRole

WORDS: Words = {
    User: RecordWords(
        noun="account",
        title=lambda user: f"{user.name} ({user.email})",
        labels={"name": "Name", "email": "E-mail", "active": "Open"},
        url=lambda user: url_for("core.one_account", id=user.id),
    ),
    UserRole: RecordWords(
        noun="role",
        belongs_to={"user_id": User},
        title=lambda given: f"{given.role}, role of {given.user}",
        labels={},
    ),
    Post: RecordWords(
        noun="note",
        belongs_to={"owner_id": User},
        title=lambda post: f"Note of {post.owner}",
        labels={"body": "Note"},
        url=lambda post: url_for("core.home", _anchor=f"note-{post.id}"),
    ),
}
