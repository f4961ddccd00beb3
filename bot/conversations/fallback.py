"""When a message cannot reach a person by one way: the next way, or a clerk who calls.

A refusal to be messaged is respected and never tried elsewhere.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backend.office import contacts, tasks
from backend.store.tables import Contact, Conversation, Message
from bot.channels.base import ChannelError
from bot.conversations import say
from bot.conversations.kit import Bot


def after_failure(session: Session, bot: Bot, message: Message, error: ChannelError, now: datetime) -> None:
    """Do what a permanent failure asks for: stop the contact, try the next channel, or open a call task."""
    conversation = session.get(Conversation, message.conversation_id)
    contact = session.get(Contact, conversation.contact_id)
    if error.stop_contact:
        contact.dead_reason, contact.opted_out_at = "refused", now
        return
    if error.reason_key in ("bad_number", "not_here"):
        contact.dead_reason = error.reason_key
    if message.cls == "reminder":
        return
    other = next_contact(session, bot, contact) if error.fallback else None
    if other is None:
        tasks.open_task(session, bot.office, "call", now, conversation=conversation, dossier_id=message.dossier_id, reason=error.reason_key)
    else:
        _resend(session, bot, message, other, now)


def next_contact(session: Session, bot: Bot, contact: Contact) -> Contact | None:
    """Return another live address of the same person; for Zalo with a known number, the SMS contact is made if needed."""
    found = contacts.siblings(session, contact)
    if found:
        return found[0]
    phone = contacts.phone_of(bot.office.vault, contact)
    if contact.channel == "sms" or phone is None:
        return None
    made, _ = contacts.conversation_with(session, bot.office, "sms", phone, bot.clock.now())
    return None if made.dead_reason or made.opted_out_at else made


def _resend(session: Session, bot: Bot, message: Message, other: Contact, now: datetime) -> None:
    """Say the same by another address, rendered anew from its key when it has one."""
    _, conversation = contacts.conversation_with(session, bot.office, other.channel, contacts.address_of(bot.office.vault, other), now)
    conversation.noticed_at = now
    vault = bot.office.vault
    if message.text_key is None:
        body = vault.open(message.body_sealed, f"message.body:{message.id}")
        say.put_text(session, bot, conversation, other, body, now, cls=message.cls, author=message.author, dossier_id=message.dossier_id)
        return
    told = say.said(bot, message)
    say.put_says(session, bot, conversation, other, (told,), now, dossier_id=message.dossier_id)
