"""Fixtures that everybody shares. `database` runs each test once per database: SQLite always, PostgreSQL where it is asked for.

MOTCUA_TEST_POSTGRES and MOTCUA_TEST_REDIS name running servers (./test starts them); without them those runs are skipped,
and with CI=true a skip is a failure.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from backend.clock import Clock
from backend.store.db import Database, normal_url
from backend.store.migrate import migrate
from backend.store.vault import Vault

SECRET = "a secret for tests, long enough to count"
POSTGRES = os.environ.get("MOTCUA_TEST_POSTGRES")
REDIS = os.environ.get("MOTCUA_TEST_REDIS")


class StillClock(Clock):
    """A clock that stands until it is moved: Monday 23/11/2026, 9:00 in Việt Nam."""

    def __init__(self, at: datetime = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)):
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at

    def shift(self, by: timedelta) -> None:
        self.at += by


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault(SECRET)


@pytest.fixture
def sqlite_database(tmp_path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def postgres_database() -> Iterator[Database]:
    """A fresh database on the real server."""
    if not POSTGRES:
        pytest.skip("no PostgreSQL: run ./test, or set MOTCUA_TEST_POSTGRES")
    name = f"t_{secrets.token_hex(6)}"
    server = create_engine(normal_url(POSTGRES), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    database = Database(str(server.url.set(database=name).render_as_string(hide_password=False)))
    migrate(database)
    yield database
    database.close()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.servers)])
def database(request) -> Database:
    """Every test that asks for this runs on both databases."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def redis_url() -> str:
    if not REDIS:
        pytest.skip("no Valkey: run ./test, or set MOTCUA_TEST_REDIS")
    return REDIS
