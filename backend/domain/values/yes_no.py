"""Reads yes or no; "chưa" is no, and what is only polite ("dạ", "ok") yields to a "không" behind it."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from backend.domain.values import answers
from backend.domain.values.places_of_choices import position
from backend.domain.values.result import Ask, Read, Refuse, Result
from backend.domain.values.text import LONGEST, Word, tidy

Lean = Literal["yes", "no", "ask"] | None
_CLAUSE = re.compile(r"\s*[,.;!?]+\s*")
_KNOWN = ("yes_hard", "yes_soft", "no", "ask", "no_phrases", "fillers", "about")
_NOT_TWICE = {"thoi", "chua", "da", "co", "dau"}
"""With these a second "no" says the first one again: "hông có đâu", "chưa, không có"."""
SHORT = 6
"""Words of an answer; in a longer clause a "có" or "chưa" may belong to something else."""


def read_yes_no(text: str, today: date) -> Result:
    """`yes` or `no`; 1 = yes, 2 = no, as they are offered. `details`: none.

    "0" is also teencode for "không", a thumb or a sticker is never consent, "hình như" is no answer: all are asked about.
    """
    if len(text) > LONGEST:
        return Refuse("too_long")
    plain = tidy(text)
    if not re.search(r"\w", plain):
        return Ask("yes_or_no") if text.strip() else Refuse("empty")
    number = position(plain, 2)
    if number is not None:
        return _by_number(number)
    lean = lean_of(plain)
    if lean in ("yes", "no"):
        return Read(lean, lean)
    return Ask("yes_or_no") if lean == "ask" else Refuse("no_yes_no")


def _by_number(number: int) -> Result:
    if number in (1, 2):
        return Read("yes" if number == 1 else "no")
    return Ask("zero") if number == 0 else Refuse("no_such_number", {"last": "2"})


def lean_of(plain: str) -> Lean:
    """Which way a tidied text leans: its first clause decides where that says nothing but yes or no."""
    plain = re.sub(r"\bờ\b", "ừ", plain.lower())  # in no list: folded it would be every "ở"
    if re.match(r"0 ?(?:co|có|k|ko)?\b", plain):
        return "ask"
    clauses = [answers.read_words(c, answers.vocabulary(*_KNOWN)) for c in _CLAUSE.split(plain) if c]
    clauses = [c for c in clauses if c]
    if not clauses:
        return None
    first = _clause(clauses[0])
    soft = first == "yes" and not _hard(clauses[0])
    later = [_clause(c) for c in clauses[1:2]]
    if "?" in plain and first and not any(later):
        return "ask"
    if first == "yes" and soft and later and later[0] in ("no", "ask"):
        return later[0]
    return first or next((lean for lean in later if lean), None)


def is_plain(plain: str) -> bool:
    """Whether a tidied text is nothing but a yes or a no."""
    tokens = answers.read_words(plain, answers.vocabulary(*_KNOWN))
    return bool(tokens) and not answers.without(
        tokens, sum((answers.phrases(k) for k in ("no_phrases", "yes_hard", "yes_soft", "no", "fillers")), ())
    )


def _hard(tokens: list[Word]) -> bool:
    return bool(answers.find(tokens, answers.phrases("yes_hard")))


def _clause(tokens: list[Word]) -> Lean:
    if answers.find(tokens, answers.phrases("ask")):
        return "ask"
    core = answers.without(tokens, answers.phrases("fillers")) or tokens
    hard = answers.find(tokens, answers.phrases("yes_hard"))
    soft = answers.find(tokens, answers.phrases("yes_soft"))
    denied = answers.find(tokens, answers.phrases("no_phrases") + answers.phrases("no"))
    others = answers.without(
        core, sum((answers.phrases(k) for k in ("no_phrases", "yes_hard", "yes_soft", "no", "about")), ())
    )
    if denied:
        return _denied(tokens, core, hard, denied, others)
    if not hard and not soft:
        return None
    if others and (len(core) > SHORT or not _begins(core)):
        return "ask" if len(core) <= SHORT else None
    return "yes"


def _denied(tokens: list[Word], core: list[Word], hard: list, denied: list, others: list[Word]) -> Lean:
    inside = {i for start, end in denied for i in range(start, end)}
    before = [span for span in hard if span[0] not in inside and span[0] < denied[0][0]]
    if (
        len(denied) > 1
        and denied[0][1] == denied[1][0]
        and not {tokens[denied[0][0]].bare, tokens[denied[1][0]].bare} & _NOT_TWICE
    ):
        return "ask"
    if before:
        return "ask"
    if denied[0][0] > 0 and others and not _begins(core):
        return "no" if len(core) <= SHORT else None
    return "no" if len(tokens) <= 2 * SHORT else None


def _begins(core: list[Word]) -> bool:
    """Whether the clause begins with a yes or a no."""
    options = sum((answers.phrases(k) for k in ("no_phrases", "yes_hard", "yes_soft", "no")), ())
    return any(answers.at(core, 0, phrase) for phrase in options)
