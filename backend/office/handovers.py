"""Handing a dossier up to another office and getting the result back, with a clock on each side.

Ours runs on: for the citizen nothing has stopped. Theirs is `due_at` of the hand-over, so that lateness is seen where it arose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.office import days, exchange_files, exchange_ways
from backend.office.kit import Actor, Office, Refused
from backend.store.tables import Dossier, HandOver
from backend.store.types import new_id

_OUTCOME = "hand_over.outcome:"


@dataclass(frozen=True)
class Sent:
    """One hand-over as a screen shows it; `files` = the photos and papers that follow it by machine, None where none do."""

    row: HandOver
    outcome: str | None
    late: bool
    files: exchange_files.Count | None = None


def hand_over(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """Write a hand-over {office, answer_by}. Raises Refused: answer_by_past, answer_by_day_off {next}, office_gone."""
    exchange_ways.must_exist(office, data["office"], dossier, now)
    row = HandOver(id=new_id(), unit=dossier.unit, dossier_id=dossier.id, to_office=data["office"], sent_by=actor.id, sent_at=now)
    row.due_at, row.state = days.promised(office, data["answer_by"], now, "answer_by"), "sent"
    session.add(row)
    return {**data, "hand_over": row.id}


def acknowledged(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """The other office says that it has the dossier. Raises Refused("hand_over_state") for a second time."""
    row = _current(session, dossier, "sent")
    row.state, row.acknowledged_at = "acknowledged", now
    return {**data, "office": row.to_office}


def taken_up(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """The other office says that it is working; who works has also received."""
    row = _current(session, dossier, "sent", "acknowledged")
    row.state, row.working_at, row.acknowledged_at = "working", now, row.acknowledged_at or now
    return {**data, "office": row.to_office}


def result_back(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """The result {result} is back: this side's clock runs on until it lies at the desk."""
    return _end(session, office, dossier, data, "result", data["result"], now)


def sent_back(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """The other office sends the dossier back with a {reason}."""
    return _end(session, office, dossier, data, "returned", data["reason"], now)


def _end(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], state: str, outcome: str, now: datetime) -> dict[str, Any]:
    row = _current(session, dossier, "sent", "acknowledged", "working")
    row.state, row.closed_at = state, now
    row.outcome_sealed = office.vault.seal(outcome, _OUTCOME + row.id)
    return {**data, "office": row.to_office}


def _current(session: Session, dossier: Dossier, *states: str) -> HandOver:
    query = select(HandOver).where(HandOver.dossier_id == dossier.id).order_by(HandOver.sent_at.desc(), HandOver.id.desc())
    row = session.scalars(query.limit(1)).first()
    if row is None or row.state not in states:
        raise Refused("hand_over_state", state=row.state if row else "none")
    return row


def said(session: Session, dossier: Dossier) -> set[str]:
    """Return the words of the other office that have been said already, as actions that have no button any more."""
    query = select(HandOver.state).where(HandOver.dossier_id == dossier.id, HandOver.closed_at.is_(None))
    return {"acknowledged": {"acknowledged"}, "working": {"acknowledged", "taken_up"}}.get(session.scalar(query), set())


def close_all(session: Session, dossier: Dossier, now: datetime) -> None:
    """Wait for no office any more: the dossier has ended."""
    open_ = (HandOver.dossier_id == dossier.id, HandOver.closed_at.is_(None))
    session.execute(update(HandOver).where(*open_).values(state="withdrawn", closed_at=now))


def of_dossier(session: Session, office: Office, dossier: Dossier, now: datetime) -> list[Sent]:
    """Return every hand-over of a dossier, the oldest first."""
    query = select(HandOver).where(HandOver.dossier_id == dossier.id).order_by(HandOver.sent_at, HandOver.id)
    rows = list(session.scalars(query))
    files = exchange_files.sent_with(session, [row.id for row in rows]) if rows else {}
    return [Sent(row, _outcome(office, row), (row.closed_at or now) > row.due_at, files.get(row.id)) for row in rows]


def _outcome(office: Office, row: HandOver) -> str | None:
    return office.vault.open(row.outcome_sealed, _OUTCOME + row.id) if row.outcome_sealed else None


def late(session: Session, unit: str, now: datetime) -> list[HandOver]:
    """Return the unit's open hand-overs whose day has passed, the oldest first."""
    query = select(HandOver).where(HandOver.unit == unit, HandOver.closed_at.is_(None), HandOver.due_at < now)
    return list(session.scalars(query.order_by(HandOver.due_at).limit(200)))
