"""Three levels in 2022, two since July 2025: the same code, other data. A dossier keeps the unit that took it in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from backend import law
from backend.domain import levels, units
from backend.office import exchange_ways
from backend.office.kit import Refused
from backend.store.tables import HandOver
from tests.conftest import StillClock
from tests.exchange.kit import COMMUNE, PROVINCE, copies, finish, hand_over, sides
from tests.office.kit import office_of
from tests.office.lives import at

OFFICES_2022 = """
000.11.22.H03: {ward: Xã Kim Lư, name: xã Kim Lư, desk: Bộ phận Một cửa xã Kim Lư, hours: 7h30-11h30, phone: null, mountain: true, place: "02158"}
000.00.22.H03: {ward: Huyện Na Rì, name: huyện Na Rì, desk: Một cửa huyện Na Rì, hours: 7h30-11h30, phone: null, mountain: true, place: "066"}
H03: {ward: Tỉnh Bắc Kạn, name: tỉnh Bắc Kạn, desk: Trung tâm tỉnh Bắc Kạn, hours: 7h30-11h30, phone: null, mountain: true, place: "06"}
"""
"""What the configuration of 2022 would say; the codes of its communes and districts are invented."""
KIM_LU, NA_RI, BAC_KAN = "000.11.22.H03", "000.00.22.H03", "H03"
UNITS, LEVELS = units.load(), levels.load()


@pytest.mark.parametrize(("place", "since", "on", "names"), [
    ("02158", "2022-06-13", "2022-06-13", ["Huyện Na Rì", "Tỉnh Bắc Kạn"]),
    ("02155", "2022-06-13", "2025-06-30", ["Huyện Na Rì", "Tỉnh Bắc Kạn"]),
    ("01834", "2022-06-13", "2022-06-13", ["Thành phố Bắc Kạn", "Tỉnh Bắc Kạn"]),
    ("066", "2022-06-13", "2022-06-13", ["Tỉnh Bắc Kạn"]),
    ("06", "2022-06-13", "2022-06-13", []),
    ("02158", "2025-06-20", "2025-07-01", ["Tỉnh Thái Nguyên"]),
    ("066", "2025-06-20", "2025-07-01", ["Tỉnh Thái Nguyên"]),
    ("02155", "2026-11-23", "2026-11-23", ["Tỉnh Thái Nguyên"]),
    ("19", "2026-11-23", "2026-11-23", []),
    ("99999", "2026-11-23", "2026-11-23", []),
])  # fmt: skip
def test_who_stands_above_a_place_on_a_day(place, since, on, names):
    found = levels.above(UNITS, LEVELS, place, date.fromisoformat(since), date.fromisoformat(on))
    assert [step.name for step in found] == names


def test_every_commune_of_both_times_has_its_levels():
    for on, count in ((date(2022, 6, 13), 2), (date(2026, 11, 23), 1)):
        assert {len(levels.above(UNITS, LEVELS, unit.code, on, on)) for unit in UNITS.in_force(on)} == {count}


@pytest.mark.parametrize("text", ["- {levels: [commune]}", "a: 1", "- {levels: [commune, province], provinces: {}, until: 2025-06-30}", "["])
def test_a_spoiled_file_is_refused_with_its_name(tmp_path, text):
    (tmp_path / "levels.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(units.UnitsError, match="levels.yaml"):
        levels.load(tmp_path)


def received(side, ref="m1-1") -> str:
    with side.database.write() as session:
        dossier = at(session, side.office, side.clock.now(), ref=ref)
    side.act(dossier.id, "receive")
    return dossier.id


def way_up(side, dossier_id: str) -> list[exchange_ways.Way]:
    return exchange_ways.up(side.office, side.again(dossier_id), side.clock.now())


def test_in_2022_a_dossier_climbs_from_commune_to_district_to_province_and_comes_back(vault, tmp_path, sqlite_template):
    clock, file = StillClock(datetime(2022, 6, 13, 2, tzinfo=UTC)), tmp_path / "offices.yaml"
    file.write_text(OFFICES_2022, encoding="utf-8")
    desks = {id_: law.desk(id_, file) for id_ in (KIM_LU, NA_RI, BAC_KAN)}
    named = {id_: (desk.name, desk.place) for id_, desk in desks.items()}
    with sides(office_of(vault), copies(sqlite_template, tmp_path, *desks), clock, named) as made:
        commune, district, province = made.values()
        ours = received(commune)
        assert [(way.level, way.peer.id) for way in way_up(commune, ours)] == [("district", NA_RI), ("province", BAC_KAN)]
        hand_over(commune, ours, way_up(commune, ours)[0].name, days=9)
        commune.work()
        [(there, _)] = district.came()
        district.act(there.id, "receive")
        assert [way.peer.id for way in way_up(district, there.id)] == [BAC_KAN]
        hand_over(district, there.id, way_up(district, there.id)[0].name, days=4)
        district.work()
        [(top, link)] = province.came()
        assert (link.reception_unit, link.own_due_at) == (KIM_LU, commune.again(ours).due_at)
        province.act(top.id, "receive")
        finish(province, top.id)
        province.work()
        district.act(there.id, "finish")
        district.work()
        back = commune.again(ours)
        assert (back.status, commune.handed(back).outcome) == ("issued", "số 31/GKS ngày 13/06/2022")
        assert [side.again(id_).code for side, id_ in ((commune, ours), (district, there.id), (province, top.id))] == [
            "000.11.22.H03-220613-0001", "000.00.22.H03-220613-0001", "H03-220613-0001",
        ]  # fmt: skip
        assert (district.again(there.id).status, province.again(top.id).status) == ("returned", "returned")


def test_in_2026_it_goes_from_commune_to_province_at_once(vault, tmp_path, sqlite_template, clock):
    assert [law.desk(id_).place for id_ in (COMMUNE, PROVINCE)] == ["02155", "19"]
    with sides(office_of(vault), copies(sqlite_template, tmp_path, COMMUNE, PROVINCE), clock) as made:
        commune, province = made.values()
        ours = received(commune)
        [way] = way_up(commune, ours)
        hand_over(commune, ours, way.name)
        commune.work()
        [(top, link)] = province.came()
        province.act(top.id, "receive")
        finish(province, top.id)
        province.work()
        assert (way.level, link.reception_unit, commune.again(ours).status) == ("province", COMMUNE, "issued")


@pytest.mark.parametrize("named", ["UBND huyện Na Rì", "ubnd huyen na ri", "Huyện Na Rì"])
def test_the_day_after_the_reform_a_dossier_of_june_goes_to_the_province_and_keeps_its_unit(vault, tmp_path, sqlite_template, named):
    clock = StillClock(datetime(2025, 6, 30, 2, tzinfo=UTC))
    with sides(office_of(vault), copies(sqlite_template, tmp_path, KIM_LU), clock, {KIM_LU: ("xã Kim Lư", "02158")}) as made:
        [commune] = made.values()
        ours, other = received(commune), received(commune, "m2-1")
        hand_over(commune, ours, named)
        clock.at = datetime(2025, 7, 1, 2, tzinfo=UTC)
        with pytest.raises(Refused) as refused:
            hand_over(commune, other, named)
        assert (refused.value.reason, refused.value.params) == ("office_gone", {"office": "Huyện Na Rì", "instead": "Tỉnh Thái Nguyên"})
        hand_over(commune, other, "Tỉnh Thái Nguyên")
        assert [row.to_office for row in sorted(commune.rows(HandOver), key=lambda row: row.sent_at)] == [named, "Tỉnh Thái Nguyên"]
        assert (commune.again(other).unit, commune.again(other).code) == (KIM_LU, "000.11.22.H03-250630-0002")
