"""One trained model for all journeys, and a house a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import nlu_server
from tests.conftest import BOTH, stores
from tests.journeys.kit import house

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def nlu():
    """The real understanding server with the real model, trained if there is none; gives (url, token)."""
    with nlu_server.client(ROOT, None, None) as client:
        yield {"NLU_URL": client.url, "NLU_TOKEN": client.token}


@pytest.fixture(params=BOTH)
def home(request, tmp_path, nlu, clock):
    """A running installation with the real model; its clock stands on Monday 23/11/2026, 9:00."""
    with stores(request) as where, house(tmp_path / "data", clock, **nlu, **where) as running:
        yield running
