"""What every channel says of itself: a request becomes messages and receipts, a message is sent, an error has a meaning.

A channel touches no table. It checks the signature on the raw bytes, reads, and sends; who stores and answers is
not its business. No exception and no log line of this package carries a number, a name or a message body.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

from backend.domain.letters import nfc

Clock = Callable[[], datetime]
"""Tells the time, always with a zone. Passed in: nothing here reads the machine's clock for a message."""

Kind = Literal[
    "text", "photo", "voice", "sticker", "location", "contact", "follow", "unfollow", "click", "other"
]
Status = Literal["unknown", "accepted", "sent", "failed", "expired", "delivered", "seen"]
Retry = Literal["later", "never", "unknown"]

RANK: dict[Status, int] = {
    "unknown": 0, "accepted": 1, "sent": 2, "failed": 3, "expired": 3, "delivered": 3, "seen": 4,
}  # fmt: skip
"""Receipts come in any order: a status may only be replaced by one of higher rank."""


def advances(old: str, new: Status) -> bool:
    """Return whether a receipt of status `new` says more than `old` did; a late "sent" never undoes "delivered".

    `old` may also be a state before any receipt (queued, sending, unknown): every receipt says more than those.
    """
    return RANK[new] > RANK.get(old, 0)


class RawRequest(NamedTuple):
    """An HTTP request as it came: `query` without "?", header names in lower case, `body` before any parsing."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def target(self) -> str:
        """The path with its query, as it stands in a request's first line."""
        return f"{self.path}?{self.query}" if self.query else self.path


class Answer(NamedTuple):
    """What a provider wants to read in the 200 that a door gives it."""

    mime: str
    body: str


class BadSignature(Exception):
    """The request does not prove who sent it: answer 403, store nothing."""


class BadRequest(Exception):
    """The request proves its sender but cannot be read: answer 400 with this one line, which quotes no value of it."""


@dataclass(frozen=True)
class Media:
    """A photo, voice note or file: a `url` to fetch soon, for it expires, or the `content` itself."""

    mime: str = ""
    name: str = ""
    url: str | None = None
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Inbound:
    """One thing a person did. `provider_id` is unique per channel: the same one twice is the same message.

    `address` is an E.164 number, or the user id of Zalo. `raw_id` is the provider's own id, empty where it gives none.
    `extra` is JSON and may hold personal data. `answerable` is False for what is to be kept but never answered:
    a reaction, a tag, a word that a colleague typed in the provider's own inbox.
    """

    provider_id: str
    address: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime
    kind: Kind = "text"
    media: tuple[Media, ...] = field(default=(), repr=False)
    raw_id: str = ""
    extra: dict[str, Any] = field(default_factory=dict, repr=False)
    answerable: bool = True


class Choice(NamedTuple):
    """An option of the open question. The text lists it with its digit already; a channel may also make it a button."""

    digit: str
    label: str


class Template(NamedTuple):
    """A message form that the provider has approved, with its parameters."""

    id: str
    params: Mapping[str, str]


@dataclass(frozen=True)
class Outgoing:
    """A message to send. `our_id` is the outbox row's id, at most 48 characters, and stays the same over all tries.

    `last_interaction_at` is when this person last did anything on this channel (Zalo's window counts from there);
    `reply_to` the provider's id of the message it answers, which some domestic short codes demand.
    """

    our_id: str
    address: str = field(repr=False)
    text: str = field(repr=False)
    options: tuple[Choice, ...] = field(default=(), repr=False)
    template: Template | None = field(default=None, repr=False)
    last_interaction_at: datetime | None = None
    reply_to: str | None = None


@dataclass(frozen=True)
class Sent:
    """The provider took it. `segments` are SMS parts, 1 elsewhere; `provider_id` is None where it names none."""

    provider_id: str | None
    segments: int = 1


class Meaning(NamedTuple):
    """What a failure asks of the outbox.

    `retry`: does trying again help? "unknown" = the provider may have sent it, so nobody resends it but a person.
    `fallback`: try this person's next channel. `stop_contact`: they refuse messages. `page_operator`: a person must
    mend an account, a sender name or a setting.
    """

    retry: Retry
    fallback: bool = False
    stop_contact: bool = False
    page_operator: bool = False


MEANINGS: dict[str, Meaning] = {
    "busy": Meaning("later"),
    "down": Meaning("later"),
    "night": Meaning("later"),
    "unreachable": Meaning("later"),
    "account": Meaning("later", page_operator=True),
    "lost": Meaning("unknown"),
    "bad_number": Meaning("never", fallback=True),
    "not_here": Meaning("never", fallback=True),
    "window_closed": Meaning("never", fallback=True),
    "content": Meaning("never", fallback=True, page_operator=True),
    "refused": Meaning("never", stop_contact=True),
    "media_gone": Meaning("never"),
    "media_refused": Meaning("never"),
}
"""Reason key -> what follows. Provider codes map to these keys, so that all channels fail in one language."""

Codes = Mapping[str, tuple[str, str]]
"""Provider's code -> (the provider's own words, reason key)."""


@dataclass(unsafe_hash=True)
class ChannelError(Exception):
    """A message did not go out, or a receipt says that it did not arrive. Holds no personal data.

    `reason_key` is a key of MEANINGS; `code` the provider's own; `after` the seconds it asks us to wait, if it does.
    """

    reason_key: str
    code: str | None = None
    after: int | None = None

    @property
    def meaning(self) -> Meaning:
        return MEANINGS[self.reason_key]

    @property
    def retry(self) -> Retry:
        return self.meaning.retry

    @property
    def fallback(self) -> bool:
        return self.meaning.fallback

    @property
    def stop_contact(self) -> bool:
        return self.meaning.stop_contact

    @property
    def page_operator(self) -> bool:
        return self.meaning.page_operator

    def __str__(self) -> str:
        return f"{self.reason_key} (code {self.code})" if self.code else self.reason_key


@dataclass(frozen=True)
class Receipt:
    """What became of a message we sent, found by the provider's id or by ours; a stranger's receipt gets 200 too."""

    status: Status
    provider_id: str | None = None
    our_id: str | None = None
    code: str | None = None
    failure: ChannelError | None = None

    @property
    def permanent(self) -> bool | None:
        """None while nothing failed; True when sending it again would fail again."""
        return None if self.failure is None else self.failure.retry == "never"


class Limit(NamedTuple):
    """The longest message a channel carries."""

    most: int
    unit: Literal["segments", "characters"]


class Channel(Protocol):
    """Two verbs and what they can do; `answer` and `fetch` are the small change of webhooks.

    `honours_our_id`: the provider refuses our id a second time, so a try of unknown outcome may be repeated.
    `accents`: the channel carries Vietnamese letters.
    """

    name: str
    honours_our_id: bool
    accents: bool
    limit: Limit

    def read(self, request: RawRequest) -> list[Inbound | Receipt]:
        """Check and read a webhook. Raises BadSignature (403) or BadRequest (400). May be empty."""

    def answer(self, request: RawRequest) -> Answer:
        """Return what the provider wants to see once the request is stored."""

    def send(self, outgoing: Outgoing) -> Sent:
        """Hand a message to the provider. Raises ChannelError."""

    def fetch(self, media: Media) -> Media:
        """Return `media` with its content and true type. Raises ChannelError."""


def same_secret(given: str | bytes, wanted: str | bytes) -> bool:
    """Compare in constant time. An empty `wanted` is a secret nobody has set, and matches nothing."""
    one, two = (s.encode(errors="replace") if isinstance(s, str) else s for s in (given, wanted))
    return bool(two) and hmac.compare_digest(one, two)


def clean(text: str) -> str:
    """Return what a person wrote, in NFC, without NUL, control characters and halves of surrogate pairs.

    PostgreSQL stores no NUL and UTF-8 no lone surrogate; JSON can spell both. Line breaks and tabs stay.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return nfc(kept)


def e164(raw: str) -> str | None:
    """Return a phone number as +<country><number>; None for short codes and sender names, which cannot be answered.

    Vietnamese numbers may come as 0912…, 84912…, 912… or with spaces and dots; a number with "+" or "00" is kept.
    """
    digits = re.sub(r"[\s.\-()]", "", raw)
    if match := re.fullmatch(r"(?:\+|00)([1-9][0-9]{7,14})", digits):
        return "+" + match[1]
    if match := re.fullmatch(r"(?:84|0)([1-9][0-9]{8,9})|([35789][0-9]{8})", digits):
        return "+84" + (match[1] or match[2])
    return None


def tidy_id(raw: str) -> str:
    """Return a provider's id as a table can hold it: no control characters, and a hash where it is absurdly long."""
    kept = clean(raw).strip()
    return kept if len(kept) <= 100 else fingerprint(kept)


def fingerprint(*parts: str) -> str:
    """Return an id for an event that its provider gave none: equal parts, equal id."""
    return hashlib.sha256("\x1f".join(parts).encode(errors="replace")).hexdigest()[:32]
