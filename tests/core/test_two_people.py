"""Two people change one record: what each of them typed is kept, or they are asked. Nothing is lost."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from core.accounts import ADMINISTRATOR
from core.db import db
from core.models import User
from hr.models import Department
from tests import cast as people
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


@dataclass(frozen=True)
class Kind:
    """A kind of record: how one is made, where its form is, and two fields that two people change."""

    make: Callable[[], Any]
    url: Callable[[Any], str]
    one: tuple[str, str, str]
    other: tuple[str, str, str]


KINDS = {
    "department": Kind(
        lambda: factories.department("IT", "Computing"),
        lambda it: f"/hr/departments/{it.code}",
        ("name", "Name", "Informatics"),
        ("archived_on", "Archived on", "31 Dec 2025"),
    ),
    "person": Kind(
        lambda: factories.employee("Ann Lee", "1001", email="ann@example.org"),
        lambda who: f"/hr/employees/{who.number}",
        ("email", "E-mail", "lee@example.org"),
        ("hired_on", "Hired on", "1 Feb 2020"),
    ),
    "book": Kind(
        lambda: factories.book("Emma"),
        lambda book: f"/library/books/{book.id}",
        ("title", "Title", "Emma: A Novel"),
        ("reference", "Reference", "E-1"),
    ),
    "author": Kind(
        lambda: factories.author("Jane Austen"),
        lambda author: f"/library/authors/{author.id}",
        ("sort_name", "Filed as", "Austen, J."),
        ("archived_on", "Archived on", "31 Dec 2025"),
    ),
}
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@pytest.fixture
def colleague(app: Flask, carol: User) -> Client:
    return app.test_client().sign_in(carol)


@pytest.fixture
def carol(editor: User) -> User:
    """Carol, who has an account too."""
    return people.somebody("Carol Reed", ADMINISTRATOR)


def both_open(kind: Kind, client: Client, colleague: Client) -> tuple[Any, str, Page, Page]:
    record = kind.make()
    url = kind.url(record)
    return record, url, Page(client, f"{url}/edit"), Page(colleague, f"{url}/edit")


def shown(client: Client, url: str) -> dict[str, str]:
    return Page(client, f"{url}/edit").fields


# --- both change the record ----------------------------------------------------------------------------


@kinds
def test_different_fields_both_survive_and_the_second_is_told(
    client: Client, colleague: Client, kind: Kind
) -> None:
    _record, url, mine, theirs = both_open(kind, client, colleague)
    (one, label, typed), (other, _label, also) = kind.one, kind.other
    assert theirs.type(**{one: typed}).save().stored
    saved = mine.type(**{other: also}).save()
    assert saved.stored
    assert f"A colleague changed {label} meanwhile; both changes are kept." in saved.text
    fields = shown(client, url)
    assert (fields[one], fields[other]) == (typed, also)


@kinds
def test_the_same_field_shows_both_values_and_saving_again_keeps_mine(
    client: Client, colleague: Client, kind: Kind
) -> None:
    _record, url, mine, theirs = both_open(kind, client, colleague)
    (one, _label, typed), other = kind.other, "5 May 2024" if "on" in kind.other[0][-2:] else "E-2"
    assert theirs.type(**{one: typed}).save().stored
    refused = mine.type(**{one: other}).save()
    assert refused.status == 422
    assert f"Meanwhile this was stored as “{typed}”. Save again to replace it." in refused.errors
    assert refused.fields[one] == other, "what I typed is still there"
    assert shown(client, url)[one] == typed
    assert refused.save().stored
    assert shown(client, url)[one] == other


@kinds
def test_what_both_typed_alike_is_no_conflict(client: Client, colleague: Client, kind: Kind) -> None:
    _record, _url, mine, theirs = both_open(kind, client, colleague)
    one, _label, typed = kind.one
    assert theirs.type(**{one: typed}).save().stored
    assert mine.type(**{one: typed}).save().stored


@kinds
def test_a_field_that_was_not_touched_never_overwrites(client: Client, colleague: Client, kind: Kind) -> None:
    _record, url, mine, theirs = both_open(kind, client, colleague)
    one, _label, typed = kind.one
    assert theirs.type(**{one: typed}).save().stored
    assert mine.save().stored
    assert shown(client, url)[one] == typed


def test_a_conflict_in_one_field_keeps_the_other_change_of_the_colleague(
    client: Client, colleague: Client
) -> None:
    _book, url, mine, theirs = both_open(KINDS["book"], client, colleague)
    assert theirs.type(title="Emma: A Novel", reference="E-1").save().stored
    refused = mine.type(reference="E-2").save()
    assert "Title was changed by a colleague meanwhile; that is kept." in refused.errors
    assert refused.fields["title"] == "Emma: A Novel"
    assert refused.save().stored
    fields = shown(client, url)
    assert (fields["title"], fields["reference"]) == ("Emma: A Novel", "E-2")


def test_one_archives_the_record_while_another_renames_it(
    client: Client, colleague: Client, cast: Cast
) -> None:
    mine, theirs = (Page(one, "/hr/departments/IT/edit") for one in (client, colleague))
    assert theirs.type(archived_on="31 Dec 2025").save().stored
    assert mine.type(name="Informatics").save().stored
    fields = shown(client, "/hr/departments/IT")
    assert (fields["name"], fields["archived_on"]) == ("Informatics", "31 Dec 2025")


def test_a_subject_and_a_note_that_were_not_touched_do_not_overwrite_either(
    client: Client, editor: User, colleague: Client
) -> None:
    subject, post = factories.subject("Manners"), factories.post(editor, "At ten")
    for url, field in ((f"/library/subjects/{subject.id}/edit", "name"), (f"/notes/{post.id}/edit", "body")):
        mine, theirs = Page(client, url), Page(client, url)
        assert theirs.type(**{field: "Another"}).save().stored
        assert mine.save().stored
        assert Page(client, url).fields[field] == "Another"


def test_an_address_changed_by_both_is_merged_and_said(client: Client, colleague: Client, cast: Cast) -> None:
    factories.address(cast.ann, "1 Mill Lane")
    url = "/hr/employees/1001/edit"
    mine, theirs = Page(client, url), Page(colleague, url)
    assert theirs.type(**{"address_rows-0-city": "York"}).save().stored
    saved = mine.type(**{"address_rows-0-postcode": "YO1"}).save()
    assert saved.stored
    assert "both changes are kept" in saved.text
    fields = Page(client, url).fields
    assert (fields["address_rows-0-city"], fields["address_rows-0-postcode"]) == ("York", "YO1")


@pytest.mark.parametrize("was", ["", "{}", "no JSON", "[1]"])
def test_without_what_was_shown_a_stale_form_overwrites_nothing(
    client: Client, colleague: Client, cast: Cast, was: str
) -> None:
    mine, theirs = (Page(one, "/hr/departments/IT/edit") for one in (client, colleague))
    assert theirs.type(name="Informatics").save().stored
    refused = mine.type(was=was).save()
    assert refused.status == 422
    assert "Meanwhile this was stored as “Informatics”" in refused.errors


# --- deleted meanwhile ---------------------------------------------------------------------------------


def delete(client: Client, url: str) -> None:
    assert Page(client, f"{url}/delete").type(reason="Was entered twice").save().stored


@kinds
@pytest.mark.parametrize("where", ["/edit", ""], ids=["form", "link table"])
def test_deleted_meanwhile_says_so_and_keeps_what_was_typed(
    client: Client, colleague: Client, kind: Kind, where: str
) -> None:
    url = kind.url(kind.make())
    one, _label, typed = kind.one
    mine = Page(client, f"{url}{where}")
    if where:
        mine.type(**{one: typed})
    delete(colleague, url)
    gone = mine.save()
    assert gone.status == 404
    assert "This was deleted meanwhile" in gone.text
    assert "Carol Reed deleted it on" in gone.text
    assert "The reason: “Was entered twice”" in gone.text
    assert not where or typed in gone.text
    assert "Make it anew with what you typed" in gone.text
    undo = gone.link("See what was deleted, and take that back")
    assert undo is not None
    assert Page(client, undo).status == 200


def anew(client: Client, gone: Page) -> Page:
    """Press the button of the page that says it was deleted."""
    url, fields = next(form for form in gone.forms if "kept_form" in form[1])
    return Page(client, url, client.post(url, data=fields))


@kinds
def test_it_can_be_made_anew_with_what_was_typed(client: Client, colleague: Client, kind: Kind) -> None:
    url = kind.url(kind.make())
    one, _label, typed = kind.one
    mine = Page(client, f"{url}/edit").type(**{one: typed})
    delete(colleague, url)
    filled = anew(client, mine.save())
    assert "save to make it anew" in filled.text
    assert filled.fields[one] == typed
    assert client.get(url).status_code == 404, "nothing is stored before it is saved"
    made = filled.save()
    assert made.stored
    assert shown(client, made.url)[one] == typed


def test_made_anew_it_has_its_links_again_as_they_were_shown(
    client: Client, colleague: Client, cast: Cast
) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="1.000")
    factories.stay(cast.ben, cast.it, "2024-01-01", fte="1.000")
    page = Page(client, "/hr/departments/IT/edit").change("#1001", fte="0.5")
    page.change("#1002", remove="y").type(reason="Is not here")
    delete(colleague, "/hr/departments/IT")
    assert anew(client, page.save()).save().stored
    db.session.expire_all()
    (stay,) = _links_of("IT")
    assert (stay.employee_number, str(stay.fte)) == ("1001", "0.500")


def _links_of(code: str) -> list[Any]:
    department = db.session.get(Department, code)
    assert department is not None
    return list(department.employee_links)


def test_what_got_another_key_meanwhile_leads_to_its_page(
    client: Client, colleague: Client, cast: Cast
) -> None:
    mine = Page(client, "/hr/departments/IT/edit").type(name="Informatics")
    assert Page(colleague, "/hr/departments/IT/edit").type(code="ICT").save().stored
    moved = mine.save()
    assert moved.status == 404
    assert "This has another key now" in moved.text
    assert "Informatics" in moved.text
    assert moved.link("To the record as it is now") == "/hr/departments/ICT/edit"


def test_a_page_that_we_did_not_make_is_not_there_as_before(client: Client) -> None:
    answer = client.post("/hr/departments/NONE/edit", data={"form_key": "mine", "name": "X"})
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_a_conflict_says_who_and_when_and_what_is_left_to_a_colleague_was_not_done_here(
    client: Client, app: Flask, cast: Cast
) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500")
    factories.stay(cast.ann, cast.sales, "2024-01-01", fte="0.100")
    colleague = app.test_client().sign_in(cast.administrator)
    mine, theirs = (Page(one, "/hr/employees/1001") for one in (client, colleague))
    theirs.change("Information Technology", fte="0.6").change("Sales", remove="y").type(reason="By mistake")
    assert theirs.save().stored
    mine.change("Information Technology", fte="0.7").change("Sales", fte="0.2")
    answer = mine.save()
    when = r"by Adam Reed \(.*?\)"
    assert re.search(rf"FTE was changed to 0\.6 meanwhile {when}; you have 0\.7\.", answer.text)
    assert re.search(rf"This was removed meanwhile {when}\.", answer.text)
    answer.change("Information Technology", take_stored="y")
    assert "Nothing was changed." in answer.save().text
