"""Satisfaction and complaints: asked once, answered by a day, and never mixed with the dossier itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.office import chain, complaints, satisfaction, tasks
from backend.office.kit import Actor, Refused
from backend.store.tables import Notice, Staff, Task
from tests.office.kit import BINH, DUNG, UNIT, office_of
from tests.office.test_dossiers import act, sent

HOA = Actor("staff-hoa", UNIT, ("lanhdao",), "Triệu Thị Hoa")
WORDS = "hồ sơ để ba tuần không ai trả lời"


@pytest.fixture(scope="module")
def office(vault):
    return office_of(vault)


@pytest.fixture(autouse=True)
def leader(database, clock):
    with database.write() as session:
        session.add(Staff(id=HOA.id, unit=UNIT, login="hoa", name=HOA.name, position="", roles=[], password_hash="", created_at=clock.now()))


def complain(session, office, now, text=WORDS, **more):
    _, conversation, dossier = sent(session, office, now, **more)
    tasks.open_task(session, office, "complaint", now, conversation=conversation, text=text)
    row = complaints.open_complaint(session, office, text, now, conversation_id=conversation.id, dossier_id=dossier.id)
    return conversation, row


def test_a_complaint_has_a_number_of_the_day_and_ten_working_days(database, office, clock):
    with database.write() as session:
        _, one = complain(session, office, clock.now())
        _, two = complain(session, office, clock.now(), ref="m2-1", phone="+84981110012", child_name="NÔNG VĂN BÌNH")
        assert (one.number, two.number) == ("PA242-261123-0001", "PA242-261123-0002")
        assert one.due_at.isoformat() == "2026-12-08T17:00:00+07:00"


def test_more_words_of_the_same_thread_go_into_the_open_one(database, office, clock):
    with database.write() as session:
        conversation, row = complain(session, office, clock.now())
        again = complaints.open_complaint(session, office, "vẫn chưa ai gọi", clock.now(), conversation_id=conversation.id, dossier_id=None)
        assert again.id == row.id
        assert [shown.text for shown in complaints.listed(session, office, clock.now())] == [f"{WORDS}\nvẫn chưa ai gọi"]


def test_the_answer_is_sent_and_ends_the_call_that_was_promised(database, office, clock):
    with database.write() as session:
        conversation, row = complain(session, office, clock.now())
        complaints.answer(session, office, row.id, " Đã nhắc cán bộ, mai có kết quả. ", HOA, clock.now())
        notice = session.scalars(select(Notice).where(Notice.kind == "complaint_answered")).one()
        assert office.vault.open_json(notice.params_sealed, f"notice.params:{notice.id}") == {"number": row.number, "answer": "Đã nhắc cán bộ, mai có kết quả."}
        session.expire_all()
        assert session.scalars(select(Task).where(Task.kind == "complaint")).one().closed_at is not None
        assert complaints.listed(session, office, clock.now()) == []
        assert complaints.listed(session, office, clock.now(), answered=True)[0].answer == "Đã nhắc cán bộ, mai có kết quả."
        assert complaints.open_complaint(session, office, "lại chậm", clock.now(), conversation_id=conversation.id, dossier_id=None).id != row.id


@pytest.mark.parametrize(("text", "actor", "reason"), [("  ", HOA, "empty"), ("a" * 301, HOA, "too_long"), ("xong", DUNG, "complaint_unknown")])
def test_an_answer_that_is_none_is_refused(database, office, clock, text, actor, reason):
    with database.write() as session:
        _, row = complain(session, office, clock.now())
        with pytest.raises(Refused) as refused:
            complaints.answer(session, office, row.id, text, actor, clock.now())
        assert (refused.value.reason, row.state) == (reason, "open")


def test_the_second_answer_hears_who_was_faster(database, office, clock):
    with database.write() as session:
        _, row = complain(session, office, clock.now())
        complaints.answer(session, office, row.id, "xong", HOA, clock.now())
        with pytest.raises(Refused) as refused:
            complaints.answer(session, office, row.id, "xong nữa", HOA, clock.now())
        assert (refused.value.reason, refused.value.params["by"]) == ("complaint_answered", HOA.id)


def test_a_complaint_past_its_day_is_late_even_once_answered(database, office, clock):
    with database.write() as session:
        _, row = complain(session, office, clock.now())
        clock.at = row.due_at + timedelta(minutes=1)
        assert complaints.listed(session, office, clock.now())[0].late
        complaints.answer(session, office, row.id, "xin lỗi", HOA, clock.now())
        assert complaints.listed(session, office, clock.now() + timedelta(days=9), answered=True)[0].late


def test_the_leader_is_reminded_once_the_day_before_and_the_answer_ends_it(database, office, clock):
    with database.write() as session:
        _, row = complain(session, office, clock.now())
        complaints.remind(session, office, row.due_at - timedelta(hours=25))
        assert _reminders(session) == []
        for hours in (23, 22):
            complaints.remind(session, office, row.due_at - timedelta(hours=hours))
            session.flush()
        assert [(task.for_role, task.reason, task.closed_at) for task in _reminders(session)] == [("lanhdao", row.number, None)]
        complaints.answer(session, office, row.id, "xong", HOA, clock.now())
        session.expire_all()
        assert _reminders(session)[0].closed_at is not None


def _reminders(session) -> list[Task]:
    return list(session.scalars(select(Task).where(Task.kind == "complaint_due")))


def test_a_score_is_an_event_of_the_last_returned_dossier_once(database, office, clock):
    with database.write() as session:
        _, conversation, dossier = sent(session, office, clock.now())
        with pytest.raises(Refused, match="nothing_to_rate"):
            satisfaction.rate(session, office, conversation.id, 5, clock.now())
        act(session, office, dossier, "receive", BINH, clock.now(), due_at="2026-11-27T17:00:00+07:00", ground="biên bản")
        dossier.status = "returned"
        satisfaction.rate(session, office, conversation.id, 4, clock.now())
        event, data = chain.events(session, office.vault, dossier.id)[-1]
        assert (event.action, data, "rated" in dossier.flags) == ("rate", {"score": 4}, True)
        with pytest.raises(Refused, match="nothing_to_rate"):
            satisfaction.rate(session, office, conversation.id, 1, clock.now())
