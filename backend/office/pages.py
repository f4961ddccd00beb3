"""Long lists in pages: an opaque cursor that says after which row to go on, in an order that no later act changes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.office.kit import Refused
from backend.store.tables import Dossier


def dossiers(
    session: Session, unit: str, *, statuses: Sequence[str] = (), procedure: str | None = None, within: Collection[str] | None = None,
    since: datetime | None = None, cursor: str | None = None, most: int = 50,
) -> tuple[list[Dossier], str | None]:
    """Return (a page of the unit's sent dossiers in the order they were made, cursor of the next page or None).

    `within` = of these procedures only, None = of all; `since` = changed at or after this moment. Raises Refused("cursor") for a cursor that is not ours.
    """
    query = select(Dossier).where(Dossier.unit == unit, Dossier.status != "draft", Dossier.code.is_not(None))
    if statuses:
        query = query.where(Dossier.status.in_(statuses))
    if procedure:
        query = query.where(Dossier.procedure == procedure)
    if within is not None:
        query = query.where(Dossier.procedure.in_(within))
    if since:
        query = query.where(Dossier.updated_at >= since)
    if cursor:
        query = query.where(Dossier.id > _opened(cursor))
    found = list(session.scalars(query.order_by(Dossier.id).limit(most + 1)))
    return found[:most], _closed(found[most - 1].id) if len(found) > most else None


def _closed(last: str) -> str:
    return base64.urlsafe_b64encode(f"1:{last}".encode()).decode().rstrip("=")


def _opened(cursor: str) -> str:
    try:
        version, _, last = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode().partition(":")
    except (binascii.Error, ValueError):
        raise Refused("cursor") from None
    if version != "1" or len(last) != 26 or not last.isalnum():
        raise Refused("cursor")
    return last
