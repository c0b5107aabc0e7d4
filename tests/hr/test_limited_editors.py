"""Somebody who edits only some departments: what they see of the others, and what they cannot change."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.models import ChangeSet, User
from core.rights import on_behalf_of
from core.subjects import subject
from core.writing import Refused, Work, writing
from hr import operations, queries
from hr.models import Department, DepartmentEditor, DepartmentEmployeeLink, Employee
from hr.words import STAY
from tests import cast as people
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.exporting import lines
from tests.hr.stays import rows
from tests.pages import Page

Link = DepartmentEmployeeLink
HERE, ELSEWHERE = "a remark in IT", "a remark in Sales"


@pytest.fixture
def stays(cast: Cast) -> dict[str, Link]:
    """Ann is in both departments, Ben in Sales alone; each stay has a remark."""
    return {
        "here": factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500", extra_data=HERE),
        "elsewhere": factories.stay(
            cast.ann, cast.sales, "2024-01-01", fte="0.750", extra_data=ELSEWHERE, overload_reason="secret"
        ),
        "ben": factories.stay(cast.ben, cast.sales, "2024-01-01", extra_data="part-time"),
    }


@pytest.fixture
def lisa(cast: Cast) -> User:
    return people.limited_editor(cast.it)


@pytest.fixture
def limited(app: Flask, lisa: User, stays: dict[str, Link]) -> Client:
    return app.test_client().sign_in(lisa)


# --- what is seen ----------------------------------------------------------------------------------------


def test_other_stays_of_a_person_are_text_without_remarks(limited: Client, stays: dict[str, Link]) -> None:
    page = Page(limited, "/hr/employees/1001")
    assert page.values("IT", "extra_data") == [HERE]
    assert "Sales SALES 0.750 not shown" in page.text
    assert page.rows("SALES") == [], "nothing of it is an input"
    assert ELSEWHERE not in page.html
    assert "secret" not in page.html


def test_another_department_is_read_only(limited: Client) -> None:
    page = Page(limited, "/hr/departments/SALES")
    assert "Lee, Ann" in page.text
    assert page.prefixes() == []
    assert ELSEWHERE not in page.html
    assert limited.get("/hr/departments/SALES/edit").status_code == 403


def test_the_own_department_is_edited_as_ever(limited: Client, stays: dict[str, Link]) -> None:
    page = Page(limited, "/hr/departments/IT")
    page.change("Ann Lee", fte="0.25")
    page.add(employee="#1003", fte="1")
    assert page.save().stored
    assert sorted((who, where, fte or "") for who, where, _from, _to, fte in rows()) == [
        ("1001", "IT", "0.250"),
        ("1001", "SALES", "0.750"),
        ("1002", "SALES", ""),
        ("1003", "IT", "1.000"),
    ]
    db.session.refresh(stays["elsewhere"])
    assert stays["elsewhere"].extra_data == ELSEWHERE, "what is hidden is still there"


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("name", ["stays", "stays-as-shown"])
def test_files_have_the_remarks_of_the_own_departments_only(
    limited: Client, client: Client, name: str, format: str
) -> None:
    url = f"/hr/stays?columns=person,arrangement,why&download={name}.{format}"
    mine, everything = ({cell for line in lines(one, url) for cell in line} for one in (limited, client))
    assert everything - mine == {ELSEWHERE, "secret", "part-time"}


def test_the_list_shows_the_remarks_of_the_own_departments_only(limited: Client, client: Client) -> None:
    url = "/hr/stays?columns=person,arrangement,why"
    mine, everything = Page(limited, url), Page(client, url)
    assert {one: one in everything.html for one in (ELSEWHERE, "secret")} == {ELSEWHERE: True, "secret": True}
    assert ELSEWHERE not in mine.html
    assert "secret" not in mine.html
    assert "Okafor, Ben" in mine.text, "the stay itself is no secret"


@pytest.mark.parametrize("who", ["stays", "employees"])
def test_no_filter_betrays_a_remark(limited: Client, client: Client, who: str) -> None:
    url = f"/hr/{who}?arrangement=part-time"
    assert "Okafor, Ben" in Page(client, url).text, "whoever edits all of them finds him"
    assert "Okafor, Ben" not in Page(limited, url).text
    assert "Part-time 2" in Page(client, "/hr/departments/SALES").text
    assert "Part-time 1" in Page(limited, "/hr/departments/SALES").text, "Ann, by her FTE"


def test_a_preview_shows_no_remark(limited: Client, stays: dict[str, Link]) -> None:
    page = Page(limited, f"/hr/change?key={stays['elsewhere'].id}")
    assert ELSEWHERE not in page.html
    answer = page.type(how="correction", fte="0.1").save()
    assert ELSEWHERE not in answer.html
    assert "You do not edit the department SALES." in answer.text


def test_the_history_asks_what_is_hidden(lisa: User, cast: Cast, stays: dict[str, Link]) -> None:
    it, sales, ann = subject(Department, "IT"), subject(Department, "SALES"), subject(Employee, "1001")
    remarks = {"extra_data", "overload_reason"}
    hides = STAY.hides
    with on_behalf_of(lisa):
        assert set(hides({}, [it, ann])) == set()
        assert set(hides({}, [sales, ann])) == remarks
        assert set(hides({}, [it, sales, ann])) == remarks, "it was moved"
    with on_behalf_of(cast.editor):
        assert set(hides({}, [sales, ann])) == set()
    assert set(hides({}, [sales, ann])) == set(), "the command line sees everything"


def test_the_history_tells_no_remark_of_another_department(
    limited: Client, client: Client, stays: dict[str, Link]
) -> None:
    page = Page(client, "/hr/departments/SALES").change("Ann Lee", extra_data="another secret")
    assert page.save().stored
    for url in ("/history", "/hr/employees/1001", "/hr/departments/SALES"):
        assert "another secret" not in limited.get(url).text
    number = db.session.scalar(select(func.max(ChangeSet.id)))
    told = limited.get(f"/history/{number}").text
    assert "Lee, Ann" in told or "Ann Lee" in told
    assert "another secret" not in told
    assert "another secret" in client.get(f"/history/{number}").text


# --- what is stored --------------------------------------------------------------------------------------


def test_a_row_of_another_department_that_is_sent_all_the_same_is_refused(
    limited: Client, client: Client, stays: dict[str, Link]
) -> None:
    theirs = Page(client, "/hr/departments/SALES")
    theirs.change("Ann Lee", fte="0.1")
    answer = Page(limited, "", limited.post("/hr/departments/SALES", data=theirs.fields))
    assert (answer.status, answer.stored) == (422, False)
    assert "You do not edit the department SALES." in answer.errors
    assert ("1001", "SALES", "2024-01-01", None, "0.750") in rows()


def test_what_can_only_be_read_is_still_there_when_something_is_refused(limited: Client) -> None:
    answer = Page(limited, "/hr/employees/1001").change("Information Technology", fte="much").save()
    assert answer.status == 422
    assert "Sales SALES 0.750 not shown" in answer.text


def test_nobody_is_taken_to_another_department(limited: Client, stays: dict[str, Link]) -> None:
    page = Page(limited, f"/hr/transfer?key={stays['here'].id}")
    answer = page.type(department="#SALES", from_day="2025-01-01").save()
    assert "You do not edit the department SALES." in answer.text


def test_people_are_added_and_begin_in_the_own_departments(limited: Client) -> None:
    page = Page(limited, "/hr/departments/IT")
    page.add(employee="Nia New", is_new="y", new_number="2001")
    assert page.save().stored
    assert rows()[-1][:2] == ("2001", "IT")


def test_people_of_other_departments_are_not_renamed(limited: Client) -> None:
    answer = Page(limited, "/hr/employees/1002/edit").type(name="Somebody Else").save()
    assert "This person is in none of the departments that you edit." in answer.text
    assert Page(limited, "/hr/employees/1001/edit").type(name="Ann Lee-Moss").save().stored


def test_no_other_number_or_code_comes_from_a_form(limited: Client) -> None:
    assert "renumber people" in Page(limited, "/hr/employees/1001/edit").type(number="7").save().text
    assert "another code" in Page(limited, "/hr/departments/IT/edit").type(code="ICT").save().text


DEEDS: dict[str, Callable[[Work, Cast], object]] = {
    "delete": lambda work, cast: work.session.delete(cast.it),
    "new": lambda work, _cast: work.session.add(Department(code="NEW", name="New one")),
    "merge": lambda work, _cast: operations.merge_people(work, "1001", "1002", {"name": "stays"}),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_the_write_path_refuses_what_no_page_offers(cast: Cast, lisa: User, deed: str) -> None:
    with on_behalf_of(lisa), pytest.raises(Refused, match="only some departments"), writing() as work:
        DEEDS[deed](work, cast)


# --- what is taken back ----------------------------------------------------------------------------------


def newest() -> int:
    db.session.rollback()
    return int(db.session.scalar(select(func.max(ChangeSet.id))) or 0)


def test_what_was_changed_in_the_own_department_is_taken_back(limited: Client) -> None:
    page = Page(limited, "/hr/departments/IT").change("Ann Lee", extra_data="on call")
    page.add(employee="#1003", fte="1")
    assert page.save().link("Undo") is not None
    assert Page(limited, f"/history/{newest()}").link("Undo…") is not None
    shown = Page(limited, f"/history/{newest()}/undo").save()
    assert shown.save(do="yes").stored
    after = Page(limited, "/hr/departments/IT")
    assert (after.values("Ann Lee", "extra_data"), after.rows("John Doe")) == ([HERE], [])


@pytest.mark.parametrize(
    ("url", "facts"),
    [
        ("/hr/employees/1001", {"department_rows-0-fte": "0.1", "department_rows-1-fte": "0.1"}),
        ("/hr/employees/1002/edit", {"name": "Somebody Else"}),
        ("/hr/employees/1001/edit", {"number": "7"}),
        ("/hr/departments/IT/edit", {"code": "ICT"}),
        ("/hr/new-employee", {"name": "Nia New", "number": "2001"}),
    ],
)
def test_what_reaches_further_is_not_taken_back_and_not_offered(
    limited: Client, client: Client, url: str, facts: dict[str, str]
) -> None:
    assert Page(client, url).type(**facts).save().link("Undo") is not None, (
        "whoever edits all departments may"
    )
    assert Page(limited, f"/history/{newest()}").link("Undo…") is None
    assert limited.get(f"/history/{newest()}/undo").status_code == 403
    assert limited.post(f"/history/{newest()}/undo", data={"do": "yes"}).status_code == 403


def test_under_a_new_code_the_department_is_still_the_own_one(limited: Client, client: Client) -> None:
    assert Page(limited, "/hr/departments/IT").change("Ann Lee", fte="0.25").save().stored
    number = newest()
    assert Page(client, "/hr/departments/IT/edit").type(code="ICT").save().stored
    assert Page(limited, f"/history/{number}").link("Undo…") is not None


# --- who is limited --------------------------------------------------------------------------------------


@pytest.fixture
def administrator(app: Flask, cast: Cast) -> Client:
    return app.test_client().sign_in(cast.administrator)


def test_an_administrator_limits_an_editor(administrator: Client, app: Flask, cast: Cast) -> None:
    hugo = people.hr_editor()
    assert "Hugo Lang #" in administrator.get("/hr/find/accounts?q=hugo").text
    answer = Page(administrator, "/hr/editors").type(person=f"Hugo Lang #{hugo.id}", department="IT").save()
    assert answer.stored
    assert "Hugo Lang edits Information Technology now." in answer.text
    assert "Hugo Lang hugo@example.org" in answer.text
    his = app.test_client().sign_in(hugo)
    assert his.get("/hr/departments/SALES/edit").status_code == 403
    assert his.get("/hr/departments/IT/edit").status_code == 200


def test_what_is_unclear_is_said_at_its_field(administrator: Client) -> None:
    answer = Page(administrator, "/hr/editors").type(person="Nobody", department="NONE").save()
    assert answer.status == 422
    assert "There is no such account" in answer.errors
    assert "There is no such department." in answer.errors


def test_taking_the_last_limit_away_opens_all_departments(administrator: Client, lisa: User) -> None:
    row = db.session.scalars(select(DepartmentEditor)).one()
    answer = administrator.post(f"/hr/editors/{row.id}/remove", follow_redirects=True)
    assert "Lisa Moor edits all departments now." in answer.text


def test_whoever_loses_the_last_department_does_not_edit_all_of_them(lisa: User, cast: Cast) -> None:
    with writing() as work:
        work.session.delete(cast.it)
    with on_behalf_of(lisa):
        assert queries.limits() == frozenset()


def test_a_merge_of_departments_carries_its_editors(lisa: User, client: Client) -> None:
    page = Page(client, "/hr/merge-departments?key=SALES&key=IT").save()
    assert Page(client, page.action, client.post(page.action, data={**page.fields, "do": "yes"})).stored
    with on_behalf_of(lisa):
        assert queries.limits() == {"SALES"}


def test_a_new_code_goes_along(lisa: User, client: Client) -> None:
    page = Page(client, "/hr/departments/IT/edit").type(code="ICT")
    assert page.save().stored
    with on_behalf_of(lisa):
        assert queries.limits() == {"ICT"}
