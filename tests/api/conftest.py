"""The office of the doors' tests, with other systems that call it."""

from __future__ import annotations

import pytest

from tests.api.kit import System, token
from tests.doors.conftest import desk, fresh  # noqa: F401
from tests.doors.kit import Desk


@pytest.fixture(scope="session")
def portal(desk: Desk) -> System:  # noqa: F811
    """A system that may do everything."""
    return System(desk, token(desk))
