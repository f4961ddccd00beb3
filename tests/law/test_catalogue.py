"""What the catalogue says of a case: questions that still come, papers, fee, time, stops, people."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain import catalogue as law
from backend.domain.law_files import load_catalogue
from tests.law.kit import LAW, PROCEDURES, SMALL, TODAY, folder_with

BIRTH = LAW.get("khai_sinh")


def asked(procedure: str, **values: str) -> list[str]:
    return [q.id for q in law.asked(LAW.get(procedure), values, TODAY)]


ALL_OF_BIRTH = "relation parents_married child_birthplace child_dob child_sex child_name mother father place requester_name".split()


@pytest.mark.parametrize(
    "values, dropped",
    [
        ({}, []),
        ({"relation": "grandparent"}, []),
        ({"relation": "other", "parents_married": "unclear"}, []),
        ({"relation": "mother"}, ["requester_name"]),
        ({"relation": "father", "parents_married": "yes"}, ["requester_name"]),
        ({"relation": "grandparent", "parents_married": "no"}, ["father"]),
        ({"relation": "mother", "parents_married": "no"}, ["father", "requester_name"]),
    ],
)
def test_a_birth_asks_ten_questions_at_most_in_the_order_of_the_talk(values, dropped):
    assert asked("khai_sinh", **values) == [name for name in ALL_OF_BIRTH if name not in dropped]


@pytest.mark.parametrize(
    "procedure, values, there, gone",
    [
        ("xn_doc_than", {"for_whom": "self"}, "requester", "subject"),
        ("xn_doc_than", {"for_whom": "other"}, "subject", None),
        ("xn_doc_than", {"moved": "no"}, "moved", "residence_periods"),
        ("xn_doc_than", {"purpose": "property"}, "for_whom", "purpose_words"),
        ("trich_luc", {"for_whom": "self"}, "requester", "subject"),
        ("huu_tri_xh", {"age": "from75"}, "pension", "poor_status"),
        ("huu_tri_xh", {"age": "from70"}, "poor_status", None),
        ("lien_thong_khai_sinh", {"household": "parents"}, "household", "household_head"),
    ],
)
def test_an_answer_makes_other_questions_needless(procedure, values, there, gone):
    assert there in asked(procedure, **values) and gone not in asked(procedure, **values)


@given(st.data())
def test_the_number_of_questions_only_shrinks(data):
    procedure = data.draw(st.sampled_from(LAW.all()))
    values: dict[str, str] = {}
    before = law.asked(procedure, values, TODAY)
    while open_ := [q for q in law.asked(procedure, values, TODAY) if q.id not in values]:
        question = data.draw(st.sampled_from(open_))
        values[question.id] = data.draw(st.sampled_from([o.id for o in question.options] or ["2026-11-05"]))
        after = law.asked(procedure, values, TODAY)
        assert {q.id for q in after} <= {q.id for q in before}
        before = after


def test_the_clerk_sees_what_is_missing_with_its_source():
    values = {"relation": "mother", "parents_married": "no", "child_sex": "female", "mother": "006096004512"}
    missing = {q.id: q.source for q in law.missing(BIRTH, values, TODAY)}
    assert missing["mother_name"] == "number(mother)" and missing["child_birthplace_name"] == "paper(chung_sinh)"
    assert missing["child_ethnic"] == "counter" and missing["child_name"] == "text"
    assert not {"father", "father_name", "copies", "result_channel", "relation", "mother_cccd"} & set(missing)


def test_a_name_as_key_leaves_the_number_missing_and_a_number_the_name():
    by_name = {q.id for q in law.missing(BIRTH, {"mother": "Triệu Mùi Nái"}, TODAY)}
    by_number = {q.id for q in law.missing(BIRTH, {"mother": "006096004512"}, TODAY)}
    assert ("mother_cccd" in by_name, "mother_name" in by_name) == (True, False)
    assert ("mother_cccd" in by_number, "mother_name" in by_number) == (False, True)


def papers(procedure: str, **values: str) -> set[str]:
    return {p.id for p in law.papers_for(LAW.get(procedure), values, TODAY)}


@pytest.mark.parametrize(
    "procedure, values, there, gone",
    [
        ("khai_sinh", {}, {"can_cuoc_cha_me", "chung_sinh", "to_khai"}, {"lam_chung", "uy_quyen", "can_cuoc_me"}),
        ("khai_sinh", {"child_birthplace": "home"}, {"lam_chung"}, {"chung_sinh"}),
        ("khai_sinh", {"child_birthplace": "elsewhere"}, {"chung_sinh_hoac_lam_chung"}, {"chung_sinh", "lam_chung"}),
        ("khai_sinh", {"relation": "other"}, {"uy_quyen", "can_cuoc_nguoi_lam"}, set()),
        ("khai_sinh", {"relation": "grandparent"}, {"can_cuoc_nguoi_lam"}, {"uy_quyen"}),
        ("khai_sinh", {"relation": "mother", "parents_married": "no"}, {"can_cuoc_me"}, {"can_cuoc_cha_me", "can_cuoc_cha"}),
        ("khai_tu", {"death_date": "2026-11-20"}, {"bao_tu"}, {"chung_cu"}),
        ("khai_tu", {"death_date": "2025-11-20", "death_place": "clinic"}, {"bao_tu_vien", "chung_cu"}, {"bao_tu"}),
        ("xn_doc_than", {"married": "divorced"}, {"ban_an"}, {"khai_tu_vo_chong"}),
        ("ct_chu_ky", {"interpreter": "yes"}, {"phien_dich"}, set()),
        ("cai_chinh", {"for_whom": "child", "what": "name"}, {"tre_dong_y"}, set()),
        ("cai_chinh", {"for_whom": "child", "what": "ethnic"}, {"can_cu"}, {"tre_dong_y"}),
        ("nhan_cha_me_con", {"proof": "no"}, {"cam_doan"}, {"giam_dinh"}),
        ("giam_ho", {"guardian_relation": "other"}, {"van_ban_cu"}, {"quan_he"}),
        ("ct_di_chuc", {"assets_kind": "land", "can_come": "comes"}, {"giay_tai_san"}, set()),
        ("ct_di_chuc", {"assets_kind": "land", "can_come": "dying"}, {"du_thao"}, {"giay_tai_san"}),
        ("tro_cap_bt", {"group": "disabled", "certificate": "no"}, {"khuyet_tat_truoc"}, {"giay_khuyet_tat", "chung_minh_dien"}),
        ("tro_cap_bt", {"group": "alone"}, {"chung_minh_dien"}, {"giay_khuyet_tat"}),
        ("khuyet_tat_cap_lai", {"kind": "lost"}, {"don"}, {"giay_cu"}),
    ],
)
def test_papers_follow_the_case_and_an_open_question_is_read_as_the_ordinary_one(procedure, values, there, gone):
    assert there <= papers(procedure, **values) and not gone & papers(procedure, **values)


@pytest.mark.parametrize(
    "procedure, values, amount, verified",
    [
        ("khai_sinh", {}, None, True),  # the day of birth is not known yet
        ("khai_sinh", {"child_dob": "2026-11-05"}, 0, True),
        ("khai_sinh", {"child_dob": "2026-08-05"}, None, True),  # late: the province sets it, the table was not found
        ("khai_tu", {}, None, False),
        ("trich_luc", {}, 8000, True),
        ("ct_ban_sao", {}, 2000, True),
        ("ct_chu_ky", {}, 10000, True),
        ("ket_hon", {}, 0, True),
        ("ket_hon", {"abroad": "yes"}, None, False),
        ("xn_doc_than", {}, None, True),  # "Miễn phí" on the portal is an empty cell
        ("cai_chinh", {}, None, True),
        ("ho_ngheo", {}, None, True),
        ("lien_thong_khai_sinh", {}, None, False),
        ("khai_sinh_lai", {}, None, True),
        ("giam_ho", {}, None, True),
        ("ct_giao_dich_dat", {}, 50000, True),
        ("ct_di_chuc", {}, 50000, True),
        ("sao_so_goc", {}, None, True),
        ("thuong_tru", {}, 20000, True),
        ("xoa_thuong_tru", {}, None, True),
        ("vneid2", {}, None, True),
        ("lien_thong_khai_tu", {}, 0, False),
        ("mai_tang_huu_tri", {}, 0, False),
        ("thoat_ngheo", {}, None, True),
    ],
)
def test_an_empty_fee_is_never_free_of_charge(procedure, values, amount, verified):
    case = law.fee_for(LAW.get(procedure), values, TODAY)
    assert (case.amount, case.verified) == (amount, verified)


@pytest.mark.parametrize(
    "day, values, amount, verified",
    [
        (date(2026, 12, 31), {}, 25000, True),  # halved to the end of 2026 [TT 64/2025/TT-BTC]
        (date(2026, 12, 31), {"reason": "lost"}, None, False),
        (date(2027, 1, 1), {}, 50000, False),  # to be read again before that day
    ],
)
def test_the_fee_of_a_card_ends_with_its_version(day, values, amount, verified):
    case = law.fee_for(LAW.get("doi_can_cuoc", day), values, day)
    assert (case.amount, case.verified) == (amount, verified)


@pytest.mark.parametrize(
    "procedure, values, time",
    [
        ("khai_sinh", {}, (1, "same_day", "15:00", True)),
        ("khai_tu", {}, (1, "same_day", "15:00", True)),
        ("trich_luc", {}, (1, "same_day", "15:00", True)),
        ("ket_hon", {}, (1, "same_day", "15:00", True)),
        ("ket_hon", {"abroad": "yes"}, (None, "working_day", None, False)),
        ("xn_doc_than", {}, (3, "working_day", None, True)),
        ("tam_tru", {}, (3, "working_day", None, True)),
        ("ho_ngheo", {}, (15, "calendar_day", None, True)),
        ("hoa_giai_dat", {}, (30, "calendar_day", None, True)),
        ("cai_chinh", {}, (None, "working_day", None, False)),  # the portal says "1" without a unit
        ("huu_tri_xh", {}, (None, "working_day", None, False)),
        ("lien_thong_khai_sinh", {}, (None, "working_day", None, False)),
        ("khuyet_tat", {}, (25, "working_day", None, False)),
        ("mai_tang_bt", {}, (3, "working_day", None, False)),
        ("ct_ban_sao", {}, (None, "same_day", "15:00", False)),
        ("khai_sinh_lai", {}, (5, "working_day", None, False)),  # the portal says "5" without a unit
        ("giam_ho", {}, (3, "working_day", None, True)),
        ("ct_giao_dich_dat", {}, (2, "working_day", None, False)),
        ("ct_di_chuc", {}, (None, "working_day", None, False)),
        ("sao_so_goc", {}, (1, "same_day", "15:00", True)),
        ("thuong_tru", {}, (7, "working_day", None, True)),
        ("xoa_thuong_tru", {}, (5, "working_day", None, True)),
        ("vneid2", {}, (3, "working_day", None, True)),
        ("vneid2", {"chip_card": "no"}, (7, "working_day", None, True)),
        ("tro_cap_bt", {}, (7, "working_day", None, False)),
        ("thoat_ngheo", {}, (15, "calendar_day", None, True)),
    ],
)
def test_the_time_keeps_its_unit_and_says_whether_it_was_verified(procedure, values, time):
    case = law.time_for(LAW.get(procedure), values, TODAY)
    assert (case.value, case.unit, case.cutoff and f"{case.cutoff:%H:%M}", case.verified) == time


@pytest.mark.parametrize(("mountain", "days"), [(False, 30), (True, 40)])
def test_a_commune_of_the_mountains_has_ten_days_more_for_a_land_dispute(mountain, days):
    """The portal's page of 1.012812: 30 days, 40 in the mountains. Nothing else changes there."""
    here = load_catalogue(PROCEDURES, mountain=mountain)
    case = law.time_for(here.get("hoa_giai_dat"), {}, TODAY)
    assert (case.value, case.unit, case.plain) == (days, "calendar_day", None)
    changed = {p.id for p in here.all() for one, two in zip(p.time, LAW.get(p.id).time, strict=True) if one.value != two.value}
    assert changed == ({"hoa_giai_dat"} if mountain else set())


@pytest.mark.parametrize(
    "procedure, values, text",
    [
        ("xn_doc_than", {}, None),
        ("xn_doc_than", {"purpose": "property"}, None),
        ("xn_doc_than", {"purpose": "wedding_foreign"}, None),
        ("xn_doc_than", {"purpose": "wedding_here"}, "no_paper"),
        ("ct_ban_sao", {"has_original": "yes"}, None),
        ("ct_ban_sao", {"has_original": "no"}, "no_original"),
        ("khai_sinh_lai", {"register": "kept"}, "register_kept"),
        ("khai_sinh_lai", {"register": "unclear"}, None),
        ("khai_sinh_co_ho_so", {"before": "lost"}, "had_before"),
        ("sao_so_goc", {"document": "civil"}, "civil_status"),
        ("khuyet_tat_cap_lai", {"kind": "review"}, "review"),
        ("thoat_ngheo", {"already_poor": "none"}, "not_poor"),
    ],
)
def test_a_form_stops_where_nothing_needs_to_be_filed(procedure, values, text):
    assert law.stop_for(LAW.get(procedure), values, TODAY) == text


def said(**answers: str) -> dict:
    return {name: {"value": value} for name, value in answers.items()}


def test_people_come_from_the_answers_with_a_role():
    answers = said(relation="grandparent", child_name="Bàn Thị Mai", child_dob="2026-11-13", child_sex="female", mother="Triệu Mùi Nái", father="006096004512", requester_name="Bàn Thị Pá")
    found = {role: facts for role, facts, _ in law.parties(BIRTH, answers)}
    assert found == {
        "subject": {"name": "Bàn Thị Mai", "birth_date": "2026-11-13", "sex": "female"},
        "mother": {"name": "Triệu Mùi Nái"},
        "father": {"citizen_id": "006096004512"},
        "applicant": {"name": "Bàn Thị Pá"},
    }


def test_a_mother_who_files_is_the_applicant():
    found = {role: facts for role, facts, _ in law.parties(BIRTH, said(relation="mother", mother="Triệu Mùi Nái"))}
    assert found["applicant"] == found["mother"] == {"name": "Triệu Mùi Nái"}


@pytest.mark.parametrize(
    "answers, name, via",
    [
        ({"mother": {"value": "Triệu Mùi Nái", "via": "text"}}, "Triệu Mùi Nái", "typed"),
        ({"mother": {"value": "Triệu Mùi Nái", "via": "photo"}}, "Triệu Mùi Nái", "qr"),
        ({"mother": {"value": "trieu mui nai", "via": "text"}, "mother_name": {"value": "Triệu Mùi Nái", "via": "counter"}}, "Triệu Mùi Nái", "register"),
        ({"mother": {"value": "Triệu Mùi Nái", "via": "photo"}, "mother_name": {"value": "trieu mui nai", "via": "text"}}, "Triệu Mùi Nái", "qr"),
    ],
)
def test_of_two_spellings_of_a_name_the_surer_one_is_taken(answers, name, via):
    assert law.parties(BIRTH, answers) == [("mother", {"name": name}, via)]


OLD = SMALL.replace("valid_from: 2025-07-01\nchecked", "valid_from: 2025-07-01\nvalid_to: 2027-02-28\nchecked")
NEW = SMALL.replace("valid_from: 2025-07-01\nchecked", "valid_from: 2027-03-01\nchecked")


def test_a_dossier_keeps_the_version_it_was_made_under(tmp_path):
    two = load_catalogue(folder_with(tmp_path, tiny=OLD, tiny__at__2027=NEW))
    before, after = two.get("tiny", date(2027, 2, 28)), two.get("tiny", date(2027, 3, 1))
    assert (two.version(before), two.version(after)) == ("2025-07-01", "2027-03-01")
    assert two.by_version("tiny", "2025-07-01") == before
    assert [p.valid_from for p in two.all(date(2026, 11, 23))] == [date(2025, 7, 1)]
    with pytest.raises(KeyError):
        two.get("tiny", date(2025, 6, 30))


@pytest.mark.parametrize(
    "best, text, choices",
    [
        ("mai_tang_bt", "lo mai táng cho ông", ("mai_tang_bt", "mai_tang_huu_tri", "lien_thong_khai_tu", "khai_tu")),
        ("mai_tang_huu_tri", "xin tien mai tang cho cu huong tien gia", ()),
        ("huu_tri_xh", "xin tro cap", ("tro_cap_bt", "huu_tri_xh", "khuyet_tat", "nguoi_co_cong_than_nhan")),
        ("huu_tri_xh", "trợ cấp người già", ()),
        ("ct_ban_sao", "đi công chứng", ("ct_ban_sao", "ct_chu_ky", "ct_giao_dich_dat", "ct_di_chuc")),
        ("ct_ban_sao", "công chứng căn cước", ()),
        ("trich_luc", "làm lại khai sinh", ("trich_luc", "khai_sinh_lai", "cai_chinh")),
        ("khai_sinh_lai", "đăng ký lại khai sinh", ("trich_luc", "khai_sinh_lai", "cai_chinh")),
        ("khai_sinh_lai", "lam lai khai sinh, mat ca so goc", ()),
        ("ho_ngheo", "xin ho ngheo", ("ho_ngheo", "thoat_ngheo", "ho_nlnn_trung_binh")),
        ("ho_ngheo", "xin xet vao ho ngheo", ()),
        ("khai_sinh", "lam giay khai sinh", ()),
    ],
)
def test_a_common_word_always_asks(best, text, choices):
    assert LAW.cluster_of(best, text) == choices
