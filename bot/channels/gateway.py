"""Any SMS gateway that speaks HTTP, by the names of its fields (GatewayConfig)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import httpx

from bot.channels import http
from bot.channels.base import (
    Answer,
    BadRequest,
    BadSignature,
    ChannelError,
    Clock,
    Inbound,
    Limit,
    Media,
    Outgoing,
    RawRequest,
    Receipt,
    Sent,
    Status,
    clean,
    e164,
    fingerprint,
    same_secret,
    tidy_id,
)  # fmt: skip
from bot.channels.gateway_config import PLACEHOLDER, GatewayConfig, Signature, dig, fill, find
from bot.channels.segments import segments, sms_text

_VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
_DEFAULT_STATUSES: dict[str, Status] = {
    word: word for word in ("accepted", "sent", "failed", "expired", "delivered", "seen")
}  # fmt: skip


class GatewayChannel:
    """SMS in two ways over one configured gateway. Sends the GSM alphabet only: accents would double the price."""

    accents = False

    def __init__(
        self, config: GatewayConfig, clock: Clock, client: httpx.Client | None = None, name: str = "sms"
    ):
        self.name = name
        self.config = config
        self.honours_our_id = config.honours_our_id
        self.limit = Limit(config.max_segments, "segments")
        self._clock = clock
        self._client = client or http.new_client()
        self._statuses = {**_DEFAULT_STATUSES, **config.statuses}

    def read(self, request: RawRequest) -> list[Inbound | Receipt]:
        """Read a message, or a status when the path has a step "status".

        The order is check, then read. A sender that is a short code or a name is an operator's advertisement:
        it cannot be answered and gives an empty list.
        """
        is_status = "status" in request.path.split("/")
        values = self._checked(request, (is_status and self.config.status_check) or self.config.check)
        return [self._receipt(values)] if is_status else self._messages(values)

    def answer(self, request: RawRequest) -> Answer:
        """Return the configured body; a gateway that takes the citizen's answer here wants ids of its request in it."""
        template = self.config.answer
        if not PLACEHOLDER.search(template):
            return Answer(self.config.answer_mime, template)
        values = _values(request)
        body = fill(template, lambda name: escape(dig(values, name))).decode()
        return Answer(self.config.answer_mime, body)

    def fetch(self, media: Media) -> Media:
        """SMS carries no media: always raises."""
        raise ChannelError("media_refused")

    def _checked(self, request: RawRequest, check: str) -> dict[str, Any]:
        """Return the request's fields once it has proved its sender; `path` and bearer are checked before parsing."""
        token, given = self.config.token, request.headers.get("authorization", "")
        if check == "bearer":
            proved = bool(token) and same_secret(given, f"Bearer {token}")
        elif check == "basic":
            proved = bool(token) and same_secret(given, _basic(token))
        elif check == "path":
            proved = same_secret(request.path.rpartition("/")[2], token)
        else:
            return self._signed(request, Signature.parse(check))
        if not proved:
            raise BadSignature
        return _values(request)

    def _signed(self, request: RawRequest, signature: Signature) -> dict[str, Any]:
        values = _values(request)
        place, _, name = signature.place.partition(":")
        given = request.headers.get(name, "") if place == "header" else dig(values, name)
        wanted = signature.make(lambda part: self._signed_part(request, values, part), self.config.key)
        given = given.lower() if signature.coding == "hex" else given
        if not self.config.key or not same_secret(given, wanted):
            raise BadSignature
        return values

    def _signed_part(self, request: RawRequest, values: dict[str, Any], part: str) -> str | bytes:
        if part == "secret":
            return self.config.key
        if part == "body":
            return request.body
        kind, _, name = part.partition(":")
        return request.headers.get(name.lower(), "") if kind == "header" and name else dig(values, part)

    def _messages(self, values: dict[str, Any]) -> list[Inbound]:
        config = self.config
        sender = _needed(values, config.in_from)
        address = e164(sender)
        if address is None:
            return []
        raw_id = tidy_id(_needed(values, config.in_id)) if config.in_id else ""
        text = clean(_decoded(dig(values, config.in_text), config.in_coding))
        now = self._clock()
        time_given = dig(values, config.in_time) if config.in_time else ""
        provider_id = raw_id or fingerprint(sender, text, time_given or now.isoformat())
        at = _time(time_given, config.time_format) or now
        return [Inbound(provider_id, address, text, at, raw_id=raw_id)]

    def _receipt(self, values: dict[str, Any]) -> Receipt:
        config = self.config
        status = self._statuses.get(_needed(values, config.status_field), "unknown")
        theirs, ours = (tidy_id(dig(values, name)) for name in (config.status_id, config.status_our_id))
        if not (theirs or ours):
            raise BadRequest(f"field {config.status_id} is missing: which message is this about?")
        code = tidy_id(dig(values, config.status_code)) or None
        failure = None
        if status in ("failed", "expired"):
            failure = ChannelError(config.codes.get(code or "", "unreachable"), code)
        return Receipt(status, theirs or None, ours or None, code, failure)

    def send(self, outgoing: Outgoing) -> Sent:
        """Send one SMS. Raises ChannelError, "content" before any call when it is longer than the gateway takes."""
        text = sms_text(outgoing.text)
        length = segments(text)
        if length.parts > self.limit.most:
            raise ChannelError("content", "too_long")
        config = self.config
        if not config.url:
            raise ChannelError("account", "no_url")
        names = {"json": "json", "form": "data", "query": "params"}
        given = {names[config.encoding]: self._fields(outgoing, text), "headers": self._headers()}
        response = http.call(self._client, config.honours_our_id, config.method, config.url, **given)
        self._refuse(response)
        return Sent(find(config.answer_id, response.text) or None, length.parts)

    def _headers(self) -> dict[str, str]:
        kinds = {"bearer": f"Bearer {self.config.token}", "basic": _basic(self.config.token)}
        return {"authorization": kinds[self.config.auth]} if self.config.auth in kinds else {}

    def _fields(self, outgoing: Outgoing, text: str) -> dict[str, Any]:
        config = self.config
        words = {
            "to": _number(outgoing.address, config.number_format), "text": text, "id": outgoing.our_id,
            "from": config.sender, "reply_to": outgoing.reply_to or "", "token": config.token, "secret": config.key,
            "time": str(int(self._clock().timestamp())), "checksum": "",
        }  # fmt: skip
        given: list[tuple[str, str]] = [
            (config.id_field, words["id"]), (config.to_field, words["to"]), (config.text_field, text),
        ]  # fmt: skip
        if config.checksum:
            signature = Signature.parse(config.checksum)
            words["checksum"] = signature.make(words.__getitem__, config.key)
            given.append((signature.place.partition(":")[2], words["checksum"]))
        given += [(name, fill(value, words.__getitem__).decode()) for name, value in config.extra.items()]
        return _nested([(name, value) for name, value in given if name])

    def _refuse(self, response: httpx.Response) -> None:
        """Raise what the answer means, if it is not the success that the settings describe."""
        if not response.is_success:
            raise self._coded(response) or http.status_error(response, self.honours_our_id)
        kind, _, rule = self.config.ok.partition(":")
        if kind == "text" and rule not in response.text:
            raise self._coded(response) or ChannelError("content", "refused")
        if kind == "json":
            path, _, good = rule.partition("=")
            found = find(f"json:{path}", response.text)
            if not found:
                raise http.lost(self.honours_our_id, "unreadable")
            if found not in good.split(","):
                raise self._coded(response) or ChannelError("content", "refused")

    def _coded(self, response: httpx.Response) -> ChannelError | None:
        code = find(self.config.answer_code, response.text)
        return ChannelError(self.config.codes[code], code) if code in self.config.codes else None


def _values(request: RawRequest) -> dict[str, Any]:
    """Return the request's fields: those of the query, and those of a JSON or form body. Raises BadRequest."""
    try:
        values: dict[str, Any] = dict(parse_qsl(request.query, keep_blank_values=True, max_num_fields=100))
        values.update(_body_values(request))
        return values
    except (ValueError, RecursionError):
        raise BadRequest("the body is neither JSON nor a form: send {id, from, to, text}") from None


def _body_values(request: RawRequest) -> dict[str, Any]:
    if not request.body.strip():
        return {}
    if request.body.lstrip()[:1] in (b"{", b"["):
        data = json.loads(request.body)
        if not isinstance(data, dict):
            raise ValueError
        return data
    return dict(
        parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=100)
    )


def _needed(values: dict[str, Any], name: str) -> str:
    value = clean(dig(values, name)).strip()
    if not value:
        raise BadRequest(f"field {name} is missing or empty")
    return value


def _decoded(text: str, coding: str) -> str:
    decoders: dict[str, Callable[[str], bytes]] = {
        "hex": bytes.fromhex,
        "base64": lambda t: base64.b64decode(t, validate=True),
    }
    if coding not in decoders:
        return text
    try:
        return decoders[coding](text).decode(errors="replace")
    except (ValueError, binascii.Error):
        raise BadRequest(f"the text is not written in {coding}") from None


def _time(text: str, form: str) -> datetime | None:
    """Return the provider's time, None where it cannot be read: a message is worth more than its stamp."""
    try:
        if form in ("s", "ms"):
            return datetime.fromtimestamp(int(text) / (1000 if form == "ms" else 1), UTC)
        at = datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)
        return (at if at.tzinfo else at.replace(tzinfo=_VIET_NAM)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _number(address: str, form: str) -> str:
    if form == "plus" or not address.startswith("+"):
        return address
    return "0" + address[3:] if form == "zero" and address.startswith("+84") else address[1:]


def _basic(token: str) -> str:
    return "Basic " + base64.b64encode(token.encode()).decode()


def _nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return fields as a tree: "a.b" nests, "to[]" is a list of one."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *outer, last = name.split(".")
        place = tree
        for step in outer:
            place = place.setdefault(step, {})
        place[last.removesuffix("[]")] = [value] if last.endswith("[]") else value
    return tree
