"""The providers' doors: raw bytes in, one threaded call, 200 after a durable store."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.concurrency import run_in_threadpool

from bot.channels import DOORS
from bot.channels.base import BadRequest, BadSignature, Channel, RawRequest
from bot.conversations.kit import Bot
from bot.conversations.receive import receive

MOST_BYTES = 1_000_000
"""A webhook is a few kilobytes; more is a mistake or an attack."""

def router(bot: Bot) -> APIRouter:
    """Return the doors of the channels; their guard is the provider's signature over the raw bytes."""
    doors = APIRouter(tags=["channels"])
    for path, name in DOORS.items():
        paths = [path, path + "/{secret}"] if name == "sms" else [path]
        for each in paths:
            doors.add_api_route(each, _door(bot, bot.channels.get(name)), methods=["GET", "POST"], include_in_schema=False)
    return doors


def _door(bot: Bot, channel: Channel | None):
    async def door(request: Request) -> Response:
        if channel is None:
            return PlainTextResponse("this channel is not set up here", 404)
        body = await _body(request)
        if body is None:
            return PlainTextResponse("too large: a message of at most 1 MB can be read", 413)
        raw = RawRequest(request.method, request.url.path, request.url.query, dict(request.headers), body)
        return await run_in_threadpool(_take, bot, channel, raw)

    return door


async def _body(request: Request) -> bytes | None:
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            return None
    return b"".join(parts)


def _take(bot: Bot, channel: Channel, raw: RawRequest) -> Response:
    try:
        receive(bot, channel, raw)
    except BadSignature:
        return PlainTextResponse("the signature does not fit", 403)
    except BadRequest as error:
        return PlainTextResponse(str(error), 400)
    answer = channel.answer(raw)
    return Response(answer.body, media_type=answer.mime)
