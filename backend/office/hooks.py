"""Addresses that are told what happens to dossiers: registered, written in the event's own transaction, signed, tried again.

Where we may call is decided by whoever runs the installation, never by a caller: HOOK_ORIGINS lists the origins, it is empty
at first, and an address outside it is neither registered nor called. So a token cannot make us knock at a machine inside.
Redirects are not followed. What is told: which dossier by code, what was done, the status. No names, no words.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.clock import Clock, local
from backend.office import api_tokens, jobs
from backend.office.kit import Office, Refused
from backend.store.db import Database
from backend.store.tables import ApiToken, Dossier, Event, Hook, HookDelivery
from backend.store.types import new_id

MOST = 20
"""Hooks of one unit."""
SECONDS = 10.0
_URL, _SECRET = "hook.url:", "hook.secret:"


def origin(url: str) -> str | None:
    """Return scheme, host and port of an address, None for one that may never be called.

    https everywhere; http only to an address of this machine or a private network, where the cable is the office's own.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if not host or port is None or parts.username or parts.password or (parts.scheme == "http" and not _inside(host)):
        return None
    return f"{parts.scheme}://{host}:{port}" if parts.scheme in ("https", "http") else None


def _inside(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost"


def allowed(url: str, origins: Sequence[str]) -> bool:
    """Whether an address lies under one of the registered origins."""
    ours = origin(url)
    return ours is not None and ours in {origin(one) for one in origins}


def register(
    session: Session, office: Office, url: str, events: Sequence[str], origins: Sequence[str], made_by: str, now: datetime, fields: Sequence[str] = ()
) -> tuple[Hook, str]:
    """Write a hook and return (row, secret of its signatures), which is shown once. `fields` = those of the token, none = all.

    Raises Refused("hook_origin", "hook_event", "hooks_many").
    """
    if not allowed(url, origins):
        raise Refused("hook_origin")
    if any(name != "*" and office.workflow.rule(name) is None for name in events):
        raise Refused("hook_event")
    if len(listed(session, office)) >= MOST:
        raise Refused("hooks_many", most=MOST)
    row, secret = Hook(id=new_id(), unit=office.unit, events=sorted(set(events)), active=True, made_by=made_by, created_at=now), secrets.token_urlsafe(32)
    row.fields = list(fields)
    row.url_sealed = office.vault.seal(url.strip(), _URL + row.id)
    row.secret_sealed = office.vault.seal(secret, _SECRET + row.id)
    session.add(row)
    return row, secret


def url_of(office: Office, row: Hook) -> str:
    """Return the address of a hook."""
    return office.vault.open(row.url_sealed, _URL + row.id)


def listed(session: Session, office: Office, within: Sequence[str] = ()) -> list[Hook]:
    """Return the active hooks of the unit in the order they were made; of a token held to the fields `within`, those that hear of no other."""
    rows = session.scalars(select(Hook).where(Hook.unit == office.unit, Hook.active).order_by(Hook.id))
    return [row for row in rows if _inside_fields(row, within)]


def _inside_fields(row: Hook, within: Sequence[str]) -> bool:
    return not within or (bool(row.fields) and set(row.fields) <= set(within))


def found(session: Session, office: Office, hook_id: str, within: Sequence[str] = ()) -> Hook:
    """Return a hook of the unit that `listed` would show, also an ended one. Raises Refused("hook_unknown")."""
    row = session.get(Hook, hook_id)
    if row is None or row.unit != office.unit or not _inside_fields(row, within):
        raise Refused("hook_unknown")
    return row


def end(session: Session, office: Office, hook_id: str, within: Sequence[str] = ()) -> None:
    """Tell this address nothing more; what is still queued is dropped. Raises Refused("hook_unknown")."""
    found(session, office, hook_id, within).active = False


def deliveries(session: Session, row: Hook) -> list[HookDelivery]:
    """Return the newest two hundred deliveries of a hook."""
    query = select(HookDelivery).where(HookDelivery.hook_id == row.id).order_by(HookDelivery.created_at.desc(), HookDelivery.event_id.desc())
    return list(session.scalars(query.limit(200)))


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return what Motcua-Signature holds: HMAC-SHA256 over "timestamp.body", in hex."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def body_of(event: Event, dossier: Dossier) -> bytes:
    """Return what is told of an event."""
    told = {"id": event.id, "type": f"dossier.{event.action}", "dossier": dossier.code, "seq": event.seq, "status": event.to_status, "at": local(event.at).isoformat()}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


class Teller:
    """Does the jobs of kind "hook": posts one event to one address."""

    def __init__(self, database: Database, office: Office, clock: Clock, origins: Sequence[str], http: httpx.Client):
        self._database, self._office, self._clock, self._origins, self._http = database, office, clock, origins, http

    def __call__(self, claim: jobs.Claim) -> None:
        """Post, and write how it fared. Raises jobs.Later to be tried again by the queue's backoff; the last try leaves a dead job.

        A dossier outside the hook's fields is nobody's business there: not even that something was held back is written.
        """
        with self._database.read() as session:
            hook, event = session.get(Hook, claim.ids["hook"]), session.get(Event, claim.ids["event"])
            dossier, maker = session.get(Dossier, event.dossier_id), api_tokens.maker(session, hook.made_by)
        if (reach := api_tokens.reach(self._office, hook.fields)) is not None and dossier.procedure not in reach:
            return self._forget(claim)
        url = url_of(self._office, hook)
        if why := self._ended(hook, maker, url):
            return self._settle(claim, "dropped", why, event)
        answer = self._post(hook, url, body_of(event, dossier), event.id)
        if answer.isdigit() and 200 <= int(answer) < 300:
            return self._settle(claim, "delivered", answer, event)
        with self._database.write() as session:
            self._write(session, claim, "dead" if claim.attempts >= jobs.MAX_ATTEMPTS else "failed", answer, event)
        raise jobs.Later(f"hook: {answer}")

    def _ended(self, hook: Hook, maker: ApiToken | None, url: str) -> str | None:
        """Why this address is told nothing more: it was ended, its token holds no longer, or the list of origins has become shorter."""
        if not hook.active:
            return "ended"
        if maker is not None and not api_tokens.holds(maker, self._clock.now()):
            return "token"
        return None if allowed(url, self._origins) else "origin"

    def _forget(self, claim: jobs.Claim) -> None:
        with self._database.write() as session:
            jobs.finish(session, claim)

    def _post(self, hook: Hook, url: str, body: bytes, id: str) -> str:
        timestamp = str(int(self._clock.now().timestamp()))
        secret = self._office.vault.open(hook.secret_sealed, _SECRET + hook.id)
        headers = {"content-type": "application/json", "motcua-id": id, "motcua-timestamp": timestamp, "motcua-signature": f"v1={signature(secret, timestamp, body)}"}
        try:
            return str(self._http.post(url, content=body, headers=headers, timeout=SECONDS, follow_redirects=False).status_code)
        except httpx.HTTPError as error:
            return type(error).__name__[:40]

    def _settle(self, claim: jobs.Claim, state: str, answer: str, event: Event) -> None:
        with self._database.write() as session:
            jobs.finish(session, claim)
            self._write(session, claim, state, answer, event)

    def _write(self, session: Session, claim: jobs.Claim, state: str, answer: str, event: Event) -> None:
        now, key = self._clock.now(), (claim.ids["hook"], event.id)
        row = session.get(HookDelivery, key)
        if row is None:
            row = HookDelivery(hook_id=key[0], event_id=key[1], created_at=now)
            session.add(row)
        row.state, row.attempts, row.answer = state, claim.attempts, answer
        row.settled_at = None if state == "failed" else now
