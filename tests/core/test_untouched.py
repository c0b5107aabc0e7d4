"""What nobody has touched since a save is taken back by statements, told ahead; all else by its records."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

import core.history.long
import core.history.untouched
import core.many.looking
import core.many.storing
import core.selection
import core.statements
import core.views.undo
from core.bookkeeping import bookkeeping
from core.db import db
from core.history.ahead import SAVES
from core.history.foretold import foretelling
from core.history.names import last_to_say, of_subject
from core.history.recording import tell_ahead
from core.history.untouched import Untouched
from core.models import LEFT_OVER, UNTOLD, Change, ChangeSet, ChangeSubject, Job, KeptDeed
from core.writing import writing
from hr.models import DepartmentEmployeeLink
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.core.test_very_many import DEEDS, after, do, furnish, looked_at, newest, stays
from tests.hr.test_steps import wrong as steps_that_are_wrong
from tests.pages import Page
from tests.working import work

Link = DepartmentEmployeeLink
END = "/hr/end?all=1&department=IT&span=all"


@pytest.fixture(autouse=True)
def long_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is long work, in small portions."""
    monkeypatch.setattr(core.selection, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(core.views.undo, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(core.many.looking, "PORTION", 2)
    monkeypatch.setattr(core.statements, "AT_ONCE", 1)
    monkeypatch.setattr(core.history.untouched, "PORTION", 2)


def ended(client: Client, cast: Cast, *people: Any, **facts: Any) -> int:
    """The number of the save that ends a stay of each of these people."""
    for one in people:
        factories.stay(one, cast.it, "2024-01-01", **facts)
    do(client, looked_at(client, END, last_day="2025-06-30"))
    return newest().id


def undone(client: Client, number: int, **typed: str) -> Page:
    """What is said of the undo of a save."""
    assert Page(client, f"/history/{number}/undo").save(**typed).stored
    assert work() == 1
    db.session.rollback()
    return Page(client, f"/jobs/{db.session.scalar(select(func.max(Job.id)))}")


def goes_by_statements(number: int) -> int:
    """How many changes of a save would be taken back by statements."""
    return len(Untouched(db.session(), db.session.get_one(ChangeSet, number)).changes)


def written() -> list[Any]:
    """What the history says of the newest save, with the records that it is about."""
    number = newest().id
    here = Change.change_set_id == number
    columns = (Change.what, Change.kind, Change.key, Change.which, Change.version, Change.facts)
    about = select(Change.key, ChangeSubject.subject).join(Change, of_subject())
    change_set = newest()
    return [
        (change_set.count, change_set.facts, change_set.room, change_set.deed, change_set.is_separable),
        sorted(map(tuple, db.session.execute(select(*columns).where(here)))),
        sorted(map(tuple, db.session.execute(about.where(here)))),
    ]


def left_overs() -> int:
    """How many saves were never told."""
    db.session.rollback()
    here = ChangeSet.room.in_((UNTOLD, LEFT_OVER))
    return db.session.scalar(select(func.count()).select_from(ChangeSet).where(here)) or 0


@pytest.mark.parametrize(
    ("deed", "by_statements"),
    [("end", 3), ("extend", 2), ("correct", 3), ("change", 0), ("transfer", 0), ("add", 0)],
)
def test_an_undo_by_statements_does_and_tells_what_one_by_records_does(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, deed: str, by_statements: int
) -> None:
    furnish(cast)
    before = stays()
    url, typed = DEEDS[deed]
    do(client, looked_at(client, url, **typed))
    number, then = newest().id, stays()
    assert goes_by_statements(number) == by_statements

    assert "Undone:" in undone(client, number).text
    first = written()
    assert (stays(), steps_that_are_wrong(), left_overs()) == (before, [], 0)
    assert "Done again:" in undone(client, newest().id).text
    assert (stays(), steps_that_are_wrong(), left_overs()) == (then, [], 0)

    monkeypatch.setattr(core.history.untouched, "_ruled_kinds", list)
    assert "Undone:" in undone(client, newest().id).text
    assert stays() == before
    second = written()
    if deed in ("end", "extend", "correct"):
        assert _without_versions(first) == _without_versions(second)


def _without_versions(told: list[Any]) -> list[Any]:
    """The same, but for how often each was changed before."""
    return [told[0], [(*row[:4], row[5]) for row in told[1]], told[2]]


def test_whoever_was_touched_since_is_asked_about_as_before(client: Client, cast: Cast) -> None:
    number = ended(client, cast, cast.ann, cast.ben, cast.john, fte="0.700")
    assert goes_by_statements(number) == 3
    # One has another stay by now, which the rules have to see; one has another fact that nobody minds.
    Page(client, "/hr/add-to-department?key=1002").type(
        department="#SALES", starts_on="2025-07-01", fte="0.9"
    ).save().save(do="yes")
    Page(client, "/hr/employees/1001/edit").type(email="ann@example.org").save()
    assert goes_by_statements(number) == 1

    refused = undone(client, number)
    assert "Ben Okafor would be at 1.600 FTE" in refused.text
    assert [row[3] for row in stays() if row[1] == "IT"] == ["2025-06-30"] * 3
    assert left_overs() == 0


def test_another_head_since_is_in_the_way(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", role="head")
    number = ended(client, cast, cast.ben)
    assert goes_by_statements(number) == 1, "who headed it is asked about"
    with writing() as work:
        facts = {"employee_number": cast.bill.number, "department_code": "IT", "role": "head"}
        work.session.add(Link(**facts, starts_on=date.fromisoformat("2025-07-01")))
        work.leads_to("/", "Saved.")
    refused = undone(client, number)
    assert "as head already" in refused.text
    assert [row[3] for row in stays()] == ["2025-06-30", "2025-06-30", None]


def _before_the_lock(
    monkeypatch: pytest.MonkeyPatch, deed: Callable[[], object], times: int = 1
) -> list[bool]:
    """Let something happen when an undo is ready and waits; whether each try had anything ready."""
    tries: list[bool] = []
    taken_back = core.history.long._taken_back

    def happens(task: Any, untouched: Any = None, foretold: Any = None) -> None:
        if len(tries) < times:
            deed()
        tries.append(untouched is not None)
        taken_back(task, untouched, foretold)

    monkeypatch.setattr(core.history.long, "_taken_back", happens)
    return tries


def test_what_is_touched_while_it_waits_is_asked_about_after_all(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ended(client, cast, cast.ann, cast.ben)

    def colleague() -> None:
        with writing() as work:
            stay = work.session.scalars(select(Link).where(Link.employee_number == "1002")).one()
            stay.ends_before = date.fromisoformat("2025-05-01")
            work.leads_to("/", "Saved.")

    tries = _before_the_lock(monkeypatch, colleague)
    assert "1 is left: " not in undone(client, number).text
    assert [row[3] for row in stays()] == ["2025-06-30", "2025-04-30"]
    do_others(client, number)
    assert tries == [True, True, True]
    assert [row[3] for row in stays()] == [None, "2025-04-30"]
    assert (steps_that_are_wrong(), left_overs()) == ([], 0)


def do_others(client: Client, number: int) -> None:
    """Take back all the others of a save."""
    assert "1 is left: " in undone(client, number, others="y").text


def test_where_somebody_is_touched_at_every_try_it_goes_by_records(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ended(client, cast, cast.ann, cast.ben, cast.john, cast.bill)
    touched = iter(["1001", "1002", "1003"])

    def colleague() -> None:
        with writing() as work:
            stays = select(Link).where(Link.employee_number == next(touched))
            work.session.scalars(stays).one().extra_data = "on call"
            work.leads_to("/", "Saved.")

    tries = _before_the_lock(monkeypatch, colleague, times=3)
    assert "4 taken back" in undone(client, number).text
    assert tries == [True, True, True, False]
    assert [row[3] for row in stays()] == [None, None, None, None]
    assert (steps_that_are_wrong(), left_overs()) == ([], 0)


def test_what_is_stored_while_it_waits_is_told_before_it(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.stay(cast.ben, factories.department("HR", "People"), "2024-01-01", fte="0.300")
    for one in (cast.ann, cast.ben):
        factories.stay(one, cast.it, "2024-01-01", fte="0.400")
    do(client, looked_at(client, "/hr/end?all=1&span=all", last_day="2025-06-30"))
    number = newest().id
    assert goes_by_statements(number) == 1, "of the other one two stays were ended"
    factories.stay(cast.ben, cast.sales, "2025-07-01", fte="0.800")
    others = []

    def colleague() -> None:
        with writing() as work:
            sales = work.session.scalars(select(Link).where(Link.department_code == "SALES")).one()
            sales.fte = Decimal("0.1")
            work.leads_to("/", "Corrected.")
        others.append(work.number)

    _before_the_lock(monkeypatch, colleague)
    assert "Undone:" in undone(client, number).text
    assert newest().id > others[0]
    # So the undo of the correction knows what came back after it.
    assert "Ben Okafor would be at 1.500 FTE" in undone(client, others[0]).text


def test_a_name_that_is_erased_while_it_waits_does_not_come_back(
    app: Flask, client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in (cast.ann, cast.ben):
        factories.stay(one, cast.it, "2024-01-01", extra_data="covers for John Doe")
    correction = {"how": "correction", "extra_data": "casual"}
    do(client, looked_at(client, "/hr/change?all=1&department=IT&span=all", **correction))
    number = newest().id
    assert goes_by_statements(number) == 2
    adam = app.test_client().sign_in(cast.administrator)

    def erased() -> None:
        assert Page(adam, "/hr/employees/1003/erase").type(reason="Asked").save().save(do="yes").stored

    tries = _before_the_lock(monkeypatch, erased)
    assert "Undone:" in undone(client, number).text
    assert len(tries) == 2
    remarks = db.session.scalars(select(Link.extra_data)).all()
    assert not [one for one in remarks if "Doe" in str(one)]


def test_what_was_taken_for_a_left_over_meanwhile_is_written_again(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ended(client, cast, cast.ann, cast.ben)

    def cleared() -> None:
        with bookkeeping() as connection:
            connection.execute(update(SAVES).where(SAVES.c.room == UNTOLD).values(room=LEFT_OVER))

    tries = _before_the_lock(monkeypatch, cleared)
    assert "2 taken back" in undone(client, number).text
    assert tries == [True, True]
    assert ([row[3] for row in stays()], newest().count, left_overs()) == ([None, None], 2, 0)


def test_a_deed_that_breaks_while_it_stores_leaves_nothing(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (cast.ann, cast.ben):
        factories.stay(person, cast.it, "2024-01-01")
    page = looked_at(client, END, last_day="2025-06-30")
    changes = db.session.scalar(select(func.count()).select_from(Change))

    def broken(*_: Any) -> None:
        raise RuntimeError("The power is off.")

    with monkeypatch.context() as patched:
        patched.setattr(core.many.storing, "carry_out", broken)
        after(client, page.save(do="yes"))
    assert [row[3] for row in stays()] == [None, None]
    assert (db.session.scalar(select(func.count()).select_from(Change)), left_overs()) == (changes, 0)


def test_a_deed_whose_preview_is_dropped_while_it_waits_is_not_done(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (cast.ann, cast.ben):
        factories.stay(person, cast.it, "2024-01-01")
    page = looked_at(client, END, last_day="2025-06-30")
    carry_out = core.many.storing.carry_out

    def dropped(work: Any, *rest: Any) -> None:
        work.session.execute(delete(KeptDeed))
        carry_out(work, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(core.many.storing, "carry_out", dropped)
        assert "This was done or dropped already." in after(client, page.save(do="yes")).text
    assert ([row[3] for row in stays()], left_overs()) == ([None, None], 0)


def test_nobody_is_told_of_what_is_only_written_down(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ended(client, cast, cast.ann, cast.ben)
    link = db.session.scalars(select(Link.id)).first()
    told = []

    def asked() -> None:
        save = last_to_say(Link.__tablename__, str(link), "ends_before")
        told.append(save and save.id)

    _before_the_lock(monkeypatch, asked)
    assert "2 taken back" in undone(client, number).text
    assert told == [number]


def test_whoever_tells_a_save_keeps_it_from_being_cleared_away(cast: Cast, empty_database: str) -> None:
    if empty_database.startswith("sqlite"):
        pytest.skip("SQLite has one writer at a time")
    with foretelling() as foretold, writing() as work:
        assert tell_ahead(work, foretold)
        with db.engine.connect() as another:
            here = ChangeSet.__table__.c.id == foretold.change_set_id
            locked = select(ChangeSet.__table__.c.id).where(here).with_for_update(skip_locked=True)
            assert another.execute(locked).all() == []
        work.leads_to("/", "Saved.")
