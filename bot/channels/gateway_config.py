"""The settings of the SMS gateway, and the three little notations that they use.

    placeholder   {to} {text} {id} {from} {reply_to} {time} {token} {secret} {checksum}     in what we send
                  {secret} {body} {header:x-timestamp} {any field of the request}           in what we check
    finding       "json:data.tranId" | "regex:Success \\"(.+)\\"" | ""                      a value in an answer
    signature     "md5-base64 field:sign {cpid}{smsid}{content}{receiverTime}{secret}"      hash, place, what is hashed

Every provider of SMS in Viet Nam that was looked at fits by settings alone: tests/channels/gateways.py holds one
configuration each.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.channels.base import MEANINGS, RANK

PLACEHOLDER = re.compile(r"\{([\w.-]+(?::[\w-]+)?)\}")
_OURS = {"to", "text", "id", "from", "reply_to", "time", "token", "secret", "checksum"}
_HASHES: dict[str, Callable[[bytes, bytes], bytes]] = {
    "md5": lambda data, key: hashlib.md5(data, usedforsecurity=False).digest(),
    "sha256": lambda data, key: hashlib.sha256(data).digest(),
    "hmac-sha256": lambda data, key: hmac.new(key, data, "sha256").digest(),
}
_CODINGS: dict[str, Callable[[bytes], str]] = {
    "hex": bytes.hex,
    "base64": lambda digest: base64.b64encode(digest).decode(),
}


def fill(template: str, value: Callable[[str], str | bytes]) -> bytes:
    """Put values into the placeholders of `template`; bytes stay as they came, for a signature is over raw bytes."""
    out, end = b"", 0
    for match in PLACEHOLDER.finditer(template):
        given = value(match[1])
        out += template[end : match.start()].encode()
        out += given if isinstance(given, bytes) else given.encode(errors="replace")
        end = match.end()
    return out + template[end:].encode()


def dig(data: Any, path: str) -> str:
    """Return the scalar at `path` ("data.items.0.id") of parsed JSON as text, empty where there is none."""
    if isinstance(data, dict) and path in data:
        data, path = data[path], ""
    for step in path.split(".") if path else ():
        if isinstance(data, list) and step.isascii() and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            data = data.get(step) if isinstance(data, dict) else None
    if isinstance(data, bool) or not isinstance(data, (str, int, float)):
        return ""
    return str(data)


def find(rule: str, body: str) -> str:
    """Return what `rule` ("json:…", "regex:…" or "") finds in an answer; empty when nothing is there."""
    kind, _, where = rule.partition(":")
    if kind == "regex":
        match = re.search(where, body)
        return match[1] if match else ""
    try:
        return dig(json.loads(body), where) if kind == "json" else ""
    except ValueError:
        return ""


@dataclass(frozen=True)
class Signature:
    """How a provider signs: `hash` (md5, sha256, hmac-sha256), `coding` (hex, base64), where it stands, what it covers."""

    hash: str
    coding: str
    place: str
    covers: str

    @classmethod
    def parse(cls, text: str) -> Signature:
        """Read "<hash>-<coding> <field:NAME|header:NAME> <template>". Raises ValueError with what is expected."""
        match = re.fullmatch(r"(md5|sha256|hmac-sha256)-(hex|base64) ((?:field|header):[\w.-]+) (.+)", text)
        if not match:
            raise ValueError("a signature reads '<md5|sha256|hmac-sha256>-<hex|base64> <field:|header:>NAME TEMPLATE'")
        return cls(match[1], match[2], match[3].lower() if match[3].startswith("header") else match[3], match[4])

    def make(self, value: Callable[[str], str | bytes], key: str) -> str:
        """Return the signature over the filled template; `key` is used by hmac, the others have it in the template."""
        return _CODINGS[self.coding](_HASHES[self.hash](fill(self.covers, value), key.encode()))


@dataclass(frozen=True)
class GatewayConfig:
    """One SMS gateway. The defaults are our own gateway's wire; the environment names stand behind each field."""

    url: str = ""  # SMS_GATEWAY_URL                 where messages are sent to
    token: str = field(default="", repr=False)  # SMS_GATEWAY_TOKEN    bearer both ways, or the secret of the path
    secret: str = field(default="", repr=False)  # SMS_GATEWAY_SECRET  key of signatures; the token when empty
    sender: str = ""  # SMS_GATEWAY_SENDER           our number or brand name, {from}

    method: str = "POST"  # SMS_GATEWAY_METHOD
    encoding: str = "json"  # SMS_GATEWAY_ENCODING   json | form | query
    auth: str = "bearer"  # SMS_GATEWAY_AUTH         bearer | basic (token is "user:password") | none
    id_field: str = "id"  # SMS_GATEWAY_ID_FIELD     "" = not sent; a dot nests, a final [] makes a list
    to_field: str = "to"  # SMS_GATEWAY_TO_FIELD
    text_field: str = "text"  # SMS_GATEWAY_TEXT_FIELD
    number_format: str = "plus"  # SMS_GATEWAY_NUMBER_FORMAT    plus +84… | plain 84… | zero 0…
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)  # SMS_GATEWAY_EXTRA   JSON: more fields
    checksum: str = ""  # SMS_GATEWAY_CHECKSUM       "<hash>-<coding> field:NAME TEMPLATE", gives {checksum} too
    honours_our_id: bool = True  # SMS_GATEWAY_HONOURS_ID   the same id twice is sent once
    max_segments: int = 10  # SMS_GATEWAY_MAX_SEGMENTS
    ok: str = ""  # SMS_GATEWAY_OK                   "" 2xx | "text:Accepted" | "json:CodeResult=100,124"
    answer_id: str = "json:id"  # SMS_GATEWAY_ANSWER_ID     finding of their id in the answer
    answer_code: str = ""  # SMS_GATEWAY_ANSWER_CODE        finding of their error code
    codes: Mapping[str, str] = field(default_factory=dict)  # SMS_GATEWAY_CODES   JSON: their code -> reason key

    check: str = "bearer"  # SMS_GATEWAY_CHECK       bearer | basic | path (last step of the URL is the token) | signature
    in_id: str = "id"  # SMS_GATEWAY_IN_ID           "" = it gives none (then a redelivery is a new message)
    in_from: str = "from"  # SMS_GATEWAY_IN_FROM
    in_text: str = "text"  # SMS_GATEWAY_IN_TEXT
    in_coding: str = "plain"  # SMS_GATEWAY_IN_CODING        plain | hex | base64 (of UTF-8)
    in_time: str = ""  # SMS_GATEWAY_IN_TIME
    time_format: str = "iso"  # SMS_GATEWAY_TIME_FORMAT      iso | s | ms | a strptime form, Viet Nam time
    answer: str = '{"ok":true}'  # SMS_GATEWAY_ANSWER        body of our 200; may hold {fields} of the request
    answer_mime: str = "application/json"  # SMS_GATEWAY_ANSWER_MIME

    status_check: str = ""  # SMS_GATEWAY_STATUS_CHECK       as `check`; "" = the same
    status_id: str = "id"  # SMS_GATEWAY_STATUS_ID           field of their id
    status_our_id: str = "id"  # SMS_GATEWAY_STATUS_OUR_ID   field of ours
    status_field: str = "status"  # SMS_GATEWAY_STATUS_FIELD
    status_code: str = "code"  # SMS_GATEWAY_STATUS_CODE     field of the error code
    statuses: Mapping[str, str] = field(default_factory=dict)  # SMS_GATEWAY_STATUSES   JSON: their word -> ours

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise ValueError(f"SMS gateway settings: {problem}")

    @property
    def key(self) -> str:
        return self.secret or self.token


def _problems(config: GatewayConfig) -> list[str]:
    """Return what is wrong with a configuration, each in words that name the setting."""
    lists = {
        "SMS_GATEWAY_METHOD": (config.method, ("GET", "POST", "PUT")),
        "SMS_GATEWAY_ENCODING": (config.encoding, ("json", "form", "query")),
        "SMS_GATEWAY_AUTH": (config.auth, ("bearer", "basic", "none")),
        "SMS_GATEWAY_NUMBER_FORMAT": (config.number_format, ("plus", "plain", "zero")),
        "SMS_GATEWAY_IN_CODING": (config.in_coding, ("plain", "hex", "base64")),
    }
    wrong = [f"{name} is one of {', '.join(allowed)}" for name, (value, allowed) in lists.items() if value not in allowed]
    wrong += [f"SMS_GATEWAY_CODES: {key!r} is no reason" for key in config.codes.values() if key not in MEANINGS]
    wrong += [f"SMS_GATEWAY_STATUSES: {word!r} is no status" for word in config.statuses.values() if word not in RANK]
    used = {name for value in config.extra.values() for name in PLACEHOLDER.findall(value)}
    wrong += [f"SMS_GATEWAY_EXTRA: {{{name}}} is unknown" for name in sorted(used - _OURS)]
    return wrong + [problem for spec in _signatures(config) for problem in _signature_problem(spec)]


def _signatures(config: GatewayConfig) -> list[str]:
    checks = (config.check, config.status_check, config.checksum)
    return [spec for spec in checks if spec not in ("", "bearer", "basic", "path")]


def _signature_problem(spec: str) -> list[str]:
    try:
        Signature.parse(spec)
    except ValueError as error:
        return [str(error)]
    return []
