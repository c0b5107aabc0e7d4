"""A long import beside others: they go on, nothing of theirs is lost, and nothing of it is half there."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextvars import Context
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from core import orders, schema
from core.db import db
from core.history import ahead
from core.history.undo import undo
from core.jobs.start import needs_a_worker
from core.models import Change, ChangeSet, ChangeSubject
from core.sheets import apply
from core.writing import writing
from hr import doctor, operations
from hr.models import Department, DepartmentEmployeeLink, DepartmentStep, Employee
from hr.operations import steps
from tests import factories
from tests.conftest import Client
from tests.importing import CommandLine, Said
from tests.working import work

ROOT = Path(__file__).parent.parent.parent
Link = DepartmentEmployeeLink
LINES = 40
# Each is 60 %, so that nobody can have two.
FILE = "emp_no,dept_no,from_date,fte\n" + "".join(f"{1000 + n},IT,2020-01-01,0.6\n" for n in range(LINES))


@pytest.fixture
def imported(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """An import by the command line, where each file is a long one."""
    monkeypatch.setattr(apply, "MUCH", 1)
    monkeypatch.setattr(orders, "MANY", 1)
    monkeypatch.setattr(steps, "MANY", 1)
    factories.department("IT")
    factories.department("HR")
    for n in range(LINES):
        factories.employee(f"Person {n}", str(1000 + n))
    db.session.rollback()
    run = CommandLine(app, tmp_path)
    return lambda: run("department-links", FILE, "--yes")


@pytest.fixture
def meanwhile(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """Let somebody do something each time when the lines were compared, or just before they are stored."""

    def hooked(deed: Callable[[], Any], before: str = "compared") -> list[int]:
        real, times = getattr(apply, before), list[int]()

        def hook(*args: Any) -> Any:
            done = real(*args) if before == "compared" else None
            times.append(len(times))
            Context().run(_beside, app, deed)
            return done if before == "compared" else real(*args)

        monkeypatch.setattr(apply, before, hook)
        return times

    return hooked


def _beside(app: Flask, deed: Callable[[], Any]) -> None:
    """As another process does it. Who holds the only lock for writing would keep it waiting for ever."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text("PRAGMA busy_timeout=100"))
        deed()
        db.session.rollback()


def add_a_stay() -> None:
    """Somebody works 60 % elsewhere by now."""
    with writing(operations.check) as work:
        if not how_many(Link):
            where = {"employee_number": "1007", "department_code": "HR"}
            work.session.add(Link(**where, fte=Decimal("0.6")))


def change_an_email() -> None:
    with writing(operations.check) as work:
        person = work.session.get_one(Employee, "1007")
        person.email = f"{person.version}@example.org"


def how_many(model: type[Any], *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def the_import() -> ChangeSet:
    return db.session.scalars(select(ChangeSet).where(ChangeSet.deed.like("Imported%"))).one()


def waiting() -> list[Path]:
    """The files beside that of SQLite in which rows wait to be brought over."""
    place = Path(db.engine.url.database or "")
    return sorted(place.parent.glob(f"{place.name}-ahead-*"))


def is_whole() -> bool:
    """Every line once, in the table and in the history, found from both sides; and figures that are right."""
    assert not waiting()
    mine = Change.change_set_id == the_import().id
    told = how_many(Change, mine), how_many(ChangeSubject, ChangeSubject.change_set_id == the_import().id)
    ids = set(db.session.scalars(select(Change.key).where(mine)))
    assert not any(one.number for one in doctor.ailments())
    assert not how_many(ChangeSet, ChangeSet.room.in_(("not told yet", "left over")))
    stays = set(map(str, db.session.scalars(select(Link.id).where(Link.department_code == "IT"))))
    return told == (LINES, 2 * LINES) and ids == stays and the_import().count == LINES


def test_what_somebody_stores_after_comparing_counts(imported: Any, meanwhile: Any) -> None:
    times = meanwhile(add_a_stay)
    said = imported()
    assert said.status == 1
    assert "1 line is refused, so nothing was imported" in said.text
    assert not waiting()
    assert len(times) == 2, "it was compared once more"
    assert [how_many(Link), how_many(ChangeSet, ChangeSet.deed.like("Imported%"))] == [1, 0]


def test_what_it_does_not_rest_on_disturbs_nothing(imported: Any, meanwhile: Any) -> None:
    times = meanwhile(change_an_email)
    assert imported().status == 0
    assert len(times) == 1
    assert db.session.get_one(Employee, "1007").email == "1@example.org"
    assert is_whole()


def test_where_others_never_rest_it_compares_while_they_wait(
    imported: Any, meanwhile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "_see_whether_it_holds", _never_holds)
    times = meanwhile(lambda: None)
    assert imported().status == 0
    assert len(times) == apply.UNDISTURBED + 1
    assert is_whole()


def _never_holds(*_args: Any) -> None:
    raise apply.Disturbed


def test_nothing_is_told_before_it_is_stored(imported: Any, meanwhile: Any, client: Client) -> None:
    pages: list[str] = []

    def look() -> None:
        for url in ("/history", "/hr/employees/1007", "/hr/departments/IT", "/hr/employees/1007/data"):
            pages.append(client.get(url).text)
        ahead_of_it = db.session.scalar(select(func.max(ChangeSet.id))) or 1
        assert client.get(f"/history/{ahead_of_it}").status_code == 404
        assert client.get(f"/history/{ahead_of_it}/undo").status_code == 404

    meanwhile(look, before="_stored")
    assert imported().status == 0
    assert len(pages) == 4
    assert not [page for page in pages if "Imported" in page or "0.6" in page or "60 %" in page]
    assert "Imported" in client.get("/hr/employees/1007").text
    assert is_whole()


def test_what_was_taken_for_a_left_over_is_written_down_with_the_rows(imported: Any, meanwhile: Any) -> None:
    def clear_all() -> None:
        for id in db.session.scalars(select(ChangeSet.id).where(ChangeSet.room == "not told yet")).all():
            ahead.drop(id)

    meanwhile(clear_all, before="_stored")
    assert imported().status == 0
    assert is_whole()


def test_rows_wait_where_nobody_else_can_read_them(imported: Any, meanwhile: Any) -> None:
    modes: list[int] = []
    meanwhile(lambda: modes.extend(one.stat().st_mode & 0o777 for one in waiting()), before="_stored")
    assert imported().status == 0
    assert modes == ([0o600] if db.engine.dialect.name == "sqlite" else [])


def test_one_process_imports_again_and_again(imported: Any) -> None:
    """What was brought over from one file is no hindrance to the next one."""
    imports = select(ChangeSet).where(ChangeSet.deed.like("Imported%")).order_by(ChangeSet.id.desc())
    for times in (1, 2):
        assert imported().status == 0
        assert not waiting()
        with writing(operations.check) as work:
            found = work.session.scalars(imports).all()
            undone = undo(work, found[0])
        assert (len(found), undone.reversed) == (times, LINES)


def test_it_can_be_undone(imported: Any) -> None:
    assert imported().status == 0
    with writing(operations.check) as work:
        undone = undo(work, work.session.scalars(select(ChangeSet).where(ChangeSet.count == LINES)).one())
    assert (undone.reversed, undone.left) == (LINES, [])
    assert how_many(Link) == 0
    assert not any(one.number for one in doctor.ailments())


def test_what_they_add_up_to_meets_what_others_add_up_to(imported: Any) -> None:
    """Each begins here where the same person has ended: nothing changes on that day, and there is no step."""
    it = db.session.get_one(Department, "IT")
    for number in range(LINES):
        person = db.session.get_one(Employee, str(1000 + number))
        factories.stay(person, it, "2018-01-01", "2019-12-31", fte="0.6")
    for day in ("2017-06-30", "2020-01-01"):
        factories.stay(factories.employee("Somebody Else"), it, "2017-01-01", day)
    assert imported().status == 0
    assert not any(one.number for one in doctor.ailments())
    said = {str(one.day): one.people for one in db.session.scalars(select(DepartmentStep))}
    assert said == {"2017-01-01": 2, "2017-07-01": -1, "2018-01-01": LINES, "2020-01-02": -1}


@pytest.mark.parametrize("much", [1, 5_000])
def test_the_orders_of_the_table_are_as_before(
    much: int, imported: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a few lines are many rows."""
    monkeypatch.setattr(apply, "MUCH", much)
    before = schema.catalogue(db.session.connection())
    db.session.rollback()
    assert imported().status == 0
    assert schema.catalogue(db.session.connection()) == before


def test_what_cannot_be_made_quicker_is_stored_all_the_same(
    imported: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise OperationalError("CREATE INDEX", {}, Exception("database or disk is full"))

    monkeypatch.setattr(apply, "make_missing", fails)
    said = imported()
    assert (said.status, "40 added" in said.text) == (0, True)
    assert "database or disk is full" in caplog.text
    orders.make_missing()
    assert is_whole()


# --- killed --------------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from core import orders
from core.sheets import apply

def killed(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

apply.MUCH = orders.MANY = 1
setattr(apply, sys.argv[1], killed)
from app import create_app
create_app().test_cli_runner().invoke(args=sys.argv[2:])
"""


def kill(moment: str, folder: Path) -> None:
    """Import in a process that is killed when it comes to this function."""
    (folder / "stays.csv").write_text(FILE)
    url = db.engine.url.render_as_string(hide_password=False)
    db.session.rollback()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, moment, "import", "department-links", folder / "stays.csv", "--yes"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "SECRET_KEY": "only for tests"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL


def recount() -> None:
    assert current_app.test_cli_runner().invoke(args=["recount"]).exit_code == 0


@pytest.mark.parametrize("mend", [work, recount])
def test_killed_when_all_is_stored_the_orders_of_lists_are_made_later(
    mend: Callable[[], Any], imported: Any, tmp_path: Path
) -> None:
    """They are made last; until then a list is sorted without them."""
    before = schema.catalogue(db.session.connection())
    kill("make_missing", tmp_path)
    assert is_whole()
    late = {"indexes": 3} if db.engine.dialect.name == "sqlite" else {}
    now = schema.catalogue(db.session.connection())
    assert {kind: len(lines - now[kind]) for kind, lines in before.items() if lines - now[kind]} == late
    assert needs_a_worker() == bool(late)
    db.session.rollback()
    mend()
    assert schema.catalogue(db.session.connection()) == before
    assert not needs_a_worker()


@pytest.mark.parametrize("moment", ["_stored", "deed"])
def test_killed_at_any_moment_nothing_is_half_there(
    moment: str, imported: Any, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the history is written ahead, and when the rows are in the table."""
    kill(moment, tmp_path)
    assert how_many(Link) == 0
    assert "Imported" not in client.get("/history").text
    assert len(waiting()) == (db.engine.dialect.name == "sqlite"), "the next import clears it away"
    db.session.rollback()

    monkeypatch.setattr(ahead, "DEAD_AFTER", timedelta(0))
    assert imported().status == 0
    assert is_whole()
