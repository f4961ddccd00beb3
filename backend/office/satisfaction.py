"""How it was: asked once, after the result was handed over; one score per dossier, written as an event of its history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.office import chain
from backend.office.kit import Office, Refused
from backend.store.tables import Dossier

RATED = "rated"
"""Flag of a dossier that has its score."""


def rate(session: Session, office: Office, conversation_id: str, score: int, now: datetime) -> None:
    """Write a citizen's 1–5 about the last returned dossier of a conversation. Raises Refused("nothing_to_rate")."""
    query = select(Dossier).where(Dossier.conversation_id == conversation_id, Dossier.status == "returned")
    dossier = session.scalars(query.order_by(Dossier.returned_at.desc()).limit(1).with_for_update()).first()
    if dossier is None or not 1 <= score <= 5 or RATED in dossier.flags:
        raise Refused("nothing_to_rate")
    chain.append(
        session, office.vault, dossier, {"score": score}, now,
        action="rate", from_status=dossier.status, to_status=dossier.status, clock="none", actor="citizen", role="citizen",
    )  # fmt: skip
    dossier.flags = [*dossier.flags, RATED]
