"""Digits as people type them: in groups, with o for 0 and l for 1, or each as a word ("không chín tám …")."""

from __future__ import annotations

import re

from backend.domain.letters import fold
from backend.domain.values import numbers
from backend.domain.values.text import Word

_TOKEN = re.compile(r"\+|[0-9a-zA-ZÀ-ỹđĐ|]+|[^\s\w]")
_LIKE_DIGITS = re.compile(r"[0-9oOlLI|]*\d[0-9oOlLI|]*$|[oO]{1,4}$")
_SEPARATORS = set(" .-_–—·/()+")
SPELLED_RUN = 6
"""So many digit words in a row are a number and no sentence."""


def groups(text: str) -> list[list[str]]:
    """Runs of neighbouring digit groups, letters put right: "oo6 o98.oo1234 cap 2021" -> [["006","098","001234"],["2021"]].

    A "+" before a run is kept as its first group.
    """
    runs: list[list[str]] = [[]]
    for token in _TOKEN.findall(_spelled_out(text)):
        if _LIKE_DIGITS.match(token):
            runs[-1].append(_digits(token))
        elif token == "+":
            runs.append(["+"])
        elif token not in _SEPARATORS:
            runs.append([])
    return [run for run in map(_without_letters, runs) if any(g.isdigit() for g in run)]


def _digits(token: str) -> str:
    if not any(c.isdigit() for c in token):
        return token
    return re.sub(r"[lLI|]", "1", re.sub(r"[oO]", "0", token))


def _without_letters(run: list[str]) -> list[str]:
    """A lone "o" is a zero only beside digits."""
    if not any(group.isdigit() for group in run):
        return []
    return [re.sub(r"[oO]", "0", group) for group in run]


def _spelled_out(text: str) -> str:
    tokens = text.split()
    values = [numbers.digit(Word(t.lower(), fold(t))) for t in tokens]
    out, at = [], 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and values[end] is not None:
            end += 1
        out.append("".join(map(str, values[at:end])) if end - at >= SPELLED_RUN else tokens[at])
        at = end if end - at >= SPELLED_RUN else at + 1
    return " ".join(out)
