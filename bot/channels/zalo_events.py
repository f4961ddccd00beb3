"""Zalo's webhook: is it from Zalo, and what does it say?"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.base import (
    BadRequest,
    BadSignature,
    Inbound,
    Kind,
    Media,
    RawRequest,
    Receipt,
    clean,
    e164,
    fingerprint,
    same_secret,
    tidy_id,
)  # fmt: skip

_KINDS: dict[str, Kind] = {
    "user_send_text": "text",
    "user_send_image": "photo",
    "user_send_gif": "photo",
    "user_send_audio": "voice",
    "user_send_video": "other",
    "user_send_file": "other",
    "user_send_link": "other",
    "user_send_sticker": "sticker",
    "user_send_location": "location",
    "user_send_business_card": "contact",
    "user_submit_info": "contact",
    "user_click_chatnow": "click",
    "user_click_response_button": "click",
    "follow": "follow",
    "unfollow": "unfollow",
}
"""Events that a person meant for us. Anything else is kept as "other" and not answered; a new event of Zalo's too."""
_PICTURES = ("jpg", "jpeg", "png", "webp", "heic", "gif", "pdf")
_SOUNDS = ("aac", "amr", "m4a", "mp3", "ogg", "wav")
_SENT_BY_FILE: dict[str, Kind] = {**dict.fromkeys(_PICTURES, "photo"), **dict.fromkeys(_SOUNDS, "voice")}


def sign(app_id: str, raw: bytes, timestamp: str, secret: str) -> str:
    """Return the value of X-ZEvent-Signature: a plain SHA-256, not an HMAC, closed with the *OA* secret key."""
    return "mac=" + hashlib.sha256(app_id.encode() + raw + timestamp.encode() + secret.encode()).hexdigest()


def checked_event(request: RawRequest, app_id: str, secret: str) -> dict[str, Any]:
    """Return the signed event; {} for the unsigned empty call that Zalo makes when the URL is saved.

    Raises BadSignature, BadRequest. The application id is compared too: the text of the message is part of what is
    hashed, so another application's valid signature must not pass. The time is that of the body, else of the header.
    """
    event = _parsed(request.body)
    if event == {}:
        return {}
    stamps = (_text(event, "timestamp"), request.headers.get("x-zevent-timestamp", ""))
    given = request.headers.get("x-zevent-signature", "")
    proved = [same_secret(given, sign(app_id, request.body, stamp, secret)) for stamp in stamps]
    if not (app_id and secret and any(proved) and same_secret(_text(event, "app_id"), app_id)):
        raise BadSignature
    return event


def read_event(event: dict[str, Any], now: datetime) -> list[Inbound | Receipt]:
    """Return what a checked event says. Raises BadRequest when a person's event names no person."""
    name = _text(event, "event_name")
    if name in ("user_received_message", "user_seen_message"):
        return _receipts(name, event)
    if name.startswith("oa_"):
        return _by_colleague(name, event, now)
    return [_inbound(name, event, now)]


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        raise BadRequest("the body is not JSON") from None
    if not isinstance(event, dict):
        raise BadRequest("the body is not a JSON object with event_name")
    return event


def _at(data: Any, *path: str) -> Any:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def _text(data: Any, *path: str) -> str:
    """Return a string or number at `path` as text: ids and times are strings, yet some samples hold numbers."""
    value = _at(data, *path)
    return clean(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _receipts(name: str, event: dict[str, Any]) -> list[Inbound | Receipt]:
    """Return what became of our messages; `tracking_id` is our id, on template messages by phone only."""
    if name == "user_received_message":
        theirs, ours = (tidy_id(_text(event, "message", key)) for key in ("msg_id", "tracking_id"))
        return [Receipt("delivered", theirs or None, ours or None)] if theirs or ours else []
    ids = _at(event, "message", "msg_ids")
    return [Receipt("seen", tidy_id(i)) for i in ids if isinstance(i, str)] if isinstance(ids, list) else []


def _by_colleague(name: str, event: dict[str, Any], now: datetime) -> list[Inbound | Receipt]:
    """Drop the echo of what we sent; keep what a colleague typed in Zalo's own inbox, so that the bot can stand back."""
    admin, person = (
        _text(event, "message", "admin_id") or _text(event, "admin_id"),
        _text(event, "recipient", "id"),
    )
    if not (name.startswith("oa_send_") and admin and person):
        return []
    said, msg_id = _text(event, "message", "text"), tidy_id(_text(event, "message", "msg_id"))
    extra = {"event": name, "admin_id": admin}
    key = msg_id or fingerprint(name, person, _text(event, "timestamp"))
    return [
        Inbound(key, person, said, _when(event, now), "other", raw_id=msg_id, extra=extra, answerable=False)
    ]


def _inbound(name: str, event: dict[str, Any], now: datetime) -> Inbound:
    who = _text(event, "sender", "id") or _text(event, "follower", "id")
    if name in _KINDS and not who:
        raise BadRequest("the event names no sender")
    parts = _attachments(event)
    msg_id = tidy_id(_text(event, "message", "msg_id"))
    return Inbound(
        provider_id=msg_id or fingerprint(name, who, _text(event, "timestamp")),
        address=who or _text(event, "oa_id"),
        text=_text(event, "message", "text"),
        at=_when(event, now),
        kind=_kind(name, parts),
        media=tuple(media for part in parts if (media := _media(part))),
        raw_id=msg_id,
        extra=_extra(name, event, parts),
        answerable=name in _KINDS and name != "unfollow",
    )


def _attachments(event: dict[str, Any]) -> list[dict[str, Any]]:
    given = _at(event, "message", "attachments")
    return [part for part in given if isinstance(part, dict)] if isinstance(given, list) else []


def _kind(name: str, parts: list[dict[str, Any]]) -> Kind:
    """Return the kind; a paper or a recording that was sent as a file is still a photo or a voice note."""
    if name == "user_send_file" and parts:
        return _SENT_BY_FILE.get(_text(parts[0], "payload", "type").lower(), "other")
    return _KINDS.get(name, "other")


def _media(part: dict[str, Any]) -> Media | None:
    url = _text(part, "payload", "url")
    if not url or part.get("type") in ("sticker", "link"):
        return None
    return Media(name=_text(part, "payload", "name"), url=url)


def _extra(name: str, event: dict[str, Any], parts: list[dict[str, Any]]) -> dict[str, Any]:
    extra: dict[str, Any] = {"event": name}
    if name == "user_send_location" and parts:
        place = _at(parts[0], "payload", "coordinates")
        extra |= {"latitude": _text(place, "latitude"), "longitude": _text(place, "longitude")}
    if name == "user_submit_info":
        extra |= _shared_info(_at(event, "info"))
    if name == "user_send_link" and parts:
        extra["link"] = _text(parts[0], "payload", "url")
    if quoted := _text(event, "message", "quote_msg_id"):
        extra["quoted"] = quoted
    return extra


def _shared_info(info: Any) -> dict[str, str]:
    """Return what a person shared of themselves; addresses come in a new form of two levels and an old one of three."""
    address = [_text(info, "full_address", key) for key in ("user_address", "user_ward", "user_city")]
    address += [_text(info, key) for key in ("address", "ward", "district", "city")]
    shared = {
        "name": _text(info, "name"),
        "phone": e164(_text(info, "phone")) or "",
        "birth_date": _text(info, "user_dob"),
        "address": ", ".join(part for part in address if part),
    }
    return {key: value for key, value in shared.items() if value}


def _when(event: dict[str, Any], now: datetime) -> datetime:
    """Return the event's time in UTC; ours where theirs is absurd, for Zalo's own samples lack a digit."""
    try:
        at = datetime.fromtimestamp(int(_text(event, "timestamp")) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return at if now - timedelta(days=2) < at < now + timedelta(minutes=5) else now
