"""When a dossier is due once its pauses are counted. `due_at` itself is never overwritten: it is what was promised."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain import deadline
from backend.office.kit import Office
from backend.store.tables import Dossier, Event


def due_now(session: Session, office: Office, dossier: Dossier) -> datetime | None:
    """Return the due moment with all ended pauses added, None where none was promised."""
    return dues_now(session, office, [dossier])[dossier.id]


def dues_now(session: Session, office: Office, dossiers: Iterable[Dossier]) -> dict[str, datetime | None]:
    """Return dossier id -> due moment with all ended pauses added, in one query."""
    dues = {dossier.id: dossier.due_at for dossier in dossiers}
    wanted = Event.dossier_id.in_([name for name, due in dues.items() if due])
    query = select(Event.dossier_id, Event.clock, Event.at).where(wanted, Event.clock.in_(("pause", "resume"))).order_by(Event.dossier_id, Event.seq)
    paused: dict[str, datetime] = {}
    for name, clock, at in session.execute(query):
        if clock == "pause":
            paused[name] = at
        elif name in paused:
            # By the calendar as it was known then: a day off written later moves no date that people were told.
            dues[name] = deadline.resume(dues[name], paused.pop(name), at, office.book.known_at(at))
    return dues
