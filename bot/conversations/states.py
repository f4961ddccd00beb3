"""Where a conversation stands, in and out of the tables: its own row, and a draft dossier for each form."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.office import drafts
from backend.store.tables import Contact, Conversation
from bot.conversations import say
from bot.conversations.kit import Bot
from bot.dialogue.types import Decision, State


def load_state(session: Session, bot: Bot, conversation: Conversation) -> State:
    """Return the state of a conversation: its own row, and a case for each of its drafts."""
    sealed = conversation.state_sealed
    data = bot.office.vault.open_json(sealed, f"conversation.state:{conversation.id}") if sealed else {}
    cases = [drafts.form_of(bot.office, dossier) for dossier in drafts.of_conversation(session, conversation.id)]
    return State.from_json({**data, "cases": cases})


def save_state(session: Session, bot: Bot, conversation: Conversation, channel: str, state: State, now: datetime) -> None:
    """Write a state: the cases into their drafts, the rest into the conversation's row."""
    for case in state.cases:
        drafts.save(session, bot.office, conversation, channel, case.to_json(), now)
    data = state.to_json()
    data.pop("cases")
    conversation.state_sealed = bot.office.vault.seal_json(data, f"conversation.state:{conversation.id}")
    conversation.asking = state.open is not None


def speak(session: Session, bot: Bot, conversation: Conversation, contact: Contact, decision: Decision, now: datetime, *, dossier_id=None) -> None:
    """Write a decision that nobody's message caused: state, version, what is said."""
    save_state(session, bot, conversation, contact.channel, decision.state, now)
    session.execute(update(Conversation).where(Conversation.id == conversation.id).values(version=Conversation.version + 1))
    say.put_says(session, bot, conversation, contact, decision.says, now, dossier_id=dossier_id)
