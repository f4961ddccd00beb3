"""Whose time it was: worked cases as a leader would count them, and what holds of every history."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain import workflow
from backend.domain.clocks import BACK, NOTHING, OUT, Happened, Terms, allowances, clocks
from backend.domain.deadline import VIETNAM, add_open_time, load_calendar, resume, working_time
from tests.law import oracle

BACKEND = Path(__file__).parents[2] / "backend"
CALENDAR = load_calendar(BACKEND / "calendar")
TABLE = workflow.load(BACKEND / "workflow")
HOLDERS = {name: status.waits_for[0] for name, status in TABLE.statuses.items() if status.waits_for}
ROUTE = (("tiepnhan", 0.1), ("chuyenmon", 0.5), ("lanhdao", 0.2), ("vanthu", 0.2))
HOUR = timedelta(hours=1)
DAY = timedelta(hours=7.5)
"""Open desk time of one day."""


def at(text: str) -> datetime:
    """ "23 09:00" of November 2026, a Monday; the 24th is a day off."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-11-{day}T{clock}").replace(tzinfo=VIETNAM)


def terms(due: str | None = "27 17:00", route=ROUTE, due_now: datetime | None = None) -> Terms:
    promised = at(due) if due else None
    return Terms(HOLDERS, route, promised, due_now or promised, CALENDAR)


RECEIVED = Happened(at("23 09:00"), "received", "start", "binh", "tiepnhan")
PROCESS = Happened(at("23 10:00"), "processing", "none", "binh", "tiepnhan")


def test_nothing_runs_before_a_dossier_is_received():
    assert clocks([Happened(at("23 08:00"), "sent", "none", "citizen", "citizen")], terms(), at("23 09:00")) is None


def test_each_step_has_its_holder_and_the_person_who_ended_it():
    done = [RECEIVED, PROCESS, Happened(at("25 09:30"), "drafted", "none", "chien", "chuyenmon")]
    found = clocks(done, terms(), at("25 15:30"))
    assert [(s.step, s.role, s.person, s.used) for s in found.spans] == [
        ("received", "chuyenmon", None, HOUR),
        ("processing", "chuyenmon", "chien", 5 * HOUR + 2 * HOUR),
        ("drafted", "lanhdao", None, 4 * HOUR),
    ]
    assert (found.used, found.paused, found.late, found.causes) == (12 * HOUR, NOTHING, None, ())


def test_who_the_work_was_given_to_holds_it():
    given_to = Happened(at("23 11:00"), "processing", "none", "hoa", "lanhdao", given_to="mui")
    assert clocks([RECEIVED, PROCESS, given_to], terms(), at("23 14:30")).spans[-1].person == "mui"


def test_waiting_for_the_citizens_paper_counts_for_nobody():
    asked = Happened(at("23 11:00"), "supplement", "pause", "chien", "chuyenmon")
    back = Happened(at("26 09:30"), "processing", "resume", "binh", "tiepnhan")
    due_now = resume(at("27 17:00"), asked.at, back.at, CALENDAR)
    found = clocks([RECEIVED, PROCESS, asked, back], terms(due_now=due_now), at("27 17:30"))
    waiting = found.spans[2]
    assert (waiting.role, waiting.running, waiting.used) == ("citizen", False, NOTHING)
    assert (found.paused, found.used, found.late) == (4 * HOUR + DAY + 2 * HOUR, 2 * HOUR + 5.5 * HOUR + DAY, None)


def test_lateness_is_the_leaders_who_kept_it_for_days():
    history = [
        RECEIVED, PROCESS,
        Happened(at("25 11:30"), "drafted", "none", "chien", "chuyenmon"),
        Happened(at("30 09:30"), "signed", "none", "hoa", "lanhdao"),
        Happened(at("30 10:30"), "numbered", "none", "van", "vanthu"),
        Happened(at("30 11:00"), "issued", "none", "van", "vanthu"),
        Happened(at("30 11:30"), "result_ready", "stop", "van", "vanthu"),
    ]  # fmt: skip
    found = clocks(history, terms(), at("30 17:00"))
    assert found.late == 4 * HOUR and found.spans[-1].end == at("30 11:30")
    assert [(c.step, c.role, c.time) for c in found.causes] == [("drafted", "lanhdao", 4 * HOUR)]


def test_another_office_answers_for_what_came_after_the_day_it_owed_an_answer():
    asked = Happened(at("23 11:00"), "consulting", "none", "chien", "chuyenmon", OUT, "Công an xã", at("25 11:00"))
    back = Happened(at("30 11:00"), "processing", "none", "chien", "chuyenmon", BACK, "Công an xã")
    found = clocks([RECEIVED, PROCESS, asked, back], terms(route=(("chuyenmon", 0.9), ("lanhdao", 0.1))), at("30 11:30"))
    in_time, overdue = found.spans[2:4]
    assert (in_time.charged, in_time.used, in_time.over) == ("chuyenmon", DAY, NOTHING)
    assert (overdue.charged, overdue.office, overdue.over) == ("office:Công an xã", "Công an xã", overdue.used)
    assert [(c.role, c.office) for c in found.causes] == [("office", "Công an xã")] and found.causes[0].time == found.late


def test_of_two_offices_the_one_whose_answer_was_owed_first_is_waited_for():
    one = Happened(at("23 11:00"), "consulting", "none", "chien", "chuyenmon", OUT, "Công an xã", at("25 11:00"))
    two = Happened(at("23 11:10"), "consulting", "none", "chien", "chuyenmon", OUT, "Địa chính", at("26 11:00"))
    first = Happened(at("26 08:00"), "consulting", "none", "chien", "chuyenmon", BACK, "Công an xã")
    found = clocks([RECEIVED, PROCESS, one, two, first], terms(), at("26 12:00"))
    assert [(s.office, s.end) for s in found.spans[2:]] == [
        ("Công an xã", at("23 11:10")), ("Công an xã", at("25 11:00")), ("Công an xã", at("26 08:00")),
        ("Địa chính", at("26 11:00")), ("Địa chính", at("26 12:00")),
    ]  # fmt: skip


def test_a_part_of_a_bundle_elsewhere_holds_what_we_have_issued():
    out = Happened(at("25 08:00"), "issued", "none", "", None, OUT, "social_insurance", at("26 17:00"))
    found = clocks([RECEIVED, Happened(at("25 08:00"), "issued", "none", "van", "vanthu"), out], terms(), at("25 17:00"))
    assert (found.spans[-1].role, found.spans[-1].office) == ("office", "social_insurance")


def test_without_a_route_the_lateness_is_of_who_held_it_then():
    signed = Happened(at("27 16:00"), "drafted", "none", "chien", "chuyenmon")
    found = clocks([RECEIVED, PROCESS, signed], terms(route=()), at("30 09:00"))
    assert [(c.step, c.role, c.time) for c in found.causes] == [("drafted", "lanhdao", 1.5 * HOUR)]


def test_a_moment_that_passed_after_closing_is_late_by_no_time_of_the_last_holder():
    found = clocks([RECEIVED, PROCESS], terms(), at("27 17:30"))
    assert found.late == NOTHING and [(c.role, c.time) for c in found.causes] == [("chuyenmon", NOTHING)]


def test_without_a_promised_date_nothing_is_late():
    found = clocks([RECEIVED, PROCESS], terms(None), at("30 09:00"))
    assert (found.allowed, found.late, found.share) == (None, None, 0.0)


@pytest.mark.parametrize("minutes, share", [(12, 0.05), (120, 0.5), (240, 1.0), (300, 1.25)])
def test_the_share_is_used_over_allowed(minutes, share):
    begun = Happened(at("23 09:30"), "received", "start", "binh", "tiepnhan")
    now = add_open_time(begun.at, timedelta(minutes=minutes), CALENDAR)
    assert clocks([begun], terms("23 15:30"), now).share == pytest.approx(share)


@given(st.lists(st.tuples(st.sampled_from(["tiepnhan", "chuyenmon", "partner"]), st.floats(0, 1)), min_size=1, max_size=6), st.integers(0, 10**6))
def test_the_parts_of_an_allowance_add_up(route, seconds):
    made = allowances(route, timedelta(seconds=seconds))
    assert sum(made.values(), NOTHING) == (timedelta(seconds=seconds) if sum(share for _, share in route) > 0 else NOTHING)
    assert all(part >= NOTHING for part in made.values())


OFFICES = ("Công an xã", "Địa chính", "Thuế")
RUNNING = [s for s in HOLDERS if s not in ("draft", "noted", "sent", "supplement_intake", "result_ready")]
STEP = st.tuples(
    st.integers(0, 5000), st.sampled_from(RUNNING), st.sampled_from(["none", "pause", "resume", "none"]),
    st.sampled_from([None, None, *((OUT, name) for name in OFFICES), *((BACK, name) for name in OFFICES)]), st.integers(1, 20000),
)  # fmt: skip


def history(start: int, steps) -> tuple[list[Happened], int]:
    minute, made, paused = start, [Happened(here(start), "received", "start", "binh", "tiepnhan")], False
    for wait, status, clock, turn, owed in steps:
        minute += wait
        clock = clock if (clock, paused) in (("pause", False), ("resume", True)) else "none"
        paused = clock == "pause" or paused and clock != "resume"
        out = {"turn": turn[0], "office": turn[1], "answer_by": here(minute + owed)} if turn else {}
        made.append(Happened(here(minute), status, clock, "chien", "chuyenmon", **out))
    return made, minute


def here(minute: int) -> datetime:
    return oracle.moment_of(minute).replace(tzinfo=VIETNAM)


def by_hand(made: list[Happened], end: datetime) -> tuple[int, int]:
    """(running, paused) open minutes, walked minute by minute."""
    sums, running = [0, 0], True
    for event, after in zip(made, [*made[1:], Happened(end, "")]):
        running = event.clock == "resume" or running and event.clock != "pause"
        sums[not running] += oracle.open_between(minute_of(event.at), minute_of(after.at))
    return sums[0], sums[1]


def minute_of(moment: datetime) -> int:
    return oracle.minute_of(moment.replace(tzinfo=None))


@given(st.integers(0, 365 * 4 * oracle.DAY), st.lists(STEP, max_size=12), st.integers(0, 9000), st.integers(1, 12000), st.sampled_from([ROUTE, ()]))
@settings(max_examples=200, deadline=None)
def test_spans_are_without_a_gap_and_every_sum_is_the_whole(start, steps, more, allowed, route):
    made, minute = history(start, steps)
    now, due = here(minute + more), here(start + allowed)
    found = clocks(made, Terms(HOLDERS, route, due, due, CALENDAR), now)
    if found is None:
        assert now == made[0].at
        return
    assert found.spans[0].start == made[0].at and found.spans[-1].end == now
    assert all(one.end == two.start for one, two in zip(found.spans, found.spans[1:])) and all(s.start < s.end for s in found.spans)
    running, paused = by_hand(made, now)
    assert found.used == sum((s.used for s in found.spans), NOTHING) == timedelta(minutes=running)
    assert found.paused == timedelta(minutes=paused)
    assert found.allowed == working_time(made[0].at, due, CALENDAR)
    counted = [s.end for s in found.spans if s.running]
    assert (found.late is not None) == bool(counted and counted[-1] > due)
    if found.late is not None:
        assert found.late == max(NOTHING, found.used - found.allowed) == sum((c.time for c in found.causes), NOTHING)
        assert found.causes and sum((s.over for s in found.spans), NOTHING) >= found.late
    assert all(NOTHING <= s.over <= s.used for s in found.spans)
