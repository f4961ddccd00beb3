"""What happens once a day, while the office sleeps: what is too old is forgotten, and Zalo's tokens are kept alive.

The chores of each minute see to it that the next day's jobs wait; a job that died yesterday does not stop today's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.clock import local
from backend.office import anchors, jobs, retention
from backend.office.jobs import Claim, Later
from backend.store.tables import Job
from bot.channels.base import ChannelError
from bot.conversations.kit import Bot

log = structlog.get_logger()
AT = time(2, 0)
"""Việt Nam time. A machine that is off at night does it when it is started."""
PAUSE = timedelta(seconds=1)
"""Between two rounds of batches, so that a long backlog leaves room for people."""


def plan(session: Session, unit: str, now: datetime) -> None:
    """Put into the queue what is to be done next night and does not wait there yet."""
    waiting = set(
        session.scalars(select(Job.lane).where(Job.kind == "periodic", Job.unit == unit, Job.state != "dead"))
    )
    for part in PARTS:
        if (lane := f"{part}:{unit}") not in waiting:
            then = _next(now)
            jobs.put(
                session,
                "periodic",
                lane,
                unit,
                {"part": part},
                now,
                run_at=then,
                dedup=f"{lane}:{then:%y%m%d}",
            )


def _next(now: datetime) -> datetime:
    here = local(now)
    then = datetime.combine(here.date(), AT, here.tzinfo)
    return then if then > here else then + timedelta(days=1)


def forget(bot: Bot, claim: Claim) -> None:
    """Sweep a batch of every class, each in a transaction of its own; come again soon while there is more."""
    now, more = bot.clock.now(), False
    for rule in retention.timed():
        with bot.database.write() as session:
            more = retention.sweep(session, bot.office, rule, now) or more
    if more:
        raise Later("retention", PAUSE)
    _finish(bot, claim)


def keep_tokens(bot: Bot, claim: Claim) -> None:
    """Renew Zalo's pair where it is old: a refresh token that nobody used for three months would end the account's link."""
    zalo = bot.channels.get("zalo")
    if zalo is not None:
        try:
            zalo.tokens.current()
        except ChannelError as error:
            log.warning("tokens.failed", reason=error.reason_key, code=error.code)
            raise Later(str(error)) from None
    _finish(bot, claim)


def _finish(bot: Bot, claim: Claim) -> None:
    with bot.database.write() as session:
        jobs.finish(session, claim)


def anchor(bot: Bot, claim: Claim) -> None:
    """Fix the events of the days that are over; come again at once while days are left."""
    with bot.database.write() as session:
        made = anchors.make(session, bot.office.vault, bot.office.unit, bot.clock.now())
    if made == anchors.MOST:
        raise Later("anchors", PAUSE)
    _finish(bot, claim)


PARTS: Mapping[str, Callable[[Bot, Claim], None]] = {"retention": forget, "tokens": keep_tokens, "anchor": anchor}
