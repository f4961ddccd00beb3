"""What a dossier waits for at other offices: answers, a result that comes back, the parts of a bundle."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.office import bundle, chain, consultations, handovers, tracking, views
from backend.office.kit import Refused
from backend.store.tables import Contact, Conversation, Notice, Part
from tests.office.kit import BINH, CHIEN, HOA, office_of
from tests.office.lives import act, at, bundle_at, in_days


@pytest.fixture
def office(vault):
    return office_of(vault)


def ask(session, office, dossier, now, where, days=3):
    event = act(session, office, dossier, "consult", now, office=where, question="Có tranh chấp không?", answer_by=in_days(now, days))
    return chain.events(session, office.vault, dossier.id)[event.seq - 1][1]["consultation"]


class TestConsultation:
    """Several offices are asked at once; the dossier goes on when the last has answered."""

    def test_it_goes_on_with_the_last_answer(self, database, office, clock):
        with database.write() as session:
            dossier = at(session, office, clock.now(), "process")
            police = ask(session, office, dossier, clock.now(), "Công an xã")
            land = ask(session, office, dossier, clock.now(), "Văn phòng đăng ký đất đai")
            act(session, office, dossier, "consulted", clock.now(), consultation=land, answer="Không có tranh chấp")
            assert dossier.status == "consulting"
            act(session, office, dossier, "consulted", clock.now(), consultation=police, answer="Có cư trú")
            assert dossier.status == "processing"
            asked = consultations.of_dossier(session, office, dossier, clock.now())
            assert [(a.row.office, a.answer, a.row.asked_by) for a in asked] == [
                ("Công an xã", "Có cư trú", CHIEN.id), ("Văn phòng đăng ký đất đai", "Không có tranh chấp", CHIEN.id),
            ]  # fmt: skip

    def test_a_late_office_is_seen_and_may_be_waited_for_no_more(self, database, office, clock):
        with database.write() as session:
            dossier = at(session, office, clock.now(), "process")
            one = ask(session, office, dossier, clock.now(), "Công an xã", days=2)
            ask(session, office, dossier, clock.now(), "Sở Tư pháp", days=9)
            clock.shift(timedelta(days=3))
            assert [row.id for row in consultations.late(session, office.unit, clock.now())] == [one]
            act(session, office, dossier, "consult_dropped", clock.now(), HOA, consultation=one, reason="đã tự tra được")
            assert (dossier.status, consultations.late(session, office.unit, clock.now())) == ("consulting", [])
            assert [a.late for a in consultations.of_dossier(session, office, dossier, clock.now())] == [True, False]

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            ({"office": "Công an xã", "question": "Ở đâu?"}, "needs"),
            ({"office": "Công an xã", "question": "Ở đâu?", "answer_by": "2026-11-20T17:00:00+07:00"}, "answer_by_past"),
            ({"office": "Công an xã", "question": "Ở đâu?", "answer_by": "mai"}, "answer_by_unreadable"),
            ({"office": "Công an xã", "question": "Ở đâu?", "answer_by": "2026-11-25T17:00:00"}, "answer_by_unreadable"),
            ({"office": "Công an xã", "question": "Ở đâu?", "answer_by": "2026-11-28T17:00:00+07:00"}, "answer_by_day_off"),
            ({"office": "Sở Tư pháp", "question": "Ở đâu?", "answer_by": "2026-11-27T17:00:00+07:00"}, "office_asked"),
        ],
    )
    def test_a_question_without_a_day_or_asked_twice_is_refused(self, database, office, clock, data, reason):
        with database.write() as session:
            dossier = at(session, office, clock.now(), "process")
            ask(session, office, dossier, clock.now(), "Sở Tư pháp")
            with pytest.raises(Refused) as refused:
                act(session, office, dossier, "consult", clock.now(), **data)
            assert refused.value.reason == reason

    def test_an_answer_to_another_dossiers_question_is_refused(self, database, office, clock):
        with database.write() as session:
            one, two = at(session, office, clock.now(), "process"), at(session, office, clock.now(), "process", ref="m2-1", phone="+84981110012")
            asked = ask(session, office, one, clock.now(), "Công an xã")
            ask(session, office, two, clock.now(), "Công an xã")
            with pytest.raises(Refused, match="consultation_unknown"):
                act(session, office, two, "consulted", clock.now(), consultation=asked, answer="Có")

    def test_an_ended_dossier_waits_for_nobody(self, database, office, clock):
        with database.write() as session:
            dossier = at(session, office, clock.now(), "process")
            ask(session, office, dossier, clock.now(), "Công an xã", days=2)
            act(session, office, dossier, "withdraw", clock.now(), BINH, reason="dân xin rút")
            clock.shift(timedelta(days=5))
            assert consultations.late(session, office.unit, clock.now()) == []


class TestHandOver:
    """A dossier goes up and its result comes back: two clocks, and a state for each word from the other side."""

    def go_up(self, session, office, clock):
        dossier = at(session, office, clock.now(), "receive")
        act(session, office, dossier, "hand_over", clock.now(), office="Công an xã", answer_by=in_days(clock.now(), 3))
        return dossier

    def sent(self, session, office, dossier, clock):
        return handovers.of_dossier(session, office, dossier, clock.now())[-1]

    def test_it_is_sent_acknowledged_worked_on_and_comes_back(self, database, office, clock):
        with database.write() as session:
            dossier = self.go_up(session, office, clock)
            due = dossier.due_at
            for action, state in (("acknowledged", "acknowledged"), ("taken_up", "working")):
                act(session, office, dossier, action, clock.now())
                assert self.sent(session, office, dossier, clock).row.state == state
            clock.shift(timedelta(days=1))
            act(session, office, dossier, "result_back", clock.now(), BINH, result="Thông báo 12/TB-CAX")
            sent = self.sent(session, office, dossier, clock)
            assert (sent.row.state, sent.outcome, sent.late, sent.row.closed_at) == ("result", "Thông báo 12/TB-CAX", False, clock.now())
            assert (dossier.status, dossier.due_at, dossier.result_at) == ("issued", due, None)

    def test_lateness_of_the_other_side_is_seen_there(self, database, office, clock):
        with database.write() as session:
            dossier = self.go_up(session, office, clock)
            clock.shift(timedelta(days=4))
            assert [row.dossier_id for row in handovers.late(session, office.unit, clock.now())] == [dossier.id]
            act(session, office, dossier, "sent_back_by_office", clock.now(), reason="sai nơi nhận")
            assert handovers.late(session, office.unit, clock.now()) == []
            sent = self.sent(session, office, dossier, clock)
            assert (dossier.status, sent.row.state, sent.outcome, sent.late) == ("processing", "returned", "sai nơi nhận", True)

    @pytest.mark.parametrize("again", ["acknowledged", "taken_up"])
    def test_the_same_word_twice_is_refused(self, database, office, clock, again):
        with database.write() as session:
            dossier = self.go_up(session, office, clock)
            act(session, office, dossier, again, clock.now())
            with pytest.raises(Refused, match="hand_over_state"):
                act(session, office, dossier, again, clock.now())

    def test_it_may_go_up_again_after_it_came_back(self, database, office, clock):
        with database.write() as session:
            dossier = self.go_up(session, office, clock)
            act(session, office, dossier, "sent_back_by_office", clock.now(), reason="thiếu")
            act(session, office, dossier, "hand_over", clock.now(), office="Sở Tư pháp", answer_by=in_days(clock.now(), 9))
            assert [sent.row.state for sent in handovers.of_dossier(session, office, dossier, clock.now())] == ["returned", "sent"]


class TestBundle:
    """One intake and one code; the parts follow each other; the whole waits for all of them."""

    def states(self, session, office, dossier, clock):
        return {p.row.name: p.row.state for p in bundle.of_dossier(session, office, dossier, clock.now())}

    def stage(self, session, office, dossier, clock):
        contact = session.get(Contact, session.get(Conversation, dossier.conversation_id).contact_id)
        return tracking.own(session, office, contact, clock.now())[0].status

    def test_parts_open_at_reception_and_follow_our_own(self, database, office, clock):
        with database.write() as session:
            dossier = bundle_at(session, office, clock.now(), "receive")
            assert self.states(session, office, dossier, clock) == {"khai_sinh": "working", "thuong_tru": "waiting", "bhyt": "waiting"}
            for action in ("process", "draft", "sign", "number", "issue"):
                act(session, office, dossier, action, clock.now())
            assert self.states(session, office, dossier, clock) == {"khai_sinh": "done", "thuong_tru": "working", "bhyt": "working"}
            assert self.stage(session, office, dossier, clock) == "partly"

    def test_the_whole_ends_with_its_last_part(self, database, office, clock):
        with database.write() as session:
            dossier = bundle_at(session, office, clock.now(), "issue")
            with pytest.raises(Refused) as refused:
                act(session, office, dossier, "finish", clock.now())
            assert (refused.value.reason, refused.value.params["count"]) == ("open_part", 2)
            for part in ("thuong_tru", "bhyt"):
                act(session, office, dossier, "part_done", clock.now(), part=part, result="đã cấp")
            act(session, office, dossier, "finish", clock.now())
            assert (dossier.status, self.stage(session, office, dossier, clock)) == ("result_ready", "result_ready")

    def test_a_refused_part_is_told_and_the_rest_goes_on(self, database, office, clock):
        with database.write() as session:
            dossier = bundle_at(session, office, clock.now(), "issue")
            act(session, office, dossier, "part_refused", clock.now(), part="thuong_tru", reason="chủ nhà chưa đồng ý")
            assert list(session.scalars(select(Notice.kind).order_by(Notice.created_at.desc(), Notice.id.desc()).limit(1))) == ["part_refused"]
            act(session, office, dossier, "part_done", clock.now(), part="bhyt", result="thẻ 4512")
            act(session, office, dossier, "finish", clock.now())
            assert self.stage(session, office, dossier, clock) == "ready_partly"

    def test_what_hangs_on_a_refused_part_is_dropped_with_it(self, database, office, clock):
        with database.write() as session:
            dossier = bundle_at(session, office, clock.now(), "process")
            act(session, office, dossier, "part_refused", clock.now(), part="khai_sinh", reason="đã đăng ký nơi khác")
            assert self.states(session, office, dossier, clock) == {"khai_sinh": "refused", "thuong_tru": "dropped", "bhyt": "dropped"}

    @pytest.mark.parametrize(("part", "reason"), [("thuong_tru", "part_waits"), ("can_cuoc", "part_unknown")])
    def test_a_part_before_its_time_or_unknown_is_refused(self, database, office, clock, part, reason):
        with database.write() as session:
            dossier = bundle_at(session, office, clock.now(), "process")
            with pytest.raises(Refused, match=reason):
                act(session, office, dossier, "part_done", clock.now(), part=part, result="đã cấp")

    def test_a_stopped_bundle_has_no_open_part(self, database, office, clock):
        with database.write() as session:
            dossier = bundle_at(session, office, clock.now(), "process")
            act(session, office, dossier, "stop", clock.now(), reason="dân không đến", ground="Điều 19")
            assert set(session.scalars(select(Part.state).where(Part.dossier_id == dossier.id))) == {"dropped"}

    @pytest.mark.parametrize(
        ("status", "states", "told"),
        [
            ("processing", ["working", "waiting"], "processing"),
            ("issued", ["done", "working"], "partly"),
            ("issued", ["done", "done"], "issued"),
            ("result_ready", ["done", "refused"], "ready_partly"),
            ("result_ready", [], "result_ready"),
        ],
    )
    def test_the_citizen_is_told_one_stage(self, status, states, told):
        assert bundle.stage(status, states) == told


def test_the_morning_shows_what_another_office_owes(database, office, clock):
    with database.write() as session:
        dossier = at(session, office, clock.now(), "process", parents_married="no")
        dossier.due_at = None
        ask(session, office, dossier, clock.now(), "Công an xã", days=2)
        assert views.morning(session, office, clock.now(), named=True).first == []
        clock.shift(timedelta(days=3))
        [row] = views.morning(session, office, clock.now(), named=True).first
        assert (row.dossier.id, row.elsewhere, row.elsewhere_late) == (dossier.id, "Công an xã", True)
