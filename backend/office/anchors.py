"""The daily anchor: each day's events fixed on the next, so that a history that was rewritten whole, or is gone, is named.

A chain shows a changed row. Who changed a row and every hash after it, or removed a dossier with its events, would leave
chains that hold; the anchor of the day then does not. Its digest is keyed and covers the anchor of the day before.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.clock import VIETNAM, local
from backend.office.kit import today
from backend.store.tables import Anchor, Event
from backend.store.vault import Vault

MOST = 31
"""Days of one run: a machine that was off for a year catches up in a few."""
_DAY = timedelta(days=1)
Rows = Mapping[str, tuple[str, str]]
"""Event id -> (dossier id, hash)."""


def make(session: Session, vault: Vault, unit: str, now: datetime) -> int:
    """Anchor the days up to yesterday that are not anchored yet, in the caller's transaction; returns how many, MOST at a time."""
    last = session.scalars(select(Anchor).where(Anchor.unit == unit).order_by(Anchor.day.desc()).limit(1)).first()
    first = last.day + _DAY if last else _first_day(session, unit)
    days = (today(now) - first).days if first else 0
    for n in range(min(days, MOST)):
        last = _anchor(session, vault, unit, first + n * _DAY, last.hash if last else "", now)
    return max(0, min(days, MOST))


def _first_day(session: Session, unit: str) -> date | None:
    at = session.scalar(select(func.min(Event.at)).where(Event.unit == unit))
    return local(at).date() if at else None


def _anchor(session: Session, vault: Vault, unit: str, day: date, before: str, now: datetime) -> Anchor:
    rows = _packed(_events(session, unit, day))
    made = Anchor(unit=unit, day=day, count=len(_unpacked(rows)), rows=rows, prev_hash=before, at=now)
    made.hash = _digest(vault, made)
    session.add(made)
    return made


def _events(session: Session, unit: str, day: date) -> Rows:
    begin = datetime.combine(day, time(0), VIETNAM)
    query = select(Event.id, Event.dossier_id, Event.hash).where(Event.unit == unit, Event.at >= begin, Event.at < begin + _DAY)
    return {id_: (dossier, hash_) for id_, dossier, hash_ in session.execute(query)}


def _packed(rows: Rows) -> bytes:
    return zlib.compress("\n".join(f"{id_} {dossier} {hash_}" for id_, (dossier, hash_) in sorted(rows.items())).encode())


def _unpacked(blob: bytes) -> Rows:
    lines = zlib.decompress(blob).decode().splitlines()
    return {id_: (dossier, hash_) for id_, dossier, hash_ in map(str.split, lines)}


def _digest(vault: Vault, anchor: Anchor) -> str:
    return vault.mac("anchor", f"{anchor.unit} {anchor.day} {anchor.count} {anchor.rows.hex()} {anchor.prev_hash}")


def broken(session: Session, vault: Vault) -> Iterator[str]:
    """Yield one line for each anchor or event that does not fit, naming the day and the row."""
    query = select(Anchor).order_by(Anchor.unit, Anchor.day).execution_options(yield_per=100)
    for unit, anchors in groupby(session.scalars(query), key=lambda anchor: anchor.unit):
        before = None
        for anchor in anchors:
            yield from _misfits(session, vault, unit, anchor, before)
            before = anchor


def _misfits(session: Session, vault: Vault, unit: str, anchor: Anchor, before: Anchor | None) -> Iterator[str]:
    if before is not None and anchor.day != before.day + _DAY:
        yield f"anchor {before.day + _DAY} of {unit} is missing"
    elif anchor.prev_hash != (before.hash if before else ""):
        yield f"anchor {anchor.day} of {unit}: the anchor before it was changed or is missing"
    if anchor.hash != _digest(vault, anchor):
        yield f"anchor {anchor.day} of {unit} was changed"
        return
    yield from _compared(_unpacked(anchor.rows), _events(session, unit, anchor.day), anchor.day)


def _compared(fixed: Rows, found: Rows, day: date) -> Iterator[str]:
    for id_, (dossier, hash_) in fixed.items():
        if id_ not in found:
            yield f"event {id_} of dossier {dossier}, anchored on {day}, is missing"
        elif found[id_] != (dossier, hash_):
            yield f"event {id_} of dossier {dossier} was rewritten after its day {day} was anchored"
    yield from (f"event {id_} of dossier {found[id_][0]} was added to {day} after that day was anchored" for id_ in found.keys() - fixed.keys())


def newest(session: Session, unit: str, count: int = 14) -> list[Anchor]:
    """Return the newest anchors, for the leader to note their digests outside this machine."""
    return list(session.scalars(select(Anchor).where(Anchor.unit == unit).order_by(Anchor.day.desc()).limit(count)))
