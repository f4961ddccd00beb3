"""The only module that knows which database this is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

POOL = 16
"""Connections = worker threads of the app; a webhook holds one for a few milliseconds."""


def _sqlite_connection(connection, _record) -> None:
    # The driver's own BEGIN is deferred: a read that turns into a write then fails with "locked" (700 of 800 tries).
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=POOL, max_overflow=4, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, pool_size=POOL, max_overflow=4, connect_args={"check_same_thread": False}, hide_parameters=True)
    event.listen(engine, "connect", _sqlite_connection)
    return engine


def sqlite_url(data_dir: Path) -> str:
    """Return the address of the embedded database in `data_dir`."""
    return f"sqlite:///{data_dir / 'motcua.db'}"


def normal_url(url: str) -> str:
    """Return `url` with the psycopg 3 driver named for the PostgreSQL spellings people use."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


class Database:
    """Reading and writing are different words; the edge that opens a writing session commits it, verbs never do."""

    def __init__(self, url: str):
        self.url = normal_url(url)
        self.engine = _engine(self.url)
        self.embedded = self.engine.dialect.name == "sqlite"
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only looks; what it loaded stays readable after it has ended."""
        with self._sessions() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that is committed when the block ends without an error.

        On SQLite it takes the writer's lock at once (BEGIN IMMEDIATE), so that what it read still holds when it writes.
        """
        with self._sessions() as session:
            if self.embedded:
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            yield session
            session.commit()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
