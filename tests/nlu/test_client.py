"""The client of the understanding server, against a small real server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import httpx
import pytest

from bot.dialogue.types import Understanding
from bot.nlu import NOTHING, NluClient, NluDown

PARSE = {
    "text": "vo toi moi de o Na Ri",
    "intent": {"name": "ask_procedure", "confidence": 0.93},
    "intent_ranking": [],
    "entities": [{"entity": "place", "value": "Na Rì", "start": 16, "end": 21}],
    "procedure": {"name": "khai_sinh", "confidence": 0.88},
    "procedure_ranking": [{"name": "khai_sinh", "confidence": 0.88}, {"name": "trich_luc", "confidence": 0.05}],
}
MEANT = Understanding(
    "ask_procedure", 0.93, "khai_sinh", 0.88, (("khai_sinh", 0.88), ("trich_luc", 0.05)), (("place", "Na Rì"),)
)


class Server:
    """Answers every request with `status` and `body`, and keeps what it was asked."""

    def __init__(self, status: int = 200, body: object = PARSE) -> None:
        self.status, self.body, self.asked = status, body, []

    @contextmanager
    def running(self) -> Iterator[str]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append((urlparse(self.path).path, parse_qs(urlparse(self.path).query), json.loads(sent)))
                answer = outer.body if isinstance(outer.body, bytes) else json.dumps(outer.body).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()


class Kept(dict):
    """A cache that is a dictionary."""

    def set(self, text, labels):
        self[text] = labels


@pytest.fixture
def http():
    with httpx.Client() as client:
        yield client


def test_it_asks_with_the_token_and_returns_what_was_meant(http):
    server = Server()
    with server.running() as url:
        assert NluClient(url, "secret", http).parse("vo toi moi de\u200b o Na Ri") == MEANT
    assert server.asked == [("/model/parse", {"token": ["secret"]}, {"text": "vo toi moi de o Na Ri"})]


def test_a_message_without_a_procedure_has_none(http):
    body = {**PARSE, "procedure": {"name": None, "confidence": 0.97}, "procedure_ranking": []}
    with Server(body=body).running() as url:
        meant = NluClient(url, "secret", http).parse("xin chào")
    assert (meant.procedure, meant.procedure_confidence, meant.candidates) == (None, 0.0, ())


def test_another_rasa_server_without_our_second_head_is_understood(http):
    body = {"text": "a", "intent": {"name": "greet", "confidence": 0.5}, "entities": []}
    with Server(body=body).running() as url:
        assert NluClient(url, "secret", http).parse("chào") == Understanding("greet", 0.5)


@pytest.mark.parametrize("empty", ["", "   ", "👍", "…", "\u0000\u200b"])
def test_a_text_without_letters_asks_nobody(http, empty):
    assert NluClient("http://127.0.0.1:9", "secret", http).parse(empty) == NOTHING


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"status": "failure"}),
        (401, {"status": "failure"}),
        (200, b"<html>"),
        (200, {}),
        (200, []),
        (200, {"intent": {"name": "greet"}}),
        (200, {"intent": {"name": None, "confidence": None}}),
        (200, {**PARSE, "entities": [1]}),
    ],
)
def test_any_other_answer_is_a_server_that_is_down(http, status, body):
    with Server(status, body).running() as url, pytest.raises(NluDown) as down:
        NluClient(url, "secret", http).parse("số của tôi 0981110077")
    assert "0981110077" not in str(down.value)
    assert "secret" not in str(down.value)


def test_nobody_there_is_down_too(http):
    with pytest.raises(NluDown, match="ConnectError"):
        NluClient("http://127.0.0.1:9", "secret", http).parse("chào")


def test_the_cache_keeps_labels_and_spares_the_second_question(http):
    server, cache = Server(), Kept()
    with server.running() as url:
        client = NluClient(url, "secret", http, cache)
        assert client.parse("vo toi moi de") == client.parse("vo toi moi de") == MEANT
    assert len(server.asked) == 1
    assert "vo toi" not in json.dumps(list(cache.values()))


def test_a_cached_parse_survives_json(http):
    cache = Kept()
    with Server().running() as url:
        NluClient(url, "secret", http, cache).parse("a b")
    again = Kept(json.loads(json.dumps(cache)))
    assert NluClient("http://127.0.0.1:9", "secret", http, again).parse("a b") == MEANT
