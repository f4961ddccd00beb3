"""Puts a turn's own message, or the one before that it takes back, into the inbox; in the turn's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.office.kit import Office
from backend.store.tables import Message
from bot.dialogue.thresholds import STALE_HOURS
from bot.dialogue.types import Decision, Heard, Reading, State, Understanding
from bot.learning import inbox, unsure

SHORT = 6
"""Words of a text that may be nothing but a name."""
_FRAGMENTS = 12
"""Messages looked at for the turn before; one turn has seldom more than three."""


def note(
    session: Session,
    office: Office,
    conversation_id: str,
    before: State,
    heard: Heard,
    meant: Reading | Understanding,
    decision: Decision,
    now: datetime,
) -> None:
    """Note what a turn shows to be unsure, missed or corrected. Call it before the turn's messages are marked as handled."""
    names = {*unsure.names_in(before), *unsure.names_in(decision.state)} - {""}
    if heard.kind == "text" and unsure.takes_back(heard.text):
        _note_before(session, office, conversation_id, names, now)
    why = unsure.reason(before, meant, decision)
    if why and not (unsure.asks_for_a_name(before, office.catalogue) and len(heard.text.split()) <= SHORT):
        inbox.note(session, office, heard.id, heard.text, names, why, unsure.labels(meant), now)


def _note_before(
    session: Session, office: Office, conversation_id: str, names: set[str], now: datetime
) -> None:
    """The last turn, if it was a wish that the model understood: it understood it wrongly."""
    query = select(Message).where(
        Message.conversation_id == conversation_id, Message.direction == "in", Message.handled_at.is_not(None)
    )
    rows = list(
        session.scalars(query.order_by(Message.created_at.desc(), Message.id.desc()).limit(_FRAGMENTS))
    )[::-1]
    last = rows[-1] if rows else None
    if (
        last is None
        or now - last.created_at > timedelta(hours=STALE_HOURS)
        or (last.understood or {}).get("by") not in ("nlu", "search")
    ):
        return
    turn = [row for row in rows if (row.understood or {}).get("turn") == last.understood.get("turn")]
    text = "\n".join(office.vault.open(row.body_sealed, f"message.body:{row.id}") for row in turn)
    understood = {name: value for name, value in last.understood.items() if name != "turn"}
    inbox.note(session, office, last.id, text, names, "corrected", understood, now)
