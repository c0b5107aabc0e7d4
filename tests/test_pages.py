"""What holds for each page there is."""

import pytest
from flask import Flask

from tests import cast as people
from tests import world
from tests.cast import Cast
from tests.conftest import Client


@pytest.fixture
def addresses(app: Flask, cast: Cast) -> list[str]:
    """Every page, each with a record that is there."""
    world.fill(cast)
    return world.addresses(app)


def test_every_page_can_be_opened(client: Client, addresses: list[str]) -> None:
    answers = {address: client.get(address, follow_redirects=True) for address in addresses}
    wrong = [
        f"{address} answered {answer.status}"
        for address, answer in answers.items()
        if answer.status_code != 200
    ]
    assert not wrong, "\n".join(wrong)


def test_every_page_can_be_opened_when_there_is_nothing_yet(app: Flask) -> None:
    client = app.test_client().sign_in(people.administrator())
    answers = {address: client.get(address, follow_redirects=True) for address in world.addresses(app)}
    wrong = [
        f"{address} answered {answer.status}"
        for address, answer in answers.items()
        if answer.status_code not in (200, 404)
    ]
    assert not wrong, "\n".join(wrong)
