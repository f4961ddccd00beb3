"""The line to other offices: delivers what lies in the outbox, in order per dossier, and waits as long as it must.

A line that is down is no failure of a message: its job waits by `Later`, which never buries it. Only the first job tries a
silent peer; the others wait with it, so that a thousand queued dossiers cost one connection attempt at a time.
Price: while a peer is down each of its jobs is looked at once per pause, five minutes at the longest.
"""

from __future__ import annotations

import json
import re
import threading
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import update

from backend.clock import Clock
from backend.domain import exchange
from backend.office import exchange as office_exchange
from backend.office import jobs
from backend.office.bell import Bell
from backend.office.exchange_out import BODY
from backend.office.jobs import Claim, Later
from backend.office.kit import Office
from backend.store.db import Database
from backend.store.tables import ExchangeOut
from backend.store.types import new_id

TIMEOUT = 10.0
"""Seconds for a request; well within a job's lease."""
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300))
"""How long a peer is left alone after its first, second … silence."""
_FINAL = (400, 409)
"""Trying again cannot help: the message itself is refused."""


class Silent(Exception):
    """A peer did not answer as agreed. The message is for staff: no personal data."""


class Line:
    """Requests to every peer of an installation; one for all worker threads."""

    def __init__(self, database: Database, office: Office, clock: Clock, bell: Bell, client: httpx.Client):
        self._database, self._office, self._clock, self._bell, self._client = database, office, clock, bell, client
        self._lock = threading.Lock()
        self._silent: dict[str, tuple[int, datetime]] = {}
        """Peer -> (silences in a row, when it may be tried again)."""

    def deliver(self, claim: Claim) -> None:
        """Handle an "exchange" job: bring one message to its office. Raises Later while the office cannot be reached."""
        given = self._give_to_line(claim)
        if given is None:
            return
        peer, row, body = given
        try:
            answer = self._ask(peer, "POST", exchange.MESSAGES, row.id, body)
        except Silent as silent:
            raise Later(str(silent), self._fell_silent(peer.id)) from None
        self._spoke(peer.id)
        self._close(claim, row, answer)
        self._bell.ring("dossier")

    def _give_to_line(self, claim: Claim) -> tuple[exchange.Peer, ExchangeOut, bytes] | None:
        """Note that the message is under way, so that a crash leaves it as `sent`, and return it; None when its way has ended."""
        with self._database.read() as session:
            row = session.get(ExchangeOut, claim.ids["out"])
        peer = self._office.peers.get(row.peer)
        if row.state not in ("queued", "sent"):
            with self._database.write() as session:
                jobs.finish(session, claim)
            return None
        if peer is None:
            raise Later(f"EXCHANGE_PEERS does not name {row.peer}", PAUSES[-1])
        if wait := self._wait(peer.id):
            raise Later(f"{peer.id} is silent", wait)
        with self._database.write(durable=False) as session:
            values = {"state": "sent", "attempts": ExchangeOut.attempts + 1}
            session.execute(update(ExchangeOut).where(ExchangeOut.id == row.id).values(values))
        return peer, row, self._office.vault.open_bytes(row.body_sealed, BODY + row.id)

    def _wait(self, peer: str) -> timedelta | None:
        """How long to leave a silent peer alone; None for whoever is the next to try it, for whom the others wait."""
        now = self._clock.now()
        with self._lock:
            if peer not in self._silent:
                return None
            times, until = self._silent[peer]
            if now < until:
                return until - now
            self._silent[peer] = (times, now + timedelta(seconds=TIMEOUT))
            return None

    def _fell_silent(self, peer: str) -> timedelta:
        with self._lock:
            times = self._silent.get(peer, (0, None))[0] + 1
            pause = PAUSES[min(times, len(PAUSES)) - 1]
            self._silent[peer] = (times, self._clock.now() + pause)
        return pause

    def _spoke(self, peer: str) -> None:
        with self._lock:
            self._silent.pop(peer, None)

    def _ask(self, peer: exchange.Peer, method: str, path: str, id: str, body: bytes = b"") -> dict[str, Any]:
        headers = exchange.signed(peer.key, self._office.unit, method, path, self._clock.now(), id, body)
        try:
            found = self._client.request(method, peer.url + path, content=body or None, headers=headers, timeout=TIMEOUT)
        except httpx.HTTPError as error:
            raise Silent(f"{peer.id}: {type(error).__name__}") from None
        if found.status_code != 200 and (found.status_code not in _FINAL or not found.headers.get("content-type", "").startswith("application/json")):
            raise Silent(f"{peer.id} answers {found.status_code}")
        try:
            answer = found.json()
        except json.JSONDecodeError:
            raise Silent(f"{peer.id} answers without JSON") from None
        if not isinstance(answer, dict) or (method == "POST" and (answer.get("id") != id or answer.get("state") not in ("applied", "refused"))):
            raise Silent(f"{peer.id} answers something else")
        return answer

    def _close(self, claim: Claim, row: ExchangeOut, answer: dict[str, Any]) -> None:
        now = self._clock.now()
        with self._database.write() as session:
            jobs.finish(session, claim)
            ended = {"applied": "acknowledged", "refused": "refused"}[answer["state"]]
            values = {"state": ended, "reason": _key(answer), "closed_at": now}
            session.execute(update(ExchangeOut).where(ExchangeOut.id == row.id).values(values))
            office_exchange.delivered(session, self._office, row.kind, row.dossier_id, answer, now)

    def summary(self, peer: exchange.Peer, query: str) -> dict[str, Any]:
        """Ask a peer what it holds of our exchange. Raises Silent."""
        return self._ask(peer, "GET", f"{exchange.SUMMARY}?{query}", new_id())


def _key(answer: dict[str, Any]) -> str | None:
    """The reason of a refusal, if it is a key: what another system writes there may be a sentence about a person."""
    reason = answer.get("reason")
    if not reason:
        return None
    return reason if isinstance(reason, str) and re.fullmatch(r"[a-z_]{1,40}", reason) else "other"
