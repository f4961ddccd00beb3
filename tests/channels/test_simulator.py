"""The pretend telephones: what a person types reaches the real channels signed, what they send reaches the phone."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels import DOORS, http, open_channels
from bot.channels.base import BadSignature, ChannelError, Inbound, Media, Outgoing, Receipt
from bot.channels.gateway import GatewayChannel
from bot.channels.gateway_config import GatewayConfig
from bot.channels.simulator import PretendGateway, PretendPhones, Reply
from bot.channels.simulator_zalo import PretendZalo
from bot.channels.twilio import TwilioConfig
from bot.channels.zalo import ZaloChannel, ZaloConfig
from tests.channels.conftest import MORNING
from tests.channels.zalo_events import APP, MUI, SECRET
from tests.fakes.loopback import Loopback, Served, as_json
from tests.fakes.tokens import MemoryTokens

PA = "+84912345678"
TOKEN = "invented-gateway-token"
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 60


@pytest.fixture
def phones(clock):
    return PretendPhones(clock)


@pytest.fixture
def gateway(phones):
    return PretendGateway(phones, TOKEN)


def make_zalo(phones, base="http://stand-in"):
    return PretendZalo(phones, APP, "dummy-app-secret", SECRET, base)


def zalo_channel(clock, **urls):
    return ZaloChannel(
        ZaloConfig(APP, "dummy-app-secret", SECRET, **urls), MemoryTokens(None), clock, http.new_client(0.3)
    )


def test_what_is_typed_on_the_sms_phone_comes_in_as_a_signed_message(gateway, clock):
    request = gateway.typed(PA, "vo toi moi de", "m1")
    channel = GatewayChannel(GatewayConfig(token=TOKEN), clock)
    assert DOORS[request.path] == "sms"
    assert channel.read(request) == [Inbound("m1", PA, "vo toi moi de", MORNING, raw_id="m1")]
    with pytest.raises(BadSignature):
        GatewayChannel(GatewayConfig(token="other"), clock).read(request)


def test_what_the_channel_sends_appears_on_the_phone_once_however_often_it_is_tried(gateway, phones, clock):
    def serve(request):
        reply = gateway.take(request.headers, request.body)
        return as_json(reply.status, reply.data)

    with Loopback(serve) as there:
        channel = GatewayChannel(GatewayConfig(url=there.url, token=TOKEN), clock, http.new_client(0.3))
        sent = [channel.send(Outgoing("o1", PA, "Chào bác")) for _ in range(3)]
    assert len(set(sent)) == 1
    assert [(bubble.address, bubble.text, bubble.typed) for bubble in phones.since()] == [
        (PA, "Chao bac", False)
    ]


def test_a_receipt_of_the_pretend_gateway_settles_the_message(gateway, clock):
    request = gateway.receipt("o1")
    assert DOORS[request.path] == "sms"
    assert GatewayChannel(GatewayConfig(token=TOKEN), clock).read(request) == [
        Receipt("delivered", "o1", "o1")
    ]


@pytest.mark.parametrize(
    ("headers", "body", "reply"),
    [
        ({}, b"{}", Reply(401, {"error": "wrong bearer"})),
        ({"authorization": "Bearer no"}, b"{}", Reply(401, {"error": "wrong bearer"})),
        ({"authorization": f"Bearer {TOKEN}"}, b"xin chao", Reply(400, {"error": "send JSON {id, to, text}, all of them text"})),
        ({"authorization": f"Bearer {TOKEN}"}, b'{"id":1,"to":"a","text":"b"}', Reply(400, {"error": "send JSON {id, to, text}, all of them text"})),
        ({"authorization": f"Bearer {TOKEN}"}, b'{"id":"1","to":"a","text":""}', Reply(400, {"error": "send JSON {id, to, text}, all of them text"})),
    ],
)  # fmt: skip
def test_the_pretend_gateway_refuses_what_a_gateway_would(gateway, phones, headers, body, reply):
    assert gateway.take(headers, body) == reply
    assert phones.since() == []


def test_without_a_token_the_pretend_gateway_is_closed(phones):
    assert PretendGateway(phones, "").take({"authorization": "Bearer "}, b"{}").status == 401


def test_the_pretend_gateway_remembers_so_many_ids_and_no_more(phones):
    gateway = PretendGateway(phones, TOKEN, keep=2)
    body = '{{"id":"{}","to":"a","text":"b"}}'.format
    for number in (1, 2, 3, 3, 1):
        gateway.take({"authorization": f"Bearer {TOKEN}"}, body(number).encode())
    assert len(phones.since()) == 4


def test_what_is_typed_on_the_zalo_phone_comes_in_signed(phones, clock):
    zalo = make_zalo(phones)
    [said] = zalo_channel(clock).read(zalo.typed(MUI, "chào em", "m1"))
    assert (said.provider_id, said.address, said.text, said.kind, said.at) == (
        "m1",
        MUI,
        "chào em",
        "text",
        MORNING,
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("follow", "follow"),
        ("unfollow", "unfollow"),
        ("user_click_chatnow", "click"),
        ("user_send_sticker", "sticker"),
    ],
)
def test_other_things_people_do_on_zalo_come_in_too(phones, clock, name, kind):
    [said] = zalo_channel(clock).read(make_zalo(phones).event(name, MUI))
    assert (said.address, said.kind) == (MUI, kind)


def test_a_colleagues_word_comes_in_marked_and_the_echo_does_not(phones, clock):
    zalo, channel = make_zalo(phones), zalo_channel(clock)
    message = {"msg_id": "m1", "text": "Chị gọi số này nhé"}
    assert channel.read(zalo.event("oa_send_text", MUI, message)) == []
    [said] = channel.read(zalo.event("oa_send_text", MUI, message | {"admin_id": "9"}))
    assert (said.address, said.answerable) == (MUI, False)


def test_a_photo_from_the_page_can_be_fetched_by_the_channel(phones, clock):
    zalo = make_zalo(phones)

    def serve(request):
        mime, content = zalo.media(request.path.rpartition("/")[2])
        return Served(200, content, {"content-type": mime})

    with Loopback(serve) as there:
        zalo.base_url = there.url + "/simulator/zalo"
        channel = zalo_channel(clock, media_url=zalo.base_url)
        [said] = channel.read(zalo.sent_file(MUI, JPEG, "giấy chứng sinh"))
        fetched = channel.fetch(said.media[0])
    assert (said.kind, said.text, fetched.mime, fetched.content) == (
        "photo",
        "giấy chứng sinh",
        "image/jpeg",
        JPEG,
    )


def test_a_recording_comes_in_as_voice(phones, clock):
    [said] = zalo_channel(clock).read(make_zalo(phones).sent_file(MUI, b"\xff\xf1\x60\x40" + b"x" * 9))
    assert said.kind == "voice"


def test_only_so_many_photos_are_kept(phones):
    zalo = replace(make_zalo(phones), keep=2)
    keys = [json.loads(zalo.sent_file(MUI, JPEG).body)["message"]["msg_id"] for _ in range(3)]
    assert [zalo.media(key) is None for key in keys] == [True, False, False]


def test_a_photo_that_has_gone_is_no_crash(phones, clock):
    with pytest.raises(ChannelError, match="media_refused"):
        zalo_channel(clock).fetch(Media(url="url_to_thumbnail"))


def call(zalo, path, data, token=None):
    headers = {"access_token": zalo.first_pair()[0] if token is None else token}
    return zalo.handle(path, headers, json.dumps(data).encode())


CS, ZBS = "/v3.0/oa/message/cs", "/v3.0/oa/message/template"
TO = {"recipient": {"user_id": MUI}}


@pytest.mark.parametrize(
    ("path", "data", "token", "error"),
    [
        (CS, {**TO, "message": {"text": "a"}}, None, 0),
        (CS, {**TO, "message": {"text": "a"}}, "", -216),
        (CS, {**TO, "message": {"text": "a"}}, "a.0.1795000000.00", -216),
        (CS, {**TO, "message": {"text": ""}}, None, -201),
        (CS, {**TO, "message": {"text": "a" * 2001}}, None, -201),
        (CS, {**TO, "message": {"text": "a", "attachment": {"payload": {"buttons": [{}] * 6}}}}, None, -201),
        (CS, {"message": {"text": "a"}}, None, -201),
        (CS, [1], None, -201),
        (ZBS, {"user_id": MUI, "template_id": "1", "template_data": {"a": "b"}}, None, 0),
        (ZBS, {"user_id": MUI, "template_data": {"a": "b"}}, None, -109),
        (ZBS, {"user_id": MUI, "template_id": "1", "template_data": {}}, None, -111),
        (ZBS, {"template_id": "1", "template_data": {"a": "b"}}, None, -201),
        ("/v2.0/oa/upload/image", {}, None, 0),
    ],
)
def test_the_pretend_zalo_answers_200_and_says_the_error_in_the_body(phones, path, data, token, error):
    reply = call(make_zalo(phones), path, data, token)
    assert (reply.status, reply.data["error"]) == (200, error)
    assert len(phones.since()) == (error == 0 and "upload" not in path)


def test_an_unknown_call_is_404(phones):
    assert call(make_zalo(phones), "/v3.0/oa/message/promotion", {}).status == 404


@pytest.mark.parametrize(
    ("age", "error", "quota"),
    [
        (0, 0, "reply"),
        (48, 0, "reply"),
        (49, 0, "purchase_quota"),
        (168, 0, "purchase_quota"),
        (169, -230, None),
    ],
)
def test_the_window_of_the_pretend_zalo(phones, clock, age, error, quota):
    zalo = make_zalo(phones)
    zalo.typed(MUI, "alo")
    clock.forward(hours=age)
    reply = call(zalo, CS, {**TO, "message": {"text": "a"}}).data
    assert (reply["error"], reply.get("data", {}).get("quota", {}).get("quota_type")) == (error, quota)


def refresh(zalo, token, secret="dummy-app-secret", app=APP):
    body = f"refresh_token={token}&app_id={app}&grant_type=refresh_token".encode()
    return zalo.handle("/v4/oa/access_token", {"secret_key": secret}, body).data


def test_a_refresh_token_of_the_pretend_zalo_works_once_and_survives_a_restart(phones, clock):
    zalo = make_zalo(phones)
    first = zalo.first_pair()[1]
    pair = refresh(zalo, first)
    assert (set(pair), pair["expires_in"]) == ({"access_token", "refresh_token", "expires_in"}, "90000")
    assert refresh(zalo, first)["error"] == -14014
    assert "access_token" in refresh(make_zalo(phones), pair["refresh_token"])
    assert (
        call(make_zalo(phones), CS, {**TO, "message": {"text": "a"}}, pair["access_token"]).data["error"] == 0
    )
    clock.forward(hours=26)
    assert call(zalo, CS, {**TO, "message": {"text": "a"}}, pair["access_token"]).data["error"] == -220


@pytest.mark.parametrize(("token", "secret", "app"), [("r.0.guess", "dummy-app-secret", APP), ("", "dummy-app-secret", APP),
                                                      (None, "guess", APP), (None, "dummy-app-secret", "1")])  # fmt: skip
def test_the_pretend_token_server_refuses_strangers(phones, token, secret, app):
    zalo = make_zalo(phones)
    assert "access_token" not in refresh(zalo, zalo.first_pair()[1] if token is None else token, secret, app)


# --- the phones themselves


def put(phones, text, skin="sms", address=PA):
    return phones.put(skin, address, text, False, "x")


def test_each_phone_sees_its_own_and_the_list_names_the_latest_first(phones):
    put(phones, "a")
    put(phones, "b", "zalo", MUI)
    put(phones, "c")
    assert [bubble.text for bubble in phones.since(0, "sms", PA)] == ["a", "c"]
    assert [bubble.text for bubble in phones.since(2)] == ["c"]
    assert phones.phones() == [("sms", PA), ("zalo", MUI)]


def test_only_the_last_so_many_are_kept_and_numbers_go_on(clock):
    phones = PretendPhones(clock, keep=3)
    numbers = [put(phones, str(n)).number for n in range(5)]
    assert numbers == [1, 2, 3, 4, 5]
    assert [bubble.number for bubble in phones.since()] == [3, 4, 5]


def test_a_page_that_waits_is_woken_by_the_next_message(phones):
    seen: list[str] = []
    page = threading.Thread(target=lambda: seen.extend(b.text for b in phones.wait(0, 5, "sms", PA)))
    page.start()
    put(phones, "for another", "zalo", MUI)
    put(phones, "chao")
    page.join(2)
    assert (page.is_alive(), seen) == (False, ["chao"])


def test_a_page_that_waits_in_vain_gets_nothing_after_its_time(phones):
    start = time.monotonic()
    assert phones.wait(0, 0.05) == []
    assert time.monotonic() - start < 1


def test_many_threads_lose_no_message(phones):
    threads = [threading.Thread(target=lambda: [put(phones, "x") for _ in range(50)]) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert [bubble.number for bubble in phones.since()] == list(range(1, 401))


# --- the register


def test_only_what_is_configured_opens(clock):
    gateway = GatewayConfig(token=TOKEN)
    assert set(open_channels(clock, gateway)) == {"sms"}
    assert set(open_channels(clock, gateway, TwilioConfig(), ZaloConfig(), MemoryTokens(None))) == {"sms"}
    every = open_channels(clock, gateway, TwilioConfig("AC1"), ZaloConfig(APP), MemoryTokens(None))
    assert set(every) == set(DOORS.values())


def test_every_channel_says_what_it_can_do(clock):
    every = open_channels(clock, GatewayConfig(), TwilioConfig("AC1"), ZaloConfig(APP), MemoryTokens(None))
    said = {
        name: (channel.name, channel.honours_our_id, channel.accents, channel.limit)
        for name, channel in every.items()
    }
    assert said == {
        "sms": ("sms", True, False, (10, "segments")),
        "twilio": ("twilio", False, False, (1600, "characters")),
        "zalo": ("zalo", False, True, (2000, "characters")),
    }


def test_a_first_pair_lasts_a_day(phones, clock):
    zalo = make_zalo(phones)
    access = zalo.first_pair()[0]
    clock.now += timedelta(hours=24)
    assert call(zalo, CS, {**TO, "message": {"text": "a"}}, access).data["error"] == 0
