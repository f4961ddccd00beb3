"""The clocks of dossiers from their events: who holds one, whose the lateness is, and who must be told before it is late.

Everything is read from what happened; nothing is typed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.clocks import BACK, OUT, Clocks, Happened, Terms, clocks
from backend.office import pauses
from backend.office.kit import Office
from backend.store.tables import Dossier, Event, Part

_TURNS = {
    "consult": OUT,
    "hand_over": OUT,
    "consulted": BACK,
    "consult_dropped": BACK,
    "result_back": BACK,
    "sent_back_by_office": BACK,
}
_TELLING = (*_TURNS, "assign")
"""Actions whose data the clocks need; of the others nothing is opened."""
OWN = "commune"


def of_dossiers(session: Session, office: Office, dossiers: Sequence[Dossier], now: datetime) -> dict[str, Clocks | None]:
    """Return dossier id -> its clocks (None before reception), with three queries however many there are."""
    dues = pauses.dues_now(session, office, dossiers)
    happened = _happened(session, office, dossiers)
    return {d.id: clocks(happened[d.id], _terms(office, d, dues[d.id]), d.result_at or now) for d in dossiers}


def of_dossier(session: Session, office: Office, dossier: Dossier, now: datetime) -> Clocks | None:
    """Return the clocks of one dossier."""
    return of_dossiers(session, office, [dossier], now)[dossier.id]


def holders(office: Office) -> Mapping[str, str]:
    """Return status -> who must do something then: a role, the citizen, or another office."""
    return {name: status.waits_for[0] for name, status in office.workflow.statuses.items() if status.waits_for}


def _terms(office: Office, dossier: Dossier, due_now: datetime | None) -> Terms:
    route = [(step.role, step.share) for step in office.procedure(dossier).route]
    return Terms(holders(office), route, dossier.due_at, due_now, office.calendar)


def _happened(session: Session, office: Office, dossiers: Iterable[Dossier]) -> dict[str, list[Happened]]:
    ids = [dossier.id for dossier in dossiers]
    found: dict[str, list[Happened]] = defaultdict(list)
    query = select(Event).where(Event.dossier_id.in_(ids)).order_by(Event.dossier_id, Event.seq)
    for event in session.scalars(query):
        found[event.dossier_id].append(_of_event(office, event))
    for part in session.scalars(select(Part).where(Part.dossier_id.in_(ids), Part.office != OWN, Part.started_at.is_not(None))):
        _of_part(found[part.dossier_id], part)
    return found


def _of_event(office: Office, event: Event) -> Happened:
    data = office.vault.open_json(event.data_sealed, f"event.data:{event.id}") if event.action in _TELLING else {}
    asked_until = datetime.fromisoformat(data["answer_by"]) if data.get("answer_by") else None
    return Happened(
        event.at, event.to_status, event.clock, event.actor, event.role, _TURNS.get(event.action), data.get("office"), asked_until, data.get("staff")
    )  # fmt: skip


def _of_part(happened: list[Happened], part: Part) -> None:
    """A part of a bundle at another office is out from its start to its end; put in where the status was what it was then."""
    for at, turn in ((part.started_at, OUT), (part.done_at, BACK)):
        if at is not None:
            n = sum(event.at <= at for event in happened)
            status = happened[n - 1].status if n else ""
            happened.insert(n, Happened(at, status, turn=turn, office=part.office, answer_by=part.due_at))
