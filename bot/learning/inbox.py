"""The "chưa hiểu" inbox: messages that were asked back, missed or corrected, masked, and what officers say they meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.office.kit import Actor, Office, Refused
from backend.store.tables import UnsureLine
from backend.store.types import new_id
from bot.learning.masking import PLACEHOLDER, masked, twin

SHOWN = 50
"""Lines of a page; the rest comes up as these are done."""


@dataclass(frozen=True)
class Line:
    """One line as an officer sees it, with how many folded twins wait with it."""

    row: UnsureLine
    text: str
    twins: int


def note(
    session: Session,
    office: Office,
    message_id: str,
    text: str,
    names: Iterable[str],
    reason: str,
    understood: Mapping[str, Any],
    now: datetime,
) -> None:
    """Put a message into the inbox, masked, once; a twin of a labelled line comes in labelled. Nothing for a text without words of its own."""
    line = masked(text, names)
    if not any(c.isalpha() for c in PLACEHOLDER.sub("", line)):
        return
    row_id, index = new_id(), office.vault.index("unsure", twin(line))
    row = {
        "id": row_id, "unit": office.unit, "message_id": message_id, "text_sealed": office.vault.seal(line, _where(row_id)), "text_index": index,
        "reason": reason, "understood": dict(understood), "status": "new", "created_at": now, **_known_label(session, office.unit, index),
    }  # fmt: skip
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    session.execute(
        insert(UnsureLine)
        .values(row)
        .on_conflict_do_update(index_elements=["message_id"], set_={"reason": reason})
    )


def _known_label(session: Session, unit: str, index: str) -> dict[str, Any]:
    same = select(UnsureLine).where(
        UnsureLine.unit == unit, UnsureLine.text_index == index, UnsureLine.status != "new"
    )
    row = session.scalars(same.order_by(UnsureLine.labelled_at.desc()).limit(1)).first()
    kept = ("status", "label_intent", "label_procedure", "labelled_by", "labelled_at")
    return {name: getattr(row, name) for name in kept} if row else {}


def waiting(session: Session, office: Office) -> list[Line]:
    """Return the newest lines without a label, one of each kind of twins."""
    query = (
        select(func.max(UnsureLine.id), func.count())
        .where(UnsureLine.unit == office.unit, UnsureLine.status == "new")
        .group_by(UnsureLine.text_index)
        .order_by(func.max(UnsureLine.id).desc())
    )
    twins = dict(session.execute(query.limit(SHOWN)).all())
    rows = session.scalars(select(UnsureLine).where(UnsureLine.id.in_(twins)).order_by(UnsureLine.id.desc()))
    return [Line(row, text_of(office, row), twins[row.id]) for row in rows]


def counts(session: Session, unit: str) -> dict[str, int]:
    """Return status -> how many lines of the unit have it."""
    query = select(UnsureLine.status, func.count()).where(UnsureLine.unit == unit).group_by(UnsureLine.status)
    return {"new": 0, "labelled": 0, "dropped": 0, **dict(session.execute(query).all())}


def text_of(office: Office, row: UnsureLine) -> str:
    """Return the masked text of a line."""
    return office.vault.open(row.text_sealed, _where(row.id))


def found(session: Session, unit: str, line_id: str) -> UnsureLine:
    """Return a line of the unit. Raises Refused("line_unknown")."""
    row = session.get(UnsureLine, line_id)
    if row is None or row.unit != unit:
        raise Refused("line_unknown")
    return row


def label(
    session: Session, line_id: str, intent: str, procedure: str | None, actor: Actor, now: datetime
) -> None:
    """Say what a line meant; its twins that wait get the same. Raises Refused where somebody was faster."""
    _settle(session, line_id, actor, now, status="labelled", label_intent=intent, label_procedure=procedure)


def drop(session: Session, line_id: str, actor: Actor, now: datetime) -> None:
    """Say that there is nothing to learn from a line and its twins. Raises Refused where somebody was faster."""
    _settle(session, line_id, actor, now, status="dropped")


def _settle(session: Session, line_id: str, actor: Actor, now: datetime, **values: Any) -> None:
    row = found(session, actor.unit, line_id)
    twins = update(UnsureLine).where(
        UnsureLine.unit == row.unit, UnsureLine.text_index == row.text_index, UnsureLine.status == "new"
    )
    done = session.execute(twins.values(labelled_by=actor.staff_id, labelled_at=now, **values))
    if not done.rowcount:
        raise Refused("line_settled")


def labelled(session: Session, office: Office) -> list[tuple[str, str, str]]:
    """Return (masked text, intent, procedure or "") of every labelled line, twins once, oldest first."""
    query = (
        select(UnsureLine)
        .where(UnsureLine.unit == office.unit, UnsureLine.status == "labelled")
        .order_by(UnsureLine.id)
    )
    kinds: dict[str, tuple[str, str, str]] = {}
    for row in session.scalars(query):
        kinds.setdefault(row.text_index, (text_of(office, row), row.label_intent, row.label_procedure or ""))
    return list(kinds.values())


def _where(row_id: str) -> str:
    return f"unsure_line.text:{row_id}"
