"""How long an SMS is, and how a text is written without accents so that it stays short.

GSM 03.38: 160 septets in one message, 153 in each part of a longer one. One letter outside its alphabet, and
"đ" is enough, turns the whole message into UCS-2: 70 and 67, more than double the price.
"""

from __future__ import annotations

import unicodedata
from typing import Literal, NamedTuple

from backend.domain.letters import nfc, strip_accents

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("^{}\\[~]|€")
"""Two septets each, which may not be parted."""

_SIZES = {"gsm7": (160, 153), "ucs2": (70, 67)}

_PLAIN = str.maketrans({
    "…": "...", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "`": "'", "´": "'",
    "–": "-", "—": "-", "―": "-", "‑": "-", "‐": "-", "−": "-", "•": "-", "·": "-", "▪": "-", "→": "->", "⇒": "=>",
    "₫": "d", "×": "x", "÷": "/", "⁄": "/", "≤": "<=", "≥": ">=", "№": "No", "\t": " ", "\u2028": "\n", "\u2029": "\n",
})  # fmt: skip
_SILENT = ("Cc", "Cf", "Cs", "Mn", "Me", "So", "Sk")


class Length(NamedTuple):
    """`units` are septets or UTF-16 code units; `parts` is what the operator charges; `left` fits in the last part."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    parts: int
    left: int


def segments(text: str) -> Length:
    """Return how `text` travels by SMS, counted after NFC: letters that came decomposed are a quarter longer."""
    text = nfc(text)
    plain = all(c in GSM_BASIC or c in GSM_EXTENSION for c in text)
    encoding: Literal["gsm7", "ucs2"] = "gsm7" if plain else "ucs2"
    widths = [_width(c, plain) for c in text]
    one, each = _SIZES[encoding]
    units = sum(widths)
    if units <= one:
        return Length(encoding, units, 1, one - units)
    parts, used = _pack(widths, each)
    return Length(encoding, units, parts, each - used)


def _width(char: str, gsm: bool) -> int:
    if gsm:
        return 2 if char in GSM_EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1


def _pack(widths: list[int], each: int) -> tuple[int, int]:
    """Fill parts of size `each` in order; a letter of two units does not straddle. Return (parts, used of the last)."""
    parts, used = 1, 0
    for width in widths:
        if used + width > each:
            parts, used = parts + 1, 0
        used += width
    return parts, used


def sms_text(text: str) -> str:
    """Return `text` as SMS carries it: without accents, names too, in the GSM alphabet only.

    Pictures and invisible characters vanish, letters of other scripts become "?". Twice is the same as once.
    """
    return "".join(_gsm(c) for c in strip_accents(text.translate(_PLAIN)))


def _gsm(char: str) -> str:
    if char in GSM_BASIC or char in GSM_EXTENSION:
        return char
    if unicodedata.category(char) == "Zs":
        return " "
    simpler = "".join(
        c for c in unicodedata.normalize("NFKD", char).translate(_PLAIN) if c.isascii() and c in GSM_BASIC
    )
    if simpler:
        return simpler
    return "" if unicodedata.category(char) in _SILENT else "?"
