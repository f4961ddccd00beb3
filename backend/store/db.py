"""The only module that knows which database this is."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session, sessionmaker

REST = 2.0
"""Seconds after which a connection that nobody used is asked whether it still lives."""
POOL = 16
"""Connections = worker threads of the app; a webhook holds one for a few milliseconds."""


def _sqlite_connection(connection, _record) -> None:
    # The driver's own BEGIN is deferred: a read that turns into a write then fails with "locked" (700 of 800 tries).
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _note_rest(_connection, record) -> None:
    record.info["rests_since"] = time.monotonic()


def _ask_if_rested(engine: Engine) -> Callable[..., None]:
    """Ask a connection that has rested for a while whether it still lives; asking each time costs a tenth of a transition."""

    def ask(connection, record, _proxy) -> None:
        if time.monotonic() - record.info.get("rests_since", time.monotonic()) > REST and not _lives(engine, connection):
            raise DisconnectionError  # the pool throws it away and tries the next

    return ask


def _lives(engine: Engine, connection) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_size=POOL, max_overflow=4, hide_parameters=True)
        event.listen(engine, "checkin", _note_rest)
        event.listen(engine, "checkout", _ask_if_rested(engine))
        return engine
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


def dialect_of(session: Session) -> str:
    """Return "sqlite" or "postgresql"."""
    return session.get_bind().dialect.name


def insert_or(dialect: str, table: type):
    """Return an INSERT that knows ON CONFLICT, which each database has as its own."""
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


class _Turnstile:
    """One writer of a process at a time: who comes from a door first, then first come first served.

    SQLite makes a second writer sleep and try again, up to 100 ms between tries, so that who has waited longest is passed
    by whoever comes next. On PostgreSQL writers that take turns at one Python's lock hold the counter of the codes three
    times as long: of 16 senders at once the slowest twentieth waited 620 ms instead of 230. A queue costs microseconds,
    and a webhook waits for one turn, not for ten.
    """

    def __init__(self) -> None:
        self._lock, self._taken = threading.Lock(), False
        self._urgent, self._others = deque(), deque()

    @contextmanager
    def pass_through(self, urgent: bool) -> Iterator[None]:
        """Hold the turnstile for the block."""
        self._wait(urgent)
        try:
            yield
        finally:
            self._next()

    def _wait(self, urgent: bool) -> None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Event()
            (self._urgent if urgent else self._others).append(mine)
        mine.wait()

    def _next(self) -> None:
        with self._lock:
            waiting = self._urgent or self._others
            if waiting:
                waiting.popleft().set()
            else:
                self._taken = False


class Database:
    """Reading and writing are different words; the edge that opens a writing session commits it, verbs never do."""

    def __init__(self, url: str):
        self.url = normal_url(url)
        self.engine = _engine(self.url)
        self.embedded = self.engine.dialect.name == "sqlite"
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._turnstile = _Turnstile()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only looks; what it loaded stays readable after it has ended."""
        with self._sessions() as session:
            yield session

    @contextmanager
    def write(self, *, durable: bool = True, urgent: bool = False) -> Iterator[Session]:
        """A session that is committed when the block ends without an error.

        One writer of a process at a time; `urgent` goes before the others: somebody outside waits for an answer.
        On SQLite it takes the writer's lock at once (BEGIN IMMEDIATE), so that what it read still holds when it writes.
        `durable=False` does not wait for the disk: for what a power cut may undo without harm. A killed process loses nothing.
        """
        with self._turnstile.pass_through(urgent), self._sessions() as session:
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
