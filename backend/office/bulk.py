"""One action on many dossiers: each row is its own transaction with its own answer, and one refusal stops no other row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from backend.office import dossiers
from backend.office.kit import Actor, Office, Refused
from backend.store.db import Database
from backend.store.tables import Dossier

MOST = 100
"""Rows at once: what a person has looked at, and a few seconds of one worker."""


@dataclass(frozen=True)
class Outcome:
    """What became of one row: the refusal, or None where it was done. `code` is None for a dossier that is not this unit's."""

    dossier_id: str
    code: str | None
    refused: Refused | None


def act(
    database: Database, office: Office, action: str, rows: Sequence[tuple[str, int]], actor: Actor, data: dict[str, Any], now: datetime
) -> list[Outcome]:
    """Do `action` on each (dossier id, version seen), in order, and return what became of each.

    Raises Refused for the whole: "unknown_action", "bulk_not" for an action that the table does not allow for many,
    "bulk_none", "bulk_many" {most}.
    """
    rule = office.workflow.rule(action)
    if rule is None:
        raise Refused("unknown_action")
    if not rule.bulk:
        raise Refused("bulk_not", action=rule.label)
    if not rows or len(rows) > MOST:
        raise Refused("bulk_many", most=MOST) if rows else Refused("bulk_none")
    codes = _codes(database, actor.unit, [dossier_id for dossier_id, _ in rows])
    return [Outcome(id, codes.get(id), _one(database, office, id, action, actor, version, data, now)) for id, version in rows]


def _one(database: Database, office: Office, dossier_id: str, action: str, actor: Actor, version: int, data: dict[str, Any], now: datetime) -> Refused | None:
    try:
        with database.write() as session:
            dossiers.act(session, office, dossier_id, action, actor, version, data, now)
    except Refused as refused:
        return refused
    return None


def _codes(database: Database, unit: str, ids: list[str]) -> dict[str, str | None]:
    with database.read() as session:
        return dict(session.execute(select(Dossier.id, Dossier.code).where(Dossier.id.in_(ids), Dossier.unit == unit)).all())
