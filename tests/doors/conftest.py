"""One office for all tests of doors: seven passwords are hashed once, not in every test."""

from __future__ import annotations

import pytest

from tests.conftest import StillClock
from tests.doors.kit import Desk
from tests.journeys.kit import house


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    """A running installation without an understanding server; its clock stands on Monday 23/11/2026, 9:00."""
    with house(tmp_path_factory.mktemp("doors"), StillClock()) as running:
        yield Desk(running)


@pytest.fixture
def fresh(tmp_path):
    """An office of its own: for counting, and for what moves the clock."""
    with house(tmp_path / "data", StillClock()) as running:
        yield Desk(running)
