"""What gateways hand over, as tables: the request of each manual, and what it must become."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest

from bot.channels.base import Answer, BadRequest, BadSignature, ChannelError, Inbound, RawRequest, Receipt
from bot.channels.gateway import GatewayChannel
from bot.channels.gateway_config import GatewayConfig, from_environment
from tests.channels import gateways
from tests.channels.conftest import MORNING

PA = "+84912345678"
BEARER = {"authorization": f"Bearer {gateways.TOKEN}"}
SECRET = f"/{gateways.PATH_SECRET}"
CAPCOM6_BODY = (
    b'{"deviceId":"d1","event":"sms:received","id":"e1","payload":{"message":"Xin chao","receivedAt":'
    b'"2026-11-23T18:42:00.000+07:00","messageId":"abc","sender":"+84912345678","recipient":null,"simNumber":1},'
    b'"webhookId":"w1"}'
)
CAPCOM6_SIGNED = {
    "x-timestamp": "1790000000",
    "x-signature": "a49bc9993c9daadd1cc7c21ce73220e1c04872de400c20c3b07df9086c7f4e5b",
}
ESMS_MO = {
    "sender": "84912345678", "content": "HOTRO H01", "serviceNumber": "8041", "keyword": "HOTRO", "cpid": "CP1",
    "smsid": "S1", "receiverTime": "20261123184200", "sign": "gAeO/t6VBLP6CLx8OKlY4Q==",
}  # fmt: skip
VCOM_MO = {
    "type": "recovery", "client_id": "client1", "request_id": "req1", "service_id": "7068", "command_code": "MOTCUA",
    "message": "MOTCUA 1", "telco": "VT", "phone": "84912345678", "time": "1790000000",
    "checksum": "+QArzG6K4OWSCp7CnzjBbpOwhDGrDMykjqlOegn9aq8=",
}  # fmt: skip


def got(channel_config, request):
    return GatewayChannel(channel_config, lambda: MORNING).read(request)


def post(data, headers=BEARER, path="/channels/sms/receive", query=""):
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return RawRequest("POST", path, query, headers, body)


def get(fields, path="/channels/sms/receive" + SECRET):
    return RawRequest("GET", path, urlencode(fields), {}, b"")


MESSAGES = [
    ("ours, JSON", gateways.OURS, post({"id": "m1", "from": "0912345678", "to": "8088", "text": "xin chào"}), "m1", "xin chào", MORNING),
    ("ours, form", gateways.OURS, post(b"id=m1&from=%2B84912345678&to=8088&text=xin+ch%C3%A0o"), "m1", "xin chào", MORNING),
    ("ours, no text", gateways.OURS, post({"id": "m1", "from": "0912345678", "to": "8088"}), "m1", "", MORNING),
    ("ours, empty text in a form", gateways.OURS, post(b"id=m1&from=0912345678&text="), "m1", "", MORNING),
    ("ours, numbers as numbers", gateways.OURS, post({"id": 7, "from": 84912345678, "text": 1}), "7", "1", MORNING),
    ("ours, NUL and escape", gateways.OURS, post({"id": "m\x001", "from": "0912345678", "text": "a\x00b\x1b"}), "m1", "ab", MORNING),
    ("ours, half a pair", gateways.OURS, post(b'{"id":"m1","from":"0912345678","text":"\\ud83d ok"}'), "m1", " ok", MORNING),
    ("ours, decomposed", gateways.OURS, post({"id": "m1", "from": "0912345678", "text": "cha\u0300o"}), "m1", "chào", MORNING),
    ("ours, 1,600 letters", gateways.OURS, post({"id": "m1", "from": "0912345678", "text": "ệ" * 1600}), "m1", "ệ" * 1600, MORNING),
    ("ours, emoji only", gateways.OURS, post({"id": "m1", "from": "0912345678", "text": "👍👍"}), "m1", "👍👍", MORNING),
    ("ours, markup", gateways.OURS, post({"id": "m1", "from": "0912345678", "text": "<b>'; --"}), "m1", "<b>'; --", MORNING),
    ("eSMS short code", gateways.ESMS, get(ESMS_MO), "S1", "HOTRO H01", datetime(2026, 11, 23, 11, 42, tzinfo=UTC)),
    ("V-COM, redelivered", gateways.VCOM, post(VCOM_MO, {}), "req1", "MOTCUA 1", datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
    ("capcom6", gateways.CAPCOM6, post(CAPCOM6_BODY, CAPCOM6_SIGNED), "e1", "Xin chao", datetime(2026, 11, 23, 11, 42, tzinfo=UTC)),
    ("Kannel", gateways.KANNEL, get({"id": "k-1", "from": "84912345678", "to": "8088", "text": "Chào"}), "k-1", "Chào", MORNING),
    ("Jasmin", gateways.JASMIN, post(b"id=j1&from=84912345678&to=8088&content=ok", {}, "/channels/sms/receive" + SECRET), "j1", "ok", MORNING),
    ("hexed text", gateways.HEXED, get({"id": "h1", "phone": "84912345678", "sms": "chào".encode().hex()}), "h1", "chào", MORNING),
]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "config", "request_", "raw_id", "text", "at"), MESSAGES, ids=[m[0] for m in MESSAGES]
)
def test_a_message_comes_in(label, config, request_, raw_id, text, at):
    assert got(config, request_) == [Inbound(raw_id, PA, text, at, raw_id=raw_id)]


WRONG = [
    ("no bearer", gateways.OURS, post({"id": "m1"}, {})),
    ("another bearer", gateways.OURS, post({"id": "m1"}, {"authorization": "Bearer other"})),
    ("a bearer that is no ASCII", gateways.OURS, post({"id": "m1"}, {"authorization": "Bearer đoán"})),
    ("no token set", GatewayConfig(), post({"id": "m1"}, {"authorization": "Bearer "})),
    ("no path secret", gateways.KANNEL, get({"id": "k"}, "/channels/sms/receive")),
    ("another path secret", gateways.KANNEL, get({"id": "k"}, "/channels/sms/receive/guess")),
    ("no path secret set", GatewayConfig(check="path"), get({"id": "k"}, "/channels/sms/receive/")),
    (
        "basic, wrong",
        GatewayConfig(token="a:b", check="basic"),
        post({"id": "m1"}, {"authorization": "Basic eDp5"}),
    ),
    ("eSMS, text changed", gateways.ESMS, get({**ESMS_MO, "content": "HOTRO H02"})),
    ("eSMS, unsigned", gateways.ESMS, get({**ESMS_MO, "sign": ""})),
    ("V-COM, phone changed", gateways.VCOM, post({**VCOM_MO, "phone": "84987654321"}, {})),
    ("capcom6, body changed", gateways.CAPCOM6, post(CAPCOM6_BODY.replace(b"Xin", b"xin"), CAPCOM6_SIGNED)),
    (
        "capcom6, time changed",
        gateways.CAPCOM6,
        post(CAPCOM6_BODY, {**CAPCOM6_SIGNED, "x-timestamp": "1790000001"}),
    ),
    (
        "no key set, signed with nothing",
        GatewayConfig(check="md5-hex field:sign {id}{secret}"),
        post({"id": "m1", "from": "0912345678", "sign": hashlib.md5(b"m1").hexdigest()}),
    ),
    ("status, no path secret", gateways.ESMS, get({"SMSID": "1"}, "/channels/sms/status")),
]


@pytest.mark.parametrize(("label", "config", "request_"), WRONG, ids=[w[0] for w in WRONG])
def test_it_refuses_who_does_not_prove_himself(label, config, request_):
    with pytest.raises(BadSignature):
        got(config, request_)


BAD = [
    ("not JSON, not a form", post(b"xin chao"), "neither JSON nor a form"),
    ("broken JSON", post(b'{"id": "m1",'), "neither JSON nor a form"),
    ("a list", post([{"id": "m1"}]), "neither JSON nor a form"),
    ("nested too deep", post(b"[" * 100_000), "neither JSON nor a form"),
    ("not UTF-8", post(b"id=\xff\xfe&from=0912345678"), "neither JSON nor a form"),
    ("too many fields", post("&".join(f"f{i}=1" for i in range(500)).encode()), "neither JSON nor a form"),
    ("nothing", post(b""), "field from is missing"),
    ("no sender", post({"id": "m1", "text": "1"}), "field from is missing"),
    (
        "no id: it could not be told from its redelivery",
        post({"from": "0912345678", "text": "1"}),
        "field id is missing",
    ),
    ("sender is a list", post({"id": "m1", "from": ["0912345678"]}), "field from is missing"),
    ("status without id", post({"status": "sent"}, path="/channels/sms/status"), "field id is missing"),
    ("status without status", post({"id": "m1"}, path="/channels/sms/status"), "field status is missing"),
]


@pytest.mark.parametrize(("label", "request_", "says"), BAD, ids=[b[0] for b in BAD])
def test_it_says_what_it_cannot_read_and_quotes_nothing(label, request_, says):
    with pytest.raises(BadRequest, match=says) as error:
        got(gateways.OURS, request_)
    assert "0912345678" not in str(error.value)


@pytest.mark.parametrize("sender", ["VIETTEL", "9029", "191", "QC_MobiFone"])
def test_an_operators_advertisement_is_no_message(sender):
    assert got(gateways.OURS, post({"id": "m1", "from": sender, "text": "Ban co 1 tin nhan"})) == []


def test_text_that_is_not_in_its_coding_is_refused():
    with pytest.raises(BadRequest, match="not written in hex"):
        got(gateways.HEXED, get({"id": "h1", "phone": "84912345678", "sms": "xin chao"}))


def test_the_same_request_twice_has_the_same_id():
    assert got(*MESSAGES[0][1:3]) == got(*MESSAGES[0][1:3])


def test_without_ids_two_answers_stay_two_messages_and_a_redelivery_is_known_by_its_time():
    no_id = GatewayConfig(token=gateways.TOKEN, in_id="", in_time="sent_at")
    one = post({"from": "0912345678", "text": "1", "sent_at": "2026-11-23T08:00:01+07:00"})
    two = post({"from": "0912345678", "text": "1", "sent_at": "2026-11-23T08:00:09+07:00"})
    ids = [got(no_id, request)[0].provider_id for request in (one, two, one)]
    assert ids[0] == ids[2] != ids[1]


@pytest.mark.parametrize("stamp", ["", "yesterday", "99999999999999999999"])
def test_a_time_that_cannot_be_read_is_the_time_of_arrival(stamp):
    assert got(gateways.VCOM.__class__(token="t", check="path", in_time="time", time_format="s"),
               get({"id": "1", "from": "0912345678", "time": stamp}, "/channels/sms/receive/t"))[0].at == MORNING  # fmt: skip


STATUS = "/channels/sms/status"
RECEIPTS = [
    ("ours", gateways.OURS, post({"id": "m1", "status": "delivered"}, path=STATUS), Receipt("delivered", "m1", "m1")),
    ("ours, failed", gateways.OURS, post({"id": "m1", "status": "failed", "code": "77"}, path=STATUS),
     Receipt("failed", "m1", "m1", "77", ChannelError("unreachable", "77"))),
    ("ours, a word we do not know", gateways.OURS, post({"id": "m1", "status": "flying"}, path=STATUS), Receipt("unknown", "m1", "m1")),
    ("eSMS by GET", gateways.ESMS, get({"SMSID": "99", "SendStatus": "5", "RequestId": "o1", "TypeId": "2"}, STATUS + SECRET),
     Receipt("sent", "99", "o1")),
    ("eSMS rejected", gateways.ESMS, get({"SMSID": "99", "SendStatus": "4", "RequestId": "o1", "error_info": "108"}, STATUS + SECRET),
     Receipt("failed", "99", "o1", "108", ChannelError("bad_number", "108"))),
    ("Kannel, taken by the operator", gateways.KANNEL, get({"id": "o1", "status": "8"}, STATUS + SECRET), Receipt("sent", "o1", "o1")),
    ("Kannel, delivered", gateways.KANNEL, get({"id": "o1", "status": "1"}, STATUS + SECRET), Receipt("delivered", "o1", "o1")),
    ("Jasmin, expired", gateways.JASMIN, post(b"id=j1&message_status=EXPIRED", {}, STATUS + SECRET),
     Receipt("expired", "j1", "j1", None, ChannelError("unreachable"))),
]  # fmt: skip


@pytest.mark.parametrize(("label", "config", "request_", "receipt"), RECEIPTS, ids=[r[0] for r in RECEIPTS])
def test_a_receipt_comes_in(label, config, request_, receipt):
    assert got(config, request_) == [receipt]


@pytest.mark.parametrize(
    ("config", "request_", "answer"),
    [
        (gateways.OURS, post({"id": "m1"}), Answer("application/json", '{"ok":true}')),
        (gateways.VCOM, post(VCOM_MO), Answer("application/json", '{"data":{"code":200}}')),
        (gateways.JASMIN, post(b"id=1"), Answer("text/plain", "ACK/Jasmin")),
        (gateways.ESMS, get({**ESMS_MO, "smsid": "<S&1>"}), Answer(
            "text/xml",
            "<ClientResponse><Message>Da nhan</Message><Smsid>&lt;S&amp;1&gt;</Smsid>"
            "<Receiver>84912345678</Receiver></ClientResponse>")),
    ],
)  # fmt: skip
def test_it_answers_as_the_gateway_wants(config, request_, answer):
    assert GatewayChannel(config, lambda: MORNING).answer(request_) == answer


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"method": "FETCH"}, "SMS_GATEWAY_METHOD is one of GET, POST, PUT"),
        ({"encoding": "xml"}, "SMS_GATEWAY_ENCODING"),
        ({"codes": {"1": "oops"}}, "SMS_GATEWAY_CODES: 'oops' is no reason"),
        ({"statuses": {"1": "gone"}}, "SMS_GATEWAY_STATUSES: 'gone' is no status"),
        ({"extra": {"a": "{tto}"}}, "SMS_GATEWAY_EXTRA: {tto} is unknown"),
        ({"check": "sha1-hex field:s {x}"}, "a signature reads"),
    ],
)
def test_wrong_settings_stop_the_start_and_name_themselves(settings, says):
    with pytest.raises(ValueError, match=says.replace("{", r"\{").replace("}", r"\}")):
        GatewayConfig(**settings)


SETTINGS = {
    "SMS_GATEWAY_URL": "http://127.0.0.1:9",
    "SMS_GATEWAY_MAX_SEGMENTS": "3",
    "SMS_GATEWAY_HONOURS_OUR_ID": "no",
    "SMS_GATEWAY_STATUSES": '{"1":"delivered"}',
    "SMS_GATEWAY_NOT_OURS": "x",
}


def test_the_environment_describes_a_gateway():
    config = GatewayConfig(
        url="http://127.0.0.1:9", max_segments=3, honours_our_id=False, statuses={"1": "delivered"}
    )
    assert from_environment(SETTINGS) == config
    assert from_environment({}) == GatewayConfig()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("SMS_GATEWAY_MAX_SEGMENTS", "many", "a whole number"),
        ("SMS_GATEWAY_HONOURS_OUR_ID", "perhaps", "true or false"),
        ("SMS_GATEWAY_EXTRA", "[1]", "a JSON object of texts"),
        ("SMS_GATEWAY_CODES", "{", "a JSON object of texts"),
    ],
)
def test_a_setting_that_cannot_be_read_names_itself(name, text, says):
    with pytest.raises(ValueError, match=f"{name} must be {says}"):
        from_environment({name: text})


def test_a_signature_in_capitals_is_the_same_signature():
    headers = {**CAPCOM6_SIGNED, "x-signature": CAPCOM6_SIGNED["x-signature"].upper()}
    assert got(gateways.CAPCOM6, post(CAPCOM6_BODY, headers))[0].raw_id == "e1"


def test_a_plus_sign_and_accents_survive_the_query():
    query = "id=k-2&from=%2B84912345678&to=8088&text=" + quote("một + một")
    assert (
        got(gateways.KANNEL, RawRequest("GET", "/channels/sms/receive" + SECRET, query, {}, b""))[0].text
        == "một + một"
    )
