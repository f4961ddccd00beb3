"""Vietnamese numbers in words and digits: "hai mươi mốt", "1tr2", "ba trăm nghìn", "triệu rưỡi", "nửa củ"."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from backend.domain.letters import fold
from backend.domain.values.lexicon import lexicon, word_set
from backend.domain.values.text import Word, untelex

_LITERAL = re.compile(r"\d+(?:[.,]\d+)*$")


class Number(NamedTuple):
    """A number found in a run of words.

    `scaled`: a scale word (nghìn, triệu …) belongs to it. `literal`: it is nothing but one numeral as typed.
    """

    value: Decimal
    start: int
    end: int
    scaled: bool = False
    literal: str | None = None


class Unclear(ValueError):
    """The words are a number that people could mean in two ways ("một triệu hai mươi")."""


@cache
def _table(kind: str) -> dict[str, int]:
    """Word -> value of a mapping in `numbers.yaml`, by the word as written and, for words without accents, folded."""
    written = lexicon("numbers")[kind]
    return {**{fold(word): value for word, value in written.items()}, **written}


@cache
def _folded(kind: str) -> frozenset[str]:
    return frozenset(fold(word) for word in word_set("numbers", kind))


@cache
def vocabulary() -> frozenset[str]:
    """All folded words that may stand in a number."""
    mapped = {fold(word) for kind in ("digits", "scales") for word in lexicon("numbers")[kind]}
    return frozenset(
        mapped.union(*(_folded(k) for k in ("tens", "hundred", "zero_before", "half_after", "half_before")))
    )


def plain(word: Word) -> str:
    """The folded word, Telex keys taken out; with accents it must be a number word as written ("bà" is not 3)."""
    key = untelex(word.bare, vocabulary())
    if word.text == word.bare or key != word.bare:
        return key
    written = word.text in _table("digits") or word.text in _table("scales")
    same_sound = key in _table("digits") or key in ("n", "k", "cu", "chai", "lit", "xi", "toi", "ti", "le")
    return key if written or not same_sound or word.text in word_set("numbers", "zero_before") else word.text


def digit(word: Word) -> int | None:
    """0–9 for a digit word, else None."""
    return _table("digits").get(plain(word))


def literal(token: str) -> Decimal:
    """A numeral as Vietnamese people write it: dots (or commas) between groups of three, else a decimal sign.

    Raises `Unclear` for "1,200", "1.20.000" and the like.
    """
    if re.fullmatch(r"\d+", token):
        return Decimal(token)
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?:,\d{3}){2,}|[1-9]\d{1,2},000", token):
        return Decimal(re.sub(r"[.,]", "", token))
    if re.fullmatch(r"\d+[.,]\d{1,2}", token):
        return Decimal(token.replace(",", "."))
    raise Unclear(token)


def find(words: list[Word]) -> list[Number]:
    """All numbers of a text in order. Raises `Unclear`."""
    found, at = [], 0
    while at < len(words):
        number = amount(words, at)
        if number:
            found.append(number)
        at = number.end if number else at + 1
    return found


def amount(words: list[Word], start: int) -> Number | None:
    """The number that begins at `start`: groups, each with its scale, and what hangs on behind ("1tr2", "rưỡi")."""
    total, at, last = Decimal(0), start, None
    while at < len(words):
        group = _next_group(words, at, last)
        if group is None:
            break
        scale, end = _scale(words, group.end)
        if last is not None and scale >= last:
            break
        _refuse_odd(group, scale, last, words[end - 1].text)
        total += group.value * scale if scale > 1 or last is None else _behind(group, last)
        at = end
        if scale == 1:
            break
        if _is(words, at, "half_after"):
            total, at = total + Decimal(scale) / 2, at + 1
            break
        last = scale
    if at == start:
        return None
    only = (
        words[start].text if at == start + 1 and last is None and _LITERAL.match(words[start].text) else None
    )
    return Number(total, start, at, last is not None or _is_scaled(words, start, at), only)


def _next_group(words: list[Word], at: int, last: int | None) -> Number | None:
    """The group at `at`; behind a scale it may follow "lẻ", and what counts something else ends the number."""
    if (
        last is not None
        and _is(words, at, "zero_before")
        and at + 1 < len(words)
        and _LITERAL.match(words[at + 1].text)
    ):
        at += 1
    if last is not None and _counts(words, at):
        return None
    group = _group(words, at, behind=last is not None)
    if group is None and last is None and _starts_with_scale(words, at):
        return Number(Decimal(1), at, at)
    return group


def _scale(words: list[Word], at: int) -> tuple[int, int]:
    """The product of the scale words that follow ("nghìn tỷ"), 1 if none, and where they end."""
    scale, scales = 1, _table("scales")
    while at < len(words) and plain(words[at]) in scales:
        scale, at = scale * scales[plain(words[at])], at + 1
    return scale, at


def _refuse_odd(group: Number, scale: int, last: int | None, sign: str) -> None:
    """ "1tr2k" is said for 1.200.000 by some and for 1.002.000 by others."""
    if last == 10**6 and scale == 1000 and group.literal and len(group.literal) == 1 and sign == "k":
        raise Unclear("one digit of k behind a million")


def _counts(words: list[Word], at: int) -> bool:
    """ "một tháng", "một người": how often, not a part of the sum before it."""
    return digit(words[at]) is not None and at + 1 < len(words) and words[at + 1].bare in _folded("counted")


def _is_scaled(words: list[Word], start: int, end: int) -> bool:
    return any(plain(word) in _table("scales") for word in words[start:end])


def _starts_with_scale(words: list[Word], at: int) -> bool:
    """ "triệu hai", "nghìn rưỡi": a scale that means one of itself; only written out, and only before more."""
    long_words = ("nghin", "ngan", "trieu", "ty")
    more = at + 1 < len(words) and (
        digit(words[at + 1]) is not None or plain(words[at + 1]) in _folded("half_after")
    )
    return plain(words[at]) in long_words and more


def _behind(group: Number, last: int) -> Decimal:
    """What a bare number behind a scale is worth: "1tr2" two hundred thousand, "một nghìn không trăm linh ba" three."""
    if group.literal == "exact":
        return group.value
    if group.literal == "tens":
        raise Unclear("tens behind a scale")
    width = len(str(group.value)) if group.literal is None else len(group.literal)
    return group.value * last / Decimal(10**width)


def _group(words: list[Word], at: int, behind: bool) -> Number | None:
    """A number below the scales: a numeral, "nửa", or words up to 999."""
    token = words[at].text
    if _LITERAL.match(token):
        return _numeral(words, at)
    if plain(words[at]) in _folded("half_before"):
        following = at + 1 < len(words) and plain(words[at + 1]) in _table("scales")
        return Number(Decimal("0.5"), at, at + 1) if following else None
    return _in_words(words, at, behind)


def _numeral(words: list[Word], at: int) -> Number:
    end, token = at + 1, words[at].text
    while (
        end < len(words)
        and re.fullmatch(r"\d{3}", words[end].text)
        and re.fullmatch(r"[1-9]\d{0,2}(?:[. ]\d{3})*", token)
    ):
        token, end = f"{token} {words[end].text}", end + 1
    value = literal(
        re.sub(r"[ ]", "", token) if " " in token and "." not in token else token.replace(" ", ".")
    )
    if end < len(words) and plain(words[end]) in _folded("hundred"):
        return Number(value * 100, at, end + 1)
    if end < len(words) and words[end].bare == "chuc":
        return Number(value * 10, at, end + 1)
    return Number(value, at, end, literal=token if value == value.to_integral() else None)


def _in_words(words: list[Word], at: int, behind: bool) -> Number | None:
    value, end, exact = 0, at, False
    first = digit(words[at])
    if plain(words[at]) in _folded("hundred") and _more(words, at + 1):
        value, end = 100, at + 1
    elif first is not None and _is(words, at + 1, "hundred"):
        value, end, exact = first * 100, at + 2, first == 0
    if end > at and _is(words, end, "half_after"):
        return Number(Decimal(value + 50), at, end + 1)
    if _is(words, end, "zero_before") and end + 1 < len(words) and (behind or end > at):
        unit = digit(words[end + 1])
        if unit is not None:
            return Number(Decimal(value + unit), at, end + 2, literal="exact" if end == at or exact else None)
    tens = _below_hundred(words, end)
    if tens is None:
        return Number(Decimal(value), at, end, literal="exact" if exact else None) if end > at else None
    if end > at and tens.literal == "digit":
        return Number(Decimal(value + tens.value * 10), at, tens.end)
    kind = "exact" if exact else "tens" if end == at and tens.literal == "full" and behind else None
    return Number(value + tens.value, at, tens.end, literal=kind)


def _below_hundred(words: list[Word], at: int) -> Number | None:
    """1–99 in words. `literal` tells how: "digit" one word, "full" with mươi, "short" as in "hai mốt"."""
    if at >= len(words):
        return None
    first, end = digit(words[at]), at + 1
    if first is None:
        if plain(words[at]) not in {fold(w) for w in word_set("numbers", "ten_alone")}:
            return None
        unit = digit(words[end]) if end < len(words) else None
        return Number(Decimal(10 + (unit or 0)), at, end + (unit is not None), literal="full")
    if _is(words, end, "tens"):
        unit = digit(words[end + 1]) if end + 1 < len(words) else None
        return Number(Decimal(first * 10 + (unit or 0)), at, end + 1 + (unit is not None), literal="full")
    if (
        end < len(words)
        and first
        and plain(words[end]) in _folded("after_tens")
        and words[end].text not in ("một", "mot")
    ):
        return Number(Decimal(first * 10 + digit(words[end])), at, end + 1, literal="short")
    return Number(Decimal(first), at, end, literal="digit")


def _is(words: list[Word], at: int, kind: str) -> bool:
    return at < len(words) and plain(words[at]) in _folded(kind)


def _more(words: list[Word], at: int) -> bool:
    return at < len(words) and (
        digit(words[at]) is not None or _is(words, at, "half_after") or _is(words, at, "zero_before")
    )
