"""A pretend Twilio: Messages.json with sids, the error shape, and the table of its test numbers.

Table: twilio.com/docs/iam/test-credentials. Signed callbacks come from the library's own validator.
"""

from __future__ import annotations

import base64
import itertools
from urllib.parse import parse_qsl, urlencode

from twilio.request_validator import RequestValidator

from bot.channels.base import RawRequest
from tests.fakes.loopback import Served, as_json

SID = "AC00000000000000000000000000000001"
TOKEN = "invented-auth-token"
PUBLIC = "https://motcua.example"
NUMBERS = {
    "+15005550001": (400, 21211, "The 'To' number +15005550001 is not a valid phone number."),
    "+15005550002": (400, 21612, "'To' +15005550002 is not reachable"),
    "+15005550003": (400, 21408, "Permission to send to +15005550003 has not been enabled"),
    "+15005550004": (400, 21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (400, 21614, "'To' number is not a valid mobile number"),
    "+15005550010": (429, 20429, "Too Many Requests"),
}
_count = itertools.count(1)


def twilio(request: RawRequest) -> Served:
    """Answer one call of the REST API."""
    wanted = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
    if request.headers.get("authorization") != wanted:
        return _error(401, 20003, "Authenticate")
    if request.path != f"/2010-04-01/Accounts/{SID}/Messages.json":
        return _error(404, 20404, f"The requested resource {request.path} was not found")
    form = dict(parse_qsl(request.body.decode()))
    if form["To"] in NUMBERS:
        return _error(*NUMBERS[form["To"]])
    sid = f"SM{next(_count):032x}"
    return as_json(
        201, {"sid": sid, "status": "queued", "to": form["To"], "body": form["Body"], "account_sid": SID}
    )


def signed(path: str, form: dict[str, str], token: str = TOKEN, base: str = PUBLIC) -> RawRequest:
    """Return a webhook as Twilio posts it: the signature covers the public URL with its query, and each raw value."""
    signature = RequestValidator(token).compute_signature(base + path, form)
    path, _, query = path.partition("?")
    headers = {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}
    return RawRequest("POST", path, query, headers, urlencode(form).encode())


def _error(status: int, code: int, message: str) -> Served:
    return as_json(status, {"code": code, "message": message, "status": status, "more_info": ""})
