"""Stands in for the understanding server while it is down: which procedure's names share most words with a text.

Names come from the catalogue and from `nlu_data/lookups` (folk names, and what people tell instead of a name). The intent is
a guess from a few plain words (`bot/plain_words/intents.tsv`), a danger one from `bot.dialogue.danger`; nothing is ever sure.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import yaml

from backend.domain.law_lines import FAST
from bot.dialogue import danger
from bot.dialogue.types import Understanding
from bot.text import fold, folded, nfc

CANDIDATES = 3
LOOKUPS = Path(__file__).parents[1] / "nlu_data" / "lookups"
_GUESSES = Path(__file__).parent / "plain_words" / "intents.tsv"
_GUESS_CONFIDENCE = 0.5
_PAIR_WEIGHT, _LETTERS_WEIGHT = 2.0, 0.3
_SHARED_WEIGHT = 0.5
_LEAST = 12.0
"""A best score below this is chance: of the held-out lines three in five about no procedure stay below it, of the questions one in a hundred."""


def load_names(folder: Path = LOOKUPS) -> dict[str, list[str]]:
    """Return procedure id -> folk names and situations, of the two files that the understanding is trained with too."""
    names: dict[str, list[str]] = defaultdict(list)
    for file in ("procedures.yml", "situations.yml"):
        for procedure, listed in yaml.load((folder / file).read_text("utf-8"), Loader=FAST).items():
            names[procedure] += [str(name) for name in listed]
    return dict(names)


class NameSearch:
    """An index of the procedures' names; `names` = {procedure id: official, plain and folk names}."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        listed = [(procedure, _features(name)) for procedure, of_it in names.items() for name in of_it]
        self._of: list[str] = [procedure for procedure, _ in listed]
        self._where: dict[str, list[int]] = defaultdict(list)
        for number, (_, features) in enumerate(listed):
            for feature in features:
                self._where[feature].append(number)
        self._who = {feature: {self._of[n] for n in where} for feature, where in self._where.items()}
        self._weight = {f: _kind_weight(f) * math.log(1 + len(names) / len(who)) for f, who in self._who.items()}
        self._size = [sum(self._weight[f] for f in features) for _, features in listed]

    def understand(self, text: str) -> Understanding:
        """Return at most three candidates, best first, with shares of their scores as confidence, and `degraded`."""
        intent, sure = guess_intent(text)
        candidates = self._candidates(_features(text))
        name, confidence = candidates[0] if candidates else (None, 0.0)
        return Understanding(intent, sure, name, confidence, candidates, (), degraded=True)

    def _candidates(self, asked: set[str]) -> tuple[tuple[str, float], ...]:
        shared, best = Counter(), Counter()
        for feature in asked & self._where.keys():
            weight = self._weight[feature]
            for number in self._where[feature]:
                shared[number] += weight
            for procedure in self._who[feature]:
                best[procedure] += _SHARED_WEIGHT * weight
        names: dict[str, float] = defaultdict(float)
        for number, weight in shared.items():
            names[self._of[number]] = max(names[self._of[number]], weight * weight / (self._size[number] or 1.0))
        ranked = sorted(((score + names[p], p) for p, score in best.items() if score + names[p] >= _LEAST), reverse=True)[:CANDIDATES]
        total = sum(score for score, _ in ranked) or 1.0
        return tuple((p, round(score / total, 4)) for score, p in ranked)


def guess_intent(text: str) -> tuple[str, float]:
    """Return the first intent whose words stand in `text`, else `ask_procedure`; never above one half."""
    if danger.is_cry(text):
        return "urgent", _GUESS_CONFIDENCE
    said = f" {folded(text)} "
    for intent, phrase in _guesses():
        if f" {phrase} " in said:
            return intent, _GUESS_CONFIDENCE
    return "ask_procedure", _GUESS_CONFIDENCE / 2


def _features(text: str) -> set[str]:
    words = fold(nfc(folded(text))).split()
    letters = (f"#{f' {w} '[i : i + 3]}" for w in words for i in range(len(w)))
    return {*words, *map(" ".join, pairwise(words)), *letters}


def _kind_weight(feature: str) -> float:
    if feature.startswith("#"):
        return _LETTERS_WEIGHT
    return _PAIR_WEIGHT if " " in feature else 1.0


@lru_cache(maxsize=1)
def _guesses() -> tuple[tuple[str, str], ...]:
    lines = _GUESSES.read_text("utf-8").splitlines()
    return tuple((intent, phrase) for intent, phrase in (line.split("\t") for line in lines if line))
