"""The procedure is known, what is asked about it is not: one short numbered question, and a weighty wish is asked about first."""

from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest

from backend.domain.law_files import load_catalogue
from bot.dialogue import kinds
from bot.dialogue.thresholds import KIND_SURE, WEIGHTY_SURE
from bot.dialogue.types import Option, Say, Understanding
from bot.words import SMS_LENGTH, Words, sms_length
from tests.dialogue.kit import WALK, Phone, birth, meant

ROOT = Path(__file__).parents[2]
REAL = load_catalogue(ROOT / "backend/procedures")


def unsure(*intents: tuple[str, float], procedure: str | None = "khai_sinh") -> Understanding:
    """What NLU says with such a ranking of intents, about a procedure that is sure."""
    return Understanding(*intents[0], procedure, 0.97 if procedure else 0.0, intents=intents)


FEE_OR_PAPERS = unsure(("ask_fee", 0.5), ("ask_documents", 0.3), ("complain", 0.1), ("ask_duration", 0.06), ("ask_where", 0.04))


@pytest.mark.parametrize(
    "intents, offered",
    [
        ([("ask_fee", 0.5), ("ask_documents", 0.3), ("ask_duration", 0.1)], "ask_fee ask_documents ask_duration ask_procedure"),
        ([("ask_fee", 0.5), ("ask_benefit", 0.49)], "ask_fee ask_benefit ask_procedure"),
        ([("ask_procedure", 0.42), ("complain", 0.24), ("ask_benefit", 0.11), ("ask_where", 0.07)], "ask_benefit ask_where ask_procedure"),
        ([("ask_where", 0.7), ("complain", 0.26), ("ask_fee", 0.04)], "ask_where ask_documents ask_procedure"),
        ([("ask_procedure", 0.6), ("complain", 0.4)], "ask_documents ask_fee ask_procedure"),
        ([("ask_fee", 0.3), ("ask_where", 0.25), ("ask_duration", 0.2), ("ask_eligibility", 0.2)], "ask_fee ask_where ask_duration ask_procedure"),
        ([("ask_fee", KIND_SURE - 0.01), ("ask_benefit", 0.2)], "ask_fee ask_benefit ask_procedure"),
    ],
)
def test_an_unsure_kind_of_question_is_asked_back_with_the_likeliest_and_to_begin_last(intents, offered):
    phone = Phone()
    phone("khai sinh", unsure(*intents))
    assert phone.open == "kind" and [o["value"] for o in phone.state.open["options"]] == offered.split()


@pytest.mark.parametrize(
    "understood, said",
    [
        (unsure(("ask_fee", KIND_SURE), ("ask_benefit", 0.2)), "may chua co con so chac"),
        (unsure(("start_dossier", 0.5), ("ask_procedure", 0.45)), "Cau 1/10"),
        (unsure(("ask_documents", 0.5), ("ask_procedure", 0.3), ("ask_fee", 0.1)), "Cau 1/10"),
        (unsure(("start_dossier", 0.3), ("ask_documents", 0.4), ("ask_procedure", 0.2)), "Cau 1/10"),
        (unsure(("greet", 0.5), ("ask_procedure", 0.3), ("ask_documents", 0.1)), "Cau 1/10"),
        (meant("ask_fee", "khai_sinh", 0.7), "may chua co con so chac"),
    ],
    ids=["sure", "two names of a wish", "papers or how", "papers or wish", "half-heard greeting", "no ranking"],
)
def test_it_does_not_ask_where_the_answer_is_the_same_or_sure(understood, said):
    phone = Phone()
    assert said in phone("khai sinh", understood) and phone.open != "kind"


def test_it_is_one_short_question_in_plain_words():
    phone = Phone()
    phone("xin chao", meant("greet"))
    answer = phone("khai sinh", FEE_OR_PAPERS)
    assert answer == "Viec lam giay khai sinh, ong ba hoi gi? 1 Co mat tien khong 2 Giay to can mang 3 May ngay xong 4 Lam luon"


@pytest.mark.parametrize(
    "reply, said, left_open",
    [
        ("1", "may chua co con so chac", "start"),
        ("2", "giay chung sinh", "start"),
        ("3", "tra trong ngay", "start"),
        ("4", "Cau 1/10", None),
        ("mat tien", "may chua co con so chac", "start"),
        ("có mất tiền không", "may chua co con so chac", "start"),
        ("giay to", "giay chung sinh", "start"),
        ("giay gi", "giay chung sinh", "start"),
        ("bao lau", "tra trong ngay", "start"),
        ("mấy ngày xong", "tra trong ngay", "start"),
        ("lam luon", "Cau 1/10", None),
        ("Làm luôn nhé", "Cau 1/10", None),
        ("so 4", "Cau 1/10", None),
        ("cai thu hai", "giay chung sinh", "start"),
        ("tien a", "may chua co con so chac", "start"),
    ],
)
def test_a_digit_or_the_words_lead_to_the_ordinary_answer(reply, said, left_open):
    phone = Phone()
    phone("khai sinh", FEE_OR_PAPERS)
    assert said in phone(reply)
    assert phone.open == left_open if left_open else phone.state.cases


def test_what_the_words_ask_for_besides_is_answered_with_the_choice():
    phone = Phone()
    phone("khai sinh bao lau, co can ai di cung", unsure(("ask_eligibility", 0.5), ("ask_documents", 0.3), ("ask_fee", 0.1)))
    assert phone.state.open["more"] == ["ask_duration"]
    answer = phone("2")
    assert "mang: can cuoc bo me va 1 thu nua" in answer and "tra trong ngay" in answer


def test_it_is_never_asked_twice_in_a_row():
    phone = Phone()
    phone("khai sinh", FEE_OR_PAPERS)
    answer = phone("thi khai sinh ay, tien nong the nao, mất mấy ngày", FEE_OR_PAPERS)
    assert "can cuoc bo me" in answer and "tra trong ngay" in answer and "Khai luon bay gio khong" in answer
    assert phone.open == "start"


def test_without_the_name_the_second_text_is_about_the_same_procedure():
    phone = Phone()
    phone("khai sinh", FEE_OR_PAPERS)
    assert "giay chung sinh" in phone("tien nong the nao", unsure(("ask_fee", 0.7), ("pay_fee", 0.3), procedure=None))


def test_a_text_that_is_sure_takes_its_place():
    phone = Phone()
    phone("khai sinh", FEE_OR_PAPERS)
    assert "khong thu le phi" in phone("thoi, ho ngheo mat tien khong", meant("ask_fee", "ho_ngheo"))


@pytest.mark.parametrize("text", ["lam giay doc than", "tien nguoi gia", "khai tu o dau", "giay ho ngheo"])
def test_a_word_of_a_choice_inside_another_wish_chooses_nothing(text):
    phone = Phone()
    phone("khai sinh", FEE_OR_PAPERS)
    assert "Viec xin xet ho ngheo" in phone(text, unsure(("ask_fee", 0.5), ("ask_benefit", 0.4), procedure="ho_ngheo"))
    phone = Phone()
    phone("chua thay giay dau", meant("complain", confidence=0.7))
    phone(text, meant("ask_procedure", "xn_doc_than"))
    assert phone.verbs == [] and phone.state.memory["procedure"] == "xn_doc_than"


def test_another_procedure_may_be_asked_about_anew():
    phone = Phone()
    phone("khai sinh", FEE_OR_PAPERS)
    assert "Viec xin xet ho ngheo" in phone("ho ngheo", unsure(("ask_fee", 0.5), ("ask_benefit", 0.4), procedure="ho_ngheo"))


def test_back_leads_to_the_name_of_another_paper_and_a_person_is_called():
    phone = Phone()
    phone("khai sinh", FEE_OR_PAPERS)
    assert "goi lai truoc 16h" in phone("GAP") and phone.verbs == ["person"] and phone.open == "kind"
    assert "Nhan ten giay" in phone("LUI") and phone.open == "procedure"
    assert "can cuoc chu ho" in phone("ho ngheo", unsure(("inform", 0.5), ("ask_fee", 0.2), procedure="ho_ngheo"))


def test_what_is_no_choice_goes_to_the_ladder_and_the_question_comes_back():
    phone = Phone()
    phone("khai sinh", FEE_OR_PAPERS)
    assert "tu 1 den 4" in phone("9") and phone.open == "kind"
    assert "Co mat tien khong" in phone("a lo a lo")


def test_a_form_is_not_interrupted_by_it():
    pa = birth(Phone(), *WALK[:2])
    before = pa.open
    assert "hoi gi?" not in pa("the mat tien khong", FEE_OR_PAPERS) and pa.open == before


def test_a_digit_a_day_later_is_asked_about():
    phone = Phone()
    phone("khai sinh", FEE_OR_PAPERS)
    assert "phai khong" in phone("2", after=timedelta(hours=20))
    assert "giay chung sinh" in phone("co")


def test_the_question_is_one_sms_for_every_procedure_and_every_choice():
    words = Words.load(ROOT / "bot/texts/vi")
    others = [kind for kind in kinds.WORDS if kind != kinds.WISH]
    for procedure in REAL.all():
        for offered in combinations(others, kinds.LIKELY):
            options = tuple(Option(kind, f"@choose.kinds.{kind}") for kind in (*offered, kinds.WISH))
            pages = words.render(Say("choose.kind", {"what": procedure.names.plain}, options), channel_accents=False)
            assert len(pages) == 1 and sms_length(pages[0]) <= SMS_LENGTH


def test_what_is_not_filed_by_text_is_not_offered_to_be_begun():
    phone = Phone()
    answer = phone("tam tru", unsure(("ask_fee", 0.5), ("ask_where", 0.4), procedure="tam_tru"))
    assert "3 Cach lam" in answer and "cong an xa" in phone("3")


# A task for a clerk, or the end of something


@pytest.mark.parametrize(
    "intent, verb",
    [
        ("complain", "complain"),
        ("update_contact", "update_contact"),
        ("correct_answer", "update_contact"),
        ("request_postal", "postal"),
        ("pay_fee", "person"),
        ("submit_supplement", "supplement"),
        ("revoke_consent", "revoke_helper"),
        ("opt_out", "opt_out"),
        ("talk_to_human", "person"),
    ],
)
def test_a_weighty_wish_is_asked_about_first_unless_it_is_sure(intent, verb):
    phone = Phone()
    assert "phai khong? 1 Co 2 Khong" in phone("mot cau noi thuong", meant(intent, confidence=WEIGHTY_SURE - 0.01))
    assert phone.verbs == []
    phone("co")
    assert phone.verbs == [verb] and phone.open != "sure"
    phone = Phone()
    phone("mot cau noi thuong", meant(intent, confidence=WEIGHTY_SURE))
    assert phone.verbs == [verb]


def test_the_task_holds_the_words_of_the_wish_and_not_the_yes():
    phone = Phone()
    phone("thu tien khong dua bien lai", meant("complain", confidence=0.7))
    phone("1")
    assert phone.asked[0].args["text"] == "thu tien khong dua bien lai"


def test_the_same_wish_in_other_words_is_a_yes():
    phone = Phone()
    phone("thu tien khong dua bien lai", meant("complain", confidence=0.7))
    phone("cai nay la phan anh day nhe can bo", meant("complain", confidence=0.7))
    assert phone.asked[0].args["text"] == "thu tien khong dua bien lai\ncai nay la phan anh day nhe can bo"


@pytest.mark.parametrize("reply", ["2", "khong", "khong phai", "LUI"])
def test_after_a_no_nothing_is_done(reply):
    phone = Phone()
    phone("chua thay giay dau", meant("complain", confidence=0.7))
    assert "xin nhan mot cau" in phone(reply) and phone.verbs == [] and phone.open is None


def test_in_a_form_an_unsure_weighty_wish_does_nothing_and_the_question_comes_back_with_the_way_to_a_person():
    pa = birth(Phone(), *WALK[:2])
    before = pa.open
    assert "GAP" in pa("chan qua", meant("pause", confidence=0.7))
    assert pa.verbs == [] and pa.open == before


def test_the_paper_that_was_asked_for_needs_no_question():
    phone = Phone()
    phone.told("supplement_asked", code="H55.242-261123-0007", papers=["giấy chứng sinh"])
    phone("day em gui", meant("submit_supplement", confidence=0.65))
    assert phone.verbs == ["supplement"]
