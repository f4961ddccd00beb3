"""Words of danger: which emergency number is named first, what is looked at twice, and a cry for help while NLU is down."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from bot.dialogue.commands import bare_text
from bot.text import fold, normalise

KINDS = (
    ("scam", r"otp|lua dao|chuyen (tien|khoan)|dong (tien|phi)|nop (tien|phi)|goi (dien )?(bao|doi|den)|ma xac|vneid|mat khau|cong an goi"),
    ("suicide", r"la ngon|tu tu|tu sat|khong muon song|uong thuoc (sau|co|diet|chuot)|chet di cho"),
    ("medical", r"cap cuu|ngat|chay mau|co giat|sot cao|dot quy|kho tho|ran can|bong|tai nan|dau de|vo oi|bat tinh"),
    ("child", r"(1[0-7]|muoi [a-z]+) tuoi|tre em|tao hon|xam hai|hiep|chau be.*danh|danh.*chau|bo roi"),
    ("violence", r"danh|dam|chem|giet|dao|doa|bao luc"),
    ("disaster", r"lu|sat lo|sap|chay|cuon|loc|nuoc len|dat lo|bao ve|mac ket"),
)
"""Kind -> folded words; the first that fits decides which emergency numbers are named first."""
_PHRASES = Path(__file__).parents[1] / "plain_words" / "dangers.tsv"
_CALM_AFTER = ("disaster", "medical", "suicide")
"""Kinds that are told of afterwards as well: "nhà cháy, xin làm lại giấy" is a wish for a paper."""
_GAP = r"(?:\S+ ){0,4}?"
_ACCENTED = 0.3
"""Above this share of accented words a text is written with accents."""


def kind_of(text: str) -> str | None:
    """The kind of danger a text speaks of by its words, None when by none. Only NLU says whether it is one."""
    words = bare_text(text)
    return next((name for name, pattern in KINDS if re.search(rf"\b(?:{pattern})\b", words)), None)


def is_cry(text: str) -> bool:
    """Whether a text calls for help in so many words: the stand-in for NLU, which alone decides while it is there.

    Whole phrases of `bot/plain_words/dangers.tsv`, compared with accents where a text has them: never the place Kim Lư for "lũ".
    """
    said = " ".join(re.findall(r"\w+", normalise(text)))
    phrases = _phrases(_is_accented(said))
    said = phrases["not"].sub(" ", f" {said} ")
    if phrases["cry"].search(said):
        return True
    found = {kind for kind, pattern in phrases.items() if kind not in ("not", "calm", "cry") and pattern.search(said)}
    return bool(found - set(_CALM_AFTER) if phrases["calm"].search(said) else found)


def _is_accented(said: str) -> bool:
    words = said.split()
    return sum(fold(word) != word for word in words) > _ACCENTED * len(words)


@lru_cache(maxsize=2)
def _phrases(accented: bool) -> dict[str, re.Pattern[str]]:
    """Kind -> its phrases as one pattern: `*` = up to four words, `!` = only at the end of a text."""
    listed: dict[str, list[str]] = {}
    for line in _PHRASES.read_text("utf-8").splitlines():
        kind, phrase = line.split("\t")
        words = phrase.lstrip("!") if accented else fold(phrase.lstrip("!"))
        pattern = "".join(_GAP if word == "*" else f"{word} " for word in words.split())
        listed.setdefault(kind, []).append(f"{pattern}$" if phrase.startswith("!") else pattern)
    return {kind: re.compile(rf"(?<= )(?:{'|'.join(patterns)})") for kind, patterns in listed.items()}
