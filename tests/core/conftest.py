"""A second person at a second browser."""

import pytest
from flask import Flask

from tests import cast as people
from tests.conftest import Client


@pytest.fixture
def colleague(app: Flask) -> Client:
    """A browser in which somebody else is signed in."""
    return app.test_client().sign_in(people.administrator())
