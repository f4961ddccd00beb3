"""Who opened what, for the leader: commune staff know everyone, and curiosity is the main leak. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from backend.office.kit import Office
from backend.office.tracking import normal_code
from backend.store.tables import Dossier, Event, ReadLog, Staff

PAGE = 100


@dataclass(frozen=True)
class Reading:
    """One opening of a dossier (`code`) or of a conversation (no code). `own` = the reader works or worked on that dossier."""

    at: datetime
    staff_id: str
    name: str
    dossier_id: str | None
    code: str | None
    own: bool


def recent(session: Session, office: Office, *, code: str = "", staff_id: str = "", strange: bool = False, page: int = 1) -> tuple[list[Reading], bool]:
    """Return (a page of readings, whether there are more), the newest first.

    `code` = the end of a dossier code; `strange` = only of dossiers that the reader was never given and never acted on.
    """
    acted = exists().where(Event.dossier_id == ReadLog.dossier_id, Event.actor == ReadLog.staff_id)
    own = or_(acted, Dossier.assigned_to == ReadLog.staff_id).label("own")
    query = (
        select(ReadLog.at, Staff.id, Staff.name, ReadLog.dossier_id, Dossier.code, own)
        .join(Staff, Staff.id == ReadLog.staff_id)
        .outerjoin(Dossier, Dossier.id == ReadLog.dossier_id)
        .where(ReadLog.unit == office.unit)
    )
    if wanted := normal_code(code):
        query = query.where(Dossier.code_plain.endswith(wanted, autoescape=True))
    if staff_id:
        query = query.where(ReadLog.staff_id == staff_id)
    if strange:
        query = query.where(ReadLog.dossier_id.is_not(None), ~acted, or_(Dossier.assigned_to.is_(None), Dossier.assigned_to != ReadLog.staff_id))
    rows = session.execute(query.order_by(ReadLog.id.desc()).offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return [Reading(*row[:5], bool(row[5])) for row in rows[:PAGE]], len(rows) > PAGE
