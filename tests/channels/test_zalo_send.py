"""Sending on Zalo over real HTTP: to the pretend Zalo, which answers as Zalo does, and to servers that fail."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels import http
from bot.channels.base import ChannelError, Choice, Outgoing, Receipt, Sent, Template
from bot.channels.simulator import PretendPhones
from bot.channels.simulator_zalo import PretendZalo
from bot.channels.zalo import ZaloChannel, ZaloConfig
from bot.channels.zalo_tokens import TokenPair
from tests.channels.conftest import MORNING
from tests.channels.zalo_events import APP, MUI, SECRET
from tests.fakes.loopback import HANG_UP, Loopback, Served, as_json
from tests.fakes.tokens import MemoryTokens

YES_NO = (Choice("1", "Con trai"), Choice("2", "Con gái"))
ASK = Outgoing(
    "o1", MUI, "Bé là con trai hay con gái?\n1. Con trai\n2. Con gái", YES_NO, last_interaction_at=MORNING
)
NEWS = Template("421337", {"code": "H55.01-261123-0001", "status": "Đã tiếp nhận"})


class World:
    """A pretend Zalo behind real HTTP, a store that holds its first pair, and the channel between them."""

    def __init__(self, clock):
        self.clock = clock
        self.phones = PretendPhones(clock)
        self.zalo = PretendZalo(self.phones, APP, "dummy-app-secret", SECRET, "http://stand-in")
        pair = TokenPair(0, *self.zalo.first_pair(), clock() + timedelta(hours=25))
        self.tokens = MemoryTokens(pair)

    def serve(self, request):
        reply = self.zalo.handle(request.path, request.headers, request.body)
        return as_json(reply.status, reply.data)

    def channel(self, there, **settings):
        urls = {"api_url": there.url, "oauth_url": there.url, "template_url": there.url}
        config = ZaloConfig(APP, "dummy-app-secret", SECRET, **urls, **settings)
        return ZaloChannel(config, self.tokens, self.clock, http.new_client(0.3))


@pytest.fixture
def world(clock):
    return World(clock)


def test_a_question_goes_out_with_its_answers_as_buttons(world):
    with Loopback(world.serve) as there:
        sent = world.channel(there).send(ASK)
    [bubble] = world.phones.since()
    assert (bubble.address, bubble.text, bubble.typed) == (MUI, ASK.text, False)
    assert bubble.choices == (Choice("1", "1. Con trai"), Choice("2", "2. Con gái"))
    assert sent == Sent(bubble.message_id)
    assert json.loads(there.requests[0].body)["message"]["attachment"]["payload"]["buttons"][0] == {
        "title": "1. Con trai", "type": "oa.query.show", "payload": "1",
    }  # fmt: skip


@pytest.mark.parametrize(("many", "shown"), [(0, 0), (1, 1), (5, 5), (6, 0)])
def test_more_than_five_answers_stay_in_the_text(world, many, shown):
    options = tuple(Choice(str(n), "x" * 150) for n in range(1, many + 1))
    with Loopback(world.serve) as there:
        world.channel(there).send(replace(ASK, options=options))
    assert [len(choice.label) for choice in world.phones.since()[0].choices] == [100] * shown


@pytest.mark.parametrize("hours", [0, 47, 48])
def test_within_the_window_a_message_goes_out_as_it_is(world, hours):
    world.clock.forward(hours=hours)
    world.tokens.pair = replace(world.tokens.pair, expires_at=world.clock() - timedelta(seconds=1))
    with Loopback(world.serve) as there:
        world.channel(there).send(replace(ASK, template=NEWS))
    assert world.phones.since()[0].template == ""


def test_when_the_window_is_closed_a_template_goes_out(world):
    old = replace(ASK, last_interaction_at=MORNING - timedelta(hours=49), template=NEWS)
    with Loopback(world.serve) as there:
        sent = world.channel(there).send(old)
    [bubble] = world.phones.since()
    assert (bubble.template, bubble.text, sent.provider_id) == (
        "421337", "code: H55.01-261123-0001\nstatus: Đã tiếp nhận", bubble.message_id,
    )  # fmt: skip


@pytest.mark.parametrize("last", [None, MORNING - timedelta(hours=49)])
def test_without_a_template_a_closed_window_asks_for_the_next_channel(world, last):
    with Loopback(world.serve) as there, pytest.raises(ChannelError) as raised:
        world.channel(there).send(replace(ASK, last_interaction_at=last))
    assert (raised.value.reason_key, raised.value.fallback, there.requests) == ("window_closed", True, [])


def test_when_zalo_says_the_window_is_closed_the_template_follows(world):
    world.zalo.last_seen(MUI, MORNING - timedelta(days=8))
    with Loopback(world.serve) as there:
        world.channel(there).send(replace(ASK, template=NEWS))
        with pytest.raises(ChannelError) as raised:
            world.channel(there).send(ASK)
    assert [bubble.template for bubble in world.phones.since()] == ["421337"]
    assert raised.value == ChannelError("window_closed", "-230")


def test_a_commune_that_pays_may_write_for_seven_days(world):
    with Loopback(world.serve) as there:
        world.channel(there, window_hours=168).send(
            replace(ASK, last_interaction_at=MORNING - timedelta(days=6))
        )
    assert world.phones.since()[0].text == ASK.text


def test_a_template_can_go_to_a_phone_that_never_wrote(world):
    with Loopback(world.serve) as there:
        world.channel(there).send(
            replace(ASK, address="+84912345678", template=NEWS, last_interaction_at=None)
        )
    assert json.loads(there.requests[0].body) == {
        "phone": "84912345678", "template_id": "421337", "template_data": dict(NEWS.params), "tracking_id": "o1",
        "sending_mode": "1",
    }  # fmt: skip
    assert world.phones.since()[0].address == "+84912345678"


def refuse(code):
    return lambda request: as_json(200, {"error": code, "message": "Zalo's words about 84912345678"})


FAILURES = [
    (refuse(-32), ChannelError("busy", "-32")),
    (refuse(-211), ChannelError("busy", "-211")),
    (refuse(-213), ChannelError("not_here", "-213")),
    (refuse(-118), ChannelError("not_here", "-118")),
    (refuse(-244), ChannelError("refused", "-244")),
    (refuse(-141), ChannelError("refused", "-141")),
    (refuse(-201), ChannelError("content", "-201")),
    (refuse(-240), ChannelError("content", "-240")),
    (refuse(-1124), ChannelError("content", "-1124")),
    (refuse(-1351), ChannelError("account", "-1351")),
    (refuse(-1441), ChannelError("busy", "-1441")),
    (refuse(-234), ChannelError("night", "-234")),
    (refuse(-221), ChannelError("account", "-221")),
    (refuse(-99999), ChannelError("content", "-99999")),
    (lambda request: Served(429, b"", {"retry-after": "9"}), ChannelError("busy", "429", 9)),
    (lambda request: Served(502), ChannelError("lost", "502")),
    (lambda request: Served(200, b"<html>"), ChannelError("lost", "unreadable")),
    (lambda request: as_json(200, []), ChannelError("lost", "unreadable")),
    (lambda request: as_json(200, {"message": "?"}), ChannelError("lost", "unreadable")),
    (lambda request: HANG_UP, ChannelError("lost")),
    (lambda request: Served(after=0.6), ChannelError("lost")),
]


@pytest.mark.parametrize(("serve", "error"), FAILURES, ids=[str(f[1]) for f in FAILURES])
def test_a_failure_says_what_to_do(world, serve, error):
    with Loopback(serve) as there, pytest.raises(ChannelError) as raised:
        world.channel(there).send(ASK)
    assert raised.value == error
    assert "84912345678" not in str(raised.value)


@pytest.mark.parametrize("serve", [refuse(-244), refuse(-32), lambda request: HANG_UP])
def test_only_a_closed_window_is_answered_with_a_template(world, serve):
    with Loopback(serve) as there, pytest.raises(ChannelError):
        world.channel(there).send(replace(ASK, template=NEWS))
    assert [request.path for request in there.requests] == ["/v3.0/oa/message/cs"]


def test_where_nobody_listens_trying_again_is_safe(world):
    with Loopback(world.serve) as there:
        pass
    with pytest.raises(ChannelError) as raised:
        world.channel(there).send(ASK)
    assert raised.value == ChannelError("down")


def test_2001_letters_never_leave(world):
    with Loopback(world.serve) as there, pytest.raises(ChannelError) as raised:
        world.channel(there).send(replace(ASK, text="ệ" * 2001))
    assert (raised.value, there.requests) == (ChannelError("content", "too_long"), [])


# --- the rotating pair of tokens


def test_a_pair_near_its_end_is_renewed_before_it_is_used(world):
    first = world.tokens.pair
    world.clock.forward(hours=24, minutes=50)
    with Loopback(world.serve) as there:
        world.channel(there).send(replace(ASK, last_interaction_at=world.clock()))
    assert [request.path for request in there.requests] == ["/v4/oa/access_token", "/v3.0/oa/message/cs"]
    assert world.tokens.log == [("begin", 0), ("save", 1)]
    assert (world.tokens.previous, world.tokens.pair.number) == (first, 1)
    assert there.requests[1].headers["access_token"] == world.tokens.pair.access
    assert world.tokens.pair.expires_at == world.clock() + timedelta(hours=25)


@pytest.mark.parametrize("access", ["revoked", "a.0.1795000000.0000"])
def test_a_token_that_zalo_calls_stale_is_renewed_once_and_the_message_goes_out(world, access):
    world.tokens.pair = replace(world.tokens.pair, access=access)
    with Loopback(world.serve) as there:
        world.channel(there).send(ASK)
    assert [request.path[-12:] for request in there.requests] == [
        "a/message/cs",
        "access_token",
        "a/message/cs",
    ]
    assert len(world.phones.since()) == 1


def test_a_token_that_stays_stale_pages_an_operator_and_does_not_go_round(world):
    pair = as_json(200, {"access_token": "new", "refresh_token": "newer", "expires_in": "90000"})
    stale = as_json(200, {"error": -124, "message": "?"})
    with (
        Loopback(
            lambda request: pair if "oauth" in request.path or "access_token" in request.path else stale
        ) as there,
        pytest.raises(ChannelError) as raised,
    ):
        world.channel(there).send(ASK)
    assert (raised.value, raised.value.page_operator, len(there.requests)) == (
        ChannelError("account", "-124"),
        True,
        3,
    )


BROKEN_PAIRS = [
    (
        "an error with HTTP 200",
        as_json(200, {"error": -14014, "error_name": "Invalid refresh token"}),
        ChannelError("account", "-14014"),
    ),
    (
        "an error under its other name",
        as_json(200, {"error_name": "invalid_grant"}),
        ChannelError("account", "invalid_grant"),
    ),
    (
        "half a pair",
        as_json(200, {"access_token": "new", "expires_in": "90000"}),
        ChannelError("account", "no_pair"),
    ),
    (
        "an empty half",
        as_json(200, {"access_token": "new", "refresh_token": " "}),
        ChannelError("account", "no_pair"),
    ),
    (
        "undefined",
        as_json(200, {"access_token": "undefined", "refresh_token": "undefined"}),
        ChannelError("account", "no_pair"),
    ),
    ("null", as_json(200, {"access_token": None, "refresh_token": None}), ChannelError("account", "no_pair")),
    ("a page", Served(200, b"<html>"), ChannelError("account", "no_pair")),
    ("overloaded", Served(503), ChannelError("busy", "503")),
    ("broken", Served(500), ChannelError("down", "500")),
    ("no answer", HANG_UP, ChannelError("down")),
]


@pytest.mark.parametrize(("label", "served", "error"), BROKEN_PAIRS, ids=[b[0] for b in BROKEN_PAIRS])
def test_an_answer_that_lacks_a_token_overwrites_nothing(world, label, served, error):
    first = world.tokens.pair
    with Loopback(lambda request: served) as there, pytest.raises(ChannelError) as raised:
        world.channel(there).tokens.renew(first)
    assert raised.value == error
    assert (world.tokens.pair, world.tokens.log) == (first, [("begin", 0)])


@pytest.mark.parametrize(
    ("given", "hours"), [("90000", 25), (3600, 1), ("soon", 1), (None, 1), ("9" * 30, 1)]
)
def test_the_life_of_a_token_is_read_as_it_comes(world, given, hours):
    pair = as_json(200, {"access_token": "a", "refresh_token": "r", "expires_in": given})
    with Loopback(lambda request: pair) as there:
        renewed = world.channel(there).tokens.renew(world.tokens.pair)
    assert renewed == TokenPair(1, "a", "r", MORNING + timedelta(hours=hours))


def test_ten_threads_use_a_refresh_token_once(world):
    stale = world.tokens.pair
    results: list[object] = []

    def renew(channel):
        try:
            results.append(channel.tokens.renew(stale).number)
        except ChannelError as error:
            results.append(error.reason_key)

    with Loopback(world.serve) as there:
        channel = world.channel(there)
        threads = [threading.Thread(target=renew, args=(channel,)) for _ in range(10)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    assert len([request for request in there.requests if request.path == "/v4/oa/access_token"]) == 1
    assert set(results) <= {1, "busy"} and 1 in results
    assert world.tokens.log == [("begin", 0), ("save", 1)]


def test_without_a_first_pair_it_asks_for_an_operator(world):
    world.tokens.pair = None
    with Loopback(world.serve) as there, pytest.raises(ChannelError) as raised:
        world.channel(there).send(ASK)
    assert (raised.value, there.requests) == (ChannelError("account", "no_tokens"), [])


def test_no_token_no_person_and_no_text_reaches_a_log_or_an_error(world, caplog):
    caplog.set_level(logging.DEBUG)
    with Loopback(world.serve) as there:
        channel = world.channel(there)
        channel.send(ASK)
        channel.tokens.renew(world.tokens.pair)
    said = caplog.text + repr(world.tokens.pair) + repr(channel.config) + repr(ASK) + repr(world.zalo)
    hidden = (
        MUI,
        "con trai",
        "dummy-app-secret",
        SECRET,
        world.tokens.pair.access,
        world.tokens.pair.refresh,
    )
    assert not any(word in said for word in hidden)


def test_a_delivery_by_phone_finds_the_message_by_our_id(world):
    request = world.zalo.event("user_received_message", "84912345678", {"msg_id": "z1", "tracking_id": "o1"})
    with Loopback(world.serve) as there:
        assert world.channel(there).read(request) == [Receipt("delivered", "z1", "o1")]
