"""The figures of understanding: what counts as wrong, what the dialogue acts on, and the six spellings."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from backend.domain.law_files import load_catalogue
from bot.dialogue.types import Understanding
from bot.nlu_figures import acts_on, figures, is_wrong, mean, respelt, spellings
from bot.nlu_server import NluServerError
from bot.text import strip_accents

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime.fromisoformat("2026-11-24T10:00:00+07:00")
TEXTS = ["làm giấy khai sinh cho cháu thì cần những giấy tờ gì ạ", "bố em mất hôm qua, giờ phải báo ở đâu"]


@pytest.fixture(scope="module")
def acts():
    return acts_on(load_catalogue(ROOT / "backend" / "procedures"), NOW)


def line(intents: str, procedures: str = "") -> tuple[str, frozenset[str], frozenset[str]]:
    return "x", frozenset(intents.split("|")), frozenset(procedures.split("|")) - {""}


@pytest.mark.parametrize(
    ("asked", "meant", "wrong"),
    [
        (line("ask_fee", "khai_sinh"), Understanding("ask_fee", 0.9, "khai_sinh", 0.9), False),
        (line("ask_fee", "khai_sinh"), Understanding("ask_fee", 0.9, "khai_tu", 0.9), True),
        (line("ask_fee", "khai_sinh"), Understanding("ask_where", 0.9, "khai_sinh", 0.9), True),
        (line("ask_procedure", "khai_sinh"), Understanding("start_dossier", 0.9, "khai_sinh", 0.9), False),
        (line("ask_fee", "khai_sinh|khai_tu"), Understanding("ask_fee", 0.9, "khai_tu", 0.9), False),
        (line("complain", "khai_sinh"), Understanding("complain", 0.9), False),
        (line("greet"), Understanding("greet", 0.9, "khai_sinh", 0.9), False),
    ],
)
def test_wrong_is_what_leads_to_another_answer(asked, meant, wrong):
    assert is_wrong(asked, meant) is wrong


@pytest.mark.parametrize(
    ("text", "meant", "acted"),
    [
        ("khai sinh cho con", Understanding("ask_procedure", 0.95, "khai_sinh", 0.95, (("khai_sinh", 0.95),)), True),
        ("giấy cho con", Understanding("ask_procedure", 0.95, "khai_sinh", 0.5, (("khai_sinh", 0.5), ("trich_luc", 0.4))), False),
        ("cần giấy gì", Understanding("ask_documents", 0.95), False),
        ("xin chào", Understanding("greet", 0.95), True),
        ("rút lại", Understanding("withdraw_dossier", 0.4), False),
    ],
)
def test_it_acts_where_the_dialogue_does_not_ask_back(acts, text, meant, acted):
    assert acts(text, meant) is acted


def test_shares_are_of_all_lines(acts):
    labels = {"chào xã": "greet", "rút đơn": "withdraw_dossier", "cảm ơn": "thank"}
    lines = [(text, frozenset({intent}), frozenset()) for text, intent in labels.items()]
    found = figures(lines, lambda text: Understanding("greet", 0.2 if text == "rút đơn" else 0.9), acts)
    assert found["answered"] == pytest.approx(2 / 3)
    assert found["wrong_and_sure"] == found["intent_accuracy"] == pytest.approx(1 / 3)
    assert list(found)[-1] == "rows" and len(found["rows"]) == 3


def test_the_spellings_are_six_and_the_same_every_time():
    made = spellings(ROOT, TEXTS)
    assert list(made) == ["no_accents", "some_accents", "typing_keys", "teencode", "by_ear", "slips"]
    assert made == spellings(ROOT, TEXTS)
    assert made["no_accents"] == [strip_accents(text) for text in TEXTS]
    assert all(len(texts) == 2 for texts in made.values())


def test_without_the_tables_of_noise_it_says_what_to_do(tmp_path):
    (tmp_path / "bot/understanding").mkdir(parents=True)
    with pytest.raises(NluServerError, match="whole checkout"):
        spellings(tmp_path, TEXTS)


def test_a_respelt_line_keeps_its_labels():
    assert respelt([line("greet|thank", "khai_sinh")], ["y"]) == [("y", frozenset({"greet", "thank"}), frozenset({"khai_sinh"}))]


def test_a_mean_leaves_out_what_was_not_counted():
    one = {"intent_accuracy": 0.5, "procedure_accuracy": None, "answered": 1.0, "wrong_and_sure": 0.0}
    assert mean([one, {**one, "intent_accuracy": 1.0, "procedure_accuracy": 0.25}]) == {
        "intent_accuracy": 0.75, "procedure_accuracy": 0.25, "answered": 1.0, "wrong_and_sure": 0.0,
    }  # fmt: skip
    assert mean([one])["procedure_accuracy"] is None
