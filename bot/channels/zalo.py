"""Zalo Official Account: webhook, customer-service message with buttons, template message when the window is closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from bot.channels import http
from bot.channels.base import (
    Answer,
    ChannelError,
    Clock,
    Inbound,
    Limit,
    Media,
    Outgoing,
    RawRequest,
    Receipt,
    Sent,
)  # fmt: skip
from bot.channels.media import download
from bot.channels.zalo_codes import STALE_TOKEN, reason
from bot.channels.zalo_events import checked_event, read_event
from bot.channels.zalo_tokens import TokenStore, ZaloTokens

MEDIA_HOSTS = ("zdn.vn", "dlfl.vn", "dlmd.me")
_MOST_BUTTONS = 5
_TITLE = 100


@dataclass(frozen=True)
class ZaloConfig:
    """One Official Account. `window_hours` 48 is what costs nothing; up to 168 Zalo still sends, for money."""

    app_id: str = ""  # ZALO_APP_ID
    app_secret: str = field(default="", repr=False)  # ZALO_APP_SECRET   refreshes the tokens
    oa_secret: str = field(default="", repr=False)  # ZALO_OA_SECRET     signs the webhooks
    api_url: str = "https://openapi.zalo.me"  # ZALO_API_URL
    oauth_url: str = "https://oauth.zaloapp.com"  # ZALO_OAUTH_URL
    template_url: str = "https://business.openapi.zalo.me"  # ZALO_TEMPLATE_URL   template messages by phone
    media_url: str = (
        ""  # ZALO_MEDIA_URL          where the stand-in keeps its photos; empty with the real Zalo
    )
    window_hours: int = 48  # ZALO_WINDOW_HOURS


class ZaloChannel:
    """Zalo documents no refusal of a repeated id, so a send that was not answered is of unknown outcome."""

    name = "zalo"
    honours_our_id = False
    accents = True
    limit = Limit(2000, "characters")

    def __init__(
        self, config: ZaloConfig, tokens: TokenStore, clock: Clock, client: httpx.Client | None = None
    ):
        self.config = config
        self._clock = clock
        self._client = client or http.new_client()
        self.tokens = ZaloTokens(
            tokens, config.app_id, config.app_secret, config.oauth_url, clock, self._client
        )

    def read(self, request: RawRequest) -> list[Inbound | Receipt]:
        """Read an event. The empty call that Zalo makes when the URL is saved gives an empty list."""
        event = checked_event(request, self.config.app_id, self.config.oa_secret)
        return read_event(event, self._clock()) if event else []

    def answer(self, request: RawRequest) -> Answer:
        """Zalo reads the status only, and waits two seconds for it."""
        return Answer("application/json", "{}")

    def fetch(self, media: Media) -> Media:
        """Return `media` with its content: links expire, so soon after it came. Raises ChannelError as `download`."""
        return download(self._client, media, MEDIA_HOSTS, self.config.media_url)

    def send(self, outgoing: Outgoing) -> Sent:
        """Send a message. Raises ChannelError, "window_closed" when only a template could go and there is none.

        An address with "+" is a phone number: nobody there has written to us, so it takes a template.
        """
        if len(outgoing.text) > self.limit.most:
            raise ChannelError("content", "too_long")
        if outgoing.address.startswith("+") or not self._window_open(outgoing):
            return self._send_template(outgoing)
        try:
            return Sent(self._post(self.config.api_url + "/v3.0/oa/message/cs", _cs_body(outgoing)))
        except ChannelError as error:
            if error.reason_key != "window_closed" or outgoing.template is None:
                raise
        return self._send_template(outgoing)

    def _window_open(self, outgoing: Outgoing) -> bool:
        last = outgoing.last_interaction_at
        return last is not None and self._clock() - last <= timedelta(hours=self.config.window_hours)

    def _send_template(self, outgoing: Outgoing) -> Sent:
        if outgoing.template is None:
            raise ChannelError("window_closed", "no_template")
        body: dict[str, Any] = {
            "template_id": outgoing.template.id,
            "template_data": {key: str(value) for key, value in outgoing.template.params.items()},
        }
        if outgoing.address.startswith("+"):
            body |= {"phone": outgoing.address[1:], "tracking_id": outgoing.our_id, "sending_mode": "1"}
            return Sent(self._post(self.config.template_url + "/message/template", body))
        return Sent(
            self._post(
                self.config.api_url + "/v3.0/oa/message/template", {"user_id": outgoing.address, **body}
            )
        )

    def _post(self, url: str, body: Mapping[str, Any]) -> str | None:
        """Post with the token in force, once more with a new one if Zalo calls it stale; return Zalo's message id."""
        pair = self.tokens.current()
        answer = self._call(url, body, pair.access)
        if _code(answer) in STALE_TOKEN:
            answer = self._call(url, body, self.tokens.renew(pair).access)
        code = _code(answer)
        if code != "0":
            raise ChannelError(reason(code), code)
        data = answer.get("data")
        return _message_id(data) if isinstance(data, dict) else None

    def _call(self, url: str, body: Mapping[str, Any], access: str) -> dict[str, Any]:
        response = http.call(self._client, False, "POST", url, json=body, headers={"access_token": access})
        if not response.is_success:
            raise http.status_error(response, honours_our_id=False)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or "error" not in answer:
            raise http.lost(False, "unreadable")
        return answer


def _code(answer: Mapping[str, Any]) -> str:
    return str(answer["error"])


def _message_id(data: Mapping[str, Any]) -> str | None:
    found = data.get("message_id") or data.get("msg_id")
    return str(found) if found else None


def _cs_body(outgoing: Outgoing) -> dict[str, Any]:
    """Return a text with its options as buttons; more than five stay text, for Zalo shows five and hides the rest.

    A click comes back as an ordinary text that holds the digit, as if it had been typed: it carries no authority.
    """
    message: dict[str, Any] = {"text": outgoing.text}
    if 0 < len(outgoing.options) <= _MOST_BUTTONS:
        buttons = [
            {"title": f"{digit}. {label}"[:_TITLE], "type": "oa.query.show", "payload": digit}
            for digit, label in outgoing.options
        ]
        message["attachment"] = {"type": "template", "payload": {"buttons": buttons}}
    return {"recipient": {"user_id": outgoing.address}, "message": message}
