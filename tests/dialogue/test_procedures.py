"""Every procedure in force is walked by SMS as a citizen would, by first and by last choices, with its own texts."""

import pytest

from backend.domain.law_files import load_catalogue
from bot.gate import gate, load_rules
from bot.words import Words
from tests.dialogue.kit import ROOT, Phone, meant

REAL_LAW = load_catalogue(ROOT / "backend/procedures")
REAL_WORDS = Words.load(ROOT / "bot/texts/vi")
BY_TEXT = [p.id for p in REAL_LAW.all() if p.file_by_text != "no"]
GUIDED = [p.id for p in REAL_LAW.all() if p.file_by_text == "no"]
MOST_TURNS = 13
ANSWERS = {
    "person_name": "Bàn Thị Pá", "person_key": "Triệu Thị Mùi", "address": "thôn Nà Mơ, xã Na Rì", "date": "5/11/2026",
    "birth_date": "5/11/1998", "phone": "0981110077", "citizen_id": "006098001234", "number": "4", "text": "vay ngân hàng", "story": "hai nhà tranh nhau bờ ruộng",
}  # fmt: skip


def answer_to(phone: Phone, last: bool) -> str:
    """What a citizen answers to the open question: a digit where there is a choice."""
    if phone.state.open["options"]:
        return str(len(phone.state.open["options"])) if last else "1"
    case = phone.state.cases[0]
    question = next(q for q in REAL_LAW.get(case.procedure).questions if q.id == phone.open)
    return "XONG" if question.type == "story" and question.id in case.answers else ANSWERS[question.type]


def walk(procedure: str, last: bool) -> Phone:
    """From the wish to the end of the form; every text is looked at on the way."""
    phone = Phone(law=REAL_LAW, words=REAL_WORDS)
    phone("muon lam giay nay", meant("start_dossier", procedure, 0.99))
    assert len(phone.pages) <= 2, phone.pages
    while phone.state.open and phone.open != "confirm" and phone.turns < 2 * MOST_TURNS:
        begin = (
            {"papers": "2", "procedure": str(1 + [o["value"] for o in phone.state.open["options"]].index(procedure))}
            if phone.open in ("papers", "procedure")
            else {}
        )
        phone(begin.get(phone.open) or answer_to(phone, last))
        assert all(len(page) <= 160 for page in phone.pages) and len(phone.pages) <= 3
    return phone


def test_all_texts_of_all_procedures_pass_the_gate():
    assert gate(REAL_WORDS, REAL_LAW, load_rules(ROOT / "bot/texts/vi")) == []


@pytest.mark.parametrize("last", [False, True], ids=["first choices", "last choices"])
@pytest.mark.parametrize("procedure", BY_TEXT)
def test_the_form_comes_to_its_end_within_thirteen_turns(procedure, last):
    phone = walk(procedure, last)
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
