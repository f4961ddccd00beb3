"""Turns a text into weighted features: n-grams of its folded and of its accented form, known only by their hashes.

A model keeps hashes (32 bits), so that no word of a training sentence can be read out of its archive.
"""

import re
from collections import Counter
from typing import Dict, Iterator, List, Tuple
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix

from bot.text import fold, words

WORD_GRAMS = 3
EDGE = 3
"""Words at either end kept as features of their own: a Vietnamese question shows its kind in its last words."""
CHAR_GRAMS = (2, 5)
CROSS_GRAMS = (4, 6)
"""Letters across a border of words, which survive a missing space and a slip in either word."""
_DIGIT = re.compile(r"\d")


def grams(text: str) -> Tuple[Counter, Counter]:
    """Return the counts of word and of character n-grams of `text`, each as {hash: count}.

    The accented form adds features of its own only where the person typed accents, so that the same sentence
    without them meets exactly the folded half of what was learnt.
    """
    tokens = [_DIGIT.sub("0", w.text) for w in words(text)]
    plain = [fold(token) for token in tokens]
    word = [*_word_grams(plain, "f"), *_shapes(text, plain)]
    char = [*_char_grams(plain, "f"), *_cross_grams(plain)]
    if plain != tokens:
        word += _word_grams(tokens, "a")
        char += _char_grams(tokens, "a")
    return Counter(map(_hash, word)), Counter(map(_hash, char))


def _hash(gram: str) -> int:
    return crc32(gram.encode())


def _word_grams(tokens: List[str], side: str) -> Iterator[str]:
    split = [part for token in tokens for part in token.split()]
    padded = ["^", *split, "$"]
    for n in range(1, WORD_GRAMS + 1):
        yield from (side + " ".join(padded[i:i + n]) for i in range(len(padded) - n + 1))
    for edge, ends in (("<", split[:EDGE]), (">", split[-EDGE:])):
        yield from (side + edge + piece for piece in (*ends, " ".join(ends)))


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
    """Maps hashes to columns and weighs them: 1 + log(count), inverse document frequency, unit length per kind."""

    def __init__(self, ids: np.ndarray, idf: np.ndarray) -> None:
        """`ids`: sorted uint32 hashes, one a column; `idf`: float32 of the same length."""
        self.ids, self.idf = ids, idf
        self._column: Dict[int, int] = {int(h): i for i, h in enumerate(ids)}

    @classmethod
    def fit(cls, counted: List[Tuple[Counter, Counter]], least: int) -> "Vectoriser":
        """Learn the columns from counted texts; an n-gram seen in fewer than `least` texts is left out."""
        seen: Counter = Counter()
        for word, char in counted:
            seen.update(word.keys() | char.keys())
        ids = np.array(sorted(h for h, n in seen.items() if n >= least), dtype=np.uint32)
        frequency = np.array([seen[int(h)] for h in ids], dtype=np.float32)
        return cls(ids, (np.log((1 + len(counted)) / (1 + frequency)) + 1).astype(np.float32))

    def row(self, counted: Tuple[Counter, Counter]) -> Tuple[np.ndarray, np.ndarray]:
        """Return (columns, weights) of one counted text."""
        parts = [self._weigh(kind) for kind in counted]
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def _weigh(self, kind: Counter) -> Tuple[np.ndarray, np.ndarray]:
        known = [(self._column[h], n) for h, n in kind.items() if h in self._column]
        columns = np.array([c for c, _ in known], dtype=np.int32)
        weights = (1 + np.log(np.array([n for _, n in known], dtype=np.float32))) * self.idf[columns]
        return columns, weights / (np.linalg.norm(weights) or 1.0)

    def matrix(self, counted: List[Tuple[Counter, Counter]]) -> csr_matrix:
        """Return the rows of many counted texts as one sparse matrix."""
        rows = [self.row(c) for c in counted]
        starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = np.concatenate([c for c, _ in rows])
        weights = np.concatenate([w for _, w in rows])
        return csr_matrix((weights, columns, starts), shape=(len(rows), len(self.ids)))
