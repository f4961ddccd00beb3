"""Every intent of the contract leads to a helpful answer, at rest and in the middle of a form."""

import pytest

from bot.dialogue.intents import INTENTS
from bot.dialogue.types import Outcome, Understanding
from tests.dialogue.kit import CODE, WALK, Phone, birth, meant, office

CONTRACT = (
    "greet goodbye thank ask_help ask_procedure ask_eligibility ask_benefit ask_documents ask_fee ask_duration ask_where start_dossier "
    "resume_dossier track_dossier submit_supplement complain rate_service withdraw_dossier update_contact request_postal pay_fee assist_other "
    "revoke_consent talk_to_human affirm deny go_back correct_answer pause cancel repeat inform bot_challenge opt_out out_of_scope abuse urgent"
)


def test_all_intents_of_the_contract_are_served():
    assert INTENTS == set(CONTRACT.split())


@pytest.mark.parametrize(
    "intent, procedure, said, asked",
    [
        ("greet", None, "May tra loi cua xa Na Ri", []),
        ("goodbye", None, "Luc nao can cu nhan", []),
        ("thank", None, "Can gi cu nhan", []),
        ("ask_help", None, "1 Lam giay to 2 Ho so den dau 3 Gap can bo", []),
        ("ask_procedure", "khai_sinh", "Cau 1/10", []),
        ("start_dossier", "khai_sinh", "Cau 1/10", []),
        ("ask_eligibility", "ho_ngheo", "do can bo xet, may khong quyet", []),
        ("ask_benefit", "tro_cap_bt", "may chua co con so chac", []),
        ("ask_documents", "khai_sinh", "giay chung sinh", []),
        ("ask_fee", "xn_doc_than", "may chua co con so chac", []),
        ("ask_fee", "ho_ngheo", "khong thu le phi", []),
        ("ask_duration", "ho_ngheo", "15 ngay tu khi du giay. (Ban 20/11/2026.)", []),
        ("ask_where", None, "mot cua xa Na Ri, sang 7h30", []),
        ("ask_where", "tam_tru", "cong an xa", []),
        ("resume_dossier", None, "chua co giay lam do", []),
        ("track_dossier", None, "H55.242 - 261123 - 0007: dang lam. Hen ngay 27/11.", ["track"]),
        ("submit_supplement", None, "Can bo xem va nhan lai truoc 16h", ["supplement"]),
        ("complain", None, "Co nguoi goi lai truoc 16h", ["complain"]),
        ("rate_service", None, "1 Rat kem", []),
        ("withdraw_dossier", None, "Muon rut ho so da gui? 1 Co 2 Khong", []),
        ("update_contact", None, "de doi cho dung", ["update_contact"]),
        ("request_postal", None, "qua buu dien", ["postal"]),
        ("pay_fee", None, "khong thu tien qua dien thoai", ["person"]),
        ("assist_other", None, "Ho ten nguoi nhap giup", []),
        ("revoke_consent", None, "Da thoi cho nhap giup", ["revoke_helper"]),
        ("talk_to_human", None, "goi lai truoc 16h", ["person"]),
        ("affirm", None, "Can lam gi", []),
        ("deny", None, "Can lam gi", []),
        ("go_back", None, "Khong co cau hoi nao dang cho", []),
        ("correct_answer", None, "de doi cho dung", ["update_contact"]),
        ("pause", None, "Luc nao can cu nhan", []),
        ("cancel", None, "rut ho so", []),
        ("repeat", None, "Khong co cau hoi nao dang cho", []),
        ("inform", None, "May chua hieu", []),
        ("bot_challenge", None, "khong phai nguoi", []),
        ("opt_out", None, "Da dung nhan nhac", ["opt_out"]),
        ("out_of_scope", None, "khong biet", []),
        ("abuse", None, "nhan GAP", []),
        ("urgent", None, "113", ["person"]),
    ],
)
def test_at_rest(intent, procedure, said, asked):
    phone = Phone()
    assert said in phone("mot cau noi thuong", meant(intent, procedure))
    assert phone.verbs == asked


def test_talk_of_bribes_is_a_complaint_not_an_insult():
    phone = Phone()
    phone("may an tien a", meant("abuse"))
    assert phone.verbs == ["complain"]


def test_taking_back_a_sent_dossier_needs_a_yes():
    phone = Phone()
    phone("cho rut ho so", meant("withdraw_dossier"))
    assert phone.verbs == []
    phone("co")
    assert phone.verbs == ["withdraw"]


def test_a_score_in_the_text_is_taken():
    phone = Phone()
    phone("5 sao nhe", meant("rate_service"))
    assert phone.asked[0].args == {"score": 5}


# Which procedure


def test_a_half_heard_greeting_before_a_sure_procedure_is_a_wish():
    assert "Cau 1/10" in Phone()("chau oi ba muon lam giay khai sinh", Understanding("greet", 0.44, "khai_sinh", 0.96))
    assert "Cau 1/" not in Phone()("chao can bo", Understanding("greet", 0.95, "khai_sinh", 0.96))


def test_two_that_fit_are_a_numbered_question():
    phone = Phone()
    answer = phone("lam giay", meant("ask_procedure", "khai_sinh", 0.5, candidates=(("khai_sinh", 0.5), ("xn_doc_than", 0.3))))
    assert "1 Khai sinh 2 Giay doc than 3 Viec khac" in answer
    assert "Cau 1/10" in phone("cai thu nhat")


def test_a_cluster_is_asked_even_when_the_model_is_sure():
    assert "1 Mai tang bao tro 2 Mai tang huu tri" in Phone()("tien mai tang", meant("ask_documents", "mai_tang_bt", 0.99))


def test_the_choice_answers_what_was_asked():
    phone = Phone()
    phone("tien mai tang can giay gi", meant("ask_documents", "mai_tang_bt", 0.99))
    assert "giay khai tu" in phone("1")


def test_without_nlu_the_catalogue_search_is_always_asked_about():
    phone = Phone()
    answer = phone("gks", meant("ask_procedure", confidence=0.1, degraded=True, candidates=(("khai_sinh", 0.9), ("ho_ngheo", 0.3))))
    assert "1 Khai sinh" in answer and not phone.state.cases


def test_a_fee_question_without_a_name_is_about_the_last_procedure():
    phone = Phone()
    phone("ho ngheo can giay gi", meant("ask_documents", "ho_ngheo"))
    assert "khong thu le phi" in phone("con le phi", meant("ask_fee"))


def test_a_question_without_any_procedure_asks_for_its_name():
    phone = Phone()
    assert "Nhan ten giay" in phone("can giay gi", meant("ask_documents"))
    assert "can cuoc chu ho" in phone("ho ngheo", meant("inform", "ho_ngheo"))


# Two wishes, and an answer with a question


def test_an_answer_and_a_question_together_fill_the_field_and_are_answered():
    pa = birth(Phone(), *WALK[:9])
    answer = pa("Bàn Thị Pá, mà có mất tiền không", meant("ask_fee"))
    assert pa.answers["requester_name"] == "BÀN THỊ PÁ"
    assert "may chua co con so chac" in answer and "Doc lai" in answer


def test_a_second_wish_is_kept_and_offered_after_sending():
    pa = birth(Phone(), "3")
    assert "xong giay nay se hoi lai" in pa("lam ca ho ngheo nua", meant("start_dossier", "ho_ngheo"))
    for text in WALK[1:]:
        pa(text)
    assert "Con viec xin xet ho ngheo: lam luon khong?" in " ".join(pa("1").split("\n"))
    assert "Cau 1/5" in pa("1")


def test_two_wishes_in_one_text():
    phone = Phone()
    phone("lam giay doc than, voi lai hoi ho ngheo", meant("ask_procedure", "xn_doc_than", second=meant("ask_procedure", "ho_ngheo")))
    assert [w["ids"] for w in phone.state.memory["wishes"]] == [["ho_ngheo"]] and phone.state.cases[0].procedure == "xn_doc_than"


# Tracking (design §2.9)


def tracking(*found, reason=None):
    phone = Phone()
    phone.office = lambda r, at: Outcome("track", not reason, {"dossiers": list(found)}, reason) if r.verb == "track" else office(r, at)
    return phone


def dossier(n, stage="processing", **more):
    return {"code": f"H55.242-26112{n}-000{n}", "stage": stage, "due": None, "late": False, "short": f"000{n}", **more}


def test_several_dossiers_are_chosen_by_digit_and_paged():
    phone = tracking(*(dossier(n) for n in range(1, 6)))
    assert "1 0001 2 0002 3 0003 4 Xem tiep" in phone("den dau roi", meant("track_dossier"))
    assert "1 0004 2 0005" in phone("4")
    assert "H55.242 - 261125 - 0005: dang lam." in phone("2")


def test_a_late_dossier_is_told_as_late():
    answer = tracking(dossier(1, due="2026-11-20T17:00:00+07:00", late=True))("den dau roi", meant("track_dossier"))
    assert "Da qua hen 20/11" in answer


def test_a_stranger_needs_the_code_and_four_digits():
    phone = tracking(reason="need_key")
    assert "4 so cuoi" in phone("H55.242-261123-0007 den dau roi", meant("track_dossier"))
    phone("0077")
    assert phone.asked[0].args == {"code": CODE, "last4": "0077"}


def test_a_wrong_and_an_unknown_code_get_the_same_answer_and_five_tries_are_enough():
    assert "chua khop" in tracking(reason="unknown")("H55.242-261123-0007 4512", meant("track_dossier"))
    assert "Hom nay da thu nhieu lan" in tracking(reason="locked")("H55.242-261123-0007 4512", meant("track_dossier"))


def test_no_answer_names_a_person_or_a_procedure():
    answer = tracking(dossier(1), dossier(2))("den dau roi", meant("track_dossier"))
    assert "khai sinh" not in answer.lower()


# After the result, after a missing paper


def test_the_service_is_rated_once_after_return():
    phone = Phone()
    assert "1 Rat kem" in phone.told("returned", code=CODE)
    phone("5")
    assert phone.asked[0].args == {"score": 5}
    assert "Rat kem" not in phone.told("returned", code=CODE)


def test_a_photo_after_a_missing_paper_goes_to_that_dossier():
    phone = Phone("zalo")
    phone.told("supplement_asked", code=CODE, papers=["giấy chứng sinh"])
    phone("", kind="photo", media=("a9",))
    assert phone.asked[0].args == {"media": ["a9"], "code": CODE}


# Another telephone


def test_six_digits_bring_a_draft_to_another_telephone():
    old, new = birth(Phone(), "3", "1"), Phone("zalo", None)
    assert "482 913" in old("chuyen")
    case = old.state.cases[0].to_json()
    new.office = lambda r, at: Outcome("claim", True, {"case": case}) if r.verb == "claim" else office(r, at)
    assert "mã 6 số" in new("tiep")
    answer = new("482 913")
    assert new.asked[0].args == {"code": "482913"} and "Câu 3/" in answer


def test_a_wrong_code_is_said_and_asked_again():
    phone = Phone()
    phone.office = lambda r, at: Outcome("claim", False, {}, "unknown")
    phone("tiep")
    assert "chua dung" in phone("111222")


# With NLU down


def down(intent, confidence, *candidates):
    best = candidates[0] if candidates else (None, 0.0)
    return Understanding(intent, confidence, best[0], best[1], tuple(candidates), degraded=True)


@pytest.mark.parametrize(
    "means, said, asked",
    [
        (down("track_dossier", 0.5, ("khai_sinh", 0.4)), "dang lam", ["track"]),
        (down("talk_to_human", 0.5, ("khai_sinh", 0.4)), "goi lai", ["person"]),
        (down("urgent", 0.5), "113", ["person"]),
        (down("ask_procedure", 0.25, ("khai_sinh", 0.9), ("ho_ngheo", 0.1)), "1 Khai sinh", []),
        (down("ask_procedure", 0.25), "May chua hieu", []),
    ],
)
def test_without_nlu_plain_words_still_work_and_a_procedure_is_always_asked_about(means, said, asked):
    phone = Phone()
    assert said in phone("mot cau noi thuong", means)
    assert phone.verbs == asked


def test_without_nlu_stray_words_in_a_form_are_a_miss_and_no_wish():
    pa = birth(Phone(), "3")
    assert "May chua hieu" in pa("lung tung", down("ask_procedure", 0.25, ("ho_ngheo", 0.5)))
    assert "wishes" not in pa.state.memory


def test_words_after_a_missing_paper_go_to_the_clerk_once():
    phone = Phone()
    phone.told("supplement_asked", code=CODE, papers=["giấy chứng sinh"])
    phone("mai toi mang len", meant("inform"))
    assert phone.asked[0].args["text"] == "mai toi mang len" and phone.asked[0].args["code"] == CODE
    phone("u u", meant("inform"))
    assert phone.verbs == []


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"promised": "2026-12-01T17:00:00+07:00"}, "Hen 27/11, xa da xin loi va hen lai 1/12."),
        ({"late": True, "holder": "lanhdao", "cause": "lanhdao"}, "Da qua hen 27/11, xa nhan loi. Dang o lanh dao xa, cho ky."),
        ({"late": True, "holder": "lanhdao", "cause": "office"}, "Lau o co quan khac, cho tra loi, nay o lanh dao xa, cho ky."),
        ({"late": True, "holder": "office", "cause": "office", "promised": "2026-12-01T17:00:00+07:00"}, "Hen lai 1/12."),
    ],
)
def test_why_it_is_late_and_who_has_it_is_told_by_office_and_step_in_one_text(told, sentence):
    answer = tracking(dossier(1, due="2026-11-27T17:00:00+07:00", stage="handed_over", **told))("den dau roi", meant("track_dossier"))
    assert sentence in answer and len(answer) <= 160


@pytest.mark.parametrize(
    ("text", "confidence", "procedure", "called"),
    [
        ("toi bi mat giay", 0.46, "khai_sinh", False),
        ("toi bi mat giay", 0.46, None, True),
        ("toi bi mat giay", 0.75, "khai_sinh", True),
        ("chong danh toi, giu giay khai sinh cua con", 0.46, "khai_sinh", True),
    ],
)
def test_a_lost_paper_is_no_danger_and_a_cry_that_names_a_paper_is_one(text, confidence, procedure, called):
    phone = Phone()
    phone(text, Understanding("urgent", confidence, procedure, 0.98 if procedure else 0.0))
    assert any(request.verb == "person" and request.args.get("urgent") for request in phone.asked) is called
