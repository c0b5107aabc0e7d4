"""Everything about a person, as a file for the person: whole, readable, and without anybody's secrets."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask

from core.db import db
from core.models import User
from core.writing import writing
from hr.models import DepartmentEmployeeLink
from tests import cast as people
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.exporting import fetched
from tests.pages import Page


@pytest.fixture
def adam(app: Flask, cast: Cast) -> Client:
    return app.test_client().sign_in(cast.administrator)


def as_json(client: Client, url: str) -> dict[str, Any]:
    answer = fetched(client, f"{url}?download=json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    found: dict[str, Any] = json.loads(answer.text)
    return found


def as_csv(client: Client, url: str) -> dict[str, list[dict[str, str]]]:
    answer = fetched(client, f"{url}?download=zip")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        texts = {name.removesuffix(".csv"): archive.read(name).decode("utf-8-sig") for name in names}
    return {name: list(csv.DictReader(io.StringIO(text))) for name, text in texts.items()}


@pytest.fixture
def ann(cast: Cast) -> str:
    """Ann, of whom everything is kept that can be; her address."""
    ann = cast.ann
    ann.email, ann.account = (
        "ann@example.org",
        factories.user("Ann L.", "ann.l@example.org", password="hash!"),
    )
    db.session.commit()
    factories.stay(ann, cast.it, "2023-01-01", "2023-12-31", fte="0.500", extra_data="=2+2")
    factories.stay(ann, cast.sales, "2024-01-01", fte="0.250", overload_reason="Only in summer")
    factories.job_title(ann, "Joiner", "2023-01-01")
    factories.address(ann, "1 Mill Lane", city="Ely")
    factories.former_number(ann, "900", "Ann Young")
    factories.post(cast.editor, "About Ann", about="employee:1001")
    factories.post(cast.editor, "When she was 900", about="employee:900")
    factories.post(ann.account, "By Ann")
    factories.upload(ann.account)
    factories.job(ann.account, title="A long import")
    with writing(reason="She asked") as work:
        ann.email = "ann.lee@example.org"
        work.leads_to("/", "Saved Ann Lee.")
    return "/hr/employees/1001/data"


def test_a_person_is_taken_away_whole(adam: Client, ann: str) -> None:
    data = as_json(adam, ann)
    assert data["person"][0]["name"] == "Ann Lee"
    assert data["person"][0]["email"] == "ann.lee@example.org"
    assert [(stay["department"], stay["fte"]) for stay in data["stays"]] == [
        ("Information Technology", "0.500"),
        ("Sales", "0.250"),
    ]
    assert data["stays"][1]["overload_reason"] == "Only in summer"
    assert data["stays"][0]["starts_on"] == "2023-01-01"
    assert data["job_titles"][0]["title"] == "Joiner"
    assert data["addresses"][0]["lines"] == "1 Mill Lane"
    assert (data["former_numbers"][0]["old"], data["former_numbers"][0]["name"]) == ("900", "Ann Young")
    assert [note["body"] for note in data["notes_about"]] == ["About Ann", "When she was 900"]
    assert data["notes_about"][0]["written_by"] == "Edith Moss"
    assert data["account"][0]["email"] == "ann.l@example.org"
    assert [note["body"] for note in data["account_notes"]] == ["By Ann"]
    assert data["account_files"][0]["filename"] == "departments.csv"
    assert data["account_jobs"][0]["title"] == "A long import"
    last = data["history"][-1]
    assert (last["deed"], last["reason"]) == ("Saved Ann Lee.", "She asked")
    assert last["facts"] == {"email": ["ann@example.org", "ann.lee@example.org"]}


def test_every_fact_of_a_stay_is_in_it(adam: Client, ann: str) -> None:
    stay = as_json(adam, ann)["stays"][0]
    assert {column.name for column in DepartmentEmployeeLink.__table__.columns} <= stay.keys()


def test_the_archive_says_the_same_and_no_spreadsheet_calculates(adam: Client, ann: str) -> None:
    tables, data = as_csv(adam, ann), as_json(adam, ann)
    assert tables.keys() == data.keys() - {"made_at"}
    assert {name: len(rows) for name, rows in tables.items()} == {name: len(data[name]) for name in tables}
    assert tables["stays"][0]["extra_data"] == "'=2+2"
    assert tables["stays"][0]["fte"] == "0.500"
    assert tables["person"][0]["name"] == "Ann Lee"


def test_no_file_has_a_password_or_what_signs_a_browser_in(adam: Client, ann: str, cast: Cast) -> None:
    secrets = [cast.ann.account.password, cast.ann.account.fs_uniquifier]
    text = fetched(adam, f"{ann}?download=json").text
    assert not any(secret in text for secret in secrets)


def test_the_page_says_how_much_there_is_of_each(adam: Client, ann: str, statements: Callable) -> None:
    with statements() as seen:
        page = adam.get(ann).text
    assert "Stays in departments" in page
    assert "Erase…" in page
    assert len(seen) <= 7
    assert ann in adam.get("/hr/employees/1001").text, "it is found from the person's page"


def test_what_cannot_be_taken_away_is_said(adam: Client, ann: str) -> None:
    assert adam.get(f"{ann}?download=pdf").status_code == 404


def test_an_author_is_taken_away_whole(adam: Client) -> None:
    author, book = factories.author("Jane Austen"), factories.book("Emma")
    factories.share(book, author, "12.5", credited_as="A Lady")
    factories.other_name(author, "J. Austen", former_id=77)
    factories.post(factories.user(), "When she was 77", about="author:77")
    data = as_json(adam, f"/library/authors/{author.id}/data")
    assert data["author"][0]["name"] == "Jane Austen"
    share = data["shares"][0]
    assert (share["book"], share["royalty_percentage"], share["credited_as"]) == ("Emma", "12.5000", "A Lady")
    assert data["other_names"][0]["former_id"] == 77
    assert data["notes_about"][0]["body"] == "When she was 77"
    assert f"/library/authors/{author.id}/data" in adam.get(f"/library/authors/{author.id}").text


def test_an_editor_takes_away_no_more_than_what_the_rooms_have(app: Flask, cast: Cast, ann: str) -> None:
    author = factories.author("Jane Austen")
    factories.post(cast.ann.account, "About Ben", about="employee:1002")
    factories.post(cast.ann.account, "About Jane", about=f"author:{author.id}")
    hugo = app.test_client().sign_in(people.hr_editor())
    data = as_json(hugo, ann)
    assert [name for name in data if name.startswith("account")] == ["account_notes"]
    assert [note["body"] for note in data["account_notes"]] == ["About Ben"]
    assert data["person"][0]["name"] == "Ann Lee"


def test_everybody_takes_away_what_is_kept_about_oneself(client: Client, cast: Cast, editor: User) -> None:
    factories.post(editor, "Mine")
    factories.post(factories.user(), "Theirs")
    cast.ben.account = editor
    db.session.commit()
    data = as_json(client, "/account/data")
    assert data["account"][0]["email"] == "edith@example.org"
    assert [note["body"] for note in data["account_notes"]] == ["Mine"]
    assert data["person"][0]["name"] == "Ben Okafor", "and what the rooms keep"
    assert "Erase…" not in client.get("/account/data").text
    assert "/account/data" in client.get("/account").text


def test_of_a_room_that_is_closed_by_now_oneself_gets_the_time_alone(
    app: Flask, adam: Client, cast: Cast, editor: User
) -> None:
    client = app.test_client().sign_in(editor)
    page = Page(client, "/hr/employees/1001/edit").type(name="Ann Leeds", reason="A wedding").save()
    assert page.stored
    factories.post(editor, "Ann is ill", about="employee:1001")
    factories.post(editor, "Tea at four")
    factories.job(editor, "done", title="Import of wages.csv", said="Ann was changed")
    url, whole = "/account/data", as_json(client, "/account/data")
    assert [deed["reason"] for deed in whole["account_deeds"]] == ["A wedding"]
    assert "Ann is ill" in client.get("/account").text
    editor.roles = [role for role in editor.roles if role.name == "Library editor"]
    db.session.commit()
    data = as_json(client, url)
    assert [(one["deed"], one["reason"], one["room"]) for one in data["account_deeds"]] == [
        (None, None, "hr")
    ]
    assert data["account_deeds"][0]["made_at"]
    assert [(one["about"], one["body"]) for one in data["account_notes"]] == [
        (None, None),
        (None, "Tea at four"),
    ]
    assert [(one["title"], one["said"]) for one in data["account_jobs"]] == [(None, None)]
    account = client.get("/account").text
    assert "Ann is ill" not in account
    assert "About a record that your account cannot see any more." in account
    assert "Tea at four" in account
    ours = as_json(adam, f"/accounts/{editor.id}/data")
    assert ours["account_deeds"] == whole["account_deeds"], "an administrator gives it whole"
    assert ours["account_notes"][0]["body"] == "Ann is ill"


def test_only_administrators_see_what_is_kept_about_other_accounts(
    client: Client, adam: Client, editor: User
) -> None:
    url = f"/accounts/{editor.id}/data"
    assert client.get(url).status_code == 403
    assert client.get(f"{url}?download=json").status_code == 403
    assert as_json(adam, url)["account"][0]["name"] == "Edith Moss"
