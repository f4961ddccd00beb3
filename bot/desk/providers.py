"""The pretend providers as doors: what the channels send arrives here over real HTTP. Demo only.

A moment after a message was taken its receipt is posted to our own webhook, signed as the provider would.
"""

from __future__ import annotations

import asyncio

import httpx
import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

from bot.channels.base import RawRequest
from bot.channels.simulator import Reply
from bot.opened import SIMULATOR_SMS, SIMULATOR_TWILIO, SIMULATOR_ZALO, Simulator

log = structlog.get_logger()
SOON = 0.4
"""Seconds between taking a message and each thing that is said of it; a real network needs one to ten."""


def router(simulator: Simulator, inner_url: str) -> APIRouter:
    """Return the doors of the pretend providers; they check the bearer or token like the real ones.

    `inner_url` is where our own webhooks are.
    """
    doors = APIRouter(tags=["simulator"], include_in_schema=False)

    def answer(reply: Reply) -> Response:
        return JSONResponse(reply.data, reply.status, background=BackgroundTask(_tell, inner_url, reply.receipts))

    @doors.post(SIMULATOR_SMS)
    async def sms(request: Request) -> Response:
        return answer(simulator.gateway.take(dict(request.headers), await request.body()))

    @doors.post(SIMULATOR_ZALO + "/{path:path}")
    async def zalo(path: str, request: Request) -> Response:
        return answer(simulator.zalo.handle("/" + path, dict(request.headers), await request.body()))

    if simulator.twilio:

        @doors.post(SIMULATOR_TWILIO + "/{path:path}")
        async def twilio(path: str, request: Request) -> Response:
            return answer(simulator.twilio.handle("/" + path, dict(request.headers), await request.body()))

    @doors.get(SIMULATOR_ZALO + "/media/{key}")
    def media(key: str) -> Response:
        found = simulator.zalo.media(key)
        return Response(found[1], media_type=found[0]) if found else Response(status_code=404)

    return doors


async def _tell(inner_url: str, receipts: tuple[RawRequest, ...]) -> None:
    """Post receipts in their order; one that finds the door shut is lost, as with providers that try once."""
    async with httpx.AsyncClient(base_url=inner_url, timeout=30) as web:
        for receipt in receipts:
            await asyncio.sleep(SOON)
            try:
                await web.post(receipt.target, content=receipt.body, headers=dict(receipt.headers))
            except httpx.HTTPError as error:
                log.info("simulator.receipt_lost", error=type(error).__name__)
