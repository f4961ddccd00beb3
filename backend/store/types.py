"""Column types: one UTC time, one id, one JSON; every difference between the databases ends here."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, datetime

from sqlalchemy import JSON, DateTime, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

Id = String(26)
Json = JSON().with_variant(JSONB(), "postgresql")


_lock = threading.Lock()
_last = (0, 0)


def new_id() -> str:
    """Return 26 hex characters that sort in the order they were made in: millisecond, number within it, 40 random bits.

    The number matters where one answer has two pages: they are written in the same millisecond and shown in this order.
    """
    global _last
    with _lock:
        now = max(time.time_ns() // 1_000_000, _last[0])
        _last = (now, _last[1] + 1 if now == _last[0] else 0)
        return f"{_last[0]:012x}{_last[1]:04x}{secrets.token_hex(5)}"


class Utc(TypeDecorator):
    """An aware UTC datetime in Python; timestamptz on PostgreSQL, sortable text on SQLite.

    Raises ValueError for a naive value: a time without a zone is a bug seven hours wide.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        moved = value.astimezone(UTC)
        return moved.replace(tzinfo=None) if dialect.name == "sqlite" else moved

    def process_result_value(self, value: datetime | None, dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
