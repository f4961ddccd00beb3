"""The parts of a bundle: which of them exist, when each is due, what the citizen is promised, and whose the lateness is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from backend.clock import local
from backend.domain.catalogue import Catalogue
from backend.domain.facts import child_under_six
from backend.domain.procedure import TimeCase
from backend.office import bundle, chain, clocks, contacts, dossiers, drafts, tracking
from backend.store.tables import Contact, Conversation, Part
from tests.office.kit import form, office_of
from tests.office.lives import ROAD, act, bundle_at

DEAD = {
    "relation": "child", "benefit": "unclear", "death_place": "home", "death_date": "2026-11-20", "deceased": "TRIỆU VĂN PÁ",
    "deceased_place": "02155", "requester": "006199003321",
}  # fmt: skip
TO_ISSUED = ROAD[: ROAD.index("issue") + 1]


@pytest.fixture
def office(vault):
    return office_of(vault)


def death(session, office, now, last: str = "receive", ref: str = "d-1", **changes):
    """A death bundle that has gone down the road as far as `last`."""
    _, conversation = contacts.conversation_with(session, office, "sms", "+84981110033", now)
    answers = {name: {"value": value, "shown": value, "via": "text", "doubt": None} for name, value in {**DEAD, **changes}.items()}
    dossier = drafts.save(session, office, conversation, "sms", form(ref) | {"procedure": "lien_thong_khai_tu", "answers": answers}, now)
    dossiers.send(session, office, dossier, now)
    for action in ROAD[: ROAD.index(last) + 1] if last else ():
        act(session, office, dossier, action, now)
    return dossier


def parts(session, office, dossier, clock) -> dict[str, Part]:
    return {shown.row.name: shown.row for shown in bundle.of_dossier(session, office, dossier, clock.now())}


def changed(office, id_: str, **by_part):
    """The same office whose file of a bundle says something else of some parts: None takes a part out."""
    old = office.catalogue.get(id_)
    new = [p.model_copy(update=by_part.get(p.id) or {}) for p in old.bundle if by_part.get(p.id, {}) is not None]
    rest = [p for p in office.catalogue.versions() if p is not old]
    return replace(office, catalogue=Catalogue([*rest, old.model_copy(update={"bundle": new})]))


class TestWhichParts:
    """A part exists where the answers say so, and nobody waits for one that does not."""

    @pytest.mark.parametrize(
        ("benefit", "names"),
        [
            ("unclear", ["khai_tu", "xoa_thuong_tru"]),
            ("social", ["khai_tu", "xoa_thuong_tru", "mai_tang_bt"]),
            ("pension", ["khai_tu", "xoa_thuong_tru", "mai_tang"]),
            ("merit", ["khai_tu", "xoa_thuong_tru", "mai_tang_cc"]),
        ],
    )
    def test_funeral_money_is_a_part_only_where_the_dead_had_a_right_to_it(self, database, office, clock, benefit, names):
        with database.write() as session:
            assert list(parts(session, office, death(session, office, clock.now(), benefit=benefit), clock)) == names

    @pytest.mark.parametrize(("born", "card"), [("2026-11-12", True), ("2020-11-24", True), ("2020-11-23", False), ("2018-01-05", False)])
    def test_the_health_card_is_for_a_child_under_six(self, database, office, clock, born, card):
        with database.write() as session:
            dossier = bundle_at(session, office, clock.now(), "")
            drafts.write_form(office, dossier, with_value(drafts.form_of(office, dossier), "child_dob", born))
            act(session, office, dossier, "receive", clock.now())
            assert ("bhyt" in parts(session, office, dossier, clock)) is card

    @pytest.mark.parametrize(("born", "said"), [("2020-02-29", "yes"), ("2020-02-28", "no"), ("2020-03-01", "yes"), ("", None)])
    def test_a_sixth_birthday_is_a_day_of_the_calendar(self, born, said):
        assert child_under_six({"child_dob": born} if born else {}, date(2026, 2, 28)) == said

    def test_what_hangs_on_a_part_that_does_not_exist_does_not_wait_for_it(self, database, office, clock):
        office = changed(office, "lien_thong_khai_tu", xoa_thuong_tru={"when": {"benefit": ["merit"]}}, mai_tang={"after": ["xoa_thuong_tru"]})
        with database.write() as session:
            dossier = death(session, office, clock.now(), benefit="pension")
            assert {name: row.state for name, row in parts(session, office, dossier, clock).items()} == {"khai_tu": "working", "mai_tang": "working"}


def with_value(made: dict, name: str, value: str) -> dict:
    return made | {"answers": {**made["answers"], name: {**made["answers"][name], "value": value}}}


class TestWhenTheyAreDue:
    """Each by the time of its own procedure, from the day on which it began; the citizen is promised the latest."""

    def test_each_part_is_due_by_its_own_procedure(self, database, office, clock):
        with database.write() as session:
            dossier = death(session, office, clock.now())
            found = parts(session, office, dossier, clock)
            assert (f"{local(found['khai_tu'].due_at):%d/%m %H:%M}", found["xoa_thuong_tru"].due_at) == ("23/11 17:00", None)
            clock.shift(timedelta(days=2))  # the 24th is a day off, so the 25th: the police's five days begin there
            for action in TO_ISSUED[1:]:
                act(session, office, dossier, action, clock.now())
            assert f"{local(parts(session, office, dossier, clock)['xoa_thuong_tru'].due_at):%d/%m %H:%M}" == "02/12 17:00"

    def test_the_citizen_sees_one_status_and_the_latest_due_date(self, database, office, clock):
        with database.write() as session:
            dossier = death(session, office, clock.now())
            contact = session.get(Contact, session.get(Conversation, dossier.conversation_id).contact_id)
            [stage] = tracking.own(session, office, contact, clock.now())
            assert (stage.status, local(stage.due_at)) == ("received", datetime.fromisoformat("2026-12-01T17:00:00+07:00"))
            event, data = chain.events(session, office.vault, dossier.id)[-1]
            assert (event.action, datetime.fromisoformat(data["due_at"])) == ("receive", dossier.due_at)
            assert chain.broken(session, office.vault, dossier) is None

    @pytest.mark.parametrize("benefit", ["social", "pension"])
    def test_where_the_time_of_a_part_is_not_known_nobody_promises_a_day(self, database, office, clock, benefit):
        with database.write() as session:
            assert death(session, office, clock.now(), benefit=benefit).due_at is None

    def test_a_day_that_the_clerk_wrote_at_reception_stays(self, database, office, clock):
        with database.write() as session:
            dossier = death(session, office, clock.now(), "")
            act(session, office, dossier, "receive", clock.now(), due_at="2026-12-15T17:00:00+07:00", ground="Nghị định 63/2024/NĐ-CP")
            assert (local(dossier.due_at).day, dossier.due_ground) == (15, "Nghị định 63/2024/NĐ-CP")

    def test_a_time_of_the_part_itself_goes_before_that_of_its_procedure(self, database, office, clock):
        office = changed(office, "lien_thong_khai_tu", xoa_thuong_tru={"time": TimeCase(value=2, unit="working_day")})
        with database.write() as session:
            assert f"{local(death(session, office, clock.now()).due_at):%d/%m}" == "26/11"


def test_a_part_does_not_become_late_while_the_citizen_is_waited_for(database, office, clock):
    with database.write() as session:
        dossier = death(session, office, clock.now(), "process")
        act(session, office, dossier, "ask_supplement", clock.now(), papers=["giấy báo tử"], reason="thiếu", ground="Nghị định 118/2025/NĐ-CP")
        clock.at = datetime.fromisoformat("2026-12-07T08:00:00+07:00")
        [own] = [shown for shown in bundle.of_dossier(session, office, dossier, clock.now()) if shown.row.name == "khai_tu"]
        assert not own.late
        act(session, office, dossier, "supplied", clock.now())
        [own] = [shown for shown in bundle.of_dossier(session, office, dossier, clock.now()) if shown.row.name == "khai_tu"]
        assert (f"{local(own.due):%d/%m %H:%M}", f"{local(own.row.due_at):%d/%m %H:%M}", own.late) == ("07/12 16:00", "23/11 17:00", False)
        clock.shift(timedelta(hours=9))
        assert bundle.of_dossier(session, office, dossier, clock.now())[0].late


def test_lateness_of_a_part_is_its_offices(database, office, clock):
    with database.write() as session:
        dossier = death(session, office, clock.now(), "issue")
        clock.at = datetime.fromisoformat("2026-12-03T17:00:00+07:00")
        found = clocks.of_dossier(session, office, dossier, clock.now())
        assert [(cause.step, cause.role, cause.office) for cause in found.causes] == [("issued", "office", "commune_police")]
        assert found.causes[0].time == found.late == 2 * timedelta(hours=7, minutes=30)
        [late] = [shown.row.name for shown in bundle.of_dossier(session, office, dossier, clock.now()) if shown.late]
        assert late == "xoa_thuong_tru"


def test_our_own_lateness_stays_ours_when_the_part_keeps_its_days(database, office, clock):
    with database.write() as session:
        dossier = death(session, office, clock.now(), "process")
        clock.at = datetime.fromisoformat("2026-12-02T17:00:00+07:00")
        for action in TO_ISSUED[2:]:
            act(session, office, dossier, action, clock.now())
        clock.at = datetime.fromisoformat("2026-12-08T17:00:00+07:00")
        act(session, office, dossier, "part_done", clock.now(), part="xoa_thuong_tru", result="đã xóa")
        causes = clocks.of_dossier(session, office, dossier, clock.now()).causes
        assert causes[0].role == "chuyenmon" and causes[0].time > sum((c.time for c in causes[1:]), timedelta(0))


def test_a_bundle_whose_file_was_changed_while_it_runs_goes_on_to_its_end(database, office, clock):
    with database.write() as session:
        dossier = death(session, office, clock.now(), benefit="pension")
        other = changed(office, "lien_thong_khai_tu", mai_tang=None)
        for action in TO_ISSUED[1:]:
            act(session, other, dossier, action, clock.now())
        states = dict(session.execute(select(Part.name, Part.state).where(Part.dossier_id == dossier.id)).all())
        assert states == {"khai_tu": "done", "xoa_thuong_tru": "working", "mai_tang": "working"}
        for part in ("xoa_thuong_tru", "mai_tang"):
            act(session, other, dossier, "part_done", clock.now(), part=part, result="xong")
        act(session, other, dossier, "finish", clock.now())
        assert dossier.status == "result_ready"
