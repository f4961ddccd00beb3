"""The register of staff: one line for each thing done about a member of staff, linked per unit, so that a changed line shows.

What is open is read from the lines themselves: an `asked` waits for a second person, a `set` for its day, until a later
line is `about` it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from backend.office import access
from backend.office.dossiers import next_number
from backend.office.kit import Actor
from backend.store.tables import Counter, Staff, StaffEvent
from backend.store.types import new_id
from backend.store.vault import Vault

OPENS = ("asked", "set")
_LINKED = ("id", "unit", "seq", "staff_id", "action", "about", "data", "actor", "on_behalf", "prev_hash")


def lock(session: Session, unit: str) -> None:
    """Make other writers of the register wait until our transaction ends; to be taken before anything is looked at."""
    session.scalar(select(Counter).where(Counter.name == _counter(unit)).with_for_update())


def _counter(unit: str) -> str:
    return f"staff:{unit}"


def write(
    session: Session, vault: Vault, staff: Staff, action: str, data: dict[str, Any], actor: Actor, now: datetime,
    *, about: str | None = None, from_day: date | None = None,
) -> StaffEvent:  # fmt: skip
    """Write the next line."""
    number = next_number(session, _counter(staff.unit))
    line = StaffEvent(id=new_id(), unit=staff.unit, seq=number, staff_id=staff.id, action=action, about=about, from_day=from_day, data=data, actor=actor.id)
    line.on_behalf, line.at = access.worn(actor, "staff.manage")[1], now
    line.prev_hash = session.scalar(select(StaffEvent.hash).where(StaffEvent.unit == staff.unit, StaffEvent.seq == number - 1)) or ""
    line.hash = _digest(vault, line)
    session.add(line)
    session.flush()
    return line


def _digest(vault: Vault, line: StaffEvent) -> str:
    facts = [getattr(line, name) for name in _LINKED] + [line.at.isoformat(), line.from_day and line.from_day.isoformat()]
    return vault.mac("staff_event", json.dumps(facts, ensure_ascii=False, sort_keys=True))


def lines(session: Session, unit: str, staff_id: str | None = None, most: int = 100) -> list[StaffEvent]:
    """Return the unit's lines, of one person where one is named, the newest first."""
    query = select(StaffEvent).where(StaffEvent.unit == unit, *([StaffEvent.staff_id == staff_id] if staff_id else []))
    return list(session.scalars(query.order_by(StaffEvent.seq.desc()).limit(most)))


def open_lines(session: Session, unit: str, action: str | None = None) -> list[StaffEvent]:
    """Return what waits for a second person or for its day, the oldest first."""
    later = aliased(StaffEvent)
    wanted = [action] if action else OPENS
    query = select(StaffEvent).where(StaffEvent.unit == unit, StaffEvent.action.in_(wanted), ~select(later.id).where(later.about == StaffEvent.id).exists())
    return list(session.scalars(query.order_by(StaffEvent.seq)))


def broken(session: Session, vault: Vault) -> Iterator[str]:
    """Yield one line for each register that does not fit, and for each account that is not what its register says."""
    query = select(StaffEvent).order_by(StaffEvent.unit, StaffEvent.seq)
    begun: dict[str, datetime] = {}
    said: dict[str, dict[str, Any]] = {}
    for unit, found in groupby(session.scalars(query), key=lambda line: line.unit):
        rows = list(found)
        begun[unit] = rows[0].at
        yield from _misfits(session, vault, unit, rows)
        said |= _told(rows)
    for row in session.scalars(select(Staff).where(Staff.unit.in_(begun), ~Staff.demo)):
        yield from _against(row, said.get(row.id), begun[row.unit])


def _misfits(session: Session, vault: Vault, unit: str, rows: list[StaffEvent]) -> Iterator[str]:
    head = ""
    for number, row in enumerate(rows, 1):
        if row.seq != number:
            yield f"register of staff {unit}: line {number} is missing"
            return
        if row.prev_hash != head or row.hash != _digest(vault, row):
            yield f"register of staff {unit}: line {row.id} was changed"
            return
        head = row.hash
    if session.scalar(select(Counter.value).where(Counter.name == _counter(unit))) != len(rows):
        yield f"register of staff {unit}: lines are missing at the end"


def _told(rows: list[StaffEvent]) -> dict[str, dict[str, Any]]:
    """Staff id -> {roles, fields} by the lines; a closed account has no roles."""
    by_id, said = {row.id: row for row in rows}, {}
    for row in rows:
        if row.action in ("added", "ended"):
            said[row.staff_id] = row.data
        elif row.action == "begun":
            said[row.staff_id] = by_id[row.about].data
    return said


def _against(row: Staff, said: Mapping[str, Any] | None, begun: datetime) -> Iterator[str]:
    if said is None:
        if row.created_at > begun:  # older accounts stand outside the register until something is done about them
            yield f"account {row.login}: it was made past the register of staff"
    elif sorted(row.roles) != sorted(said.get("roles", ())) or sorted(row.fields) != sorted(said.get("fields", row.fields)):
        yield f"account {row.login}: its roles are not what the register of staff says"
