"""The pretend gateway and the pretend Zalo as doors: what the channels send arrives here over real HTTP. Demo only."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from bot.opened import SIMULATOR_SMS, SIMULATOR_ZALO, Simulator


def router(simulator: Simulator) -> APIRouter:
    """Return the doors of the pretend providers; they check the bearer or token like the real ones."""
    doors = APIRouter(tags=["simulator"], include_in_schema=False)

    @doors.post(SIMULATOR_SMS)
    async def sms(request: Request) -> Response:
        reply = simulator.gateway.take(dict(request.headers), await request.body())
        return JSONResponse(reply.data, reply.status)

    @doors.post(SIMULATOR_ZALO + "/{path:path}")
    async def zalo(path: str, request: Request) -> Response:
        reply = simulator.zalo.handle("/" + path, dict(request.headers), await request.body())
        return JSONResponse(reply.data, reply.status)

    @doors.get(SIMULATOR_ZALO + "/media/{key}")
    def media(key: str) -> Response:
        found = simulator.zalo.media(key)
        return Response(found[1], media_type=found[0]) if found else Response(status_code=404)

    return doors
