"""Who opened what, for the leader: commune staff know everyone, and curiosity is the main leak. A reader is a person or another system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, literal, or_, select
from sqlalchemy.orm import Session

from backend.office.api_tokens import ACTOR
from backend.office.kit import Office
from backend.office.tracking import normal_code
from backend.store.tables import ApiToken, Dossier, Event, ReadLog, Staff

PAGE = 100
_READER = func.coalesce(ReadLog.staff_id, literal(ACTOR) + ReadLog.token_id)
"""How the reader is named as one who acts: a staff id, or "api:" and a token's id."""
_NAME = func.coalesce(Staff.name, ApiToken.name)
_SYSTEM = ReadLog.token_id.is_not(None)


@dataclass(frozen=True)
class Reading:
    """One opening of a dossier (`code`) or of a conversation (no code), by a person or by another `system`.

    `reader` = staff id, or "api:" and a token's id; `own` = the reader works or worked on that dossier.
    """

    at: datetime
    reader: str
    name: str
    system: bool
    dossier_id: str | None
    code: str | None
    own: bool


def note(session: Session, unit: str, token_id: str, dossier_id: str, now: datetime) -> None:
    """Write down that another system reads the content of a dossier."""
    session.add(ReadLog(unit=unit, token_id=token_id, dossier_id=dossier_id, at=now))


def recent(session: Session, office: Office, *, code: str = "", reader: str = "", strange: bool = False, page: int = 1) -> tuple[list[Reading], bool]:
    """Return (a page of readings, whether there are more), the newest first.

    `code` = the end of a dossier code; `strange` = only of dossiers that the reader was never given and never acted on.
    """
    acted = exists().where(Event.dossier_id == ReadLog.dossier_id, Event.actor == _READER)
    own = or_(acted, func.coalesce(Dossier.assigned_to, "") == func.coalesce(ReadLog.staff_id, "?")).label("own")
    query = (
        _named(select(ReadLog.at, _READER, _NAME, _SYSTEM, ReadLog.dossier_id, Dossier.code, own))
        .outerjoin(Dossier, Dossier.id == ReadLog.dossier_id)
        .where(ReadLog.unit == office.unit)
    )
    if wanted := normal_code(code):
        query = query.where(Dossier.code_plain.endswith(wanted, autoescape=True))
    if reader:
        query = query.where(_READER == reader)
    if strange:
        query = query.where(ReadLog.dossier_id.is_not(None), ~own.element)
    rows = session.execute(query.order_by(ReadLog.id.desc()).offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return [Reading(*row[:6], bool(row[6])) for row in rows[:PAGE]], len(rows) > PAGE


def of_dossier(session: Session, dossier: Dossier) -> list[tuple[str, datetime, bool]]:
    """Return (name, when, whether it was another system) of who opened a dossier, the newest fifty."""
    query = _named(select(_NAME, ReadLog.at, _SYSTEM)).where(ReadLog.dossier_id == dossier.id)
    return [(name, at, bool(system)) for name, at, system in session.execute(query.order_by(ReadLog.id.desc()).limit(50))]


def _named(query):
    return query.select_from(ReadLog).outerjoin(Staff, Staff.id == ReadLog.staff_id).outerjoin(ApiToken, ApiToken.id == ReadLog.token_id)
