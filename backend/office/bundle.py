"""Bundles (*liên thông*): one intake, one code, several procedures at several offices, one status for the citizen.

The parts stand in the procedure file. A part begins when those before it are done; our own is done when its result is
issued; the whole cannot finish while one is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.domain import deadline
from backend.domain.procedure import BundlePart
from backend.office.kit import Actor, Office, Refused
from backend.store.tables import Dossier, Part
from backend.store.types import new_id

OPEN = ("waiting", "working")
OWN = "commune"
_OUTCOME = "part.outcome:"


@dataclass(frozen=True)
class Shown:
    """One part as a screen shows it: the row, its plain name, the outcome in a line, and whether its day has passed."""

    row: Part
    label: str
    outcome: str | None
    late: bool


def begin(session: Session, office: Office, dossier: Dossier, now: datetime) -> None:
    """Write the parts of a dossier that is received; nothing for a procedure without a bundle."""
    for seq, wanted in enumerate(office.procedure(dossier).bundle, 1):
        row = Part(id=new_id(), unit=dossier.unit, dossier_id=dossier.id, seq=seq, name=wanted.id, procedure=wanted.procedure, office=wanted.owner)
        row.state = "waiting"
        session.add(row)
        if not wanted.after:
            _start(office, row, wanted, now)


def _start(office: Office, row: Part, wanted: BundlePart, now: datetime) -> None:
    row.state, row.started_at = "working", now
    if wanted.time is not None and wanted.time.verified:
        row.due_at = deadline.due(now, wanted.time, office.calendar)


def done(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """A part {part, result} is done; what waited for it begins. Raises Refused("part_unknown", "part_waits")."""
    rows = _rows(session, dossier)
    row = _named(rows, data)
    if row.state == "waiting":
        raise Refused("part_waits")
    _close(office, row, "done", data["result"], now)
    _go_on(office, dossier, rows, now)
    return data


def refused(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """A part {part, reason} is refused; what can only come after it is dropped with it. Raises Refused("part_unknown")."""
    rows = _rows(session, dossier)
    _close(office, _named(rows, data), "refused", data["reason"], now)
    _drop_after(office, dossier, rows, now)
    return data


def own_issued(session: Session, office: Office, dossier: Dossier, data: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """Our own result is issued: our parts that were in work are done, and the others may begin."""
    rows = _rows(session, dossier) if office.procedure(dossier).bundle else []
    for row in rows:
        if row.office == OWN and row.state == "working":
            row.state, row.done_at = "done", now
    _go_on(office, dossier, rows, now)
    return data


def _close(office: Office, row: Part, state: str, outcome: str, now: datetime) -> None:
    row.state, row.done_at = state, now
    row.outcome_sealed = office.vault.seal(outcome, _OUTCOME + row.id)


def _go_on(office: Office, dossier: Dossier, rows: Sequence[Part], now: datetime) -> None:
    finished = {row.name for row in rows if row.state == "done"}
    wanted = {part.id: part for part in office.procedure(dossier).bundle}
    for row in rows:
        if row.state == "waiting" and set(wanted[row.name].after) <= finished:
            _start(office, row, wanted[row.name], now)


def _drop_after(office: Office, dossier: Dossier, rows: Sequence[Part], now: datetime) -> None:
    """The parts stand in order, so one walk reaches what hangs on what was just dropped."""
    wanted = {part.id: part for part in office.procedure(dossier).bundle}
    dead = {row.name for row in rows if row.state in ("refused", "dropped")}
    for row in rows:
        if row.state == "waiting" and dead.intersection(wanted[row.name].after):
            row.state, row.done_at = "dropped", now
            dead.add(row.name)


def _rows(session: Session, dossier: Dossier) -> list[Part]:
    return list(session.scalars(select(Part).where(Part.dossier_id == dossier.id).order_by(Part.seq)))


def _named(rows: Iterable[Part], data: dict[str, Any]) -> Part:
    row = next((row for row in rows if row.name == data["part"] and row.state in OPEN), None)
    if row is None:
        raise Refused("part_unknown")
    return row


def open_count(session: Session, dossier: Dossier) -> int:
    """Return how many parts are not finished."""
    return session.scalar(select(func.count(Part.id)).where(Part.dossier_id == dossier.id, Part.state.in_(OPEN)))


def close_all(session: Session, dossier: Dossier, now: datetime) -> None:
    """The whole has ended otherwise: what is open is dropped."""
    open_ = (Part.dossier_id == dossier.id, Part.state.in_(OPEN))
    session.execute(update(Part).where(*open_).values(state="dropped", done_at=now))


def of_dossier(session: Session, office: Office, dossier: Dossier, now: datetime) -> list[Shown]:
    """Return the parts of a dossier in order."""
    labels = {part.id: part.label for part in office.procedure(dossier).bundle}
    return [_shown(office, row, labels, now) for row in _rows(session, dossier)]


def _shown(office: Office, row: Part, labels: dict[str, str], now: datetime) -> Shown:
    outcome = office.vault.open(row.outcome_sealed, _OUTCOME + row.id) if row.outcome_sealed else None
    late = row.due_at is not None and (row.done_at or now) > row.due_at
    return Shown(row, labels.get(row.name, row.name), outcome, late)


def stage(status: str, states: Sequence[str]) -> str:
    """Return the one stage a citizen is told: the dossier's status, or a word for a bundle that is done in part.

    `partly` = our own result is issued and other offices still work; `ready_partly` = the results lie ready, but a part was refused.
    """
    if status == "issued" and any(state in OPEN for state in states):
        return "partly"
    if status == "result_ready" and any(state in ("refused", "dropped") for state in states):
        return "ready_partly"
    return status


def stages(session: Session, dossiers: Sequence[Dossier]) -> dict[str, str]:
    """Return dossier id -> stage for the citizen, in one query."""
    states: dict[str, list[str]] = {}
    for dossier_id, state in session.execute(select(Part.dossier_id, Part.state).where(Part.dossier_id.in_([d.id for d in dossiers]))):
        states.setdefault(dossier_id, []).append(state)
    return {dossier.id: stage(dossier.status, states.get(dossier.id, ())) for dossier in dossiers}
