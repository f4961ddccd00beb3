"""What went wrong when people of every kind talked to it: each was unkind, a loop, or a misunderstanding nobody saw."""

from __future__ import annotations

import pytest

from bot.dialogue.types import Understanding
from tests.dialogue.kit import WALK, Phone, birth, meant

# A misunderstanding nobody sees


@pytest.mark.parametrize(
    "text, changed, kept",
    [
        ("à nhầm, tên bé là Nông Gia Huy", "child_name", ("mother", "father")),
        ("nham ten chau la nong gia huy", "child_name", ("mother", "father")),
        ("nhầm rồi, mẹ tên là Nông Thị Linh", "mother", ("child_name", "father")),
        ("nham, bo chau la nong van dung", "father", ("child_name", "mother")),
    ],
)
def test_a_corrected_name_goes_to_the_person_it_is_about(text, changed, kept):
    pa = birth(Phone(), *WALK[:8])
    before = pa.answers
    pa(text, meant("correct_answer"))
    assert pa.answers[changed] != before[changed] and all(pa.answers[name] == before[name] for name in kept)


@pytest.mark.parametrize("text", ["ba toi ten trieu van pa", "ông nội tên là Triệu Văn Pá", "bo chau ten nong van dung"])
def test_a_name_is_no_answer_to_who_are_you(text):
    pa = birth(Phone())
    pa(text, meant("inform"))
    assert "relation" not in pa.answers and pa.open == "relation"


@pytest.mark.parametrize("text", ["cam on chau nhe", "cảm ơn nhiều ạ", "xin lỗi em nhầm", "the co mat tien k", "gặp cán bộ công an", "bao gio thi xong", "dung roi"])
@pytest.mark.parametrize("done", [5, 6])
def test_thanks_and_questions_are_no_names(text, done):
    pa = birth(Phone(), *WALK[:done])
    question = pa.open
    pa(text, meant("thank"))
    assert question not in pa.answers and "la ho ten phai khong" not in " ".join(pa.pages)


@pytest.mark.parametrize("text", ["lấy 2 bản", "lay 2 ban nhe", "3 người"])
def test_a_count_is_not_the_number_of_a_choice(text):
    pa = birth(Phone())
    pa(text, meant("inform"))
    assert "relation" not in pa.answers


def test_a_single_word_of_a_later_choice_fills_nothing_early():
    phone = Phone()
    phone("xin ho ngheo", meant("start_dossier", "ho_ngheo"))
    phone("nhà ở thôn Nà Mơ bị hỏng nặng", meant("inform"))
    assert phone.open == "people"


# Kind


@pytest.mark.parametrize("text", ["goi cho toi", "gọi lại cho em", "tôi không biết chữ", "khong biet nhan tin"])
@pytest.mark.parametrize("done", [None, 1, 5])
def test_whoever_cannot_or_will_not_write_is_called(text, done):
    pa = Phone() if done is None else birth(Phone(), *WALK[:done])
    pa(text, meant("assist_other"))
    assert pa.verbs == ["person"]


def test_where_no_paper_is_needed_nothing_is_said_of_keeping_texts():
    tuan = Phone()
    tuan("xin giay doc than", meant("ask_procedure", "xn_doc_than"))
    assert "30 ngay" not in tuan("3") and tuan.verbs == ["drop"]


@pytest.mark.parametrize("yes", ["dung roi", "giữ nguyên", "van the", "ok"])
def test_an_answer_shown_again_may_be_kept_with_a_yes(yes):
    pa = birth(Phone(), *WALK[:7])
    assert "Truoc ghi: TRIEU MUI NAI" in pa("lui")
    pa(yes, meant("affirm"))
    assert pa.answers["mother"] == "TRIỆU MÙI NẢI" and pa.open == "father"


@pytest.mark.parametrize("text", ["toi roi qua", "tôi đang rối quá", "em buồn quá", "mệt lắm rồi"])
def test_somebody_who_can_no_more_may_rest(text):
    pa = birth(Phone(), *WALK[:3])
    assert "Da luu" in pa(text, meant("complain", confidence=0.4)) and pa.verbs == []


def test_a_required_key_that_nobody_remembers_may_be_a_name():
    from tests.dialogue.test_manners import old_age

    phone = old_age("1", "1", "1", "thôn Nà Mơ, xã Na Rì")
    assert "nhan du ho va ten" in phone("khong nho so") and phone.open == "requester"


# Heard at once


@pytest.mark.parametrize("confidence", [0.44, 0.62, 0.8])
def test_a_greeting_with_a_wish_behind_it_is_a_wish(confidence):
    answer = Phone()("alo ad oi e moi sinh be hom qua lm gks ntn v", Understanding("greet", confidence, "khai_sinh", 0.98))
    assert "Cau 1/10" in answer


def test_a_remark_that_surely_names_a_paper_is_a_wish_at_rest():
    assert "Cau 1/10" in Phone()("vo em moi de hom qua", meant("inform", "khai_sinh"))


def test_a_death_is_heard_where_nothing_else_was():
    phone = Phone()
    answer = phone("bo toi mat sang nay roi", meant("urgent", confidence=0.2))
    assert "1 Mai tang bao tro 2 Mai tang huu tri" in answer


def test_in_a_form_another_paper_asked_for_is_kept_however_the_intent_is_read():
    pa = birth(Phone(), *WALK[:6])
    answer = pa("a ma em mat giay doc than thi lam lai o dau", Understanding("complain", 0.4, "xn_doc_than", 0.98))
    assert "xin giay doc than may nho roi" in answer and pa.open == "mother"


# No loop


def test_what_paper_is_asked_thrice_and_then_a_person_calls():
    phone = Phone()
    phone("can giay gi", meant("ask_documents"))
    said = [phone(text, meant("ask_documents", confidence=0.7, candidates=(("khai_sinh", 0.01),))) for text in ("abc", "def", "ghi")]
    assert phone.verbs == ["person"] and len(set(said)) == 3


def test_without_a_draft_other_words_are_not_taken_for_the_six_digits():
    phone = Phone()
    phone("tiep")
    assert "6 so" not in phone("trieu van tuan", meant("inform"))


# A volunteer


def test_the_paper_in_brackets_is_taken_by_its_name():
    linh = Phone("zalo", "+84912000001")
    linh("nhập giúp bác Pá (hộ nghèo) với cô Mùi (giấy khai sinh)", meant("assist_other"))
    assert [p["procedure"] for p in linh.state.helper["people"]] == ["ho_ngheo", "khai_sinh"]


def test_a_helper_may_switch_before_the_paper_is_named():
    linh = Phone("zalo", "+84912000001")
    linh("nhập giúp bác Pá với cô Mùi", meant("assist_other"))
    linh("Nông Thị Linh")
    assert "[PÁ]" in linh("pá")
    assert "[MÙI]" in linh("mùi")
