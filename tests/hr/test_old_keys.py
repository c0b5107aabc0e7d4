"""Numbers and codes of before: they are found, they mean the record of today, and their addresses lead on."""

import pytest

from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def renumbered(cast: Cast) -> Cast:
    """S5: Bill is 1007 now and was 0007 before; IT was EDV, called Electronic Data."""
    factories.former_number(cast.bill, "0007")
    factories.former_number(cast.bill, "K-9", "William Harte")
    factories.former_code(cast.it, "EDV", "Electronic Data")
    return cast


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/hr/employees/0007", "/hr/employees/1007"),
        ("/hr/employees/k-9", "/hr/employees/1007"),
        ("/hr/employees/0007/edit", "/hr/employees/1007/edit"),
        ("/hr/employees/0007/delete", "/hr/employees/1007/delete"),
        ("/hr/employees/0007?span=all&on=2024-02-29", "/hr/employees/1007?span=all&on=2024-02-29"),
        ("/hr/departments/EDV", "/hr/departments/IT"),
        ("/hr/departments/edv/edit?spare=3", "/hr/departments/IT/edit?spare=3"),
        ("/hr/departments/EDV/delete", "/hr/departments/IT/delete"),
    ],
)
def test_an_old_address_leads_to_the_same_page_of_today(
    client: Client, renumbered: Cast, old: str, new: str
) -> None:
    answer = client.get(old)
    assert (answer.status_code, answer.location) == (302, new)
    assert client.get(new).status_code == 200


def test_what_nobody_ever_had_is_not_there(client: Client, renumbered: Cast) -> None:
    for address in ("/hr/employees/0008", "/hr/departments/EDVX", "/hr/employees/EDV"):
        assert client.get(address).status_code == 404


def test_what_is_posted_to_an_old_key_changes_nothing(client: Client, renumbered: Cast) -> None:
    answer = client.post("/hr/employees/0007/delete", data={"reason": "gone", "form_key": "k"})
    assert answer.status_code == 404
    assert client.get("/hr/employees/1007").status_code == 200


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("0007", "1007 · was 0007"),
        ("harte", "1007 · was William Harte #K-9"),
        ("bill", "1007"),
    ],
)
def test_a_look_up_says_by_what_it_found_somebody(
    client: Client, renumbered: Cast, typed: str, line: str
) -> None:
    lines = client.get("/hr/find/employees", query_string={"q": typed}).text
    assert f"<b>Hart, Bill</b> <small>{line}</small>" in lines
    assert 'data-value="Bill Hart #1007"' in lines


def test_a_look_up_of_departments_knows_old_codes_and_names(client: Client, renumbered: Cast) -> None:
    for typed in ("edv", "electronic"):
        lines = client.get("/hr/find/departments", query_string={"q": typed}).text
        assert "<small>IT · was Electronic Data #EDV</small>" in lines


def test_lists_find_by_what_was(client: Client, renumbered: Cast) -> None:
    assert Page(client, "/hr/employees?q=0007").first_column == ["Hart, Bill"]
    assert Page(client, "/hr/departments?q=edv").first_column == ["Information Technology"]
    factories.stay(renumbered.bill, renumbered.it, "2024-01-01")
    assert Page(client, "/hr/employees?department=EDV").first_column == ["Hart, Bill"]
    assert "Hart, Bill" in client.get("/hr/departments/IT?q=harte").text


def test_the_search_leads_from_an_old_key_to_the_record(client: Client, renumbered: Cast) -> None:
    assert client.get("/search?q=0007").location == "/hr/employees/1007"
    assert client.get("/search?q=edv").location == "/hr/departments/IT"


@pytest.mark.parametrize("typed", ["0007", "#0007", "Bill Hart #0007", "William Harte", "William Harte #K-9"])
def test_a_typed_old_number_means_the_person_of_today(client: Client, renumbered: Cast, typed: str) -> None:
    page = Page(client, "/hr/departments/SALES")
    page.add(employee=typed, fte="0.5")
    saved = page.save()
    assert saved.stored, saved.errors
    assert saved.rows("Hart, Bill") or "Hart, Bill" in saved.text


@pytest.mark.parametrize("typed", ["EDV", "edv", "Electronic Data", "Electronic Data #EDV"])
def test_a_typed_old_code_means_the_department_of_today(client: Client, renumbered: Cast, typed: str) -> None:
    page = Page(client, "/hr/employees/1001")
    page.add(department=typed)
    saved = page.save()
    assert saved.stored, saved.errors
    assert "Information Technology" in saved.text


def test_who_has_a_name_today_goes_before_who_had_it(client: Client, renumbered: Cast) -> None:
    factories.employee("William Harte", "2001")
    page = Page(client, "/hr/departments/SALES")
    page.add(employee="William Harte")
    saved = page.save()
    assert saved.stored
    assert "Harte, William" in saved.text


def test_two_who_had_a_name_are_asked_about(client: Client, renumbered: Cast) -> None:
    factories.former_number(renumbered.john, "0009", "William Harte")
    page = Page(client, "/hr/departments/SALES")
    page.add(employee="William Harte")
    saved = page.save()
    assert not saved.stored
    assert "There are 2 called “William Harte”: choose #1003, #1007." in saved.errors
