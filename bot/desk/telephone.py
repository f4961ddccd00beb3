"""The pretend telephones side by side: SMS by the gateway, SMS by Twilio, Zalo. Demo only.

What is typed here goes to the real webhooks as the signed request a provider would send, over real HTTP; what the channels
send arrives through `providers`. The page only draws what the phones hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

import httpx
import yaml
from fastapi import APIRouter, Depends, File, Form, HTTPException, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, Response
from sse_starlette.sse import EventSourceResponse

from backend.doors.access import form_token, keep_form_token, public_post
from backend.doors.live import stream
from backend.doors.render import page
from bot.channels.base import RawRequest, e164
from bot.channels.media import sniff
from bot.channels.segments import segments
from bot.conversations.kit import Bot
from bot.desk.thread import PAGES
from bot.opened import Simulator

MOST_PHOTO = 10 * 1024 * 1024
_ZALO_ID = re.compile(r"\d{6,24}")
Address = Annotated[str, Form(max_length=40)]
Chosen = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True)
class Person:
    """Somebody to play: `phone` also stands behind their Zalo."""

    name: str
    says: str
    phone: str
    zalo: str


@cache
def cast() -> tuple[Person, ...]:
    """Return the people to play, all of them invented."""
    rows = yaml.safe_load((Path(__file__).parent / "pages" / "cast.yaml").read_text(encoding="utf-8"))
    return tuple(Person(**row) for row in rows)


def router(bot: Bot, simulator: Simulator, inner_url: str) -> APIRouter:
    """Return the doors of the telephones; `inner_url` is where our own webhooks are."""
    doors = APIRouter(tags=["simulator"], include_in_schema=False)
    web = httpx.Client(timeout=30)

    def brought(request: RawRequest) -> None:
        """Bring a provider's request to the real door."""
        answer = web.post(inner_url + request.target, content=request.body, headers=dict(request.headers))
        if answer.status_code != 200:
            raise HTTPException(502, f"the webhook answered {answer.status_code}")

    def shown(request: Request, skin: str, number: str) -> Response:
        return page(request, "phone_screen.html", folders=PAGES, bubbles=_bubbles(simulator, skin, number), wait=_waits(bot))

    @doors.get("/simulator", response_class=HTMLResponse)
    def telephones(request: Request, sms: Chosen = "", twilio: Chosen = "", zalo: Chosen = "") -> Response:
        chosen = {"sms": sms or cast()[0].phone, "twilio": twilio or cast()[2].phone, "zalo": zalo or cast()[1].zalo}
        numbers = {skin: _address(simulator, skin, chosen[skin]) for skin in simulator.skins}
        token = form_token(request)
        phones = {skin: _bubbles(simulator, skin, number) for skin, number in numbers.items()}
        response = page(request, "simulator.html", folders=PAGES, csrf=token, cast=cast(), numbers=numbers, phones=phones, wait=_waits(bot), short=_shorts(simulator))
        keep_form_token(request, response, token)
        return response

    @doors.get("/simulator/live")
    async def live() -> EventSourceResponse:
        return stream(bot.bell)

    @doors.get("/simulator/phones/{skin}", response_class=HTMLResponse)
    def screen(request: Request, skin: str, address: Chosen) -> Response:
        number = _address(simulator, skin, address)
        if skin == "zalo" and (seen := simulator.zalo.seen(number)):
            brought(seen)
        return shown(request, skin, number)

    @doors.post("/simulator/phones/{skin}/send", response_class=HTMLResponse, dependencies=[Depends(public_post)])
    def send(request: Request, skin: str, address: Address, text: Annotated[str, Form(max_length=2000)] = "") -> Response:
        number = _address(simulator, skin, address)
        brought(simulator.provider(skin).typed(number, text))
        return shown(request, skin, number)

    @doors.post("/simulator/phones/{skin}/photo", response_class=HTMLResponse, dependencies=[Depends(public_post)])
    def photo(request: Request, skin: str, address: Address, photo: Annotated[UploadFile, File()]) -> Response:
        number, content = _address(simulator, skin, address), photo.file.read(MOST_PHOTO + 1)
        if skin != "zalo" or len(content) > MOST_PHOTO:
            raise HTTPException(413)
        if sniff(content):
            brought(simulator.zalo.sent_file(number, content))
        return shown(request, skin, number)

    @doors.post("/simulator/phones/{skin}/share", response_class=HTMLResponse, dependencies=[Depends(public_post)])
    def share(request: Request, skin: str, address: Address) -> Response:
        number = _address(simulator, "zalo", address)
        phone = next((person.phone for person in cast() if person.zalo == number), "+849" + number[-8:].rjust(8, "0"))
        simulator.phones.put("zalo", number, phone, True, "", kind="contact")
        brought(simulator.zalo.event("user_submit_info", number, info={"phone": phone.removeprefix("+"), "name": ""}))
        return shown(request, "zalo", number)

    return doors


def _address(simulator: Simulator, skin: str, text: str) -> str:
    """Return a phone number in E.164, or a Zalo id; anything else is no telephone."""
    if skin not in simulator.skins:
        raise HTTPException(404, "address")
    plain = re.sub(r"[\s.\-]", "", text)
    found = (plain if _ZALO_ID.fullmatch(plain) else None) if skin == "zalo" else e164(plain)
    if not found:
        raise HTTPException(422, "address")
    return found


def _waits(bot: Bot) -> dict[str, float]:
    """Return how long parts of a message are waited for, by skin."""
    return {**bot.fragment_seconds, "twilio": bot.fragment_seconds["sms"]}


def _shorts(simulator: Simulator) -> dict[str, str]:
    """Return the numbers that people write to, by skin."""
    return {"sms": simulator.gateway.number, "twilio": simulator.twilio.number if simulator.twilio else ""}


def _bubbles(simulator: Simulator, skin: str, address: str) -> list:
    """Return (bubble, SMS parts or None), oldest first."""
    return [(b, segments(b.text) if skin != "zalo" and not b.typed else None) for b in simulator.phones.since(0, skin, address)[-60:]]
