"""The words of the procedures: an answer's echo and the next question with its choices fit one SMS together."""

from pathlib import Path

import pytest

from backend.domain.law_rules import paths
from backend.domain.procedure import Procedure, Question
from bot.gate import load_rules
from bot.words import SMS_LENGTH, Words, bare, sms_length
from tests.law.kit import LAW

TEXTS = Path(__file__).parents[2] / "bot/texts/vi"
WORDS, LONGEST = Words.load(TEXTS), load_rules(TEXTS)["by_type"]
BY_TEXT = [p for p in LAW.all() if p.file_by_text != "no"]


def text(procedure: Procedure, question: Question, part: str) -> str:
    found = WORDS.texts.get(f"{procedure.id}.questions.{question.id}.{part}")
    return found.parts[0] if found else ""


def said_after(procedure: Procedure, question: Question) -> list[str]:
    """Every sentence that may stand between an answer and the next question, with the longest values."""
    value = max((o.label for o in question.options), key=len) if question.options else LONGEST.get(question.type, "")
    after = [text(procedure, question, f"after.{option.id}") for option in question.options]
    return ["" if question.sensitive else text(procedure, question, "echo").replace("{shown}", value), *filter(None, after)]


def pairs(procedure: Procedure) -> set[tuple[str, str]]:
    """(an asked question, one that may follow it) on all paths."""
    asked = [[q.id for q in path if q.source == "text"] for path in paths(procedure)]
    return {pair for path in asked for pair in zip(path, path[1:], strict=False)}


@pytest.mark.parametrize("procedure", BY_TEXT, ids=[p.id for p in BY_TEXT])
def test_the_echo_and_the_next_question_are_one_sms(procedure):
    questions = {q.id: q for q in procedure.questions}
    for before, after in pairs(procedure):
        ask = text(procedure, questions[after], "ask").replace("{You}", "Ông bà").replace("{you}", "ông bà")
        choices = "".join(f" {n} {o.label}" for n, o in enumerate(questions[after].options, 1))
        for echo in said_after(procedure, questions[before]):
            whole = bare(f"{echo} Câu 10/10: {ask}{choices}".strip())
            assert sms_length(whole) <= SMS_LENGTH, whole


@pytest.mark.parametrize("procedure", BY_TEXT, ids=[p.id for p in BY_TEXT])
def test_every_question_says_why_and_what_touches_shame_is_not_repeated(procedure):
    for question in procedure.questions:
        if question.source == "text":
            assert text(procedure, question, "why"), question.id
            assert not (question.sensitive and text(procedure, question, "echo")), question.id


@pytest.mark.parametrize("procedure", BY_TEXT, ids=[p.id for p in BY_TEXT])
def test_every_stop_has_its_words_and_every_answer_is_read_back_but_the_case_decider(procedure):
    assert [stop.text for stop in procedure.stops if f"{procedure.id}.stops.{stop.text}" not in WORDS.texts] == []
    read_back = WORDS.texts[f"{procedure.id}.read_back"].holes()
    asked = {q.id for q in procedure.questions if q.source == "text"}
    assert read_back <= asked and len(asked - read_back) <= 1
