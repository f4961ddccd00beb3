"""A day that an officer promises: one rule for a due date, another office's answer and an apology's new date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.clock import local
from backend.domain.deadline import end_of, is_working_day
from backend.office import days
from backend.office.kit import Refused
from tests.office.kit import BINH, CHIEN, office_of
from tests.office.lives import act, at

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def office(vault):
    return office_of(vault)


def typed(office, day: date) -> str:
    return end_of(day, office.calendar).isoformat()


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        ("2026-11-23T08:59:00+07:00", "due_past", "2026-11-25"),
        ("2026-11-20T17:00:00+07:00", "due_past", "2026-11-25"),
        ("2026-11-24T17:00:00+07:00", "due_day_off", "2026-11-25"),
        ("2026-11-28T17:00:00+07:00", "due_day_off", "2026-11-30"),
        ("2027-02-08T17:00:00+07:00", "due_day_off", "2027-02-11"),
        ("hôm nào", "due_unreadable", None),
        ("2026-11-25T17:00:00", "due_unreadable", None),
    ],
)
def test_what_will_not_do_names_a_day_that_will(office, text, reason, instead):
    with pytest.raises(Refused) as refused:
        days.promised(office, text, NOW, "due")
    assert (refused.value.reason, refused.value.params.get("next")) == (reason, instead)


@given(ahead=st.integers(-40, 500))
def test_the_day_that_is_named_is_taken_and_lies_ahead(office, ahead):
    day = local(NOW).date() + timedelta(days=ahead)
    try:
        moment = days.promised(office, typed(office, day), NOW, "answer_by")
    except Refused as refused:
        day = date.fromisoformat(refused.params["next"])
        moment = days.promised(office, typed(office, day), NOW, "answer_by")
    assert moment > NOW and is_working_day(local(moment).date(), office.calendar)


SUNDAY = "2026-11-29T17:00:00+07:00"


@pytest.mark.parametrize(
    ("step", "action", "who", "data"),
    [
        ("receive", "set_due", BINH, {"due_at": SUNDAY, "ground": "thông báo"}),
        ("receive", "hand_over", BINH, {"office": "Công an xã", "answer_by": SUNDAY}),
        ("process", "consult", CHIEN, {"office": "Công an xã", "question": "Ở đâu?", "answer_by": SUNDAY}),
        ("process", "apologize", CHIEN, {"new_due_at": SUNDAY, "reason": "chờ xác minh"}),
    ],
)
def test_every_act_with_a_day_follows_it(database, office, clock, step, action, who, data):
    with database.write() as session:
        dossier = at(session, office, clock.now(), step)
        if action == "set_due":
            dossier.due_at = None
        with pytest.raises(Refused) as refused:
            act(session, office, dossier, action, clock.now(), who, **data)
        assert (refused.value.reason.endswith("_day_off"), refused.value.params["next"]) == (True, "2026-11-30")
