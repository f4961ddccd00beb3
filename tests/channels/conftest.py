from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


class Hand:
    """A clock that the test moves by hand."""

    def __init__(self, now: datetime = MORNING):
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **much: float) -> None:
        self.now += timedelta(**much)


@pytest.fixture
def clock() -> Hand:
    return Hand()
