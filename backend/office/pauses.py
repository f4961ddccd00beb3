"""When a dossier is due once its pauses are counted. `due_at` itself is never overwritten: it is what was promised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain import deadline
from backend.office.kit import Office
from backend.store.tables import Dossier, Event

Stretch = tuple[datetime, datetime | None]
"""(when a pause began, when it ended; None while it lasts)"""


def due_now(session: Session, office: Office, dossier: Dossier) -> datetime | None:
    """Return the due moment with all ended pauses added, None where none was promised."""
    return dues_now(session, office, [dossier])[dossier.id]


def dues_now(session: Session, office: Office, dossiers: Iterable[Dossier]) -> dict[str, datetime | None]:
    """Return dossier id -> due moment with all ended pauses added, in one query."""
    dues = {dossier.id: dossier.due_at for dossier in dossiers}
    found = stretches(session, [name for name, due in dues.items() if due])
    return {name: moved(office, due, found.get(name, ())) if due else None for name, due in dues.items()}


def stretches(session: Session, ids: Sequence[str]) -> dict[str, list[Stretch]]:
    """Return dossier id -> the times for which its clock stood still, the oldest first."""
    query = select(Event.dossier_id, Event.clock, Event.at).where(Event.dossier_id.in_(ids), Event.clock.in_(("pause", "resume")))
    found: dict[str, list[Stretch]] = {}
    for name, clock, at in session.execute(query.order_by(Event.dossier_id, Event.seq)):
        mine = found.setdefault(name, [])
        if clock == "pause":
            mine.append((at, None))
        elif mine and mine[-1][1] is None:
            mine[-1] = (mine[-1][0], at)
    return found


def moved(office: Office, due: datetime, paused: Iterable[Stretch]) -> datetime:
    """Return a due moment with the ended pauses added: what was open before the first of them is owed after the last."""
    for begin, end in paused:
        if end is not None:
            # By the calendar as it was known then: a day off written later moves no date that people were told.
            due = deadline.resume(due, begin, end, office.book.known_at(end))
    return due
