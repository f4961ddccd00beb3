"""A real HTTP server on loopback whose answers a function gives: what stands for a provider in the tests."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from bot.channels.base import RawRequest


class Served(NamedTuple):
    """An answer; `after` seconds of silence come first."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = {}
    after: float = 0


HANG_UP = Served(status=0)
"""Read the request, then close the line without a word."""

Serve = Callable[[RawRequest], Served]


def as_json(status: int, data: Any, **headers: str) -> Served:
    return Served(status, json.dumps(data).encode(), {"content-type": "application/json", **headers})


@dataclass
class Loopback(AbstractContextManager["Loopback"]):
    """`with Loopback(serve) as there:` gives `there.url` and, afterwards, `there.requests`."""

    serve: Serve
    requests: list[RawRequest] = field(default_factory=list)

    def __post_init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def any(self) -> None:
                request = _raw(self)
                outer.requests.append(request)
                _write(self, outer.serve(request))

            do_GET = do_POST = do_PUT = any

            def log_message(self, *_: object) -> None:
                """The tests' output stays quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Loopback:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _raw(handler: BaseHTTPRequestHandler) -> RawRequest:
    path, _, query = handler.path.partition("?")
    body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
    return RawRequest(handler.command, path, query, {k.lower(): v for k, v in handler.headers.items()}, body)


def _write(handler: BaseHTTPRequestHandler, answer: Served) -> None:
    time.sleep(answer.after)
    if answer is HANG_UP:
        handler.close_connection = True
        return
    try:
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)
    except (BrokenPipeError, ConnectionResetError):
        handler.close_connection = True
