"""Reads male or female: "trai", "bé gái nha", "giai", and 1 or 2 as every such question offers them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from backend.domain.values.choices import read_choice
from backend.domain.values.lexicon import lexicon
from backend.domain.values.result import Ask, Read, Refuse, Result
from backend.domain.values.text import says_unknown, tidy


class _Sex(NamedTuple):
    value: str
    label: str
    words: tuple[str, ...]


def read_gender(text: str, today: date) -> Result:
    """`male` or `female`. `details` as of a choice. "năm" is a number here and "nam" never is."""
    words = lexicon("answers")
    result = read_choice(
        text, (_Sex("male", "Trai", tuple(words["male"])), _Sex("female", "Gái", tuple(words["female"])))
    )
    if isinstance(result, Ask):
        return Ask("which_sex")
    if isinstance(result, Read):
        return result
    return (
        Refuse("not_known" if says_unknown(tidy(text)) else "no_sex")
        if result.key == "no_such_option"
        else result
    )
