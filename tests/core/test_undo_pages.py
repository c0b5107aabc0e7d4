"""The page on which a save is taken back: what it says before, who may do it, and where it leads."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

import core.views.undo
from core.db import db
from core.history.recording import unrecorded
from core.models import ChangeSet, Job, Post, User
from core.writing import writing
from hr.models import Department, DepartmentEditor, DepartmentEmployeeLink, Employee
from library.models import Author, AuthorBook, Book
from tests import cast as people
from tests import factories, working
from tests.cast import Cast
from tests.conftest import Client
from tests.importing import CommandLine
from tests.pages import Page

Link = DepartmentEmployeeLink


def newest() -> int:
    db.session.rollback()
    return int(db.session.scalar(select(ChangeSet.id).order_by(ChangeSet.id.desc())) or 0)


def ask(client: Client, number: int, **answers: str) -> Page:
    """Open the page of the undo, and look at what it would do."""
    return Page(client, f"/history/{number}/undo").type(**answers).save()


def test_it_says_what_would_change_then_does_it_and_leads_back(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, fte="0.500")
    Page(client, "/hr/employees/1001").type(**{"department_rows-0-fte": "0.7"}).save()
    shown = ask(client, newest())
    assert "What would change: 1 changed" in shown.text
    assert "FTE 0.700 → 0.500" in shown.text
    done = shown.save(do="yes")
    assert done.stored
    assert done.url.startswith("/hr/employees/1001")
    assert "Undone: Saved Ann Lee: 1 changed." in done.text
    assert str(db.session.scalars(select(Link.fte)).one()) == "0.500"


def test_it_is_not_done_in_part_and_says_who_changed_what_since(
    client: Client, cast: Cast, app: Flask
) -> None:
    factories.stay(cast.ann, cast.it, fte="0.500")
    Page(client, "/hr/employees/1001").type(**{"department_rows-0-fte": "0.7"}).save()
    number = newest()
    colleague = app.test_client().sign_in(cast.administrator)
    Page(colleague, "/hr/employees/1001").type(**{"department_rows-0-fte": "0.8"}).save()
    answer = ask(client, number)
    assert answer.status == 422
    assert "kept, because Adam Reed changed FTE on" in answer.text
    assert str(db.session.scalars(select(Link.fte)).one()) == "0.800"


def test_the_others_of_an_import_are_taken_back_where_one_says_so(
    client: Client, cast: Cast, app: Flask, tmp_path: object
) -> None:
    run = CommandLine(app, tmp_path)  # type: ignore[arg-type]
    content = "employee,department,from,fte\n1001,IT,2024-01-01,0.7\n1002,IT,2024-01-01,1\n"
    run("department-links", content, "--yes")
    number = newest()
    Page(client, "/hr/employees/1001").type(**{"department_rows-0-fte": "0.8"}).save()
    assert ask(client, number).status == 422
    assert ask(client, number, others="y").save(do="yes").stored
    assert db.session.scalars(select(Link.employee_number)).all() == ["1001"]


def test_what_it_takes_away_has_no_page_so_it_leads_to_the_save(client: Client, editor: User) -> None:
    Page(client, "/library/new-book").type(title="Emma").save()
    number = newest()
    done = ask(client, number).save(do="yes")
    assert (done.stored, done.url) == (True, f"/history/{number}")
    assert db.session.scalars(select(Book)).all() == []


def test_a_large_save_is_taken_back_as_long_work(
    client: Client, cast: Cast, app: Flask, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = CommandLine(app, tmp_path)  # type: ignore[arg-type]
    run("department-links", "employee,department,from\n1001,IT,2024-01-01\n1002,IT,2024-01-01\n", "--yes")
    number = newest()
    monkeypatch.setattr(core.views.undo, "MOST_AT_ONCE", 1)
    page = Page(client, f"/history/{number}/undo")
    assert "Each of the 2 changes is taken back, in one piece" in page.text
    assert page.save().stored
    assert working.work() == 1
    assert db.session.scalars(select(Link)).all() == []
    undone = db.session.get(ChangeSet, newest())
    assert undone is not None
    assert (undone.undoes_id, undone.count, undone.user_id) == (number, 2, cast.editor.id)
    # What is said at its end offers the undo, as behind every other save.
    assert Page(client, "/jobs/1?follow=1").link("Undo") == f"/history/{undone.id}/undo"
    assert Page(client, "/jobs/1").link("Undo") == f"/history/{undone.id}/undo"


def as_long_work(client: Client, number: int) -> Page:
    """Ask for the undo of a save that is too large to be tried on its page; what is said at its end."""
    assert Page(client, f"/history/{number}/undo").save().stored
    assert working.work() == 1
    db.session.rollback()
    job = db.session.scalar(select(func.max(Job.id)))
    return Page(client, f"/jobs/{job}")


def test_the_credits_close_up_behind_what_a_long_undo_takes_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.views.undo, "MOST_AT_ONCE", 0)
    book = factories.book("Duo").id
    factories.share(db.session.get(Book, book), factories.author("Jane Roe"), "9")

    def credit(name: str, place: int) -> int:
        author = factories.author(name).id
        db.session.rollback()
        with writing() as work:
            work.session.add(AuthorBook(book_id=book, author_id=author, publication_order=place))
            work.leads_to("/", "Saved.")
        return newest()

    number = credit("Second One", 2)
    credit("Third One", 3)
    assert "1 taken back" in as_long_work(client, number).text
    credits = select(Author.name, AuthorBook.publication_order).join(AuthorBook.author)
    stored = db.session.execute(credits.order_by(AuthorBook.publication_order)).all()
    assert [tuple(row) for row in stored] == [("Jane Roe", 1), ("Third One", 2)]


@pytest.mark.parametrize("at_once", [0, 100])
def test_a_sum_that_stood_before_comes_back_unasked_and_a_higher_one_does_not(
    client: Client, cast: Cast, today: Callable[..., None], monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(core.views.undo, "MOST_AT_ONCE", at_once)
    factories.stay(cast.ann, cast.it, "2024-01-01", None, "0.500")
    factories.stay(cast.ann, cast.sales, "2024-01-01", None, "0.700", overload_reason="Covers two posts")

    def ended() -> int:
        person = Page(client, "/hr/employees/1001")
        assert person.change("Sales", last_day="2025-04-30").save().stored
        return newest()

    def undone(number: int) -> Page:
        return ask(client, number).save(do="yes") if at_once else as_long_work(client, number)

    ends = select(Link.ends_before).where(Link.department_code == cast.sales.code)
    number = ended()
    assert "Undone:" in undone(number).text
    assert db.session.scalar(ends) is None
    number = ended()
    factories.stay(cast.ann, factories.department("HR", "People"), "2025-05-01", None, "0.300")
    with writing() as work:  # a colleague of whom the history tells
        db.session.scalars(select(Link).where(Link.fte == Decimal("0.300"))).one().fte = Decimal("0.400")
        work.leads_to("/", "Saved.")
    answer = ask(client, number) if at_once else as_long_work(client, number)
    assert "Ann Lee would be at 1.600 FTE" in answer.text
    assert db.session.scalar(ends) is not None


def test_of_a_correction_of_many_the_others_are_taken_back_and_it_is_said_what_is_left(
    client: Client, cast: Cast, app: Flask
) -> None:
    for person in (cast.ann, cast.ben):
        factories.stay(person, cast.it, "2024-01-01", None, "0.700")
    ids = db.session.scalars(select(Link.id).order_by(Link.employee_number)).all()
    change = Page(client, f"/hr/change?key={ids[0]}&key={ids[1]}")
    assert change.type(fte="0.5", how="correction").save().save(do="yes").stored
    number = newest()
    colleague = app.test_client().sign_in(cast.administrator)
    Page(colleague, "/hr/employees/1001").change("IT", fte="0.6").save()
    assert ask(client, number).status == 422
    done = ask(client, number, others="y").save(do="yes")
    assert "1 is left: " in done.text
    deed = db.session.get(ChangeSet, newest())
    assert deed is not None
    assert "left" not in deed.deed, "what is left concerns whoever took it back"


def test_what_is_gone_is_called_by_what_it_joined(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", None, "0.700")
    Page(client, "/hr/employees/1001").change("IT", fte="0.6").save()
    number = newest()
    with writing() as work:
        work.session.delete(db.session.scalars(select(Link)).one())
        work.leads_to("/", "Removed.")
    called = "stay from 1 Jan 2024 (Information Technology #IT · Lee, Ann #1001)"
    assert f"{called}: kept, because" in ask(client, number).text


def test_a_key_that_somebody_else_has_by_now_blocks_the_way_back(client: Client, cast: Cast) -> None:
    Page(client, "/hr/employees/1001/delete").type(reason="By mistake").save()
    number = newest()
    factories.employee("Other Person", "1001")
    why = "blocked, because Person, Other #1001 has the key 1001 by now. Give it another one first."
    assert f"Lee, Ann #1001: {why}" in ask(client, number).text


def test_what_is_undone_twice_is_done_again(client: Client, cast: Cast) -> None:
    Page(client, "/library/new-book").type(title="Emma").save()
    assert "Undone: Saved Emma." in ask(client, newest()).save(do="yes").text
    assert "Done again: Saved Emma." in ask(client, newest()).save(do="yes").text
    assert "Undone: Saved Emma." in ask(client, newest()).save(do="yes").text


# --- who may -------------------------------------------------------------------------------------------


def test_nobody_deletes_or_revives_a_note_of_somebody_else_by_an_undo(app: Flask, cast: Cast) -> None:
    reader, editor = people.hr_reader(), people.hr_editor()
    rita, hugo = app.test_client().sign_in(reader), app.test_client().sign_in(editor)
    Page(rita, "/notes/about/employee:1001").type(body="She prefers mornings.").save()
    number = newest()
    assert hugo.get(f"/history/{number}/undo").status_code == 403
    assert hugo.post(f"/history/{number}/undo", data={"do": "yes"}).status_code == 403
    assert ask(rita, number).save(do="yes").stored, "one's own note may be taken back"
    assert db.session.scalars(select(Post)).all() == []


def test_a_demoted_administrator_does_not_take_the_demotion_back(app: Flask, cast: Cast) -> None:
    adam = app.test_client().sign_in(cast.administrator)
    Page(adam, "/account").type(name="Adam R.").save()
    number = newest()
    with unrecorded():
        cast.administrator.roles = []
        db.session.commit()
    assert adam.get(f"/history/{number}/undo").status_code == 403


def test_a_department_that_comes_back_has_its_editors_again(app: Flask, cast: Cast) -> None:
    people.limited_editor(cast.it)
    adam = app.test_client().sign_in(cast.administrator)
    Page(adam, "/hr/departments/IT/delete").type(reason="By mistake").save()
    assert db.session.get(Department, "IT") is None
    assert db.session.scalars(select(DepartmentEditor.department_code)).all() == [None]
    assert ask(adam, newest()).save(do="yes").stored
    assert db.session.scalars(select(DepartmentEditor.department_code)).all() == ["IT"]


def test_a_deleted_person_comes_back_with_everything(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, fte="0.500", extra_data="part-time")
    factories.address(cast.ann)
    Page(client, "/hr/employees/1001/delete").type(reason="By mistake").save()
    assert db.session.get(Employee, "1001") is None
    number = newest()
    assert "Ann Lee" in Page(client, f"/history/{number}").text
    assert ask(client, number).save(do="yes").stored
    person = db.session.get(Employee, "1001")
    assert person is not None
    assert [(one.department_code, str(one.fte), one.extra_data) for one in person.department_links] == [
        ("IT", "0.500", "part-time")
    ]
    assert [one.lines for one in person.addresses] == ["1 Mill Lane"]
