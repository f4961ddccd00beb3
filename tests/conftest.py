"""Fixtures that everybody shares. `database` runs each test once per database: SQLite always, PostgreSQL where it is asked for.

MOTCUA_TEST_POSTGRES and MOTCUA_TEST_REDIS name running servers (./test starts them); without them those runs are skipped,
and with CI=true a skip is a failure.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

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


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """A migrated file, copied for every test: migrating each anew costs most of a test's time."""
    path = tmp_path_factory.mktemp("template") / "test.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture
def sqlite_database(tmp_path, sqlite_template) -> Iterator[Database]:
    shutil.copy(sqlite_template, tmp_path / "test.db")
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Engine]:
    """The real server, with a migrated database to copy."""
    if not POSTGRES:
        pytest.skip("no PostgreSQL: run ./test, or set MOTCUA_TEST_POSTGRES")
    server = create_engine(normal_url(POSTGRES), isolation_level="AUTOCOMMIT")
    with _on_server(server, f"t_{secrets.token_hex(6)}", "template1") as template:
        migrate(template)
        template.close()
        server.template = template.engine.url.database
        yield server
    server.dispose()


@contextmanager
def _on_server(server: Engine, name: str, template: str) -> Iterator[Database]:
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    database = Database(server.url.set(database=name).render_as_string(hide_password=False))
    yield database
    database.close()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def postgres_database(postgres_server) -> Iterator[Database]:
    """A fresh database on the real server."""
    with _on_server(postgres_server, f"t_{secrets.token_hex(6)}", postgres_server.template) as database:
        yield database


BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.servers)]
"""Parameters of what must hold on both databases."""


@contextmanager
def stores(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The settings of an installation on SQLite, or on PostgreSQL and Valkey, by the parameter of the fixture that asks."""
    if request.param == "sqlite":
        yield {}
        return
    if not REDIS:
        pytest.skip("no Valkey: run ./test, or set MOTCUA_TEST_REDIS")
    server = request.getfixturevalue("postgres_server")
    with _on_server(server, f"t_{secrets.token_hex(6)}", server.template) as database:
        url = database.engine.url.render_as_string(hide_password=False)
        yield {"DATABASE_URL": url, "REDIS_URL": REDIS, "SECRET_KEY": SECRET}


@pytest.fixture(params=BOTH)
def database(request) -> Database:
    """Every test that asks for this runs on both databases."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def redis_url() -> str:
    if not REDIS:
        pytest.skip("no Valkey: run ./test, or set MOTCUA_TEST_REDIS")
    return REDIS
