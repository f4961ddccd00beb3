"""The "chưa hiểu" inbox on the editor's screen: two clicks say what a message meant."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from backend.domain.letters import fold
from backend.doors.access import SignedIn, guard, guarded_post
from backend.doors.render import page, refusal
from backend.office import staff
from backend.office.kit import Refused
from backend.store.tables import UnsureLine
from bot.conversations.kit import Bot
from bot.desk.thread import PAGES
from bot.dialogue.choosing import ABOUT_PROCEDURE
from bot.dialogue.intents import INTENTS
from bot.learning import inbox

LABEL = "unsure.label"
BUTTONS = 6
"""Candidates of one click: more are not read."""
LEAST = 0.01
"""What the model itself thought less likely than this is no help."""
_HERE = "/console/unsure"


@dataclass(frozen=True)
class Choice:
    """One button: what it says, and the labels it gives ("ask_fee khai_sinh")."""

    value: str
    words: str


def router(bot: Bot) -> APIRouter:
    """Return the doors of the inbox."""
    doors = APIRouter(tags=["desk"], include_in_schema=False)

    @doors.get(_HERE, response_class=HTMLResponse)
    def listed(request: Request, person: Annotated[SignedIn, Depends(guard(LABEL))]) -> Response:
        return _list(bot, request, person)

    @doors.get(_HERE + "/{line_id}", response_class=HTMLResponse)
    def procedures(
        request: Request, line_id: str, person: Annotated[SignedIn, Depends(guard(LABEL))], intent: str
    ) -> Response:
        return _which(bot, request, person, line_id, intent)

    @doors.post(_HERE + "/{line_id}/label", response_class=HTMLResponse)
    def label(
        request: Request,
        line_id: str,
        person: Annotated[SignedIn, Depends(guarded_post(LABEL))],
        meant: Annotated[str, Form(max_length=90)],
    ) -> Response:
        return _do(bot, request, person, lambda session: _label(session, bot, line_id, meant, person))

    @doors.post(_HERE + "/{line_id}/drop", response_class=HTMLResponse)
    def drop(
        request: Request, line_id: str, person: Annotated[SignedIn, Depends(guarded_post(LABEL))]
    ) -> Response:
        return _do(
            bot, request, person, lambda session: inbox.drop(session, line_id, person.actor, bot.clock.now())
        )

    return doors


@cache
def intents() -> dict[str, dict[str, str]]:
    """Return group -> intent -> its words, as the screen shows them."""
    return yaml.safe_load((Path(__file__).parent / "pages" / "intents.yaml").read_text(encoding="utf-8"))


@cache
def intent_words() -> dict[str, str]:
    """Return intent -> its words."""
    return {name: words for group in intents().values() for name, words in group.items()}


def procedure_words(bot: Bot) -> dict[str, str]:
    """Return procedure -> its name in a menu, in the order of the names."""
    return {p.id: p.names.menu for p in sorted(bot.office.catalogue.all(), key=lambda p: fold(p.names.menu))}


def choices(bot: Bot, row: UnsureLine) -> list[Choice]:
    """Return what the bot thought of as buttons, the likeliest pair first."""
    understood = row.understood
    wishes = understood.get("intents") or [[understood.get("intent"), understood.get("confidence") or 0.0]]
    about = understood.get("candidates") or []
    pairs: list[tuple[float, str, str | None]] = []
    for intent, sure in wishes:
        if intent in ABOUT_PROCEDURE:
            pairs += [(sure * score, intent, procedure) for procedure, score in about]
            pairs.append((sure * (1 - min(1.0, sum(score for _, score in about))), intent, None))
        elif intent in INTENTS:
            pairs.append((sure, intent, None))
    ranked = sorted((pair for pair in pairs if pair[0] >= LEAST), key=lambda pair: -pair[0])[:BUTTONS]
    return [_choice(intent, procedure, procedure_words(bot)) for _, intent, procedure in ranked]


def _choice(intent: str, procedure: str | None, names: dict[str, str]) -> Choice:
    words = intent_words()[intent]
    return (
        Choice(intent, words)
        if procedure is None
        else Choice(f"{intent} {procedure}", f"{words} · {names.get(procedure, procedure)}")
    )


def _label(session: Session, bot: Bot, line_id: str, meant: str, person: SignedIn) -> None:
    intent, _, procedure = meant.partition(" ")
    known = {p.id for p in bot.office.catalogue.all()}
    row = inbox.found(session, bot.office.unit, line_id)
    thought = {name for name, _ in row.understood.get("candidates") or []}
    if intent not in INTENTS or (
        procedure and (intent not in ABOUT_PROCEDURE or procedure not in known | thought)
    ):
        raise Refused("label_unknown")
    inbox.label(session, line_id, intent, procedure or None, person.actor, bot.clock.now())


def _do(bot: Bot, request: Request, person: SignedIn, change: Any) -> Response:
    """Change something and show what is left; after a refusal with the reason."""
    refused = None
    try:
        with bot.database.write() as session:
            change(session)
    except Refused as why:
        refused = why
    if refused is None and "hx-request" not in request.headers:
        return RedirectResponse(_HERE, 303)
    return _list(bot, request, person, refused)


def _list(bot: Bot, request: Request, person: SignedIn, refused: Refused | None = None) -> Response:
    with bot.database.read() as session:
        lines = inbox.waiting(session, bot.office)
        counts = inbox.counts(session, bot.office.unit)
        names = staff.names(session, bot.office.unit)
    template = "unsure_lines.html" if "hx-request" in request.headers else "unsure.html"
    shown = [(line, choices(bot, line.row)) for line in lines]
    return page(
        request, template, person, folders=PAGES, lines=shown, counts=counts, groups=intents(), about=ABOUT_PROCEDURE, intent_words=intent_words(),
        procedures=procedure_words(bot), sentence=refusal(refused, names) if refused else None, refused=refused,
    )  # fmt: skip


def _which(bot: Bot, request: Request, person: SignedIn, line_id: str, intent: str) -> Response:
    """The second of two clicks: which procedure, those the bot thought of first."""
    if intent not in ABOUT_PROCEDURE:
        raise Refused("label_unknown")
    with bot.database.read() as session:
        row = inbox.found(session, bot.office.unit, line_id)
    names = procedure_words(bot)
    thought = [name for name, _ in row.understood.get("candidates") or []]
    ranked = [*thought, *(name for name in names if name not in thought)]
    template = "unsure_procedures.html" if "hx-request" in request.headers else "unsure_procedure.html"
    return page(
        request, template, person, folders=PAGES, line_id=row.id, text=inbox.text_of(bot.office, row), intent=intent, words=intent_words()[intent],
        thought=len(thought), procedures=[(name, names.get(name, name)) for name in ranked],
    )  # fmt: skip
