"""The one normaliser of what people type: teencode, Telex and VNI remains, tone placement, stray characters.

Used by the app and by the understanding server (Python 3.10), hence the standard library only. It serves
understanding alone: the text a person sent is kept as it came, and a name is never rewritten from here.
"""

import re
import unicodedata
from functools import lru_cache
from math import log
from pathlib import Path
from typing import NamedTuple, Optional

from backend.domain.letters import fold, nfc, strip_accents

__all__ = ["MAX_LENGTH", "VAGUE", "Word", "clean", "fold", "folded", "is_vague", "nfc", "normalise", "strip_accents", "words"]

MAX_LENGTH = 1600
"""Characters looked at: ten segments of SMS. Whoever sends more is read by a person, not by a classifier."""

# Signs that stand for several words each ("dc": được, địa chỉ). They may be one clue among others, never the only one.
VAGUE = frozenset("dc bn bh tt tp ck ca sd t m".split()) | frozenset("abcdeghiklmnopqrstuvxyz")

_SPELLING = Path(__file__).parent / "spelling"
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
_SURELY_VNI = re.compile(r"^9?[^\W\d_]+\d+[^\W\d_]|^9[^\W\d_]|[^\W\d_](?:[678][1-5]|[1-5][678])$")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_LONGEST = 7
"""Letters of the longest syllable (nghiêng)."""
_ONSETS = ("ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr",
           "b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "")
_TONES = "\u0300\u0301\u0309\u0303\u0323"
_TELEX_TONES = dict(zip("fsrxj", _TONES))
_VNI_TONES = dict(zip("21345", _TONES))
_HATS = {"a": "â", "e": "ê", "o": "ô"}
_HORNS = {"a": "ă", "o": "ơ", "u": "ư"}
# Foreign or bare words that happen to be valid Telex.
_NOT_TELEX = frozenset("as is us box fax cax max tax gas bus sos mix six fix sex boss".split())
_OLD_TONES = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
    "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
    "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}
_NEW_STYLE = re.compile("(?<!q)(" + "|".join(_OLD_TONES) + r")$")


class Word(NamedTuple):
    """One written token: `text` as understood (lower case, accents kept), `start` and `end` in `clean(raw)`."""

    text: str
    start: int
    end: int


def clean(text: str) -> str:
    """Return `text` in NFC without control and zero-width characters, at most `MAX_LENGTH` long."""
    kept = (" " if c.isspace() else c for c in nfc(text[: 4 * MAX_LENGTH]) if c.isspace() or not _invisible(c))
    return "".join(kept)[:MAX_LENGTH]


def words(text: str) -> "list[Word]":
    """Return the tokens of `text`; a sign of teencode may become several words in one `Word.text`."""
    cleaned = clean(text)
    tokens = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(cleaned)]
    vni = _types_vni([token for token, _, _ in tokens])
    return [Word(_understood(token, vni), start, end) for token, start, end in tokens]


def normalise(text: str) -> str:
    """Return `text` as understood: lower case, accents as typed, known signs written out, single spaces."""
    return " ".join(word.text for word in words(text))


def folded(text: str) -> str:
    """Return `normalise(text)` without accents, the form in which lookups compare."""
    return fold(normalise(text))


def is_vague(text: str) -> bool:
    """Tell whether `text` holds nothing but single letters and signs of several meanings."""
    tokens = [fold(m.group()) for m in _TOKEN.finditer(clean(text)) if m.group().isalnum()]
    return all(token in VAGUE for token in tokens)


def _invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _types_vni(tokens: "list[str]") -> bool:
    """Tell whether the writer types VNI: "thon3" alone is a word and a number, "d9u7o7c5" beside it decides."""
    return any(_SURELY_VNI.search(token) and _vni(token.lower()) for token in tokens)


@lru_cache(maxsize=20_000)
def _understood(token: str, vni: bool) -> str:
    low = _STRETCHED.sub(r"\1", token.lower())
    known = _teencode().get(low)
    if known:
        return known
    typed = _telex(low) or (vni and _vni(low)) or _apart(_undoubled(low))
    return _NEW_STYLE.sub(lambda m: _OLD_TONES[m.group(1)], typed)


def _undoubled(token: str) -> str:
    """Drop a tail letter struck twice ("sinhh"), where that leaves a syllable."""
    twice = len(token) > 3 and token[-1] == token[-2] and not _split(fold(token), bare=True)
    return token[:-1] if twice and _split(fold(token[:-1]), bare=True) else token


def _apart(token: str) -> str:
    """Put missing spaces back ("giấykhai": giấy khai), the way whose syllables are the commonest; others stay as typed."""
    plain = fold(token)
    if not token.isalpha() or len(token) < 4 or len(plain) != len(token) or _split(plain, bare=True):
        return token
    ways: "list[Optional[tuple[float, str]]]" = [(0.0, "")]
    for end in range(1, len(plain) + 1):
        starts = (i for i in range(max(0, end - _LONGEST), end) if ways[i] and _split(plain[i:end], bare=True))
        ways.append(min(((ways[i][0] + _rarity(plain[i:end]), f"{ways[i][1]} {token[i:end]}") for i in starts), default=None))
    return ways[-1][1].strip() if ways[-1] else token


def _rarity(syllable: str) -> float:
    return log(10 + _ranks().get(syllable, len(_ranks())))


@lru_cache(maxsize=1)
def _ranks() -> "dict[str, int]":
    """Syllables without accents by how common they are in the training lines, the commonest first."""
    return {syllable: rank for rank, syllable in enumerate((_SPELLING / "syllables.txt").read_text("utf-8").split())}


@lru_cache(maxsize=1)
def _teencode() -> "dict[str, str]":
    lines = (_SPELLING / "teencode.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line)


@lru_cache(maxsize=1)
def _rimes() -> "tuple[frozenset[str], frozenset[str]]":
    rimes = (_SPELLING / "rimes.txt").read_text("utf-8").split()
    return frozenset(rimes), frozenset(fold(rime) for rime in rimes)


def _split(syllable: str, bare: bool) -> "Optional[tuple[str, str]]":
    """Return (onset, rime) of a toneless syllable, None where Vietnamese has no such syllable."""
    known = _rimes()[bare]
    for onset in _ONSETS:
        if syllable.startswith(onset) and syllable[len(onset):] in known:
            return onset, syllable[len(onset):]
    return None


def _telex(token: str) -> Optional[str]:
    """Return the syllable meant by Telex remains ("ddawng", "kys", "nghefo"), None where the token is none."""
    if len(token) < 2 or not token.isalpha() or token in _NOT_TELEX or _split(fold(token), bare=True):
        return None
    letters, tone = "", ""
    for char in token:
        if char in _TELEX_TONES and _has_vowel(letters):
            tone = _TELEX_TONES[char]
        else:
            letters = _telex_key(letters, char)
    return _syllable(letters, tone, token)


def _telex_key(letters: str, char: str) -> str:
    if char == "d" and letters.startswith("d"):
        return "đ" + letters[1:]
    if char in _HATS and char in letters:
        return _replace_last(letters, {char: _HATS[char]})
    if char == "w":
        return _horn(letters)
    return letters + char


def _vni(token: str) -> Optional[str]:
    """Return the syllable meant by VNI remains ("giay61", "d9u7o7c5"), None where the token is none."""
    if len(token) < 3 or not re.fullmatch(r"9?[^\W\d_]+\d[^\W_]*|9[^\W\d_]+", token):
        return None
    letters, tone = "", ""
    for char in token:
        if char in _VNI_TONES:
            tone = _VNI_TONES[char]
        else:
            letters = _vni_key(letters, char)
    return _syllable(letters, tone, token)


def _vni_key(letters: str, char: str) -> str:
    if char == "6":
        return _replace_last(letters, _HATS)
    if char == "7":
        return _horn(letters)
    if char == "8":
        return _replace_last(letters, {"a": "ă"})
    if char == "9":
        return "đ" + letters[1:] if letters.startswith("d") else "đ" + letters
    return letters + char


def _horn(letters: str) -> str:
    if "uo" in letters or "ưo" in letters:
        return letters.replace("uo", "ươ").replace("ưo", "ươ")
    return _replace_last(letters, _HORNS)


def _replace_last(letters: str, swaps: "dict[str, str]") -> str:
    for i in range(len(letters) - 1, -1, -1):
        if letters[i] in swaps:
            return letters[:i] + swaps[letters[i]] + letters[i + 1:]
    return letters


def _has_vowel(letters: str) -> bool:
    return any(c in "aeiouy" for c in fold(letters))


def _syllable(letters: str, tone: str, token: str) -> Optional[str]:
    """Put `tone` where it belongs; None where the result is no syllable or nothing was changed."""
    parts = _split(letters, bare=False)
    if not parts or (not tone and letters == token):
        return None
    onset, rime = parts
    stopped = rime.endswith(("c", "ch", "p", "t"))
    if stopped and tone not in ("", "\u0301", "\u0323"):
        return None
    spot = _tone_spot(rime)
    return nfc(onset + rime[: spot + 1] + tone + rime[spot + 1:])


def _tone_spot(rime: str) -> int:
    hatted = [i for i, c in enumerate(rime) if c in "ăâêôơư"]
    if hatted:
        return hatted[-1]
    vowels = [i for i, c in enumerate(rime) if c in "aeiouy"]
    closed = len(vowels) < len(rime)
    if len(vowels) == 1 or (len(vowels) == 2 and not closed):
        return vowels[0]
    return vowels[1]
