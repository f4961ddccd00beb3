"""One act for one key: the first answer is kept beside the act, and told again to whoever repeats the request.

What was refused has left nothing behind, so nothing is kept of it: a repeat is judged anew.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from backend.office.kit import Office, Refused
from backend.store.db import dialect_of
from backend.store.tables import KeptAnswer

LIFE = timedelta(hours=24)
MOST = 120
"""Letters of a key."""
_SEALED = "kept_answer.answer:"
_MINE = text("SELECT pg_try_advisory_xact_lock(:number)")


@dataclass(frozen=True)
class Answer:
    """An answer as it goes out; `headers` are those that a repeat must carry too."""

    status: int
    headers: dict[str, str]
    body: bytes


class Running:
    """The keys whose first request is being worked on in this process."""

    def __init__(self) -> None:
        self._keys: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, token_id: str, key: str) -> Iterator[None]:
        """Keep others of the same key out for the block. Raises Refused("key_running")."""
        with self._lock:
            if (token_id, key) in self._keys:
                raise Refused("key_running")
            self._keys.add((token_id, key))
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard((token_id, key))


def fingerprint(*parts: bytes) -> str:
    """Return the digest of a request: its method, address and body."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def lock(session: Session, token_id: str, key: str) -> None:
    """Keep other processes of the same key out until this transaction ends. Raises Refused("key_running").

    The embedded database has one process with doors, which `Running` serves.
    """
    if dialect_of(session) == "postgresql":
        number = int.from_bytes(hashlib.sha256(f"{token_id}\0{key}".encode()).digest()[:8], "big", signed=True)
        if not session.scalar(_MINE, {"number": number}):
            raise Refused("key_running")


def kept(session: Session, office: Office, token_id: str, key: str, print_: str, now: datetime) -> Answer | None:
    """Return the first answer under a key, None where there is none. Raises Refused("key_other_body")."""
    row = session.get(KeptAnswer, (token_id, key))
    if row is None:
        return None
    if row.expires_at <= now:
        session.execute(delete(KeptAnswer).where(KeptAnswer.token_id == token_id, KeptAnswer.key == key))
        session.expunge(row)
        return None
    if row.fingerprint != print_:
        raise Refused("key_other_body")
    head, _, body = office.vault.open_bytes(row.answer_sealed, _place(token_id, key)).partition(b"\n\n")
    headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
    return Answer(row.status, headers, body)


def keep(session: Session, office: Office, token_id: str, key: str, print_: str, answer: Answer, now: datetime) -> None:
    """Write the first answer in the caller's transaction: it is there exactly when the act is."""
    row = KeptAnswer(token_id=token_id, key=key, fingerprint=print_, status=answer.status, created_at=now, expires_at=now + LIFE)
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items()).encode()
    row.answer_sealed = office.vault.seal(head + b"\n\n" + answer.body, _place(token_id, key))
    session.add(row)


def _place(token_id: str, key: str) -> str:
    return f"{_SEALED}{token_id}/{key}"
