"""The table of transitions: who may do what, what is refused, what a wrong table says, and every way through it."""

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from backend.domain.workflow import (
    OPEN,
    STATUSES,
    Done,
    Hat,
    Refusal,
    TableError,
    Transition,
    View,
    available,
    decide,
    load,
    mermaid,
    next_clock,
)

FOLDER = Path(__file__).parents[2] / "backend/workflow"
TABLE = load(FOLDER)
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
UNIT = "H55.242"


@dataclass(frozen=True)
class Somebody:
    id: str
    unit: str
    roles: tuple[str, ...]
    fields: tuple[str, ...] = ()
    lent: tuple[Hat, ...] = ()

    @property
    def hats(self) -> tuple[Hat, ...]:
        return (Hat(self.roles, self.fields), *self.lent)


CITIZEN = Somebody("citizen", "", ("citizen",))
BINH = Somebody("binh", UNIT, ("tiepnhan", "chuyenmon"))
HOA = Somebody("hoa", UNIT, ("lanhdao",))
LAN = Somebody("lan", UNIT, ("vanthu",))
DUNG = Somebody("dung", "H55.999", ("tiepnhan", "chuyenmon", "lanhdao", "vanthu"))
GIVEN = {
    "reason": "thiếu chữ ký", "papers": ["giấy chứng sinh"], "ground": "Điều 9", "due_at": "2026-12-01T17:00:00+07:00", "office": "Công an xã",
    "number": "12/2026", "collector": "Pá", "proof": "căn cước", "staff": "binh", "question": "Có tranh chấp không?", "consultation": "c1",
    "answer": "Không", "answer_by": "2026-11-27T17:00:00+07:00", "result": "Giấy xác nhận", "part": "thuong_tru",
    "new_due_at": "2026-12-04T17:00:00+07:00",
}  # fmt: skip


def walk(*steps: tuple[Somebody, str]) -> View:
    """A new dossier after these acts; every one of them must be allowed."""
    view = View("draft", UNIT, 1, kind="correction" if "open_correction" in [action for _, action in steps] else "request")
    for actor, action in steps:
        done = decide(TABLE, view, action, actor, GIVEN, NOW)
        assert isinstance(done, Transition), (action, done)
        view = after(view, done, actor)
    return view


def after(view: View, done: Transition, actor: Somebody) -> View:
    """The dossier as it is after a decided act: what the table says is opened and closed is counted."""
    rule, open_ = TABLE.rule(done.action), dict(view.open)
    if rule.opens:
        open_[rule.opens] = open_.get(rule.opens, 0) + 1
    if rule.closes and open_.get(rule.closes):
        open_[rule.closes] -= 1
    if TABLE.statuses[done.to].end:
        open_ = {}
    return View(done.to, UNIT, view.version + 1, (*view.past, Done(done.action, actor.id, NOW)), open_, view.in_field, view.kind)


SENT = [(CITIZEN, "send")]
RECEIVED = [*SENT, (BINH, "receive")]
PROCESSING = [*RECEIVED, (BINH, "process")]
DRAFTED = [*PROCESSING, (BINH, "draft")]
SIGNED = [*DRAFTED, (HOA, "sign")]
NUMBERED = [*SIGNED, (LAN, "number")]
ISSUED = [*NUMBERED, (BINH, "issue")]
CONSULTING = [*PROCESSING, (BINH, "consult"), (BINH, "consult")]
HANDED = [*RECEIVED, (BINH, "hand_over")]


def test_a_birth_goes_from_the_phone_to_the_counter_in_nine_clicks_of_three_people():
    view = walk(*ISSUED, (BINH, "finish"), (BINH, "return"))
    assert (view.status, len(view.past)) == ("returned", 9)


@pytest.mark.parametrize(
    "steps, status",
    [
        ([(CITIZEN, "note"), (BINH, "receive")], "received"),
        ([*SENT, (BINH, "ask_supplement_intake"), (BINH, "supplied_intake"), (BINH, "receive")], "received"),
        ([*SENT, (BINH, "ask_supplement_intake"), (BINH, "receive")], "received"),
        ([*SENT, (BINH, "refuse_intake")], "refused"),
        ([*PROCESSING, (BINH, "ask_supplement"), (BINH, "supplied"), (BINH, "draft")], "drafted"),
        ([*PROCESSING, (BINH, "consult"), (BINH, "consulted")], "processing"),
        ([*RECEIVED, (BINH, "hand_over"), (BINH, "result_back"), (BINH, "finish")], "result_ready"),
        ([*HANDED, (BINH, "acknowledged"), (BINH, "taken_up"), (BINH, "sent_back_by_office")], "processing"),
        (CONSULTING, "consulting"),
        ([*CONSULTING, (BINH, "consulted")], "consulting"),
        ([*CONSULTING, (BINH, "consulted"), (HOA, "consult_dropped")], "processing"),
        ([*DRAFTED, (HOA, "send_back"), (BINH, "draft"), (HOA, "sign")], "signed"),
        ([*SIGNED, (LAN, "send_back_signed")], "processing"),
        ([*PROCESSING, (BINH, "hand_back")], "received"),
        ([*DRAFTED, (BINH, "withdraw")], "withdrawn"),
        ([(BINH, "open_correction"), (BINH, "process")], "processing"),
        ([*PROCESSING, (HOA, "refuse")], "refused"),
        ([*PROCESSING, (BINH, "withdraw")], "withdrawn"),
        ([*PROCESSING, (BINH, "ask_supplement"), (HOA, "stop")], "stopped"),
        ([*RECEIVED, (BINH, "set_due")], "received"),
        ([*SENT, (BINH, "assign")], "sent"),
    ],
)
def test_the_side_ways_lead_where_the_law_says(steps, status):
    assert walk(*steps).status == status


@pytest.mark.parametrize(
    "steps, actor, action, data, reason",
    [
        (SENT, BINH, "dance", GIVEN, "unknown_action"),
        ([], BINH, "open_correction", GIVEN, "wrong_status"),
        (ISSUED, BINH, "part_done", GIVEN, "nothing_open"),
        (SENT, BINH, "sign", GIVEN, "wrong_status"),
        (SENT, CITIZEN, "send", GIVEN, "wrong_status"),
        (SENT, CITIZEN, "receive", GIVEN, "wrong_role"),
        (SENT, HOA, "receive", GIVEN, "wrong_role"),
        (DRAFTED, BINH, "sign", GIVEN, "wrong_role"),
        (SIGNED, HOA, "number", GIVEN, "wrong_role"),
        (SIGNED, BINH, "send_back_signed", GIVEN, "wrong_role"),
        (NUMBERED, LAN, "issue", GIVEN, "same_person"),
        (NUMBERED, HOA, "issue", GIVEN, "wrong_role"),
        (CONSULTING, BINH, "draft", GIVEN, "wrong_status"),
        (PROCESSING, BINH, "consult", {"office": "Công an xã", "question": "?"}, "needs"),
        (PROCESSING, BINH, "ask_supplement", {"papers": ["đơn"], "reason": "thiếu"}, "needs"),
        (SENT, DUNG, "receive", GIVEN, "wrong_unit"),
        (DRAFTED, DUNG, "sign", GIVEN, "wrong_unit"),
        (SENT, BINH, "refuse_intake", {}, "needs"),
        (SENT, BINH, "refuse_intake", {"reason": ""}, "needs"),
        (SENT, BINH, "ask_supplement_intake", {"papers": []}, "needs"),
        (RECEIVED, BINH, "set_due", {"due_at": "2026-12-01"}, "needs"),
        (SIGNED, LAN, "number", {}, "needs"),
        ([*ISSUED, (BINH, "finish")], BINH, "return", {"collector": "Pá"}, "needs"),
        ([*PROCESSING, (BINH, "ask_supplement"), (BINH, "supplied")], BINH, "ask_supplement", GIVEN, "too_often"),
        ([*RECEIVED, (BINH, "set_due")], BINH, "set_due", GIVEN, "too_often"),
        ([*PROCESSING, (HOA, "refuse")], BINH, "process", GIVEN, "wrong_status"),
    ],
)
def test_it_refuses(steps, actor, action, data, reason):
    done = decide(TABLE, walk(*steps), action, actor, data, NOW)
    assert isinstance(done, Refusal) and done.reason == reason


TWO_HATS = Somebody("tuan", UNIT, ("chuyenmon", "lanhdao", "vanthu", "tiepnhan"))


@pytest.mark.parametrize(
    "steps, action, before",
    [
        ([*PROCESSING, (TWO_HATS, "draft")], "sign", "Trình ký"),
        ([*PROCESSING, (TWO_HATS, "draft"), (HOA, "send_back"), (BINH, "draft")], "sign", "Trình ký"),
        ([*DRAFTED, (TWO_HATS, "sign")], "number", "Ký"),
        ([*DRAFTED, (TWO_HATS, "sign"), (LAN, "number")], "issue", "Ký"),
        ([*SIGNED, (TWO_HATS, "number")], "issue", "Vào số"),
    ],
)
def test_who_did_the_step_before_is_not_the_one_who_checks_it(steps, action, before):
    done = decide(TABLE, walk(*steps), action, TWO_HATS, GIVEN, NOW)
    assert isinstance(done, Refusal) and done.reason == "same_person"
    assert done.params == {"by": "tuan", "at": NOW.isoformat(), "before": before, "action": TABLE.rule(action).label}


def test_a_substitute_acts_on_behalf_of_the_absent_and_never_on_their_own_draft():
    lent = (Hat(("lanhdao",), (), "hoa"),)
    tuan = Somebody("tuan", UNIT, ("chuyenmon",), lent=lent)
    done = decide(TABLE, walk(*DRAFTED), "sign", tuan, GIVEN, NOW)
    assert isinstance(done, Transition) and (done.role, done.of) == ("lanhdao", "hoa")
    own = decide(TABLE, walk(*PROCESSING), "draft", tuan, GIVEN, NOW)
    assert isinstance(own, Transition) and (own.role, own.of) == ("chuyenmon", None)
    assert decide(TABLE, walk(*PROCESSING, (tuan, "draft")), "sign", tuan, GIVEN, NOW).reason == "same_person"


@pytest.mark.parametrize(
    "fields, lent, accepted",
    [
        ((), (), True),
        (("Hộ tịch",), (), True),
        (("Đất đai",), (), False),
        (("Đất đai",), (Hat(("chuyenmon",), ("Hộ tịch",), "nai"),), True),
        (("Đất đai",), (Hat(("lanhdao",), (), "nai"),), False),
    ],
)
def test_a_role_holds_in_its_fields_only(fields, lent, accepted):
    view = replace(walk(*PROCESSING), in_field="Hộ tịch")
    done = decide(TABLE, view, "draft", Somebody("tuan", UNIT, ("chuyenmon",), fields, lent), GIVEN, NOW)
    assert isinstance(done, Transition) if accepted else (done.reason, done.params["field"]) == ("wrong_field", "Hộ tịch")


@pytest.mark.parametrize("count", [1, 2])
def test_a_bundle_is_not_finished_while_a_part_is_open(count):
    done = decide(TABLE, replace(walk(*ISSUED), open={"part": count}), "finish", BINH, GIVEN, NOW)
    assert (done.reason, done.params["count"]) == ("open_part", count)


def test_a_second_request_for_papers_names_who_asked_first():
    asked = walk(*PROCESSING, (BINH, "ask_supplement"), (BINH, "supplied"))
    params = decide(TABLE, asked, "ask_supplement", BINH, GIVEN, NOW).params
    assert (params["by"], params["most"]) == ("binh", 1)


def test_every_status_that_goes_on_has_one_who_holds_it():
    assert {name for name, status in TABLE.statuses.items() if bool(status.waits_for) == status.end} == set()
    for name, status in TABLE.statuses.items():
        roles = {role for line in TABLE.rules if name in line.sources for role in line.roles}
        assert {who for who in status.waits_for if who not in ("citizen", "office")} <= roles


def test_many_at_once_is_for_acts_that_need_nothing_written_for_each():
    assert {line.action for line in TABLE.rules if line.bulk} == {"process", "sign", "issue", "finish", "assign"}
    assert {need for line in TABLE.rules if line.bulk for need in line.needs} == {"staff"}


def test_a_refusal_says_what_the_clerk_needs_to_know():
    assert decide(TABLE, walk(*SENT), "sign", HOA, GIVEN, NOW).params == {"status": "chờ tiếp nhận", "action": "Ký"}
    assert decide(TABLE, walk(*SENT), "refuse_intake", BINH, {}, NOW).params == {"what": "reason", "action": "Từ chối tiếp nhận"}


def test_it_asks_for_papers_before_reception_as_often_as_needed():
    again = [(BINH, "ask_supplement_intake"), (BINH, "supplied_intake")]
    assert walk(*SENT, *again, *again, *again).status == "sent"


def test_the_buttons_are_what_would_be_accepted():
    for actor in (BINH, HOA, LAN, DUNG, CITIZEN):
        for steps in (SENT, RECEIVED, PROCESSING, CONSULTING, HANDED, DRAFTED, SIGNED, NUMBERED, ISSUED):
            view = replace(walk(*steps), open=dict.fromkeys(OPEN, 1))
            shown = {line.action for line in available(TABLE, view, actor)}
            accepted = {line.action for line in TABLE.rules if isinstance(decide(TABLE, view, line.action, actor, GIVEN, NOW), Transition)}
            assert shown == accepted


def test_signing_numbering_and_issuing_are_three_events_of_three_people():
    assert [(TABLE.rule(a).roles, TABLE.rule(a).sources, TABLE.rule(a).to, TABLE.rule(a).not_by) for a in ("sign", "number", "issue")] == [
        (["lanhdao"], ["drafted"], "signed", ["draft"]),
        (["vanthu"], ["signed"], "numbered", ["sign"]),
        (["vanthu", "tiepnhan"], ["numbered"], "issued", ["sign", "number"]),
    ]


def test_the_clock_starts_with_reception_and_stops_when_the_result_is_at_the_desk():
    assert {line.action for line in TABLE.rules if line.clock == "start"} == {"receive", "open_correction"}
    assert TABLE.rule("finish").clock == "stop" and TABLE.rule("return").clock == "none"
    assert (TABLE.rule("ask_supplement").clock, TABLE.rule("supplied").clock) == ("pause", "resume")


def test_the_diagram_has_every_step_and_every_end():
    drawn = mermaid(TABLE).splitlines()
    assert drawn[:2] == ["stateDiagram-v2", "  [*] --> draft"]
    assert "  drafted --> signed: Ký" in drawn and "  stopped --> [*]" in drawn
    assert {line.split()[0] for line in drawn[1:]} - {"[*]"} == set(STATUSES)


def table(tmp_path, change) -> Path:
    text = (FOLDER / "dossier.yaml").read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    (tmp_path / "dossier.yaml").write_text(changed, encoding="utf-8")
    return tmp_path


def line_of(action: str) -> int:
    """The line of an action in the file, as an error names it."""
    lines = (FOLDER / "dossier.yaml").read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if f"action: {action}," in line)


def without(*actions: str):
    def cut(text: str) -> str:
        return "\n".join(line for line in text.splitlines() if not any(f"action: {action}," in line for action in actions))

    return cut


@pytest.mark.parametrize(
    "change, error",
    [
        (without("consult"), "dossier.yaml: status consulting is never reached"),
        (without("number", "send_back_signed"), "dossier.yaml: status signed never ends: a dossier would stay there"),
        (without("supplied"), "dossier.yaml: status supplement can be paused and nothing resumes it"),
        (lambda t: t + "\n- {action: sign, from: [drafted], to: signed, roles: [lanhdao], clock: none, label: Ký}", "dossier.yaml: action sign stands twice"),
        (lambda t: t.replace("to: signed", "to: sealed"), "dossier.yaml: sign: sealed is no status"),
        (lambda t: t.replace("  noted: {", "  remembered: {"), "dossier.yaml: status noted has no name in the table"),
        (lambda t: t.replace("roles: [vanthu, tiepnhan], clock: stop", "roles: [vanthu, tiepnhan], clock: none"), "dossier.yaml: status returned is an end and its clock"),
        (lambda t: t.replace("to: processing, roles: [tiepnhan, chuyenmon], clock: resume", "to: received, roles: [tiepnhan, chuyenmon], clock: none"), "dossier.yaml: status received can be paused"),
        (lambda t: t.replace("roles: [tiepnhan, chuyenmon], clock: none, bulk: true, label: Chuyển thụ lý", "roles: [tiepnhan], clock: start, label: Chuyển thụ lý"), "dossier.yaml: process from received: start of a clock that is runs"),
        (lambda t: t.replace("not_by: [draft]", "not_by: [drift]"), "dossier.yaml: sign: not_by names drift, which is no action"),
        (lambda t: t.replace("roles: [lanhdao], clock: none, not_by: [draft]", "roles: [giamdoc], clock: none, not_by: [draft]"), f"dossier.yaml:{line_of('sign')}: rules."),
        (lambda t: t.replace("label: Ký}", "lable: Ký}"), f"dossier.yaml:{line_of('sign')}: rules."),
        (lambda t: t.replace("rules:", "rules: ["), f"dossier.yaml:{line_of('send')}: not YAML"),
    ],
)  # fmt: skip
def test_a_wrong_table_says_what_is_wrong(tmp_path, change, error):
    with pytest.raises(TableError) as raised:
        load(table(tmp_path, change))
    assert any(line.startswith(error) for line in raised.value.lines), raised.value.lines


FOLLOWS = {
    "draft": {"sent", "noted", "received"},
    "noted": {"received", "supplement_intake", "refused", "withdrawn"},
    "sent": {"received", "supplement_intake", "refused", "withdrawn"},
    "supplement_intake": {"sent", "received", "refused", "withdrawn"},
    "received": {"processing", "handed_over", "refused", "withdrawn", "stopped"},
    "processing": {"received", "supplement", "consulting", "handed_over", "drafted", "refused", "withdrawn", "stopped"},
    "supplement": {"processing", "withdrawn", "stopped"},
    "consulting": {"processing", "refused", "withdrawn", "stopped"},
    "handed_over": {"issued", "processing", "withdrawn"},
    "drafted": {"signed", "processing", "withdrawn", "stopped"},
    "signed": {"numbered", "processing"},
    "numbered": {"issued"},
    "issued": {"result_ready"},
    "result_ready": {"returned"},
}
"""Written by hand: which status may follow which."""
RUNNING = {"received", "processing", "consulting", "handed_over", "drafted", "signed", "numbered", "issued"}
ENDS = {"returned", "refused", "withdrawn", "stopped"}


class Dossiers(RuleBasedStateMachine):
    """Anybody tries anything at any time; hours pass in between."""

    def __init__(self):
        super().__init__()
        self.view, self.clock = View("draft", UNIT, 1), "off"
        self.counted = self.seen_running = 0

    @initialize(steps=st.sampled_from([[], SENT, RECEIVED, PROCESSING, CONSULTING, HANDED, DRAFTED, NUMBERED, ISSUED]))
    def somewhere(self, steps):
        for actor, action in steps:
            self.act(actor, action, True)

    @rule(hours=st.integers(0, 100))
    def time_passes(self, hours):
        self.counted += hours if self.clock == "runs" else 0
        self.seen_running += hours if self.view.status in RUNNING else 0

    @rule(actor=st.sampled_from([CITIZEN, BINH, HOA, LAN, DUNG]), action=st.sampled_from([line.action for line in TABLE.rules]), known=st.booleans())
    def somebody_tries(self, actor, action, known):
        self.act(actor, action, known)

    @rule(actor=st.sampled_from([BINH, HOA, LAN]), button=st.integers(0, 9), may_end=st.integers(0, 9).map(lambda n: n == 9))
    def somebody_presses_a_button(self, actor, button, may_end):
        buttons = [line for line in available(TABLE, self.view, actor) if may_end or line.to not in ENDS]
        if buttons:
            self.act(actor, buttons[button % len(buttons)].action, True)

    def act(self, actor, action, known):
        done = decide(TABLE, self.view, action, actor, GIVEN if known else {}, NOW)
        if isinstance(done, Refusal):
            assert done.reason in {"wrong_status", "wrong_role", "wrong_unit", "same_person", "too_often", "nothing_open", "open_part", "needs"}
            return
        assert done.to == self.view.status or done.to in FOLLOWS[self.view.status]
        assert actor is not DUNG and self.view.status not in ENDS
        self.view = after(self.view, done, actor)
        self.clock = next_clock(self.clock, done.clock)

    @invariant()
    def the_clock_fits_the_status(self):
        status = self.view.status
        assert (self.clock == "runs") == (status in RUNNING)
        assert (self.clock == "paused") == (status == "supplement")
        assert status not in ENDS or self.clock in ("stopped", "off")

    @invariant()
    def only_running_time_counts(self):
        assert self.counted == self.seen_running

    @invariant()
    def papers_are_asked_for_once(self):
        assert self.view.times("ask_supplement") <= 1

    @invariant()
    def three_people_stand_behind_an_issued_paper(self):
        if self.view.status == "issued" and not self.view.times("result_back"):
            three = [self.view.last(action).by for action in ("sign", "number", "issue")]
            assert len(set(three)) == 3 and three[0] not in {done.by for done in self.view.past if done.action == "draft"}

    @invariant()
    def it_waits_for_answers_exactly_while_it_is_consulting(self):
        assert (self.view.status == "consulting") == bool(self.view.open.get("consultation"))

    @invariant()
    def somebody_holds_it(self):
        assert bool(TABLE.statuses[self.view.status].waits_for) == (self.view.status not in ENDS)


SEQUENCES = int(os.environ.get("MOTCUA_SEQUENCES", "150"))
"""How many random lives are lived; MOTCUA_SEQUENCES=10000 is the long run."""


def test_no_sequence_of_acts_leaves_the_table():
    run_state_machine_as_test(Dossiers, settings=settings(max_examples=SEQUENCES, stateful_step_count=60, deadline=None))
