"""Calls to providers, and what the failure of a call means for the message in it."""

from __future__ import annotations

import logging
import ssl
from functools import cache

import httpx

from bot.channels.base import ChannelError

# httpx writes each URL at INFO, and a gateway that takes its message in the query has number and text in the URL.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_NOT_WRITTEN = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@cache
def _trust() -> ssl.SSLContext:
    """The certificates that are trusted: read once, for reading them costs 20 ms a client."""
    return httpx.create_ssl_context()


def new_client(seconds: float = 10) -> httpx.Client:
    """Return a client that waits at most `seconds` for each step and follows no redirect.

    This machine is reached without the proxy of the environment: the pretend providers live here.
    """
    here = {f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")}
    return httpx.Client(verify=_trust(), timeout=httpx.Timeout(seconds, connect=min(seconds, 5)), mounts=here)


def call(client: httpx.Client, honours_our_id: bool, method: str, url: str, **given) -> httpx.Response:
    """Make one request; return any answer. Raises ChannelError: "down" where no byte left, else as `lost` says."""
    try:
        return client.request(method, url, **given)
    except _NOT_WRITTEN:
        raise ChannelError("down") from None
    except httpx.InvalidURL:
        raise ChannelError("account") from None
    except httpx.RequestError:
        raise lost(honours_our_id) from None


def lost(honours_our_id: bool, code: str | None = None) -> ChannelError:
    """Return the error of a request that was written and not answered: repeatable only where our id is honoured."""
    return ChannelError("down" if honours_our_id else "lost", code)


def status_error(response: httpx.Response, honours_our_id: bool) -> ChannelError:
    """Return what an HTTP status that is not 2xx means, where the provider gives no code of its own."""
    status = response.status_code
    code = str(status)
    if status in (429, 503):
        return ChannelError("busy", code, after=_seconds(response.headers.get("retry-after", "")))
    if status >= 500:
        return lost(honours_our_id, code)
    if status in (400, 413, 422):
        return ChannelError("content", code)
    return ChannelError("account", code)


def _seconds(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() else None
