"""One office for all tests of doors: seven passwords are hashed once, not in every test."""

from __future__ import annotations

import pytest

from tests.conftest import BOTH, StillClock, stores
from tests.doors.kit import Desk
from tests.journeys.kit import house

UNCOUNTED = {"API_PER_MINUTE": 0, "API_WRITES_PER_MINUTE": 0}
"""Tests ask more in a minute than any system does; how requests are counted has its own test."""


@pytest.fixture(scope="session", params=BOTH)
def desk(request, tmp_path_factory):
    """A running installation without an understanding server; its clock stands on Monday 23/11/2026, 9:00."""
    with stores(request) as where, house(tmp_path_factory.mktemp("doors"), StillClock(), **UNCOUNTED, **where) as running:
        yield Desk(running)


@pytest.fixture(params=BOTH)
def fresh(request, tmp_path):
    """An office of its own: for counting, and for what moves the clock."""
    with stores(request) as where, house(tmp_path / "data", StillClock(), **UNCOUNTED, **where) as running:
        yield Desk(running)
