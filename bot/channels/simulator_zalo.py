"""The pretend Zalo: Official Account API, token server, photo store, and events signed as Zalo signs them.

It answers as Zalo does: HTTP 200 with an error code in the body, a refresh token that is good for one use, an access
token that ends after 25 hours, and a window of seven days. Its tokens are signed instead of stored, so that a pair in
the database still works after this process was started anew.
"""

from __future__ import annotations

import hmac
import json
import threading
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from bot.channels.base import Choice, RawRequest, same_secret
from bot.channels.media import sniff
from bot.channels.simulator import PretendPhones, Reply
from bot.channels.zalo_events import sign

LIFE = timedelta(hours=25)
WINDOW = timedelta(days=7)
FREE = timedelta(hours=48)
_RECEIVE = "/channels/zalo/receive"


def zalo_request(event: Mapping[str, Any], app_id: str, oa_secret: str) -> RawRequest:
    """Return an event as Zalo posts it, signed over its raw bytes. `event` holds its own app_id and timestamp."""
    raw = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    headers = {
        "content-type": "application/json",
        "user-agent": "ZaloWebhook",
        "x-zevent-server": "OA OpenAPI",
        "x-zevent-signature": sign(app_id, raw, event["timestamp"], oa_secret),
    }
    return RawRequest("POST", _RECEIVE, "", headers, raw)


@dataclass
class PretendZalo:
    """One pretend Official Account. `base_url` is where the photos can be fetched, e.g. http://…/simulator/zalo."""

    phones: PretendPhones
    app_id: str
    app_secret: str = field(repr=False)
    oa_secret: str = field(repr=False)
    base_url: str
    oa_id: str = "7000000000000000001"
    keep: int = 40
    _used: int = -1
    _seen: dict[str, datetime] = field(default_factory=dict, repr=False)
    _looked: dict[str, int] = field(default_factory=dict, repr=False)
    _media: OrderedDict[str, bytes] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def first_pair(self) -> tuple[str, str]:
        """Return (access token, refresh token) to begin with, as an operator would copy them from Zalo's console."""
        return self._access(0), self._refresh(0)

    def handle(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer an API call; `path` is what follows the base URL. Always HTTP 200, except where nothing is there."""
        calls = {
            "/v3.0/oa/message/cs": self._cs,
            "/v3.0/oa/message/template": self._template,
            "/message/template": self._template,
            "/v2.0/oa/upload/image": self._upload,
        }
        if path == "/v4/oa/access_token":
            return Reply(200, self._oauth(headers, body))
        if path not in calls:
            return Reply(404, {"error": -1, "message": "no such API"})
        refusal = self._token_problem(headers.get("access_token", ""))
        return self._with_receipt(refusal or calls[path](body))

    def media(self, key: str) -> tuple[str, bytes] | None:
        """Return (MIME type, content) of a photo that a person sent, None when it has gone."""
        with self._lock:
            content = self._media.get(key)
        return None if content is None else (sniff(content) or "application/octet-stream", content)

    def _with_receipt(self, answer: dict[str, Any]) -> Reply:
        """Add the event that tells of the delivery, where a message was taken."""
        data = answer.get("data", {})
        if "message_id" not in data:
            return Reply(200, answer)
        return Reply(200, answer, (self.event("user_received_message", data["user_id"], {"msg_id": data["message_id"]}),))

    def seen(self, user: str) -> RawRequest | None:
        """Return the event that tells which messages this person has on the screen now, None when there is nothing new."""
        with self._lock:
            came = [bubble for bubble in self.phones.since(self._looked.get(user, 0), "zalo", user) if not bubble.typed]
            if not came:
                return None
            self._looked[user] = came[-1].number
        return self.event("user_seen_message", user, {"msg_ids": [bubble.message_id for bubble in came]})

    def typed(self, user: str, text: str, message_id: str = "") -> RawRequest:
        """Show what a person typed, or a button they pressed, and return the event for the door."""
        message = {"text": text, "msg_id": message_id or _new_id()}
        self.phones.put("zalo", user, text, True, message["msg_id"])
        return self.event("user_send_text", user, message)

    def sent_file(self, user: str, content: bytes, caption: str = "") -> RawRequest:
        """Show a photo or a recording and return the event for the door; the link works while it is among the last `keep`."""
        mime, key = sniff(content), _new_id()
        with self._lock:
            self._media[key] = content
            while len(self._media) > self.keep:
                self._media.popitem(last=False)
        url = f"{self.base_url.rstrip('/')}/media/{key}"
        kind = "audio" if mime.startswith("audio/") else "image"
        message = {
            "msg_id": key,
            "text": caption,
            "attachments": [{"type": kind, "payload": {"url": url, "thumbnail": url}}],
        }
        self.phones.put(
            "zalo", user, caption, True, key, kind="voice" if kind == "audio" else "photo", url=url
        )
        return self.event(f"user_send_{kind}", user, message)

    def event(
        self, name: str, user: str, message: Mapping[str, Any] | None = None, **more: Any
    ) -> RawRequest:
        """Return any event of Zalo's, signed; `more` adds to its top level. A person's event opens the window."""
        ours = name.startswith("oa_") or name in ("user_received_message", "user_seen_message")
        sender, recipient = (self.oa_id, user) if ours else (user, self.oa_id)
        if not ours:
            self.last_seen(user, self.phones.clock())
        event: dict[str, Any] = {"event_name": name, "app_id": self.app_id, "timestamp": self._stamp()}
        if name in ("follow", "unfollow"):
            event |= {"oa_id": self.oa_id, "follower": {"id": user}}
        else:
            event |= {
                "sender": {"id": sender},
                "recipient": {"id": recipient},
                "message": dict(message or {}),
            }
        return zalo_request({**event, **more}, self.app_id, self.oa_secret)

    def last_seen(self, user: str, at: datetime) -> None:
        """Set when the person last did anything: the page's lever for closing the window."""
        with self._lock:
            self._seen[user] = at

    def _stamp(self) -> str:
        return str(int(self.phones.clock().timestamp() * 1000))

    def _mac(self, text: str) -> str:
        return hmac.new(self.app_secret.encode(), text.encode(), "sha256").hexdigest()[:40]

    def _access(self, number: int) -> str:
        ends = int((self.phones.clock() + LIFE).timestamp())
        return f"a.{number}.{ends}.{self._mac(f'a.{number}.{ends}')}"

    def _refresh(self, number: int) -> str:
        return f"r.{number}.{self._mac(f'r.{number}')}"

    def _token_problem(self, token: str) -> dict[str, Any] | None:
        signed, _, mac = token.rpartition(".")
        if not (signed.startswith("a.") and same_secret(mac, self._mac(signed))):
            return _error(-216, "Access token is invalid")
        if int(signed.rpartition(".")[2]) < self.phones.clock().timestamp():
            return _error(-220, "Access token has expired")
        return None

    def _oauth(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Give a new pair for a refresh token that has not been used; errors come with HTTP 200 and other key names."""
        form = dict(parse_qsl(body.decode(errors="replace")))
        if form.get("app_id") != self.app_id or not same_secret(
            headers.get("secret_key", ""), self.app_secret
        ):
            return _oauth_error(-14001, "Invalid app")
        signed, _, mac = form.get("refresh_token", "").rpartition(".")
        if not (signed.startswith("r.") and same_secret(mac, self._mac(signed))):
            return _oauth_error(-14014, "Invalid refresh token")
        number = int(signed.rpartition(".")[2])
        with self._lock:
            if number <= self._used:
                return _oauth_error(-14014, "Invalid refresh token")
            self._used = number
        life = str(int(LIFE.total_seconds()))
        return {
            "access_token": self._access(number + 1),
            "refresh_token": self._refresh(number + 1),
            "expires_in": life,
        }

    def _cs(self, body: bytes) -> dict[str, Any]:
        """Show a customer-service message. Someone not seen since this process started counts as seen just now."""
        data = _json(body)
        user, text = _dig(data, "recipient", "user_id"), _dig(data, "message", "text")
        given = _dig(data, "message", "attachment", "payload", "buttons")
        buttons = given if isinstance(given, list) else []
        if (
            not isinstance(user, str)
            or not isinstance(text, str)
            or not 0 < len(text) <= 2000
            or len(buttons) > 5
        ):
            return _error(-201, "Parameter is invalid")
        now = self.phones.clock()
        age = now - self._seen.get(user, now)
        if age > WINDOW:
            return _error(-230, "User has not interacted in 7 days")
        choices = tuple(
            Choice(str(b.get("payload")), str(b.get("title"))) for b in buttons if isinstance(b, dict)
        )
        return self._show(user, text, "reply" if age <= FREE else "purchase_quota", choices=choices)

    def _template(self, body: bytes) -> dict[str, Any]:
        """Show a template message, to a user id or to a phone: its parameters, one a line."""
        data = _json(body)
        user, phone, params = data.get("user_id"), data.get("phone"), data.get("template_data")
        if not data.get("template_id"):
            return _error(-109, "Template is invalid")
        if not isinstance(params, dict) or not params:
            return _error(-111, "Template data is empty")
        if not (user or phone):
            return _error(-201, "Parameter is invalid")
        text = "\n".join(f"{key}: {value}" for key, value in params.items())
        return self._show(user or f"+{phone}", text, "sub_quota", template=str(data["template_id"]))

    def _upload(self, body: bytes) -> dict[str, Any]:
        """Take a picture (the multipart body as it is) and name it, as Zalo does before a picture can be sent."""
        if len(body) > 1024 * 1024:
            return _error(-201, "File is too large")
        return {"error": 0, "message": "Success", "data": {"attachment_id": _new_id()}}

    def _show(self, user: str, text: str, quota: str, **more: Any) -> dict[str, Any]:
        message_id = _new_id()
        self.phones.put("zalo", user, text, False, message_id, **more)
        data = {"message_id": message_id, "user_id": user, "quota": {"quota_type": quota}}
        return {"error": 0, "message": "Success", "data": data}


def _new_id() -> str:
    return uuid.uuid4().hex[:20]


def _error(code: int, words: str) -> dict[str, Any]:
    return {"error": code, "message": words}


def _oauth_error(code: int, words: str) -> dict[str, Any]:
    return {"error": code, "error_name": words, "error_reason": words, "error_description": ""}


def _json(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _dig(data: Any, *path: str) -> Any:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data
