"""Live updates: a stream that says "something changed", never what. It holds no database session and no thread."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sse_starlette.sse import EventSourceResponse

from backend.doors.access import SignedIn, guard, parts_of
from backend.office.bell import Bell

router = APIRouter(tags=["console"], include_in_schema=False)
TOPICS = {"message", "dossier", "task"}
LIFE = 600.0
"""Seconds after which a stream ends; the browser comes back and the guard looks again."""
GATHER = 0.25
"""Seconds in which several rings become one: a turn rings three times."""


async def changes(bell: Bell, life: float = LIFE) -> AsyncIterator[dict[str, str]]:
    """Yield {"event": "change", "data": ""} whenever the bell rang for one of TOPICS."""
    loop, rung = asyncio.get_running_loop(), asyncio.Event()
    end = loop.time() + life

    def hear(topic: str) -> None:
        with contextlib.suppress(RuntimeError):  # the ringing thread may outlive this loop
            loop.call_soon_threadsafe(rung.set) if topic in TOPICS else None

    forget = bell.listen(hear)
    try:
        while (left := end - loop.time()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(rung.wait(), left)
            if rung.is_set():
                await asyncio.sleep(GATHER)
                rung.clear()
                yield {"event": "change", "data": ""}
    finally:
        forget()


def stream(bell: Bell) -> EventSourceResponse:
    """Return the stream as a response."""
    return EventSourceResponse(changes(bell), ping=20)


@router.get("/console/live")
async def live(request: Request, person: Annotated[SignedIn, Depends(guard("console.open"))]) -> EventSourceResponse:
    """The console's stream."""
    return stream(parts_of(request).bell)
