"""Whom a dossier may be handed to on a day: the offices above ours, by the units and levels in force then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from backend.domain import levels, units
from backend.domain.exchange import Peer
from backend.domain.letters import fold
from backend.office.kit import Office, Refused, today
from backend.store.tables import Dossier


@dataclass(frozen=True)
class Way:
    """An office above ours; `peer` where it has a machine that we are connected to."""

    level: str
    name: str
    peer: Peer | None


def up(office: Office, dossier: Dossier, now: datetime) -> list[Way]:
    """Return the offices above the commune that took a dossier in, the nearest first, as they stand today."""
    since = today(dossier.received_at or dossier.created_at)
    found = levels.above(units.load(), levels.load(), office.place, since, today(now))
    peers = [office.peers.of_unit(step.code) for step in found]
    return [Way(step.level, peer.name if peer else step.name, peer) for step, peer in zip(found, peers)]


def must_exist(office: Office, named: str, dossier: Dossier, now: datetime) -> None:
    """Raise Refused("office_gone" {office, instead}) for an office of a commune, district or province that is no more."""
    peer = office.peers.called(named)
    gone = levels.gone(units.load(), levels.load(), named, peer.unit if peer else "", today(now))
    if gone:
        raise Refused("office_gone", office=gone, instead=", ".join(way.name for way in up(office, dossier, now)))
    if communes := _gone_communes(named, today(now)):
        heirs = {heir.name for commune in communes for heir in units.load().successors(commune, today(now))}
        raise Refused("office_gone", office=communes[0].name, instead=", ".join(sorted(heirs)))


def _gone_communes(named: str, on: date) -> list[units.Unit]:
    """The communes that an office may be named after ("Công an xã Kim Lư") and that are no more; none where one of that name stands today."""
    words = f" {fold(named)} "
    found = [unit for unit in units.load().communes if words.endswith(f" {fold(unit.name)} ")]
    return [] if any(unit.in_force(on) for unit in found) else found
