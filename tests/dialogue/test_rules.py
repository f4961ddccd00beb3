"""The 22 rules of the model conversations, each as what a person sees on the telephone."""

from datetime import timedelta

import pytest

from bot.dialogue.types import Card, Outcome
from tests.dialogue.kit import WALK, Phone, birth, meant, office


def refusing(verb, reason, **data):
    """An office that refuses one verb."""

    def answer(request, at):
        return Outcome(verb, False, data, reason) if request.verb == verb else office(request, at)

    return answer


# 1. A digit answers only the last open question


@pytest.mark.parametrize("between", ["notice", "another channel", "thirteen hours"])
def test_1_a_digit_is_asked_about_when_something_came_between(between):
    mui = birth(Phone(), "1", "1")
    if between == "notice":
        mui.told("received", code="H55.242-261120-0003")
    after = timedelta(hours=13) if between == "thirteen hours" else timedelta(minutes=1)
    answer = mui("2", after=after, interrupted=between == "another channel")
    assert "2 la tra loi cho" in answer and "Chau de o dau" in answer
    assert "birthplace" not in mui.answers
    mui("1")
    assert mui.answers["birthplace"] == "home"


def test_1_a_no_to_that_asks_the_question_again():
    mui = birth(Phone(), "1", "1")
    mui("2", interrupted=True)
    assert "Chau de o dau?" in mui("2")
    assert "birthplace" not in mui.answers


def test_1_words_need_no_asking_whatever_came_between():
    mui = birth(Phone(), "1", "1")
    mui("o nha", after=timedelta(hours=30))
    assert mui.answers["birthplace"] == "home"


def test_1_a_notice_carries_no_digits_and_marks_the_open_question():
    mui = birth(Phone(), "1")
    mui.told("returned", code="H55.242-261120-0003")
    assert not mui.says[0].options
    assert "tra loi cho" in mui("1")


# 2. Reading order at an open question


@pytest.mark.parametrize(
    "question, text, value",
    [
        ("child_sex", "nam", "male"),
        ("child_sex", "nữ", "female"),
        ("child_sex", "2.", "female"),
        ("child_sex", "cái thứ 2", "female"),
        ("child_sex", "hai", "female"),
        ("child_sex", "số 1", "male"),
        ("relation", "ba", "grandparent"),
        ("relation", "ông nội", "grandparent"),
        ("relation", "y la cai dau", "mother"),
        ("birthplace", "trạm xã", "clinic"),
    ],
)
def test_2_labels_come_before_number_words(question, text, value):
    before = {"relation": (), "birthplace": ("1", "1"), "child_sex": ("1", "1", "1", "5/11/2026")}[question]
    mui = birth(Phone(), *before)
    mui(text)
    assert mui.answers.get(question) == value


# 3. Command words that are names


@pytest.mark.parametrize("word", ["Huy", "MAI", "Lại", "Thôi", "dung"])
def test_3_a_command_word_is_asked_about_at_a_name_question(word):
    mui = birth(Phone(), *WALK[:5])
    assert f"{word.upper().replace('Ạ', 'A').replace('Ô', 'O')} la ten, hay y khac?" in mui(word)
    assert mui("1").count("Cau 6/10") == 1
    assert mui.state.cases


@pytest.mark.parametrize("word", ["LUI", "lùi", "quay lai"])
def test_3_the_way_back_leads_out_of_a_name_question(word):
    mui = birth(Phone(), *WALK[:5])
    assert "Cau 5/10" in mui(word)


def test_3_a_person_can_be_called_at_a_name_question():
    mui = birth(Phone(), *WALK[:5])
    mui("gặp")
    assert mui.verbs == ["person"]


def test_3_chua_leaves_the_name_of_a_child_open():
    mui = birth(Phone(), *WALK[:5])
    mui("CHUA")
    assert mui.state.cases[0].left == ["child_name"] and mui.open == "mother"


def test_3_huy_alone_never_cancels():
    mui = birth(Phone(), "3")
    assert "Dung han" in mui("huy")
    assert mui.verbs == [] and mui.state.cases
    assert "Cau 2/10" in mui("2")
    mui("HUY")
    mui("1")
    assert mui.verbs == ["drop"] and not mui.state.cases


# 4. Zero and nine are values


def test_4_zero_at_a_yes_no_question_is_asked_about():
    tuan = Phone("zalo", "+84912345678")
    tuan("xin giấy độc thân", meant("start_dossier", "xn_doc_than"))
    for text in ("1", "Triệu Văn Tuấn", "1"):
        tuan(text)
    assert "Số 0 chưa rõ" in tuan("0")
    assert tuan.open == "moved"


# 5. A name question refuses sentences


@pytest.mark.parametrize("text", ["không có tên", "chưa đặt", "thôn Nà Mơ", "sao hỏi hoài vậy", "12", "để về hỏi bố nó đã"])
def test_5_sentences_are_no_names(text):
    mui = birth(Phone(), *WALK[:5])
    mui(text)
    assert "child_name" not in mui.answers


# 6. Names without accents


def test_6_a_name_without_accents_is_marked_and_said_once():
    pa = birth(Phone(), *WALK[:5])
    assert "can bo se hoi lai tung dau" in pa("ban thi mai")
    assert pa.state.cases[0].answers["child_name"]["doubt"] == "no_accents"
    assert "tung dau" not in pa("trieu mui nai")


# 7. Lunar or solar


def test_7_an_unmarked_day_of_the_moon_is_asked_with_both_dates():
    pa = birth(Phone(), "3", "1", "2")
    answer = pa("mung 5 thang 10")
    assert "13/11/2026" in answer and "5/10/2026" in answer
    pa("1")
    assert pa.answers["child_dob"] == "2026-11-13"


# 8. Thirteen turns; N only shrinks


def test_8_the_longest_path_takes_thirteen_turns():
    pa = birth(Phone())
    for text in ("3", "1", "2", "mung 5 thang 10", "1", *WALK[4:], "1"):
        pa(text)
    assert pa.verbs == ["send"] and pa.turns == 13


def test_8_n_shrinks_when_an_answer_makes_questions_needless():
    mui = birth(Phone())
    assert "Cau 2/9" in mui("1")
    assert "Cau 3/8" in mui("2")


def test_8_n_does_not_grow_when_a_correction_brings_questions_back():
    mui = birth(Phone(), "1", "2", "1")
    mui("sua 2")
    mui("1")
    pages = [mui(text) for text in ("5/11/2026", "1", "Nông Gia Bảo", "Triệu Mùi Nải", "Nông Văn Pá")]
    assert not any("/9" in page for page in pages)
    assert "Them mot cau nua" in pages[-1]


# 9. Identity numbers


def test_9_a_number_is_never_compulsory_and_never_the_first_question():
    pa = birth(Phone(), *WALK[:6])
    pa("khong nho")
    assert "mother" in pa.state.cases[0].left and pa.open == "father"


# 10. Who pays; two texts in a row


def test_10_the_first_text_says_that_a_machine_speaks_and_what_it_costs():
    assert "May tra loi cua xa Na Ri, nhan tin khong mat tien." in birth(Phone()).pages[0]


def test_10_gap_makes_the_office_call():
    pa = birth(Phone(), "3")
    answer = pa("GAP")
    assert pa.verbs == ["person"] and "goi lai truoc 16h ngay 24/11" in answer and "Cau 2/10" in answer


# 12. and 13. Reminders, pause


def test_12_a_reminder_offers_to_go_on_and_to_stop():
    from bot import dialogue
    from tests.dialogue.kit import LAW, PLACE, WORDS

    pa = birth(Phone(), "3")
    decision = dialogue.remind(pa.state, pa.state.cases[0], LAW, PLACE, pa.now)
    page = WORDS.render(decision.says[0], False)[0]
    assert decision.says[0].cls == "reminder" and "TIEP" in page and "TC" in page and "khai sinh" not in page


@pytest.mark.parametrize("text", ["mai lam tiep", "để hôm khác", "bận rồi", "de mai", "thôi để mai làm nhé", "mai"])
def test_13_a_pause_keeps_the_form_and_never_asks_to_cancel(text):
    pa = birth(Phone(), "3")
    answer = pa(text)
    assert "Da luu" in answer and "TIEP" in answer and pa.state.cases
    assert "Cau 2/10" in pa("tiep")


# 14. and 15. A person


@pytest.mark.parametrize(
    "text, number",
    [
        ("chong danh em", "113"),
        ("nha toi bi lu cuon sap roi cuu voi", "114"),
        ("con an la ngon roi", "115"),
        ("chau nha em 15 tuoi no cuoi roi", "111"),
        ("co nguoi goi bao nop phi kich hoat vneid", "Dung chuyen tien"),
        ("cuu", "113"),
    ],
)
def test_15_urgent_gives_the_number_and_calls_a_person_at_once(text, number):
    phone = Phone()
    answer = phone(text, meant("urgent"))
    assert number in answer.split("\n")[0]
    assert phone.asked[0].args["urgent"] and "0912000113" in answer


def test_15_an_unsure_cry_for_help_is_taken_seriously():
    phone = birth(Phone(), "3")
    phone("no danh chau", meant("urgent", confidence=0.4))
    assert phone.verbs == ["person"] and phone.open is None and phone.state.cases


# 16. Sent, or noted


def test_16_where_the_law_wants_a_signature_it_is_noted_not_sent():
    pa = Phone()
    pa.office = lambda r, at: (
        Outcome("send", True, {"code": "H55.242-261123-0009", "noted": True, "sign_what": "đơn", "place": "một cửa xã Na Rì", "papers": []})
        if r.verb == "send" else office(r, at)
    )  # fmt: skip
    pa("xin ho ngheo", meant("start_dossier", "ho_ngheo"))
    for text in ("4", "thôn Nà Mơ, xã Na Rì", "1", "1", "Triệu Thị Mùi"):
        pa(text)
    answer = pa("1")
    assert "DA GHI, CHUA NOP" in answer and "Den ky don tai mot cua xa Na Ri" in answer and "DA GUI" not in answer


def test_16_what_the_commune_does_not_do_is_explained_and_no_form_is_opened():
    phone = Phone()
    answer = phone("dang ky tam tru", meant("start_dossier", "tam_tru"))
    assert "cong an xa" in answer and not phone.state.cases
    phone("1")
    assert phone.verbs == ["person"]


# 18. Helper mode: see the transcript of Linh, and


def test_18_nothing_is_sent_while_consent_is_open():
    linh = Phone("zalo", "+84912000001")
    linh("nhập cho bác Pá (hộ nghèo)", meant("assist_other"))
    linh("Nông Thị Linh")
    linh("0981110077")
    for text in ("4", "thôn Nà Mơ, xã Na Rì", "1", "1", "Bàn Thị Pá"):
        linh(text)
    assert "chờ trả lời đồng ý" in linh.pages[-1] and linh.verbs == []
    assert "đọc lại và gửi" in linh.told("consent_given", case=linh.state.cases[0].ref)
    linh("pá")
    linh("1")
    assert linh.verbs == ["send"]


def test_18_the_helpers_own_number_is_no_consent():
    linh = Phone("zalo", "+84912000001")
    linh("nhập cho bác Pá (hộ nghèo)", meant("assist_other"))
    linh("Nông Thị Linh")
    assert "số của người nhập giúp" in linh("0912000001")
    assert linh.verbs == []


@pytest.mark.parametrize("text", ["ok", "đồng ý", "bác gật rồi"])
def test_18_an_attested_yes_needs_the_words_and_the_name(text):
    linh = Phone("zalo", "+84912000001")
    linh("nhập cho bác Mùi (hộ nghèo)", meant("assist_other"))
    linh("Nông Thị Linh")
    linh("không")
    linh(text)
    assert linh.verbs == [] and linh.open == "attest"


def test_18_a_refusal_from_the_neighbours_phone_ends_the_form():
    linh = Phone("zalo", "+84912000001")
    linh("nhập cho bác Pá (hộ nghèo)", meant("assist_other"))
    linh("Nông Thị Linh")
    linh("0981110077")
    assert "không đồng ý" in linh.told("consent_refused", case=linh.state.cases[0].ref)
    assert linh.open is None


def test_18_a_sticker_is_never_consent():
    pa = Phone()
    pa.asked_for_consent("Nông Thị Linh")
    pa("", kind="sticker")
    assert pa.verbs == [] and pa.open == "consent"
    pa("1")
    assert pa.asked[0].args == {"consent": "c1", "yes": True}


def test_18_the_place_of_the_last_neighbour_is_offered():
    linh = Phone("zalo", "+84912000001")
    linh("nhập cho bác Pá (hộ nghèo) với bác Mùi (hộ nghèo)", meant("assist_other"))
    for text in ("Nông Thị Linh", "pá", "không", "đồng ý Bàn Thị Pá", "4", "thôn Nà Mơ, xã Na Rì", "mùi", "không", "đồng ý Triệu Thị Mùi"):
        linh(text)
    assert "Cũng ở" in linh("3")
    assert "Nhà gặp chuyện gì" in linh("1")
    assert linh.answers["place"]


# 19. The same child from two phones


def test_19_a_likely_double_is_told_without_names():
    pa = Phone()
    pa.office = lambda r, at: Outcome("send", True, {**office(r, at).data, "similar": True}) if r.verb == "send" else office(r, at)
    birth(pa, *WALK)
    answer = pa("1")
    assert "Da co nguoi khai" in answer and "can bo se xem" in answer


# 20. On Zalo the phone number is asked


def test_20_a_number_is_asked_only_where_it_is_unknown():
    def last_question(phone):
        phone("xin giấy độc thân", meant("start_dossier", "xn_doc_than"))
        for text in ("1", "Triệu Văn Tuấn", "1", "1"):
            phone(text)
        return phone.open

    assert last_question(Phone("zalo", None)) == "phone"
    assert last_question(Phone("zalo", "+84912345678")) == "confirm"


# 21. Shame


def test_21_what_touches_shame_is_not_repeated():
    tuan = Phone("zalo", "+84912345678")
    tuan("xin giấy độc thân", meant("start_dossier", "xn_doc_than"))
    tuan("1")
    tuan("Triệu Văn Tuấn")
    assert "ly hôn" not in tuan("2")


# 22. The machine's manners


@pytest.mark.parametrize(
    "text, you",
    [("bác hỏi tí", "bác"), ("e cần hỏi", "em"), ("cháu ơi bá muốn hỏi", "bá"), ("cho hoi", "ông bà")],
)
def test_22_the_pronoun_is_taken_over_where_a_text_offers_it(text, you):
    phone = Phone("zalo")
    answer = phone(f"{text} tiền mai táng", meant("ask_procedure", "mai_tang_bt"))
    assert f"Ý {you} là việc nào?" in answer


def test_22_no_text_congratulates_or_regrets():
    from tests.dialogue.kit import WORDS

    whole = " ".join(part for text in WORDS.texts.values() for part in text.parts).lower()
    assert "chúc mừng" not in whole and "rất tiếc" not in whole


def test_card_fills_the_key_and_what_comes_with_the_number():
    pa = birth(Phone(), *WALK[:6])
    card = Card("006196004513", "Triệu Mùi Nải", "1996-05-01", "female", "thôn Khuổi Slưng")
    assert "so cuoi 4513" in pa("", kind="photo", media=("a1",), card=card)
    pa("1")
    assert pa.answers["mother"] == "006196004513" and pa.answers["mother_name"] == "Triệu Mùi Nải"
    assert pa.state.cases[0].media == ["a1"]


def test_a_photo_before_it_is_asked_for_is_kept_and_used():
    pa = Phone("zalo")
    card = Card("006196004513", "Triệu Mùi Nải", "1996-05-01", "female", "thôn Khuổi Slưng")
    pa("", kind="photo", media=("a1",), card=card)
    birth(pa, *WALK[:6])
    assert "số cuối 4513" in pa.pages[-1] and pa.state.cases[0].media == ["a1"]


def test_refusal_of_the_office_is_said_and_the_form_stays():
    pa = birth(Phone(), *WALK)
    pa.office = refusing("send", "consent")
    assert "chua dong y" in pa("1") and pa.state.cases
