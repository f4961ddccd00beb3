"""What an act of the workflow writes beside status and event: questions, hand-overs, parts, who the work is given to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.domain import workflow
from backend.domain.procedure import Procedure
from backend.office import apologies, bundle, consultations, exchange_out, exchange_ways, handovers
from backend.office.kit import Actor, Office, Refused, today
from backend.store.tables import Dossier, Staff

_COUNTS = {"consultation": consultations.open_count, "part": bundle.open_count}
_ASKS = {"intake": "ask_supplement_intake", "processing": "ask_supplement"}
"""Stage of a supplement -> the action that asks for it."""


def limits(office: Office, dossier: Dossier, procedure: Procedure) -> dict[str, workflow.Limit]:
    """Return action -> how often the law in force at reception (before that: when it was sent) lets it happen."""
    day = today(dossier.received_at or dossier.sent_at or dossier.created_at)
    found = ((action, office.catalogue.supplement(procedure, stage, day)) for stage, action in _ASKS.items())
    return {action: workflow.Limit(case.most, case.ground) for action, case in found if case}


def open_things(session: Session, dossier: Dossier, kinds: Iterable[workflow.Open]) -> dict[workflow.Open, int]:
    """Return how many things are open of each kind asked about; most actions ask about none and cost no query."""
    return {kind: _COUNTS[kind](session, dossier) for kind in kinds}


def _received(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    bundle.begin(session, office, dossier, now)
    return data


def _consulted(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """An office that is no more is asked nothing: its heir is named instead."""
    exchange_ways.must_exist(office, data["office"], dossier, now)
    return consultations.ask(session, office, dossier, data, actor, now)


def _result_back(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """A result that another office made for us is issued as our own would be: the parts of a bundle that wait for it begin."""
    said = handovers.result_back(session, office, dossier, data, actor, now)
    return bundle.own_issued(session, office, dossier, said, actor, now)


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
    "consult": _consulted,
    "consulted": consultations.answer,
    "consult_dropped": consultations.drop,
    "hand_over": handovers.hand_over,
    "acknowledged": handovers.acknowledged,
    "taken_up": handovers.taken_up,
    "result_back": _result_back,
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
