"""The one apology: why it is not done in time, and the new date. The first date stays, and lateness is counted by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.clock import local
from backend.office import days, pauses
from backend.office.kit import Actor, Office, Refused
from backend.store.tables import Dossier

LATE = "late_apology"
"""Flag of a dossier whose apology came after the date had passed."""


def promise(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """Write the new date of an apology {new_due_at, reason} and return the event's data with `late`: whether it came too late.

    Raises Refused: apology_no_due (no date was promised), due_unreadable, due_past, due_day_off, apology_not_later {due}.
    """
    due, new = pauses.due_now(session, office, dossier), days.promised(office, data["new_due_at"], now, "due")
    if due is None:
        raise Refused("apology_no_due")
    if new <= due:
        raise Refused("apology_not_later", due=local(due).strftime("%H:%M %d/%m/%Y"))
    late = now > due
    dossier.promised_at = new
    if late:
        dossier.flags = [*dossier.flags, LATE]
    return {**data, "new_due_at": local(new).isoformat(), "late": late}
