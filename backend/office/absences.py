"""Absence: a colleague stands in, with the absent person's roles and fields, and every act says on whose behalf.

The absent person keeps their own roles: a leader at a meeting may still sign from there. What the substitute did before in a
dossier stays theirs: the two-person rule looks at who acted, not for whom. A substitute lends nothing on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.domain.workflow import Hat
from backend.office.kit import Actor, Refused
from backend.store.tables import Absence, Staff
from backend.store.types import new_id

LONGEST = timedelta(days=183)
"""An absence of more than half a year is a change of staff."""


def give(
    session: Session, staff_id: str, substitute_id: str, begins: datetime, ends: datetime, ground: str, actor: Actor, now: datetime
) -> Absence:
    """Let `substitute_id` stand in for `staff_id` from `begins` to `ends`.

    Nobody names themselves: that would be giving oneself another's right to sign.

    Raises Refused: "staff_unknown", "substitute_same", "substitute_self", "absence_order" (ends before it begins, or has ended already),
    "absence_long", "absence_ground", "absence_overlaps" {by, at}, "substitute_absent".
    """
    _colleague(session, staff_id, actor.unit), _colleague(session, substitute_id, actor.unit)
    if staff_id == substitute_id:
        raise Refused("substitute_same")
    if substitute_id == actor.id:
        raise Refused("substitute_self")
    if not begins < ends or ends <= now:
        raise Refused("absence_order")
    if ends - begins > LONGEST:
        raise Refused("absence_long")
    if not ground.strip():
        raise Refused("absence_ground")
    if other := _overlap(session, staff_id, begins, ends):
        raise Refused("absence_overlaps", by=other.substitute_id)
    if _overlap(session, substitute_id, begins, ends):
        raise Refused("substitute_absent")
    row = Absence(id=new_id(), unit=actor.unit, staff_id=staff_id, substitute_id=substitute_id, begins_at=begins, ends_at=ends)
    row.ground, row.made_by, row.made_at = ground.strip(), actor.id, now
    session.add(row)
    return row


def _colleague(session: Session, staff_id: str, unit: str) -> Staff:
    row = session.get(Staff, staff_id)
    if row is None or row.unit != unit or row.closed_at:
        raise Refused("staff_unknown")
    return row


def _overlap(session: Session, staff_id: str, begins: datetime, ends: datetime) -> Absence | None:
    query = select(Absence).where(Absence.staff_id == staff_id, Absence.begins_at < ends, Absence.ends_at > begins, Absence.ended_at.is_(None))
    return session.scalars(query.limit(1)).first()


def stood_in_by(substitute_id: str, now: datetime) -> Select[tuple[Absence]]:
    """Return the absences that run or are to come in which this person stands in."""
    return select(Absence).where(Absence.substitute_id == substitute_id, Absence.ends_at > now, Absence.ended_at.is_(None))


def end(session: Session, absence_id: str, actor: Actor, now: datetime) -> Absence:
    """End an absence early: from now on the substitute has their own roles only. Raises Refused("absence_unknown")."""
    row = session.get(Absence, absence_id)
    if row is None or row.unit != actor.unit or row.ended_at or row.ends_at <= now:
        raise Refused("absence_unknown")
    row.ended_at = now
    return row


def acting(session: Session, actor: Actor, now: datetime) -> Actor:
    """Return the actor with what absent colleagues have lent them at this moment."""
    query = select(Staff).join(Absence, Absence.staff_id == Staff.id)
    query = query.where(Absence.substitute_id == actor.id, Absence.begins_at <= now, Absence.ends_at > now, Absence.ended_at.is_(None))
    lent = [Hat(tuple(row.roles), tuple(row.fields), row.id) for row in session.scalars(query.order_by(Absence.id)) if row.closed_at is None]
    return replace(actor, lent=tuple(lent)) if lent else actor


def listed(session: Session, unit: str, now: datetime) -> list[Absence]:
    """Return the unit's absences that run or are to come, then those of the last ninety days; the newest first."""
    query = select(Absence).where(Absence.unit == unit, Absence.ends_at > now - timedelta(days=90))
    return list(session.scalars(query.order_by(Absence.begins_at.desc()).limit(200)))
