"""A helper and a neighbour: two telephones, two conversations, one dossier."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.clock import local
from backend.office import consents, contacts
from backend.store.tables import Consent, Contact, Conversation, Dossier
from bot import dialogue
from bot.conversations.kit import Bot
from bot.conversations.states import load_state, speak


def ask(session: Session, bot: Bot, helper: Conversation, helper_contact: Contact, draft: Dossier, args: dict, now: datetime) -> dict[str, Any]:
    """Text the neighbour's own phone; their "1" is the consent. Returns {last4}. Raises Refused("own_phone")."""
    neighbour, conversation = contacts.conversation_with(session, bot.office, "sms", args["phone"], now)
    consent = consents.ask(session, draft, helper, neighbour, now)
    params = {"helper": args["helper"], "org": args.get("org", ""), "what": bot.office.procedure(draft).names.plain}
    state = load_state(session, bot, conversation)
    decision = dialogue.offer_consent(state, consent.id, params, bot.office.catalogue, bot.place, local(now))
    speak(session, bot, conversation, neighbour, decision, now)
    return {"last4": args["phone"][-4:]}


def answered(session: Session, bot: Bot, contact: Contact, consent_id: str, yes: bool, now: datetime) -> dict[str, Any]:
    """Note the neighbour's answer and tell the helper. Returns {helper}: the helper's name."""
    row = consents.answer(session, consent_id, contact, yes, now)
    return {"helper": _tell_helper(session, bot, row, "consent_given" if yes else "consent_refused", now)}


def revoked(session: Session, bot: Bot, contact: Contact, now: datetime) -> int:
    """Take back every consent of this phone and tell the helpers. Returns how many there were."""
    rows = consents.revoke(session, contact, now)
    for row in rows:
        if row.helper_conversation_id:
            _tell_helper(session, bot, row, "consent_refused", now)
    return len(rows)


def _tell_helper(session: Session, bot: Bot, row: Consent, kind: str, now: datetime) -> str:
    dossier = session.get(Dossier, row.dossier_id)
    conversation = session.scalars(select(Conversation).where(Conversation.id == row.helper_conversation_id).with_for_update()).one()
    contact = session.get(Contact, conversation.contact_id)
    state = load_state(session, bot, conversation)
    decision = dialogue.tell(state, kind, {"case": dossier.case_ref}, bot.office.catalogue, bot.place, local(now))
    speak(session, bot, conversation, contact, decision, now)
    return (state.helper or {}).get("name") or ""
