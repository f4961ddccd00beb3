"""Patterns: one line that stands for many sentences."""

from __future__ import annotations

import pytest

from bot.understanding.components import patterns
from bot.understanding.components.patterns import PatternError, sentences


def texts(pattern: str, count: int = 50) -> set[str]:
    return {s.text for s in sentences(pattern, count, seed=3)}


@pytest.mark.parametrize(
    ("pattern", "readings"),
    [
        ("xin chào", {"xin chào"}),
        ("(em|tôi) hỏi", {"em hỏi", "tôi hỏi"}),
        ("(em |)hỏi( ạ|)", {"em hỏi ạ", "em hỏi", "hỏi ạ", "hỏi"}),
        ("(a|b (c|d))", {"a", "b c", "b d"}),
        ("(a|)(b|)c", {"a b c".replace(" ", ""), "ac", "bc", "c"}),
    ],
)
def test_it_reads_every_alternative(pattern, readings):
    assert texts(pattern) == readings


def test_a_procedure_slot_labels_the_sentence():
    made = sentences("{procedure} hết bao nhiêu tiền", 80, seed=1)
    assert {s.procedure for s in made} <= set(patterns._table("procedures.yml"))
    assert len({s.procedure for s in made}) > 20
    for sentence in made:
        assert sentence.text.removesuffix(" hết bao nhiêu tiền") in patterns._table("procedures.yml")[sentence.procedure]


def test_two_slots_of_one_sentence_mean_the_same_procedure():
    for sentence in sentences("{situation}, làm {procedure}", 40, seed=1):
        assert any(sentence.text.startswith(s + ",") for s in patterns._table("situations.yml")[sentence.procedure])


def test_a_pattern_without_slot_labels_nothing():
    assert sentences("xin chào", 1, seed=1)[0].procedure is None


def test_the_same_seed_gives_the_same_sentences():
    pattern = "(em|tôi) tên là {name}, sinh {date}, số {phone}, thẻ {id}, mã {code}"
    assert sentences(pattern, 20, seed=5) == sentences(pattern, 20, seed=5)
    assert sentences(pattern, 20, seed=5) != sentences(pattern, 20, seed=6)


@pytest.mark.parametrize("bad", ["(em|tôi hỏi", "em) hỏi", "{nobody} hỏi", "{name hỏi", "name} hỏi"])
def test_a_bad_pattern_is_refused(bad):
    with pytest.raises(PatternError):
        sentences(bad, 5, seed=1)
