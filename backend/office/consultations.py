"""Questions to other offices about a dossier: several at once, each with an owner here and a day by which it is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.office import days
from backend.office.kit import Actor, Office, Refused
from backend.store.tables import Consultation, Dossier
from backend.store.types import new_id

_QUESTION, _ANSWER = "consultation.question:", "consultation.answer:"


@dataclass(frozen=True)
class Asked:
    """One question as a screen shows it; `late` = the day has passed and there was no answer by then."""

    row: Consultation
    question: str
    answer: str | None
    late: bool


def ask(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """Write a question {office, question, answer_by}. Raises Refused: answer_by_past, answer_by_day_off {next}, office_asked."""
    due = days.promised(office, data["answer_by"], now, "answer_by")
    if session.scalar(_open(dossier).where(Consultation.office == data["office"])):
        raise Refused("office_asked", office=data["office"])
    row = Consultation(id=new_id(), unit=dossier.unit, dossier_id=dossier.id, office=data["office"], asked_by=actor.id, asked_at=now, due_at=due)
    row.question_sealed = office.vault.seal(data["question"], _QUESTION + row.id)
    session.add(row)
    return {**data, "consultation": row.id}


def answer(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """Write the answer {consultation, answer}. Raises Refused("consultation_unknown") for one that is not open here."""
    row = _named(session, dossier, data)
    row.answered_at = row.closed_at = now
    row.answer_sealed = office.vault.seal(data["answer"], _ANSWER + row.id)
    return {**data, "office": row.office}


def drop(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """Stop waiting for an answer {consultation, reason}. Raises Refused("consultation_unknown")."""
    row = _named(session, dossier, data)
    row.closed_at = now
    return {**data, "office": row.office}


def _named(session: Session, dossier: Dossier, data: dict[str, Any]) -> Consultation:
    row = session.get(Consultation, data["consultation"])
    if row is None or row.dossier_id != dossier.id or row.closed_at:
        raise Refused("consultation_unknown")
    return row


def _open(dossier: Dossier):
    return select(Consultation.id).where(Consultation.dossier_id == dossier.id, Consultation.closed_at.is_(None))


def open_count(session: Session, dossier: Dossier) -> int:
    """Return how many answers are still waited for."""
    return session.scalar(select(func.count()).select_from(_open(dossier).subquery()))


def close_all(session: Session, dossier: Dossier, now: datetime) -> None:
    """Wait for nobody any more: the dossier has ended."""
    session.execute(update(Consultation).where(Consultation.dossier_id == dossier.id, Consultation.closed_at.is_(None)).values(closed_at=now))


def of_dossier(session: Session, office: Office, dossier: Dossier, now: datetime) -> list[Asked]:
    """Return every question of a dossier in the order they were asked."""
    query = select(Consultation).where(Consultation.dossier_id == dossier.id).order_by(Consultation.asked_at, Consultation.id)
    return [_shown(office, row, now) for row in session.scalars(query)]


def _shown(office: Office, row: Consultation, now: datetime) -> Asked:
    said = office.vault.open(row.answer_sealed, _ANSWER + row.id) if row.answer_sealed else None
    late = (row.closed_at or now) > row.due_at
    return Asked(row, office.vault.open(row.question_sealed, _QUESTION + row.id), said, late)


def late(session: Session, unit: str, now: datetime) -> list[Consultation]:
    """Return the unit's open questions whose day has passed, the oldest first."""
    query = select(Consultation).where(Consultation.unit == unit, Consultation.closed_at.is_(None), Consultation.due_at < now)
    return list(session.scalars(query.order_by(Consultation.due_at).limit(200)))
