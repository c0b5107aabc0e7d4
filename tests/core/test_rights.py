"""What the pages of the house do for each person: rooms, imports, jobs; and rights that end meanwhile."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.access import is_administrator, may_edit, may_read
from core.db import db
from core.models import Job, User
from core.rights import on_behalf_of
from core.writing import writing
from hr import operations
from hr.models import Department
from library.models import Book
from tests import cast as people
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.importing import Pages
from tests.pages import Page
from tests.working import work


def browser(app: Flask, user: User) -> Client:
    return app.test_client().sign_in(user)


def lose_all_roles(user: User) -> None:
    user.roles.clear()
    db.session.commit()


def test_roles_are_those_of_the_rooms(app: Flask) -> None:
    table = {
        people.administrator: (True, True, True, True),
        people.hr_editor: (True, True, False, False),
        people.hr_reader: (True, False, False, False),
        people.library_editor: (False, False, True, True),
        people.bookkeeper: (False, False, True, False),
        people.without_role: (False, False, False, False),
    }
    for somebody, expected in table.items():
        with on_behalf_of(somebody()):
            assert (may_read("hr"), may_edit("hr"), may_read("library"), may_edit("library")) == expected
            assert is_administrator() == (somebody is people.administrator)


def test_an_account_that_is_closed_may_do_nothing(app: Flask) -> None:
    hugo = people.hr_editor()
    hugo.active = False
    db.session.commit()
    with on_behalf_of(hugo):
        assert not may_read("hr")


def test_the_command_line_may_do_everything(app: Flask) -> None:
    with writing(operations.check) as deed:
        deed.session.add(Department(code="IT", name="Information Technology"))
    assert is_administrator()


def test_only_sheets_of_rooms_that_one_edits_can_be_imported(app: Flask) -> None:
    page = browser(app, people.hr_editor()).get("/import").text
    assert 'value="departments"' in page
    assert 'value="books"' not in page
    assert browser(app, people.bookkeeper()).get("/import").status_code == 403


def test_a_file_waits_in_vain_when_its_room_was_closed(app: Flask) -> None:
    hugo = people.hr_editor()
    factories.upload(hugo)
    client = browser(app, hugo)
    assert client.get("/import/1").status_code == 200
    lose_all_roles(hugo)
    assert client.get("/import/1").status_code == 403
    assert client.post("/import/1/drop").status_code == 303, "it can be dropped, it is one's own"


def test_a_job_is_done_with_the_rights_of_that_moment(app: Flask) -> None:
    app.config["LONG_FILE"] = 20
    hugo = people.hr_editor()
    pages = Pages(browser(app, hugo))
    pages.upload("departments", "code,name\n" + "".join(f"C{n:05},Name {n}\n" for n in range(30)))
    work()
    pages.url = pages.client.get(pages.url).location
    pages.apply()
    lose_all_roles(hugo)
    work()
    job = db.session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert job is not None
    assert (job.state, job.said) == ("failed", "Your account does not import into Staffing any more.")
    assert db.session.scalar(select(func.count()).select_from(Department)) == 0


def test_a_job_is_seen_by_whoever_asked_and_by_administrators(app: Flask) -> None:
    hugo = people.hr_editor()
    factories.job(hugo, title="Something of Hugo")
    adam = browser(app, people.administrator())
    assert "Something of Hugo" in adam.get("/jobs").text
    assert "by Hugo Lang" in Page(adam, "/jobs").text
    assert adam.get("/jobs/1").status_code == 200
    lara = browser(app, people.library_editor())
    assert "Something of Hugo" not in lara.get("/jobs").text
    assert lara.get("/jobs/1").status_code == 404


def test_the_demo_fills_the_rooms_that_one_edits(app: Flask) -> None:
    lara = browser(app, people.library_editor())
    assert "Load the demo data" in lara.get("/").text
    answer = lara.post("/demo-data", follow_redirects=True)
    assert "The demo data is loaded into books." in answer.text
    assert db.session.scalar(select(func.count()).select_from(Book))
    assert not db.session.scalar(select(func.count()).select_from(Department))


def test_a_reader_of_an_empty_room_is_not_asked_how_to_begin(app: Flask) -> None:
    page = browser(app, people.hr_reader()).get("/").text
    assert "How would you like to begin?" not in page
    assert "Nothing needs attention today." in page


@pytest.mark.parametrize("url", ["/search?q=inform", "/find/everything?q=inform"])
def test_a_search_finds_in_open_rooms_only(app: Flask, cast: Cast, url: str) -> None:
    factories.book("Informed Consent")
    assert "Information Technology" in browser(app, people.hr_reader()).get(url).text
    theirs = browser(app, people.library_reader()).get(url, follow_redirects=True).text
    assert "Informed Consent" in theirs
    assert "Information Technology" not in theirs


def test_a_whole_key_of_a_closed_room_leads_nowhere(app: Flask, cast: Cast) -> None:
    answer = browser(app, people.library_reader()).get("/search?q=1001")
    assert answer.status_code == 200
    assert "Nothing is called “1001”" in answer.text
