"""Who may do what today: fields, substitutes, given work, and what each person finds in their list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.office import absences, audit, bulk, chain, corrections, dossiers, records, views, worklist
from backend.office.kit import Refused
from backend.store.tables import Dossier
from tests.office.kit import BINH, CHIEN, DUNG, HOA, VAN, draft, office_of
from tests.office.lives import act, at
from tests.office.staffed import four, member

WEEK = timedelta(days=7)


@pytest.fixture
def office(vault):
    return office_of(vault)


class TestAbsence:
    """A colleague stands in; the history says for whom; who drafted does not sign, for nobody."""

    def test_a_substitute_signs_on_behalf_of_the_absent_leader(self, database, office, clock):
        with database.write() as session:
            four(session, clock.now())
            dossier = at(session, office, clock.now(), "draft")
            with pytest.raises(Refused, match="wrong_role"):
                act(session, office, dossier, "sign", clock.now(), VAN)
            absences.give(session, HOA.id, VAN.id, clock.now(), clock.now() + WEEK, "Quyết định 5/QĐ", HOA, clock.now())
            event = act(session, office, dossier, "sign", clock.now(), absences.acting(session, VAN, clock.now()))
            assert (event.actor, event.role, event.on_behalf) == (VAN.id, "lanhdao", HOA.id)
            assert chain.broken(session, office.vault, dossier) is None
            event.on_behalf = None
            session.flush()
            assert audit.verify(session, office.vault) == [f"dossier {dossier.code}: event {event.id} was changed"]

    def test_what_a_substitute_writes_into_a_form_says_for_whom_too(self, database, office, clock):
        with database.write() as session:
            four(session, clock.now())
            dossier = at(session, office, clock.now(), "receive")
            absences.give(session, BINH.id, VAN.id, clock.now(), clock.now() + WEEK, "ốm", HOA, clock.now())
            standing_in = absences.acting(session, VAN, clock.now())
            event = corrections.correct(session, office, dossier.id, "child_name", "Bàn Thị Mai", "Bàn Thị Mai", standing_in, dossier.version, clock.now())
            assert (event.actor, event.role, event.on_behalf) == (VAN.id, "tiepnhan", BINH.id)

    def test_who_drafted_does_not_sign_as_a_substitute_either(self, database, office, clock):
        with database.write() as session:
            four(session, clock.now())
            dossier = at(session, office, clock.now(), "draft")
            absences.give(session, HOA.id, CHIEN.id, clock.now(), clock.now() + WEEK, "đi học", HOA, clock.now())
            with pytest.raises(Refused) as refused:
                act(session, office, dossier, "sign", clock.now(), absences.acting(session, CHIEN, clock.now()))
            assert (refused.value.reason, refused.value.params["by"]) == ("same_person", CHIEN.id)

    def test_it_begins_and_ends_by_the_clock_or_early(self, database, office, clock):
        with database.write() as session:
            four(session, clock.now())
            row = absences.give(session, HOA.id, VAN.id, clock.now() + WEEK, clock.now() + 2 * WEEK, "nghỉ phép", HOA, clock.now())
            lent = [bool(absences.acting(session, VAN, clock.now() + days).lent) for days in (0 * WEEK, WEEK, 2 * WEEK)]
            assert lent == [False, True, False]
            absences.end(session, row.id, HOA, clock.now() + WEEK)
            assert absences.acting(session, VAN, clock.now() + WEEK).lent == ()
            with pytest.raises(Refused, match="absence_unknown"):
                absences.end(session, row.id, HOA, clock.now() + WEEK)

    @pytest.mark.parametrize(
        ("who", "substitute", "begins", "ends", "ground", "reason"),
        [
            (HOA, HOA, 0, 7, "đi học", "substitute_same"),
            (HOA, DUNG, 0, 7, "đi học", "staff_unknown"),
            (HOA, BINH, 7, 0, "đi học", "absence_order"),
            (HOA, BINH, -9, -1, "đi học", "absence_order"),
            (HOA, BINH, 0, 300, "đi học", "absence_long"),
            (HOA, BINH, 0, 7, "  ", "absence_ground"),
            (CHIEN, BINH, 3, 9, "đi học", "absence_overlaps"),
            (HOA, CHIEN, 0, 7, "đi học", "substitute_absent"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, database, office, clock, who, substitute, begins, ends, ground, reason):
        days, now = timedelta(days=1), clock.now()
        with database.write() as session:
            four(session, now)
            member(session, "Dũng", DUNG.roles, now, id=DUNG.id, unit=DUNG.unit)
            absences.give(session, CHIEN.id, VAN.id, now, now + 5 * days, "ốm", HOA, now)
            with pytest.raises(Refused) as refused:
                absences.give(session, who.id, substitute.id, now + begins * days, now + ends * days, ground, HOA, now)
            assert refused.value.reason == reason


class TestWorkList:
    """What waits for me: my roles, my fields, not given to a colleague, and nothing that only another may check."""

    def waiting(self, session, office, actor):
        return set(session.scalars(worklist.query(session, office, actor).with_only_columns(Dossier.id)))

    def test_each_person_finds_their_own_step(self, database, office, clock):
        with database.write() as session:
            four(session, clock.now())
            steps = ["", "receive", "process", "draft", "sign", "number", "issue"]
            ids = [at(session, office, clock.now(), step, ref=f"m{n}-1", phone=f"+8498111002{n}").id for n, step in enumerate(steps)]
            found = {actor.name: {ids.index(id) for id in self.waiting(session, office, actor)} for actor in (BINH, CHIEN, HOA, VAN)}
            assert found == {BINH.name: {0, 1, 5, 6}, CHIEN.name: {1, 2}, HOA.name: {3}, VAN.name: {4, 6}}
            assert views.counts(session, office, BINH)["todo"] == 4
            rows, more = views.queue(session, office, "todo", clock.now(), actor=HOA, named=True)
            assert ([row.dossier.id for row in rows], more) == ([ids[3]], False)

    def test_given_work_is_in_one_list_and_in_the_substitutes(self, database, office, clock):
        with database.write() as session:
            four(session, clock.now())
            other = member(session, "Lý Văn Sáu", ("chuyenmon",), clock.now())
            dossier = at(session, office, clock.now(), "process")
            act(session, office, dossier, "assign", clock.now(), HOA, staff=other.id)
            session.flush()
            assert [bool(self.waiting(session, office, who)) for who in (CHIEN, other)] == [False, True]
            absences.give(session, other.id, CHIEN.id, clock.now(), clock.now() + WEEK, "ốm", HOA, clock.now())
            assert self.waiting(session, office, absences.acting(session, CHIEN, clock.now())) == {dossier.id}

    @pytest.mark.parametrize(("fields", "finds"), [((), True), (("Hộ tịch",), True), (("Đất đai",), False)])
    def test_a_field_limits_list_and_act_alike(self, database, office, clock, fields, finds):
        with database.write() as session:
            six = member(session, "Lý Văn Sáu", ("chuyenmon",), clock.now(), fields=fields)
            dossier = at(session, office, clock.now(), "process")
            session.flush()
            assert bool(self.waiting(session, office, six)) == finds
            if finds:
                assert act(session, office, dossier, "draft", clock.now(), six).to_status == "drafted"
            else:
                with pytest.raises(Refused, match="wrong_field"):
                    act(session, office, dossier, "draft", clock.now(), six)


class TestBulk:
    """Many at once: every row has its own answer, and a refused row stops no other."""

    def test_a_result_per_row(self, database, office, clock):
        now = clock.now()
        with database.write() as session:
            rows = [at(session, office, now, step, ref=f"m{n}-1", phone=f"+8498111003{n}") for n, step in enumerate(("draft", "draft", "process"))]
            seen = [(row.id, row.version) for row in rows]
            seen[1] = (rows[1].id, rows[1].version - 1)
        outcomes = bulk.act(database, office, "sign", [*seen, ("nothing", 1)], HOA, {}, now)
        assert [(o.code, o.refused and o.refused.reason) for o in outcomes] == [
            (rows[0].code, None), (rows[1].code, "stale"), (rows[2].code, "wrong_status"), (None, "unknown"),
        ]  # fmt: skip
        with database.read() as session:
            assert [session.get(Dossier, row.id).status for row in rows] == ["signed", "drafted", "processing"]
            assert audit.verify(session, office.vault) == []

    @pytest.mark.parametrize(
        ("action", "rows", "reason"), [("sign", [], "bulk_none"), ("sign", [("x", 1)] * 101, "bulk_many"), ("number", [("x", 1)], "bulk_not"), ("fly", [("x", 1)], "unknown_action")]
    )
    def test_what_is_not_for_many_is_refused_as_a_whole(self, database, office, clock, action, rows, reason):
        with pytest.raises(Refused, match=reason):
            bulk.act(database, office, action, rows, HOA, {}, clock.now())


class TestCorrectionOfARecord:
    """A wrong paper was given out: a new dossier that points to the old one, which stays as it is to the last byte."""

    def columns(self, session, dossier):
        return {column.name: getattr(dossier, column.name) for column in Dossier.__table__.columns}

    def test_the_old_record_is_untouched_and_the_new_one_goes_its_own_way(self, database, office, clock):
        with database.write() as session:
            old = at(session, office, clock.now(), "return")
            session.flush()
            before, events = self.columns(session, old), len(chain.events(session, office.vault, old.id))
            clock.shift(WEEK)
            new = records.open_correction(session, office, old.id, "sai tên đệm", BINH, clock.now())
            assert (new.kind, new.corrects_id, new.status, new.received_at, new.due_at) == ("correction", old.id, "received", clock.now(), None)
            assert new.code != old.code and dossiers.values_of(office.vault.open_json(new.form_sealed, f"dossier.form:{new.id}"))["child_name"] == "BÀN THỊ MAI"
            for action in ("process", "draft", "sign", "number", "issue", "finish", "return"):
                act(session, office, new, action, clock.now())
            session.flush()
            session.expire_all()
            assert self.columns(session, old) == before and len(chain.events(session, office.vault, old.id)) == events
            assert [d.id for d in records.corrections_of(session, old)] == [new.id]
            assert audit.verify(session, office.vault) == []

    def test_only_one_correction_at_a_time_and_only_of_what_was_given_out(self, database, office, clock):
        with database.write() as session:
            with pytest.raises(Refused, match="not_finished"):
                records.open_correction(session, office, at(session, office, clock.now(), "issue").id, "sai", BINH, clock.now())
            old = at(session, office, clock.now(), "return", ref="m2-1", phone="+84981110012")
            first = records.open_correction(session, office, old.id, "sai", BINH, clock.now())
            with pytest.raises(Refused) as refused:
                records.open_correction(session, office, old.id, "sai nữa", BINH, clock.now())
            assert (refused.value.reason, refused.value.params["code"]) == ("correction_open", first.code)
            with pytest.raises(Refused, match="unknown"):
                records.open_correction(session, office, old.id, "sai", DUNG, clock.now())

    def test_a_citizens_draft_is_no_correction(self, database, office, clock):
        with database.write() as session:
            _, _, dossier = draft(session, office, clock.now())
            with pytest.raises(Refused, match="wrong_status"):
                act(session, office, dossier, "open_correction", clock.now(), BINH, reason="sai")


def test_a_step_back_says_why(database, office, clock):
    with database.write() as session:
        dossier = at(session, office, clock.now(), "sign")
        event = act(session, office, dossier, "send_back_signed", clock.now(), VAN, reason="sai thể thức")
        assert (dossier.status, chain.events(session, office.vault, dossier.id)[-1][1]["reason"]) == ("processing", "sai thể thức")
        back = act(session, office, dossier, "hand_back", clock.now(), CHIEN, reason="nhầm lĩnh vực")
        assert (back.to_status, event.clock, back.clock) == ("received", "none", "none")
