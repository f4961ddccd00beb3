"""Which paper is meant: asked with numbers where two or more fit, and "mất" told by its object."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.domain.law_files import load_catalogue
from bot.dialogue.lost import fitting, told
from bot.dialogue.types import Understanding
from bot.text import strip_accents
from bot.words import Words
from tests.dialogue.kit import Phone, meant

ROOT = Path(__file__).resolve().parents[2]
REAL = load_catalogue(ROOT / "backend" / "procedures")
TEXTS = Words.load(ROOT / "bot/texts/vi")


def unsure(intent="ask_procedure", confidence=0.9, **ranking) -> Understanding:
    best = max(ranking, key=ranking.get)
    return Understanding(intent, confidence, best, ranking[best], tuple(sorted(ranking.items(), key=lambda item: -item[1])))


def real_phone() -> Phone:
    return Phone(law=REAL, words=TEXTS)


# Died or lost


@pytest.mark.parametrize(
    "text",
    [
        "bố tôi mất hôm qua", "mẹ em mới mất", "ông nội vừa mất", "bà ngoại em mất rồi", "chồng tôi mất", "con trai tôi mất vì tai nạn",
        "người nhà mất thì phải làm giấy gì", "cụ mất hôm rằm", "vợ em bị bệnh mất", "xin giấy khai tử cho bố mất hôm qua", "bác ruột em qua đời", "nhà có người mất", "bố chết hôm kia",
    ],
)  # fmt: skip
def test_of_a_person_it_is_died(text):
    assert told(text) == told(strip_accents(text)) == "died"


@pytest.mark.parametrize(
    "text",
    [
        "mất giấy khai sinh", "em mất giấy khai sinh rồi", "tôi mất căn cước", "bố tôi mất căn cước", "mẹ em mất giấy khai sinh", "giấy khai sinh của con bị mất",
        "làm mất sổ đỏ", "sổ đỏ nhà em mất rồi", "mất hết giấy tờ", "đánh mất thẻ căn cước", "khai sinh gốc bị mất", "thất lạc học bạ",
    ],
)  # fmt: skip
def test_of_a_paper_it_is_lost(text):
    assert told(text) == told(strip_accents(text)) == "lost"


@pytest.mark.parametrize(
    "text",
    ["làm khai sinh mất bao lâu", "mất bao nhiêu tiền", "có mất tiền không", "nhà em mất mùa", "bố mất rồi, giấy khai sinh của bố cũng mất", "làm khai sinh"],
)
def test_of_time_money_and_harvest_it_is_neither(text):
    assert told(text) is told(strip_accents(text)) is None


@pytest.mark.parametrize(
    "text, ids, left",
    [
        ("mẹ em mất giấy khai sinh", ["khai_tu", "trich_luc"], ["trich_luc"]),
        ("bố tôi mất", ["trich_luc", "khai_tu", "mai_tang_bt"], ["khai_tu", "mai_tang_bt"]),
        ("mất giấy khai sinh", ["khai_tu"], ["khai_tu"]),
        ("làm khai sinh mất bao lâu", ["khai_sinh", "khai_tu"], ["khai_sinh", "khai_tu"]),
    ],
)
def test_the_wrong_side_is_not_offered(text, ids, left):
    assert fitting(text, ids) == left


def test_a_sure_model_on_the_wrong_side_is_not_followed():
    phone = real_phone()
    answer = phone("me em mat the can cuoc", unsure(khai_tu=0.9, doi_can_cuoc=0.08))
    assert "khai tu" not in answer.lower() and "can cuoc" in answer.lower()


# Numbered questions


@pytest.mark.parametrize(
    "text, meant_as, offered",
    [
        ("xin tien mai tang", "mai_tang_bt", ["mai_tang_bt", "mai_tang_huu_tri", "lien_thong_khai_tu", "khai_tu"]),
        ("xin trợ cấp cho mẹ", "tro_cap_bt", ["tro_cap_bt", "huu_tri_xh", "khuyet_tat", "nguoi_co_cong_than_nhan"]),
        ("ra xa chung thuc giay to", "ct_chu_ky", ["ct_ban_sao", "ct_chu_ky", "ct_giao_dich_dat", "ct_di_chuc"]),
        ("đăng ký lại khai sinh", "khai_sinh_lai", ["trich_luc", "khai_sinh_lai", "cai_chinh"]),
        ("hoi ve ho ngheo", "ho_ngheo", ["ho_ngheo", "thoat_ngheo", "ho_nlnn_trung_binh"]),
        ("mất giấy khai sinh thì làm thế nào", "trich_luc", ["trich_luc", "khai_sinh_lai", "cai_chinh"]),
        ("nhà có tang", "khai_tu", ["mai_tang_bt", "mai_tang_huu_tri", "lien_thong_khai_tu", "khai_tu"]),
    ],
)
def test_a_word_for_many_things_is_always_asked_about(text, meant_as, offered):
    phone = real_phone()
    answer = phone(text, meant("ask_procedure", meant_as, 0.99))
    assert [o["value"] for o in phone.state.open["options"]][: len(offered)] == offered
    assert "1 " in answer and len(phone.state.open["options"]) <= 4 and len(phone.pages) <= 2 and not phone.state.cases


@pytest.mark.parametrize(
    "text, procedure",
    [
        ("xin tien mai tang cho cu huong tien gia", "mai_tang_huu_tri"),
        ("mai táng cho người khuyết tật", "mai_tang_bt"),
        ("trợ cấp tuổi già cho mẹ 76 tuổi", "huu_tri_xh"),
        ("cong chung hop dong mua ban dat", "ct_giao_dich_dat"),
        ("chứng thực di chúc", "ct_di_chuc"),
        ("xin xét vào hộ nghèo", "ho_ngheo"),
        ("xin thoat ho ngheo", "thoat_ngheo"),
    ],
)
def test_a_deciding_word_is_enough(text, procedure):
    phone = real_phone()
    phone(text, meant("ask_procedure", procedure, 0.99))
    assert phone.state.memory["procedure"] == procedure


def test_of_four_another_one_is_reached_by_a_word():
    phone = real_phone()
    assert "nhan KHAC" in phone("xin tien mai tang", meant("ask_procedure", "mai_tang_bt", 0.99))
    assert "Nhan ten giay" in phone("khac")


@pytest.mark.parametrize("ranking", [{"khai_sinh": 0.5, "khai_sinh_lai": 0.3}, {"khai_sinh": 0.7, "trich_luc": 0.28}, {"khai_sinh": 0.4}])
def test_the_unsure_band_asks_with_numbers(ranking):
    phone = real_phone()
    answer = phone("lam cai giay ay", unsure(**ranking))
    assert "Y ong ba la viec nao? 1" in answer and [o["value"] for o in phone.state.open["options"]] == [*ranking, "other"]
    assert phone.state.cases == []


def test_a_number_or_the_name_chooses():
    for said in ("2", "cai thu hai", "thoat ngheo"):
        phone = real_phone()
        phone("hoi ve ho ngheo", meant("ask_procedure", "ho_ngheo", 0.99))
        phone(said, meant("ask_procedure", "thoat_ngheo"))
        assert phone.state.memory["procedure"] == "thoat_ngheo"


def test_a_cluster_offers_only_what_is_in_force():
    for cluster in REAL.clusters:
        for name in cluster.ask:
            assert REAL.get(name).names.menu


# What the language knows and the catalogue does not


def test_a_paper_without_a_file_is_owned_up_to_and_a_person_is_offered():
    phone = Phone()
    answer = phone("xin khai thac go", meant("ask_procedure", "khai_thac_go"))
    assert "chua co thong tin" in answer and "Can can bo goi lai" in answer
    phone("1")
    assert phone.asked[0].args["reason"] == "not_in_catalogue"


def test_in_a_form_that_is_said_and_the_question_returns():
    phone = Phone()
    phone("giay khai sinh", meant("ask_procedure", "khai_sinh"))
    assert "chua co thong tin" in phone("con khai thac go thi sao", meant("ask_procedure", "khai_thac_go")) and phone.open == "relation"
