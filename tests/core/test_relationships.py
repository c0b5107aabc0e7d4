"""One to many: the notes of an account. One to one: an account and a person. See docs/relationships.md."""

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from core.db import db
from core.models import Post, User
from hr.models import Employee
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


# --- one to many: User.posts and Post.owner --------------------------------------------------------------


def test_a_note_put_on_the_board_is_one_of_its_owners(client: Client, editor: User) -> None:
    assert Page(client, "/").type(body="Board meets at ten.").save().stored
    assert [post.body for post in editor.posts] == ["Board meets at ten."]
    assert editor.posts[0].owner is editor


def test_both_ends_are_one_relationship(editor: User) -> None:
    note = Post(body="Found a saw.")
    editor.posts.append(note)
    assert note.owner is editor
    db.session.commit()
    assert db.session.get(Post, note.id).owner_id == editor.id


def test_notes_come_newest_first(editor: User) -> None:
    for body in ("first", "second", "third"):
        factories.post(editor, body)
    db.session.expire(editor)
    assert [post.body for post in editor.posts] == ["third", "second", "first"]


def test_a_note_without_an_owner_is_none(editor: User) -> None:
    """Taken out of the list it is deleted: a note belongs to somebody or is not there."""
    factories.post(editor)
    editor.posts.clear()
    db.session.commit()
    assert count(Post) == 0


def test_notes_go_with_their_account(cast: Cast) -> None:
    factories.post(cast.administrator)
    factories.post(cast.editor)
    db.session.delete(cast.administrator)
    db.session.commit()
    assert db.session.scalars(select(Post.owner_id)).all() == [cast.editor.id]


# --- one to one: User.employee and Employee.account -------------------------------------------------------


def test_an_account_and_a_person_know_each_other(cast: Cast) -> None:
    cast.ann.account = cast.editor
    assert cast.editor.employee is cast.ann
    db.session.commit()
    db.session.expire_all()
    assert (cast.editor.employee, cast.ann.account) == (cast.ann, cast.editor)


def test_the_person_goes_and_the_account_stays_and_the_other_way_round(cast: Cast) -> None:
    cast.ann.account, cast.ben.account = cast.editor, cast.administrator
    db.session.commit()
    db.session.delete(cast.ann)
    db.session.delete(cast.administrator)
    db.session.commit()
    assert (cast.editor.employee, cast.ben.account) == (None, None)
    assert (count(User), count(Employee)) == (1, 3)


def test_the_database_keeps_it_one_to_one(cast: Cast) -> None:
    both = Employee.number.in_(["1001", "1002"])
    with pytest.raises(IntegrityError):
        db.session.execute(update(Employee).where(both).values(account_id=cast.editor.id))
    db.session.rollback()


def test_trap_assigning_an_account_takes_it_from_whoever_had_it(cast: Cast) -> None:
    cast.ann.account = cast.editor
    db.session.commit()
    cast.ben.account = cast.editor
    db.session.commit()
    assert (cast.ann.account, cast.ben.account) == (None, cast.editor), "without a word"


def test_so_the_page_asks_first(client: Client, cast: Cast) -> None:
    client.sign_in(cast.administrator)  # only administrators say which account is whose
    Page(client, "/hr/employees/1001/edit").type(account="edith@example.org").save()
    answer = Page(client, "/hr/employees/1002/edit").type(account="edith@example.org").save()
    assert "This account belongs to Ann Lee." in answer.errors
    assert db.session.get(Employee, "1001").account.name == "Edith Moss"
