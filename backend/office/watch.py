"""The keeper of the clocks: looked at once a minute, so that whoever holds a dossier is told before it is late.

A dossier waits for its next look in `watch_at`; every act on it asks for a new one. Each level is given once per dossier.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from backend.clock import local
from backend.domain.clocks import CITIZEN, OFFICE, Clocks
from backend.domain.deadline import add_open_time
from backend.office import clocks, dossiers, tasks
from backend.office.kit import Office
from backend.store.tables import Dossier, DueWarning, Task

LEVELS = {"50": 0.5, "80": 0.8}
"""Level -> share of the allowance that is used by then; "100" is the promised moment itself."""
LATE, UNSEEN, TELL = "100", "unseen", "citizen"
"""Past the promised moment; sent and not looked at within the eight hours; the citizen was told that it may be late."""
TASKS = {"80": "due_soon", LATE: "late", UNSEEN: "unseen"}
"""Level -> kind of task; the 50 % level is a mark on the dossier only, or half of all work would be a task."""
BATCH = 100
"""Dossiers of one look."""
NEAR = 0.1
"""Of the allowance left when the citizen is told, half a day at most: sooner would frighten people about what will be done in time."""
HALF_DAY = timedelta(hours=3, minutes=45)
IDLE = timedelta(days=1)
"""Until the next look at a dossier whose clock stands still: an act on it brings the look forward."""
_WATCHED = ("sent", "received", "processing", "supplement", "consulting", "handed_over", "drafted", "signed", "numbered", "issued")


def look(session: Session, office: Office, now: datetime) -> int:
    """Look at the dossiers whose time has come; returns how many. Called again while it returns BATCH."""
    _close_done(session, office, now)
    due = or_(Dossier.watch_at.is_(None), Dossier.watch_at <= now)
    query = select(Dossier).where(Dossier.unit == office.unit, Dossier.status.in_(_WATCHED), due).order_by(Dossier.id)
    found = list(session.scalars(query.limit(BATCH).with_for_update(skip_locked=True)))
    known, given = clocks.of_dossiers(session, office, found, now), _given(session, found)
    for dossier in found:
        _look_at(session, office, dossier, known[dossier.id], given[dossier.id], now)
    return len(found)


def _given(session: Session, found: list[Dossier]) -> dict[str, set[str]]:
    given: dict[str, set[str]] = defaultdict(set)
    query = select(DueWarning.dossier_id, DueWarning.level).where(DueWarning.dossier_id.in_([d.id for d in found]))
    for dossier_id, level in session.execute(query):
        given[dossier_id].add(level)
    return given


def _look_at(session: Session, office: Office, dossier: Dossier, found: Clocks | None, given: set[str], now: datetime) -> None:
    new = [level for level in _reached(dossier, found, now) if level not in given]
    for level in new:
        role, staff_id = _holder(dossier, found)
        session.add(DueWarning(dossier_id=dossier.id, level=level, role=role, staff_id=staff_id, at=now))
    tasked = next((level for level in reversed(new) if level in TASKS), None)
    if tasked:
        _task(session, office, dossier, tasked, found, now)
    if TELL in new:
        dossiers.tell(session, office, dossier, "nearly_late", {"code": dossier.code, "due_at": local(dossier.due_at).isoformat()}, now)
    dossier.watch_at = _next_look(office, dossier, found, given | set(new), now)


def _reached(dossier: Dossier, found: Clocks | None, now: datetime) -> Iterator[str]:
    """The levels that a dossier has reached, in order."""
    if dossier.status == "sent" and dossier.review_by and now > dossier.review_by:
        yield UNSEEN
    if found is None or found.allowed is None:
        return
    yield from (level for level, share in LEVELS.items() if found.share >= share)
    if found.late is not None:
        yield LATE
    elif _left(found) <= _near(found) and dossier.promised_at is None:
        yield TELL


def _left(found: Clocks) -> timedelta:
    return found.allowed - found.used


def _near(found: Clocks) -> timedelta:
    return min(found.allowed * NEAR, HALF_DAY)


def _holder(dossier: Dossier, found: Clocks | None) -> tuple[str, str | None]:
    """(role, staff id) of who must do something: for another office its asker, for the citizen's paper the desk."""
    role = found.spans[-1].role if found else "tiepnhan"
    role = {OFFICE: "chuyenmon", CITIZEN: "tiepnhan"}.get(role, role)
    return role, dossier.assigned_to or (found.spans[-1].person if found else None)


def _task(session: Session, office: Office, dossier: Dossier, level: str, found: Clocks | None, now: datetime) -> None:
    """A task for the holder, or for the leader once the date or the eight hours have passed."""
    task = tasks.open_task(session, office, TASKS[level], now, dossier_id=dossier.id, reason=level)
    task.for_role, _ = _holder(dossier, found) if level in LEVELS else ("lanhdao", None)
    task.for_staff = dossier.assigned_to if level in LEVELS else None


def _next_look(office: Office, dossier: Dossier, found: Clocks | None, given: set[str], now: datetime) -> datetime:
    if dossier.status == "sent":
        return dossier.review_by if dossier.review_by and dossier.review_by > now else now + IDLE
    if found is None or found.allowed is None or not found.spans[-1].running:
        return now + IDLE
    shares = {**LEVELS, LATE: 1.0, TELL: 1 - _near(found) / found.allowed if found.allowed else 1.0}
    waits = [found.allowed * share - found.used for level, share in shares.items() if level not in given]
    ahead = [wait for wait in waits if wait > timedelta(0)]
    # A minute more: the moment itself is still in time.
    return add_open_time(now, min(ahead), office.calendar) + timedelta(minutes=1) if ahead else now + IDLE


def _close_done(session: Session, office: Office, now: datetime) -> None:
    """End the warnings of what has been done: a dossier that is ready, or a letter that was looked at."""
    watched = exists().where(Dossier.id == Task.dossier_id, Dossier.status.in_(_WATCHED))
    unseen = exists().where(Dossier.id == Task.dossier_id, Dossier.status == "sent")
    over = or_(Task.kind.in_(("due_soon", "late")) & ~watched, (Task.kind == "unseen") & ~unseen)
    query = update(Task).where(Task.unit == office.unit, Task.closed_at.is_(None), over).values(closed_at=now)
    session.execute(query.execution_options(synchronize_session=False))


def given(session: Session, dossier_id: str) -> list[DueWarning]:
    """Return the warnings of a dossier, the oldest first."""
    query = select(DueWarning).where(DueWarning.dossier_id == dossier_id).order_by(DueWarning.at, DueWarning.level)
    return list(session.scalars(query))
