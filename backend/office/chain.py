"""Events with a hash link: what happened to a dossier, in order, so that a changed row shows.

The hash covers the previous hash, the row's open columns and a keyed digest of its sealed data.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.office import outward
from backend.store.tables import Dossier, Event
from backend.store.types import new_id
from backend.store.vault import SealBroken, Vault

_LINKED = ("dossier_id", "seq", "unit", "action", "from_status", "to_status", "clock", "actor", "role")


def _link(vault: Vault, event: Event, data: str) -> str:
    facts = [getattr(event, name) for name in _LINKED] + [event.at.isoformat(), vault.mac("event", data), event.prev_hash]
    if event.on_behalf is not None:  # younger than the first links, which must go on fitting
        facts.append(event.on_behalf)
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def append(session: Session, vault: Vault, dossier: Dossier, data: dict[str, Any], at: datetime, **columns: Any) -> Event:
    """Write the next event of `dossier` and move its chain head; the dossier's version check guards both."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    event = Event(id=new_id(), dossier_id=dossier.id, seq=dossier.chain_length + 1, unit=dossier.unit, at=at, **columns)
    event.prev_hash = dossier.chain_head
    event.data_sealed = vault.seal(text, f"event.data:{event.id}")
    event.hash = _link(vault, event, text)
    dossier.chain_head, dossier.chain_length = event.hash, event.seq
    session.add(event)
    outward.note(session, dossier, event, at)
    return event


def events(session: Session, vault: Vault, dossier_id: str) -> list[tuple[Event, dict[str, Any]]]:
    """Return a dossier's events with their data, oldest first."""
    rows = session.scalars(select(Event).where(Event.dossier_id == dossier_id).order_by(Event.seq))
    return [(row, vault.open_json(row.data_sealed, f"event.data:{row.id}")) for row in rows]


def broken(session: Session, vault: Vault, dossier: Dossier) -> str | None:
    """Return the id of the first event that does not fit its chain, "end" if the last ones are missing, else None."""
    head, count = "", 0
    for row in session.scalars(select(Event).where(Event.dossier_id == dossier.id).order_by(Event.seq)):
        count += 1
        try:
            data = vault.open(row.data_sealed, f"event.data:{row.id}")
        except SealBroken:
            return row.id
        if row.prev_hash != head or row.seq != count or row.hash != _link(vault, row, data):
            return row.id
        head = row.hash
    return None if (head, count) == (dossier.chain_head, dossier.chain_length) else "end"
