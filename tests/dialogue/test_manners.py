"""Two texts at most, a person always in reach, nothing lost that was told early, and one kind answer to whatever is sent."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.domain.law_files import load_catalogue
from bot.dialogue import both, split
from bot.understood import Understander
from bot.words import Words
from tests.dialogue.kit import WALK, Phone, birth, meant

ROOT = Path(__file__).resolve().parents[2]
REAL = load_catalogue(ROOT / "backend" / "procedures")
TEXTS = Words.load(ROOT / "bot/texts/vi")
BY_NAMES = Understander(None, REAL)


def real_phone(**more) -> Phone:
    return Phone(law=REAL, words=TEXTS, **more)


def without_nlu(phone: Phone, text: str) -> str:
    """Say something while the understanding server is away."""
    return phone(text, BY_NAMES(text))


# Rule 10: two texts in a row at most


@pytest.mark.parametrize("channel", ["sms", "zalo"])
def test_the_read_back_and_the_word_to_send_are_two_texts_at_most(channel):
    pa = birth(Phone(channel), *WALK)
    assert "lai" in pa.pages[0] or "lại" in pa.pages[0]
    assert pa.open == "confirm" and len(pa.pages) <= 2 and pa.pages[-1].rstrip().endswith(("2 Sua", "2. Sửa"))


def test_read_it_again_reads_everything_again():
    pa = birth(Phone(), *WALK)
    assert "BAN THI MAI" in pa("doc lai") and len(pa.pages) <= 2 and pa.open == "confirm"


def test_sending_with_a_second_wish_stays_two_texts():
    pa = birth(Phone(), "3")
    pa("lam ca ho ngheo", meant("start_dossier", "ho_ngheo"))
    for text in WALK[1:]:
        pa(text)
    pa("1")
    assert len(pa.pages) <= 2


def test_a_wish_to_pay_is_answered_in_one_text():
    phone = Phone()
    answer = phone("nop phi qua chuyen khoan duoc khong", meant("pay_fee"))
    assert "khong thu tien qua dien thoai" in answer and "goi lai truoc" in answer and len(phone.pages) == 1


# After a miss a person is in reach


@pytest.mark.parametrize("done", [0, 1, 3, 5, 6])
@pytest.mark.parametrize("misses", [1, 2])
def test_after_a_miss_the_question_returns_with_a_way_to_a_person(done, misses):
    pa = birth(Phone(), *WALK[:done])
    question = pa.open
    answers = [pa("ô kìa 12x", meant("inform", confidence=0.1)) for _ in range(misses)]
    assert "nhan GAP" in answers[-1] and pa.open == question and len(pa.pages) <= 2


# What is told before it is asked


def old_age(*answers: str) -> Phone:
    phone = real_phone()
    phone("xin tien gia", meant("ask_procedure", "huu_tri_xh"))
    for answer in answers:
        phone(answer)
    return phone


@pytest.mark.parametrize("text", ["bà 78 tuổi rồi", "ba 78 tuoi roi", "cụ nhà em 82 tuổi"])
def test_an_age_told_too_early_is_kept_for_the_question_of_the_age(text):
    phone = old_age()
    answer = phone(text, meant("inform"))
    assert phone.answers["age"] == "from75" and "75 tuoi" in answer and phone.open == "for_whom"
    phone("2")
    assert phone.open not in ("age", "for_whom")


@pytest.mark.parametrize("intent", ["inform", "affirm", "assist_other"])
def test_it_is_kept_whatever_the_remark_is_taken_for(intent):
    phone = old_age()
    phone("bà 78 tuổi rồi", meant(intent))
    assert phone.answers.get("age") == "from75"


@pytest.mark.parametrize("text", ["không biết", "78", "em chịu", "làm giúp em với ạ"])
def test_words_that_point_at_nothing_fill_nothing(text):
    phone = old_age()
    phone(text, meant("inform"))
    assert "age" not in phone.answers


# Whatever is sent

KINDS = {
    "ten thousand characters": "làm giấy khai sinh cho cháu " * 400,
    "one endless word": "a" * 10_000,
    "emoji": "🙂👍🏽👨‍👩‍👧‍👦🇻🇳" * 20,
    "a flag and a question": "🇻🇳?",
    "only marks": "?!…///",
    "digits": "0" * 40,
    "nothing": "   ",
    "control characters": "\x00\x07\u200b\u202ekhai sinh",
    "half of a pair": "khai \ud83d sinh",
    "decomposed": "la\u0300m gia\u0302\u0301y khai sinh",
    "combining marks": "a" + "\u0301" * 500,
    "English": "hello, I would like to register my newborn child please",
    "Chinese": "你好，我想办理出生证明",
    "Thai": "ฉันต้องการทำสูติบัตร",
    "Arabic, right to left": "أريد تسجيل مولود جديد",
    "Hmong": "kuv xav ua ntawv yug me nyuam",
    "Tay": "noong oi pay xa hat giay khai sinh",
    "abuse": "dm chung may lam an nhu cc",
    "abuse with accents": "lũ ăn hại, đồ ngu",
    "code": "'; DROP TABLE dossiers; -- <script>alert(1)</script> {{7*7}} %s %(name)s {you}",
    "a link": "http://lua.dao/abc?x=1",
    "capitals": "LAM GIAY KHAI SINH CHO CHAU!!!!!!",
    "many lines": "\n".join(["khai sinh"] * 500),
    "fractions and roman digits": "½ Ⅷ ²³ ٣ ๓",
}


@pytest.mark.parametrize("done", [None, 0, 1, 3, 5, 6, 8, 10])
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_sent_gets_one_short_kind_answer(kind, done):
    phone = Phone() if done is None else birth(Phone(), *WALK[:done])
    answer = without_nlu(phone, KINDS[kind])
    assert answer.strip() and 1 <= len(phone.pages) <= 2
    assert all(len(page) <= 160 for page in phone.pages)
    assert "{" not in answer.replace("{{7*7}}", "").replace("{you}", "") or done is not None


TAMER = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
TEXT = st.one_of(st.text(max_size=80), st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxy 0123456789.,?/", max_size=120), st.sampled_from(sorted(KINDS.values())))


@TAMER
@given(st.lists(TEXT, min_size=1, max_size=5), st.integers(0, 10), st.sampled_from(["sms", "zalo"]))
def test_no_text_breaks_a_conversation_without_nlu(texts, done, channel):
    phone = birth(Phone(channel), *WALK[:done])
    for text in texts:
        without_nlu(phone, text)
        assert phone.pages and all(page.strip() for page in phone.pages)
        assert len(phone.pages) <= 2


@TAMER
@given(TEXT)
def test_no_text_breaks_the_search_or_the_cut_of_two_wishes(text):
    whole = BY_NAMES(text)
    assert 0 <= whole.confidence <= 0.5
    for first, second in split(text):
        assert both(whole, BY_NAMES(first), BY_NAMES(second)) is None, "without NLU nothing is split"


def test_a_walk_through_every_form_by_chance_never_says_three_texts():
    chance = random.Random(7)
    said = ["1", "2", "khong nho", "mà có mất tiền không", "bao lau thi xong", "lam ca ho ngheo nua", "12/10/1990", "Triệu Văn Tuấn", "thôn Nà Mơ, xã Na Rì", "006196004513"]
    for procedure in REAL.all():
        phone = real_phone()
        phone("lam giay", meant("ask_procedure", procedure.id))
        for _ in range(14):
            text = chance.choice(said)
            phone(text, BY_NAMES(text))
            assert len(phone.pages) <= 2, (procedure.id, text, phone.pages)
