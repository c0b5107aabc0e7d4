"""The history as people read it: on each record, on one searchable page, save by save."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from core.db import db
from core.models import ChangeSet
from core.writing import writing
from hr.models import DepartmentEmployeeLink, Employee
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page
from tests.screens import Screen, every_screen


@pytest.fixture
def stay(cast: Cast, today: Callable[..., None]) -> DepartmentEmployeeLink:
    """Ann in IT with 0.500."""
    return factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500")


@pytest.fixture
def changed(stay: DepartmentEmployeeLink, client: Client) -> int:
    """Edith has changed Ann's FTE on the page of IT; the number of that save."""
    assert Page(client, "/hr/departments/IT").change("Ann Lee", fte="0.6").save().stored
    return newest()


def newest() -> int:
    db.session.rollback()
    return int(db.session.scalar(select(func.max(ChangeSet.id))) or 0)


def section(page: Page) -> str:
    """What the page of a record says of its history."""
    return page.text.partition(" History ")[2].rpartition("All history")[2]


def saves(client: Client, ask: str = "") -> list[str]:
    """What was done, as the list of saves says it."""
    page = Page(client, f"/history{ask}")
    assert page.status == 200
    return page.first_column


# --- on the page of a record ---------------------------------------------------------------------------


def test_both_records_of_a_link_say_what_was_changed_in_words(changed: int, client: Client) -> None:
    for url, other in (("/hr/departments/IT", "Lee, Ann #1001"), ("/hr/employees/1001", "Information Tech")):
        said = section(Page(client, url))
        assert f"changed stay {other}" in said
        assert "from 1 Jan 2024 FTE 0.500 → 0.600" in said
        assert "Edith Moss" in said
        assert f'href="/history/{changed}"' in client.get(url).text


@every_screen
def test_a_link_that_came_or_went_is_told_with_its_other_side(screen: Screen, client: Client) -> None:
    owner, far = screen.owner(), screen.far_side()
    page = screen.open(client, owner)
    page.spare.type(**{screen.far: screen.typed(far), screen.fact: screen.after})
    page.save()
    page = screen.open(client, owner)
    page.row(far).remove()
    page.save()
    said = section(screen.open(client, owner))
    assert said.index("removed s") < said.index("added s"), "the newest comes first"
    assert str(far) in said or far.sort_name in said
    assert screen.after in said


def test_a_save_on_many_says_the_first_and_how_many_more(cast: Cast, client: Client) -> None:
    for person in (cast.ann, cast.ben, cast.john, cast.bill):
        factories.stay(person, cast.it, "2024-01-01")
    page = Page(client, "/hr/departments/IT")
    for name in ("Ann Lee", "Ben Okafor", "John Doe", "Bill Hart"):
        page.change(name, extra_data="casual")
    assert page.save().stored
    assert section(Page(client, "/hr/departments/IT")).count("changed stay") == 3
    assert "and 1 more" in section(Page(client, "/hr/departments/IT"))
    assert section(Page(client, "/hr/employees/1001")).count("changed stay") == 1


def test_only_the_latest_five_are_there_and_the_link_leads_to_all(
    stay: DepartmentEmployeeLink, client: Client
) -> None:
    for number in range(7):
        Page(client, "/hr/departments/IT").change("Ann Lee", fte=f"0.{number + 1}").save()
    page = Page(client, "/hr/employees/1001")
    assert section(page).count("changed stay") == 5
    all_of_it = page.link("All history")
    assert all_of_it == "/history?record=employee:1001"
    assert len(Page(client, all_of_it).first_column) == 7


def test_what_was_never_changed_says_so(cast: Cast, client: Client) -> None:
    assert "Nothing has been changed here yet." in Page(client, "/hr/employees/1001").text


def test_a_record_keeps_its_history_under_a_new_number(changed: int, client: Client) -> None:
    page = Page(client, "/hr/employees/1001/renumber").type(number="2001")
    assert page.save().save(do="yes").stored
    said = section(Page(client, "/hr/employees/2001"))
    assert "Number 1001 → 2001" in said
    assert "FTE 0.500 → 0.600" in said
    assert len(saves(client, "?record=employee:2001")) == len(saves(client, "?record=employee:1001")) == 2


def test_whoever_gets_a_number_anew_does_not_get_the_history_of_whoever_had_it(
    gone: int, client: Client
) -> None:
    page = Page(client, "/hr/new-employee").type(number="1001", name="Nia New")
    assert page.save().stored
    said = section(Page(client, "/hr/employees/1001"))
    assert "added person" in said
    assert "stay" not in said
    assert len(saves(client, "?record=employee:1001")) == 3, "the whole list has both"


def test_what_an_undo_brought_back_has_its_history_from_before(gone: int, client: Client) -> None:
    shown = Page(client, f"/history/{gone}/undo").save()
    assert shown.save(do="yes").stored
    assert "FTE 0.500 → 0.600" in section(Page(client, "/hr/employees/1001"))


def test_a_subject_that_is_deleted_is_told_at_each_of_its_books(client: Client) -> None:
    books = [factories.book(title) for title in ("Emma", "Persuasion")]
    factories.subject("Marriage", *books)
    assert Page(client, "/library/subjects/1/delete").save().stored
    for book in books:
        assert "removed subject Marriage (deleted)" in section(Page(client, f"/library/books/{book.id}"))
    told = Page(client, f"/history/{newest()}").text
    assert "Emma" not in told, "there may be thousands"


def test_names_are_those_of_today(changed: int, client: Client) -> None:
    Page(client, "/hr/employees/1001/edit").type(name="Ann Smith", sort_name="").save()
    assert "changed stay Smith, Ann #1001" in section(Page(client, "/hr/departments/IT"))


# --- where a record was --------------------------------------------------------------------------------


@pytest.fixture
def gone(changed: int, client: Client) -> int:
    """Ann is deleted; the number of that save."""
    assert Page(client, "/hr/employees/1001/delete").type(reason="Double").save().stored
    return newest()


def test_a_record_that_is_gone_is_told_by_its_last_name(gone: int, client: Client) -> None:
    said = section(Page(client, "/hr/departments/IT"))
    assert "removed stay Lee, Ann #1001 (deleted)" in said
    assert "changed stay Lee, Ann #1001 (deleted)" in said
    assert "because: Double" in said


def test_the_page_where_a_record_was_says_who_deleted_it_and_when(gone: int, client: Client) -> None:
    page = Page(client, "/hr/employees/1001")
    assert page.status == 404
    assert "Lee, Ann #1001 was deleted by Edith Moss on" in page.text
    assert f'href="/history/{gone}"' in page.html


def test_a_page_that_never_was_says_no_more_than_that(gone: int, client: Client) -> None:
    for url in ("/hr/employees/7777", "/library/books/1", "/nothing"):
        page = Page(client, url)
        assert (page.status, "deleted by" in page.text) == (404, False)


def test_the_history_of_what_is_gone_can_still_be_asked_for(gone: int, client: Client) -> None:
    page = Page(client, "/history?record=employee:1001")
    assert "about Lee, Ann #1001 (deleted)" in page.text
    assert page.first_column == ["Deleted Ann Lee.", "Saved Information Technology: 1 changed."]


# --- the list of saves ---------------------------------------------------------------------------------


def test_the_list_says_who_when_what_and_why(gone: int, client: Client) -> None:
    page = Page(client, "/history")
    assert [row[0] for row in page.table] == ["Deleted Ann Lee.", "Saved Information Technology: 1 changed."]
    _what, when, who, count, why = page.table[0]
    assert (who, count, why) == ("Edith Moss", "2", "Double")
    assert when
    assert page.link("Deleted Ann Lee.") == f"/history/{gone}"


@pytest.mark.parametrize(
    ("ask", "found"),
    [
        ("?q=information", True),
        ("?q=TECHNOLOGY+saved", True),
        ("?q=marketing", False),
        ("?q=ann+lee", True),
        ("?q=1001", True),
        ("?q=1002", False),
        ("?who=edith", True),
        ("?who=Moss+EDITH", True),
        ("?who=edith@example.org", True),
        ("?who=example", False),
        ("?who=@EXAMPLE.org", True),
        ("?who=adam", False),
        ("?fact=department_employee_link.fte", True),
        ("?fact=department_employee_link.role", False),
        ("?fact=employee.name", False),
        ("?record=employee:1001", True),
        ("?record=department:it", True),
        ("?record=employee:1002", False),
        ("?day_from=2020-01-01&day_to=2120-01-01", True),
        ("?day_to=2020-01-01", False),
        ("?day_from=2120-01-01", False),
    ],
)
def test_saves_are_found_by(ask: str, found: bool, changed: int, client: Client) -> None:
    assert saves(client, ask) == (["Saved Information Technology: 1 changed."] if found else [])


def test_an_isbn_finds_the_saves_about_its_book(client: Client) -> None:
    book, author = factories.book("Emma"), factories.author("Jane Austen")
    factories.edition(book, "9780141439587")
    factories.share(book, author, "10")
    Page(client, f"/library/books/{book.id}").change("Jane Austen", royalty_percentage="12").save()
    assert saves(client, "?q=978-0-14-143958-7") == ["Saved Emma: 1 changed."]


def test_what_is_asked_reads_as_a_sentence(changed: int, client: Client) -> None:
    ask = "?record=employee:1001&who=edith&fact=department_employee_link.fte&day_from=2020-02-03"
    page = Page(client, f"/history{ask}")
    for part in ("about Lee, Ann #1001", "by “edith”", "FTE of a stay changed", "from 3 Feb 2020"):
        assert part in page.text


@pytest.mark.parametrize(
    "ask", ["?record=nothing:1", "?record=1", "?fact=user.password", "?day_from=soon", "?record=user:1"]
)
def test_what_cannot_be_read_is_said_and_nothing_is_shown(ask: str, changed: int, client: Client) -> None:
    page = Page(client, f"/history{ask}")
    assert page.status == 200
    assert page.table == []
    assert "cannot be read" in page.text


@pytest.mark.parametrize(("zone", "found"), [("UTC", False), ("Pacific/Auckland", True)])
def test_a_day_is_that_of_the_people_here(zone: str, found: bool, changed: int, client: Client) -> None:
    change_set = db.session.get_one(ChangeSet, changed)
    change_set.made_at = datetime(2025, 5, 19, 20, tzinfo=UTC)
    db.session.commit()
    client.application.config["TIMEZONE"] = zone
    assert bool(saves(client, "?day_from=2025-05-20&day_to=2025-05-20")) is found


# --- one save ------------------------------------------------------------------------------------------


def test_a_save_says_each_fact_and_offers_its_undo(changed: int, client: Client) -> None:
    page = Page(client, f"/history/{changed}")
    assert "Saved Information Technology: 1 changed." in page.text
    assert "changed stay Information Technology #IT · Lee, Ann #1001" in page.text
    assert "FTE 0.500 → 0.600" in page.text
    assert page.link("Undo…") == f"/history/{changed}/undo"


def test_an_undone_save_says_by_which_and_the_undo_what_it_undid(changed: int, client: Client) -> None:
    Page(client, f"/history/{changed}/undo").save().save(do="yes")
    undo = newest()
    assert undo > changed
    page = Page(client, f"/history/{changed}")
    assert "This was undone by Edith Moss" in page.text
    assert page.link("Undo…") is None
    assert page.link("See what came of it") == f"/history/{undo}"
    page = Page(client, f"/history/{undo}")
    assert "This undid Saved Information Technology: 1 changed." in page.text
    assert "FTE 0.600 → 0.500" in page.text
    rows = Page(client, "/history").first_column
    assert "undoes an earlier save" in rows[0]
    assert "undone by Edith Moss" in rows[1]


def test_what_came_says_what_is_there_and_not_what_is_empty(cast: Cast, client: Client) -> None:
    page = Page(client, "/hr/departments/IT")
    page.add(employee="#1001", starts_on="2024-01-01", fte="0.5")
    assert page.save().stored
    said = Page(client, f"/history/{newest()}").text
    assert "added stay Information Technology #IT · Lee, Ann #1001 · from 1 Jan 2024 FTE 0.500" in said
    assert "Last day" not in said
    assert "Arrangement" not in said


def test_a_save_of_hundreds_is_turned_over_by_the_hundred(cast: Cast, client: Client) -> None:
    with writing() as work:
        db.session.add_all(Employee(number=f"N{number:03}", name=f"Person {number}") for number in range(150))
        work.leads_to("/", "Hired 150 people.")
    page = Page(client, f"/history/{newest()}")
    assert page.html.count('<tr class="effect') == 100
    assert "150 added" in page.text
    page = Page(client, str(page.link("Next")))
    assert page.html.count('<tr class="effect') == 50


# --- the message after a save --------------------------------------------------------------------------


def test_the_message_offers_the_undo_and_what_was_changed(
    stay: DepartmentEmployeeLink, client: Client
) -> None:
    page = Page(client, "/hr/departments/IT").change("Ann Lee", fte="0.6").save()
    assert page.link("Undo") == f"/history/{newest()}/undo"
    assert page.link("What was changed") == f"/history/{newest()}"


def test_a_message_about_nothing_offers_nothing(stay: DepartmentEmployeeLink, client: Client) -> None:
    page = Page(client, "/hr/departments/IT").save()
    assert page.stored
    assert page.link("Undo") is None


# --- who may read it -----------------------------------------------------------------------------------


@pytest.fixture
def house(cast: Cast) -> int:
    """A program has changed an account; the number of that save."""
    cast.ann.account = None
    cast.administrator.name = "Adam Reeds"
    db.session.commit()
    return newest()


def test_saves_about_accounts_are_for_administrators(
    house: int, cast: Cast, client: Client, anonymous: Client
) -> None:
    assert saves(client) == []
    assert client.get(f"/history/{house}").status_code == 404
    administrator = anonymous.sign_in(cast.administrator)
    assert saves(administrator) == ["Stored by a program"]
    assert "Name Adam Reed → Adam Reeds" in Page(administrator, f"/history/{house}").text


def test_what_one_did_to_ones_own_account_one_may_read(cast: Cast, client: Client) -> None:
    assert Page(client, "/account").type(name="Edith Mosse").save().stored
    assert len(saves(client)) == 1
    assert "Name Edith Moss → Edith Mosse" in Page(client, f"/history/{newest()}").text
