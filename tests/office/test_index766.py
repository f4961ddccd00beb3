"""The month's figures: counted from what happened, one dossier in one place, and nothing that could be typed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from backend.office import clocks, complaints, index766, satisfaction
from backend.office.index766 import Figures
from tests.office.kit import BINH, CHIEN, HOA, VAN, office_of
from tests.office.test_dossiers import act, sent

PHONES = iter(f"+8498111{n:04d}" for n in range(1000, 9999))


@pytest.fixture(scope="module")
def office(vault):
    return office_of(vault)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+07:00")


class Month:
    """Dossiers of November 2026, each from a phone of its own."""

    def __init__(self, session, office, clock):
        self.session, self.office, self.clock = session, office, clock

    def received(self, due: str | None = "11-27T17:00", day: str = "11-23T09:00"):
        self.clock.at = at(day)
        phone = next(PHONES)
        _, conversation, dossier = sent(self.session, self.office, self.clock.now(), ref=phone, phone=phone, child_name=f"BÀN THỊ MAI {phone[-4:]}")
        data = {"due_at": at(due).isoformat(), "ground": "biên bản"} if due else {}
        self.act(dossier, "receive", BINH, **data)
        return conversation, dossier

    def act(self, dossier, action, actor, **data):
        return act(self.session, self.office, dossier, action, actor, self.clock.now(), **data)

    def finished(self, day: str, **more):
        conversation, dossier = self.received(**more)
        for action, actor in (("process", CHIEN), ("draft", CHIEN), ("sign", HOA), ("number", VAN), ("issue", BINH)):
            self.act(dossier, action, actor, number="12/2026")
        self.clock.at = at(day)
        self.act(dossier, "finish", BINH)
        return conversation, dossier

    def figures(self, now: str = "12-05T09:00", month: str = "2026-11") -> Figures:
        return index766.figures(self.session, self.office, month, at(now))


@pytest.fixture
def month(database, office, clock):
    with database.write() as session:
        yield Month(session, office, clock)


def test_what_was_finished_is_early_on_time_late_or_undated(month):
    month.finished("11-26T10:00")
    month.finished("11-27T16:00")
    month.finished("11-30T10:00")
    _, undated = month.finished("11-26T10:00")
    undated.due_at = None
    found = month.figures()
    assert (found.received, found.early, found.on_time, found.late, found.undated) == (4, 1, 1, 1, 1)
    assert (found.in_time, found.overdue, found.waiting) == (0, 0, 0)


def test_what_runs_at_the_end_is_in_time_overdue_or_waits_for_the_citizen(month):
    month.received(due="12-04T17:00")
    month.received()
    _, waiting = month.received()
    month.act(waiting, "process", CHIEN)
    month.act(waiting, "ask_supplement", CHIEN, papers=["giấy chứng sinh"], reason="thiếu", ground="luật")
    found = month.figures()
    assert (found.in_time, found.overdue, found.waiting) == (1, 1, 1)
    assert month.figures(month="2026-12").received == 0 and month.figures(month="2026-12").overdue == 2


def test_time_that_was_waited_for_the_citizen_makes_nothing_late(month):
    _, dossier = month.received()
    month.act(dossier, "process", CHIEN)
    month.act(dossier, "ask_supplement", CHIEN, papers=["giấy chứng sinh"], reason="thiếu", ground="luật")
    month.clock.at = at("11-27T16:00")
    month.act(dossier, "supplied", BINH)
    for action, actor in (("draft", CHIEN), ("sign", HOA), ("number", VAN), ("issue", BINH), ("finish", BINH)):
        month.act(dossier, action, actor, number="1/2026")
    assert (month.figures().early, month.figures().late) == (1, 0)


def test_an_apology_does_not_make_a_late_one_timely(month):
    _, dossier = month.received()
    month.act(dossier, "apologize", BINH, new_due_at=at("12-01T17:00").isoformat(), reason="chờ xác minh")
    for action, actor in (("process", CHIEN), ("draft", CHIEN), ("sign", HOA), ("number", VAN), ("issue", BINH)):
        month.act(dossier, action, actor, number="12/2026")
    month.clock.at = at("11-30T10:00")
    month.act(dossier, "finish", BINH)
    assert (month.figures().late, month.figures().apologies) == (1, 1)
    hours = index766.causes(month.session, month.office, "2026-11", at("12-05T09:00"))
    assert sum(hours.values()) == pytest.approx(clocks.of_dossier(month.session, month.office, dossier, at("12-05T09:00")).late / timedelta(hours=1))


def test_scores_and_complaints_are_counted_by_their_own_month(month):
    for score in (5, 4, 2):
        conversation, dossier = month.finished("11-26T10:00")
        month.act(dossier, "return", BINH, collector="mẹ cháu", proof="căn cước")
        satisfaction.rate(month.session, month.office, conversation.id, score, month.clock.now())
    row = complaints.open_complaint(month.session, month.office, "chậm", at("11-02T09:00"), conversation_id=conversation.id, dossier_id=None)
    assert (month.figures().returned, month.figures().rated, month.figures().content) == (3, 3, 2)
    assert (month.figures().complaints, month.figures().complaints_on_time) == (1, 0)
    row.answered_at, row.state = at("11-10T09:00"), "answered"
    month.session.flush()
    assert (month.figures().complaints, month.figures().complaints_on_time) == (1, 1)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Figures(), [None, None, None, None, 6.0, 6.0]),
        (Figures(received=10, online=5, digitised=10, early=3, on_time=5, late=2, rated=10, content=9, complaints=2, complaints_on_time=1), [16.0, 6.0, 4.0, 6.0, 3.0, None]),
        (Figures(received=10, online=1, digitised=5, late=4, rated=2, content=1), [0.0, pytest.approx(1.2), 2.0, pytest.approx(10 / 3), 6.0, 6.0]),
        (Figures(complaints=2, complaints_on_time=2, judged=2, complaints_content=1), [None, None, None, None, 6.0, 3.0]),
    ],
)
def test_points_follow_the_fitted_formulas(found, expected):
    assert [line.points for line in index766.points(found)] == expected


def test_every_dossier_of_the_month_stands_in_one_place(month):
    for n in range(6):
        month.finished(f"11-{26 + n % 2}T10:00")
        month.received(due=f"12-0{n % 3 + 1}T17:00")
    found = month.figures()
    assert found.early + found.on_time + found.late + found.undated + found.in_time + found.overdue + found.waiting == found.received == 12
    assert (found.online, found.helped, found.digitised) == (12, 0, 0)


@pytest.mark.parametrize("text", ["2026-13", "thang 11", ""])
def test_no_month_is_an_error(text):
    with pytest.raises(ValueError):
        index766.month_of(text)


def test_months_go_back_to_the_first_event(month):
    month.received()
    assert index766.months(month.session, month.office, at("12-05T09:00")) == ["2026-12", "2026-11"]
    assert index766.months(month.session, month.office, datetime.fromisoformat("2027-01-05T09:00+07:00")) == ["2027-01", "2026-12", "2026-11"]
