"""SMS over Twilio. In Viet Nam Twilio sends notices only: its own page lists no two-way SMS there."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

import httpx
from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from bot.channels import http
from bot.channels.base import (
    Answer,
    BadRequest,
    BadSignature,
    ChannelError,
    Clock,
    Inbound,
    Kind,
    Limit,
    Media,
    Outgoing,
    RawRequest,
    Receipt,
    Sent,
    clean,
    e164,
    same_secret,
    tidy_id,
)  # fmt: skip
from bot.channels.segments import segments, sms_text
from bot.channels.twilio_codes import CODES, STATUSES

STATUS_PATH = "/channels/twilio/status"


@dataclass(frozen=True)
class TwilioConfig:
    """`sender` is a number, a registered name, or a Messaging Service (MG…). The auth token signs the webhooks."""

    account_sid: str = ""  # TWILIO_ACCOUNT_SID
    auth_token: str = field(default="", repr=False)  # TWILIO_AUTH_TOKEN
    sender: str = ""  # TWILIO_FROM
    public_base_url: str = ""  # PUBLIC_BASE_URL
    api_url: str = "https://api.twilio.com"  # TWILIO_API_URL


class _Form(dict[str, list[str]]):
    """Form fields as the library's validator wants them: every value of a name, blank ones too."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


class BaseUrlClient(HttpClient):
    """The library's calls over httpx, sent to another base URL: so a stand-in can take Twilio's place.

    httpx tells "never written" from "written and not answered"; the library's own client does not.
    """

    def __init__(self, base_url: str, client: httpx.Client):
        super().__init__(logger=None, is_async=False)
        self._base = urlsplit(base_url)
        self._client = client

    def request(
        self,
        method,
        url,
        params=None,
        data=None,
        headers=None,
        auth=None,
        timeout=None,
        allow_redirects=False,
    ):
        there = urlsplit(url)
        path = self._base.path.rstrip("/") + there.path
        url = urlunsplit((self._base.scheme, self._base.netloc, path, there.query, ""))
        given = {"params": params, "data": data, "headers": headers, "auth": auth}
        answer = http.call(self._client, False, method, url, **{k: v for k, v in given.items() if v})
        return Response(answer.status_code, answer.text, answer.headers)


class TwilioChannel:
    """Messages.json has no idempotency key: a call that was written and not answered is of unknown outcome."""

    name = "twilio"
    honours_our_id = False
    accents = False
    limit = Limit(1600, "characters")

    def __init__(self, config: TwilioConfig, clock: Clock, client: httpx.Client | None = None):
        self.config = config
        self._clock = clock
        self._validator = RequestValidator(config.auth_token)
        self._client = client or http.new_client()

    def read(self, request: RawRequest) -> list[Inbound | Receipt]:
        """Read a message or a status callback (path with "status"); both are forms, signed over URL and raw values."""
        form = _form(request.body)
        self._check(request, form)
        fields = {name: values[-1] for name, values in form.items()}
        if "status" in request.path.split("/"):
            return [_receipt(fields, request.query)]
        return self._messages(fields)

    def answer(self, request: RawRequest) -> Answer:
        """Return TwiML that says nothing: the answer goes out by the send API."""
        return Answer("text/xml", "<Response/>")

    def fetch(self, media: Media) -> Media:
        """MMS does not exist in Viet Nam: always raises."""
        raise ChannelError("media_refused")

    def _check(self, request: RawRequest, form: _Form) -> None:
        """Raises BadSignature. The URL comes from the settings: host headers can be written by anyone."""
        query = f"?{request.query}" if request.query else ""
        url = self.config.public_base_url.rstrip("/") + request.path + query
        signature = request.headers.get("x-twilio-signature", "")
        if not self.config.auth_token or not self._validator.validate(url, form, signature):
            raise BadSignature
        if not same_secret(form.get("AccountSid", [self.config.account_sid])[-1], self.config.account_sid):
            raise BadSignature

    def _messages(self, fields: dict[str, str]) -> list[Inbound]:
        sid, sender = tidy_id(fields.get("MessageSid", "")), fields.get("From", "")
        if not sid or not sender:
            raise BadRequest("MessageSid and From are needed: is this the URL of 'A message comes in'?")
        address = e164(sender)
        if address is None:
            return []
        media = _media(fields)
        text = clean(_plain(fields.get("Body", "")))
        extra = {"opt_out": fields["OptOutType"]} if "OptOutType" in fields else {}
        return [Inbound(sid, address, text, self._clock(), _kind(media), media, raw_id=sid, extra=extra)]

    def send(self, outgoing: Outgoing) -> Sent:
        """Send one SMS by the REST API. Raises ChannelError with Twilio's code.

        The callback URL carries our id, so that a send whose answer was lost can still be settled by its receipt.
        """
        if not (self.config.account_sid and self.config.auth_token and self.config.sender):
            raise ChannelError("account", "not_configured")
        text = sms_text(outgoing.text)
        if len(text) > self.limit.most:
            raise ChannelError("content", "21617")
        try:
            sid = self._rest().messages.create(**self._fields(outgoing, text)).sid
        except TwilioException as error:
            raise _meaning(error) from None
        except ValueError:
            raise http.lost(False, "unreadable") from None
        return Sent(sid, segments(text).parts)

    def _rest(self) -> Client:
        """A client a call: building it costs microseconds, and its lazy parts are not made for several threads."""
        web = BaseUrlClient(self.config.api_url, self._client)
        return Client(self.config.account_sid, self.config.auth_token, http_client=web)

    def _fields(self, outgoing: Outgoing, text: str) -> dict[str, Any]:
        sender = "messaging_service_sid" if self.config.sender.startswith("MG") else "from_"
        fields = {"to": outgoing.address, "body": text, sender: self.config.sender}
        if self.config.public_base_url:
            back = self.config.public_base_url.rstrip("/") + STATUS_PATH
            fields["status_callback"] = f"{back}?our_id={quote(outgoing.our_id, safe='')}"
        return fields


def _form(body: bytes) -> _Form:
    form = _Form()
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise BadRequest("the body is not a form") from None
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def _receipt(fields: dict[str, str], query: str) -> Receipt:
    sid, word = tidy_id(fields.get("MessageSid", "")), fields.get("MessageStatus", "")
    if not sid or not word:
        raise BadRequest("MessageSid and MessageStatus are needed: is this the status callback URL?")
    status, code = STATUSES.get(word, "unknown"), fields.get("ErrorCode") or None
    failure = (
        ChannelError(CODES.get(code or "", ("", "unreachable"))[1], code) if status == "failed" else None
    )
    our_id = tidy_id(dict(parse_qsl(query)).get("our_id", "")) or None
    return Receipt(status, sid, our_id, code, failure)


def _meaning(error: TwilioException) -> ChannelError:
    """Return what Twilio's answer means. Its own message is dropped: it quotes the number."""
    code, status = str(getattr(error, "code", "") or ""), getattr(error, "status", None) or 0
    if code in CODES:
        return ChannelError(CODES[code][1], code)
    return http.status_error(httpx.Response(int(status) or 500), honours_our_id=False)


def _media(fields: dict[str, str]) -> tuple[Media, ...]:
    count = fields.get("NumMedia", "0")
    many = min(int(count), 10) if count.isascii() and count.isdigit() else 0
    named = ((fields.get(f"MediaContentType{i}", ""), fields.get(f"MediaUrl{i}")) for i in range(many))
    return tuple(Media(mime=mime, url=url) for mime, url in named if url)


def _kind(media: tuple[Media, ...]) -> Kind:
    if not media:
        return "text"
    kinds: dict[str, Kind] = {"image": "photo", "audio": "voice"}
    return kinds.get(media[0].mime.partition("/")[0], "other")


def _plain(body: str) -> str:
    """Undo the base64 in which long messages have been seen to arrive (nyaruka/courier, handlers/twiml).

    Only what decodes to text with a space in it: no word a person types does.
    """
    if len(body) < 40 or len(body) % 4 or not body.isascii():
        return body
    try:
        text = base64.b64decode(body, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return body
    return text if " " in text and text.replace("\n", "").isprintable() else body
