"""Reconciliation: what each side says went over the line on a day, and the name of whatever one of them lacks.

A message belongs to the day on which its sender wrote it, so both sides put it on the same one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.clock import VIETNAM
from backend.domain import exchange
from backend.domain.exchange import Entry, Peer, Problem
from backend.office import exchange_files
from backend.office.kit import Office, today
from backend.store.db import Database
from backend.store.tables import Dossier, ExchangeIn, ExchangeOut

DAYS = 7
MOST_DAYS = 92
_STATES = {"queued": "open", "sent": "open", "acknowledged": "applied", "refused": "refused"}


@dataclass(frozen=True)
class Line:
    """One day of one way (`sent` or `received`, seen from here). `theirs` None = they could not be asked."""

    peer: str
    day: date
    way: str
    ours: int
    theirs: int | None
    problems: list[Problem]

    @property
    def fits(self) -> bool:
        """Whether both sides hold the same."""
        return self.theirs is not None and not self.problems


class Asks(Protocol):
    """Whoever can ask a peer for its summary; raises on silence."""

    def summary(self, peer: Peer, query: str) -> Mapping[str, Any]: ...


def days_before(now: datetime, count: int) -> tuple[date, date]:
    """Return (first, last) of the `count` days up to today."""
    return today(now) - timedelta(days=count - 1), today(now)


def entries(session: Session, peer: str, day: date) -> dict[str, list[Entry]]:
    """Return {"sent": …, "received": …}: the messages and files of a day to and from a peer."""
    begin = datetime.combine(day, time(0), VIETNAM)
    end = begin + timedelta(days=1)
    out = select(ExchangeOut, Dossier.code).join(Dossier).where(ExchangeOut.peer == peer, ExchangeOut.at >= begin, ExchangeOut.at < end)
    in_ = select(ExchangeIn).where(ExchangeIn.peer == peer, ExchangeIn.sent_at >= begin, ExchangeIn.sent_at < end)
    files = exchange_files.entries(session, peer, begin, end)
    return {
        "sent": [Entry(row.id, row.kind, row.body_hash, _STATES[row.state], code) for row, code in session.execute(out)] + files["sent"],
        "received": [Entry(row.id, row.kind, row.body_hash, row.state, row.foreign_code) for row in session.scalars(in_)] + files["received"],
    }


def counted(session: Session, peer: str, first: date, last: date, *, rows: bool) -> dict[str, Any]:
    """Return what the summary door says: per day and way count and hash, with `rows` each message too. No personal data."""
    return {day.isoformat(): {way: _counted(found, rows) for way, found in entries(session, peer, day).items()} for day in _days(first, last)}


def _counted(found: list[Entry], rows: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"count": len(found), "hash": exchange.day_hash(found)}
    return made | {"rows": [[e.id, e.kind, e.hash, e.state, e.code] for e in found]} if rows else made


def _days(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def report(database: Database, office: Office, ask: Asks, first: date, last: date, silent: type[Exception]) -> list[Line]:
    """Return a line per peer, day and way on which anything went, newest day first. `silent` = what `ask` raises."""
    return [line for peer in office.peers for line in _of_peer(database, ask, peer, first, last, silent)]


def _held(database: Database, peer: str, day: date) -> dict[str, list[Entry]]:
    """What we hold, read with nothing open while the other side is asked."""
    with database.read() as session:
        return entries(session, peer, day)


def _of_peer(database: Database, ask: Asks, peer: Peer, first: date, last: date, silent: type[Exception]) -> list[Line]:
    try:
        theirs = ask.summary(peer, f"first={first}&last={last}")["days"]
    except (silent, KeyError):
        return [Line(peer.id, day, way, len(found), None, []) for day in _days(first, last) for way, found in _held(database, peer.id, day).items() if found]
    found = [line for day in _days(first, last) for line in _of_day(database, ask, peer, day, theirs.get(day.isoformat(), {}))]
    return sorted(found, key=lambda line: line.day, reverse=True)


_OTHER = {"sent": "received", "received": "sent"}
_NOTHING = {"count": 0, "hash": exchange.day_hash([])}


def _of_day(database: Database, ask: Asks, peer: Peer, day: date, theirs: Mapping[str, Any]) -> Iterator[Line]:
    for way, here in _held(database, peer.id, day).items():
        there = theirs.get(_OTHER[way], _NOTHING)
        if not here and not there["count"]:
            continue
        same = there["hash"] == exchange.day_hash(here)
        problems = [] if same else exchange.compare(here, _rows(ask, peer, day, _OTHER[way]), ours=way == "sent")
        yield Line(peer.id, day, way, len(here), there["count"], problems)


def _rows(ask: Asks, peer: Peer, day: date, way: str) -> list[Entry]:
    """Their messages of one day and way, asked for only where the hashes differ."""
    said = ask.summary(peer, f"first={day}&last={day}&rows=true")["days"]
    return [Entry(*row) for row in said[day.isoformat()][way]["rows"]]


def as_text(line: Line) -> str:
    """Return a line of the report, with one more under it for each message that does not fit."""
    theirs = "not to be reached" if line.theirs is None else f"{line.theirs} there"
    head = f"{line.day} {line.peer} {line.way}: {line.ours} here, {theirs}, {'same' if line.fits else 'different'}"
    return "\n".join([head, *(f"  {p.what.replace('_', ' ')}: {p.entry.kind} of {p.entry.code} ({p.entry.id})" for p in line.problems)])
