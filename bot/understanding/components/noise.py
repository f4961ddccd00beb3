"""Spells a sentence as people do: without accents, with Telex remains, by ear, with slips of the thumb.

Every function takes the text and a `random.Random` and returns a text; the same seed gives the same text.
Standard library only. The tables stand in `nlu_data/noise/`.
"""

import random
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Callable, Dict, List, Tuple

from bot.text import nfc, strip_accents

_TABLES = Path(__file__).resolve().parents[3] / "nlu_data" / "noise"
_WORD = re.compile(r"[^\W\d_]+")
_TONE_KEYS = {"\u0300": ("f", "2"), "\u0301": ("s", "1"), "\u0309": ("r", "3"), "\u0303": ("x", "4"), "\u0323": ("j", "5")}
_HAT_KEYS = {"\u0302": ("{}", "6"), "\u0306": ("w", "8"), "\u031b": ("w", "7")}
_ONSETS_BY_EAR = [("l", "n"), ("n", "l"), ("tr", "ch"), ("ch", "tr"), ("s", "x"), ("x", "s"),
                  ("d", "gi"), ("gi", "d"), ("r", "d"), ("d", "r"), ("gi", "r"), ("ngh", "ng"), ("gh", "g")]
_RIMES_BY_EAR = [("ươu", "iêu"), ("ưu", "iu"), ("iêu", "ươu"), ("ương", "ưng"), ("uô", "ua"), ("inh", "in")]
_TONES_BY_EAR = {"\u0303": "\u0301\u0309", "\u0309": "\u0303", "\u0301": "\u0303"}
_NEW_TONES = {"òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ", "òe": "oè", "óe": "oé",
              "ỏe": "oẻ", "ùy": "uỳ", "úy": "uý", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ"}


def bare(text: str, rng: random.Random) -> str:
    """Without accents, as most SMS come."""
    return strip_accents(text)


def partly_bare(text: str, rng: random.Random) -> str:
    """Accents on some words only."""
    return _each_word(text, lambda w: strip_accents(w) if rng.random() < 0.5 else w)


def telex(text: str, rng: random.Random) -> str:
    """Telex keys left in the text on some words."""
    return _each_word(text, lambda w: _keys(w, 0, rng) if rng.random() < 0.6 else w)


def vni(text: str, rng: random.Random) -> str:
    """VNI digits left in the text on some words."""
    return _each_word(text, lambda w: _keys(w, 1, rng) if rng.random() < 0.6 else w)


def teencode(text: str, rng: random.Random) -> str:
    """Signs of text messages for some of the words that have one."""
    return _by_table(text, "signs.tsv", 0.6, rng)


def by_ear(text: str, rng: random.Random) -> str:
    """l/n, ch/tr, s/x, d/gi/r, hỏi/ngã and a few rimes, written as they are spoken."""
    return _each_word(text, lambda w: _misheard(w, rng) if rng.random() < 0.35 else w)


def old_tones(text: str, rng: random.Random) -> str:
    """hoà and uỷ for hòa and ủy: the other school's place for the tone."""
    pattern = re.compile("(?<!q)(" + "|".join(_NEW_TONES) + r")\b")
    return pattern.sub(lambda m: _NEW_TONES[m.group(1)], nfc(text))


def decomposed(text: str, rng: random.Random) -> str:
    """Letter and accents apart (NFD), as some phones send."""
    return unicodedata.normalize("NFD", text)


def joined(text: str, rng: random.Random) -> str:
    """One or two spaces missing."""
    spaces = [i for i, c in enumerate(text) if c == " "]
    gone = set(rng.sample(spaces, min(len(spaces), rng.choice((1, 1, 2)))))
    return "".join(c for i, c in enumerate(text) if i not in gone)


def missing_letters(text: str, rng: random.Random) -> str:
    """A letter left out, doubled or swapped with its neighbour in some words."""
    return _each_word(text, lambda w: _slip(w, rng) if len(w) > 2 and rng.random() < 0.2 else w)


def autocorrect(text: str, rng: random.Random) -> str:
    """Another real word put in by the phone ("đang ký", "hộ xơ")."""
    return _by_table(text, "autocorrect.tsv", 0.8, rng)


KINDS: Dict[str, Callable[[str, random.Random], str]] = {
    f.__name__: f
    for f in (bare, partly_bare, telex, vni, teencode, by_ear, old_tones, decomposed, joined, missing_letters, autocorrect)
}


SPELLINGS: Dict[str, Callable[[str, random.Random], str]] = {
    "no_accents": bare,
    "some_accents": partly_bare,
    "typing_keys": lambda text, rng: rng.choice((telex, vni))(text, rng),
    "teencode": teencode,
    "by_ear": lambda text, rng: autocorrect(by_ear(text, rng), rng),
    "slips": lambda text, rng: rng.choice((joined, missing_letters))(text, rng),
}
"""The six spellings in which the understanding is measured."""
LOSING = ("teencode", "by_ear", "slips")


def variants(text: str, count: int, seed: int) -> List[str]:
    """Return up to `count` noisy spellings of `text`, different from it and from each other.

    The first is the text without accents; the others mix one or two kinds of noise and lose their accents half
    of the time. The order of the training file does not matter: the seed is joined with the text itself.
    """
    rng = random.Random(f"{seed} {text}")
    lossy = (partly_bare, telex, teencode, by_ear, by_ear, joined, missing_letters, autocorrect)
    made = [bare(text, rng)]
    for _ in range(count - 1):
        noisy = text
        for kind in rng.sample(lossy, rng.choice((1, 2, 2))):
            noisy = kind(noisy, rng)
        made.append(bare(noisy, rng) if rng.random() < 0.5 else noisy)
    return [v for v in dict.fromkeys(made) if v != text]


def one(text: str, seed: int) -> str:
    """Return one spelling of `text`: as it is, without accents, or noisy, each as likely."""
    return random.Random(f"one {seed} {text}").choice([text, *variants(text, 2, seed)])


def spelt(text: str, spelling: str, seed: int) -> str:
    """Return `text` in one of `SPELLINGS`; the last three lose their accents in every second text, as on a telephone."""
    rng = random.Random(f"{spelling} {seed} {text}")
    noisy = SPELLINGS[spelling](text, rng)
    return bare(noisy, rng) if spelling in LOSING and rng.random() < 0.5 else noisy


def _each_word(text: str, change: Callable[[str], str]) -> str:
    return _WORD.sub(lambda m: change(m.group()), nfc(text))


def _keys(word: str, method: int, rng: random.Random) -> str:
    """Spell `word` in keys: Telex (0) or VNI (1); the tone key stands at its letter or at the end of the word."""
    out, tone = "", ""
    late = rng.random() < 0.7
    for char in word:
        letter, *marks = unicodedata.normalize("NFD", char)
        if char in "đĐ":
            letter, marks = ("dd", "d9")[method], []
        out += letter + "".join(_HAT_KEYS[m][method].format(letter.lower()) for m in marks if m in _HAT_KEYS)
        tone_key = "".join(_TONE_KEYS[m][method] for m in marks if m in _TONE_KEYS)
        tone += tone_key if late else ""
        out += "" if late else tone_key
    return out + tone


def _misheard(word: str, rng: random.Random) -> str:
    low = word.lower()
    swaps = [(a, b) for a, b in _ONSETS_BY_EAR if low.startswith(a) and not (len(a) == 1 and low[1:2] == "h")]
    if swaps and rng.random() < 0.7:
        wrong, said = rng.choice(swaps)
        return _as_case(word, said + low[len(wrong):])
    for wrong, said in _RIMES_BY_EAR:
        if wrong in low:
            return _as_case(word, low.replace(wrong, said))
    return "".join(_mistoned(c, rng) for c in word)


def _mistoned(char: str, rng: random.Random) -> str:
    letter, *marks = unicodedata.normalize("NFD", char)
    return nfc(letter + "".join(rng.choice(_TONES_BY_EAR[m]) if m in _TONES_BY_EAR else m for m in marks))


def _as_case(model: str, word: str) -> str:
    return word.capitalize() if model[0].isupper() else word


def _slip(word: str, rng: random.Random) -> str:
    i = rng.randrange(1, len(word))
    how = rng.choice(("drop", "drop", "double", "swap"))
    if how == "drop":
        return word[:i] + word[i + 1:]
    if how == "double":
        return word[:i] + word[i - 1] + word[i:]
    return word[:i - 1] + word[i] + word[i - 1] + word[i + 1:]


def _by_table(text: str, name: str, share: float, rng: random.Random) -> str:
    pattern, table = _table(name)
    return pattern.sub(lambda m: rng.choice(table[m.group().lower()]) if rng.random() < share else m.group(), nfc(text))


@lru_cache(maxsize=None)
def _table(name: str) -> "Tuple[re.Pattern, Dict[str, List[str]]]":
    table: Dict[str, List[str]] = {}
    for line in (_TABLES / name).read_text("utf-8").splitlines():
        right, wrong = line.split("\t")
        table.setdefault(right, []).append(wrong)
    longest_first = sorted(table, key=len, reverse=True)
    return re.compile(r"\b(" + "|".join(map(re.escape, longest_first)) + r")\b", re.IGNORECASE), table
