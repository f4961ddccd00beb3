"""Matching of short answers against lists of words with accents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from backend.domain.letters import fold
from backend.domain.values.lexicon import lexicon
from backend.domain.values.text import Word, untelex, words

Phrase = tuple[Word, ...]


@cache
def phrases(key: str) -> tuple[Phrase, ...]:
    """A list of `answers.yaml` as phrases, longest first."""
    content = lexicon("answers")[key]
    items = content.split() if isinstance(content, str) else content
    return tuple(sorted((tuple(words(item)) for item in items), key=len, reverse=True))


def same(typed: Word, written: Word) -> bool:
    """A word as typed is the word of a list: with the same accents, or typed (or listed) without any.

    Lists of others may be folded; only "năm" is never the folded "nam", for it is a number.
    """
    if typed.bare != written.bare or (typed.text == "năm" and written.text == "nam"):
        return False
    return typed.text == written.text or typed.text == typed.bare or written.text == written.bare


def at(tokens: Sequence[Word], start: int, phrase: Phrase) -> bool:
    """Whether the phrase stands at `start`."""
    return len(tokens) >= start + len(phrase) and all(
        same(t, w) for t, w in zip(tokens[start:], phrase, strict=False)
    )


@cache
def _by_first_word(options: tuple[Phrase, ...]) -> dict[str, list[Phrase]]:
    """Phrases by their first folded word, longest first: a long text is compared with few of them."""
    table: dict[str, list[Phrase]] = {}
    for phrase in sorted(filter(None, options), key=len, reverse=True):
        table.setdefault(phrase[0].bare, []).append(phrase)
    return table


def find(tokens: Sequence[Word], options: Iterable[Phrase]) -> list[tuple[int, int]]:
    """Spans of the phrases, the longest at each place."""
    table, found, start = _by_first_word(tuple(options)), [], 0
    while start < len(tokens):
        span = next((len(p) for p in table.get(tokens[start].bare, ()) if at(tokens, start, p)), 0)
        if span:
            found.append((start, start + span))
        start += span or 1
    return found


def without(tokens: Sequence[Word], options: Iterable[Phrase]) -> list[Word]:
    """The words that belong to none of the phrases."""
    taken = {i for start, end in find(tokens, options) for i in range(start, end)}
    return [token for i, token in enumerate(tokens) if i not in taken]


def read_words(text: str, known: frozenset[str]) -> list[Word]:
    """Words of a tidied text, Telex keys taken out of those that then are known."""
    out = []
    for word in words(text):
        plain = untelex(word.bare, known)
        out.append(word if plain == word.bare else Word(plain, plain))
    return out


@cache
def vocabulary(*keys: str) -> frozenset[str]:
    """Folded words of several lists."""
    return frozenset(fold(word.text) for key in keys for phrase in phrases(key) for word in phrase)
