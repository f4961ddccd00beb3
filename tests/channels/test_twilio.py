"""Twilio: its signature both ways, its forms as tables, its errors as a table, and its REST API on loopback."""

from __future__ import annotations

import base64
import logging
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from bot.channels import http
from bot.channels.base import (
    Answer,
    BadRequest,
    BadSignature,
    ChannelError,
    Inbound,
    Media,
    Outgoing,
    RawRequest,
    Receipt,
    Sent,
)  # fmt: skip
from bot.channels.twilio import TwilioChannel, TwilioConfig
from tests.channels.conftest import MORNING
from tests.fakes.loopback import HANG_UP, Loopback, Served, as_json
from tests.fakes.twilio import NUMBERS, PUBLIC, SID, TOKEN, signed, twilio

CONFIG = TwilioConfig(SID, TOKEN, "MOTCUA", PUBLIC)
RECEIVE, STATUS = "/channels/twilio/receive", "/channels/twilio/status"
SM = "SM000000000000000000000000000000aa"
PA = "+84981112233"
FORM = {
    "ToCountry": "US", "ToState": "", "SmsMessageSid": SM, "NumMedia": "0", "ToCity": "", "FromZip": "", "SmsSid": SM,
    "FromState": "", "SmsStatus": "received", "FromCity": "", "Body": "cho hoi lam giay khai sinh can gi",
    "FromCountry": "VN", "To": "+15005550006", "ToZip": "", "NumSegments": "1", "MessageSid": SM, "AccountSid": SID,
    "From": PA, "ApiVersion": "2010-04-01",
}  # fmt: skip
LONG = "Tôi muốn hỏi thủ tục khai sinh cho cháu, tôi ở thôn Nà Pài."


def got(request, **settings):
    return TwilioChannel(replace(CONFIG, **settings), lambda: MORNING).read(request)


TEXTS = [
    ("as typed", {}, "cho hoi lam giay khai sinh can gi"),
    ("blank", {"Body": ""}, ""),
    ("spaces around", {"Body": "  1  "}, "  1  "),
    ("accents", {"Body": "vợ tôi mới đẻ"}, "vợ tôi mới đẻ"),
    ("decomposed", {"Body": "vo\u031b\u0323 to\u0302i"}, "vợ tôi"),
    ("NUL", {"Body": "a\x00b"}, "ab"),
    ("1,600 letters", {"Body": "a" * 1600}, "a" * 1600),
    ("emoji only", {"Body": "👍"}, "👍"),
    ("a plus and an ampersand", {"Body": "1+1&2=3"}, "1+1&2=3"),
    ("base64, as long messages have come", {"Body": base64.b64encode(LONG.encode()).decode()}, LONG),
    ("a long word that only looks like base64", {"Body": "khongdaucachlienmotmachkhongngungnghi" + "abc"},
     "khongdaucachlienmotmachkhongngungnghi" + "abc"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "change", "text"), TEXTS, ids=[t[0] for t in TEXTS])
def test_a_text_comes_in(label, change, text):
    assert got(signed(RECEIVE, FORM | change)) == [Inbound(SM, PA, text, MORNING, raw_id=SM)]


def test_pictures_come_as_links_with_their_type():
    form = FORM | {"Body": "", "NumMedia": "2", "MediaUrl0": "https://api.twilio.com/a", "MediaContentType0": "image/jpeg",
                   "MediaUrl1": "dog.jpg", "MessageSid": "MM1"}  # fmt: skip
    media = (Media("image/jpeg", url="https://api.twilio.com/a"), Media(url="dog.jpg"))
    assert got(signed(RECEIVE, form)) == [Inbound("MM1", PA, "", MORNING, "photo", media, raw_id="MM1")]


def test_twilios_own_word_for_stop_is_kept():
    assert got(signed(RECEIVE, FORM | {"Body": "STOP", "OptOutType": "STOP"}))[0].extra == {"opt_out": "STOP"}


def test_a_sender_that_cannot_be_answered_is_no_message():
    assert got(signed(RECEIVE, FORM | {"From": "TWILIO"})) == []


def test_the_signature_is_the_one_of_twilios_documentation():
    form = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
    channel = TwilioChannel(
        TwilioConfig(SID, "12345", public_base_url="https://mycompany.com"), lambda: MORNING
    )
    headers = {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}
    with pytest.raises(BadRequest, match="MessageSid and From are needed"):
        channel.read(RawRequest("POST", "/myapp.php", "foo=1&bar=2", headers, form.encode()))


ASKED = signed(RECEIVE + "?unit=1&x=2", FORM)
REFUSED = [
    ("unsigned", signed(RECEIVE, FORM)._replace(headers={}), {}),
    ("another token", signed(RECEIVE, FORM, token="guess"), {}),
    ("http instead of https", signed(RECEIVE, FORM, base="http://motcua.example"), {}),
    ("another host", signed(RECEIVE, FORM, base="https://evil.example"), {}),
    ("a slash more", signed(RECEIVE + "/", FORM)._replace(path=RECEIVE), {}),
    ("query in another order", ASKED._replace(query="x=2&unit=1"), {}),
    ("query dropped", ASKED._replace(query=""), {}),
    ("text changed", signed(RECEIVE, FORM)._replace(body=signed(RECEIVE, FORM | {"Body": "2"}).body), {}),
    ("a blank value dropped", signed(RECEIVE, FORM | {"Body": "", "X": ""})._replace(body=signed(RECEIVE, FORM | {"Body": ""}).body), {}),
    ("signature is no ASCII", signed(RECEIVE, FORM)._replace(headers={"x-twilio-signature": "đ" * 28}), {}),
    ("another account", signed(RECEIVE, FORM | {"AccountSid": "AC2"}), {}),
    ("no token set", signed(RECEIVE, FORM, token=""), {"auth_token": ""}),
]  # fmt: skip


@pytest.mark.parametrize(("label", "request_", "settings"), REFUSED, ids=[r[0] for r in REFUSED])
def test_it_refuses_what_twilio_did_not_sign(label, request_, settings):
    with pytest.raises(BadSignature):
        got(request_, **settings)


def test_a_query_and_repeated_values_are_part_of_what_is_signed():
    assert got(ASKED)[0].provider_id == SM
    twice = signed(RECEIVE, FORM)
    assert (
        got(twice._replace(body=twice.body + b"&Body=cho+hoi+lam+giay+khai+sinh+can+gi"))[0].provider_id == SM
    )


def test_a_body_that_is_no_form_gets_one_clear_line():
    with pytest.raises(BadRequest, match="not a form"):
        got(signed(RECEIVE, FORM)._replace(body=b"\xff\xfe"))


RECEIPTS = [
    ({"MessageStatus": "queued"}, "accepted", None, None),
    ({"MessageStatus": "sent", "SmsStatus": "sent", "SmsSid": SM}, "sent", None, None),
    ({"MessageStatus": "delivered"}, "delivered", None, None),
    ({"MessageStatus": "read"}, "seen", None, None),
    ({"MessageStatus": "moonlighting"}, "unknown", None, None),
    ({"MessageStatus": "failed", "ErrorCode": "21610"}, "failed", "21610", ChannelError("refused", "21610")),
    (
        {"MessageStatus": "undelivered", "ErrorCode": "30003"},
        "failed",
        "30003",
        ChannelError("unreachable", "30003"),
    ),
    (
        {"MessageStatus": "undelivered", "ErrorCode": "30006"},
        "failed",
        "30006",
        ChannelError("bad_number", "30006"),
    ),
    ({"MessageStatus": "undelivered"}, "failed", None, ChannelError("unreachable")),
]


@pytest.mark.parametrize(
    ("form", "status", "code", "failure"), RECEIPTS, ids=[r[0]["MessageStatus"] for r in RECEIPTS]
)
def test_a_status_comes_in_with_our_id_from_the_url(form, status, code, failure):
    request = signed(STATUS + "?our_id=o%2F1", {"MessageSid": SM, "AccountSid": SID, "To": PA, **form})
    assert got(request) == [Receipt(status, SM, "o/1", code, failure)]


def test_a_status_sent_to_the_wrong_url_says_so():
    with pytest.raises(BadRequest, match="is this the status callback URL"):
        got(signed(STATUS, FORM))


def test_it_answers_with_empty_twiml():
    assert TwilioChannel(CONFIG, lambda: MORNING).answer(signed(RECEIVE, FORM)) == Answer(
        "text/xml", "<Response/>"
    )


HELLO = Outgoing("o/1", "+84981112233", "Đã gửi tới xã")


def send(there, outgoing=HELLO, **settings):
    config = replace(CONFIG, api_url=there.url + "/stand-in", **settings)
    return TwilioChannel(config, lambda: MORNING, http.new_client(0.3)).send(outgoing)


def under_stand_in(request):
    return twilio(request._replace(path=request.path.removeprefix("/stand-in")))


def test_a_message_goes_out_and_asks_for_its_status_under_our_id():
    with Loopback(under_stand_in) as there:
        sent = send(there)
    assert (sent.provider_id[:2], len(sent.provider_id), sent.segments) == ("SM", 34, 1)
    assert dict(parse_qsl(there.requests[0].body.decode())) == {
        "To": "+84981112233", "From": "MOTCUA", "Body": "Da gui toi xa", "StatusCallback": PUBLIC + STATUS + "?our_id=o%2F1",
    }  # fmt: skip


def test_a_messaging_service_stands_in_its_own_field():
    with Loopback(under_stand_in) as there:
        send(there, sender="MG0000")
    assert b"MessagingServiceSid=MG0000" in there.requests[0].body


MEANT = {
    21211: "bad_number",
    21612: "bad_number",
    21408: "account",
    21610: "refused",
    21614: "bad_number",
    20429: "busy",
}


@pytest.mark.parametrize(("number", "code"), [(number, row[1]) for number, row in NUMBERS.items()])
def test_twilios_test_numbers_fail_as_its_table_says(number, code):
    with Loopback(under_stand_in) as there, pytest.raises(ChannelError) as raised:
        send(there, replace(HELLO, address=number))
    assert raised.value == ChannelError(MEANT[code], str(code))
    assert number not in str(raised.value) and raised.value.__cause__ is None


FAILURES = [
    ("wrong password", under_stand_in, {"auth_token": "guess"}, ChannelError("account", "20003")),
    ("wrong account", under_stand_in, {"account_sid": "AC2"}, ChannelError("account", "20003")),
    ("no account", under_stand_in, {"account_sid": ""}, ChannelError("account", "not_configured")),
    ("broken: may have been sent", lambda r: Served(500), {}, ChannelError("lost", "500")),
    ("overloaded", lambda r: Served(503), {}, ChannelError("busy", "503")),
    ("a code of tomorrow", lambda r: as_json(400, {"code": 29999, "message": "x"}), {}, ChannelError("content", "400")),
    ("a code in the newer error form", lambda r: as_json(429, {"type": "t", "title": "x", "status": 429, "code": 20429}), {},
     ChannelError("busy", "20429")),
    ("201 without JSON: it was sent", lambda r: Served(201, b"ok"), {}, ChannelError("lost", "unreadable")),
    ("hung up", lambda r: HANG_UP, {}, ChannelError("lost")),
    ("no answer in time", lambda r: Served(after=0.6), {}, ChannelError("lost")),
]  # fmt: skip


@pytest.mark.parametrize(("label", "serve", "settings", "error"), FAILURES, ids=[f[0] for f in FAILURES])
def test_a_failure_says_what_to_do(label, serve, settings, error):
    with Loopback(serve) as there, pytest.raises(ChannelError) as raised:
        send(there, **settings)
    assert raised.value == error


def test_where_nobody_listens_trying_again_is_safe():
    with Loopback(twilio) as there:
        pass
    with pytest.raises(ChannelError) as raised:
        send(there)
    assert raised.value == ChannelError("down")


def test_a_text_of_1601_letters_never_leaves():
    with Loopback(under_stand_in) as there, pytest.raises(ChannelError) as raised:
        send(there, replace(HELLO, text="ệ" * 1601))
    assert (raised.value, there.requests) == (ChannelError("content", "21617"), [])


def test_no_number_and_no_text_reaches_a_log(caplog):
    caplog.set_level(logging.DEBUG)
    with Loopback(under_stand_in) as there:
        assert isinstance(send(there), Sent)
        with pytest.raises(ChannelError):
            send(there, replace(HELLO, address="+15005550001"))
    assert not any(word in caplog.text for word in ("981112233", "5550001", "Da gui", TOKEN))


def test_sms_has_no_pictures_to_fetch():
    with pytest.raises(ChannelError, match="media_refused"):
        TwilioChannel(CONFIG, lambda: MORNING).fetch(Media(url="https://api.twilio.com/a"))
