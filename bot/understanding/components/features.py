"""Turns a text into weighted features: n-grams of its folded and of its accented form, known only by their hashes.

A model keeps hashes (32 bits), so that no word of a training sentence can be read out of its archive.
"""

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Dict, FrozenSet, Iterator, List, Tuple
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix

from bot.text import fold, words

WORD_GRAMS = 3
EDGE = 3
"""Words at either end kept as features of their own: a Vietnamese question shows its kind in its last words."""
CLASS_GRAMS = 4
FILLER = "filler"
CHAR_GRAMS = (2, 5)
CROSS_GRAMS = (4, 5)
"""Letters across a border of words, which survive a missing space and a slip in either word."""
_DIGIT = re.compile(r"\d")
_CLASSES = Path(__file__).resolve().parents[2] / "spelling" / "classes.tsv"


Grams = Tuple[FrozenSet[int], FrozenSet[int]]
"""Hashes of the word and of the character n-grams of a text."""


def grams(text: str) -> Grams:
    """Return what is seen in `text`; how often does not count.

    The accented form adds features of its own only where the person typed accents, so that the same sentence
    without them meets exactly the folded half of what was learnt.
    """
    tokens = [_DIGIT.sub("0", w.text) for w in words(text)]
    plain = [fold(token) for token in tokens]
    word = [*_word_grams(plain, "f"), *_class_grams(tokens), *_shapes(text, plain)]
    char = [*_char_grams(plain, "f"), *_cross_grams(plain)]
    if plain != tokens:
        word += _word_grams(tokens, "a")
        char += _char_grams(tokens, "a")
    return frozenset(map(_hash, word)), frozenset(map(_hash, char))


def _hash(gram: str) -> int:
    return crc32(gram.encode())


def _word_grams(tokens: List[str], side: str) -> Iterator[str]:
    split = [part for token in tokens for part in token.split()]
    padded = ["^", *split, "$"]
    for n in range(1, WORD_GRAMS + 1):
        yield from (side + " ".join(padded[i:i + n]) for i in range(len(padded) - n + 1))
    for edge, ends in (("<", split[:EDGE]), (">", split[-EDGE:])):
        yield from (side + edge + piece for piece in (*ends, " ".join(ends)))


def _class_grams(tokens: List[str]) -> Iterator[str]:
    """N-grams in which "bác", "em" and "mẹ" are one word, "không", "chẳng" and "đừng" another, and ạ, nhé, thì are left out."""
    seen = [(_classes().get(part), fold(part)) for token in tokens for part in token.split()]
    named = [("@" + kind) if kind else part for kind, part in seen if kind != FILLER]
    line = ["^", *(now for now, before in zip(named, [None, *named]) if now != before), "$"]
    for n in range(2, CLASS_GRAMS + 1):
        yield from ("k" + " ".join(line[i:i + n]) for i in range(len(line) - n + 1))


@lru_cache(maxsize=1)
def _classes() -> Dict[str, str]:
    """Words that stand for each other in a request, by class; with their accents, or without where that is no other word."""
    rows = (line.split("\t") for line in _CLASSES.read_text("utf-8").splitlines())
    return {word: kind for kind, words_of_class in rows for word in words_of_class.split()}


def _char_grams(tokens: List[str], side: str) -> Iterator[str]:
    low, high = CHAR_GRAMS
    for part in (part for token in tokens for part in token.split()):
        boxed = f" {part} "
        for n in range(low, high + 1):
            yield from (side + "_" + boxed[i:i + n] for i in range(max(1, len(boxed) - n + 1)))


def _cross_grams(tokens: List[str]) -> Iterator[str]:
    low, high = CROSS_GRAMS
    line = " ".join(["^", *tokens, "$"])
    for n in range(low, high + 1):
        yield from ("c_" + line[i:i + n] for i in range(len(line) - n + 1) if " " in line[i + 1:i + n - 1])


def _shapes(text: str, plain: List[str]) -> List[str]:
    """Return what is seen of the whole: its length, capitals at each word as a name has them, how many digits."""
    raw = text.split()
    capitals = sum(w[:1].isupper() for w in raw)
    digits = sum(c.isdigit() for c in text)
    return [
        f"#length {min(len(plain), 8)}",
        f"#name {len(raw) > 1 and capitals == len(raw)}",
        f"#digits {min(digits, 12) // 3}",
    ]


class Vectoriser:
    """Maps hashes to columns and weighs them: inverse document frequency, unit length per kind."""

    def __init__(self, ids: np.ndarray, idf: np.ndarray) -> None:
        """`ids`: sorted uint32 hashes, one a column; `idf`: float32 of the same length."""
        self.ids, self.idf = ids, idf
        self._column: Dict[int, int] = {int(h): i for i, h in enumerate(ids)}

    @classmethod
    def fit(cls, texts: List[Grams], least: int) -> "Vectoriser":
        """Learn the columns from many texts; an n-gram seen in fewer than `least` of them is left out."""
        seen: Counter = Counter()
        for word, char in texts:
            seen.update(word | char)
        ids = np.array(sorted(h for h, n in seen.items() if n >= least), dtype=np.uint32)
        frequency = np.array([seen[int(h)] for h in ids], dtype=np.float32)
        return cls(ids, (np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32))

    def row(self, text: Grams) -> Tuple[np.ndarray, np.ndarray]:
        """Return (columns, weights) of one text."""
        parts = [self._weigh(kind) for kind in text]
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def _weigh(self, kind: FrozenSet[int]) -> Tuple[np.ndarray, np.ndarray]:
        columns = np.array([self._column[h] for h in kind if h in self._column], dtype=np.int32)
        weights = self.idf[columns]
        return columns, weights / (np.linalg.norm(weights) or 1.0)

    def matrix(self, texts: List[Grams]) -> csr_matrix:
        """Return the rows of many texts as one sparse matrix."""
        rows = [self.row(text) for text in texts]
        starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = np.concatenate([c for c, _ in rows])
        weights = np.concatenate([w for _, w in rows])
        return csr_matrix((weights, columns, starts), shape=(len(rows), len(self.ids)))
