"""The pretend Twilio: Messages.json of its REST API, and form requests signed as Twilio signs them.

Shapes: twilio.com/docs/messaging (the webhook's and the callback's parameters) and docs/usage/security (the signature).
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from bot.channels.base import RawRequest, same_secret
from bot.channels.segments import segments
from bot.channels.simulator import PretendPhones, Reply

RECEIVE_PATH = "/channels/twilio/receive"
API_VERSION = "2010-04-01"
LONGEST = 1600


def twilio_request(url: str, form: Mapping[str, str], auth_token: str) -> RawRequest:
    """Return a form as Twilio posts it: the signature covers the whole URL with its query, and every value."""
    there = urlsplit(url)
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "user-agent": "TwilioProxy/1.1",
        "x-twilio-signature": RequestValidator(auth_token).compute_signature(url, dict(form)),
    }
    return RawRequest("POST", there.path, there.query, headers, urlencode(form, errors="replace").encode())


@dataclass
class PretendTwilio:
    """One pretend account. `base_url` is ours as it sees us: it signs that address, whatever the request's headers say."""

    phones: PretendPhones
    account_sid: str
    auth_token: str = field(repr=False)
    base_url: str
    number: str = "+15005550006"
    """Twilio's own test number for senders (twilio.com/docs/iam/test-credentials): it belongs to nobody."""

    def handle(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer a call of the REST API: 201 and a sid for a message that is on the phone now, else Twilio's error."""
        wanted = "Basic " + base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        if not same_secret(headers.get("authorization", ""), wanted):
            return _error(401, 20003, "Authenticate")
        if path != f"/{API_VERSION}/Accounts/{self.account_sid}/Messages.json":
            return _error(404, 20404, f"The requested resource {path} was not found")
        form = dict(parse_qsl(body.decode(errors="replace")))
        return _refusal(form) or self._take(form)

    def typed(self, sender: str, text: str, message_id: str = "") -> RawRequest:
        """Show what a person typed on `sender`'s phone and return the request that brings it to the door."""
        sid = message_id or _sid()
        self.phones.put("twilio", sender, text, True, sid)
        form = self._form(sid, From=sender, To=self.number, Body=text, NumMedia="0", NumSegments=str(segments(text).parts), SmsStatus="received")
        return twilio_request(self.base_url + RECEIVE_PATH, form, self.auth_token)

    def _take(self, form: Mapping[str, str]) -> Reply:
        sid = _sid()
        self.phones.put("twilio", form["To"], form["Body"], False, sid)
        answer = {"sid": sid, "account_sid": self.account_sid, "status": "queued", "direction": "outbound-api", "to": form["To"]}
        answer |= {"from": form.get("From", self.number), "body": form["Body"], "num_segments": str(segments(form["Body"]).parts)}
        return Reply(201, answer, self._callbacks(sid, form))

    def _callbacks(self, sid: str, form: Mapping[str, str]) -> tuple[RawRequest, ...]:
        """Return the status callbacks of a message; none where its sender gave no address for them."""
        url = form.get("StatusCallback", "")
        filled = (self._form(sid, From=self.number, To=form["To"], MessageStatus=status, SmsStatus=status) for status in ("sent", "delivered"))
        return tuple(twilio_request(url, each, self.auth_token) for each in filled) if url else ()

    def _form(self, sid: str, **more: str) -> dict[str, str]:
        return {"MessageSid": sid, "SmsSid": sid, "AccountSid": self.account_sid, "ApiVersion": API_VERSION, **more}


def _refusal(form: Mapping[str, str]) -> Reply | None:
    if not form.get("To"):
        return _error(400, 21604, "A 'To' phone number is required.")
    if not form.get("Body"):
        return _error(400, 21602, "Message body is required.")
    if len(form["Body"]) > LONGEST:
        return _error(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    return None


def _sid() -> str:
    return "SM" + uuid.uuid4().hex


def _error(status: int, code: int, words: str) -> Reply:
    data: dict[str, Any] = {"code": code, "message": words, "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}
    return Reply(status, data)
