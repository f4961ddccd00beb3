"""One turn: read what waits, understand it, decide, do, and commit state, dossier, replies and jobs together.

NLU is asked with no transaction open. The final commit checks the lease of the job and the conversation's version.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.clock import local
from backend.office import contacts, jobs
from backend.office.jobs import Claim
from backend.store.tables import Attachment, Contact, Conversation, Message
from bot import dialogue
from bot.conversations import photos, receive, requests, say
from bot.conversations.kit import Bot
from bot.conversations.states import load_state, save_state
from bot.dialogue.types import Decision, Heard, Reading, State, Understanding
from bot.learning import turns, unsure

log = structlog.get_logger()
ROUNDS = 3
"""How often an outcome of the office may lead to a further request in one turn."""
_KIND_ORDER = ("photo", "voice", "contact", "location", "follow", "sticker", "text")


@dataclass(frozen=True)
class Waiting:
    """What a turn starts from, read in one short transaction."""

    state: State
    version: int
    heard: Heard
    messages: tuple[str, ...]
    held: bool
    """A person has taken the conversation: the bot is silent."""


def turn(bot: Bot, claim: Claim) -> None:
    """Handle a "turn" job: answer everything this conversation has said and nobody has handled, as one turn."""
    conversation_id = claim.ids["conversation"]
    waiting = _look(bot, conversation_id)
    if waiting is None:
        _nothing(bot, claim)
    elif waiting.held:
        _for_a_person(bot, claim, waiting)
    else:
        _answer(bot, claim, conversation_id, waiting)
    bot.bell.ring("message")


def _nothing(bot: Bot, claim: Claim) -> None:
    with bot.database.write() as session:
        jobs.finish(session, claim)


def _for_a_person(bot: Bot, claim: Claim, waiting: Waiting) -> None:
    with bot.database.write() as session:
        jobs.finish(session, claim)
        _mark_handled(session, waiting.messages, {"by": "person"}, bot.clock.now())


def _look(bot: Bot, conversation_id: str) -> Waiting | None:
    with bot.database.read() as session:
        messages = receive.waiting(session, conversation_id)
        if not messages:
            return None
        conversation = session.get(Conversation, conversation_id)
        contact = session.get(Contact, conversation.contact_id)
        state = load_state(session, bot, conversation)
        heard = _heard(session, bot, contact, conversation, state, messages)
        return Waiting(state, conversation.version, heard, tuple(m.id for m in messages), conversation.owner is not None)


def _heard(session: Session, bot: Bot, contact: Contact, conversation: Conversation, state: State, messages: list[Message]) -> Heard:
    vault = bot.office.vault
    texts = [vault.open(m.body_sealed, f"message.body:{m.id}") for m in messages]
    media = list(session.scalars(select(Attachment.id).where(Attachment.message_id.in_([m.id for m in messages]))))
    kinds = {m.kind for m in messages}
    kind = next((kind for kind in _KIND_ORDER if kind in kinds), "other")
    return Heard(
        id=messages[-1].id,
        text=join(texts),
        at=local(messages[-1].created_at),
        channel=contact.channel,
        kind="text" if kind == "follow" and any(texts) else kind,
        media=tuple(media),
        card=photos.card_in(session, bot, media) if media else None,
        phone=contacts.phone_of(vault, contact),
        interrupted=_interrupted(conversation, state),
    )


def join(texts: list[str]) -> str:
    """Join the fragments of one turn by line breaks; the same line sent again at once is said once."""
    kept: list[str] = []
    for text in texts:
        if text.strip() and (not kept or text.strip() != kept[-1].strip()):
            kept.append(text)
    return "\n".join(kept)


def _interrupted(conversation: Conversation, state: State) -> bool:
    asked = (state.open or {}).get("asked_at")
    return bool(asked and conversation.noticed_at and conversation.noticed_at > datetime.fromisoformat(asked))


def _answer(bot: Bot, claim: Claim, conversation_id: str, waiting: Waiting) -> None:
    now = bot.clock.now()
    heard_as = _understand(bot, waiting, now)
    with bot.database.write() as session:
        jobs.finish(session, claim)
        conversation = session.scalars(select(Conversation).where(Conversation.id == conversation_id).with_for_update()).one()
        if conversation.version != waiting.version or conversation.owner is not None:
            raise jobs.Later("the conversation moved on", timedelta(milliseconds=50))
        contact = session.get(Contact, conversation.contact_id)
        decision = dialogue.decide(waiting.state, waiting.heard, heard_as, bot.office.catalogue, bot.place, local(now))
        turns.note(session, bot.office, conversation_id, waiting.state, waiting.heard, heard_as, decision, now)
        commit(session, bot, conversation, contact, decision, waiting.heard, now)
        _mark_handled(session, waiting.messages, _labels(heard_as, waiting.heard.id), now)


def _understand(bot: Bot, waiting: Waiting, now: datetime) -> Reading | Understanding:
    """Read what the dialogue offered itself; only the rest goes to NLU."""
    read = dialogue.read(waiting.state, waiting.heard, bot.office.catalogue, local(now))
    if read is None:
        return understand(bot, waiting.heard.text)
    return replace(read, also=understand(bot, read.rest)) if read.rest else read


def understand(bot: Bot, text: str) -> Understanding:
    """Return what a text means, and its second wish if the text holds two."""
    meant = bot.understand(text)
    for first, second in dialogue.split(text):
        two = dialogue.both(meant, replace(bot.understand(first), said=first), replace(bot.understand(second), said=second))
        if two:
            return two
    return meant


def commit(session: Session, bot: Bot, conversation: Conversation, contact: Contact, decision: Decision, heard: Heard | None, now: datetime) -> None:
    """Do what a decision asks of the office, let the dialogue speak to the outcomes, and write all of it."""
    says, state = list(decision.says), decision.state
    asked, rounds = list(decision.requests), 0
    while asked and rounds < ROUNDS:
        rounds += 1
        save_state(session, bot, conversation, contact.channel, state, now)
        session.flush()
        outcomes = [requests.do(session, bot, conversation, contact, request, heard, now) for request in asked]
        asked = []
        for outcome in outcomes:
            further = dialogue.resume(state, outcome, heard, bot.office.catalogue, bot.place, local(now))
            state = further.state
            says += further.says
            asked += further.requests
    save_state(session, bot, conversation, contact.channel, state, now)
    session.execute(update(Conversation).where(Conversation.id == conversation.id).values(version=Conversation.version + 1))
    say.put_says(session, bot, conversation, contact, tuple(says), now)


def _labels(heard_as: Reading | Understanding, turn: str) -> dict:
    return {"by": "dialogue", "kind": heard_as.kind} if isinstance(heard_as, Reading) else {**unsure.labels(heard_as), "turn": turn}


def _mark_handled(session: Session, ids: tuple[str, ...], labels: dict, now: datetime) -> None:
    session.execute(update(Message).where(Message.id.in_(ids)).values(handled_at=now, understood=labels))


