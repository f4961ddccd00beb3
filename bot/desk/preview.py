"""The message above the button: what the person will read if this action is done now, with what it costs to send."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from backend.clock import local
from backend.doors import forms
from backend.doors.access import SignedIn, guarded_post
from backend.doors.dossiers import found
from backend.doors.render import page, refusal
from backend.domain.workflow import Rule
from backend.office import dossiers
from backend.office.kit import Refused
from backend.store.tables import Contact, Conversation, Dossier
from bot.channels.segments import segments
from bot.conversations import tell
from bot.conversations.kit import Bot
from bot.desk.thread import PAGES


def router(bot: Bot) -> APIRouter:
    """Return the door of the preview. It is a POST because a reason is nothing for an address line."""
    doors = APIRouter(tags=["desk"], include_in_schema=False)

    @doors.post("/console/desk/preview/{dossier_id}/{action}", response_class=HTMLResponse)
    def preview(
        request: Request,
        dossier_id: str,
        action: str,
        person: Annotated[SignedIn, Depends(guarded_post("dossier.act"))],
        form: Annotated[FormData, Depends(forms.fields)],
    ) -> Response:
        try:
            shown = _shown(bot, dossier_id, action, form)
        except Refused as refused:
            return page(request, "alert.html", person, sentence=refusal(refused))
        return page(request, "preview.html", person, folders=PAGES, **shown)

    return doors


def _shown(bot: Bot, dossier_id: str, action: str, form: FormData) -> dict[str, Any]:
    rule, now = bot.office.workflow.rule(action), bot.clock.now()
    if rule is None or rule.notice is None:
        raise Refused("unknown_action")
    data = forms.data_of(form, rule, bot.office)
    with bot.database.read() as session:
        row = found(session, bot.office.unit, dossier_id)
        params = told(bot, row, rule, data, now)
        contact = _contact(session, row)
    pages = tell.preview(bot, rule.notice, params)
    return {
        "pages": [(text, segments(text)) for text in pages],
        "lacking": [need for need in rule.needs if not data.get(need)],
        "channel": contact.channel if contact else None,
        "dead": contact.dead_reason if contact else None,
        "later": tell.quiet_until(contact, now) if contact else None,
    }


def told(bot: Bot, row: Dossier, rule: Rule, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return what the notice of an action would be given, as `office.dossiers.act` gives it."""
    due = row.due_at
    if rule.action in ("receive", "set_due") and due is None:
        due, _ = dossiers.due_for(bot.office, row, data, now)
    return {**data, "code": row.code, "due_at": local(due).isoformat() if due else None}


def _contact(session: Session, row: Dossier) -> Contact | None:
    return session.get(Contact, session.get(Conversation, row.conversation_id).contact_id) if row.conversation_id else None
