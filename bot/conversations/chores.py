"""What time brings, looked at once a minute: the one reminder of a draft, a promise nobody kept, the work of the night (`daily`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.clock import local
from backend.office import complaints, jobs, positions, tasks, watch
from backend.office.jobs import Claim
from backend.store.tables import Contact, Conversation, Dossier, Job, Task
from bot import dialogue
from bot.conversations import daily
from bot.conversations.kit import Bot
from bot.conversations.states import load_state, speak
from bot.conversations.tell import DAY

EVERY = timedelta(minutes=1)
BATCHES = 10
"""Of dossiers looked at in one minute: a backlog is worked off in a few, and people find room between them."""
REMIND_AFTER = timedelta(days=3)
"""One reminder, then silence (rule 12)."""


def begin(session: Session, unit: str, now: datetime) -> None:
    """Put the first of the chores into the queue, once."""
    lane = f"chores:{unit}"
    if not session.scalar(select(Job.id).where(Job.kind == "periodic", Job.lane == lane, Job.state != "dead").limit(1)):
        jobs.put(session, "periodic", lane, unit, {}, now, dedup=f"{lane}:{now:%y%m%d%H%M}")


def chores(bot: Bot, claim: Claim) -> None:
    """Handle a "periodic" job: a part of the night's work, or the minute's, which puts what comes next into the queue."""
    if part := claim.ids.get("part"):
        daily.PARTS[part](bot, claim)
        return
    now = bot.clock.now()
    _watch(bot, now)
    with bot.database.write() as session:
        jobs.finish(session, claim)
        session.flush()
        daily.plan(session, bot.office.unit, now)
        for task in tasks.unanswered(session, bot.office.unit, now):
            _speak_again(session, bot, task, now)
        if DAY[0] <= local(now).time() < DAY[1]:
            for draft in _unreminded(session, bot.office.unit, now):
                _remind(session, bot, draft, now)
        then = now + EVERY
        jobs.put(session, "periodic", claim.lane, claim.unit, {}, now, run_at=then, dedup=f"{claim.lane}:{then:%y%m%d%H%M%S}")


def _watch(bot: Bot, now: datetime) -> None:
    """Warn of complaints and dossiers that will be late or are, batch by batch, each in a transaction of its own; let new positions begin."""
    with bot.database.write() as session:
        complaints.remind(session, bot.office, now)
        positions.begin_due(session, bot.office, now)
    for _ in range(BATCHES):
        with bot.database.write() as session:
            if watch.look(session, bot.office, now) < watch.BATCH:
                return


def _unreminded(session: Session, unit: str, now: datetime) -> list[Dossier]:
    query = select(Dossier).where(
        Dossier.unit == unit, Dossier.status == "draft", Dossier.reminded_at.is_(None), Dossier.updated_at < now - REMIND_AFTER
    )
    return list(session.scalars(query.limit(100)))


def _remind(session: Session, bot: Bot, draft: Dossier, now: datetime) -> None:
    draft.reminded_at = now
    conversation = session.scalars(select(Conversation).where(Conversation.id == draft.conversation_id).with_for_update()).one()
    contact = session.get(Contact, conversation.contact_id)
    if contact.opted_out_at or contact.dead_reason:
        return
    state = load_state(session, bot, conversation)
    case = next(case for case in state.cases if case.ref == draft.case_ref)
    decision = dialogue.remind(state, case, bot.office.catalogue, bot.place, local(now))
    conversation.noticed_at = now
    speak(session, bot, conversation, contact, decision, now)


def _speak_again(session: Session, bot: Bot, task: Task, now: datetime) -> None:
    """The promise has passed: the bot says so and offers the ways that are left, instead of silence (rule 14)."""
    task.spoke_again_at = now
    conversation = session.scalars(select(Conversation).where(Conversation.id == task.conversation_id).with_for_update()).one()
    conversation.owner = conversation.owner_since = None
    contact = session.get(Contact, conversation.contact_id)
    state = load_state(session, bot, conversation)
    decision = dialogue.tell(state, "nobody_answered", {}, bot.office.catalogue, bot.place, local(now))
    conversation.noticed_at = now
    speak(session, bot, conversation, contact, decision, now)
