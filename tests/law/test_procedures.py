"""The procedures themselves: what the law and the talk demand of every one of them."""

import re
from unicodedata import is_normalized

import pytest

from backend.domain import catalogue as law
from backend.domain.law_rules import longest_path
from tests.law.kit import LAW, PROCEDURES, TODAY

ALL = LAW.all(TODAY)
IDS = [p.id for p in ALL]


FILED = {
    "yes": "khai_sinh khai_tu xn_doc_than trich_luc cai_chinh khai_sinh_lai khai_sinh_co_ho_so giam_ho sao_so_goc"
    " chuyen_doi_cay_trong rung_thiet_hai ho_kinh_doanh",
    "note": "ket_hon ct_ban_sao ct_chu_ky ho_ngheo hoa_giai_dat huu_tri_xh mai_tang_bt khuyet_tat lien_thong_khai_sinh nhan_cha_me_con"
    " ho_nlnn_trung_binh nguoi_co_cong_than_nhan tho_cung_liet_si so_do_lan_dau chuyen_muc_dich dinh_chinh_gcn dich_benh_vat_nuoi"
    " thien_tai_sx ke_khai_chan_nuoi khai_thac_go"
    " ct_giao_dich_dat ct_di_chuc lien_thong_khai_tu tro_cap_bt mai_tang_huu_tri khuyet_tat_cap_lai thoat_ngheo",
    "no": "tam_tru thuong_tru xoa_thuong_tru xac_nhan_cu_tru doi_can_cuoc vneid2 cap_doi_gcn bang_ke_lam_san an_trua_mau_giao hoc_phi",
}
OWNED = {
    "commune_police": "tam_tru thuong_tru xoa_thuong_tru xac_nhan_cu_tru doi_can_cuoc vneid2",
    "land_registry": "cap_doi_gcn",
    "forest_rangers": "bang_ke_lam_san",
    "school": "an_trua_mau_giao hoc_phi",
}
"""What is not the commune's own, by owner."""


@pytest.mark.parametrize("filing", FILED)
def test_only_what_may_be_filed_at_a_distance_is_sent(filing):
    assert {p.id for p in ALL if p.file_by_text == filing} == set(FILED[filing].split())


def test_every_procedure_has_its_owner_and_what_another_office_does_is_never_filed():
    assert {p.id: p.owner for p in ALL if p.owner != "commune"} == {name: owner for owner, ids in OWNED.items() for name in ids.split()}
    assert {p.file_by_text for p in ALL if p.owner != "commune"} <= {"no"}


@pytest.mark.parametrize(
    "procedure, questions, turns",
    [("khai_sinh", 10, 13), ("lien_thong_khai_sinh", 10, 13), ("xn_doc_than", 8, 13), ("ho_ngheo", 5, 8), ("hoa_giai_dat", 5, 9), ("tam_tru", 0, 3)],
)
def test_the_longest_path(procedure, questions, turns):
    assert longest_path(LAW.get(procedure)) == (questions, turns)


@pytest.mark.parametrize("procedure", ALL, ids=IDS)
def test_the_number_of_a_person_is_never_the_first_question_and_a_name_does_too(procedure):
    asked = law.asked(procedure, {}, TODAY)
    assert not asked or asked[0].type != "person_key"
    assert not [q.id for q in asked if q.type == "citizen_id"]


@pytest.mark.parametrize("procedure", ALL, ids=IDS)
def test_no_bank_account_and_no_illness_is_asked_by_text(procedure):
    private = {"bank_account", "disability_kinds", "adl", "death_cause", "household_members", "other_party_address"}
    assert {q.source for q in procedure.questions if q.id in private} <= {"counter", "paper(bao_tu)"}


@pytest.mark.parametrize("procedure", ALL, ids=IDS)
def test_what_is_not_asked_stays_in_the_form_with_its_source(procedure):
    rest = [q for q in procedure.questions if q.source != "text"]
    assert "phone" in {q.source for q in rest} and len(rest) >= 3
    assert {q.source.partition("(")[0] for q in rest} <= {"number", "paper", "phone", "default", "counter"}


@pytest.mark.parametrize("procedure", ALL, ids=IDS)
def test_what_touches_shame_is_a_digit(procedure):
    assert {q.type for q in procedure.questions if q.sensitive and q.source == "text"} <= {"choice"}


@pytest.mark.parametrize(
    "procedure, question",
    [
        ("khai_sinh", "parents_married"), ("lien_thong_khai_sinh", "parents_married"), ("xn_doc_than", "married"), ("ct_chu_ky", "can_sign"),
        ("khuyet_tat", "before"), ("nhan_cha_me_con", "relation_kind"), ("nhan_cha_me_con", "proof"), ("giam_ho", "basis"),
        ("ct_di_chuc", "can_come"), ("tro_cap_bt", "group"), ("tro_cap_bt", "certificate"),
    ],
)  # fmt: skip
def test_these_are_never_echoed(procedure, question):
    assert next(q for q in LAW.get(procedure).questions if q.id == question).sensitive


@pytest.mark.parametrize("procedure", ALL, ids=IDS)
def test_papers_that_a_farmer_reads_are_short_and_never_the_household_book(procedure):
    for paper in procedure.papers:
        assert len(paper.plain) <= 60, paper.id
        assert "hộ khẩu" not in paper.name.lower()


@pytest.mark.parametrize("procedure", ALL, ids=IDS)
def test_a_number_that_was_not_verified_is_marked(procedure):
    if procedure.confidence == "medium" and procedure.source.startswith("Nguồn thứ cấp"):
        assert not any(case.verified for case in procedure.time)
    assert all(case.value is None or case.value > 0 for case in procedure.time)


@pytest.mark.parametrize("procedure", ALL, ids=IDS)
def test_codes_law_and_source_are_there(procedure):
    assert all(re.fullmatch(r"\d\.\d{6}", code.code) for code in procedure.codes)
    assert procedure.source and procedure.notes and procedure.checked <= TODAY


def test_what_has_no_code_is_unsure():
    assert {p.id: p.confidence for p in ALL if not p.code} == {
        "thien_tai_sx": "low",
        "ke_khai_chan_nuoi": "low",
        "hoc_phi": "low",
    }


UNSURE = [p for p in ALL if p.confidence == "low"]


@pytest.mark.parametrize("procedure", UNSURE, ids=[p.id for p in UNSURE])
def test_nothing_of_low_confidence_is_told_as_certain(procedure):
    assert not [item for item in (*procedure.papers, *procedure.fee, *procedure.time) if item.verified]


@pytest.mark.parametrize("procedure", ALL, ids=IDS)
def test_it_has_names_that_people_use_and_what_it_is_confused_with_is_a_procedure(procedure):
    assert len(procedure.names.folk) >= 5
    assert set(procedure.confused_with) <= set(IDS) - {procedure.id}


def test_the_files_are_written_in_composed_letters():
    """A letter typed as two characters looks the same and is found by no search."""
    assert [path.name for path in PROCEDURES.glob("*.yaml") if not is_normalized("NFC", path.read_text(encoding="utf-8"))] == []


def test_an_old_code_names_its_heir():
    codes = {c.code: c.replaced_by for c in LAW.get("lien_thong_khai_sinh").codes}
    assert codes == {"3.000722": None, "2.000986": "3.000722", "2.001023": "3.000722"}
    assert LAW.get("lien_thong_khai_sinh").code == "3.000722"


@pytest.mark.parametrize("procedure", ALL, ids=IDS)
def test_somebody_signs_and_the_shares_are_whole(procedure):
    assert round(sum(step.share for step in procedure.route), 3) == 1
    assert procedure.owner != "commune" or {"tiepnhan", "lanhdao", "vanthu"} <= {step.role for step in procedure.route}


@pytest.mark.parametrize("procedure", ALL, ids=IDS)
def test_choices_have_names_of_their_own(procedure):
    for question in procedure.questions:
        labels = [o.label.lower() for o in question.options]
        assert len(set(labels)) == len(labels)
