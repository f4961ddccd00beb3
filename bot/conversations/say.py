"""Putting what is to be said into the outbox: rendered for the person's channel, one row and one job a page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from backend.office import jobs
from backend.store.tables import Contact, Conversation, Message
from backend.store.types import new_id
from bot.conversations.kit import Bot
from bot.dialogue.types import Option, Say


def put_says(
    session: Session, bot: Bot, conversation: Conversation, contact: Contact, says: tuple[Say, ...], now: datetime, *, dossier_id: str | None = None
) -> list[Message]:
    """Write the messages of `says` and their jobs; what a person refused to get is not written."""
    made = []
    accents = bot.channel_to(contact).accents
    for say in says:
        if say.cls == "reminder" and contact.opted_out_at:
            continue
        pages = bot.words.render(say, accents)
        for number, page in enumerate(pages, 1):
            last = number == len(pages)
            made.append(_put(session, bot, conversation, contact, page, say, now, last=last, dossier_id=dossier_id))
    return made


def _put(session, bot: Bot, conversation: Conversation, contact: Contact, page: str, say: Say, now: datetime, *, last: bool, dossier_id) -> Message:
    options = [asdict(option) for option in say.options] if last else []
    params = {"params": say.params, "options": options}
    return put_text(
        session, bot, conversation, contact, page, now, cls=say.cls, text_key=say.key, params=params, dossier_id=dossier_id
    )


def put_text(
    session: Session,
    bot: Bot,
    conversation: Conversation,
    contact: Contact,
    body: str,
    now: datetime,
    *,
    cls: str = "answer",
    text_key: str | None = None,
    params: dict | None = None,
    author: str | None = None,
    dossier_id: str | None = None,
    run_at: datetime | None = None,
) -> Message:
    """Write one outgoing message and the job that sends it, in the lane of its address."""
    vault, channel = bot.office.vault, bot.channel_to(contact)
    message = Message(id=new_id(), unit=conversation.unit, conversation_id=conversation.id, direction="out", channel=channel.name)
    message.kind, message.status, message.cls, message.created_at = "text", "queued", cls, now
    message.text_key, message.text_version, message.author = text_key, bot.words.version if text_key else None, author
    message.dossier_id = dossier_id
    message.body_sealed = vault.seal(body, f"message.body:{message.id}")
    message.params_sealed = vault.seal_json(params, f"message.params:{message.id}") if params else None
    session.add(message)
    session.flush()
    jobs.put(session, "send", f"out:{contact.id}", conversation.unit, {"message": message.id}, now, run_at=run_at)
    return message


def said(bot: Bot, message: Message) -> Say:
    """Return the key and parameters a stored message was made from; a second page of the same text says it whole again."""
    stored = bot.office.vault.open_json(message.params_sealed, f"message.params:{message.id}")
    options = tuple(Option(**{**o, "words": tuple(o["words"])}) for o in stored["options"])
    return Say(message.text_key, stored["params"], options, message.cls)
