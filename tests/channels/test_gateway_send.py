"""What goes out to gateways: the wire of each manual, and what each failure means for the message."""

from __future__ import annotations

import base64
import json
import logging
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from bot.channels import http
from bot.channels.base import ChannelError, Media, Outgoing, Sent
from bot.channels.gateway import GatewayChannel
from tests.channels import gateways
from tests.channels.conftest import MORNING
from tests.fakes.loopback import HANG_UP, Loopback, Served, as_json

HELLO = Outgoing("o1", "+84912345678", "Đã gửi tới xã", reply_to="req1")


def sending(config, there, **settings):
    return GatewayChannel(
        replace(config, url=there.url + "/send", **settings), lambda: MORNING, http.new_client(0.3)
    )


def fields(request):
    if request.method == "GET":
        return dict(parse_qsl(request.query, keep_blank_values=True))
    return json.loads(request.body)


WIRES = [
    ("ours", gateways.OURS, as_json(202, {"id": "g7"}), Sent("g7", 1),
     {"id": "o1", "to": "+84912345678", "text": "Da gui toi xa"}),
    ("eSMS", gateways.ESMS, as_json(200, {"CodeResult": "100", "SMSID": "e7"}), Sent("e7", 1),
     {"RequestId": "o1", "Phone": "84912345678", "Content": "Da gui toi xa", "ApiKey": "k", "SecretKey": "s",
      "Brandname": "MOTCUA", "SmsType": "8", "IsUnicode": "0", "CallbackUrl": gateways.STATUS_URL}),
    ("eSMS, our id a second time", gateways.ESMS, as_json(200, {"CodeResult": "124", "SMSID": "e7"}), Sent("e7", 1), None),
    ("V-COM, bound to its message", gateways.VCOM, as_json(200, {"data": {"code": 200}}), Sent(None, 1),
     {"client_id": "client1", "request_id": "req1", "service_id": "7068", "command_code": "MOTCUA", "mt_code": "o1",
      "message": "Da gui toi xa", "is_charged": "0", "time": "1795397400",
      "checksum": "FsLYXhKt1Vt86rRB4wPRwD6eFdOfM/V9UyvHr3/6Mdc="}),
    ("SpeedSMS", gateways.SPEEDSMS, as_json(200, {"status": "success", "code": "00", "data": {"tranId": 77}}), Sent("77", 1),
     {"to": ["84912345678"], "content": "Da gui toi xa", "sms_type": "3", "sender": "MOTCUA"}),
    ("capcom6", gateways.CAPCOM6, as_json(202, {"id": "o1", "state": "Pending"}), Sent("o1", 1),
     {"id": "o1", "phoneNumbers": ["+84912345678"], "textMessage": {"text": "Da gui toi xa"}}),
    ("Kannel", gateways.KANNEL, Served(202, b"0: Accepted for delivery"), Sent(None, 1),
     {"to": "+84912345678", "text": "Da gui toi xa", "username": "motcua", "password": "invented", "from": "8088",
      "charset": "UTF-8", "dlr-mask": "31", "dlr-url": gateways.STATUS_URL + "?id=o1&status=%d"}),
    ("Jasmin", gateways.JASMIN, Served(200, b'Success "07033084-5cfd"'), Sent("07033084-5cfd", 1),
     {"to": "84912345678", "content": "Da gui toi xa", "username": "motcua", "password": "invented", "from": "8088",
      "dlr": "yes", "dlr-level": "2"}),
]  # fmt: skip


@pytest.mark.parametrize(("label", "config", "served", "sent", "wire"), WIRES, ids=[w[0] for w in WIRES])
def test_a_message_goes_out_as_the_manual_says(label, config, served, sent, wire):
    with Loopback(lambda request: served) as there:
        assert sending(config, there).send(HELLO) == sent
    assert wire is None or fields(there.requests[0]) == wire


def test_bearer_and_basic_are_in_the_header():
    with Loopback(lambda request: as_json(200, {"status": "success"})) as there:
        sending(gateways.OURS, there).send(HELLO)
        sending(gateways.SPEEDSMS, there).send(HELLO)
    basic = base64.b64encode(b"invented-access-token:x").decode()
    wanted = [f"Bearer {gateways.TOKEN}", f"Basic {basic}"]
    assert [request.headers["authorization"] for request in there.requests] == wanted


FAILURES = [
    ("over the limit of calls", gateways.OURS, Served(429, b"", {"retry-after": "30"}), ChannelError("busy", "429", 30)),
    ("overloaded", gateways.OURS, Served(503), ChannelError("busy", "503")),
    ("broken, id honoured: try again", gateways.OURS, Served(500), ChannelError("down", "500")),
    ("broken, id not honoured: nobody knows", gateways.KANNEL, Served(500), ChannelError("lost", "500")),
    ("wrong password", gateways.KANNEL, Served(403, b"Authorization failed"), ChannelError("account", "403")),
    ("moved", gateways.OURS, Served(302, b"", {"location": "http://127.0.0.1:1/"}), ChannelError("account", "302")),
    ("bad request", gateways.OURS, Served(400), ChannelError("content", "400")),
    ("eSMS, bad phone", gateways.ESMS, as_json(200, {"CodeResult": "108"}), ChannelError("bad_number", "108")),
    ("eSMS, no money", gateways.ESMS, as_json(200, {"CodeResult": "103"}), ChannelError("account", "103")),
    ("eSMS, new code", gateways.ESMS, as_json(200, {"CodeResult": "555"}), ChannelError("content", "refused")),
    ("eSMS, a page instead of JSON", gateways.ESMS, Served(200, b"<html>"), ChannelError("down", "unreadable")),
    ("SpeedSMS, a page instead of JSON", gateways.SPEEDSMS, Served(200, b"<html>"), ChannelError("lost", "unreadable")),
    ("SpeedSMS, bad phone", gateways.SPEEDSMS, as_json(200, {"status": "error", "code": "105"}), ChannelError("bad_number", "105")),
    ("Kannel, not accepted", gateways.KANNEL, Served(202, b"3: Queued for later"), ChannelError("content", "refused")),
    ("hung up, id honoured", gateways.OURS, HANG_UP, ChannelError("down")),
    ("hung up, id not honoured", gateways.KANNEL, HANG_UP, ChannelError("lost")),
    ("no answer in time, id honoured", gateways.OURS, Served(after=0.6), ChannelError("down")),
    ("no answer in time, id not honoured", gateways.KANNEL, Served(after=0.6), ChannelError("lost")),
]  # fmt: skip


@pytest.mark.parametrize(("label", "config", "served", "error"), FAILURES, ids=[f[0] for f in FAILURES])
def test_a_failure_says_what_to_do(label, config, served, error):
    with Loopback(lambda request: served) as there, pytest.raises(ChannelError) as raised:
        sending(config, there).send(HELLO)
    assert raised.value == error


@pytest.mark.parametrize("config", [gateways.OURS, gateways.KANNEL])
def test_where_nobody_listens_nothing_was_sent_and_trying_again_is_safe(config):
    with Loopback(lambda request: HANG_UP) as there:
        pass
    with pytest.raises(ChannelError) as raised:
        sending(config, there).send(HELLO)
    assert (raised.value, raised.value.retry) == (ChannelError("down"), "later")


def test_a_text_that_is_too_long_never_leaves():
    with Loopback(lambda request: as_json(202, {})) as there, pytest.raises(ChannelError) as raised:
        sending(gateways.OURS, there, max_segments=2).send(replace(HELLO, text="ệ" * 307))
    assert (raised.value, there.requests) == (ChannelError("content", "too_long"), [])


def test_without_an_address_of_the_gateway_it_asks_for_an_operator():
    with pytest.raises(ChannelError) as raised:
        GatewayChannel(gateways.OURS, lambda: MORNING).send(HELLO)
    assert raised.value.page_operator


def test_no_number_and_no_text_reaches_a_log_or_an_error(caplog):
    caplog.set_level(logging.DEBUG)
    with (
        Loopback(lambda request: Served(500, b"+84912345678 Da gui")) as there,
        pytest.raises(ChannelError) as raised,
    ):
        sending(gateways.KANNEL, there).send(HELLO)
    said = caplog.text + str(raised.value) + repr(raised.value) + repr(HELLO) + repr(gateways.KANNEL)
    assert not any(
        word in said for word in ("912345678", "Da gui", "Đã gửi", "invented", gateways.PATH_SECRET)
    )


def test_sms_has_no_pictures():
    with pytest.raises(ChannelError, match="media_refused"):
        GatewayChannel(gateways.OURS, lambda: MORNING).fetch(Media(url="https://zdn.vn/a.jpg"))


def test_a_number_can_be_written_in_three_ways():
    with Loopback(lambda request: as_json(202, {})) as there:
        for form in ("plus", "plain", "zero"):
            sending(gateways.OURS, there, number_format=form).send(HELLO)
    assert [fields(request)["to"] for request in there.requests] == [
        "+84912345678",
        "84912345678",
        "0912345678",
    ]
