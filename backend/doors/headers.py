"""Security headers on every answer, and the last net under a bug. Plain ASGI: live streams pass through untouched."""

from __future__ import annotations

import os

import structlog
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.doors.render import words

log = structlog.get_logger()
_COMMON = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Headers:
    """Adds the headers; pages are never stored, our files for ever (their address carries a hash)."""

    def __init__(self, app: ASGIApp, https: bool):
        self._app, self._https = app, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun = False

        async def with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message = {**message, "headers": self._added(scope, message)}
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except Exception as error:  # its message may hold what a person wrote: only type and place are logged
            log.error("door.failed", path=_path(scope), error=type(error).__name__, where=where(error))
            if not begun:
                await PlainTextResponse(words()["errors"]["500"], 500)(scope, receive, with_headers)

    def _added(self, scope: Scope, message: Message) -> list[tuple[bytes, bytes]]:
        given = message["headers"]
        have = {name.lower() for name, _ in given}
        kept = "public, max-age=31536000, immutable" if scope["path"].startswith("/static/") and message["status"] == 200 else "no-store"
        ours = {**_COMMON, "cache-control": kept}
        if self._https:
            ours["strict-transport-security"] = "max-age=31536000"
        return [*given, *((name.encode(), value.encode()) for name, value in ours.items() if name.encode() not in have)]


def _path(scope: Scope) -> str:
    """The door's own pattern, not the address: that may hold a code."""
    return getattr(scope.get("route"), "path", "?")


def where(error: BaseException) -> str:
    """Return file and line of an error, without its message."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "?"
