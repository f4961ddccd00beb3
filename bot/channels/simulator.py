"""The pretend telephones and the pretend SMS gateway: the default, so that a clone talks without any contract.

The pages draw what the phones hold, and post what a person types to the real doors, signed as a provider would.
What the channels send arrives here over real HTTP. All of it lives in this process's memory.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from bot.channels.base import Choice, Clock, RawRequest, Status, same_secret

Skin = Literal["sms", "twilio", "zalo"]


class Reply(NamedTuple):
    """What a pretend provider answers: HTTP status and JSON; `receipts` are what it will say of the message a moment later."""

    status: int
    data: dict[str, Any]
    receipts: tuple[RawRequest, ...] = ()


@dataclass(frozen=True)
class Bubble:
    """A message on a pretend phone. `number` counts all bubbles; `typed` = the person wrote it, else it came in."""

    number: int
    skin: Skin
    address: str
    text: str
    at: datetime
    typed: bool
    message_id: str
    choices: tuple[Choice, ...] = ()
    kind: str = "text"
    url: str = ""
    template: str = ""


class PretendPhones:
    """The bubbles of all pretend phones, the last `keep` of them; safe to use from several threads."""

    def __init__(self, clock: Clock, keep: int = 2000):
        self.clock = clock
        self._bubbles: deque[Bubble] = deque(maxlen=keep)
        self._count = 0
        self._news = threading.Condition()

    def put(self, skin: Skin, address: str, text: str, typed: bool, message_id: str, **more: Any) -> Bubble:
        """Add a bubble and wake whoever waits. `more`: choices, kind, url, template."""
        with self._news:
            self._count += 1
            bubble = Bubble(self._count, skin, address, text, self.clock(), typed, message_id, **more)
            self._bubbles.append(bubble)
            self._news.notify_all()
        return bubble

    def since(self, number: int = 0, skin: Skin | None = None, address: str | None = None) -> list[Bubble]:
        """Return the bubbles after `number`, oldest first, of one phone if it is named."""
        with self._news:
            return [
                b
                for b in self._bubbles
                if b.number > number and skin in (None, b.skin) and address in (None, b.address)
            ]

    def wait(
        self, number: int, seconds: float, skin: Skin | None = None, address: str | None = None
    ) -> list[Bubble]:
        """Return the bubbles after `number`, waiting up to `seconds` for the first; empty when none came."""
        with self._news:
            self._news.wait_for(lambda: self.since(number, skin, address), seconds)
            return self.since(number, skin, address)

    def phones(self) -> list[tuple[Skin, str]]:
        """Return the phones that hold anything, the latest used first."""
        with self._news:
            return list(dict.fromkeys((b.skin, b.address) for b in reversed(self._bubbles)))


def sms_request(token: str, message_id: str, sender: str, to: str, text: str) -> RawRequest:
    """Return the request by which the default gateway hands over an SMS from `sender`."""
    body = {"id": message_id, "from": sender, "to": to, "text": text}
    return _signed_by_bearer(token, "/channels/sms/receive", body)


def sms_receipt(token: str, message_id: str, status: Status, code: str = "") -> RawRequest:
    """Return the request by which the default gateway says what became of a message (its id or ours)."""
    return _signed_by_bearer(
        token, "/channels/sms/status", {"id": message_id, "status": status, "code": code}
    )


def _signed_by_bearer(token: str, path: str, body: Mapping[str, str]) -> RawRequest:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    return RawRequest(
        "POST", path, "", headers, json.dumps(body, ensure_ascii=False).encode(errors="replace")
    )


@dataclass
class PretendGateway:
    """The default SMS gateway: takes {id, to, text} with a bearer, honours the id, and shows the text on a phone."""

    phones: PretendPhones
    token: str = field(repr=False)
    number: str = "8088"
    """The short number that people write to; it is shown, never dialled."""
    keep: int = 5000
    _taken: OrderedDict[str, str] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def take(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """Take a message from the channel. The same id again gets the same answer and shows nothing new."""
        if not (self.token and same_secret(headers.get("authorization", ""), f"Bearer {self.token}")):
            return Reply(401, {"error": "wrong bearer"})
        message = _message(body)
        if message is None:
            return Reply(400, {"error": "send JSON {id, to, text}, all of them text"})
        with self._lock:
            theirs = self._taken.get(message["id"])
            if theirs is None:
                theirs = "sms-" + uuid.uuid4().hex[:16]
                self._remember(message["id"], theirs)
                self.phones.put("sms", message["to"], message["text"], False, message["id"])
        return Reply(202, {"id": theirs}, (self.receipt(message["id"]),))

    def typed(self, sender: str, text: str, message_id: str = "") -> RawRequest:
        """Show what a person typed on `sender`'s phone and return the request that brings it to the door."""
        message_id = message_id or uuid.uuid4().hex
        self.phones.put("sms", sender, text, True, message_id)
        return sms_request(self.token, message_id, sender, self.number, text)

    def receipt(self, our_id: str, status: Status = "delivered") -> RawRequest:
        """Return the request that tells the door what became of the message `our_id`."""
        return sms_receipt(self.token, our_id, status)

    def _remember(self, ours: str, theirs: str) -> None:
        self._taken[ours] = theirs
        while len(self._taken) > self.keep:
            self._taken.popitem(last=False)


def _message(body: bytes) -> dict[str, str] | None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    fits = isinstance(data, dict) and all(
        isinstance(data.get(key), str) and data[key] for key in ("id", "to", "text")
    )
    return data if fits else None
