"""Messages that did not arrive, or of which nobody knows: a person looks, calls, and says what became of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.doors.access import SignedIn, guard, guarded_post
from backend.doors.render import page
from backend.domain.values.phones import home
from backend.office import access, contacts
from backend.office.kit import Refused
from backend.store.tables import Contact, Conversation, Message
from bot.conversations import deliver
from bot.conversations.kit import Bot
from bot.desk.thread import PAGES

OPEN = ("unknown", "failed")


def router(bot: Bot) -> APIRouter:
    """Return the doors of messages without a known end."""
    doors = APIRouter(tags=["desk"], include_in_schema=False)

    @doors.get("/console/desk/outbox", response_class=HTMLResponse)
    def outbox(request: Request, person: Annotated[SignedIn, Depends(guard("jobs.see"))]) -> Response:
        return _list(bot, request, person)

    @doors.post("/console/desk/messages/{message_id}/resend", response_class=HTMLResponse)
    def resend(request: Request, message_id: str, person: Annotated[SignedIn, Depends(guarded_post("conversation.reply"))]) -> Response:
        with bot.database.write() as session:
            deliver.resend(session, bot, _open(session, bot, message_id), bot.clock.now())
        bot.bell.ring("job")
        return _list(bot, request, person)

    @doors.post("/console/desk/messages/{message_id}/arrived", response_class=HTMLResponse)
    def arrived(request: Request, message_id: str, person: Annotated[SignedIn, Depends(guarded_post("conversation.reply"))]) -> Response:
        return _end(bot, request, person, message_id, "delivered")

    @doors.post("/console/desk/messages/{message_id}/drop", response_class=HTMLResponse)
    def drop(request: Request, message_id: str, person: Annotated[SignedIn, Depends(guarded_post("conversation.reply"))]) -> Response:
        return _end(bot, request, person, message_id, "dropped")

    return doors


def _open(session: Session, bot: Bot, message_id: str) -> Message:
    """Return a message that still waits for a person's word. Raises Refused("settled")."""
    message = session.scalar(select(Message).where(Message.id == message_id, Message.unit == bot.office.unit).with_for_update())
    if message is None or message.direction != "out" or message.status not in OPEN:
        raise Refused("settled")
    return message


def _end(bot: Bot, request: Request, person: SignedIn, message_id: str, status: str) -> Response:
    with bot.database.write() as session:
        _open(session, bot, message_id).status = status
    bot.bell.ring("message")
    return _list(bot, request, person)


def _list(bot: Bot, request: Request, person: SignedIn) -> Response:
    may_read = access.may(person.actor, "conversation.read", bot.office.unit)
    query = select(Message).where(Message.unit == bot.office.unit, Message.status.in_(OPEN), Message.direction == "out")
    vault = bot.office.vault
    with bot.database.read() as session:
        rows = []
        for message in session.scalars(query.order_by(Message.created_at.desc()).limit(200)):
            contact = session.get(Contact, session.get(Conversation, message.conversation_id).contact_id)
            phone = contacts.phone_of(vault, contact)
            text = vault.open(message.body_sealed, f"message.body:{message.id}") if may_read else None
            rows.append((message, home(phone) if phone and may_read else None, text))
    return page(request, "outbox_messages.html", person, folders=PAGES, rows=rows)
