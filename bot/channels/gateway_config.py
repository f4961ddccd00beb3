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
from dataclasses import dataclass, field, fields
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
            raise ValueError(
                "a signature reads '<md5|sha256|hmac-sha256>-<hex|base64> <field:|header:>NAME TEMPLATE'"
            )
        place = match[3].lower() if match[3].startswith("header:") else match[3]
        return cls(match[1], match[2], place, match[4])

    def make(self, value: Callable[[str], str | bytes], key: str) -> str:
        """Return the signature over the filled template; `key` is used by hmac, the others have it in the template."""
        return _CODINGS[self.coding](_HASHES[self.hash](fill(self.covers, value), key.encode()))


@dataclass(frozen=True)
class GatewayConfig:
    """One SMS gateway; the defaults are the wire of our own. Each field is set by SMS_GATEWAY_<FIELD>.

    Access
      url          where messages are sent to
      token        bearer both ways, "user:password" for basic, or the secret last step of the webhook's URL
      secret       key of signatures; the token where it is empty
      sender       our number or brand name, {from}
    Sending
      method, encoding (json | form | query), auth (bearer | basic | none)
      id_field, to_field, text_field   "" is not sent; a dot nests, a final [] makes a list
      number_format                    plus +84… | plain 84… | zero 0…
      extra                            JSON object of more fields, with placeholders
      checksum                         a signature over what we send, put into its field; also {checksum}
      honours_our_id                   the same id twice is sent once
      max_segments                     longer texts never leave
      ok                               "" any 2xx | "text:Accepted" | "json:CodeResult=100,124"
      answer_id, answer_code           findings of their id and of their error code
      codes                            JSON object, their code -> reason key of MEANINGS
    Receiving
      check                            bearer | basic | path | a signature
      in_id                            "" where it gives none: then a redelivery looks like a new message
      in_from, in_text, in_coding (plain | hex | base64, of UTF-8)
      in_time, time_format             iso | s | ms | a strptime form, in Viet Nam's time
      answer, answer_mime              body of our 200; may hold {fields} of the request
    Status
      status_check                     as `check`; "" is the same
      status_id, status_our_id, status_field, status_code
      statuses                         JSON object, their word -> ours
    """

    url: str = ""
    token: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    sender: str = ""

    method: str = "POST"
    encoding: str = "json"
    auth: str = "bearer"
    id_field: str = "id"
    to_field: str = "to"
    text_field: str = "text"
    number_format: str = "plus"
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)
    checksum: str = ""
    honours_our_id: bool = True
    max_segments: int = 10
    ok: str = ""
    answer_id: str = "json:id"
    answer_code: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)

    check: str = "bearer"
    in_id: str = "id"
    in_from: str = "from"
    in_text: str = "text"
    in_coding: str = "plain"
    in_time: str = ""
    time_format: str = "iso"
    answer: str = '{"ok":true}'
    answer_mime: str = "application/json"

    status_check: str = ""
    status_id: str = "id"
    status_our_id: str = "id"
    status_field: str = "status"
    status_code: str = "code"
    statuses: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise ValueError(f"SMS gateway settings: {problem}")

    @property
    def key(self) -> str:
        """The key of signatures."""
        return self.secret or self.token


ENVIRONMENT = {f"SMS_GATEWAY_{f.name.upper()}": f for f in fields(GatewayConfig)}
"""Name of the setting -> its field: the whole list, for the README and for `from_environment`."""


def from_environment(env: Mapping[str, str]) -> GatewayConfig:
    """Return the gateway that the settings in `env` describe; what is not set keeps its default.

    Raises ValueError with the name of the setting that cannot be read.
    """
    return GatewayConfig(
        **{f.name: _read(name, str(f.type), env[name]) for name, f in ENVIRONMENT.items() if name in env}
    )


def _read(name: str, kind: str, text: str) -> Any:
    readers = {"int": int, "bool": _yes_no, "Mapping[str, str]": _object}
    try:
        return readers.get(kind, str)(text)
    except ValueError:
        wanted = {
            "int": "a whole number",
            "bool": "true or false",
            "Mapping[str, str]": "a JSON object of texts",
        }
        raise ValueError(f"{name} must be {wanted[kind]}") from None


def _yes_no(text: str) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in words:
        raise ValueError
    return words[text.lower()]


def _object(text: str) -> dict[str, str]:
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError
    return {str(key): str(value) for key, value in data.items()}


def _problems(config: GatewayConfig) -> list[str]:
    """Return what is wrong with a configuration, each in words that name the setting."""
    lists = {
        "SMS_GATEWAY_METHOD": (config.method, ("GET", "POST", "PUT")),
        "SMS_GATEWAY_ENCODING": (config.encoding, ("json", "form", "query")),
        "SMS_GATEWAY_AUTH": (config.auth, ("bearer", "basic", "none")),
        "SMS_GATEWAY_NUMBER_FORMAT": (config.number_format, ("plus", "plain", "zero")),
        "SMS_GATEWAY_IN_CODING": (config.in_coding, ("plain", "hex", "base64")),
    }
    wrong = [
        f"{name} is one of {', '.join(allowed)}"
        for name, (value, allowed) in lists.items()
        if value not in allowed
    ]
    wrong += [
        f"SMS_GATEWAY_CODES: {key!r} is no reason" for key in config.codes.values() if key not in MEANINGS
    ]
    wrong += [
        f"SMS_GATEWAY_STATUSES: {word!r} is no status"
        for word in config.statuses.values()
        if word not in RANK
    ]
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
