"""Two wishes in one message, an answer and a question together: nothing that was said is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dialogue import both, split
from bot.dialogue.types import Understanding
from bot.dialogue.wishes import facts
from tests.dialogue.kit import WALK, Phone, birth, fold, meant

# Where a text falls apart


@pytest.mark.parametrize(
    "text, first, second",
    [
        ("làm giấy khai sinh cho cháu, với lại hỏi trợ cấp cho bà", "làm giấy khai sinh cho cháu", "hỏi trợ cấp cho bà"),
        ("lam giay khai sinh cho chau voi lai hoi tro cap cho ba", "lam giay khai sinh cho chau", "hoi tro cap cho ba"),
        ("xin giấy độc thân, tiện thể làm luôn trích lục khai sinh", "xin giấy độc thân", "làm luôn trích lục khai sinh"),
        ("xin giay doc than tien the xin trich luc", "xin giay doc than", "xin trich luc"),
        ("lam khai tu cho bo, ngoai ra xin tien mai tang", "lam khai tu cho bo", "xin tien mai tang"),
        ("đăng ký kết hôn rồi nhập hộ khẩu cho vợ", "đăng ký kết hôn", "nhập hộ khẩu cho vợ"),
        ("dang ky tam tru va mo ho kinh doanh", "dang ky tam tru", "mo ho kinh doanh"),
        ("cần công chứng bằng với xác nhận lý lịch", "cần công chứng bằng", "xác nhận lý lịch"),
        ("dk ket hon + lam cccd", "dk ket hon", "lam cccd"),
        ("1. làm giấy khai sinh cho cháu 2. xin giấy khuyết tật", "làm giấy khai sinh cho cháu", "xin giấy khuyết tật"),
        ("sua ten trong khai sinh, xong lam lai can cuoc", "sua ten trong khai sinh", "lam lai can cuoc"),
        ("hồ sơ của tôi đến đâu rồi, với lại làm căn cước", "hồ sơ của tôi đến đâu rồi", "làm căn cước"),
        ("xin hộ nghèo, cho tôi gặp cán bộ", "xin hộ nghèo", "cho tôi gặp cán bộ"),
        ("bác muốn làm tiền già, à mà hỏi luôn thẻ khuyết tật", "bác muốn làm tiền già", "thẻ khuyết tật"),
        ("làm căn cước cho con. Xin cả hộ nghèo", "làm căn cước cho con", "Xin cả hộ nghèo"),
        ("làm sổ đỏ lần đầu, còn đăng ký tạm trú thì sao", "làm sổ đỏ lần đầu", "đăng ký tạm trú thì sao"),
    ],
)
def test_a_text_is_cut_where_a_second_wish_begins(text, first, second):
    assert (first, second) in split(text)


@pytest.mark.parametrize(
    "text",
    [
        "làm giấy khai sinh cho cháu nội", "vợ tôi mới đẻ", "khai sinh, nhập khẩu và bảo hiểm làm một lần", "bo mat hom qua", "giấy khai sinh của bố và mẹ",
        "lam gop khai tu voi xoa khau", "nhà tôi nghèo và đông con", "", "?", "con tôi và cháu tôi",
    ],
)  # fmt: skip
def test_one_wish_is_left_whole(text):
    assert split(text) == ()


def understood(procedure, *likely, intent="ask_procedure", confidence=0.99):
    return Understanding(intent, confidence, procedure, 0.99 if procedure else 0.0, tuple((name, 0.4) for name in (procedure, *likely) if name))


BIRTH, DEATH, TRACK = understood("khai_sinh"), understood("khai_tu"), understood(None, intent="track_dossier")


@pytest.mark.parametrize(
    "whole, first, second, two",
    [
        (understood("khai_tu", "khai_sinh"), BIRTH, DEATH, ("khai_sinh", "khai_tu")),
        (understood("khai_tu"), BIRTH, DEATH, None),  # the whole knows nothing of a birth
        (understood("khai_sinh"), BIRTH, BIRTH, None),
        (understood("khai_sinh", intent="track_dossier"), BIRTH, TRACK, ("khai_sinh", None)),
        (understood("khai_sinh", intent="track_dossier"), TRACK, BIRTH, (None, "khai_sinh")),
        (understood(None, intent="track_dossier"), TRACK, understood(None, intent="talk_to_human"), (None, None)),
        (understood("khai_sinh", "khai_tu", intent="urgent"), BIRTH, DEATH, None),
        (understood("khai_sinh"), BIRTH, understood(None, intent="complain", confidence=0.6), None),
        (understood("khai_sinh"), BIRTH, understood(None, intent="greet"), None),
    ],
)
def test_two_parts_are_two_wishes_only_if_the_whole_agrees(whole, first, second, two):
    found = both(whole, first, second)
    assert (found and (found.procedure, found.second.procedure)) == two


@pytest.mark.parametrize(
    "text, means, more",
    [
        ("làm khai sinh cần giấy gì, bao lâu thì xong", "ask_duration", {"ask_documents"}),
        ("lam khai sinh can giay gi, bao lau thi xong", "ask_duration", {"ask_documents"}),
        ("xin giay doc than mat bao nhieu tien, nop o dau", "ask_fee", {"ask_where"}),
        ("đăng ký kết hôn cần mang gì? mấy ngày có? mất tiền không?", "ask_fee", {"ask_documents", "ask_duration"}),
        ("lam giay khai sinh the nao", "ask_procedure", set()),
        ("một sào lúa bị lũ được hỗ trợ bao nhiêu tiền", "ask_benefit", set()),
        ("mất bao nhiêu ngày thì xong", "ask_duration", set()),
        ("cần giấy gì", "greet", set()),
    ],
)
def test_several_questions_in_one_breath_are_all_heard(text, means, more):
    assert set(facts(meant(means, "khai_sinh"), text)) == more


# What becomes of two wishes


def two(first: Understanding, second: Understanding) -> Understanding:
    return Understanding(first.intent, first.confidence, first.procedure, first.procedure_confidence, first.candidates, second=second)


def test_of_two_papers_the_first_is_begun_and_the_second_said_to_be_kept():
    phone = Phone()
    answer = phone("xin giay doc than, voi lai ho ngheo", two(meant("ask_procedure", "xn_doc_than"), meant("ask_procedure", "ho_ngheo")))
    assert "Cau 1/" in answer and "Viec xin xet ho ngheo may nho roi" in answer and len(phone.pages) <= 2


def test_the_second_is_offered_when_the_first_is_sent_and_begins_with_a_yes():
    pa = Phone()
    pa("khai sinh, voi lai ho ngheo", two(meant("ask_procedure", "khai_sinh"), meant("ask_procedure", "ho_ngheo")))
    for text in WALK:
        pa(text)
    answer = pa("1")
    assert "Con viec xin xet ho ngheo: lam luon khong? 1 Co 2 De sau" in answer and len(pa.pages) <= 2
    assert "Cau 1/5" in pa("1")


@pytest.mark.parametrize("stop", ["de sau", "2"])
def test_a_second_wish_put_off_is_not_offered_again(stop):
    phone = Phone()
    phone("ho so den dau, voi lai ho ngheo", two(meant("track_dossier"), meant("ask_procedure", "ho_ngheo")))
    assert "Can cu nhan" in phone(stop) or "cu nhan" in " ".join(phone.pages)
    assert "ho ngheo" not in phone("cam on", meant("thank"))


def test_a_service_is_served_at_once_and_the_paper_offered_in_the_same_text():
    for means in (two(meant("track_dossier"), meant("ask_procedure", "ho_ngheo")), two(meant("ask_procedure", "ho_ngheo"), meant("track_dossier"))):
        phone = Phone()
        answer = phone("ho so den dau roi, voi lai xin ho ngheo", means)
        assert phone.verbs == ["track"] and "dang lam" in answer and "Con viec xin xet ho ngheo: lam luon khong?" in answer and len(phone.pages) == 1


def test_a_person_and_a_paper():
    phone = Phone()
    answer = phone("xin ho ngheo, cho toi gap can bo", two(meant("ask_procedure", "ho_ngheo"), meant("talk_to_human")))
    assert phone.verbs == ["person"] and "goi lai truoc" in answer and "ho ngheo: lam luon khong" in answer


def test_two_services_are_both_asked_for():
    phone = Phone()
    phone("ho so den dau roi, goi lai cho toi", two(meant("track_dossier"), meant("talk_to_human")))
    assert phone.verbs == ["track", "person"] and len(phone.pages) <= 2


def test_two_questions_about_two_papers_are_answered_together():
    phone = Phone()
    answer = phone("khai sinh can giay gi, ho ngheo can giay gi", two(meant("ask_documents", "khai_sinh"), meant("ask_documents", "ho_ngheo")))
    assert "can cuoc bo me" in answer and "can cuoc chu ho" in answer and "1 Khai sinh 2 Ho ngheo 3 De sau" in answer and len(phone.pages) <= 2
    assert "Cau 1/5" in phone("2")


def test_several_questions_about_one_paper_are_answered_together():
    phone = Phone()
    answer = phone("ho ngheo can giay gi, bao lau thi xong, mat tien khong", meant("ask_documents", "ho_ngheo"))
    assert "can cuoc chu ho" in answer and "15 ngay" in answer and "khong thu le phi" in answer and len(phone.pages) <= 2


def test_a_danger_beside_a_paper_comes_first():
    phone = Phone()
    phone("lam khai sinh, voi lai no danh toi", two(meant("ask_procedure", "khai_sinh"), meant("urgent")))
    assert phone.asked[0].args["urgent"] is True


def test_a_second_wish_that_may_be_two_papers_is_asked_about_when_offered():
    phone = Phone()
    unsure = Understanding("ask_procedure", 0.9, "mai_tang_bt", 0.9, (("mai_tang_bt", 0.9), ("mai_tang_huu_tri", 0.1)))
    answer = phone("ho so den dau roi, voi lai tien mai tang", two(meant("track_dossier"), unsure))
    assert "1 Mai tang bao tro 2 Mai tang huu tri 3 De sau" in answer


def test_a_second_wish_the_catalogue_does_not_hold_is_owned_up_to():
    phone = Phone()
    answer = phone("xin ho ngheo, voi lai khai thac go", two(meant("ask_procedure", "ho_ngheo"), meant("ask_procedure", "khai_thac_go")))
    assert "chua co thong tin" in answer and "Cau 1/5" in answer


def test_each_wish_is_asked_about_by_its_own_words():
    phone = Phone()
    first, second = meant("ask_procedure", "khai_sinh", said="lam giay khai sinh"), meant("ask_procedure", "mai_tang_bt", said="xin tien mai tang")
    answer = phone("lam giay khai sinh, voi lai xin tien mai tang", replace(first, second=second))
    assert "Cau 1/10" in answer and "Viec Mai tang bao tro (hay Mai tang huu tri) may nho roi" in answer


def test_in_a_form_two_wishes_are_kept_and_the_question_returns():
    pa = birth(Phone(), "3")
    pa("con lam ca giay doc than, voi lai ho ngheo", two(meant("start_dossier", "xn_doc_than"), meant("start_dossier", "ho_ngheo")))
    assert [w["ids"][0] for w in pa.state.memory["wishes"]] == ["xn_doc_than", "ho_ngheo"] and pa.open == "parents_married"


# An answer and something else

NAME, CHOICE, DATE, KEY, PLACE = 5, 1, 3, 6, 8
TOGETHER = [
    (NAME, "Bàn Thị Mai, mà có mất tiền không", "child_name", "BÀN THỊ MAI"),
    (NAME, "ban thi mai, ma co mat tien khong", "child_name", "BAN THI MAI"),
    (NAME, "ban thi mai ma co mat tien khong", "child_name", "BAN THI MAI"),
    (NAME, "Bàn Thị Mai. Bao nhiêu tiền vậy ạ?", "child_name", "BÀN THỊ MAI"),
    (NAME, "có mất tiền không, cháu tên là Bàn Thị Mai", "child_name", "BÀN THỊ MAI"),
    (NAME, "co mat tien khong, ten la ban thi mai", "child_name", "BAN THI MAI"),
    (CHOICE, "1, thế bao nhiêu tiền", "parents_married", "yes"),
    (CHOICE, "1 the bao nhieu tien", "parents_married", "yes"),
    (CHOICE, "roi ma co mat tien khong", "parents_married", "yes"),
    (CHOICE, "rồi nhưng mấy ngày thì xong", "parents_married", "yes"),
    (CHOICE, "chưa, có làm được không", "parents_married", "no"),
    (CHOICE, "chua the co lam duoc khong", "parents_married", "no"),
    (DATE, "13/11/2026, mấy ngày thì xong", "child_dob", "2026-11-13"),
    (DATE, "13/11/2026 can giay gi nua", "child_dob", "2026-11-13"),
    (DATE, "13/11/2026 ma co mat phi ko", "child_dob", "2026-11-13"),
    (DATE, "ngay 13/11/2026, co kip khong", "child_dob", "2026-11-13"),
    (KEY, "006196004513, thế có phải đi cả hai vợ chồng không", "mother", "006196004513"),
    (KEY, "006196004513 the bao lau thi xong", "mother", "006196004513"),
    (PLACE, "thôn Khuổi Slưng, xã Na Rì, mà nộp ở đâu", "place", None),
]


@pytest.mark.parametrize("done, text, question, value", TOGETHER)
def test_an_answer_and_a_question_fill_the_field_and_are_answered(done, text, question, value):
    pa = birth(Phone(), *WALK[:done])
    answer = pa(text, meant("ask_fee", "khai_sinh"))
    assert pa.answers[question] == (value or pa.answers[question])
    assert "60 ngay thi khong mat le phi" in answer, "the question was answered"
    assert pa.open != question


@pytest.mark.parametrize(
    "done, text, question",
    [
        (CHOICE, "có phải đăng ký kết hôn rồi mới làm được không", "parents_married"),
        (NAME, "cho hỏi có mất tiền không", "child_name"),
        (NAME, "có mất tiền không, cảm ơn", "child_name"),
        (DATE, "bao giờ thì xong", "child_dob"),
        (KEY, "sao lại cần số của mẹ", "mother"),
    ],
)
def test_a_question_alone_fills_nothing(done, text, question):
    pa = birth(Phone(), *WALK[:done])
    pa(text, meant("ask_fee", "khai_sinh"))
    assert question not in pa.answers and pa.open == question


@pytest.mark.parametrize("text", ["Bàn Thị Mai, làm cả hộ nghèo nữa nhé", "ban thi mai, voi lai xin ho ngheo", "Bàn Thị Mai. Tiện thể xin hộ nghèo"])
def test_an_answer_and_a_wish_fill_the_field_and_keep_the_wish(text):
    pa = birth(Phone(), *WALK[:NAME])
    answer = pa(text, meant("start_dossier", "ho_ngheo"))
    assert fold(pa.answers["child_name"]) == "ban thi mai" and "ho ngheo may nho roi" in answer and pa.open == "mother"


def test_an_answer_and_where_does_it_stand():
    pa = birth(Phone(), *WALK[:CHOICE])
    pa("1, hồ sơ hôm nọ đến đâu rồi", meant("track_dossier"))
    assert pa.answers["parents_married"] == "yes" and pa.verbs == ["track"]
