"""Random lives: anybody of the office tries anything on a dossier, hours pass, and what must always hold is looked at.

Forty short lives on SQLite and ten on PostgreSQL in ./test; MOTCUA_SEQUENCES=10000 lives five hundred on each (and ten
thousand in the pure domain, `tests/law/test_workflow.py`).
"""

from __future__ import annotations

import itertools
import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from backend.domain.deadline import end_of, next_working_day
from backend.domain.workflow import available, next_clock
from backend.office import absences, chain, dossiers
from backend.office.kit import Actor, Refused, today
from backend.store.tables import Consultation, Dossier, Event, HandOver, Notice, Part, Staff
from tests.conftest import StillClock
from tests.law.test_workflow import ENDS, FOLLOWS, RUNNING
from tests.office.kit import UNIT, office_of
from tests.office.lives import at, bundle_at
from tests.office.staffed import member

LONG = int(os.environ.get("MOTCUA_SEQUENCES", "0"))
SEQUENCES = {"sqlite": LONG // 20 or 40, "postgres": LONG // 20 or 10}
STEPS = 20
ROSTER = {
    "Bình": ("tiepnhan",), "Chiến": ("chuyenmon",), "Hoa": ("lanhdao",), "Vân": ("vanthu",), "Sáu": ("chuyenmon", "lanhdao", "vanthu"),
    "Linh": ("tiepnhan", "chuyenmon", "vanthu"),
}  # fmt: skip
REASONS = {
    "unknown_action", "wrong_status", "wrong_role", "wrong_field", "wrong_unit", "same_person", "too_often", "too_often_by_law", "open_part", "nothing_open", "needs", "unknown",
    "due_set_already", "hand_over_state", "office_asked", "part_waits", "part_unknown", "consultation_unknown", "staff_unknown", "apology_no_due", "apology_not_later",
}  # fmt: skip
"""Every reason that may be heard here; any other, or any other error, is a find."""
STARTS = ("", "receive", "process", "draft", "sign", "issue")
NUMBERS = itertools.count(1)


class Life(RuleBasedStateMachine):
    """One dossier after the other, and everybody around it."""

    def __init__(self, database, office, people):
        super().__init__()
        self.database, self.office, self.clock, self.people = database, office, StillClock(), people
        self.id, self.state, self.counted, self.due, self.ids = "", "off", timedelta(0), None, []

    @initialize(start=st.sampled_from(STARTS), bundle=st.booleans())
    def somebody_has_sent(self, start, bundle):
        n, now = next(NUMBERS), self.clock.now()
        with self.database.write(durable=False) as session:
            made = bundle_at(session, self.office, now, start, ref=f"b{n}") if bundle and start else at(session, self.office, now, start, ref=f"m{n}-1", phone=f"+8498{n:07d}")
            self.id, self.due = made.id, made.due_at
        self.ids.append(self.id)
        self.state, self.counted = "runs" if start else "off", timedelta(0)

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours):
        self.clock.shift(timedelta(hours=hours))
        self.counted += timedelta(hours=hours) if self.state == "runs" else timedelta(0)

    @rule(who=st.sampled_from([*ROSTER, "Dũng", "Vân for Hoa"]), n=st.integers(0, 60), known=st.integers(0, 9).map(bool))
    def somebody_tries(self, who, n, known):
        self.act(who, self.office.workflow.rules[n % len(self.office.workflow.rules)].action, known)

    @rule(pressed=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=6), may_end=st.integers(0, 9).map(lambda n: n == 9))
    def somebody_presses_buttons(self, pressed, may_end):
        """Any action that somebody of the office could do now, by any of those who could."""
        for which, who in pressed:
            self.press(which, who, may_end)

    def press(self, which, who, may_end):
        able: dict[str, list[str]] = {}
        with self.database.read() as session:
            view = dossiers.view_of(session, self.office, session.get(Dossier, self.id))
        if view.status in ENDS:
            return self.somebody_has_sent(STARTS[which % len(STARTS)], bool(who % 2))
        for name in ROSTER:
            for button in available(self.office.workflow, view, self.people[name]):
                if may_end or button.to not in ENDS:
                    able.setdefault(button.action, []).append(name)
        if able:
            action = sorted(able)[which % len(able)]
            person = able[action][who % len(able[action])]
            if who % 8 == 7:
                self.from_an_old_page(person)
            self.act(person, action, True)

    def from_an_old_page(self, who):
        with self.database.read() as session:
            version = session.get(Dossier, self.id).version - 1
        assert self.tried(self.people[who], "assign", version, {"staff": self.people["Chiến"].id}) == "stale"

    def act(self, who, action, known):
        with self.database.read() as session:
            before = session.get(Dossier, self.id)
            data = self.data(session) if known else {}
        refused = self.tried(self.people[who], action, before.version, data)
        with self.database.read() as session:
            after = session.get(Dossier, self.id)
        assert (after.version, after.status) == (before.version, before.status) if refused else after.version == before.version + 1
        if refused is None:
            assert who != "Dũng" and before.status not in ENDS
            assert after.status == before.status or after.status in FOLLOWS[before.status]
            self.state = next_clock(self.state, self.office.workflow.rule(action).clock)
            self.due = self.due or after.due_at

    def soon(self) -> str:
        """The end of a working day some days on: another office owes nothing on a Sunday."""
        day = next_working_day(today(self.clock.now()) + timedelta(days=2), self.office.calendar)
        return end_of(day, self.office.calendar).isoformat()

    def tried(self, actor: Actor, action: str, version: int, data: dict) -> str | None:
        try:
            with self.database.write(durable=False) as session:
                dossiers.act(session, self.office, self.id, action, actor, version, data, self.clock.now())
        except Refused as refused:
            assert refused.reason in REASONS | {"stale"}, refused.reason
            return refused.reason
        return None

    def data(self, session) -> dict:
        """What a person would bring."""
        soon, part = self.soon(), session.scalars(self.open(Part.name, Part.state.in_(("waiting", "working"))).order_by(Part.seq.desc())).first()
        asked = session.scalars(self.open(Consultation.id, Consultation.closed_at.is_(None))).first()
        calendar = self.office.calendar
        due, later = (end_of(next_working_day(today(self.clock.now()) + timedelta(days=days), calendar), calendar).isoformat() for days in (0, 9))
        return {
            "reason": "vì thế", "papers": ["giấy chứng sinh"], "ground": "Điều 9", "due_at": due,
            "office": "Công an xã", "question": "Ở đâu?", "answer_by": soon, "consultation": asked or "none", "answer": "Có", "result": "Giấy", "part": part or "none",
            "number": "12/2026", "collector": "Pá", "proof": "căn cước", "staff": self.people["Chiến"].id, "new_due_at": later,
        }  # fmt: skip

    def open(self, column, *conditions):
        return select(column).where(column.class_.dossier_id == self.id, *conditions)

    @invariant()
    def everything_fits(self):
        if not self.id:
            return
        with self.database.read() as session:
            dossier = session.get(Dossier, self.id)
            self.the_clock_sums(session, dossier)
            self.one_owner(session, dossier)
            self.what_is_open_fits_the_status(session, dossier)
            self.three_people_stand_behind_it(session)

    def the_clock_sums(self, session, dossier):
        """The history alone gives the same running time as a stopwatch beside it; a promised day never moves."""
        ran, since, state = timedelta(0), None, "off"
        for clock, at_ in session.execute(select(Event.clock, Event.at).where(Event.dossier_id == self.id).order_by(Event.seq)):
            after = next_clock(state, clock)
            assert after is not None
            if state == "runs" and after != "runs":
                ran += at_ - since
            if after == "runs" and state != "runs":
                since = at_
            state = after
        ran += self.clock.now() - since if state == "runs" else timedelta(0)
        assert (ran, state) == (self.counted, self.state)
        assert (state == "runs") == (dossier.status in RUNNING) and dossier.due_at == self.due

    def one_owner(self, session, dossier):
        assert bool(self.office.workflow.statuses[dossier.status].waits_for) == (dossier.status not in ENDS)
        assert dossier.assigned_to is None or session.get(Staff, dossier.assigned_to).unit == dossier.unit

    def what_is_open_fits_the_status(self, session, dossier):
        def count(table, *conditions):
            return session.scalar(select(func.count()).select_from(table).where(table.dossier_id == self.id, *conditions))

        assert bool(count(Consultation, Consultation.closed_at.is_(None))) == (dossier.status == "consulting")
        assert count(HandOver, HandOver.closed_at.is_(None)) == (dossier.status == "handed_over")
        if dossier.status in (*ENDS, "result_ready"):
            assert count(Part, Part.state.in_(("waiting", "working"))) == 0
        told = [rule.action for rule in self.office.workflow.rules if rule.notice]
        assert count(Notice) == count(Event, Event.action.in_(told))

    def three_people_stand_behind_it(self, session):
        by = dict(session.execute(select(Event.action, Event.actor).where(Event.dossier_id == self.id, Event.action.in_(("sign", "number", "issue"))).order_by(Event.seq)).all())
        if "issue" in by:
            assert len(set(by.values())) == 3

    def teardown(self):
        with self.database.read() as session:
            assert [id for id in self.ids if chain.broken(session, self.office.vault, session.get(Dossier, id))] == []


@pytest.fixture
def people(database, clock):
    """Everybody with a row, a stranger of another unit, and one who stands in for the leader."""
    with database.write() as session:
        found = {name: member(session, name, roles, clock.now()) for name, roles in ROSTER.items()}
        found["Dũng"] = member(session, "Dũng", ("tiepnhan", "chuyenmon", "lanhdao", "vanthu"), clock.now(), unit="H55.999")
        absences.give(session, found["Hoa"].id, found["Vân"].id, clock.now(), clock.now() + timedelta(days=180), "đi học", found["Hoa"], clock.now())
        found["Vân for Hoa"] = absences.acting(session, found["Vân"], clock.now())
    assert {person.unit for person in found.values()} == {UNIT, "H55.999"}
    return found


def test_whoever_does_whatever_the_dossier_stays_whole(database, vault, people):
    kind = "sqlite" if database.embedded else "postgres"
    few = settings(max_examples=SEQUENCES[kind], stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    run_state_machine_as_test(lambda: Life(database, office_of(vault), people), settings=few)
