"""What must hold for every conversation, whatever people send."""

import json
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogue.intents import INTENTS
from bot.dialogue.types import Card, State
from tests.dialogue.kit import WALK, WORDS, Phone, birth, meant, noise

PROCEDURES = ("khai_sinh", "xn_doc_than", "ho_ngheo", "tam_tru", "mai_tang_bt")
WORDS_SAID = (
    "LUI",
    "GAP",
    "TIEP",
    "SUA 3",
    "LAI",
    "HUY",
    "1",
    "2",
    "khong nho",
    "chua",
    "mai lam tiep",
    "AI",
    "chuyen",
    "0",
    "9",
    "xong",
    "TC",
)
CARD = Card("006196004513", "Triệu Mùi Nải", "1996-05-01", "female", "thôn Khuổi Slưng")

anything = st.one_of(
    st.sampled_from(WORDS_SAID),
    st.sampled_from(WALK),
    st.text(max_size=60),
    st.integers(0, 10_000).map(noise),
)
understandings = st.builds(
    lambda intent, procedure, confidence, degraded: meant(intent, procedure, confidence, degraded=degraded),
    st.sampled_from(sorted(INTENTS)),
    st.one_of(st.none(), st.sampled_from(PROCEDURES)),
    st.floats(0, 1),
    st.booleans(),
)
media = st.sampled_from(
    [{}, {}, {}, {"kind": "photo", "media": ("a1",)}, {"kind": "photo", "media": ("a2",), "card": CARD}, {"kind": "voice", "media": ("v1",)},
     {"kind": "sticker"}, {"kind": "location"}, {"kind": "contact"}, {"kind": "follow"}, {"kind": "other"}, {"interrupted": True}]
)  # fmt: skip
turns = st.lists(st.tuples(anything, understandings, media), min_size=1, max_size=12)
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(st.sampled_from(["sms", "zalo"]), st.booleans(), turns)
def test_any_turn_gets_an_answer_that_fits_and_never_raises(channel, in_form, said):
    phone = birth(Phone(channel), "3") if in_form else Phone(channel)
    for text, means, heard in said:
        phone(text, means, **heard)
        assert phone.pages
        assert all(page.strip() for page in phone.pages)
        assert all(len(page) <= (160 if channel == "sms" else 400) for page in phone.pages)


@few
@given(turns)
def test_n_never_grows(said):
    phone = birth(Phone(), "3")
    case, last = phone.state.active, 99
    for text, means, heard in said:
        phone(text, means, **heard)
        for say in phone.says:
            if say.key == "form.question" and phone.state.active == case:
                assert say.params["n"] <= say.params["of"] <= last
                last = say.params["of"]


DIGRESSIONS = (
    meant("ask_fee", "khai_sinh"), meant("ask_documents"), meant("ask_where"), meant("thank"), meant("greet"), meant("bot_challenge"),
    meant("out_of_scope"), meant("ask_help"), meant("repeat"), meant("talk_to_human"), meant("track_dossier"), meant("abuse"),
    meant("ask_duration", "ho_ngheo"), meant("start_dossier", "ho_ngheo"), meant("opt_out"), meant("complain"), meant("inform", confidence=0.1),
)  # fmt: skip


@few
@given(st.integers(0, 9), st.lists(st.sampled_from(DIGRESSIONS), min_size=1, max_size=4))
def test_after_any_digression_the_same_question_returns(done, digressions):
    phone = birth(Phone(), *WALK[:done])
    question = phone.open
    asked = next(s for s in reversed(phone.says) if s.key == "form.question").params["ask"]["text"]
    for means in digressions:
        phone("bao nhieu tien vay a?", means)
        assert phone.open == question
        assert asked in json.dumps([s.params for s in phone.says])


@few
@given(st.integers(0, 9), st.integers(0, 99).map(str))
def test_a_digit_fills_only_the_open_question(done, number):
    phone = birth(Phone(), *WALK[:done])
    before, question = phone.answers, phone.open
    phone(number)
    changed = {k for k in phone.answers if phone.answers[k] != before.get(k)}
    assert changed <= {question}


def test_the_state_does_not_grow_with_the_number_of_turns():
    phone, sizes = birth(Phone(), "3"), []
    said = [*DIGRESSIONS, meant("ask_procedure", "xn_doc_than"), meant("withdraw_dossier"), meant("cancel"), meant("pause")]
    for n in range(500):
        photo = {"kind": "photo", "media": (f"a{n}",)} if n % 50 == 49 else {}
        phone(noise(n) if n % 3 else WORDS_SAID[n % len(WORDS_SAID)], said[n % len(said)], **photo)
        sizes.append(len(json.dumps(phone.state.to_json(), ensure_ascii=False)))
    assert max(sizes[250:]) <= max(sizes[:250]) * 1.5 and max(sizes) < 16_000


@few
@given(turns)
def test_the_state_survives_the_journey_through_json(said):
    phone = birth(Phone(), "3")
    for text, means, heard in said:
        phone(text, means, **heard)
    again = State.from_json(json.loads(json.dumps(phone.state.to_json())))
    assert again == phone.state


def test_the_same_words_never_come_twice_in_a_row():
    for means in (meant("inform", confidence=0.1), meant("out_of_scope"), meant("bot_challenge"), meant("abuse")):
        phone = birth(Phone(), "3")
        pages = [phone("hu hu", means) for _ in range(8)]
        assert all(a != b for a, b in zip(pages, pages[1:], strict=False))


def test_an_answer_never_names_what_nobody_wrote_as_a_text():
    phone = birth(Phone(), *WALK)
    assert not re.search(r"[{}@]", " ".join(phone.pages)) and WORDS.version
