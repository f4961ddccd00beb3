"""Bundles (*liên thông*): one intake, one code, several procedures at several offices, one status for the citizen.

The parts stand in the procedure file; which of them exist is decided by the answers at reception. A part begins when those
before it are done, and from then on has the time that the law gives its own procedure; our own is done when its result is
issued; the whole cannot finish while one is open. Where the law says the time of every part, the citizen is promised the day
on which the last one is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.domain import catalogue, deadline
from backend.domain.procedure import BundlePart, Procedure, TimeCase
from backend.office import drafts, pauses
from backend.office.kit import Actor, Office, Refused, today
from backend.store.tables import Dossier, Part
from backend.store.types import new_id

OPEN = ("waiting", "working")
OWN = "commune"
_OUTCOME = "part.outcome:"


@dataclass(frozen=True)
class Shown:
    """One part as a screen shows it: the row, its plain name, the outcome in a line, whether its day has passed, and that day.

    `due` counts the pauses of the dossier, `row.due_at` is the day as it was written and stays.
    """

    row: Part
    label: str
    outcome: str | None
    late: bool
    due: datetime | None


def begin(session: Session, office: Office, dossier: Dossier, now: datetime) -> None:
    """Write the parts of a dossier that is received, and its due date where nobody has given one; nothing without a bundle.

    Of a dossier that another office handed to us the parts are that office's to gather.
    """
    procedure = office.procedure(dossier)
    if not procedure.bundle or dossier.kind == "transfer":
        return
    values = _values(office, dossier)
    wanted = [part for part in procedure.bundle if catalogue.fits(procedure, part.when, values, today(now))]
    rows = [_row(dossier, seq, part) for seq, part in enumerate(wanted, 1)]
    session.add_all(rows)
    _go_on(office, dossier, rows, now)
    ends = _ends(office, wanted, values, now)
    if ends and dossier.due_at is None and None not in ends:
        dossier.due_at, dossier.due_ground = max(ends), procedure.code


def _row(dossier: Dossier, seq: int, part: BundlePart) -> Part:
    return Part(
        id=new_id(), unit=dossier.unit, dossier_id=dossier.id, seq=seq, name=part.id, procedure=part.procedure, office=part.owner, state="waiting"
    )  # fmt: skip


def _values(office: Office, dossier: Dossier) -> dict[str, str]:
    return {name: answer["value"] for name, answer in drafts.form_of(office, dossier)["answers"].items()}


def _ends(office: Office, parts: Sequence[BundlePart], values: Mapping[str, str], now: datetime) -> list[datetime | None]:
    """When each part is due at the latest if those before it take all their time; None where the law's time is not known."""
    ends: dict[str, datetime | None] = {}
    for part in parts:
        begins = [now, *(ends[name] for name in part.after if name in ends)]
        case = _time(office, part, values, now)
        ends[part.id] = deadline.due(max(begins), case, office.calendar) if case and None not in begins else None
    return list(ends.values())


def _time(office: Office, part: BundlePart, values: Mapping[str, str], now: datetime) -> TimeCase | None:
    """The time of a part at its office: its own, or its procedure's in this case. None where nobody has verified it."""
    case = part.time
    if case is None and part.procedure:
        try:
            procedure = office.catalogue.get(part.procedure, today(now))
        except KeyError:  # not in force any more, or not yet: then nobody may promise its time
            return None
        case = catalogue.time_for(procedure, _of(procedure, values), today(now))
    return case if case and case.verified and case.value is not None else None


def _of(procedure: Procedure, values: Mapping[str, str]) -> dict[str, str]:
    """The bundle's answers that are answers of a part's own procedure too: its question, and one of its options."""
    options = {question.id: {option.id for option in question.options} for question in procedure.questions}
    return {name: value for name, value in values.items() if name in options and (not options[name] or value in options[name])}


def _start(office: Office, row: Part, case: TimeCase | None, now: datetime) -> None:
    row.state, row.started_at = "working", now
    row.due_at = deadline.due(now, case, office.calendar) if case else None


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
    if not office.procedure(dossier).bundle:
        return data
    rows = _rows(session, dossier)
    for row in rows:
        if row.office == OWN and row.state == "working":
            row.state, row.done_at = "done", now
    _go_on(office, dossier, rows, now)
    return data


def _close(office: Office, row: Part, state: str, outcome: str, now: datetime) -> None:
    row.state, row.done_at = state, now
    row.outcome_sealed = office.vault.seal(outcome, _OUTCOME + row.id)


def _go_on(office: Office, dossier: Dossier, rows: Sequence[Part], now: datetime) -> None:
    """Begin what waits for nothing more. What the dossier has not, or the file has not any more, is waited for by none."""
    unfinished = {row.name for row in rows if row.state != "done"}
    wanted, values = _wanted(office, dossier), _values(office, dossier)
    for row in rows:
        part = wanted.get(row.name)
        if row.state == "waiting" and not (part and unfinished.intersection(part.after)):
            _start(office, row, _time(office, part, values, now) if part else None, now)


def _wanted(office: Office, dossier: Dossier) -> dict[str, BundlePart]:
    return {part.id: part for part in office.procedure(dossier).bundle}


def _drop_after(office: Office, dossier: Dossier, rows: Sequence[Part], now: datetime) -> None:
    """The parts stand in order, so one walk reaches what hangs on what was just dropped."""
    wanted = _wanted(office, dossier)
    dead = {row.name for row in rows if row.state in ("refused", "dropped")}
    for row in rows:
        if row.state == "waiting" and row.name in wanted and dead.intersection(wanted[row.name].after):
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
    rows = _rows(session, dossier)
    labels = {part.id: part.label for part in office.procedure(dossier).bundle}
    paused = pauses.stretches(session, [dossier.id]).get(dossier.id, []) if rows else []
    return [_shown(office, row, labels, paused, now) for row in rows]


def _shown(office: Office, row: Part, labels: dict[str, str], paused: Sequence[pauses.Stretch], now: datetime) -> Shown:
    outcome = office.vault.open(row.outcome_sealed, _OUTCOME + row.id) if row.outcome_sealed else None
    mine = [(max(begin, row.started_at), end) for begin, end in paused if row.started_at and (end is None or end > row.started_at)]
    due = pauses.moved(office, row.due_at, mine) if row.due_at else None
    # What stands still does not become late: the moment at which it stopped is compared.
    counted = row.done_at or next((begin for begin, end in mine if end is None), now)
    return Shown(row, labels.get(row.name, row.name), outcome, due is not None and counted > due, due)


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
