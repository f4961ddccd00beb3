"""What a chain alone cannot show: a history rewritten whole, a dossier gone with its events, a column written past the workflow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, text

from backend.office import anchors, audit, chain
from backend.store.tables import Anchor, Dossier, Event, Job, Notice, Part, Party
from tests.office.kit import BINH, UNIT, office_of
from tests.office.test_dossiers import act, sent

DUE = {"due_at": "2026-11-27T17:00:00+07:00", "ground": "biên bản"}


@pytest.fixture(scope="module")
def office(vault):
    return office_of(vault)


@pytest.fixture
def dossier(database, office, clock):
    """Received on Monday 23/11 and anchored; it is Wednesday."""
    with database.write() as session:
        _, _, row = sent(session, office, clock.now())
        act(session, office, row, "receive", BINH, clock.now(), **DUE)
        clock.shift(timedelta(days=2))
        anchors.make(session, office.vault, UNIT, clock.now())
    return row


def verify(database, office) -> list[str]:
    with database.read() as session:
        return audit.verify(session, office.vault)


def change(database, sql: str, **values) -> None:
    with database.write() as session:
        session.execute(text(sql), values)


def first_event(database) -> Event:
    with database.read() as session:
        return session.scalars(select(Event).order_by(Event.seq)).first()


def test_each_day_gets_one_anchor_also_an_empty_one_and_today_none(database, office, dossier, clock):
    with database.write() as session:
        assert [(row.day.isoformat(), row.count) for row in anchors.newest(session, UNIT)] == [("2026-11-24", 0), ("2026-11-23", 2)]
        assert anchors.make(session, office.vault, UNIT, clock.now()) == 0
    assert verify(database, office) == []


def test_a_machine_that_was_off_catches_up_a_month_at_a_time(database, office, dossier, clock):
    clock.shift(timedelta(days=40))
    with database.write() as session:
        assert [anchors.make(session, office.vault, UNIT, clock.now()) for _ in range(3)] == [31, 9, 0]
    assert verify(database, office) == []


def test_before_the_first_event_there_is_nothing_to_anchor(database, office, clock):
    with database.write() as session:
        assert anchors.make(session, office.vault, UNIT, clock.now()) == 0


def test_a_history_rewritten_with_all_its_hashes_is_named(database, office, dossier):
    """The one who holds the key rewrites the chain so that it fits; the anchor does not."""
    with database.write() as session:
        row = session.get(Dossier, dossier.id)
        events = list(session.scalars(select(Event).where(Event.dossier_id == row.id).order_by(Event.seq)))
        head = ""
        for event in events:
            event.actor, event.prev_hash = "somebody", head
            event.hash = head = chain._link(office.vault, event, office.vault.open(event.data_sealed, f"event.data:{event.id}"))
        row.chain_head = head
    lines = verify(database, office)
    assert lines == [f"event {event.id} of dossier {dossier.id} was rewritten after its day 2026-11-23 was anchored" for event in events]


def test_a_dossier_that_is_gone_with_its_events_is_named(database, office, dossier):
    event = first_event(database)
    with database.write() as session:
        for table in (Notice, Job, Part, Party, Event):
            session.execute(delete(table))
        session.execute(delete(Dossier))
    assert f"event {event.id} of dossier {dossier.id}, anchored on 2026-11-23, is missing" in verify(database, office)


def test_an_event_put_into_a_day_that_is_over_is_named(database, office, dossier, clock):
    clock.shift(timedelta(days=-2))
    with database.write() as session:
        act(session, office, session.get(Dossier, dossier.id), "assign", BINH, clock.now(), staff=_staff(session, clock))
    lines = verify(database, office)
    assert len(lines) == 1 and "was added to 2026-11-23 after that day was anchored" in lines[0]


def _staff(session, clock) -> str:
    from backend.store.tables import Staff

    session.add(Staff(id="s1", unit=UNIT, login="b", name="Bình", position="", roles=[], password_hash="", created_at=clock.now()))
    session.flush()
    return "s1"


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("UPDATE anchor SET count = 3 WHERE day = '2026-11-23'", "anchor 2026-11-23 of H55.242 was changed"),
        ("UPDATE anchor SET hash = 'f' WHERE day = '2026-11-23'", "anchor 2026-11-24 of H55.242: the anchor before it was changed or is missing"),
        ("DELETE FROM anchor WHERE day = '2026-11-23'", "anchor 2026-11-24 of H55.242: the anchor before it was changed or is missing"),
    ],
)
def test_an_anchor_that_was_touched_is_named(database, office, dossier, sql, line):
    change(database, sql)
    assert line in verify(database, office)


def test_a_missing_day_between_anchors_is_named(database, office, dossier, clock):
    clock.shift(timedelta(days=2))
    with database.write() as session:
        anchors.make(session, office.vault, UNIT, clock.now())
        session.execute(delete(Anchor).where(Anchor.day == date(2026, 11, 25)))
    assert "anchor 2026-11-25 of H55.242 is missing" in verify(database, office)


@pytest.mark.parametrize(
    ("sql", "wrong"),
    [
        ("UPDATE dossier SET status = 'returned'", "its status says returned, its last event received"),
        ("UPDATE dossier SET due_at = '2026-12-31 10:00:00+00'", "its due_at is not what was promised"),
    ],
)
def test_a_column_written_past_the_workflow_is_named(database, office, dossier, sql, wrong):
    change(database, sql.replace("+00", "") if database.embedded else sql)
    assert verify(database, office) == [f"dossier {dossier.code}: {wrong}"]


def test_an_apology_stands_in_the_history_and_verifies(database, office, dossier, clock):
    with database.write() as session:
        act(session, office, session.get(Dossier, dossier.id), "apologize", BINH, clock.now(), new_due_at="2026-12-01T17:00:00+07:00", reason="chờ xác minh")
    assert verify(database, office) == []
    change(database, "UPDATE dossier SET promised_at = NULL")
    assert verify(database, office) == [f"dossier {dossier.code}: its promised_at is not what was promised"]
