"""What the clocks make the bot say: before it is late, when it is, an apology, a complaint's number and its answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from backend.domain.deadline import is_working_day
from backend.office import complaints, contacts, dossiers
from backend.office.kit import Actor
from backend.store.tables import Anchor, CalendarDay, Complaint, Conversation, Dossier, Message, Staff, Task
from bot.conversations import chores, requests, tell
from bot.dialogue.types import Request
from tests.conversations.test_daily import home, work
from tests.office.kit import BINH, UNIT, draft

__all__ = ["home"]
PHONE = "+84981110011"
DUE = "2026-11-27T17:00:00+07:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+07:00")


def received(home) -> Dossier:
    """A dossier from a phone, received on Monday and due on Friday."""
    now, office = home.clock.now(), home.office
    with home.database.write() as session:
        contact, _, row = draft(session, office, now, phone=PHONE)
        contact.last_inbound_at = now
        dossiers.send(session, office, row, now)
        dossiers.act(session, office, row.id, "receive", BINH, row.version, {"due_at": DUE, "ground": "biên bản"}, now)
    return row


def said(home) -> list[str]:
    with home.database.read() as session:
        rows = session.scalars(select(Message).where(Message.direction == "out").order_by(Message.created_at, Message.id))
        return [home.office.vault.open(row.body_sealed, f"message.body:{row.id}") for row in rows]


def ask(home, verb: str, **args):
    with home.database.write() as session:
        contact, conversation = contacts.conversation_with(session, home.office, "sms", PHONE, home.clock.now())
        return requests.do(session, home.bot, conversation, contact, Request(verb, args), None, home.clock.now())


def test_the_minutes_chores_warn_the_holder_and_tell_the_citizen_before_it_is_late(home, clock):
    received(home)
    worker = home.worker(1)
    work(home, worker)
    before = said(home)
    clock.at = at("11-27T14:30")
    work(home, worker)
    clock.shift(timedelta(minutes=1))
    work(home, worker)
    assert [text for text in said(home) if text not in before and "co the cham" in text and "17h ngay 27/11" in text]
    with home.database.read() as session:
        assert [(task.kind, task.for_role) for task in session.scalars(select(Task))] == [("due_soon", "chuyenmon")]


def test_a_backlog_is_worked_off_batch_by_batch_and_the_chores_go_on(home):
    received(home)
    chores._watch(home.bot, home.clock.now())
    with home.database.read() as session:
        assert session.scalars(select(Dossier)).one().watch_at > home.clock.now()


def test_why_it_is_late_and_who_has_it_is_what_the_office_tells(home, clock):
    row = received(home)
    assert "holder" not in ask(home, "track").data["dossiers"][0]
    clock.at = at("11-30T09:00")
    told = ask(home, "track").data["dossiers"][0]
    assert (told["late"], told["holder"], told["cause"]) == (True, "chuyenmon", "chuyenmon") and "promised" not in told
    with home.database.write() as session:
        data = {"new_due_at": "2026-12-02T17:00:00+07:00", "reason": "chờ xác minh"}
        dossiers.act(session, home.office, row.id, "apologize", BINH, session.get(Dossier, row.id).version, data, clock.now())
    told = ask(home, "track").data["dossiers"][0]
    assert (told["due"], told["promised"], told["late"]) == (DUE, "2026-12-02T17:00:00+07:00", True)


def test_a_complaint_gets_a_number_and_a_task_and_the_answer_asks_once_whether_it_will_do(home):
    received(home)
    outcome = ask(home, "complain", text="để ba tuần không ai trả lời")
    assert (outcome.ok, outcome.data["number"]) == (True, "PA242-261123-0001")
    with home.database.write() as session:
        session.add(Staff(id="hoa", unit=UNIT, login="hoa", name="Hoa", position="", roles=["lanhdao"], password_hash="", created_at=home.clock.now()))
        session.flush()
        row = session.scalars(select(Complaint)).one()
        complaints.answer(session, home.office, row.id, "Mai có kết quả", Actor("hoa", UNIT, ("lanhdao",)), home.clock.now())
    work(home, home.worker(1))
    answer = said(home)[-2:]
    assert "Xa tra loi y kien so PA242-261123-0001: Mai co ket qua" in answer[0] and answer[1].startswith("Xa tra loi nhu the co duoc khong?")
    assert ask(home, "content", number=row.number, yes=True).ok
    assert not ask(home, "content", number=row.number, yes=False).ok
    with home.database.read() as session:
        assert session.scalars(select(Complaint)).one().content is True


def test_a_stranger_does_not_judge_the_answer_to_somebody_elses_complaint(home):
    received(home)
    number = ask(home, "complain", text="chậm").data["number"]
    with home.database.write() as session:
        session.scalars(select(Complaint)).one().state = "answered"
        contact, conversation = contacts.conversation_with(session, home.office, "sms", "+84982220000", home.clock.now())
        assert isinstance(conversation, Conversation)
        asked = Request("content", {"number": number, "yes": False})
        assert requests.do(session, home.bot, conversation, contact, asked, None, home.clock.now()).reason == "complaint_unknown"


def test_at_night_the_day_before_is_anchored(home, clock):
    received(home)
    worker = home.worker(1)
    work(home, worker)
    clock.shift(timedelta(hours=18))
    work(home, worker)
    with home.database.read() as session:
        assert [row.day.isoformat() for row in session.scalars(select(Anchor))] == ["2026-11-23"]


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("nearly_late", {"code": "H55.242-261123-0007", "due_at": DUE}),
        ("apologized", {"code": "H55.242-261123-0007", "due_at": DUE, "new_due_at": "2026-12-02T17:00:00+07:00", "reason": "thiếu giấy chứng sinh của bệnh viện"}),
        ("complaint_answered", {"number": "PA242-261123-0007", "answer": "xã đã nhắc cán bộ và làm xong giấy cho bà"}),
    ],
)  # fmt: skip
def test_each_notice_is_one_text_of_a_telephone(home, kind, params):
    page = tell.preview(home.bot, kind, params)[0]
    assert len(page) <= 160 and params.get("code", params.get("number"))[-4:] in page


def test_a_day_written_by_another_process_holds_once_the_bell_has_rung(home, clock):
    day = datetime(2026, 12, 7).date()
    assert is_working_day(day, home.office.calendar)
    with home.database.write() as session:
        quan = session.scalars(select(Staff).where(Staff.login == "quantri")).one()
        session.add(CalendarDay(unit=None, day=day, kind="off", name="nghỉ", ground="12/TB", made_by=quan.id, at=clock.now()))
    assert is_working_day(day, home.office.calendar)
    home.bell.ring("calendar")
    assert not is_working_day(day, home.office.calendar)
