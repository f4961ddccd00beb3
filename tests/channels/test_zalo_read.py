from __future__ import annotations

import hmac
from dataclasses import replace

import pytest

from bot.channels.base import Answer, BadRequest, BadSignature, RawRequest
from bot.channels.zalo import ZaloChannel, ZaloConfig
from tests.channels.conftest import MORNING
from tests.channels.zalo_events import APP, AT, MUI, SECRET, SEEN, STAMP, event, posted
from tests.fakes.tokens import MemoryTokens

TEXT = event("user_send_text", {"msg_id": "m1", "text": "chào"})


def channel(app=APP, secret=SECRET):
    return ZaloChannel(ZaloConfig(app, "dummy-app-secret", secret), MemoryTokens(None), lambda: MORNING)


@pytest.mark.parametrize(("label", "said", "wanted"), SEEN, ids=[s[0] for s in SEEN])
def test_an_event_comes_in(label, said, wanted):
    got = channel().read(posted(said))
    ids = [getattr(item, "provider_id", None) for item in got]
    assert all(ids)
    marked = [replace(item, provider_id="*") if want.provider_id == "*" else item
              for item, want in zip(got, wanted, strict=True)]  # fmt: skip
    assert marked == wanted


def test_an_event_without_an_id_is_known_by_who_and_when():
    follow = next(said for label, said, _ in SEEN if label == "follow")
    later = {**follow, "timestamp": "1795397399000"}
    ids = [channel().read(posted(said))[0].provider_id for said in (follow, later, follow)]
    assert ids[0] == ids[2] != ids[1]


@pytest.mark.parametrize("body", [b"", b"{}", b" { } \n"])
def test_saving_the_url_gets_its_200_without_a_signature(body):
    assert channel().read(RawRequest("POST", "/channels/zalo/receive", "", {}, body)) == []


def test_the_signature_is_that_of_the_collected_vector():
    raw = (
        b'{"event_name":"user_send_text","app_id":"2334789304983807556","sender":{"id":"675059164343092785"},"recipient":'
        b'{"id":"3674338702778449434"},"message":{"text":"Alo","msg_id":"b2db3895fe26797f2030"},"timestamp":"1787209817225"}'
    )
    mac = "mac=5af891ba3bf000acfc9940f8c7b6cdb428733320ca8cc181f38fc8b55919d200"
    request = RawRequest("POST", "/channels/zalo/receive", "", {"x-zevent-signature": mac}, raw)
    assert channel("2334789304983807556", "dummy-oa-secret").read(request)[0].text == "Alo"


def test_the_time_of_the_header_serves_where_the_body_has_none():
    said = {key: value for key, value in TEXT.items() if key != "timestamp"}
    request = posted(said, stamp=STAMP, **{"x-zevent-timestamp": STAMP})
    assert channel().read(request)[0].at == MORNING


HMAC = (
    "mac="
    + hmac.new(SECRET.encode(), APP.encode() + posted(TEXT).body + STAMP.encode(), "sha256").hexdigest()
)
REFUSED = [
    ("unsigned", posted(TEXT)._replace(headers={}), {}),
    ("an empty signature", posted(TEXT)._replace(headers={"x-zevent-signature": "mac="}), {}),
    ("a signature that is no ASCII", posted(TEXT)._replace(headers={"x-zevent-signature": "mac=đ"}), {}),
    ("signed with the application's secret", posted(TEXT, secret="dummy-app-secret"), {}),
    ("an HMAC", posted(TEXT)._replace(headers={"x-zevent-signature": HMAC}), {}),
    (
        "one letter changed",
        posted(TEXT)._replace(body=posted(event("user_send_text", {"msg_id": "m1", "text": "chao"})).body),
        {},
    ),
    ("written anew", posted(TEXT)._replace(body=posted(TEXT).body.replace(b": ", b":")), {}),
    ("another application in the body", posted({**TEXT, "app_id": "1"}), {}),
    ("no application in the body", posted({k: v for k, v in TEXT.items() if k != "app_id"}), {}),
    ("no secret set", posted(TEXT, secret=""), {"secret": ""}),
    ("no application set", posted(TEXT, app=""), {"app": ""}),
    ("no event name, unsigned", RawRequest("POST", "/channels/zalo/receive", "", {}, b'{"a":1}'), {}),
]


@pytest.mark.parametrize(("label", "request_", "settings"), REFUSED, ids=[r[0] for r in REFUSED])
def test_it_refuses_what_zalo_did_not_sign(label, request_, settings):
    with pytest.raises(BadSignature):
        channel(**settings).read(request_)


BAD = [
    ("not JSON", posted(b"xin chao"), "not JSON"),
    ("not UTF-8", posted(b'{"a":"\xff"}'), "not JSON"),
    ("too deep", posted(b'{"a":' * 100_000), "not JSON"),
    ("a list", posted(b"[1]"), "not a JSON object"),
    (
        "a person without an id",
        posted(event("user_send_text", {"msg_id": "m1"}, sender=None)),
        "names no sender",
    ),
    (
        "a sender that is a list",
        posted(event("user_send_text", {"msg_id": "m1"}, sender=[MUI])),
        "names no sender",
    ),
]


@pytest.mark.parametrize(("label", "request_", "says"), BAD, ids=[b[0] for b in BAD])
def test_it_says_what_it_cannot_read(label, request_, says):
    with pytest.raises(BadRequest, match=says):
        channel().read(request_)


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        (STAMP, AT),
        ("154390853474", MORNING),
        ("99999999999999999999999", MORNING),
        ("hôm qua", MORNING),
        ("", MORNING),
        ("1795483900000", MORNING),
        ("1795138200000", MORNING),
    ],
)
def test_a_time_that_cannot_be_is_the_time_of_arrival(stamp, at):
    assert channel().read(posted({**TEXT, "timestamp": stamp}))[0].at == at


def test_half_a_letter_in_a_text_can_still_be_stored():
    raw = posted(TEXT).body.replace("chào".encode(), b"\\ud83d ok")
    assert channel().read(posted(raw, stamp=STAMP))[0].text == " ok"


def test_zalo_reads_the_status_only():
    assert channel().answer(posted(TEXT)) == Answer("application/json", "{}")
