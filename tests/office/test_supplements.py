"""Asking for more papers while a dossier is processed: as often as the law of its procedure says, and not once more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backend.domain.catalogue import Catalogue
from backend.domain.procedure import SupplementCase
from backend.doors.render import refusal
from backend.office.kit import Actor, Refused
from tests.office.kit import CHIEN, UNIT, office_of
from tests.office.lives import act, at

PAPERS = {"papers": ["giấy chứng sinh"], "reason": "thiếu giấy", "ground": "Nghị định 118/2025/NĐ-CP"}
OTHER = Actor("staff-mui", UNIT, ("chuyenmon",), "Mùi")


@pytest.fixture
def office(vault):
    return office_of(vault)


def allowing(office, most: int):
    """The same office where the law of births lets more papers be asked for `most` times."""
    own = SupplementCase(stage="processing", most=most, ground="Luật Hộ tịch")
    found = [p.model_copy(update={"supplement": [own]}) if p.id == "khai_sinh" else p for p in office.catalogue.versions()]
    return replace(office, catalogue=Catalogue(found))


def ask_and_get(session, office, dossier, clock, times: int):
    for _ in range(times):
        act(session, office, dossier, "ask_supplement", clock.now(), **PAPERS)
        clock.shift(timedelta(hours=1))
        act(session, office, dossier, "supplied", clock.now())


def test_a_second_time_is_refused_in_words_that_say_who_asked_first_and_when(database, office, clock):
    with database.write() as session:
        dossier = at(session, office, clock.now(), "process")
        first, version = clock.now(), dossier.version
        ask_and_get(session, office, dossier, clock, 1)
        with pytest.raises(Refused) as refused:
            act(session, office, dossier, "ask_supplement", clock.now(), OTHER, **PAPERS)
        assert (refused.value.reason, refused.value.params["by"], refused.value.params["at"]) == ("too_often_by_law", CHIEN.id, first.isoformat())
        said = refusal(refused.value, {CHIEN.id: CHIEN.name})
        assert said == "Việc “Yêu cầu bổ sung” chỉ làm được 1 lần trong một hồ sơ (Nghị định 118/2025/NĐ-CP). Lần đầu: Hà Văn Chiến, lúc 09:00 23/11."
        assert (dossier.status, dossier.version) == ("processing", version + 2)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_how_often_is_data_of_the_procedure(database, office, clock, most):
    office = allowing(office, most)
    with database.write() as session:
        dossier = at(session, office, clock.now(), "process")
        ask_and_get(session, office, dossier, clock, most)
        with pytest.raises(Refused) as refused:
            act(session, office, dossier, "ask_supplement", clock.now(), **PAPERS)
        assert (refused.value.params["most"], refused.value.params["ground"]) == (most, "Luật Hộ tịch")


def test_a_dossier_of_before_the_reform_is_held_to_the_law_of_its_day(database, office, clock):
    clock.at = datetime(2025, 6, 27, 2, tzinfo=UTC)
    with database.write() as session:
        dossier = at(session, office, clock.now(), "process")
        clock.shift(timedelta(days=10))
        ask_and_get(session, office, dossier, clock, 1)
        with pytest.raises(Refused) as refused:
            act(session, office, dossier, "ask_supplement", clock.now(), **PAPERS)
        assert refused.value.params["ground"] == "Nghị định 61/2018/NĐ-CP, Điều 19"
