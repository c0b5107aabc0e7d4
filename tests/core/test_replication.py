"""Two real PostgreSQL servers: pages that a standby answers, and a primary that dies under load.

The tests build on each other's servers, which take some seconds to start; the last one kills the primary.
"""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import event, func, select

from core.db import db
from core.models import ChangeSet, Post, User
from core.reading import STANDBY
from hr.models import Department
from tests import cast as people
from tests import databases
from tests.conftest import SETTINGS, Client
from tests.servers import Pair, free_port, until

pytestmark = pytest.mark.skipif(not databases.SERVER, reason="needs PostgreSQL: make test-postgres")

ROOT = Path(__file__).parents[2]
CLERKS = 6


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with Pair() as servers:
        yield servers


@pytest.fixture
def replicated(pair: Pair, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """The application on both servers, with our tables, and lists read from the standby."""
    app = make_app(SQLALCHEMY_DATABASE_URI=pair.url, DATABASE_READ_URL=pair.read_url)
    with app.app_context():
        db.create_all()
    yield app
    db.metadatas.pop(STANDBY, None)  # noted for all applications of this process, and others have no standby


@pytest.fixture
def reads(replicated: Flask) -> Iterator[list[str]]:
    """What the standby was asked."""
    seen: list[str] = []
    with replicated.app_context():
        engine = db.engines[STANDBY]
    event.listen(engine, "before_cursor_execute", lambda *of: seen.append(of[2]))
    yield seen
    with replicated.app_context(), db.engine.begin() as connection:
        databases.clear(connection, db.metadata)


@pytest.fixture
def clerk(replicated: Flask) -> Client:
    with replicated.app_context():
        return replicated.test_client().sign_in(people.editor())


def caught_up(pair: Pair) -> None:
    """Wait until the standby shows what the primary has."""
    lsn = pair.primary.ask("SELECT pg_current_wal_insert_lsn()")
    until(lambda: pair.standby.ask(f"SELECT pg_last_wal_replay_lsn() >= '{lsn}'"))


def save_department(client: Client, code: str) -> None:
    answer = client.post(
        "/hr/new-department", data={"code": code, "name": f"Name of {code}", "form_key": code}
    )
    assert answer.status_code == 303


def test_lists_come_from_the_standby_and_forms_from_the_primary(
    pair: Pair, clerk: Client, reads: list[str]
) -> None:
    caught_up(pair)
    assert clerk.get("/hr/departments").status_code == 200
    assert any("FROM department" in one for one in reads)
    assert not any("sign_in" in one for one in reads), "who signs in is asked of the primary"
    reads.clear()
    assert clerk.get("/hr/new-department").status_code == 200
    save_department(clerk, "IT")
    assert clerk.get("/hr/departments/IT/edit").status_code == 200
    assert reads == []


def test_what_somebody_has_just_saved_is_what_they_see_next(
    pair: Pair, replicated: Flask, clerk: Client, reads: list[str]
) -> None:
    """While the standby replays nothing: whoever saved reads from the primary, everybody else from it."""
    with replicated.app_context():
        colleague = replicated.test_client().sign_in(people.administrator())
    caught_up(pair)
    pair.standby.ask("SELECT pg_wal_replay_pause()")
    try:
        save_department(clerk, "NEW")
        assert "Name of NEW" in clerk.get("/hr/departments").text
        assert "Name of NEW" not in colleague.get("/hr/departments").text
    finally:
        pair.standby.ask("SELECT pg_wal_replay_resume()")
    caught_up(pair)
    reads.clear()
    assert "Name of NEW" in clerk.get("/hr/departments").text
    assert any("FROM department" in one for one in reads), "and then they read from the standby again"


def test_a_file_flows_from_the_standby(pair: Pair, clerk: Client, reads: list[str]) -> None:
    save_department(clerk, "FILE")
    caught_up(pair)
    reads.clear()
    assert "Name of FILE" in clerk.get("/hr/departments?download=departments.csv", buffered=True).text
    assert any("FROM department" in one for one in reads)


def test_without_a_standby_the_primary_answers(pair: Pair, clerk: Client, reads: list[str]) -> None:
    """Commits would wait for it: the test lets them go on alone."""
    save_department(clerk, "ALONE")
    caught_up(pair)
    pair.primary.ask("ALTER SYSTEM SET synchronous_commit = 'local'")
    pair.primary.ask("SELECT pg_reload_conf()")
    pair.standby.stop()
    try:
        for _ in range(2):
            assert "Name of ALONE" in clerk.get("/hr/departments").text
        save_department(clerk, "STILL")
        assert "Name of STILL" in clerk.get("/hr/departments").text
    finally:
        pair.standby.start()
        pair.primary.ask("ALTER SYSTEM RESET synchronous_commit")
        pair.primary.ask("SELECT pg_reload_conf()")
        until(lambda: pair.primary.ask("SELECT sync_state FROM pg_stat_replication") == "sync")


# --- the primary dies ----------------------------------------------------------------------------------


@dataclass
class Clerk:
    """Somebody who saves one note after the other, and sends a form again until it is answered."""

    port: int
    cookie: str
    number: int
    ended: threading.Event
    answered: list[str] = field(default_factory=list)
    statuses: list[tuple[float, int]] = field(default_factory=list)
    said: set[str] = field(default_factory=set)

    def work(self) -> None:
        while not self.ended.is_set():
            body = f"note {len(self.answered)} of clerk {self.number}"
            while self._post(body) != 303 and not self.ended.is_set():
                time.sleep(0.05)

    def _post(self, body: str) -> int:
        form = urlencode({"body": body, "form_key": f"key of {body}"})
        kind = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookie,
            "User-Agent": "clerk",
        }
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request("POST", "/notes", form, kind)
        answer = line.getresponse()
        page = answer.read().decode()
        line.close()
        self.statuses.append((time.monotonic(), answer.status))
        if answer.status == 303:
            self.answered.append(body)
        else:
            self.said.add(f"{answer.headers['Retry-After']} {'Just a moment' in page}")
        return answer.status


@pytest.fixture
def served(pair: Pair, replicated: Flask) -> Iterator[tuple[int, str]]:
    """Two processes that serve the application, and the cookie of somebody who is signed in there."""
    with replicated.app_context():
        session = people.session_of(replicated, people.editor(), "clerk")
    interface = replicated.session_interface
    assert isinstance(interface, SecureCookieSessionInterface)
    signer = interface.get_signing_serializer(replicated)
    assert signer is not None
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": pair.url,
        "SECRET_KEY": str(SETTINGS["SECRET_KEY"]),
        "JOBS": "never",
    }
    words = [
        "--workers",
        "2",
        "--threads",
        "4",
        "--preload",
        "--no-control-socket",
        "--log-level",
        "critical",
    ]
    command = [sys.executable, "-m", "gunicorn", *words, "--bind", f"127.0.0.1:{port}"]
    factory = "app:create_app({'WTF_CSRF_ENABLED': False})"
    server = subprocess.Popen([*command, factory], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _answers(port), 60)
        yield port, f"session={signer.dumps(session)}"
    finally:
        server.terminate()
        server.wait(20)


def _answers(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("GET", "/sign-in")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def test_the_primary_dies_and_nothing_that_was_answered_is_lost_or_stored_twice(
    pair: Pair, replicated: Flask, served: tuple[int, str]
) -> None:
    port, cookie = served
    ended = threading.Event()
    clerks = [Clerk(port, cookie, number, ended) for number in range(CLERKS)]

    def each_has(count: int) -> bool:
        return all(len(clerk.answered) >= count for clerk in clerks)

    with ThreadPoolExecutor(CLERKS) as threads:
        working = [threads.submit(clerk.work) for clerk in clerks]
        try:
            until(lambda: each_has(5))
            pair.primary.kill()
            died = time.monotonic()
            until(lambda: all(clerk.said for clerk in clerks))
            pair.standby.promote()
            promoted = time.monotonic()
            more = max(len(clerk.answered) for clerk in clerks) + 3
            until(lambda: each_has(more), 60)
        finally:
            ended.set()
    for one in working:
        one.result()
    between = [status for clerk in clerks for at, status in clerk.statuses if died < at < promoted]
    assert 503 in between
    assert set().union(*(clerk.said for clerk in clerks)) == {"5 True"}, "in words, and when to try again"
    answered = Counter(body for clerk in clerks for body in clerk.answered)
    with replicated.app_context():
        stored = Counter(db.session.scalars(select(Post.body)))
        assert set(answered) <= set(stored), "every save that was answered is there"
        assert set(stored.values()) == {1}, "and none is there twice"
        sets = db.session.scalar(select(func.count()).where(ChangeSet.form_key.is_not(None)))
        assert sets == len(stored)
        assert db.session.scalar(select(func.count()).select_from(User)) == 1
        assert db.session.scalar(select(func.count()).select_from(Department)) == 0
