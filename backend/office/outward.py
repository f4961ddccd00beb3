"""Who outside is told of an event: the jobs are written in the event's own transaction, so that none is lost and none invented."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from backend.office import jobs
from backend.store.tables import Dossier, Event, Hook

_HOOKS = select(Hook.id, Hook.events).where(Hook.unit == bindparam("unit"), Hook.active)
"""Built once: making this statement costs more than running it."""
LISTENED = exists().where(Hook.unit == Dossier.unit, Hook.active)
"""For the query that locks a dossier: whether anybody listens; most offices have nobody, and then there is nothing to look for."""


def note(session: Session, dossier: Dossier, event: Event, now: datetime) -> None:
    """Write a job for each registered address that wants this event, and one for the portal the dossier came from."""
    if dossier.listened is not False:
        _note_hooks(session, dossier, event, now)
    if dossier.channel == "portal":
        jobs.put(session, "portal", f"portal:{dossier.id}", event.unit, {"event": event.id}, now)


def _note_hooks(session: Session, dossier: Dossier, event: Event, now: datetime) -> None:
    with session.no_autoflush:  # one INSERT for all jobs of the transaction, not one before and one after this look
        for hook_id, events in session.execute(_HOOKS, {"unit": event.unit}):
            if "*" in events or event.action in events:
                jobs.put(session, "hook", f"hook:{hook_id}:{dossier.id}", event.unit, {"hook": hook_id, "event": event.id}, now)
