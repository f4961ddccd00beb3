from __future__ import annotations

import pytest

from bot.channels import http
from bot.channels.base import ChannelError, Media
from bot.channels.media import allowed, download, sniff
from bot.channels.zalo import MEDIA_HOSTS
from tests.fakes.loopback import HANG_UP, Loopback, Served

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 60
STAND_IN = "http://127.0.0.1:8000/simulator/zalo"


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://f20-zpc.zdn.vn/a/b.jpg", True),
        ("https://zdn.vn/a.jpg", True),
        ("https://x.dlfl.vn:443/a.jpg", True),
        ("https://x.dlmd.me/a.jpg?x=..", True),
        (STAND_IN + "/media/1", True),
        ("http://f20-zpc.zdn.vn/a.jpg", False),
        ("https://zdn.vn.evil.example/a.jpg", False),
        ("https://evilzdn.vn/a.jpg", False),
        ("https://zdn.vn@evil.example/a.jpg", False),
        ("https://user:pw@zdn.vn/a.jpg", False),
        ("https://zdn.vn:22/a.jpg", False),
        ("https://zdn.vn:x/a.jpg", False),
        ("https://[::1", False),
        ("http://127.0.0.1:8000/admin", False),
        ("http://127.0.0.1:8000/simulator/zalo/../../console", False),
        ("http://127.0.0.1:8000/simulator/zalo/%2e%2e/console", False),
        ("http://127.0.0.1:8000/simulator/zalo/%2E%2E/console", False),
        ("http://127.0.0.1:8000.evil.example/simulator/zalo/1", False),
        (STAND_IN, False),
        ("file:///etc/passwd", False),
        ("url_to_thumbnail", False),
        ("", False),
    ],
)
def test_only_zalos_own_hosts_are_fetched(url, may):
    assert allowed(url, MEDIA_HOSTS, STAND_IN) is may


def test_without_a_stand_in_nothing_on_this_machine_is_fetched():
    assert not allowed("http://127.0.0.1:8000/simulator/zalo/media/1", MEDIA_HOSTS)


@pytest.mark.parametrize(
    ("start", "mime"),
    [
        (JPEG, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nxx", "image/png"),
        (b"RIFF0000WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\xff\xf1\x60\x40", "audio/aac"),
        (b"#!AMR\n", "audio/amr"),
        (b"\x00\x00\x00\x1cftypM4A ", "audio/mp4"),
        (b"MZ\x90\x00", ""),
        (b"PK\x03\x04", ""),
        (b"<html>", ""),
        (b"", ""),
    ],
)
def test_a_type_is_what_the_first_bytes_show(start, mime):
    assert sniff(start) == mime


def fetch(there, most=1000, path="/media/1"):
    return download(
        http.new_client(0.3), Media("text/html", "giấy.jpg", there.url + path), (), there.url, most
    )


def test_a_photo_is_fetched_with_its_true_type():
    with Loopback(lambda request: Served(200, JPEG, {"content-type": "text/html"})) as there:
        assert fetch(there) == Media("image/jpeg", "giấy.jpg", there.url + "/media/1", JPEG)


@pytest.mark.parametrize(
    ("served", "error"),
    [
        (Served(200, JPEG * 100), ChannelError("media_refused", "size")),
        (Served(200, b"MZ\x90\x00"), ChannelError("media_refused", "type")),
        (Served(404), ChannelError("media_gone", "404")),
        (Served(403), ChannelError("media_gone", "403")),
        (Served(500), ChannelError("down", "500")),
        (HANG_UP, ChannelError("down")),
        (Served(200, JPEG, after=0.6), ChannelError("down")),
        (Served(302, b"", {"location": "https://evil.example/a.jpg"}), ChannelError("media_refused", "host")),
        (Served(302, b"", {"location": "//evil.example/a.jpg"}), ChannelError("media_refused", "host")),
        (Served(302, b"", {"location": "/media/1"}), ChannelError("media_refused", "redirects")),
    ],
)
def test_a_photo_that_cannot_be_had_says_why(served, error):
    with Loopback(lambda request: served) as there, pytest.raises(ChannelError) as raised:
        fetch(there)
    assert raised.value == error


def test_a_redirect_within_the_allowed_place_is_followed():
    def serve(request):
        return Served(200, JPEG) if request.path == "/media/2" else Served(302, b"", {"location": "/media/2"})

    with Loopback(serve) as there:
        assert fetch(there).content == JPEG
