"""A conversation on the clerk's screen: what was said, what the bot understood, and the box for speaking oneself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.doors.access import SignedIn, guard, guarded_post
from backend.doors.render import page, refusal, word
from backend.office import case, staff, tasks
from backend.office.kit import Refused
from backend.store.tables import Attachment, Contact, Conversation, Message
from bot.channels.segments import segments, sms_text
from bot.conversations import say
from bot.conversations.kit import Bot

PAGES = (Path(__file__).parent / "pages",)
SHOWN = 80
"""Messages of a thread that are drawn; a clerk reads the last days, not the years."""
LONGEST = 1000
READ, WRITE = "conversation.read", "conversation.reply"


@dataclass(frozen=True)
class Line:
    """One message as it is shown."""

    message: Message
    text: str
    parts: int | None
    files: list[Attachment]


class Looks:
    """Who has looked at which conversation in these ten minutes: a screen that refreshes itself is one look, not hundreds."""

    def __init__(self) -> None:
        self._slot, self._seen = 0, set()

    def is_new(self, staff_id: str, conversation_id: str, now: datetime) -> bool:
        slot, look = int(now.timestamp()) // 600, (staff_id, conversation_id)
        if slot != self._slot:
            self._slot, self._seen = slot, set()
        new = look not in self._seen
        self._seen.add(look)
        return new


def router(bot: Bot) -> APIRouter:
    """Return the doors of conversations."""
    doors, looks = APIRouter(tags=["desk"], include_in_schema=False), Looks()

    def looked(conversation_id: str, person: SignedIn) -> None:
        now = bot.clock.now()
        if looks.is_new(person.actor.id, conversation_id, now):
            with bot.database.write() as session:
                _conversation(session, bot, conversation_id)
                case.note_reading(session, bot.office.unit, person.actor.id, now, conversation_id=conversation_id)

    @doors.get("/console/desk/conversations/{conversation_id}", response_class=HTMLResponse)
    def thread(request: Request, conversation_id: str, person: Annotated[SignedIn, Depends(guard(READ))]) -> Response:
        looked(conversation_id, person)
        return _thread(bot, request, person, conversation_id)

    @doors.get("/console/desk/conversations/{conversation_id}/messages", response_class=HTMLResponse)
    def messages(request: Request, conversation_id: str, person: Annotated[SignedIn, Depends(guard(READ))]) -> Response:
        looked(conversation_id, person)
        return _thread(bot, request, person, conversation_id, "thread_messages.html")

    @doors.post("/console/desk/conversations/{conversation_id}/reply")
    def reply(request: Request, conversation_id: str, person: Annotated[SignedIn, Depends(guarded_post(WRITE))], text: Annotated[str, Form(max_length=4000)] = "") -> Response:
        return _do(bot, request, person, conversation_id, lambda session, row: _reply(session, bot, row, person, text), text)

    @doors.post("/console/desk/conversations/{conversation_id}/hold")
    def hold(request: Request, conversation_id: str, person: Annotated[SignedIn, Depends(guarded_post(WRITE))]) -> Response:
        return _do(bot, request, person, conversation_id, lambda session, row: _hold(session, bot, row, person))

    @doors.post("/console/desk/conversations/{conversation_id}/release")
    def release(request: Request, conversation_id: str, person: Annotated[SignedIn, Depends(guarded_post(WRITE))]) -> Response:
        return _do(bot, request, person, conversation_id, lambda session, row: tasks.release(session, row.id, person.actor))

    @doors.post("/console/desk/segments", response_class=HTMLResponse)
    def count(request: Request, person: Annotated[SignedIn, Depends(guarded_post(WRITE))], text: Annotated[str, Form(max_length=4000)] = "") -> Response:
        plain = sms_text(text.strip())
        return page(request, "segments.html", person, folders=PAGES, plain=plain, length=segments(plain))

    return doors


def _conversation(session: Session, bot: Bot, conversation_id: str, *, lock: bool = False) -> Conversation:
    query = select(Conversation).where(Conversation.id == conversation_id, Conversation.unit == bot.office.unit)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise Refused("conversation_unknown")
    return row


def _do(bot: Bot, request: Request, person: SignedIn, conversation_id: str, change: Callable[[Session, Conversation], None], text: str = "") -> Response:
    """Change something and show the thread again; after a refusal with the reason, and with what was typed kept."""
    try:
        with bot.database.write() as session:
            change(session, _conversation(session, bot, conversation_id, lock=True))
    except Refused as refused:
        return _thread(bot, request, person, conversation_id, refused=refused, typed=text)
    bot.bell.ring("job")
    bot.bell.ring("message")
    return _thread(bot, request, person, conversation_id)


def _hold(session: Session, bot: Bot, row: Conversation, person: SignedIn) -> None:
    if row.owner not in (None, person.actor.id):
        raise Refused("held", by=row.owner)
    tasks.hold(session, row.id, person.actor, bot.clock.now())


def _reply(session: Session, bot: Bot, row: Conversation, person: SignedIn, text: str) -> None:
    """Write a person's message; whoever writes has taken the conversation, and a digit after it is asked about."""
    text = text.strip()
    if not text:
        raise Refused("empty")
    if len(text) > LONGEST:
        raise Refused("too_long", most=LONGEST)
    contact = session.get(Contact, row.contact_id)
    if contact.dead_reason:
        raise Refused("no_way", why=word("message_errors", contact.dead_reason))
    _hold(session, bot, row, person)
    now = bot.clock.now()
    row.noticed_at = now
    say.put_text(session, bot, row, contact, text, now, author=person.actor.id)


def _thread(bot: Bot, request: Request, person: SignedIn, conversation_id: str, template: str = "thread.html", *, refused: Refused | None = None, typed: str = "") -> Response:
    with bot.database.read() as session:
        row = _conversation(session, bot, conversation_id)
        contact = session.get(Contact, row.contact_id)
        names = staff.names(session, bot.office.unit)
        lines = lines_of(session, bot, conversation_id)
    sentence = refusal(refused, names) if refused else None
    return page(
        request, template, person, folders=PAGES, conversation=row, channel=contact.channel, names=names, lines=lines, sentence=sentence, typed=typed,
        dead=contact.dead_reason,
    )  # fmt: skip


def lines_of(session: Session, bot: Bot, conversation_id: str) -> list[Line]:
    """Return the last messages of a conversation, oldest first, with what was attached."""
    query = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.created_at.desc(), Message.id.desc())
    found = list(session.scalars(query.limit(SHOWN)))[::-1]
    files: dict[str, list[Attachment]] = {}
    for row in session.scalars(select(Attachment).where(Attachment.message_id.in_([message.id for message in found]))):
        files.setdefault(row.message_id, []).append(row)
    return [_line(bot, message, files.get(message.id, [])) for message in found]


def _line(bot: Bot, message: Message, files: list[Attachment]) -> Line:
    text = bot.office.vault.open(message.body_sealed, f"message.body:{message.id}")
    by_sms = message.direction == "out" and message.channel in ("sms", "twilio")
    return Line(message, text, message.segments or (segments(sms_text(text)).parts if by_sms else None), files)
