"""The only module that knows which database this is."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, text
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


class _Turnstile:
    """One writer at a time, first come first served.

    SQLite makes a second writer sleep and try again, up to 100 ms between tries, so that who has waited longest is passed
    by whoever comes next; a queue in front of it costs microseconds and keeps a webhook from waiting behind ten turns.
    """

    def __init__(self) -> None:
        self._lock, self._waiting, self._taken = threading.Lock(), deque(), False

    def __enter__(self) -> None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Event()
            self._waiting.append(mine)
        mine.wait()

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


class Database:
    """Reading and writing are different words; the edge that opens a writing session commits it, verbs never do."""

    def __init__(self, url: str):
        self.url = normal_url(url)
        self.engine = _engine(self.url)
        self.embedded = self.engine.dialect.name == "sqlite"
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._turnstile = _Turnstile() if self.embedded else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only looks; what it loaded stays readable after it has ended."""
        with self._sessions() as session:
            yield session

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Session]:
        """A session that is committed when the block ends without an error.

        On SQLite it takes the writer's lock at once (BEGIN IMMEDIATE), so that what it read still holds when it writes.
        `durable=False` does not wait for the disk: for what a power cut may undo without harm. A killed process loses nothing.
        """
        with self._turnstile, self._sessions() as session:
            self._begin(session, durable)
            yield session
            session.commit()

    def _begin(self, session: Session, durable: bool) -> None:
        if self.embedded:
            begin = session.connection().connection.cursor().execute
            begin(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            begin("BEGIN IMMEDIATE")
        elif not durable:
            session.execute(text("SET LOCAL synchronous_commit = off"))

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
