"""The queue: a table in the business database, claimed with a lease, in order per lane.

Kinds are known here by name only; `main` hands the worker a handler for each. Why a table and not a broker: a job is
written in the transaction that makes it necessary, so nothing is committed without its job and no job without its cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, exists, literal, or_, select, update
from sqlalchemy.orm import Session, aliased

from backend.store.tables import Job

KINDS = ("turn", "fetch", "send", "settle", "notice", "duty", "exchange", "periodic", "hook", "portal")
LEASE = timedelta(seconds=60)
"""Longer than any single call a handler makes (NLU 3 s, a provider 30 s)."""
MAX_ATTEMPTS = 12


@dataclass(frozen=True)
class Claim:
    """A job in hand until `until`; only the holder of the lease may finish it."""

    id: int
    kind: str
    lane: str
    unit: str
    ids: dict
    attempts: int
    holder: str
    until: datetime


class LeaseLost(Exception):
    """Another worker has the job now; whatever this one did must be rolled back."""


class Later(Exception):
    """A handler asks to be run again: `after` a time, or by the usual backoff. `reason` is shown to staff, no personal data."""

    def __init__(self, reason: str, after: timedelta | None = None):
        super().__init__(reason)
        self.reason = reason
        self.after = after


def put(
    session: Session, kind: str, lane: str, unit: str, ids: dict, now: datetime, *, run_at: datetime | None = None, dedup: str | None = None
) -> None:
    """Write a job in the caller's transaction. A `dedup` key that is already queued makes this a no-op."""
    if kind not in KINDS:
        raise ValueError(f"unknown job kind {kind}")
    if dedup is not None and session.scalar(select(Job.id).where(Job.dedup == dedup)):
        return
    session.add(Job(kind=kind, lane=lane, unit=unit, ids=ids, dedup=dedup, state="ready", run_at=run_at or now, attempts=0, created_at=now))


def _claimable():
    """The next job that may run at `:now`. Built once: making this statement costs more than running it.

    "Not dead" is written as the condition of the lanes' index is, into the text: with a parameter, or as "ready or leased",
    SQLite does not use that index, and a claim among a thousand jobs that are due takes 170 ms instead of 1.
    """
    now, earlier = bindparam("now", type_=Job.run_at.type), aliased(Job)
    blocked = exists().where(earlier.lane == Job.lane, earlier.id < Job.id, earlier.state != literal("dead", literal_execute=True))
    free = or_(and_(Job.state == "ready", Job.run_at <= now), and_(Job.state == "leased", Job.lease_until < now))
    return select(Job).where(free, ~blocked).order_by(Job.run_at, Job.id).limit(1).with_for_update(skip_locked=True)


_NEXT = _claimable()


def claim(session: Session, holder: str, now: datetime, lease: timedelta = LEASE) -> Claim | None:
    """Take the next job that may run, or None. The caller commits before doing any work."""
    job = session.scalars(_NEXT, {"now": now}).first()
    if job is None:
        return None
    job.state, job.lease_by, job.lease_until, job.attempts = "leased", holder, now + lease, job.attempts + 1
    return Claim(job.id, job.kind, job.lane, job.unit, job.ids, job.attempts, holder, job.lease_until)


def holders(session: Session) -> set[str]:
    """Return who holds a lease now."""
    return set(session.scalars(select(Job.lease_by).where(Job.state == "leased").distinct()))


def release(session: Session, holder: str) -> None:
    """Give back what a holder had in hand that is known to be dead: its lease need not run out first."""
    session.execute(update(Job).where(Job.lease_by == holder, Job.state == "leased").values(state="ready", lease_by=None, lease_until=None))


def finish(session: Session, claim: Claim) -> None:
    """Remove a done job in the handler's own transaction. Raises LeaseLost if somebody else holds it by now."""
    gone = session.execute(delete(Job).where(Job.id == claim.id, Job.lease_by == claim.holder, Job.state == "leased"))
    if gone.rowcount != 1:
        raise LeaseLost(claim.kind)


def backoff(attempts: int) -> timedelta:
    """Return the pause before the next try: 2, 4, 8 … seconds, five minutes at most."""
    return timedelta(seconds=min(2**attempts, 300))


def retry(session: Session, claim: Claim, error: str, now: datetime, after: timedelta | None = None) -> None:
    """Give a failed job back; after MAX_ATTEMPTS it is dead, visible, and its lane is free. An asked-for wait is no failure."""
    dead = after is None and claim.attempts >= MAX_ATTEMPTS
    session.execute(
        update(Job)
        .where(Job.id == claim.id, Job.lease_by == claim.holder)
        .values(
            state="dead" if dead else "ready",
            run_at=now + (after or backoff(claim.attempts)),
            attempts=claim.attempts - (1 if after else 0),
            error=error[:200],
            lease_by=None,
            lease_until=None,
        )
    )


def postpone(session: Session, claim: Claim, until: datetime) -> None:
    """Let a job that was given back wait until a moment of the provider's choosing."""
    session.execute(update(Job).where(Job.id == claim.id, Job.state == "ready", Job.run_at < until).values(run_at=until))


def bury(session: Session, claim: Claim, error: str) -> None:
    """Make a job dead at once: trying again cannot help."""
    session.execute(
        update(Job).where(Job.id == claim.id, Job.lease_by == claim.holder).values(state="dead", error=error[:200], lease_by=None)
    )


def replay(session: Session, job_id: int, unit: str, now: datetime) -> bool:
    """Put a dead job of `unit` back into the queue; False if there is none (somebody else was faster)."""
    values = {"state": "ready", "run_at": now, "attempts": 0, "error": None}
    done = session.execute(update(Job).where(Job.id == job_id, Job.unit == unit, Job.state == "dead").values(**values))
    return done.rowcount == 1


def dead(session: Session, unit: str) -> list[Job]:
    """Return the dead jobs of a unit, newest first."""
    return list(session.scalars(select(Job).where(Job.unit == unit, Job.state == "dead").order_by(Job.id.desc()).limit(200)))
