"""Clocks from events: who holds a dossier, the one apology, and warnings that are given once, before it is late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from backend.clock import local
from backend.office import clocks, dossiers, tracking, watch
from backend.office.kit import Refused
from backend.store.tables import Dossier, DueWarning, Notice, Task
from tests.office.kit import BINH, CHIEN, HOA, VAN, office_of
from tests.office.test_dossiers import act, sent

DUE = "2026-11-27T17:00:00+07:00"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def office(vault):
    return office_of(vault)


def received(session, office, now, due=DUE, **more):
    contact, _, dossier = sent(session, office, now, **more)
    act(session, office, dossier, "receive", BINH, now, due_at=due, ground="biên bản")
    return contact, dossier


def apologize(session, office, dossier, now, day="2026-12-01T17:00:00+07:00", actor=CHIEN, reason="chờ xác minh"):
    return act(session, office, dossier, "apologize", actor, now, new_due_at=day, reason=reason)


def kinds(session) -> list[str]:
    return list(session.scalars(select(Notice.kind).order_by(Notice.created_at, Notice.id)))


def levels(session) -> list[str]:
    return list(session.scalars(select(DueWarning.level).order_by(DueWarning.at, DueWarning.level)))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+07:00")


class TestHolders:
    """Spans from the real events of a dossier."""

    def test_each_step_is_held_by_who_did_it(self, database, office, clock):
        with database.write() as session:
            _, dossier = received(session, office, clock.now())
            clock.shift(HOUR)
            act(session, office, dossier, "process", CHIEN, clock.now())
            clock.shift(HOUR)
            act(session, office, dossier, "draft", CHIEN, clock.now())
            clock.at = moment("11-25T09:30")
            found = clocks.of_dossier(session, office, dossier, clock.now())
        assert [(s.step, s.role, s.person) for s in found.spans] == [
            ("received", "chuyenmon", CHIEN.id), ("processing", "chuyenmon", CHIEN.id), ("drafted", "lanhdao", None),
        ]  # fmt: skip
        assert found.used == sum((s.used for s in found.spans), timedelta(0)) == 2 * HOUR + timedelta(hours=4) + 2 * HOUR

    def test_an_office_that_does_not_answer_is_the_cause(self, database, office, clock):
        with database.write() as session:
            _, dossier = received(session, office, clock.now())
            act(session, office, dossier, "process", CHIEN, clock.now())
            asked = {"office": "Công an xã", "question": "Có tranh chấp không?", "answer_by": "2026-11-25T17:00:00+07:00"}
            dossiers.act(session, office, dossier.id, "consult", CHIEN, dossier.version, asked, clock.now())
            clock.at = moment("12-03T09:30")
            found = clocks.of_dossier(session, office, dossier, clock.now())
        assert (found.causes[0].role, found.causes[0].office) == ("office", "Công an xã")
        assert sum((c.time for c in found.causes), timedelta(0)) == found.late

    def test_before_reception_there_is_no_clock(self, database, office, clock):
        with database.write() as session:
            _, _, dossier = sent(session, office, clock.now())
            assert clocks.of_dossier(session, office, dossier, clock.now() + HOUR) is None

    def test_the_clock_stops_when_the_result_lies_at_the_desk(self, database, office, clock):
        with database.write() as session:
            _, dossier = received(session, office, clock.now())
            for action, actor in (("process", CHIEN), ("draft", CHIEN), ("sign", HOA), ("number", VAN), ("issue", BINH)):
                act(session, office, dossier, action, actor, clock.now(), number="12/2026")
            clock.shift(HOUR)
            act(session, office, dossier, "finish", BINH, clock.now())
            clock.at = moment("12-20T09:00")
            assert clocks.of_dossier(session, office, dossier, clock.now()).used == HOUR


class TestApology:
    """Once, with a reason and a day; the first date stays, and lateness is counted by it."""

    def test_it_tells_the_reason_and_the_new_day_and_the_promised_date_stays(self, database, office, clock):
        with database.write() as session:
            contact, dossier = received(session, office, clock.now())
            event = apologize(session, office, dossier, clock.now())
            assert (dossier.due_at, dossier.promised_at) == (datetime.fromisoformat(DUE), moment("12-01T17:00"))
            assert kinds(session)[-1] == "apologized" and "late_apology" not in dossier.flags
            told = office.vault.open_json(session.scalars(select(Notice).where(Notice.event_id == event.id)).one().params_sealed, f"notice.params:{_notice(session, event)}")
            assert (told["reason"], told["new_due_at"], told["late"]) == ("chờ xác minh", "2026-12-01T17:00:00+07:00", False)
            clock.at = moment("11-30T09:00")
            stage = tracking.own(session, office, contact, clock.now())[0]
            assert stage.late and stage.promised_at == dossier.promised_at

    def test_a_second_one_is_refused(self, database, office, clock):
        with database.write() as session:
            _, dossier = received(session, office, clock.now())
            apologize(session, office, dossier, clock.now())
            with pytest.raises(Refused, match="too_often"):
                apologize(session, office, dossier, clock.now(), "2026-12-08T17:00:00+07:00")

    def test_one_that_comes_too_late_is_written_and_marked(self, database, office, clock):
        with database.write() as session:
            _, dossier = received(session, office, clock.now())
            clock.at = moment("11-30T09:00")
            apologize(session, office, dossier, clock.now(), actor=BINH)
            assert "late_apology" in dossier.flags
            with pytest.raises(Refused, match="too_often"):
                apologize(session, office, dossier, clock.now(), "2026-12-08T17:00:00+07:00")

    @pytest.mark.parametrize(
        ("day", "reason"),
        [
            ("2026-11-28T17:00:00+07:00", "due_day_off"),
            ("2026-11-27T17:00:00+07:00", "apology_not_later"),
            ("2026-11-25T17:00:00+07:00", "apology_not_later"),
            ("2026-11-20T17:00:00+07:00", "due_past"),
            ("2026-12-01T17:00:00", "due_unreadable"),
            ("mai", "due_unreadable"),
        ],
    )
    def test_a_day_that_is_none_is_refused_and_nothing_is_written(self, database, office, clock, day, reason):
        with database.write() as session:
            _, dossier = received(session, office, clock.now())
            with pytest.raises(Refused) as refused:
                apologize(session, office, dossier, clock.now(), day)
            assert (refused.value.reason, dossier.promised_at) == (reason, None)

    def test_without_a_promised_date_there_is_nothing_to_apologize_for_and_no_button(self, database, office, clock):
        with database.write() as session:
            _, dossier = received(session, office, clock.now())
            dossier.due_at = None
            with pytest.raises(Refused, match="apology_no_due"):
                apologize(session, office, dossier, clock.now())
            assert "apologize" not in {rule.action for rule in dossiers.actions(session, office, dossier, CHIEN)}

    def test_the_leader_does_not_apologize_for_the_desk(self, database, office, clock):
        with database.write() as session:
            _, dossier = received(session, office, clock.now())
            with pytest.raises(Refused, match="wrong_role"):
                apologize(session, office, dossier, clock.now(), actor=HOA)


def _notice(session, event):
    return session.scalars(select(Notice.id).where(Notice.event_id == event.id)).one()


class TestWatch:
    """Looked at once a minute, told once."""

    def test_the_holder_at_80_the_leader_when_late_and_the_citizen_between(self, database, office, clock):
        with database.write() as session:
            _, dossier = received(session, office, clock.now())
            act(session, office, dossier, "process", CHIEN, clock.now())
        seen = {}
        while clock.now() < moment("11-28T08:00"):
            with database.write() as session:
                watch.look(session, office, clock.now())
                session.flush()
                for level in levels(session):
                    seen.setdefault(level, local(clock.now()).strftime("%d %H:%M"))
                clock.at = session.get(Dossier, dossier.id).watch_at
        # 28.5 hours of open desk from Monday 9:00 to Friday 17:00: Tuesday is a day off.
        assert seen == {"50": "26 08:16", "80": "27 09:19", "citizen": "27 14:10", "100": "27 17:01"}
        with database.read() as session:
            tasks = {task.kind: task for task in session.scalars(select(Task))}
            assert (tasks["due_soon"].for_role, tasks["late"].for_role) == ("chuyenmon", "lanhdao") and len(tasks) == 2
            assert kinds(session).count("nearly_late") == 1

    def test_each_level_is_given_once_however_often_it_is_looked_at(self, database, office, clock):
        with database.write() as session:
            _, dossier = received(session, office, clock.now())
            clock.at = moment("11-30T09:00")
            for _ in range(3):
                session.get(Dossier, dossier.id).watch_at = None
                watch.look(session, office, clock.now())
                session.flush()
            assert levels(session) == ["100", "50", "80"]
            assert [task.kind for task in session.scalars(select(Task))] == ["late"] and "nearly_late" not in kinds(session)

    def test_who_was_told_of_a_new_date_is_not_told_again(self, database, office, clock):
        with database.write() as session:
            _, dossier = received(session, office, clock.now())
            apologize(session, office, dossier, clock.now())
            clock.at = moment("11-27T16:30")
            watch.look(session, office, clock.now())
            session.flush()
            assert "citizen" not in levels(session) and "80" in levels(session)

    def test_what_nobody_looked_at_in_eight_hours_goes_to_the_leader_until_it_is(self, database, office, clock):
        with database.write() as session:
            _, _, dossier = sent(session, office, clock.now())
            assert watch.look(session, office, clock.now()) == 1 and watch.look(session, office, clock.now()) == 0
            clock.at = dossier.review_by + timedelta(minutes=1)
            watch.look(session, office, clock.now())
            session.flush()
            task = session.scalars(select(Task)).one()
            assert (task.kind, task.for_role, task.closed_at) == ("unseen", "lanhdao", None)
            act(session, office, dossier, "receive", BINH, clock.now(), due_at="2026-12-04T17:00:00+07:00", ground="biên bản")
            watch.look(session, office, clock.now())
            session.refresh(task)
            assert task.closed_at is not None

    def test_a_dossier_whose_clock_stands_still_is_left_in_peace(self, database, office, clock):
        with database.write() as session:
            _, dossier = received(session, office, clock.now())
            act(session, office, dossier, "process", CHIEN, clock.now())
            act(session, office, dossier, "ask_supplement", CHIEN, clock.now(), papers=["giấy chứng sinh"], reason="thiếu", ground="luật")
            clock.at = moment("12-20T09:00")
            watch.look(session, office, clock.now())
            session.flush()
            assert levels(session) == [] and dossier.watch_at > clock.now()

    def test_an_act_asks_for_a_new_look(self, database, office, clock):
        with database.write() as session:
            _, dossier = received(session, office, clock.now())
            watch.look(session, office, clock.now())
            assert dossier.watch_at is not None
            act(session, office, dossier, "process", CHIEN, clock.now())
            assert dossier.watch_at is None
