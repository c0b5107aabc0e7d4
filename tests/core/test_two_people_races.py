"""Two people save at the very same moment, in real processes: both changes are kept, or one is asked."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.db import db
from core.models import ChangeSet, Post
from hr.models import Department, DepartmentEmployeeLink
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.importing import Pages
from tests.pages import Page
from tests.racing import Form, Race, Run, refused, statuses

rounds = pytest.mark.parametrize("nth", range(2))


def change_sets() -> int:
    return db.session.scalar(select(func.count()).select_from(ChangeSet)) or 0


def stays() -> list[DepartmentEmployeeLink]:
    wanted = select(DepartmentEmployeeLink).order_by(DepartmentEmployeeLink.id)
    return list(db.session.scalars(wanted))


# --- the record itself ---------------------------------------------------------------------------------


@rounds
def test_different_fields_of_a_record_both_survive(client: Client, cast: Cast, race: Run, nth: int) -> None:
    url = "/hr/departments/IT/edit"
    named = Page(client, url).type(name="Informatics")
    archived = Page(client, url).type(archived_on="31 Dec 2025")
    assert statuses(race(named, archived)) == [303, 303]
    stored = Page(client, url).fields
    assert (stored["name"], stored["archived_on"]) == ("Informatics", "31 Dec 2025")


@rounds
def test_of_the_same_field_of_a_record_one_is_asked(client: Client, cast: Cast, race: Run, nth: int) -> None:
    url = "/hr/departments/IT/edit"
    answers = race(*(Page(client, url).type(name=name) for name in ("Informatics", "Computing")))
    assert statuses(answers) == [303, 422]
    stored = Page(client, url).fields["name"]
    assert f"Meanwhile this was stored as “{stored}”" in refused(answers)


@rounds
def test_a_save_beside_a_deletion_revives_nothing(client: Client, cast: Cast, race: Run, nth: int) -> None:
    edit = Page(client, "/hr/departments/IT/edit").type(name="Informatics")
    delete = Page(client, "/hr/departments/IT/delete").type(reason="Was entered twice")
    saved, deleted = race(edit, delete)
    assert saved.status in (303, 404)
    assert deleted.status in (303, 422)
    assert (db.session.get(Department, "IT") is None) is (deleted.status == 303)


# --- one link ------------------------------------------------------------------------------------------


def page_of(client: Client, side: str) -> Page:
    return Page(client, "/hr/departments/IT" if side == "department" else "/hr/employees/1001")


def changed(client: Client, side: str, **facts: str) -> Page:
    """The page of either side, with the one stay of Ann in IT changed."""
    page = page_of(client, side).change("#1001" if side == "department" else "#IT", **facts)
    return page.type(reason="Was entered twice")


sides = pytest.mark.parametrize("sides", ["department department", "person person", "department person"])


@sides
def test_different_fields_of_a_link_both_survive_from_both_sides(
    client: Client, cast: Cast, race: Run, sides: str
) -> None:
    factories.stay(cast.ann, cast.it, fte="1.000")
    one, other = sides.split()
    answers = race(changed(client, one, fte="0.5"), changed(client, other, extra_data="casual"))
    assert statuses(answers) == [303, 303]
    assert [(stay.fte, stay.extra_data) for stay in stays()] == [(Decimal("0.5"), "casual")]


@sides
def test_of_the_same_field_of_a_link_one_is_asked(client: Client, cast: Cast, race: Run, sides: str) -> None:
    factories.stay(cast.ann, cast.it, fte="1.000")
    answers = race(
        *(changed(client, side, fte=fte) for side, fte in zip(sides.split(), ("0.5", "0.25"), strict=True))
    )
    assert statuses(answers) == [303, 422]
    assert re.search(r"meanwhile by Edith Moss \(.+?\); you have", refused(answers))


@sides
def test_a_link_that_two_people_remove_is_removed(client: Client, cast: Cast, race: Run, sides: str) -> None:
    factories.stay(cast.ann, cast.it)
    answers = race(*(changed(client, side, remove="y") for side in sides.split()))
    assert statuses(answers) == [303, 303]
    assert stays() == []


@sides
def test_a_change_beside_a_removal_revives_nothing(client: Client, cast: Cast, race: Run, sides: str) -> None:
    factories.stay(cast.ann, cast.it, fte="1.000")
    one, other = sides.split()
    answers = race(changed(client, one, fte="0.5"), changed(client, other, remove="y"))
    assert statuses(answers) == [303, 422], "who comes second is asked"
    said = refused(answers)
    assert "This was removed meanwhile by Edith Moss" in said or "you removed it. Save again" in said


@sides
def test_an_fte_of_0_6_and_0_6_is_asked_about_from_whichever_sides(
    client: Client, cast: Cast, race: Run, sides: str
) -> None:
    pages = []
    for side, place in zip(sides.split(), (cast.it, cast.sales), strict=True):
        if side == "department":
            page = Page(client, f"/hr/departments/{place.code}")
            page.add(employee="#1001", fte="0.6", starts_on="2025-01-01")
        else:
            page = Page(client, "/hr/employees/1001")
            page.add(department=f"#{place.code}", fte="0.6", starts_on="2025-01-01")
        pages.append(page)
    answers = race(*pages)
    assert statuses(answers) == [303, 422]
    assert "1.200 FTE" in refused(answers)
    assert len(stays()) == 1


@rounds
def test_a_new_link_of_a_colleague_survives_my_save(client: Client, cast: Cast, race: Run, nth: int) -> None:
    factories.stay(cast.ann, cast.it, fte="1.000")
    mine, theirs = changed(client, "department", fte="0.5"), page_of(client, "department")
    theirs.add(employee="#1002", fte="0.25")
    assert statuses(race(mine, theirs)) == [303, 303]
    assert [(stay.employee_number, stay.fte) for stay in stays()] == [
        ("1001", Decimal("0.5")),
        ("1002", Decimal("0.25")),
    ]


# --- pressed twice -------------------------------------------------------------------------------------

TYPED = {
    "new person": ("/hr/new-employee", {"number": "2001", "name": "Zoë Kay"}),
    "new author": ("/library/new-author", {"name": "Jane Austen"}),
    "new subject": ("/library/new-subject", {"name": "Manners"}),
    "department": ("/hr/departments/IT/edit", {"name": "Informatics"}),
    "note": ("/", {"body": "Fire drill at ten"}),
}


@pytest.mark.parametrize("form", TYPED)
def test_a_form_that_is_sent_twice_is_stored_once(client: Client, cast: Cast, race: Run, form: str) -> None:
    url, typed = TYPED[form]
    page = Page(client, url).type(**typed)
    one, two = race(page, page)
    assert (one.status, two.status) == (303, 303)
    assert one.location == two.location
    assert change_sets() == 1
    again = page.save()
    assert again.stored, "and once more, after going back"
    assert "stored already" in again.text
    assert change_sets() == 1


def test_a_deed_that_is_pressed_twice_is_done_once(client: Client, cast: Cast, race: Run) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    page = Page(client, f"/hr/transfer?key={stay.id}").type(department="#SALES", from_day="2030-06-16").save()
    assert statuses(race(page, page, do="yes")) == [303, 303]
    assert [one.department_code for one in stays()] == ["IT", "SALES"]
    assert page.save(do="yes").stored
    assert change_sets() == 1


def test_an_import_that_is_pressed_twice_is_stored_once(client: Client, race: Run) -> None:
    pages = Pages(client)
    pages.upload("departments", "code,name\nHR,People\n")
    page = Page(client, pages.url)
    url, fields = next(form for form in page.forms if "digest" in form[1])
    page.action, page.fields = url, {**fields, "which": "all"}
    before = change_sets()
    assert statuses(race(page, page)) == [303, 303]
    assert change_sets() == before + 1
    assert page.save().stored
    assert db.session.scalars(select(Department.code)).all() == ["HR"]


# --- many at once --------------------------------------------------------------------------------------


def test_many_people_who_store_all_sorts_of_things_never_meet_a_locked_database(
    client: Client, cast: Cast, processes: Race
) -> None:
    """Forty forms of every kind at once, in four processes with ten threads each."""
    forms = []
    for number in range(8):
        who = factories.employee("Some Body", f"{6000 + number}")
        stay = factories.stay(who, cast.it, "2024-01-01")
        row = Page(client, f"/hr/departments/IT?q={who.number}").change(f"#{who.number}", fte="0.5")
        record = Page(client, f"/hr/employees/{who.number}/edit").type(name=f"Body {number}")
        note = Page(client, "/").type(body=f"Note {number}")
        deed = Page(client, f"/hr/end?key={stay.id}").type(last_day="2030-06-30").save()
        book = Page(client, "/library/new-book").type(title=f"Book {number}")
        forms += [Form.of(page) for page in (row, record, note, book)]
        forms.append(Form.of(deed, do="yes"))
    answers = processes.run({}, [forms[start::4] for start in range(4)], meet=False)
    assert {answer.status for answer in answers} <= {303, 422}, "nobody sees that somebody else was quicker"
    assert not any("locked" in answer.text or "busy" in answer.text for answer in answers)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Post)) == 8
    assert len(stays()) == 8
