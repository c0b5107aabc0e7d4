"""Deeds on more than a page can try: looked at and stored as long work, from the same pages."""

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

import core.history.undo
import core.many.looking
import core.selection
import core.statements
import core.views.undo
from core.db import db
from core.models import Change, ChangeSet, Job, KeptDeed
from hr.models import DepartmentEmployeeLink, Employee
from tests import cast as people
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.hr.test_steps import wrong as steps_that_are_wrong
from tests.pages import Page
from tests.working import work

Link = DepartmentEmployeeLink
ALL = "/hr/{}?all=1&department=IT&span=all"
END = ALL.format("end")


@pytest.fixture
def very_many(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Says above how many a deed is long work. Portions are small."""
    monkeypatch.setattr(core.many.looking, "PORTION", 2)
    monkeypatch.setattr(core.statements, "AT_ONCE", 1)
    return lambda most: monkeypatch.setattr(core.selection, "MOST_AT_ONCE", most)


@pytest.fixture
def long_work(very_many: Callable[[int], None]) -> None:
    """More than one is long work."""
    very_many(1)


def looked_at(client: Client, url: str, **typed: str) -> Page:
    """The page with the preview that a job has drawn up."""
    return after(client, Page(client, url).type(**typed).save())


def after(client: Client, asked: Page) -> Page:
    """Where one is led when the work is done."""
    assert asked.stored, asked.text
    assert asked.url.startswith("/jobs/")
    assert work() == 1
    page = Page(client, asked.url)
    return page if page.status == 200 else Page(client, page.url)


def rows(page: Page) -> list[str]:
    """What the tables of a preview say, row by row."""
    bodies = re.findall(r'<table class="grid effects">.*?<tbody>(.*?)</tbody>', page.html, re.DOTALL)
    plain = [
        re.sub(r"<[^>]+>", " ", row) for body in bodies for row in re.findall("<tr.*?</tr>", body, re.DOTALL)
    ]
    return sorted(html.unescape(" ".join(one.split())) for one in plain)


def do(client: Client, page: Page) -> Page:
    """Press the button below the preview, and wait for what comes of it."""
    return after(client, page.save(do="yes"))


def stays() -> list[tuple[str, str, str, str | None, str | None]]:
    db.session.rollback()
    found = db.session.scalars(select(Link).order_by(Link.employee_number, Link.starts_on, Link.id))
    return [
        (
            one.employee_number,
            one.department_code,
            str(one.starts_on),
            str(one.last_day) if one.last_day else None,
            str(one.fte) if one.fte is not None else None,
        )
        for one in found
    ]


def newest() -> ChangeSet:
    db.session.rollback()
    return db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()


def how_many(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


DEEDS = {
    "end": ("/hr/end?all=1&department=IT&span=all", {"last_day": "2025-12-31"}),
    "end what has not begun": (
        "/hr/end?all=1&department=IT&span=all", {"last_day": "2023-12-31", "reason": "by mistake"}
    ),
    "extend": ("/hr/extend?all=1&department=IT&span=all", {"last_day": ""}),
    "change": (
        "/hr/change?all=1&department=IT&span=all",
        {"how": "change", "from_day": "2025-03-01", "fte": "0.2"},
    ),
    "correct": ("/hr/change?all=1&department=IT&span=all", {"how": "correction", "extra_data": "casual"}),
    "transfer": (
        "/hr/transfer?all=1&department=IT&span=all", {"department": "#SALES", "from_day": "2025-03-01"}
    ),
    "move whole": (
        "/hr/transfer?all=1&department=IT&span=all",
        {"department": "#SALES", "from_day": "2024-01-01", "reason": "by mistake"},
    ),
    "add": ("/hr/add-to-department?all=1", {"department": "#SALES", "starts_on": "2026-01-01", "fte": "0"}),
    "leave": ("/hr/leave?all=1", {"last_day": "2026-01-31"}),
    "shares": ("/library/change?all=1", {"royalty_percentage": "3", "role": "editor"}),
    "credit": ("/library/credit?all=1", {"author": "#3", "royalty_percentage": "2.5"}),
}  # fmt: skip


def furnish(cast: Cast) -> None:
    for person, fte in ((cast.ann, "0.500"), (cast.ben, None), (cast.bill, "0.700")):
        factories.stay(person, cast.it, "2024-01-01", "2030-12-31" if fte else None, fte, role="member")
    factories.job_title(cast.ben, "Joiner", "2024-01-01")
    authors = [factories.author(name) for name in ("Ann Quill", "Bob Marrow", "Cy Late")]
    for title in ("First", "Second"):
        book = factories.book(title)
        for place, author in enumerate(authors[:2], 1):
            factories.share(book, author, "5", place)


@pytest.mark.parametrize("deed", DEEDS)
def test_it_says_and_does_what_the_small_deed_does(
    client: Client, cast: Cast, very_many: Callable[[int], None], deed: str
) -> None:
    furnish(cast)
    url, typed = DEEDS[deed]
    small = Page(client, url).type(**typed).save()
    assert rows(small), small.text

    very_many(1)
    page = looked_at(client, url, **typed)
    assert rows(page) == rows(small)
    done = do(client, page)

    assert "/hr/" in done.url or "/library/" in done.url
    assert (newest().count, newest().user_id) == (len(rows(small)), cast.editor.id)
    assert how_many(Change) == len(rows(small))
    assert how_many(KeptDeed) == 0
    very_many(5_000)
    again = Page(client, f"/history/{newest().id}/undo").save()
    assert len(rows(again)) == len(rows(small)), "an undo finds all of it as it was left"


@pytest.mark.parametrize("deed", ["end", "extend", "change", "transfer", "add", "leave"])
def test_the_figures_of_departments_follow_and_all_of_it_is_undone_as_long_work(
    client: Client, cast: Cast, long_work: None, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    furnish(cast)
    before = stays()
    url, typed = DEEDS[deed]
    do(client, looked_at(client, url, **typed))
    assert stays() != before
    assert steps_that_are_wrong() == []

    monkeypatch.setattr(core.views.undo, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(core.history.undo, "PORTION", 2)
    undone = after(client, Page(client, f"/history/{newest().id}/undo").save(do="yes"))
    assert "Undone:" in undone.text
    assert stays() == before
    assert steps_that_are_wrong() == []


def test_ending_very_many_is_said_done_told_and_undone(client: Client, cast: Cast, long_work: None) -> None:
    for person in (cast.ann, cast.ben, cast.john):
        factories.stay(person, cast.it, "2024-01-01", fte="0.500")
    factories.stay(cast.bill, cast.it, "2024-01-01", "2024-12-31")
    before = stays()

    page = looked_at(client, END, last_day="2025-06-30")
    assert "End: 4 stays" in page.text
    assert "What would change: 3 changed" in page.text
    assert "1 of the 4 stays are so already" in page.text
    assert "Lee, Ann #1001 in Information Technology, from 1 Jan 2024" in page.text
    assert "Last day open → 30 Jun 2025" in page.text
    assert stays() == before

    done = do(client, page)
    assert done.url == "/hr/stays?department=IT&span=all"
    assert "Ended 3 stays: the last day is 30 Jun 2025." in done.text
    assert [row[3] for row in stays()] == ["2025-06-30", "2025-06-30", "2025-06-30", "2024-12-31"]

    undo = done.link("Undo")
    assert undo == f"/history/{newest().id}/undo"
    assert newest().is_separable
    assert Page(client, undo).save().save(do="yes").stored
    assert stays() == before


def test_who_cannot_be_done_is_named_with_the_reason_and_left(
    client: Client, cast: Cast, long_work: None
) -> None:
    for person, first in ((cast.ann, "2024-01-01"), (cast.ben, "2026-01-01"), (cast.john, "2024-01-01")):
        factories.stay(person, cast.it, first)
    page = looked_at(client, END, last_day="2025-06-30")
    assert "What would change: 2 changed" in page.text
    assert "Refused, and left as before: 1" in page.text
    reason = "It begins only on 1 Jan 2026. To take it away, say why."
    assert f"Okafor, Ben #1002 in Information Technology, from 1 Jan 2026 {reason}" in rows(page)
    assert "End the other 2" in page.text

    listing = client.get(page.link("Each of them, as a file") or "").get_data(as_text=True)
    assert listing.count("\n") == 4
    assert f'refused,"Okafor, Ben #1002 in Information Technology, from 1 Jan 2026","{reason}"' in listing

    do(client, page)
    assert [row[3] for row in stays()] == ["2025-06-30", None, "2025-06-30"]


def test_the_rules_see_all_that_changes_of_one_person(client: Client, cast: Cast, long_work: None) -> None:
    for department in (cast.it, cast.sales):
        factories.stay(cast.ann, department, "2024-01-01", fte="0.400")
    factories.stay(cast.ben, cast.it, "2024-01-01", fte="0.400")
    typed = {"how": "correction", "fte": "0.6"}
    page = looked_at(client, "/hr/change?all=1&span=all", **typed)
    assert "What would change: 1 changed" in page.text
    assert (
        page.text.count("Ann Lee would be at 1.200 FTE from 1 Jan 2024, open. Say why, if it is meant.") == 3
    )

    page = after(client, page.type(overload_reason="Two halves").save())
    assert "What would change: 3 changed" in page.text
    do(client, page)
    assert [row[4] for row in stays()] == ["0.600", "0.600", "0.600"]
    reasons = db.session.scalars(select(Link.overload_reason).order_by(Link.employee_number, Link.id)).all()
    assert reasons == ["Two halves", "Two halves", None]


def test_two_heads_of_one_department_do_not_both_go_on(client: Client, cast: Cast, long_work: None) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", "2024-06-30", role="head")
    factories.stay(cast.ben, cast.it, "2024-07-01", "2024-12-31", role="head")
    factories.stay(cast.john, cast.it, "2024-01-01", "2024-12-31")
    page = looked_at(client, ALL.format("extend"), last_day="2026-12-31")
    assert "has #1002 as head already" in page.text
    do(client, page)
    assert [row[3] for row in stays()] == ["2024-06-30", "2024-12-31", "2026-12-31"]


def test_what_changed_meanwhile_is_shown_anew_and_what_did_not_matter_is_done(
    client: Client, cast: Cast, long_work: None
) -> None:
    ann, _ben = [factories.stay(one, cast.it, "2024-01-01", fte="0.500") for one in (cast.ann, cast.ben)]
    page = looked_at(client, END, last_day="2025-06-30")
    Page(client, f"/hr/end?key={ann.id}").type(last_day="2024-12-31").save().save(do="yes")

    failed = do(client, page)
    assert "Something has changed since this was shown" in failed.text
    anew = Page(client, page.url)
    assert "What would change: 1 changed" in anew.text
    # The same would be done, whatever else happened to these people.
    Page(client, "/hr/employees/1002/edit").type(email="ben@example.org").save()
    Page(client, "/hr/add-to-department?key=1001").type(
        department="#SALES", starts_on="2025-01-01", fte="0.1"
    ).save().save(do="yes")
    do(client, anew)
    assert [row[3] for row in stays() if row[1] == "IT"] == ["2024-12-31", "2025-06-30"]


def test_pressing_twice_asks_once_and_an_old_address_leads_on(
    client: Client, cast: Cast, long_work: None
) -> None:
    for person in (cast.ann, cast.ben):
        factories.stay(person, cast.it, "2024-01-01")
    page = looked_at(client, END, last_day="2025-06-30")
    first, second = page.save(do="yes"), page.save(do="yes")
    assert first.url == second.url
    assert work() == 1
    assert how_many(Job) == 2
    assert Page(client, page.url).url == "/hr/stays?department=IT&span=all"


def test_a_fault_of_the_whole_deed_is_said_and_nothing_is_offered(
    client: Client, cast: Cast, long_work: None
) -> None:
    for person in (cast.ann, cast.ben):
        factories.stay(person, cast.it, "2024-01-01")
    page = looked_at(client, ALL.format("transfer"), department="Nowhere", from_day="2025-01-01")
    assert "There is no such department." in page.text
    assert 'name="do"' not in page.html
    refused = page.save(do="yes")
    assert refused.status == 422
    assert how_many(Job) == 1


def test_whoever_edits_some_departments_does_only_those(app: Flask, cast: Cast, long_work: None) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01")
    factories.stay(cast.ben, cast.sales, "2024-01-01")
    lisa = app.test_client().sign_in(people.limited_editor(cast.it))
    page = looked_at(lisa, "/hr/end?all=1", last_day="2025-06-30")
    assert "You do not edit the department SALES." in page.text
    do(lisa, page)
    assert [row[3] for row in stays()] == ["2025-06-30", None]


def test_a_right_that_is_taken_away_meanwhile_is_gone(app: Flask, cast: Cast, long_work: None) -> None:
    for person in (cast.ann, cast.ben):
        factories.stay(person, cast.it, "2024-01-01")
    hugo = people.hr_editor()
    client = app.test_client().sign_in(hugo)
    page = looked_at(client, END, last_day="2025-06-30")
    asked = page.save(do="yes")
    hugo.roles = []
    db.session.commit()
    assert work() == 1
    assert "cannot do this any more" in Page(client, asked.url).text
    assert [row[3] for row in stays()] == [None, None]


def test_a_preview_is_its_owners_and_goes_with_whoever_is_erased(
    app: Flask, client: Client, cast: Cast, long_work: None
) -> None:
    for person in (cast.ann, cast.ben):
        factories.stay(person, cast.it, "2024-01-01")
    page = looked_at(client, END, last_day="2025-06-30")
    adam = app.test_client().sign_in(cast.administrator)
    assert adam.get(page.link("Each of them, as a file") or "").status_code == 404
    assert Page(adam, page.url).url == "/hr/stays?department=IT&span=all"
    assert Page(adam, "/hr/employees/1001/erase").type(reason="She asked").save().save(do="yes").stored
    assert how_many(KeptDeed) == 0


def test_the_page_reads_no_more_of_very_many_than_of_a_few(
    client: Client, cast: Cast, long_work: None, statements: Callable
) -> None:
    counts = []
    for number in range(2, 30):
        factories.stay(factories.employee("Some Body", f"{7000 + number}"), cast.it, "2024-01-01")
        if number in (4, 29):
            page = looked_at(client, END, last_day="2025-06-30")
            with statements() as seen:
                Page(client, page.url)
            counts.append(len(seen))
    assert counts[0] == counts[1] <= 10
    assert how_many(Employee) == 32
