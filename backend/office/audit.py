"""Verifying every history: chains of dossiers, what the dossiers themselves say against it, the daily anchors, and the register of staff."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.office import anchors, chain, register
from backend.store.tables import Dossier, Event
from backend.store.vault import Vault

_PROMISES = {"receive": "due_at", "set_due": "due_at", "apologize": "new_due_at"}
"""Action -> the field of its data that a column of the dossier repeats."""
_COLUMNS = {"due_at": "due_at", "new_due_at": "promised_at"}


def verify(session: Session, vault: Vault) -> list[str]:
    """Return one line for each history that does not fit, naming the row; empty when all do."""
    lines: list[str] = []
    for dossier in session.scalars(select(Dossier).where(Dossier.chain_length > 0).execution_options(yield_per=500)):
        if row := chain.broken(session, vault, dossier):
            where = "rows are missing at the end" if row == "end" else f"event {row} was changed"
            lines.append(f"dossier {dossier.code or dossier.id}: {where}")
        else:
            lines += [f"dossier {dossier.code or dossier.id}: {wrong}" for wrong in _against_events(session, vault, dossier)]
    return [*lines, *anchors.broken(session, vault), *register.broken(session, vault)]


def _against_events(session: Session, vault: Vault, dossier: Dossier) -> Iterator[str]:
    """What the dossier says of itself and its events do not: a column that was written past the workflow."""
    rows = select(Event).where(Event.dossier_id == dossier.id).order_by(Event.seq)
    last = session.scalars(rows.where(Event.seq == dossier.chain_length)).one()
    if last.to_status != dossier.status:
        yield f"its status says {dossier.status}, its last event {last.to_status}"
    said: dict[str, datetime] = {}
    for event in session.scalars(rows.where(Event.action.in_(_PROMISES))):
        data = vault.open_json(event.data_sealed, f"event.data:{event.id}")
        if text := data.get(_PROMISES[event.action]):
            said[_COLUMNS[_PROMISES[event.action]]] = datetime.fromisoformat(text)
    yield from (f"its {name} is not what was promised" for name, moment in said.items() if getattr(dossier, name) != moment)
