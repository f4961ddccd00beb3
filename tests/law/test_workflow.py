"""The table of transitions: who may do what, what is refused, what a wrong table says, and every way through it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from backend.domain.workflow import STATUSES, Refusal, TableError, Transition, View, available, decide, load, mermaid, next_clock

FOLDER = Path(__file__).parents[2] / "backend/workflow"
TABLE = load(FOLDER)
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
UNIT = "H55.242"


@dataclass(frozen=True)
class Somebody:
    id: str
    unit: str
    roles: tuple[str, ...]


CITIZEN = Somebody("citizen", "", ("citizen",))
BINH = Somebody("binh", UNIT, ("tiepnhan", "chuyenmon"))
HOA = Somebody("hoa", UNIT, ("lanhdao",))
LAN = Somebody("lan", UNIT, ("vanthu",))
DUNG = Somebody("dung", "H55.999", ("tiepnhan", "chuyenmon", "lanhdao", "vanthu"))
GIVEN = {
    "reason": "thiếu chữ ký", "papers": ["giấy chứng sinh"], "ground": "Điều 9", "due_at": "2026-12-01T17:00:00+07:00", "office": "Công an xã",
    "number": "12/2026", "collector": "Pá", "proof": "căn cước", "staff": "binh",
}  # fmt: skip


def walk(*steps: tuple[Somebody, str]) -> View:
    """A new dossier after these acts; every one of them must be allowed."""
    view = View("draft", UNIT, 1)
    for actor, action in steps:
        done = decide(TABLE, view, action, actor, GIVEN, NOW)
        assert isinstance(done, Transition), (action, done)
        view = View(done.to, UNIT, view.version + 1, (*view.past, action))
    return view


SENT = [(CITIZEN, "send")]
RECEIVED = [*SENT, (BINH, "receive")]
PROCESSING = [*RECEIVED, (BINH, "process")]
DRAFTED = [*PROCESSING, (BINH, "draft")]
ISSUED = [*DRAFTED, (HOA, "sign"), (LAN, "number"), (LAN, "issue")]


def test_a_birth_goes_from_the_phone_to_the_counter_in_eight_clicks_of_three_people():
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
        ([*DRAFTED, (HOA, "send_back"), (BINH, "draft"), (HOA, "sign")], "signed"),
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
        (SENT, BINH, "sign", GIVEN, "wrong_status"),
        (SENT, CITIZEN, "send", GIVEN, "wrong_status"),
        (SENT, CITIZEN, "receive", GIVEN, "wrong_role"),
        (SENT, HOA, "receive", GIVEN, "wrong_role"),
        (DRAFTED, BINH, "sign", GIVEN, "wrong_role"),
        ([*DRAFTED, (HOA, "sign")], HOA, "number", GIVEN, "wrong_role"),
        (SENT, DUNG, "receive", GIVEN, "wrong_unit"),
        (DRAFTED, DUNG, "sign", GIVEN, "wrong_unit"),
        (SENT, BINH, "refuse_intake", {}, "needs"),
        (SENT, BINH, "refuse_intake", {"reason": ""}, "needs"),
        (SENT, BINH, "ask_supplement_intake", {"papers": []}, "needs"),
        (RECEIVED, BINH, "set_due", {"due_at": "2026-12-01"}, "needs"),
        ([*DRAFTED, (HOA, "sign")], LAN, "number", {}, "needs"),
        ([*ISSUED, (BINH, "finish")], BINH, "return", {"collector": "Pá"}, "needs"),
        ([*PROCESSING, (BINH, "ask_supplement"), (BINH, "supplied")], BINH, "ask_supplement", GIVEN, "too_often"),
        ([*RECEIVED, (BINH, "set_due")], BINH, "set_due", GIVEN, "too_often"),
        ([*PROCESSING, (HOA, "refuse")], BINH, "process", GIVEN, "wrong_status"),
    ],
)
def test_it_refuses(steps, actor, action, data, reason):
    done = decide(TABLE, walk(*steps), action, actor, data, NOW)
    assert isinstance(done, Refusal) and done.reason == reason


def test_a_refusal_says_what_the_clerk_needs_to_know():
    assert decide(TABLE, walk(*SENT), "sign", HOA, GIVEN, NOW).params == {"status": "chờ tiếp nhận", "action": "Ký"}
    assert decide(TABLE, walk(*SENT), "refuse_intake", BINH, {}, NOW).params == {"what": "reason", "action": "Từ chối tiếp nhận"}


def test_it_asks_for_papers_before_reception_as_often_as_needed():
    again = [(BINH, "ask_supplement_intake"), (BINH, "supplied_intake")]
    assert walk(*SENT, *again, *again, *again).status == "sent"


def test_the_buttons_are_what_would_be_accepted():
    for actor in (BINH, HOA, LAN, DUNG, CITIZEN):
        for steps in (SENT, RECEIVED, PROCESSING, DRAFTED, ISSUED):
            view = walk(*steps)
            shown = {line.action for line in available(TABLE, view, actor)}
            accepted = {line.action for line in TABLE.rules if isinstance(decide(TABLE, view, line.action, actor, GIVEN, NOW), Transition)}
            assert shown == accepted


def test_signing_numbering_and_issuing_are_three_events_of_two_roles():
    assert [(TABLE.rule(a).roles, TABLE.rule(a).sources, TABLE.rule(a).to) for a in ("sign", "number", "issue")] == [
        (["lanhdao"], ["drafted"], "signed"),
        (["vanthu"], ["signed"], "numbered"),
        (["vanthu"], ["numbered"], "issued"),
    ]


def test_the_clock_starts_with_reception_and_stops_when_the_result_is_at_the_desk():
    assert {line.action for line in TABLE.rules if line.clock == "start"} == {"receive"}
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


def without(action: str):
    return lambda text: "\n".join(line for line in text.splitlines() if f"action: {action}," not in line)


@pytest.mark.parametrize(
    "change, error",
    [
        (without("consult"), "dossier.yaml: status consulting is never reached"),
        (without("result_back"), "dossier.yaml: status handed_over never ends: a dossier would stay there"),
        (without("supplied"), "dossier.yaml: status supplement can be paused and nothing resumes it"),
        (lambda t: t + "\n- {action: sign, from: [drafted], to: signed, roles: [lanhdao], clock: none, label: Ký}", "dossier.yaml: action sign stands twice"),
        (lambda t: t.replace("to: signed", "to: sealed"), "dossier.yaml: sign: sealed is no status"),
        (lambda t: t.replace("  noted: {", "  remembered: {"), "dossier.yaml: status noted has no name in the table"),
        (lambda t: t.replace("roles: [vanthu, tiepnhan], clock: stop", "roles: [vanthu, tiepnhan], clock: none"), "dossier.yaml: status returned is an end and its clock"),
        (lambda t: t.replace("to: processing, roles: [tiepnhan, chuyenmon], clock: resume", "to: received, roles: [tiepnhan, chuyenmon], clock: none"), "dossier.yaml: status received can be paused"),
        (lambda t: t.replace("roles: [tiepnhan, chuyenmon], clock: none, label: Chuyển thụ lý", "roles: [tiepnhan], clock: start, label: Chuyển thụ lý"), "dossier.yaml: process from received: start of a clock that is runs"),
        (lambda t: t.replace("roles: [lanhdao], clock: none, label: Ký", "roles: [giamdoc], clock: none, label: Ký"), "dossier.yaml:40: rules.16.roles.0: "),
        (lambda t: t.replace("label: Ký}", "lable: Ký}"), "dossier.yaml:40: rules.16.label: Field required"),
        (lambda t: t.replace("rules:", "rules: ["), "dossier.yaml:24: not YAML"),
    ],
)  # fmt: skip
def test_a_wrong_table_says_what_is_wrong(tmp_path, change, error):
    with pytest.raises(TableError) as raised:
        load(table(tmp_path, change))
    assert any(line.startswith(error) for line in raised.value.lines), raised.value.lines


FOLLOWS = {
    "draft": {"sent", "noted"},
    "noted": {"received", "supplement_intake", "refused", "withdrawn"},
    "sent": {"received", "supplement_intake", "refused", "withdrawn"},
    "supplement_intake": {"sent", "received", "refused", "withdrawn"},
    "received": {"processing", "handed_over", "refused", "withdrawn", "stopped"},
    "processing": {"supplement", "consulting", "handed_over", "drafted", "refused", "withdrawn", "stopped"},
    "supplement": {"processing", "withdrawn", "stopped"},
    "consulting": {"processing", "refused", "withdrawn", "stopped"},
    "handed_over": {"issued"},
    "drafted": {"signed", "processing"},
    "signed": {"numbered"},
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

    @initialize(steps=st.sampled_from([[], SENT, RECEIVED, PROCESSING, DRAFTED, ISSUED]))
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
            assert done.reason in {"wrong_status", "wrong_role", "wrong_unit", "too_often", "needs"}
            return
        assert done.to == self.view.status or done.to in FOLLOWS[self.view.status]
        assert actor is not DUNG and self.view.status not in ENDS
        self.view = View(done.to, UNIT, self.view.version + 1, (*self.view.past, action))
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
        assert self.view.past.count("ask_supplement") <= 1


def test_no_sequence_of_acts_leaves_the_table():
    run_state_machine_as_test(Dossiers, settings=settings(max_examples=150, stateful_step_count=60, deadline=None))
