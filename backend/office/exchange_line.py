"""The line to other offices: delivers what lies in the outbox, in order per dossier, and waits as long as it must.

A line that is down is no failure of a message: its job waits by `Later`, which never buries it. Only the first job tries a
silent peer; the others wait with it, so that a thousand queued dossiers cost one connection attempt at a time.
Price: while a peer is down each of its jobs is looked at once per pause, five minutes at the longest.
"""

from __future__ import annotations

import json
import re
import threading
import time
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import update

from backend.clock import Clock
from backend.domain import exchange
from backend.office import exchange as office_exchange
from backend.office import exchange_files, jobs
from backend.office.bell import Bell
from backend.office.exchange_out import BODY
from backend.office.jobs import Claim, Later
from backend.office.kit import Office
from backend.store.db import Database
from backend.store.tables import ExchangeFileOut, ExchangeOut
from backend.store.types import new_id

TIMEOUT = 10.0
"""Seconds for a request; well within a job's lease."""
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300))
"""How long a peer is left alone after its first, second … silence."""
SPELL = 30.0
"""Seconds that one claim gives to the pieces of a file, so that its lease never runs out; the rest is a claim of its own."""
_FILE_STATES = ("partial", "complete", "refused")
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
        """Handle an "exchange" job: bring one message, or one file, to its office. Raises Later while the office cannot be reached."""
        if "file" in claim.ids:
            self._bring(claim)
            return
        given = self._give_to_line(claim)
        if given is None:
            return
        peer, row, body = given
        try:
            answer = self._ask(peer, "POST", exchange.MESSAGES, row.id, body, ("applied", "refused"))
        except Silent as silent:
            raise Later(str(silent), self._fell_silent(peer.id)) from None
        self._spoke(peer.id)
        self._close(claim, row, answer)
        self._bell.ring("dossier")

    def _give_to_line(self, claim: Claim) -> tuple[exchange.Peer, ExchangeOut, bytes] | None:
        """Note that the message is under way, so that a crash leaves it as `sent`, and return it; None when its way has ended."""
        with self._database.read() as session:
            row = session.get(ExchangeOut, claim.ids["out"])
        if row.state not in ("queued", "sent"):
            with self._database.write() as session:
                jobs.finish(session, claim)
            return None
        peer = self._reachable(row.peer)
        with self._database.write(durable=False) as session:
            values = {"state": "sent", "attempts": ExchangeOut.attempts + 1}
            session.execute(update(ExchangeOut).where(ExchangeOut.id == row.id).values(values))
        return peer, row, self._office.vault.open_bytes(row.body_sealed, BODY + row.id)

    def _reachable(self, name: str) -> exchange.Peer:
        """The peer of an id. Raises Later for one that is not named in the settings, or is silent."""
        peer = self._office.peers.get(name)
        if peer is None:
            raise Later(f"EXCHANGE_PEERS does not name {name}", PAUSES[-1])
        if wait := self._wait(peer.id):
            raise Later(f"{peer.id} is silent", wait)
        return peer

    def _bring(self, claim: Claim) -> None:
        """Bring a file, piece by piece from where the other side has it. Raises Later for the rest when the lease would run out."""
        with self._database.read() as session:
            row = session.get(ExchangeFileOut, claim.ids["file"])
            found, lost = exchange_files.content(session, self._office, row) if row and row.state in ("queued", "sent") else (None, None)
        if found is None:
            self._end_file(claim, row, "lost" if lost else None, lost)
            return
        peer = self._reachable(row.peer)
        try:
            answer = self._pieces(peer, row, found)
        except Silent as silent:
            raise Later(str(silent), self._fell_silent(peer.id)) from None
        self._spoke(peer.id)
        if answer["state"] == "partial":
            raise Later("the rest of a file", timedelta(milliseconds=1))
        whole = answer["state"] == "complete"
        self._end_file(claim, row, "acknowledged" if whole else "lost", None if whole else _key(answer))

    def _pieces(self, peer: exchange.Peer, row: ExchangeFileOut, found: bytes) -> dict[str, Any]:
        """Return the last answer: complete, refused, or partial when the time of one claim is over."""
        with self._database.write(durable=False) as session:
            session.execute(update(ExchangeFileOut).where(ExchangeFileOut.id == row.id).values(state="sent"))
        path, ends = exchange.file_path(row.hand_over, row.sha256), time.monotonic() + SPELL
        answer = self._ask(peer, "GET", path, row.id, states=_FILE_STATES)
        while answer["state"] == "partial" and time.monotonic() < ends:
            have = _have(peer, answer, len(found))
            answer = self._ask(peer, "PUT", f"{path}?start={have}", row.id, found[have : have + exchange.PIECE], _FILE_STATES)
            if answer["state"] == "partial" and _have(peer, answer, len(found)) <= have:
                raise Silent(f"{peer.id} takes no piece")
        return answer

    def _end_file(self, claim: Claim, row: ExchangeFileOut | None, state: str | None, reason: str | None) -> None:
        """End the job of a file; what is lost is said to the other side. `state` None = its way has ended before."""
        now = self._clock.now()
        with self._database.write() as session:
            jobs.finish(session, claim)
            if state == "lost":
                exchange_files.lose(session, self._office, row, reason, now)
            elif state:
                session.execute(update(ExchangeFileOut).where(ExchangeFileOut.id == row.id).values(state=state, closed_at=now))
        self._bell.ring("job")
        self._bell.ring("dossier")

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

    def _ask(self, peer: exchange.Peer, method: str, path: str, id: str, body: bytes = b"", states: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return the answer, in one of `states` where they are named. Raises Silent for anything else."""
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
        if not isinstance(answer, dict) or (states and (answer.get("id") != id or answer.get("state") not in states)):
            raise Silent(f"{peer.id} answers something else")
        return answer

    def _close(self, claim: Claim, row: ExchangeOut, answer: dict[str, Any]) -> None:
        now = self._clock.now()
        with self._database.write() as session:
            jobs.finish(session, claim)
            ended = {"applied": "acknowledged", "refused": "refused"}[answer["state"]]
            values = {"state": ended, "reason": _key(answer), "closed_at": now}
            session.execute(update(ExchangeOut).where(ExchangeOut.id == row.id).values(values))
            office_exchange.delivered(session, self._office, row, answer, now)

    def summary(self, peer: exchange.Peer, query: str) -> dict[str, Any]:
        """Ask a peer what it holds of our exchange. Raises Silent."""
        return self._ask(peer, "GET", f"{exchange.SUMMARY}?{query}", new_id())


def _have(peer: exchange.Peer, answer: dict[str, Any], size: int) -> int:
    have = answer.get("have")
    if not isinstance(have, int) or not 0 <= have < size:
        raise Silent(f"{peer.id} answers something else")
    return have


def _key(answer: dict[str, Any]) -> str | None:
    """The reason of a refusal, if it is a key: what another system writes there may be a sentence about a person."""
    reason = answer.get("reason")
    if not reason:
        return None
    return reason if isinstance(reason, str) and re.fullmatch(r"[a-z_]{1,40}", reason) else "other"
