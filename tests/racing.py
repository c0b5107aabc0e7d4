"""Real processes that post forms at the same moment, each with an application of its own on one database.

with Race(url) as race:
    answers = race.pages(page, other)

Each process posts its forms at once, in as many threads. Where two of them must not both be stored, each
waits at its first flush for the others: a rule that only looks before it writes is broken every time.
Where the locks hold, the others cannot come so far, and the one that waits goes on after a moment.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from threading import BrokenBarrierError
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import create_app
from core.db import db
from tests.conftest import SETTINGS, Client
from tests.pages import Page

PROCESSES = 4
PATIENCE = 0.1  # seconds; how long one waits for others that the locks hold back
TOO_LONG = 60.0  # seconds; something hangs
# What the fixture `race` is: `Race.pages`.
Run = Callable[..., list["Answer"]]


@dataclass(frozen=True)
class Form:
    """A page as a person has filled it in; without a session it is that of whoever races."""

    url: str
    fields: Mapping[str, str]
    session: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, page: Page, **pressed: str) -> "Form":
        """What is sent by whoever opened this page."""
        with page.client.session_transaction() as cookies:
            return cls(page.action, {**page.fields, **pressed}, dict(cookies))


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str


@dataclass(frozen=True)
class Start:
    """What one process is to do: for whom, what, with how many others, and whether they meet."""

    session: Mapping[str, Any]
    forms: Sequence[Form]
    racers: int
    meet: bool


def _post(app: Flask, session: Mapping[str, Any], form: Form) -> Answer:
    client = Client(app, app.response_class)
    with client.session_transaction() as cookies:
        cookies.update(session if form.session is None else form.session)
    response = client.post(form.url, data=form.fields)
    return Answer(response.status_code, response.location or "", response.text)


def racer(url: str, orders: Connection, barriers: Mapping[int, tuple[Barrier, Barrier]]) -> None:
    """What runs in each process: an application that posts what it is told, until it is told nothing."""
    # A mistake is answered with 500, as it is outside of tests, and the process lives on.
    app = create_app(SETTINGS | {"SQLALCHEMY_DATABASE_URI": url, "PROPAGATE_EXCEPTIONS": False})
    meeting: list[Barrier] = []

    def meet(*_: Any) -> None:
        if meeting:
            with suppress(BrokenBarrierError):
                meeting[0].wait(PATIENCE)

    event.listen(Session, "before_flush", meet)
    app.test_client().get("/sign-in")  # whatever the first request loads is loaded
    orders.send("ready")
    while (start := orders.recv()) is not None:
        begin, meeting_point = barriers[start.racers]
        meeting[:] = [meeting_point] if start.meet else []
        begin.wait(TOO_LONG)
        with ThreadPoolExecutor(len(start.forms)) as threads:
            orders.send(list(threads.map(lambda form: _post(app, start.session, form), start.forms)))
    with app.app_context():
        db.engine.dispose()


def statuses(answers: Sequence[Answer]) -> list[int]:
    """How they were answered, in order."""
    return sorted(answer.status for answer in answers)


def refused(answers: Sequence[Answer]) -> str:
    """What the one of two is told that was not stored."""
    return answers[answers[0].status == 303].text


class Race:
    """Some processes that wait for forms."""

    def __init__(self, url: str) -> None:
        spawn = get_context("spawn")
        counts = range(2, PROCESSES + 1)
        self._barriers = {count: (spawn.Barrier(count), spawn.Barrier(count)) for count in counts}
        pipes = [spawn.Pipe() for _ in range(PROCESSES)]
        self._ends, theirs = zip(*pipes, strict=True)
        self._processes = [
            spawn.Process(target=racer, args=(url, end, self._barriers), daemon=True) for end in theirs
        ]
        for process in self._processes:
            process.start()
        for end in theirs:
            end.close()
        for end in self._ends:
            self._hear(end)

    @staticmethod
    def _hear(end: Connection) -> Any:
        if not end.poll(TOO_LONG):
            raise AssertionError("a process does not answer")
        return end.recv()

    def run(
        self, session: Mapping[str, Any], forms: Sequence[Sequence[Form]], meet: bool = True
    ) -> list[Answer]:
        """Post the forms, each list of them in a process of its own, at the same moment."""
        ends = self._ends[: len(forms)]
        self._barriers[len(forms)][1].reset()
        for end, share in zip(ends, forms, strict=True):
            end.send(Start(session, share, len(forms), meet))
        return [answer for end in ends for answer in self._hear(end)]

    def pages(self, *pages: Page, **pressed: str) -> list[Answer]:
        """Send each page in a process of its own, at the same moment, as whoever opened it."""
        forms = [[Form.of(page, **pressed)] for page in pages]
        db.session.rollback()
        answers = self.run({}, forms)
        db.session.rollback()
        db.session.expire_all()
        return answers

    def __enter__(self) -> "Race":
        return self

    def __exit__(self, *_: object) -> None:
        for end in self._ends:
            end.send(None)
            end.close()
        for process in self._processes:
            process.join(TOO_LONG)
            process.close()
