"""A second person at a second browser, an administrator, and the letters that are sent."""

import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from core import mail
from core.models import User
from tests import cast as people
from tests.conftest import Client
from tests.racing import Race, Run


@pytest.fixture
def colleague(app: Flask) -> Client:
    """A browser in which somebody else is signed in."""
    return app.test_client().sign_in(people.administrator())


@pytest.fixture
def adam(app: Flask) -> User:
    """The administrator."""
    return people.administrator()


@pytest.fixture
def admin(app: Flask, adam: User) -> Client:
    """A browser in which the administrator is signed in."""
    return app.test_client().sign_in(adam)


@pytest.fixture
def letters(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[EmailMessage]]:
    """A mail server that takes everything; letters() are those that it has."""
    app.config.update(SMTP_URL="smtp://mail.example.org", SITE_URL="https://joinery.example.org")
    taken: list[EmailMessage] = []
    monkeypatch.setattr(mail, "_deliver", lambda _url, message: taken.append(message))

    def all_of_them() -> list[EmailMessage]:
        for thread in [one for one in threading.enumerate() if one.name == "letter"]:
            thread.join()
        return taken

    return all_of_them


def link_in(letter: Any) -> str:
    """The path of the one link of a letter."""
    (found,) = [line for line in letter.get_content().split() if line.startswith("https://")]
    assert found.startswith("https://joinery.example.org/")
    return str(found.removeprefix("https://joinery.example.org"))


@pytest.fixture(scope="module")
def processes(_app: Flask) -> Iterator[Race]:
    """Four processes, each with an application of its own (`tests/racing.py`)."""
    with Race(_app.config["SQLALCHEMY_DATABASE_URI"]) as race:
        yield race


@pytest.fixture
def race(processes: Race, app: Flask) -> Run:
    """Sends each page in a process of its own, all at the same moment."""
    return processes.pages
