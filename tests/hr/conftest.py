"""People whom several tests of staffing talk about."""

import pytest

from hr.models import Employee
from tests import factories
from tests.cast import Cast


@pytest.fixture
def half_in_it(cast: Cast) -> Employee:
    """S1 begins: Ann is in IT with 0.500 from 2025-01-01."""
    factories.stay(cast.ann, cast.it, "2025-01-01", fte="0.500")
    return cast.ann
