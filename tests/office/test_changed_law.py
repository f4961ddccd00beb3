"""What changes while a dossier runs: its procedure's file, and the offices and communes around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from backend.clock import local
from backend.domain.catalogue import Catalogue
from backend.domain.procedure import FeeCase, SupplementCase, TimeCase
from backend.doors.render import refusal
from backend.office import case, contacts, dossiers, drafts, receipt, tracking
from backend.office.kit import Refused
from backend.store.tables import Contact, Conversation
from tests.office.kit import BINH, UNIT, form, office_of
from tests.office.lives import ROAD, act, at

CHANGE = date(2026, 11, 25)
NEW = {
    "valid_from": CHANGE, "time": [TimeCase(value=9, unit="working_day")], "fee": [FeeCase(amount=70000)], "papers": [], "field": "Hộ tịch mới",
    "supplement": [SupplementCase(stage="processing", most=5, ground="Luật Hộ tịch 2026")],
}  # fmt: skip

COMMON = SupplementCase(stage="processing", most=1, ground="Luật Chung")


@pytest.fixture
def office(vault):
    return office_of(vault)


def changed(office, keep_old: bool = True):
    """The office after births got a new file; without the old one where nobody kept it."""
    old = office.catalogue.get("khai_sinh")
    ended = [old.model_copy(update={"valid_to": CHANGE - timedelta(days=1)})] if keep_old else []
    rest = [p for p in office.catalogue.versions() if p.id != "khai_sinh"]
    return replace(office, catalogue=Catalogue([*rest, *ended, old.model_copy(update=NEW)], supplement=[COMMON]))


class TestAChangedProcedure:
    """A dossier keeps the version under which it was made, to its end."""

    def test_a_dossier_in_work_keeps_its_papers_its_time_and_its_law(self, database, office, clock):
        with database.write() as session:
            dossier = at(session, office, clock.now())
            clock.shift(timedelta(days=3))
            after = changed(office)
            act(session, after, dossier, "receive", clock.now())
            shown = case.load(session, after, dossier, clock.now())
            assert (dossier.procedure_version, f"{local(dossier.due_at):%d/%m %H:%M}") == ("2025-07-01", "26/11 17:00")
            assert {paper.id for paper in shown.papers} == {"chung_sinh", "can_cuoc_cha_me", "to_khai"} and shown.procedure.field == "Hộ tịch"
            for action in ROAD[1:]:
                act(session, after, dossier, action, clock.now())
            assert dossier.status == "returned"

    def test_how_often_a_supplement_may_be_asked_is_that_of_its_own_version(self, database, office, clock):
        asked = {"papers": ["giấy chứng sinh"], "reason": "thiếu", "ground": "Luật Hộ tịch"}
        with database.write() as session:
            dossier = at(session, office, clock.now(), "process")
            clock.shift(timedelta(days=3))
            after = changed(office)
            act(session, after, dossier, "ask_supplement", clock.now(), **asked)
            act(session, after, dossier, "supplied", clock.now())
            with pytest.raises(Refused) as refused:
                act(session, after, dossier, "ask_supplement", clock.now(), **asked)
            assert (refused.value.params["most"], refused.value.params["ground"]) == (1, "Luật Chung")

    def test_a_dossier_of_the_new_day_is_made_under_the_new_file(self, database, office, clock):
        clock.shift(timedelta(days=3))
        after = changed(office)
        with database.write() as session:
            old, new = at(session, after, clock.now(), "receive"), under(session, after, clock.now(), CHANGE.isoformat())
            act(session, after, new, "receive", clock.now())
            assert [f"{local(d.due_at):%d/%m}" for d in (old, new)] == ["26/11", "09/12"]
            assert [after.procedure(d).fee[0].amount for d in (old, new)] == [after.catalogue.get("khai_sinh", date(2026, 11, 24)).fee[0].amount, 70000]

    @pytest.mark.parametrize("last", ["", "receive", "process", "sign", "issue"])
    def test_where_nobody_kept_the_old_file_the_dossier_goes_on_under_the_new_one(self, database, office, clock, last):
        with database.write() as session:
            dossier = at(session, office, clock.now(), last)
            due = dossier.due_at
            clock.shift(timedelta(days=3))
            after = changed(office, keep_old=False)
            assert case.load(session, after, dossier, clock.now()).procedure.valid_from == CHANGE
            for action in ROAD[ROAD.index(last) + 1 if last else 0 :]:
                act(session, after, dossier, action, clock.now())
            assert dossier.status == "returned" and (due is None or dossier.due_at == due)

    def test_an_answer_to_a_question_that_is_no_more_is_kept_and_hurts_nobody(self, database, office, clock):
        with database.write() as session:
            dossier = at(session, office, clock.now(), "receive")
            old = office.catalogue.get("khai_sinh")
            fewer = old.model_copy(update={"questions": [q for q in old.questions if q.id != "child_birthplace"], "papers": [], "time": [], "fee": []})
            after = replace(office, catalogue=Catalogue([*[p for p in office.catalogue.versions() if p.id != "khai_sinh"], fewer]))
            shown = case.load(session, after, dossier, clock.now())
            assert "child_birthplace" not in {answer.question.id for answer in shown.answers}
            assert "child_birthplace" in drafts.form_of(after, dossier)["answers"]
            place = receipt.Place("Xã Na Rì", "Trung tâm", None, "http://127.0.0.1/track")
            assert receipt.receipt(session, after, place, dossier, clock.now()).startswith(b"%PDF")


def under(session, office, now, version: str):
    """A birth dossier that was made under a version and sent."""
    _, conversation = contacts.conversation_with(session, office, "sms", "+84981110044", now)
    dossier = drafts.save(session, office, conversation, "sms", form("m9-1") | {"version": version}, now)
    dossiers.send(session, office, dossier, now)
    return dossier


class TestAnAbolishedUnit:
    """On 1 July 2025 the districts and 108 communes were no more."""

    LAST, FIRST = datetime(2025, 6, 30, 2, tzinfo=UTC), datetime(2025, 7, 1, 2, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("action", "data"),
        [("hand_over", {}), ("consult", {"question": "Có tranh chấp không?"})],
    )
    @pytest.mark.parametrize(
        ("named", "gone", "instead"),
        [
            ("UBND huyện Na Rì", "Huyện Na Rì", "Tỉnh Thái Nguyên"),
            ("Công an xã Kim Lư", "Xã Kim Lư", "Xã Na Rì"),
            ("cong an xa kim lu", "Xã Kim Lư", "Xã Na Rì"),
        ],
    )
    def test_what_was_an_office_yesterday_is_refused_today_with_its_heir(self, database, office, clock, action, data, named, gone, instead):
        office = replace(office, place="02155")
        clock.at = self.LAST
        with database.write() as session:
            before, dossier = at(session, office, clock.now(), "process"), at(session, office, clock.now(), "process", ref="m2-1", phone="+84981110012")
            act(session, office, before, action, clock.now(), office=named, answer_by="2025-07-04T17:00:00+07:00", **data)
            clock.at = self.FIRST
            version = dossier.version
            with pytest.raises(Refused) as refused:
                act(session, office, dossier, action, clock.now(), office=named, answer_by="2025-07-04T17:00:00+07:00", **data)
            assert refusal(refused.value) == f"“{gone}” không còn nữa. Nơi nhận bây giờ: {instead}."
            assert (dossier.version, dossier.status, before.status) == (version, "processing", {"hand_over": "handed_over", "consult": "consulting"}[action])
            act(session, office, dossier, action, clock.now(), office=instead, answer_by="2025-07-04T17:00:00+07:00", **data)

    @pytest.mark.parametrize("named", ["Công an xã Na Rì", "Trung tâm Phục vụ hành chính công tỉnh", "Sở Tư pháp", "Thôn Nà Kim"])
    def test_an_office_that_stands_or_that_no_unit_is_named_in_is_not_refused(self, database, office, clock, named):
        clock.at = self.FIRST
        with database.write() as session:
            dossier = at(session, office, clock.now(), "process")
            act(session, office, dossier, "hand_over", clock.now(), office=named, answer_by="2025-07-04T17:00:00+07:00")
            assert dossier.status == "handed_over"

    def test_what_was_handed_to_it_comes_back_by_its_heir_and_the_dossier_keeps_unit_code_and_promise(self, database, office, clock):
        clock.at = self.LAST
        with database.write() as session:
            dossier = at(session, office, clock.now(), "process", place="02158")
            act(session, office, dossier, "hand_over", clock.now(), office="UBND huyện Na Rì", answer_by="2025-07-04T17:00:00+07:00")
            kept = (dossier.unit, dossier.code, dossier.due_at)
            clock.at = self.FIRST + timedelta(days=2)
            act(session, office, dossier, "result_back", clock.now(), BINH, result="Quyết định 12, do tỉnh chuyển lại")
            assert (dossier.status, (dossier.unit, dossier.code, dossier.due_at)) == ("issued", kept)
            assert dossier.unit == UNIT and dossier.code.startswith("H55.242-250630-")
            contact = session.get(Contact, session.get(Conversation, dossier.conversation_id).contact_id)
            assert tracking.own(session, office, contact, clock.now())[0].code == dossier.code
            assert next(a.value for a in case.load(session, office, dossier, clock.now()).answers if a.question.id == "place") == "02158"
