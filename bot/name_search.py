"""Stands in for the understanding server while it is down: which procedure's names share most words with a text.

The intent is a guess from a few plain words (`bot/spelling/degraded.tsv`); nothing is ever sure.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from bot.dialogue.types import Understanding
from bot.text import fold, folded, nfc

CANDIDATES = 3
_GUESSES = Path(__file__).parent / "spelling" / "degraded.tsv"
_GUESS_CONFIDENCE = 0.5
_PAIR_WEIGHT, _LETTERS_WEIGHT = 2.0, 0.3
_SHARED_WEIGHT = 0.5


class NameSearch:
    """An index of the procedures' names; `names` = {procedure id: official, plain and folk names}."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._names = [(procedure, _features(name)) for procedure, of_it in names.items() for name in of_it]
        self._vocabulary: dict[str, set[str]] = defaultdict(set)
        for procedure, features in self._names:
            self._vocabulary[procedure].update(features)
        spread = Counter(f for features in self._vocabulary.values() for f in features)
        self._weight = {f: _kind_weight(f) * math.log(1 + len(self._vocabulary) / n) for f, n in spread.items()}
        self._size = [sum(self._weight[f] for f in features) for _, features in self._names]

    def understand(self, text: str) -> Understanding:
        """Return at most three candidates, best first, with shares of their scores as confidence, and `degraded`."""
        asked = _features(text)
        best: dict[str, float] = defaultdict(float)
        for (procedure, features), size in zip(self._names, self._size, strict=True):
            shared = sum(self._weight[f] for f in features & asked)
            best[procedure] = max(best[procedure], shared * shared / (size or 1.0))
        for procedure, features in self._vocabulary.items():
            best[procedure] += _SHARED_WEIGHT * sum(self._weight[f] for f in features & asked)
        ranked = sorted(((score, p) for p, score in best.items() if score > 0), reverse=True)[:CANDIDATES]
        total = sum(score for score, _ in ranked) or 1.0
        candidates = tuple((p, round(score / total, 4)) for score, p in ranked)
        name, confidence = candidates[0] if candidates else (None, 0.0)
        intent, intent_confidence = guess_intent(text)
        return Understanding(intent, intent_confidence, name, confidence, candidates, (), degraded=True)


def guess_intent(text: str) -> tuple[str, float]:
    """Return the first intent whose words stand in `text`, else `ask_procedure`; never above one half."""
    said = f" {folded(text)} "
    for intent, phrase in _guesses():
        if f" {phrase} " in said:
            return intent, _GUESS_CONFIDENCE
    return "ask_procedure", _GUESS_CONFIDENCE / 2


def _features(text: str) -> set[str]:
    words = fold(nfc(folded(text))).split()
    letters = (f"#{f' {w} '[i : i + 3]}" for w in words for i in range(len(w)))
    return {*words, *map(" ".join, zip(words, words[1:], strict=False)), *letters}


def _kind_weight(feature: str) -> float:
    if feature.startswith("#"):
        return _LETTERS_WEIGHT
    return _PAIR_WEIGHT if " " in feature else 1.0


@lru_cache(maxsize=1)
def _guesses() -> tuple[tuple[str, str], ...]:
    lines = _GUESSES.read_text("utf-8").splitlines()
    return tuple((intent, phrase) for intent, phrase in (line.split("\t") for line in lines if line))
