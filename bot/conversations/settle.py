"""Receipts: what became of a message of ours. They come in any order, twice, or before we know the provider's id."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.office import jobs
from backend.office.jobs import Claim
from backend.store.tables import Message
from bot.channels.base import ChannelError, Receipt, advances
from bot.conversations import fallback
from bot.conversations.counts import RECEIPTS
from bot.conversations.kit import Bot

_TRIES = 3


def settle(session: Session, bot: Bot, channel: str, receipt: Receipt, now: datetime, attempt: int = 1) -> None:
    """Note a receipt. One of an unknown id is kept as a job and looked at again twice: the send may not be committed yet."""
    message = _find(session, channel, receipt)
    if message is None:
        _look_again(session, bot, channel, receipt, now, attempt)
        return
    if not advances(message.status, receipt.status):
        return
    message.status = receipt.status
    RECEIPTS.labels(channel, receipt.status).inc()
    if receipt.failure is not None:
        message.error = receipt.failure.reason_key
        fallback.after_failure(session, bot, message, receipt.failure, now)


def _find(session: Session, channel: str, receipt: Receipt) -> Message | None:
    ours = Message.id == receipt.our_id if receipt.our_id else None
    theirs = Message.provider_id == receipt.provider_id if receipt.provider_id else None
    keys = [key for key in (ours, theirs) if key is not None]
    if not keys:
        return None
    return session.scalars(select(Message).where(Message.direction == "out", Message.channel == channel, or_(*keys))).first()


def _look_again(session: Session, bot: Bot, channel: str, receipt: Receipt, now: datetime, attempt: int) -> None:
    if attempt >= _TRIES or not (receipt.provider_id or receipt.our_id):
        return
    key = receipt.provider_id or receipt.our_id
    failure = receipt.failure.reason_key if receipt.failure else None
    ids = {"channel": channel, "id": key, "ours": receipt.provider_id is None, "status": receipt.status, "failure": failure, "attempt": attempt + 1}
    run_at = now + jobs.backoff(attempt + 1)
    jobs.put(session, "settle", f"settle:{key}"[:60], bot.office.unit, ids, now, run_at=run_at)


def again(bot: Bot, claim: Claim) -> None:
    """Handle a "settle" job: a receipt that came before its message was known."""
    ids = claim.ids
    failure = ChannelError(ids["failure"]) if ids["failure"] else None
    theirs, ours = (None, ids["id"]) if ids["ours"] else (ids["id"], None)
    receipt = Receipt(ids["status"], theirs, ours, failure=failure)
    with bot.database.write() as session:
        jobs.finish(session, claim)
        settle(session, bot, ids["channel"], receipt, bot.clock.now(), ids["attempt"])
