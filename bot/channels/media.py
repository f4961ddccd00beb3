"""Fetching what a person sent: only from hosts that are listed, only so much, and only what it really is."""

from __future__ import annotations

import time
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

import httpx

from bot.channels.base import ChannelError, Media

MOST_BYTES = 10 * 1024 * 1024
MOST_SECONDS = 30
_REDIRECTS = 2

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypM4A", "audio/mp4"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (8, b"WAVE", "audio/wav"),
)


def sniff(content: bytes) -> str:
    """Return the MIME type that the first bytes show, empty for what an office does not keep (programs, archives)."""
    return next((mime for start, magic, mime in _MAGIC if content[start : start + len(magic)] == magic), "")


def allowed(url: str, hosts: Iterable[str], base: str = "") -> bool:
    """Return whether `url` may be fetched: https on a listed host or below it, or anything under our stand-in's `base`."""
    try:
        parts = urlsplit(url)
        plain = parts.port in (None, 443) and not parts.username and ".." not in parts.path
    except ValueError:
        return False
    if (
        base
        and url.startswith(base.rstrip("/") + "/")
        and ".." not in parts.path
        and "%2e" not in url.lower()
    ):
        return True
    host = (parts.hostname or "").rstrip(".")
    return parts.scheme == "https" and plain and any(host == h or host.endswith("." + h) for h in hosts)


def download(
    client: httpx.Client, media: Media, hosts: Iterable[str], base: str = "", most: int = MOST_BYTES
) -> Media:
    """Return `media` with its content and its true type.

    Raises ChannelError: "media_refused" for a host, a size or a type that is not taken, "media_gone" when it has
    expired, "down" when trying again may help. A redirect is followed only to a host that is itself allowed.
    """
    url, hosts = media.url or "", tuple(hosts)
    for _ in range(_REDIRECTS + 1):
        if not allowed(url, hosts, base):
            raise ChannelError("media_refused", "host")
        answer = _get(client, url, most)
        if isinstance(answer, bytes):
            return _typed(media, answer)
        url = urljoin(url, answer)
    raise ChannelError("media_refused", "redirects")


def _get(client: httpx.Client, url: str, most: int) -> bytes | str:
    """Return the content, or the place a redirect points to."""
    try:
        with client.stream("GET", url, follow_redirects=False) as response:
            if response.is_redirect:
                return response.headers.get("location", "")
            if response.status_code >= 500 or response.status_code == 429:
                raise ChannelError("down", str(response.status_code))
            if not response.is_success:
                raise ChannelError("media_gone", str(response.status_code))
            return _body(response, most)
    except httpx.RequestError:
        raise ChannelError("down") from None
    except httpx.InvalidURL:
        raise ChannelError("media_refused", "url") from None


def _body(response: httpx.Response, most: int) -> bytes:
    """Return the content; the length that the header promises is not trusted, and a slow trickle is cut off."""
    content, until = bytearray(), time.monotonic() + MOST_SECONDS
    for piece in response.iter_bytes():
        content += piece
        if len(content) > most:
            raise ChannelError("media_refused", "size")
        if time.monotonic() > until:
            raise ChannelError("down", "slow")
    return bytes(content)


def _typed(media: Media, content: bytes) -> Media:
    mime = sniff(content)
    if not mime:
        raise ChannelError("media_refused", "type")
    return Media(mime, media.name, media.url, content)
