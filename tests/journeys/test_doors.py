"""The channels' doors: durable, once, signed; and every kind of bad text gets at most one clear answer."""

from __future__ import annotations

import threading

import httpx
import pytest
from sqlalchemy import func, select

from backend.store.tables import Job, Message
from bot.channels.simulator import sms_request
from tests.conftest import BOTH, stores
from tests.journeys.kit import house

PHONE = "+84981110011"


@pytest.fixture(params=BOTH)
def plain(request, tmp_path, clock):
    """A house without an understanding server: the catalogue search stands in."""
    with stores(request) as where, house(tmp_path / "data", clock, **where) as running:
        yield running


def count(home, *where) -> int:
    with home.wired.database.read() as session:
        return session.scalar(select(func.count(Message.id)).where(*where))


def test_the_same_provider_id_twice_changes_nothing(plain):
    request = sms_request(plain.wired.simulator.gateway.token, "m-1", PHONE, "8088", "xin chao")
    assert [plain.post(request).status_code for _ in range(3)] == [200, 200, 200]
    plain.idle()
    assert count(plain, Message.direction == "in") == 1
    answers = count(plain, Message.direction == "out")
    plain.post(request)
    plain.idle()
    assert count(plain, Message.direction == "out") == answers


@pytest.mark.parametrize("door", ["/channels/sms/receive", "/channels/sms/status"])
def test_a_wrong_bearer_is_refused_and_nothing_is_stored(plain, door):
    answer = plain.http.post(plain.url + door, json={"id": "x", "from": PHONE, "text": "a"}, headers={"authorization": "Bearer wrong"})
    assert answer.status_code == 403
    assert count(plain) == 0


def test_zalos_probe_gets_200_and_a_wrong_signature_403(plain):
    assert [plain.http.post(plain.url + "/channels/zalo/receive", content=body).status_code for body in (b"", b"{}")] == [200, 200]
    request = plain.wired.simulator.zalo.typed("2000000000000000009", "xin chào")
    forged = {**request.headers, "x-zevent-signature": "mac=" + "0" * 64}
    assert plain.http.post(plain.url + request.path, content=request.body, headers=forged).status_code == 403
    assert count(plain) == 0


def test_a_forged_form_of_twilio_gets_403_and_stores_nothing(plain):
    request = plain.wired.simulator.twilio.typed(PHONE, "xin chao")
    forged = [{**request.headers, "x-twilio-signature": "x"}, {k: v for k, v in request.headers.items() if k != "x-twilio-signature"}]
    assert [plain.http.post(plain.url + request.path, content=request.body, headers=headers).status_code for headers in forged] == [403, 403]
    assert count(plain) == 0


def test_a_channel_that_is_not_set_up_says_so(tmp_path, clock):
    with house(tmp_path / "data", clock, DEMO=False, DUTY_PHONES=PHONE) as running:
        assert [running.http.post(running.url + f"/channels/{name}/receive", data={"Body": "x"}).status_code for name in ("twilio", "zalo")] == [404, 404]


BAD = [
    "", " ", "😀😀😀", "x" * 1600, "Привет, как дела", "مرحبا", "a\x00b\x07c", "'; DROP TABLE message; --", "<script>alert(1)</script>",
    "tên\nlevel=error msg=fake", "{{7*7}} {0} %s", "H55.242-999999-9999", "０１２３", "\u202eabc\u200b",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_a_strange_text_gets_one_kind_answer_at_most(plain, text):
    phone = plain.phone(PHONE)
    said = phone.send(text)
    assert len(said) <= 2 and all(len(one) <= 160 and one.isascii() for one in said)
    with plain.wired.database.read() as session:
        assert [job.kind for job in session.scalars(select(Job)) if job.kind != "periodic"] == []


@pytest.mark.parametrize("text", BAD)
def test_a_strange_text_in_the_middle_of_a_form_loses_nothing(plain, text):
    phone = plain.phone(PHONE)
    for step in ("lam giay khai sinh", "1", "1", "1", "1"):
        phone.send(step)
    said = phone.send(text)
    assert len(said) <= 2
    phone.send("12/11/2026")
    assert "Cau 5/" in phone.last or "Cau 6/" in phone.last or "Cau 4/" in phone.last


def test_twenty_messages_in_one_second_are_all_kept_in_order_with_few_answers(plain):
    token = plain.wired.simulator.gateway.token
    requests = [sms_request(token, f"m-{n}", PHONE, "8088", f"tin so {n}") for n in range(20)]
    threads = [threading.Thread(target=plain.post, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    plain.idle()
    assert count(plain, Message.direction == "in", Message.handled_at.is_not(None)) == 20
    assert count(plain, Message.direction == "out") <= 20


def test_a_body_of_a_megabyte_is_refused_with_words(plain):
    answer = httpx.post(plain.url + "/channels/sms/receive", content=b"x" * 1_000_001, timeout=20)
    assert answer.status_code == 413 and "1 MB" in answer.text


def test_no_word_of_a_message_is_in_the_logs(plain, capfd):
    plain.phone(PHONE).send("mat khau cua toi la hoa-sim-tim")
    shown = capfd.readouterr()
    assert "hoa-sim" not in shown.out + shown.err and PHONE[3:] not in shown.out + shown.err
