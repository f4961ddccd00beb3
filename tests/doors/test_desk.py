"""Conversations on the clerk's screen: a person takes over, the bot is silent, and gives back; tasks; messages that got lost."""

from __future__ import annotations

import re
import time

import pytest
from sqlalchemy import select, update

from backend.office import jobs
from backend.store.tables import Conversation, Job, Message, ReadLog, Task


def thread(desk, phone: str) -> str:
    return f"/console/desk/conversations/{desk.conversation(phone).id}"


def test_a_person_takes_over_the_bot_is_silent_and_gets_it_back(desk):
    phone = desk.home.phone("+84982223001")
    phone.send("GAP")
    here = thread(desk, phone.address)
    assert "Máy đang trả lời" in desk.client("tiepnhan").get(here).text
    answered = desk.post("tiepnhan", f"{here}/reply", text="Chào bà, cháu là Bình ở xã đây ạ.")
    assert "Bạn đang trả lời, máy im lặng" in answered.text
    desk.home.idle()
    assert phone.last == "Chao ba, chau la Binh o xa day a."
    assert phone.send("lam giay khai sinh") == []
    assert "lam giay khai sinh" in desk.client("tiepnhan").get(f"{here}/messages").text
    assert "Máy đang trả lời" in desk.post("tiepnhan", f"{here}/release").text
    assert phone.send("lam giay khai sinh") != []


def test_a_message_says_who_wrote_it_and_what_became_of_it(desk):
    phone = desk.home.phone("+84982223002")
    phone.send("xin chao")
    here = thread(desk, phone.address)
    desk.post("tiepnhan", f"{here}/reply", text="Bác cần gì ạ?")
    desk.home.idle()
    with desk.home.wired.database.read() as session:
        message = session.scalars(select(Message).where(Message.author.is_not(None)).order_by(Message.id.desc())).first()
    desk.home.post(desk.home.wired.simulator.gateway.receipt(message.id))
    html = " ".join(re.sub(r"<[^>]+>", " ", desk.client("lanhdao").get(here).text).split())
    assert "Bác cần gì ạ? Nông Thị Bình · 09:00 23/11 · đã tới" in html


def test_two_clerks_do_not_speak_at_once(desk):
    phone = desk.home.phone("+84982223003")
    phone.send("GAP")
    here = thread(desk, phone.address)
    desk.post("chuyenmon", f"{here}/hold")
    refused = desk.post("tiepnhan", f"{here}/reply", text="Em chào bác")
    assert "Hà Văn Chiến đang trả lời người này. Chờ trả lại máy rồi mới viết." in refused.text
    desk.home.idle()
    assert "Em chao bac" not in phone.last


@pytest.mark.parametrize(("text", "sentence"), [("  ", "Chưa có chữ nào."), ("x" * 1001, "Dài quá. Viết ngắn lại dưới 1000 chữ cái.")])
def test_an_empty_or_endless_reply_is_refused_with_words(desk, text, sentence):
    phone = desk.home.phone("+84982223004")
    phone.send("xin chao")
    assert sentence in desk.post("tiepnhan", f"{thread(desk, phone.address)}/reply", text=text).text


def test_a_reply_shows_how_it_travels_before_it_is_sent(desk):
    shown = desk.post("tiepnhan", "/console/desk/segments", text="Mời bà lên xã. " * 12).text
    assert "2 phần" in shown and "Moi ba len xa." in shown


def test_a_task_is_taken_once_and_the_second_is_told_by_whom(desk):
    phone = desk.home.phone("+84982223005")
    phone.send("GAP")
    with desk.home.wired.database.read() as session:
        task = session.scalars(select(Task).where(Task.conversation_id == desk.conversation(phone.address).id)).one()
    listed = desk.client("tiepnhan").get("/console/tasks").text
    assert "0982223005" in listed and "Muốn gặp cán bộ" in listed
    taken = desk.post("tiepnhan", f"/console/tasks/{task.id}/take")
    assert "Bạn đang trả lời, máy im lặng" in desk.client("tiepnhan").get(thread(desk, phone.address)).text and taken.status_code == 200
    second = desk.post("lanhdao", f"/console/tasks/{task.id}/take")
    assert second.status_code == 409 and "Nông Thị Bình đã nhận việc này trước." in second.text
    desk.post("tiepnhan", f"/console/tasks/{task.id}/close")
    assert "0982223005" not in desk.client("tiepnhan").get("/console/tasks").text
    assert phone.send("xin chao") != []


def test_danger_comes_first_and_red(desk):
    for phone in ("+84982223006", "+84982223007"):
        desk.home.phone(phone).send("GAP")
    with desk.home.wired.database.write() as session:
        conversation = desk.conversation("+84982223007").id
        session.execute(update(Task).where(Task.conversation_id == conversation).values(urgent=True, kind="urgent"))
    listed = desk.client("tiepnhan").get("/console/tasks", headers={"hx-request": "true"}).text
    first = listed.index("0982223007")
    assert listed.index('class="task urgent"') < first < listed.index("0982223006")
    assert "KHẨN" in desk.client("tiepnhan").get("/console").text


@pytest.fixture
def lost(desk):
    """A message of which nobody knows whether it arrived: the pretend gateway has said all that it will say."""
    phone = desk.home.phone("+84982223008")
    phone.send("xin chao")
    conversation = desk.conversation(phone.address).id
    with desk.home.wired.database.read() as session:
        message = session.scalars(select(Message).where(Message.conversation_id == conversation, Message.direction == "out")).first()
    end = time.monotonic() + 10
    while status(desk, message) == "sent" and time.monotonic() < end:
        time.sleep(0.05)
    with desk.home.wired.database.write() as session:
        session.execute(update(Message).where(Message.id == message.id).values(status="unknown", error="cut_off"))
    return message


def status(desk, message: Message) -> str:
    with desk.home.wired.database.read() as session:
        return session.get(Message, message.id).status


def test_a_message_of_unknown_outcome_is_never_resent_by_itself_but_by_a_person(desk, lost):
    desk.home.idle()
    listed = desk.client("tiepnhan").get("/console/desk/outbox").text
    assert lost.id in listed and "máy dừng giữa lúc gửi" in listed and status(desk, lost) == "unknown"
    desk.post("tiepnhan", f"/console/desk/messages/{lost.id}/resend")
    desk.home.idle()
    assert status(desk, lost) in ("sent", "delivered")
    again = desk.post("tiepnhan", f"/console/desk/messages/{lost.id}/resend")
    assert again.status_code == 409 and "Tin này đã được xử lý rồi." in again.text


def test_a_person_who_has_asked_says_that_it_arrived(desk, lost):
    desk.post("tiepnhan", f"/console/desk/messages/{lost.id}/arrived")
    assert status(desk, lost) == "delivered"


def test_an_administrator_sees_that_messages_are_lost_but_not_what_they_say(desk, lost):
    listed = desk.client("quantri").get("/console/desk/outbox").text
    assert "KHÔNG RÕ ĐÃ TỚI CHƯA" in listed and "0982223008" not in listed and "May tra loi" not in listed


def test_a_dead_job_is_shown_and_runs_again_when_somebody_says_so(desk):
    with desk.home.wired.database.write() as session:
        jobs.put(session, "turn", "in:nobody", "H55.242", {"conversation": "nobody"}, desk.now(), dedup="dead-one")
        session.flush()
        session.execute(update(Job).where(Job.dedup == "dead-one").values(state="dead", error="KeyError at reply.py:70"))
        dead = session.scalar(select(Job.id).where(Job.dedup == "dead-one"))
    listed = desk.client("quantri").get("/console/outbox").text
    assert "trả lời tin của dân" in listed and "KeyError at reply.py:70" in listed
    assert f"/console/jobs/{dead}/replay" not in desk.client("tiepnhan").get("/console/outbox").text
    desk.post("quantri", f"/console/jobs/{dead}/replay")
    desk.home.idle()
    with desk.home.wired.database.read() as session:
        assert session.get(Job, dead) is None


def test_an_unknown_conversation_has_no_page(desk):
    answered = desk.client("tiepnhan").get("/console/conversations/nothing")
    assert answered.status_code == 404 and "Không có cuộc trò chuyện này" in answered.text


def test_a_reply_marks_the_open_question_so_that_a_digit_after_it_is_asked_about(desk):
    phone = desk.home.phone("+84982223009")
    phone.send("lam giay khai sinh")
    here = thread(desk, phone.address)
    desk.post("tiepnhan", f"{here}/reply", text="Bà chờ cháu xem nhé")
    with desk.home.wired.database.read() as session:
        row = session.get(Conversation, desk.conversation(phone.address).id)
        assert row.noticed_at is not None and row.owner is not None


def test_reading_a_conversation_is_written_down_once_and_not_at_every_refresh(desk):
    phone = desk.home.phone("+84982223010")
    phone.send("xin chao")
    here = thread(desk, phone.address)
    for path in (here, f"{here}/messages", f"{here}/messages"):
        desk.client("chuyenmon").get(path)
    with desk.home.wired.database.read() as session:
        assert len(list(session.scalars(select(ReadLog).where(ReadLog.conversation_id == here.split("/")[-1])))) == 1
