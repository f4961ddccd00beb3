"""What an act of the workflow writes beside status and event: questions, hand-overs, parts, who the work is given to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.domain import workflow
from backend.office import apologies, bundle, consultations, exchange_out, handovers
from backend.office.kit import Actor, Office, Refused
from backend.store.tables import Dossier, Staff

_COUNTS = {"consultation": consultations.open_count, "part": bundle.open_count}


def open_things(session: Session, dossier: Dossier, kinds: Iterable[workflow.Open]) -> dict[workflow.Open, int]:
    """Return how many things are open of each kind asked about; most actions ask about none and cost no query."""
    return {kind: _COUNTS[kind](session, dossier) for kind in kinds}


def _received(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    bundle.begin(session, office, dossier, now)
    return data


def _given(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    row = session.get(Staff, data["staff"])
    if row is None or row.unit != dossier.unit or row.closed_at:
        raise Refused("staff_unknown")
    dossier.assigned_to = row.id
    return data


_EFFECTS = {
    "receive": _received,
    "assign": _given,
    "apologize": apologies.promise,
    "consult": consultations.ask,
    "consulted": consultations.answer,
    "consult_dropped": consultations.drop,
    "hand_over": handovers.hand_over,
    "acknowledged": handovers.acknowledged,
    "taken_up": handovers.taken_up,
    "result_back": handovers.result_back,
    "sent_back_by_office": handovers.sent_back,
    "part_done": bundle.done,
    "part_refused": bundle.refused,
    "issue": bundle.own_issued,
}
"""Action -> what it writes; each returns the data of the event, with what a reader of the history needs."""


def write(session: Session, office: Office, dossier: Dossier, step: workflow.Transition, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """Write what a decided step means beside the status and return the event's data. Raises Refused with the effect's reason."""
    effect = _EFFECTS.get(step.action)
    data = effect(session, office, dossier, data, actor, now) if effect else data
    exchange_out.follow(session, office, dossier, step.action, data, now)
    if office.workflow.statuses[step.to].end and step.to != "returned":
        consultations.close_all(session, dossier, now)
        handovers.close_all(session, dossier, now)
        bundle.close_all(session, dossier, now)
    return data
