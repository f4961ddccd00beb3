"""What comes in: a durable store, once per provider id, with the job that will answer it; then 200."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.office import contacts, jobs
from backend.store.tables import Attachment, Contact, Conversation, Message
from backend.store.types import new_id
from bot.channels.base import Channel, Inbound, Media, RawRequest, Receipt
from bot.conversations import settle
from bot.conversations.kit import Bot

log = structlog.get_logger()
TEXT_LIMIT = 2000
"""Characters of one message that are kept; ten joined segments of an SMS are 1,530."""
_PHONE_CHANNELS = ("sms", "twilio")


def receive(bot: Bot, channel: Channel, request: RawRequest) -> int:
    """Store what a webhook brought and ring. Returns how many messages were new.

    Raises BadSignature or BadRequest of the channel; then nothing is stored.
    """
    items = channel.read(request)
    if not items:
        return 0
    now = bot.clock.now()
    with bot.database.write(urgent=True) as session:
        stored = sum(_store(session, bot, channel, item, request.body, now) for item in items)
    bot.bell.ring("job")
    if any(isinstance(item, Receipt) for item in items):
        bot.bell.ring("message")
    return stored


def _store(session: Session, bot: Bot, channel: Channel, item: Inbound | Receipt, raw: bytes, now: datetime) -> int:
    if isinstance(item, Receipt):
        settle.settle(session, bot, channel.name, item, now)
        return 0
    kind = "sms" if channel.name in _PHONE_CHANNELS else channel.name
    contact, conversation = contacts.conversation_with(session, bot.office, kind, item.address, now)
    message_id = _insert(session, bot, channel.name, conversation, item, raw, now)
    if message_id is None:
        return 0
    _note_contact(bot, channel.name, contact, conversation, item, now)
    if item.answerable and item.kind != "unfollow":
        _schedule(session, bot, kind, conversation, message_id, item, now)
    return 1


def _insert(session: Session, bot: Bot, channel: str, conversation: Conversation, item: Inbound, raw: bytes, now: datetime) -> str | None:
    vault, message_id = bot.office.vault, new_id()
    row = {
        "id": message_id,
        "unit": conversation.unit,
        "conversation_id": conversation.id,
        "direction": "in",
        "channel": channel,
        "provider_id": item.provider_id[:120],
        "kind": item.kind if item.answerable else "other",
        "body_sealed": vault.seal(item.text[:TEXT_LIMIT], f"message.body:{message_id}"),
        "raw_sealed": vault.seal(raw[:65536], f"message.raw:{message_id}"),
        "status": "stored",
        "created_at": now,
        "handled_at": None if item.answerable else now,
    }
    insert = (sqlite if bot.database.embedded else postgresql).insert
    once = insert(Message).values(row).on_conflict_do_nothing(index_elements=["channel", "direction", "provider_id"])
    return session.scalar(once.returning(Message.id))


def _note_contact(bot: Bot, channel: str, contact: Contact, conversation: Conversation, item: Inbound, now: datetime) -> None:
    contact.last_inbound_at = conversation.last_in_at = now
    contact.last_channel = channel
    contact.dead_reason = "unfollowed" if item.kind == "unfollow" else None
    phone = item.extra.get("phone") if item.kind == "contact" else None
    if phone:
        contacts.set_phone(bot.office, contact, phone)


def _schedule(session: Session, bot: Bot, kind: str, conversation: Conversation, message_id: str, item: Inbound, now: datetime) -> None:
    lane, unit = f"in:{conversation.id}", conversation.unit
    for media in item.media:
        _attach(session, bot, conversation, message_id, media, lane, now)
    wait = bot.fragment_seconds[kind]
    at_once = conversation.asking and (kind == "sms" or len(item.text.strip()) <= 2)
    run_at = now if at_once else now + timedelta(seconds=wait)
    jobs.put(session, "turn", lane, unit, {"conversation": conversation.id}, now, run_at=run_at, dedup=f"turn:{message_id}")


def _attach(session: Session, bot: Bot, conversation: Conversation, message_id: str, media: Media, lane: str, now: datetime) -> None:
    """Keep the content if it came along; else fetch it in the same lane, before the turn that speaks of it."""
    row = Attachment(id=new_id(), unit=conversation.unit, message_id=message_id, mime=media.mime or "?", size=0, sha256="", created_at=now)
    session.add(row)
    if media.content is not None:
        fill(bot, row, media)
    else:
        row.source_sealed = bot.office.vault.seal(media.url or "", f"attachment.source:{row.id}")
        jobs.put(session, "fetch", lane, conversation.unit, {"attachment": row.id, "message": message_id}, now)


def fill(bot: Bot, row: Attachment, media: Media) -> None:
    """Put fetched content into its row."""
    row.mime, row.size = media.mime[:60], len(media.content)
    row.sha256 = hashlib.sha256(media.content).hexdigest()
    row.content_sealed = bot.office.vault.seal(media.content, f"attachment.content:{row.id}")
    row.source_sealed = None


def waiting(session: Session, conversation_id: str) -> list[Message]:
    """Return what this conversation has said and nobody has handled, in the order it came."""
    query = select(Message).where(
        Message.conversation_id == conversation_id, Message.direction == "in", Message.handled_at.is_(None)
    )
    return list(session.scalars(query.order_by(Message.created_at, Message.id)))
