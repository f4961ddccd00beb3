"""A notice of the office on its way to a person: worded, by the best channel, in daytime."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.clock import local
from backend.office import contacts, jobs, pauses, tasks
from backend.office.jobs import Claim
from backend.store.tables import Contact, Conversation, Dossier, Notice
from bot import dialogue
from bot.conversations import fallback
from bot.conversations.kit import Bot
from bot.conversations.states import load_state, speak
from bot.dialogue.types import State

DAY = (time(7), time(20))
"""Notices and reminders go out between these hours of Việt Nam; answers at any hour."""
ANSWER_WINDOW = timedelta(minutes=30)
"""Somebody who wrote to us this recently is awake: a notice then goes at once."""


def notice(bot: Bot, claim: Claim) -> None:
    """Handle a "notice" job: word it in its conversation's lane, so that it and the person's turns do not cross."""
    now = bot.clock.now()
    with bot.database.write() as session:
        row = session.get(Notice, claim.ids["notice"])
        contact = _reachable(session, bot, row)
        if contact is not None and (wait := quiet_until(contact, now)):
            raise jobs.Later("quiet hours", wait - now)
        jobs.finish(session, claim)
        if row.state != "new":
            return
        if contact is None:
            _nobody(session, bot, row, now)
        else:
            _word(session, bot, row, contact, now)
    bot.bell.ring("message")


def quiet_until(contact: Contact, now: datetime) -> datetime | None:
    """Return when a notice may go out, None for at once."""
    here = local(now)
    awake = contact.last_inbound_at is not None and now - contact.last_inbound_at < ANSWER_WINDOW
    if awake or DAY[0] <= here.time() < DAY[1]:
        return None
    morning = here.replace(hour=DAY[0].hour, minute=0, second=0, microsecond=0)
    return morning if here < morning else morning + timedelta(days=1)


def _reachable(session: Session, bot: Bot, row: Notice) -> Contact | None:
    """The contact of the thread the dossier came by, or the next live one of the same number."""
    if row.conversation_id is None:
        return None
    contact = session.get(Contact, session.get(Conversation, row.conversation_id).contact_id)
    return contact if contact.dead_reason is None else fallback.next_contact(session, bot, contact)


def _nobody(session: Session, bot: Bot, row: Notice, now: datetime) -> None:
    row.state = "failed"
    conversation = session.get(Conversation, row.conversation_id) if row.conversation_id else None
    tasks.open_task(session, bot.office, "call", now, conversation=conversation, dossier_id=row.dossier_id, reason=row.kind)


def _word(session: Session, bot: Bot, row: Notice, contact: Contact, now: datetime) -> None:
    vault = bot.office.vault
    conversation = session.scalars(select(Conversation).where(Conversation.contact_id == contact.id).with_for_update()).one()
    params = _with_due_now(session, bot, row, vault.open_json(row.params_sealed, f"notice.params:{row.id}"))
    state = load_state(session, bot, conversation)
    decision = dialogue.tell(state, row.kind, params, bot.office.catalogue, bot.place, local(now))
    conversation.noticed_at, row.state = now, "told"
    speak(session, bot, conversation, contact, decision, now, dossier_id=row.dossier_id)


def _with_due_now(session: Session, bot: Bot, row: Notice, params: dict) -> dict:
    """The due moment as it is now: after a wait for papers it has moved, and the phone must hear the one that tracking tells."""
    dossier = session.get(Dossier, row.dossier_id) if row.dossier_id else None
    due = pauses.due_now(session, bot.office, dossier) if dossier and params.get("due_at") else None
    return {**params, "due_at": local(due).isoformat()} if due else params


_EMPTY = State()


def preview(bot: Bot, kind: str, params: dict) -> list[str]:
    """Return the SMS pages that a notice would become, for the clerk to see before pressing the button."""
    decision = dialogue.tell(_EMPTY, kind, params, bot.office.catalogue, bot.place, local(bot.clock.now()))
    return [page for said in decision.says for page in bot.words.render(said, False)]


def on_duty(bot: Bot, claim: Claim) -> None:
    """Handle a "duty" job: text the duty phones that somebody is in danger, without saying who or what."""
    now = bot.clock.now()
    with bot.database.write() as session:
        jobs.finish(session, claim)
        for phone in bot.duty_phones:
            contact, conversation = contacts.conversation_with(session, bot.office, "sms", phone, now)
            decision = dialogue.tell(load_state(session, bot, conversation), "duty", {}, bot.office.catalogue, bot.place, local(now))
            speak(session, bot, conversation, contact, decision, now)
