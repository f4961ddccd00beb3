"""The number of a choice, however it is said: "1.", "số 1", "cái thứ 2", "ý là cái đầu", "một"."""

from __future__ import annotations

import re

from backend.domain.values import answers
from backend.domain.values.lexicon import lexicon
from backend.domain.values.numbers import digit
from backend.domain.values.text import Word, words

_LEADING = re.compile(r"\W*(\d{1,3})\s*[.):\-]*\s*$")


def position(plain: str, count: int, in_words: bool = True) -> int | None:
    """The number that a tidied text names as its choice (it may be out of range), else None.

    `in_words`: also number words and ordinals, which a caller tries only after the labels of the choices.
    """
    if found := _LEADING.match(plain):
        return int(found[1])
    tokens = words(plain)
    core = _core(tokens)
    if len(core) == 1 and core[0].bare.isdigit() and len(core[0].bare) <= 2:
        return int(core[0].bare)
    return _in_words(core, tokens, count) if in_words else None


def numbers_in(plain: str) -> list[int]:
    """Small numerals of a text, in order."""
    return [int(n) for n in re.findall(r"(?<![\d/.])\d{1,2}(?![\d/])", plain)]


def _core(tokens: list[Word]) -> list[Word]:
    """Without what is said around a number."""
    before, after = answers.phrases("before_number"), answers.phrases("after_number")
    start, end = 0, len(tokens)
    while start < end and any(answers.at(tokens, start, p) for p in before if len(p) == 1):
        start += 1
    while end > start and any(answers.at(tokens, end - 1, p) for p in after if len(p) == 1):
        end -= 1
    return tokens[start:end]


def _in_words(core: list[Word], tokens: list[Word], count: int) -> int | None:
    for key, number in (("first", 1), ("second", 2), ("last", count)):
        if any(len(p) == len(core) and answers.at(core, 0, p) for p in answers.phrases(key)):
            return number
    if count == 3 and len(core) == 1 and answers.at(core, 0, answers.phrases("middle")[0]):
        return 2
    if len(core) != 1:
        return None
    pointed = count == 2 and len(tokens) > 1 and tokens[0].bare in ("cai", "y")
    of_two = lexicon("answers")["of_two"].get(core[0].text) if pointed else None
    return of_two or digit(core[0]) or None
