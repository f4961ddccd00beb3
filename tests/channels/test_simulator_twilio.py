"""The pretend Twilio: the real channel can speak to it, and its forms carry Twilio's own signature."""

from __future__ import annotations

import base64
from urllib.parse import parse_qsl, urlencode

import pytest
from twilio.request_validator import RequestValidator

from bot.channels import DOORS, http
from bot.channels.base import BadSignature, ChannelError, Inbound, Outgoing, RawRequest, Receipt
from bot.channels.simulator import PretendPhones
from bot.channels.simulator_twilio import PretendTwilio, twilio_request
from bot.channels.twilio import TwilioChannel, TwilioConfig
from tests.channels.conftest import MORNING
from tests.fakes.loopback import Loopback, as_json

SID, TOKEN, HERE, PA = "AC00000000000000000000000000000002", "invented-token", "http://127.0.0.1:8000", "+84981110011"


@pytest.fixture
def phones(clock):
    return PretendPhones(clock)


@pytest.fixture
def twilio(phones):
    return PretendTwilio(phones, SID, TOKEN, HERE)


def channel(clock, url="", token=TOKEN) -> TwilioChannel:
    return TwilioChannel(TwilioConfig(SID, token, "+15005550006", HERE, url), clock, http.new_client(0.5))


def call(twilio, form: dict, path=f"/2010-04-01/Accounts/{SID}/Messages.json", sid=SID, token=TOKEN):
    headers = {"authorization": "Basic " + base64.b64encode(f"{sid}:{token}".encode()).decode()}
    return twilio.handle(path, headers, urlencode(form).encode())


def test_the_signature_is_the_one_twilio_publishes():
    """Vector of twilio.com/docs/usage/security."""
    form = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309", "To": "+18005551212"}
    request = twilio_request("https://mycompany.com/myapp.php?foo=1&bar=2", form, "12345")
    assert (request.headers["x-twilio-signature"], request.target) == ("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "/myapp.php?foo=1&bar=2")


@pytest.mark.parametrize("text", ["vo toi moi de", "Vợ tôi mới đẻ & cần giấy", "a+b=c %20", "😀", "x" * 1600])
def test_what_is_typed_comes_in_signed_and_whole(twilio, phones, clock, text):
    request = twilio.typed(PA, text)
    assert DOORS[request.path] == "twilio"
    [said] = channel(clock).read(request)
    assert said == Inbound(said.provider_id, PA, text, MORNING, raw_id=said.provider_id)
    [bubble] = phones.since(0, "twilio", PA)
    assert (bubble.text, bubble.typed, bubble.message_id) == (text, True, said.provider_id)


@pytest.mark.parametrize("change", [
    lambda r: r._replace(body=r.body.replace(b"vo", b"ba")),
    lambda r: r._replace(path="/channels/twilio/status"),
    lambda r: r._replace(query="our_id=x"),
    lambda r: r._replace(headers={}),
])  # fmt: skip
def test_a_changed_request_is_refused_by_the_channel(twilio, clock, change):
    with pytest.raises(BadSignature):
        channel(clock).read(change(twilio.typed(PA, "vo toi moi de")))


def test_what_the_channel_sends_is_on_the_phone_and_its_callbacks_settle_it(twilio, phones, clock):
    taken = []

    def serve(request: RawRequest):
        reply = twilio.handle(request.path, request.headers, request.body)
        taken.append(reply)
        return as_json(reply.status, reply.data)

    with Loopback(serve) as there:
        there_channel = channel(clock, there.url)
        sent = there_channel.send(Outgoing("o1", PA, "Chào bác"))
    [bubble] = phones.since()
    assert (bubble.skin, bubble.address, bubble.text, bubble.typed, bubble.message_id) == ("twilio", PA, "Chao bac", False, sent.provider_id)
    assert [there_channel.read(receipt) for receipt in taken[0].receipts] == [
        [Receipt("sent", sent.provider_id, "o1")], [Receipt("delivered", sent.provider_id, "o1")],
    ]  # fmt: skip
    signed = taken[0].receipts[0]
    assert RequestValidator(TOKEN).validate(HERE + signed.target, dict(parse_qsl(signed.body.decode())), signed.headers["x-twilio-signature"])


def test_without_an_address_for_callbacks_nothing_is_called_back(twilio):
    assert call(twilio, {"To": PA, "From": "+15005550006", "Body": "x"}).receipts == ()


@pytest.mark.parametrize(("form", "more", "status", "code"), [
    ({"To": PA, "Body": "x"}, {"token": "other"}, 401, 20003),
    ({"To": PA, "Body": "x"}, {"sid": "ACother"}, 401, 20003),
    ({"To": PA, "Body": "x"}, {"path": "/2010-04-01/Accounts/ACother/Messages.json"}, 404, 20404),
    ({"Body": "x"}, {}, 400, 21604),
    ({"To": PA}, {}, 400, 21602),
    ({"To": PA, "Body": "x" * 1601}, {}, 400, 21617),
])  # fmt: skip
def test_it_refuses_as_twilio_does(twilio, phones, form, more, status, code):
    reply = call(twilio, form, **more)
    assert (reply.status, reply.data["code"], reply.receipts, phones.since()) == (status, code, (), [])


def test_the_channel_understands_its_refusal(twilio, clock):
    def serve(request: RawRequest):
        reply = twilio.handle(request.path, request.headers, request.body)
        return as_json(reply.status, reply.data)

    with Loopback(serve) as there, pytest.raises(ChannelError) as raised:
        channel(clock, there.url, "another-token").send(Outgoing("o1", PA, "Chào bác"))
    assert (raised.value.reason_key, raised.value.code) == ("account", "20003")


def test_no_secret_is_shown(twilio):
    assert TOKEN not in repr(twilio)
