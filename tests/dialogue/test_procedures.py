"""Every procedure in force is walked by SMS as a citizen would, by digits and in words, with its own texts."""

import pytest

from backend.domain.law_files import load_catalogue
from backend.domain.letters import strip_accents
from backend.domain.values.choices import choice, read_choice
from backend.domain.values.result import Ask
from bot.dialogue.path import choices
from bot.dialogue.types import Option
from bot.gate import gate, load_rules
from bot.words import Words
from tests.dialogue.kit import EVENING, ROOT, Phone, meant

REAL_LAW = load_catalogue(ROOT / "backend/procedures")
REAL_WORDS = Words.load(ROOT / "bot/texts/vi")
TODAY = EVENING.date()
BY_TEXT = [p.id for p in REAL_LAW.all(TODAY) if p.file_by_text != "no"]
GUIDED = [p.id for p in REAL_LAW.all(TODAY) if p.file_by_text == "no"]
MOST_TURNS = 13
ANSWERS = {
    "person_name": "Bàn Thị Pá", "person_key": "Triệu Thị Mùi", "address": "thôn Nà Mơ, xã Na Rì", "date": "5/11/2026",
    "birth_date": "5/11/1998", "phone": "0981110077", "citizen_id": "006098001234", "number": "4", "text": "vay ngân hàng", "story": "hai nhà tranh nhau bờ ruộng",
}  # fmt: skip


WAYS = ("first digits", "last digits", "words without accents")


def answer_to(phone: Phone, way: str) -> str:
    """What a citizen answers to the open question: a digit or a label where there is a choice, else a value."""
    options = phone.state.open["options"]
    if options and way == "words without accents" and phone.state.open["kind"] == "question":
        return typed(options[0]["label"])
    if options:
        return str(len(options)) if way == "last digits" else "1"
    case = phone.state.cases[0]
    question = next(q for q in REAL_LAW.get(case.procedure, TODAY).questions if q.id == phone.open)
    said = "XONG" if question.type == "story" and question.id in case.answers else ANSWERS[question.type]
    return typed(said) if way == "words without accents" else said


def typed(text: str) -> str:
    """As most people type on a keypad."""
    return strip_accents(text).lower()


def answer_to_menu(phone: Phone, procedure: str) -> str | None:
    """Before the form: "begin" after a page of papers, and the number of this procedure where two or more fit."""
    if phone.open == "papers":
        return "2"
    if phone.open == "procedure":
        return str(1 + [o["value"] for o in phone.state.open["options"]].index(procedure))
    return None


def walk(procedure: str, way: str) -> Phone:
    """From the wish to the end of the form; every text is looked at on the way."""
    phone = Phone(law=REAL_LAW, words=REAL_WORDS)
    phone("muon lam giay nay", meant("start_dossier", procedure, 0.99))
    assert len(phone.pages) <= 2, phone.pages
    while phone.state.open and phone.open != "confirm" and phone.turns < 2 * MOST_TURNS:
        phone(answer_to_menu(phone, procedure) or answer_to(phone, way))
        assert all(len(page) <= 160 for page in phone.pages) and len(phone.pages) <= 3
    return phone


def test_all_texts_of_all_procedures_pass_the_gate():
    assert gate(REAL_WORDS, REAL_LAW, load_rules(ROOT / "bot/texts/vi")) == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("procedure", BY_TEXT)
def test_the_form_comes_to_its_end_within_thirteen_turns(procedure, way):
    phone = walk(procedure, way)
    if phone.open == "confirm":
        phone("1")
        assert phone.verbs == ["send"]
    else:
        assert phone.verbs == ["drop"]
    assert phone.turns <= MOST_TURNS


def test_what_the_commune_does_not_file_is_explained():
    for procedure in GUIDED:
        phone = Phone(law=REAL_LAW, words=REAL_WORDS)
        phone("muon lam giay nay", meant("start_dossier", procedure, 0.99))
        assert (phone.open in ("offer_person", "papers", "procedure"), phone.state.cases) == (True, []), procedure


def misread(said: str, wanted: str, offered: tuple[Option, ...]) -> bool:
    """Whether a word of an option is read as another one or not at all; a question back that offers it is fair ("ba")."""
    heard = read_choice(said, offered)
    back = [candidate.value for candidate in heard.options] if isinstance(heard, Ask) else [getattr(heard, "value", None)]
    return wanted not in back


@pytest.mark.parametrize("procedure", BY_TEXT)
def test_every_word_of_a_choice_means_that_choice_with_and_without_accents(procedure):
    for question in REAL_LAW.get(procedure, TODAY).questions:
        offered = choices(question) if question.source == "text" else ()
        labels = [(option.value, option.label) for option in offered if not option.label.startswith("@")]
        assert [label for value, label in labels if {choice(label, offered), choice(typed(label), offered)} != {value}] == []
        said = [(option.value, form) for option in offered for word in option.words for form in (word, typed(word))]
        assert [(question.id, word, value) for value, word in said if misread(word, value, offered)] == []
