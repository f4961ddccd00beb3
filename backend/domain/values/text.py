"""How a reader sees a text: one Unicode form, no invisible signs, words with and without their accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from functools import wraps
from typing import NamedTuple

from backend.domain.letters import fold, nfc
from backend.domain.values.result import Refuse, Result

LONGEST = 600
"""Characters of an answer; a longer text is a story and no value."""

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_TELEX_HATS = (
    ("dd", "d"),
    ("aa", "a"),
    ("ee", "e"),
    ("oo", "o"),
    ("uow", "uo"),
    ("aw", "a"),
    ("ow", "o"),
    ("uw", "u"),
    ("w", "u"),
)
_TELEX_TONE = re.compile(r"(?<=[aeiouy])([a-z]*)[sfrxj]$|(?<=[aeiouy])[sfrxj](?=(?:ng|nh|ch|[cmnptiuy])?$)")
_DONT_KNOW = re.compile(
    r"\b(?:khong|ko|k|kg|hong|hok|chang|cha|chua) (?:(?:the|con|the nao) )?(?:nho|biet|ro|thuoc|mang|cam|ranh)\b"
    r"|^(?:\w+ )?(?:quen|chiu)(?: (?:mat|roi|luon|thoi|a))*$|^\W*de (?:ve )?xem\b"
)


class Word(NamedTuple):
    """A token in lower case: `text` with accents as typed, `bare` without."""

    text: str
    bare: str


def tidy(text: str) -> str:
    """NFC, wide and circled digits made plain ("１", "①", "1️⃣"), emoji and control signs out, single spaces."""
    kept = []
    for char in nfc(text):
        kind = unicodedata.category(char)
        if kind in ("Nd", "No"):
            plain = unicodedata.normalize("NFKC", char)
            kept.append(plain if plain.isdigit() and plain.isascii() else str(unicodedata.digit(char, "")))
        elif "\uff01" <= char <= "\uff5e":
            kept.append(unicodedata.normalize("NFKC", char))
        elif char == "\n":
            kept.append(" , ")
        elif kind in ("Cf", "Mn", "Me", "Cs", "Co", "Cn"):
            continue
        else:
            kept.append(char if kind[0] not in "CZ" and kind not in ("So", "Sk") else " ")
    return nfc(re.sub(r"\s+", " ", "".join(kept)).strip(" ,"))


def words(text: str) -> list[Word]:
    """Tokens of a tidied text: numbers (with their dots and commas) and words; "1tr2" is three tokens."""
    return [Word(token.lower(), fold(token)) for token in _TOKEN.findall(text)]


def bare(text: str) -> str:
    """Folded words of a tidied text without punctuation, single spaces."""
    return " ".join(word.bare for word in words(text))


def untelex(token: str, known: Collection[str]) -> str:
    """The known folded word that `token` is with keys of a Telex keyboard left in it ("tuwf" -> "tu"); else `token`."""
    if token in known or not token.isascii() or not token.isalpha():
        return token
    plain = token
    for typed, meant in _TELEX_HATS:
        plain = plain.replace(typed, meant)
    for candidate in (plain, _TELEX_TONE.sub(r"\1", plain)):
        if candidate in known:
            return candidate
    return token


def has_accents(text: str) -> bool:
    """Whether any letter carries a Vietnamese mark."""
    return fold(text) != nfc(text).lower()


def says_unknown(text: str) -> bool:
    """Whether the text says that the person does not know or remember."""
    return bool(_DONT_KNOW.search(bare(text)))


def reader(read: Callable[..., Result]) -> Callable[..., Result]:
    """What every reader does first: tidy the text, refuse one that is empty or far too long."""

    @wraps(read)
    def wrapped(text: str, *args, **context) -> Result:
        if len(text) > LONGEST:
            return Refuse("too_long")
        plain = tidy(text)
        return read(plain, *args, **context) if plain else Refuse("empty")

    return wrapped
