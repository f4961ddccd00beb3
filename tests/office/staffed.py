"""An office with members of staff in its database, for what needs their rows."""

from __future__ import annotations

from datetime import datetime

from backend.office import staff
from backend.office.kit import Actor
from backend.store.tables import Staff
from backend.store.types import new_id
from tests.office.kit import BINH, CHIEN, HOA, UNIT, VAN


def member(session, name: str, roles: tuple[str, ...], now: datetime, *, fields=(), id: str | None = None, unit: str = UNIT) -> Actor:
    """A member of staff without a password; returns who acts."""
    row = Staff(id=id or new_id(), unit=unit, login=id or name, name=name, position="", roles=list(roles), fields=list(fields), created_at=now)
    row.password_hash = "none"
    session.add(row)
    session.flush()
    return staff.actor(row)


def four(session, now: datetime) -> None:
    """Rows of the cast: Bình, Chiến, Hoa and Vân."""
    for actor in (BINH, CHIEN, HOA, VAN):
        member(session, actor.name, actor.roles, now, id=actor.id)
