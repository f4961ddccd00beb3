"""The guided form: what a person may do at a question, and what the form makes of it."""

import pytest

from backend.domain.catalogue import Catalogue
from bot.dialogue.types import Card
from tests.dialogue.kit import WALK, Phone, birth, meant
from tests.dialogue.law import LONG, YEARS


def test_back_asks_the_question_before_and_keeps_its_answer_until_a_new_one():
    pa = birth(Phone(), "3", "1")
    assert "Truoc ghi: roi. Cau 2/10" in pa("lui")
    assert pa.answers["parents_married"] == "yes"
    pa("chua")
    assert pa.answers["parents_married"] == "no" and pa.open == "birthplace"


def test_back_at_the_first_question_says_so():
    assert "cau dau" in birth(Phone())("LUI")


@pytest.mark.parametrize("text", ["SUA 4", "sua cau 4", "sửa câu số 4"])
def test_an_answer_is_corrected_by_its_number_and_the_form_goes_on(text):
    pa = birth(Phone(), *WALK[:7])
    assert "Truoc ghi: 13/11/2026. Cau 4/10" in pa(text)
    assert "Cau 8/10" in pa("12/11/2026")
    assert pa.answers["child_dob"] == "2026-11-12"


@pytest.mark.parametrize(
    "text, question, value",
    [
        ("nham, chau de 12/11/2026", "child_dob", "2026-11-12"),
        ("nhầm ngày sinh, con sinh 12/11/2026 không phải 13/11", "child_dob", "2026-11-12"),
        ("nhầm, con trai", "child_sex", "male"),
        ("sai roi, ten la Bàn Thị Nga", "child_name", "BÀN THỊ NGA"),
    ],
)
def test_an_answer_is_corrected_in_free_text(text, question, value):
    pa = birth(Phone(), *WALK[:6])
    pa(text, meant("correct_answer"))
    assert pa.answers[question] == value and pa.open == "mother"


def test_a_correction_that_says_nothing_is_asked_about():
    assert "Sai cau so may" in birth(Phone(), *WALK[:6])("nham roi", meant("correct_answer"))


def test_after_the_read_back_an_answer_is_corrected_and_everything_is_read_again():
    pa = birth(Phone(), *WALK)
    assert "Sai cau so may (1 den 10)?" in pa("2")
    assert "Cau 5/10" in pa("5")
    answer = pa("trai")
    assert "Doc lai: Be trai" in answer and "1 Gui 2 Sua" in answer


def test_a_changed_answer_takes_needless_ones_with_it():
    pa = birth(Phone(), *WALK[:8])
    assert "father" in pa.answers
    pa("sua 2")
    pa("2")
    assert "father" not in pa.answers


def test_why_is_answered_from_the_procedure_and_the_question_comes_back():
    assert "De biet ai dung ten xin giay. Cau 1/10" in birth(Phone())("sao lai hoi cai nay")


def test_help_says_what_kind_of_answer_is_expected():
    assert "Xin nhan mot so, tu 1 den 4" in birth(Phone())("k hieu", meant("ask_help"))


def test_a_number_that_says_another_sex_is_asked_about_and_may_stand():
    pa = birth(Phone(), *WALK[:6])
    assert "so cua nam" in pa("006096004512")
    assert "Cau 8/10" in pa("1")
    assert pa.state.cases[0].answers["mother"]["doubt"] == "id_sex_male"


def test_a_number_that_says_another_sex_may_be_sent_again():
    pa = birth(Phone(), *WALK[:6])
    pa("006096004512")
    assert "Cau 7/10" in pa("2")
    assert "mother" not in pa.answers


def test_three_misses_lead_to_a_person_and_no_answer_comes_twice():
    pa = birth(Phone(), "3")
    said = [pa("hả") for _ in range(6)]
    assert "May chua hieu" in said[0] and "nhan GAP" in said[1] and "goi lai truoc" in said[2]
    assert len(set(said[:3])) == 3
    assert "can bo da duoc bao" in said[5] and pa.verbs == []


def test_an_answer_clears_the_misses():
    pa = birth(Phone(), "3")
    for text in ("hả", "hả", "1", "hả", "hả"):
        pa(text)
    assert pa.verbs == []


def test_a_story_comes_in_many_texts_and_ends_with_xong():
    dung = Phone()
    dung("tranh chap dat", meant("start_dossier", "hoa_giai_dat"))
    dung("Nông Văn Dũng")
    dung("ông hàng xóm lấn bờ ruộng")
    assert "het thi nhan XONG" in dung("đã nói mấy lần không nghe")
    answer = dung("XONG")
    assert dung.state.cases[0].answers["story"]["value"] == "ông hàng xóm lấn bờ ruộng\nđã nói mấy lần không nghe"
    assert "Doc lai" in answer


def test_danger_inside_a_story_still_calls_a_person():
    mui = Phone()
    mui("tranh chap dat", meant("start_dossier", "hoa_giai_dat"))
    mui("Triệu Thị Mùi")
    assert "113" in mui("nó cầm dao đòi chém cả nhà", meant("urgent"))
    assert mui.verbs == ["person"] and mui.answers["story"]


def test_a_voice_note_is_heard_by_a_person_and_asked_for_in_words():
    pa = birth(Phone("zalo"), "3")
    answer = pa("", kind="voice", media=("v1",))
    assert "cán bộ sẽ nghe" in answer and "Câu 2/" in answer
    assert pa.verbs == ["person"] and pa.state.cases[0].media == ["v1"]
    pa("", kind="voice", media=("v2",))
    assert pa.verbs == []


def test_a_photo_where_a_date_is_asked_is_kept_and_a_date_is_asked_for():
    pa = birth(Phone("zalo"), *WALK[:3])
    answer = pa("", kind="photo", media=("a1",))
    assert "Đã giữ ảnh" in answer and "Cháu đẻ ngày nào?" in answer and pa.state.cases[0].media == ["a1"]


def test_an_unreadable_photo_is_asked_for_once_more_and_then_in_numbers():
    pa = birth(Phone("zalo"), *WALK[:6])
    assert "Chụp gần hơn" in pa("", kind="photo", media=("a1",))
    assert "nhắn bằng chữ hoặc số" in pa("", kind="photo", media=("a2",))


def test_a_card_of_somebody_else_is_put_aside():
    pa = birth(Phone("zalo"), *WALK[:6])
    pa("", kind="photo", media=("a1",), card=Card("006196004513", "Triệu Mùi Nải", "1996-05-01", "female", "Na Rì"))
    assert "Câu 7/" in pa("2")
    assert "mother" not in pa.answers and "card" not in pa.state.memory


def test_a_numbers_middle_digits_are_never_sent_back():
    pa = birth(Phone(), *WALK)
    assert "006096004512" not in " ".join(pa.pages) and "so cuoi 4512" in " ".join(pa.pages)


def test_a_second_wish_for_the_same_paper_goes_on_with_the_draft():
    pa = birth(Phone(), "3")
    pa("mai lam tiep")
    answer = pa("lam giay khai sinh", meant("start_dossier", "khai_sinh"))
    assert "Cau 2/10" in answer and len(pa.state.cases) == 1


def test_several_drafts_are_chosen_by_digit():
    pa = birth(Phone(), "3")
    pa("mai lam tiep")
    pa("xin ho ngheo", meant("start_dossier", "ho_ngheo"))
    pa("mai lam tiep")
    assert "1 Khai sinh 2 Ho ngheo" in pa("tiep")
    assert "Cau 1/5" in pa("2")


def test_a_list_of_papers_longer_than_a_text_is_paged():
    phone = Phone(law=Catalogue([LONG]))
    assert "1 Xem tiep 2 Khai luon" in phone("viec dai", meant("ask_procedure", "dai"))
    seen = phone("1") + phone("xem tiep")
    assert "giay thu 8" in seen


def test_a_draft_that_moved_away_leaves_no_open_question():
    pa = birth(Phone(), "3")
    pa.state.cases = []
    assert "khong hoi cau nao" in pa("1")


def test_an_answer_in_words_settles_a_doubt_too():
    pa = birth(Phone(), "3", "1", "2")
    pa("mung 5 thang 10")
    pa("12/11/2026")
    assert pa.answers["child_dob"] == "2026-11-12"


def test_six_digits_sent_unasked_are_a_code_to_go_on():
    phone = Phone()
    phone("482 913")
    assert phone.verbs == ["claim"]


def test_a_form_ends_where_nothing_needs_to_be_filed():
    tuan = Phone()
    tuan("giay doc than", meant("start_dossier", "xn_doc_than"))
    assert "khong can giay nay" in tuan("cuoi")
    assert tuan.verbs == ["drop"] and not tuan.state.cases and tuan.open is None


def test_a_choice_may_have_a_sentence_of_its_own():
    tuan = Phone()
    tuan("giay doc than", meant("start_dossier", "xn_doc_than"))
    assert "Nguoi ay van dung ten." in tuan("2")


def test_a_birth_year_alone_is_asked_about_and_kept_when_nothing_more_is_known():
    phone = Phone(law=Catalogue([YEARS]))
    phone("tuoi", meant("start_dossier", "tuoi"))
    assert "Nam 1949 thi ngay may" in phone("năm 1949")
    phone("khong nho")
    assert phone.answers["born"] == "1949" and phone.state.cases[0].answers["born"]["doubt"] == "partial_date"


def test_a_hamlet_without_its_commune_is_asked_about_as_ours():
    pa = birth(Phone(), *WALK[:8])
    assert "La thon Na Mo, Xa Na Ri phai khong? 1 Dung 2 Khong, nhan lai" in pa("thôn Nà Mơ")
    pa("1")
    assert pa.answers["place"] == "02155" and "Na Mo" in " ".join(pa.pages)


def test_an_old_commune_is_found_and_the_new_name_is_said():
    pa = birth(Phone(), *WALK[:8])
    assert "Xa Kim Lu cu nay la Xa Na Ri." in pa("thon khuoi slung xa kim lu cu")


@pytest.mark.parametrize("text", ["không biết", "gửi nhầm cho ai rồi hay sao ý", "để hỏi lại con đã", "0", "ok thế còn lệ phí thì sao"])
def test_only_a_short_yes_sends(text):
    pa = birth(Phone(), *WALK)
    pa(text)
    assert "send" not in pa.verbs and pa.state.cases


@pytest.mark.parametrize("text", ["1", "gui", "dung roi", "ok gửi đi", "đồng ý"])
def test_a_short_yes_sends(text):
    pa = birth(Phone(), *WALK)
    pa(text)
    assert pa.verbs == ["send"]


def test_a_day_without_its_year_is_asked_back():
    pa = birth(Phone(), *WALK[:3])
    assert "Ngay 12/9 nam nao? 1 Ngay 12/9/2026 2 Khong, nhan lai" in pa("12/9")
    assert "Cau 5/10" in pa("1")
    assert pa.answers["child_dob"] == "2026-09-12"


def test_a_correction_without_its_year_keeps_the_year():
    pa = birth(Phone(), *WALK[:6])
    assert "Ghi: de ngay 12/9/2026. Cau 7/10" in pa("nham, con sinh 12/9")


def test_a_question_at_an_address_is_no_address():
    pa = birth(Phone(), *WALK[:8])
    assert "hoi can bo" in pa("co mat tien nha khong", meant("ask_fee")) and pa.open == "place"


def test_a_yes_no_question_needs_no_options_of_its_own():
    phone = Phone(law=Catalogue([YEARS]))
    phone("tuoi", meant("start_dossier", "tuoi"))
    assert "Co o mot minh khong? 1 Co 2 Khong" in phone("5/11/1949")
    assert "O mot minh: Khong." in phone("chua")
    assert phone.answers["alone"] == "no"
