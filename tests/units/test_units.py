"""Old and present units: codes, ancestry, and any name that people use."""

import shutil
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.letters import fold
from backend.domain.places import Ambiguous, Found, find
from backend.domain.units import FOLDER, UnitsError, load

UNITS = load()
TODAY, BEFORE = date(2026, 11, 23), date(2025, 6, 30)


def test_the_counts_are_those_of_the_reform_of_2025():
    old, new = UNITS.in_force(BEFORE), UNITS.in_force(TODAY)
    assert (len(old), len(new), len(UNITS.districts)) == (108, 37, 8)
    assert UNITS.in_force(date(2025, 7, 1)) == new
    assert sorted(part for unit in new for part in unit.parts) == sorted(unit.code for unit in old)
    assert all(unit.code in UNITS.present(unit.became, TODAY).parts for unit in old)
    assert {kind: sum(u.kind == kind for u in new) for kind in ("phuong", "xa")} == {"phuong": 2, "xa": 35}


@pytest.mark.parametrize(
    ("code", "old_name", "became", "name"),
    [
        ("02155", "Thị trấn Yến Lạc", "02155", "Xã Na Rì"),
        ("02158", "Xã Kim Lư", "02155", "Xã Na Rì"),
        ("02104", "Xã Cao Kỳ", "02104", "Xã Tân Kỳ"),
        ("02107", "Xã Nông Hạ", "02107", "Xã Thanh Thịnh"),
        ("02113", "Xã Thanh Thịnh", "02107", "Xã Thanh Thịnh"),
        ("01858", "Xã Bằng Thành", "01864", "Xã Bằng Thành"),
        ("02041", "Xã Bằng Phúc", "01933", "Xã Đồng Phúc"),
        ("01984", "Xã Đôn Phong", "01849", "Xã Phong Quang"),
        ("02059", "Xã Đồng Thắng", "02014", "Xã Bạch Thông"),
        ("01834", "Phường Nguyễn Thị Minh Khai", "01840", "Phường Đức Xuân"),
        ("01948", "Xã Trung Hoà", "01936", "Xã Nà Phặc"),
        ("02185", "Xã Quang Phong", "02185", "Xã Côn Minh"),
    ],
)
def test_a_code_stands_for_another_unit_after_the_reform(code, old_name, became, name):
    assert UNITS.present(code, BEFORE).name == old_name
    assert (UNITS.present(code, TODAY).code, UNITS.present(code, TODAY).name) == (became, name)


def test_a_present_commune_did_not_exist_before():
    assert UNITS.present("02155", BEFORE).short == "Yến Lạc"
    assert UNITS.present("99999", TODAY) is None


def test_a_district_is_known_by_its_communes():
    na_ri = next(d for d in UNITS.districts if d.code == "066")
    assert {u.code for u in UNITS.of_district(na_ri, TODAY)} == {
        "02143",
        "02152",
        "02155",
        "02176",
        "02185",
        "02191",
    }
    assert {u.name for u in UNITS.of_district(na_ri, BEFORE)} >= {
        "Thị trấn Yến Lạc",
        "Xã Kim Lư",
        "Xã Văn Vũ",
    }


def test_the_provinces_became_fewer():
    assert (len(UNITS.provinces), len(set(UNITS.provinces.values()))) == (63, 34)
    assert UNITS.provinces["Bắc Kạn"] == UNITS.provinces["Thái Nguyên"] == "19"


def test_only_an_identifier_that_was_seen_is_used_in_codes():
    assert UNITS.agency("02155") == "H55.242"
    assert UNITS.agency("02185") is None


def test_every_present_name_finds_its_unit():
    for unit in UNITS.in_force(TODAY):
        assert find(UNITS, unit.name, TODAY) == Found(unit)
        assert find(UNITS, fold(f"thôn Nà Mơ, {unit.name}, tỉnh Thái Nguyên"), TODAY).unit == unit


def test_every_old_name_finds_the_unit_it_is_in_now():
    for unit in UNITS.in_force(BEFORE):
        heir = UNITS.present(unit.became, TODAY)
        district = next(d for d in UNITS.districts if d.code == unit.parent)
        for text in (
            f"{unit.name} cũ",
            fold(unit.name),
            f"{unit.name}, {district.name}, tỉnh Bắc Kạn",
            fold(f"{unit.short}, {district.short}"),
        ):
            assert find(UNITS, text, TODAY).unit == heir, text


def test_an_old_name_finds_the_old_unit_on_an_old_day():
    for unit in UNITS.in_force(BEFORE):
        assert find(UNITS, unit.name, BEFORE).unit == unit
    assert {u.name for u in find(UNITS, "xã Tân Kỳ", BEFORE).units} == {
        "Xã Tân Sơn",
        "Xã Hoà Mục",
        "Xã Cao Kỳ",
    }


@pytest.mark.parametrize(
    ("text", "code", "old", "hamlet"),
    [
        ("thon khuoi slung xa kim lu cu", "02155", "Xã Kim Lư", "thon khuoi slung"),
        ("thôn Nà Làng, xã Cẩm Giàng", "02008", None, "thôn Nà Làng"),
        ("tổ 7 Đức Xuân", "01840", None, "tổ 7"),
        ("nhà em ở bản Khuổi Ỏ, Nghiên Loan cũ", "01882", None, "bản Khuổi Ỏ"),
        ("xã Cao Kỳ cũ nay là Tân Kỳ", "02104", "Xã Cao Kỳ", ""),
        ("thôn Tân Lập, xã Văn Minh", "02176", "Xã Văn Minh", "thôn Tân Lập"),
        ("thôn X xã Na Rì", "02155", None, "thôn X"),
        ("thị trấn Phủ Thông", "01969", None, ""),
    ],
)
def test_the_hamlet_and_the_old_name_are_kept(text, code, old, hamlet):
    found = find(UNITS, text, TODAY)
    assert (found.unit.code, found.old.name if found.old else None, found.hamlet) == (code, old, hamlet)


@pytest.mark.parametrize(
    "name", ["Na Rì", "Chợ Đồn", "Chợ Mới", "Ba Bể", "Ngân Sơn", "Bạch Thông", "Bắc Kạn"]
)
def test_a_name_of_a_district_and_a_commune_is_asked_about_unless_it_says_which(name):
    present = next(u for u in UNITS.in_force(TODAY) if u.short == name)
    assert find(UNITS, name, TODAY).reason == "district"
    assert present in find(UNITS, name, TODAY).units
    assert find(UNITS, f"huyện {name}", TODAY).reason == "district"
    assert find(UNITS, f"{name} cũ", TODAY).reason == "district"
    assert find(UNITS, present.name, TODAY).unit == present


def test_a_district_that_is_no_commune_offers_its_communes():
    assert find(UNITS, "trên Pác Nặm", TODAY).reason == "district"
    assert {u.name for u in find(UNITS, "trên Pác Nặm", TODAY).units} == {
        "Xã Bằng Thành",
        "Xã Cao Minh",
        "Xã Nghiên Loan",
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("xã Tân Lập huyện Đồng Hỷ", "elsewhere"), ("Trần Phú, Hà Đông, Hà Nội", "elsewhere"), ("quê Nam Định", "elsewhere"),
        ("Đức Xuân hoặc Sông Cầu", "several"), ("Quang Phong, xã Na Rì", "several"), ("lam mẫu", "spelling"), ("xã Yên Thịh", "spelling"),
    ],
)  # fmt: skip
def test_what_is_not_sure_gives_candidates_and_a_reason(text, reason):
    found = find(UNITS, text, TODAY)
    assert isinstance(found, Ambiguous) and found.reason == reason


@pytest.mark.parametrize("text", ["", "abc", "12/9/2025", "thôn 3", "nhà ngay cạnh trạm y tế"])
def test_no_known_place_is_none(text):
    assert find(UNITS, text, TODAY) is None


@given(st.text(max_size=80))
def test_no_text_raises(text):
    assert isinstance(find(UNITS, text, TODAY), Found | Ambiguous | None)


def spoiled(tmp_path, file: str, content: str):
    folder = tmp_path / "units"
    shutil.copytree(FOLDER, folder)
    (folder / file).write_text(content, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("communes.yaml", "- {code: '02155', name: Xã Na Rì", "cannot be read as YAML"),
        ("communes.yaml", "a: 1", "must be a list of units"),
        ("communes.yaml", "- {name: Xã Na Rì}", "lacks or spoils 'code'"),
        (
            "communes.yaml",
            "- {code: '02155', name: Xã Na Rì, kind: xa, province: '19', parts: [], valid_from: 1/7/2025}",
            "lacks or spoils",
        ),
        (
            "communes.yaml",
            "- {code: '02155', name: Xã Na Rì, kind: xa, province: '19', parts: ['02155'], valid_from: '2025-07-01'}",
            "no unit in force for",
        ),
    ],
)
def test_a_spoiled_file_is_refused_with_its_name(tmp_path, file, content, problem):
    with pytest.raises(UnitsError, match=problem) as error:
        load(spoiled(tmp_path, file, content))
    assert file in str(error.value)
