"""A dossier's life by the office's verbs: sent, acted on, refused in words, and a history that shows a touched row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from backend.office import audit, consents, dossiers, drafts, people, tracking
from backend.office.kit import Refused
from backend.store.tables import Event, Job, Notice
from tests.office.kit import BINH, CHIEN, DUNG, HOA, VAN, draft, office_of


@pytest.fixture
def office(vault):
    return office_of(vault)


def sent(session, office, now, **more):
    contact, conversation, dossier = draft(session, office, now, **more)
    dossiers.send(session, office, dossier, now)
    return contact, conversation, dossier


def act(session, office, dossier, action, actor, now, **data):
    return dossiers.act(session, office, dossier.id, action, actor, dossier.version, data, now)


def test_sending_gives_a_code_of_the_unit_and_day_and_a_promise_of_eight_working_hours(database, office, clock):
    with database.write() as session:
        _, _, one = sent(session, office, clock.now())
        _, _, two = sent(session, office, clock.now(), ref="m2-1", phone="+84981110012", child_name="NÔNG VĂN BÌNH")
        assert (one.code, two.code) == ("H55.242-261123-0001", "H55.242-261123-0002")
        assert one.status == "sent" and one.due_at is None
        assert one.review_by.isoformat().startswith("2026-11-25T09:00")


def test_a_dossier_is_sent_once(database, office, clock):
    with database.write() as session:
        _, _, dossier = sent(session, office, clock.now())
        with pytest.raises(Refused) as refused:
            dossiers.send(session, office, dossier, clock.now())
        assert refused.value.reason == "sent_already"


def test_a_form_with_a_hole_is_not_sent(database, office, clock):
    with database.write() as session:
        _, _, dossier = draft(session, office, clock.now())
        hole = drafts.form_of(office, dossier)
        del hole["answers"]["child_dob"]
        drafts.write_form(office, dossier, hole)
        with pytest.raises(Refused) as refused:
            dossiers.send(session, office, dossier, clock.now())
        assert (refused.value.reason, refused.value.params) == ("missing", {"question": "child_dob"})


def test_a_neighbours_form_waits_for_consent(database, office, clock):
    with database.write() as session:
        _, conversation, dossier = draft(session, office, clock.now())
        helped = {**drafts.form_of(office, dossier), "helped": {"name": "PÁ", "consent": "asked", "phone": None}}
        drafts.write_form(office, dossier, helped)
        with pytest.raises(Refused, match="consent"):
            dossiers.send(session, office, dossier, clock.now())
        consents.attest(session, office, dossier, conversation, "Bàn Thị Pá", clock.now())
        dossiers.send(session, office, dossier, clock.now())
        assert "consent_attested" in dossier.flags


def test_the_whole_way_to_the_result_with_a_clock_and_one_notice_a_step(database, office, clock):
    with database.write() as session:
        _, _, dossier = sent(session, office, clock.now())
        act(session, office, dossier, "receive", BINH, clock.now())
        assert dossier.due_at.astimezone().isoformat() and dossier.received_at == clock.now()
        due = dossier.due_at
        act(session, office, dossier, "process", CHIEN, clock.now())
        act(session, office, dossier, "draft", CHIEN, clock.now())
        act(session, office, dossier, "sign", HOA, clock.now())
        act(session, office, dossier, "number", VAN, clock.now(), number="12/2026")
        act(session, office, dossier, "issue", BINH, clock.now())
        clock.shift(timedelta(hours=3))
        act(session, office, dossier, "finish", VAN, clock.now())
        act(session, office, dossier, "return", BINH, clock.now(), collector="mẹ cháu", proof="căn cước")
        assert (dossier.status, dossier.due_at, dossier.result_at) == ("returned", due, clock.now())
        kinds = list(session.scalars(select(Notice.kind).order_by(Notice.created_at, Notice.id)))
        assert kinds == ["received", "result_ready", "returned"]
        assert len([job for job in session.scalars(select(Job)) if job.kind == "notice"]) == 3


@pytest.mark.parametrize(
    ("action", "actor", "reason"),
    [
        ("sign", HOA, "wrong_status"),
        ("receive", CHIEN, "wrong_role"),
        ("receive", DUNG, "unknown"),
        ("ask_supplement_intake", BINH, "needs"),
        ("dance", BINH, "unknown_action"),
    ],
)
def test_what_may_not_be_done_is_refused_with_its_reason(database, office, clock, action, actor, reason):
    with database.write() as session:
        _, _, dossier = sent(session, office, clock.now())
        with pytest.raises(Refused) as refused:
            act(session, office, dossier, action, actor, clock.now())
        assert refused.value.reason == reason
        assert dossier.status == "sent"


def test_two_clerks_at_once_the_second_hears_who_was_faster(database, office, clock):
    with database.write() as session:
        _, _, dossier = sent(session, office, clock.now())
        seen = dossier.version
        act(session, office, dossier, "receive", BINH, clock.now())
        with pytest.raises(Refused) as refused:
            dossiers.act(session, office, dossier.id, "receive", BINH, seen, {}, clock.now())
        assert refused.value.reason == "stale" and refused.value.params["by"] == BINH.id


def test_a_due_date_of_a_clerk_needs_a_ground_and_a_working_day(database, office, clock):
    with database.write() as session:
        _, _, dossier = sent(session, office, clock.now())
        for data, reason in (
            ({"due_at": "2026-11-24T17:00:00+07:00", "ground": "biên bản"}, "due_day_off"),
            ({"due_at": "2026-11-20T17:00:00+07:00", "ground": "biên bản"}, "due_past"),
            ({"due_at": "2026-11-27T17:00:00+07:00"}, "due_ground"),
        ):
            with pytest.raises(Refused) as refused:
                act(session, office, dossier, "receive", BINH, clock.now(), **data)
            assert refused.value.reason == reason


def test_two_forms_for_the_same_child_are_flagged_and_not_merged(database, office, clock):
    with database.write() as session:
        _, _, one = sent(session, office, clock.now())
        _, _, two = sent(session, office, clock.now(), ref="m2-1", phone="+84981110012")
        assert "duplicate" in two.flags and "duplicate" not in one.flags
        assert [d.id for d in dossiers.doubles(session, two)] == [one.id]


def test_a_touched_row_is_named(database, office, clock):
    with database.write() as session:
        _, _, dossier = sent(session, office, clock.now())
        act(session, office, dossier, "receive", BINH, clock.now())
    with database.read() as session:
        assert audit.verify(session, office.vault) == []
        event = session.scalars(select(Event).order_by(Event.seq)).first()
    with database.write() as session:
        session.execute(text("UPDATE event SET actor = 'somebody' WHERE id = :id"), {"id": event.id})
    with database.read() as session:
        assert audit.verify(session, office.vault) == [f"dossier {dossier.code}: event {event.id} was changed"]
    with database.write() as session:
        session.execute(text("UPDATE event SET actor = :a WHERE id = :id"), {"a": event.actor, "id": event.id})
        session.execute(text("UPDATE notice SET event_id = NULL"))
        session.execute(text("DELETE FROM event WHERE seq = 2"))
    with database.read() as session:
        assert audit.verify(session, office.vault) == [f"dossier {dossier.code}: rows are missing at the end"]


def test_personal_data_is_not_readable_in_the_database(database, office, clock):
    with database.write() as session:
        sent(session, office, clock.now())
    with database.engine.connect() as connection:
        tables = [row[0] for row in connection.execute(text(_TABLES[database.embedded]))]
        dump = "".join(repr(list(connection.execute(text(f'SELECT * FROM "{name}"')))) for name in tables)
    assert "006199003321" not in dump and "981110011" not in dump and "MAI" not in dump


_TABLES = {
    True: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
    False: "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


def test_a_person_is_found_by_folded_words_of_the_name(database, office, clock):
    with database.write() as session:
        sent(session, office, clock.now())
        assert len(people.find_by_words(session, office.vault, "ban mai", office.unit)) == 1
        assert people.find_by_words(session, office.vault, "ban mui", office.unit) == set()


class TestTracking:
    """Where it stands: told to the phone that sent it; a stranger needs four digits and has five tries a day."""

    def test_the_own_phone_hears_the_stage(self, database, office, clock):
        with database.write() as session:
            contact, _, dossier = sent(session, office, clock.now())
            [stage] = tracking.own(session, office, contact, clock.now())
            assert (stage.code, stage.status) == (dossier.code, "sent")

    @pytest.mark.parametrize("four", ["0011", "3321"])
    def test_a_stranger_with_four_digits_of_phone_or_identity_number(self, database, office, clock, four):
        with database.write() as session:
            sent(session, office, clock.now())
            assert tracking.by_code(session, office, "ip", "h55242 261123 0001", four, clock.now()).status == "sent"

    def test_wrong_and_unknown_sound_the_same_and_the_sixth_try_is_locked(self, database, office, clock):
        with database.write() as session:
            sent(session, office, clock.now())
            for code in ("H55.242-261123-0001", "H55.242-261123-0999"):
                heard = []
                for _ in range(6):
                    with pytest.raises(Refused) as refused:
                        tracking.by_code(session, office, "ip", code, "9999", clock.now())
                    heard.append(refused.value.reason)
                assert heard == ["unknown"] * 5 + ["locked"]
            with pytest.raises(Refused, match="locked"):
                tracking.by_code(session, office, "ip", "H55.242-261123-0001", "0011", clock.now())
