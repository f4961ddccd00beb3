"""Sending a stored message: written down before the call, no transaction open during it, settled after it."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from backend.office import contacts, jobs
from backend.office.jobs import Claim
from backend.store.tables import Contact, Conversation, Message
from bot.channels.base import Channel, ChannelError, Choice, Outgoing, Sent, Template
from bot.conversations import fallback
from bot.conversations.counts import SENDS
from bot.conversations.kit import Bot

log = structlog.get_logger()


def send(bot: Bot, claim: Claim) -> None:
    """Handle a "send" job.

    A message found in status "sending" was cut off in the middle of an earlier try: if the provider does not honour our
    id its outcome is unknown, it is shown with a button and never resent by itself.
    """
    with bot.database.write() as session:
        message = session.get(Message, claim.ids["message"])
        outgoing, channel = _begin(session, bot, message)
        if outgoing is None:
            jobs.finish(session, claim)
            if message.status in ("unknown", "dropped"):
                SENDS.labels(channel.name, message.status).inc()
    bot.bell.ring("message")
    if outgoing is not None:
        _call(bot, claim, channel, outgoing)


def _begin(session: Session, bot: Bot, message: Message) -> tuple[Outgoing | None, Channel]:
    """Mark the message as being sent; None when there is nothing to send."""
    channel = bot.channels[message.channel]
    contact = session.get(Contact, session.get(Conversation, message.conversation_id).contact_id)
    if message.status == "sending" and not channel.honours_our_id:
        message.status, message.error = "unknown", "cut_off"
        return None, channel
    if message.status not in ("queued", "sending"):
        return None, channel
    if contact.dead_reason or (contact.opted_out_at and message.cls == "reminder"):
        message.status, message.error = "dropped", contact.dead_reason or "opted_out"
        return None, channel
    message.status = "sending"
    return _outgoing(bot, message, contact), channel


def _outgoing(bot: Bot, message: Message, contact: Contact) -> Outgoing:
    vault = bot.office.vault
    body = vault.open(message.body_sealed, f"message.body:{message.id}")
    stored = vault.open_json(message.params_sealed, f"message.params:{message.id}") if message.params_sealed else {}
    choices = tuple(Choice(str(n), bot.words.plain(o["label"], o["params"])) for n, o in enumerate(stored.get("options", []), 1))
    return Outgoing(
        message.id, contacts.address_of(vault, contact), body, choices, _template(bot, message, body), contact.last_inbound_at
    )


def _template(bot: Bot, message: Message, body: str) -> Template | None:
    if bot.template_id is None or message.cls != "status":
        return None
    return Template(bot.template_id, {"content": body})


def _call(bot: Bot, claim: Claim, channel: Channel, outgoing: Outgoing) -> None:
    try:
        sent = channel.send(outgoing)
    except ChannelError as error:
        outcome = _failed(bot, claim, error)
    else:
        outcome = _done(bot, claim, sent)
    SENDS.labels(channel.name, outcome).inc()


def _done(bot: Bot, claim: Claim, sent: Sent) -> str:
    now = bot.clock.now()
    with bot.database.write() as session:
        jobs.finish(session, claim)
        message = session.get(Message, claim.ids["message"])
        if message.status == "sending":
            message.status = "sent"
        message.provider_id, message.segments, message.sent_at = sent.provider_id, sent.segments, now
    bot.bell.ring("message")
    return "sent"


def _failed(bot: Bot, claim: Claim, error: ChannelError) -> str:
    now = bot.clock.now()
    log.warning("send.failed", reason=error.reason_key, code=error.code, retry=error.retry)
    with bot.database.write() as session:
        message = session.get(Message, claim.ids["message"])
        message.error = error.reason_key
        if error.retry == "later" and claim.attempts < jobs.MAX_ATTEMPTS:
            message.status = "queued"
            _wait(session, claim, error, now)
            return "later"
        message.status = "unknown" if error.retry == "unknown" else "failed"
        if error.retry == "later":
            jobs.bury(session, claim, str(error))
        else:
            jobs.finish(session, claim)
        if error.retry == "never":
            fallback.after_failure(session, bot, message, error, now)
        outcome = message.status
    bot.bell.ring("message")
    return outcome


def _wait(session: Session, claim: Claim, error: ChannelError, now: datetime) -> None:
    """Give the job back; a wait the provider asked for still counts as a try, so that it ends one day."""
    jobs.retry(session, claim, str(error), now)
    if error.after:
        jobs.postpone(session, claim, now + timedelta(seconds=error.after))


def resend(session: Session, bot: Bot, message: Message, now: datetime) -> None:
    """Send a message of unknown or failed outcome again, because a person said so."""
    conversation = session.get(Conversation, message.conversation_id)
    message.status, message.error = "queued", None
    jobs.put(session, "send", f"out:{conversation.contact_id}", message.unit, {"message": message.id}, now)
