"""Reads a person's full name: one value, NFC, capitals, accents exactly as typed; never guessed, never split.

A text is a name if it begins with a family name or looks written as one, and holds no word that names do not have.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from functools import cache

from backend.domain.letters import fold, strip_accents
from backend.domain.units import load
from backend.domain.values.citizen_ids import read_citizen_id
from backend.domain.values.lexicon import lexicon, word_set
from backend.domain.values.result import Ask, Candidate, Read, Refuse, Result
from backend.domain.values.syllables import is_syllable
from backend.domain.values.text import bare, has_accents, reader, says_unknown
from backend.domain.values.yes_no import is_plain

LONGEST_NAME = 6
"""Syllables; the longest names in use have five."""
_SPELLED = re.compile(r"\(([^()]*)\)")
_CLAUSE = re.compile(
    r"\s*[,;.?!\n]+\s*|\s+[-–]\s+|\s+(?=mà\s)|\s+(?=ma\s+(?:co|bao|lam|het|mat|can|phai|nop|ko|k|khong|cho)\b)",
    re.IGNORECASE,
)
_COMRADE = re.compile(r"^\s*(?:đồng chí|dong chi)\s", re.IGNORECASE)
_DATA_BEHIND = re.compile(r"\s+(?=(?:sinh|sn|ns|sdt|sđt|cccd|cmnd|số|so|ngày|ngay)\b.*\d)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@reader
def read_person_name(text: str, today: date, *, places: Collection[str] | None = None) -> Result:
    """The full name in capitals. `doubt` "no_accents" if it has lost its accents; `details` {accents: bool, rest: str}.

    `rest` is what stands behind the name ("…, mà có mất tiền không"). `places`: folded names of communes and districts,
    those of the unit files if not given.
    """
    whole = _instead_of_a_name(text)
    if whole:
        return whole
    spelled, text = _take_spelled(text)
    clauses = [c for c in _CLAUSE.split(_DATA_BEHIND.sub(", ", text, count=1)) if c.strip()]
    if not clauses:
        return Refuse("no_name")
    words, at = _first_name(clauses)
    if re.search(r"\d", clauses[at]):
        return Refuse("digits_in_name")
    words, place = _before_place(words)
    named = _says_name(clauses[at])
    known_places = () if named else load().folded_names if places is None else places
    return _judged(words, ", ".join([*place, *clauses[at + 1 :]]), spelled, known_places, named)


@reader
def read_person_key(text: str, today: date, *, places: Collection[str] | None = None, **known) -> Result:
    """A person's one key: 12 digits or a full name; `details["kind"]` is "citizen_id" or "person_name"."""
    digits = sum(c.isdigit() for c in text)
    kind = "citizen_id" if digits >= 4 else "person_name"
    result = (
        read_citizen_id(text, today, **known)
        if kind == "citizen_id"
        else read_person_name(text, today, places=places)
    )
    if isinstance(result, Read):
        return Read(result.value, result.shown, result.doubt, {**result.details, "kind": kind})
    return result


def _instead_of_a_name(text: str) -> Result | None:
    plain = re.sub(r"(?: (?:a|nha|nhe|nhen))+$", "", bare(text))
    if plain.upper() in word_set("names", "commands"):
        return Ask(
            "command_or_name",
            (Candidate(text.upper(), "as_name", {"shown": text.upper()}),),
            {"word": plain.upper()},
        )
    none_yet = lexicon("names")["none_yet"]
    if any(re.search(rf"^(?:\w+ ){{0,3}}{phrase}(?: \w+){{0,2}}$", plain) for phrase in none_yet):
        return Refuse("no_name_yet")
    if says_unknown(text):
        return Refuse("not_known")
    return Refuse("no_name") if plain in lexicon("names")["not_names_whole"] else None


def _take_spelled(text: str) -> tuple[str, str]:
    """ "Hoàng Thị Hằng (H Ằ N G)" -> ("Hằng", "Hoàng Thị Hằng")."""
    found = _SPELLED.search(text)
    if not found:
        return "", text
    letters = re.findall(r"[^\W\d_]", found[1])
    single = all(len(w) == 1 for w in re.findall(r"[^\W\d_]+", found[1])) and len(letters) > 1
    return ("".join(letters) if single else ""), text.replace(found[0], " ")


def _first_name(clauses: list[str]) -> tuple[list[str], int]:
    """Words of the first clause that is more than politeness, and where it stands."""
    for at, clause in enumerate(clauses):
        words = _bare_name(clause)
        if words and not (
            len(words) == 1 and len(clauses) > at + 1 and words[0].lower() in word_set("names", "polite")
        ):
            return words, at
    return [], len(clauses) - 1


def _bare_name(clause: str) -> list[str]:
    """The words of the clause without lead-ins, words of address and tails."""
    label, _, behind = clause.partition(":")
    if behind and all(
        w.lower() in _around() or w.lower() in word_set("names", "marks") for w in _WORD.findall(label)
    ):
        clause = behind
    words = _without_tail(_behind_mark(_WORD.findall(_COMRADE.sub("", clause))))
    while len(words) > 2 and (_is_polite(words) or _is_address(words)):
        words = words[1:]
    if (
        len(words) == 2
        and words[0].lower() in word_set("names", "address")
        and words[1].lower() not in _around()
    ):
        words = words[1:]
    return _without_particle(_without_la(words))


def _says_name(clause: str) -> bool:
    """Whether the clause says itself that a name follows."""
    return bool(re.search(r"\bt[êe]n\b", clause.lower()))


@cache
def _around() -> frozenset[str]:
    return word_set("names", "around_marks") | word_set("names", "polite")


def _behind_mark(words: list[str]) -> list[str]:
    """What follows the last "tên", "là" that only lead-in words precede; a first bare "la" may be the family name."""
    cut = 0
    for at, word in enumerate(words[:9]):
        lower = word.lower()
        if (
            lower in word_set("names", "marks")
            and not (lower == "la" and _is_la(words, at))
            and (lower != "dat" or at == 0)
        ):
            cut = at + 1
        elif lower not in _around():
            break
    return words[cut:] if cut else words


def _is_la(words: list[str], at: int) -> bool:
    """Whether a bare "la" is the family name: first of all, behind another "là", before "văn" or "thị"."""
    following = words[at + 1].lower() if at + 1 < len(words) else ""
    return at == 0 or words[at - 1].lower() in ("là", "la") or following in _MIDDLE


def _without_la(words: list[str]) -> list[str]:
    """ "la nong van tuan" is "là …"; "la van cao" is a name."""
    follows = (
        len(words) > 3
        and words[0].lower() == "la"
        and fold(words[1]) in _surnames()
        and fold(words[1]) not in ("thi", "van")
    )
    return words[1:] if follows else words


def _is_polite(words: list[str]) -> bool:
    return (
        words[0].lower() in word_set("names", "polite")
        and fold(words[1]) in _surnames()
        and fold(words[1]) not in ("thi", "van")
    )


def _without_tail(words: list[str]) -> list[str]:
    names = lexicon("names")
    tails = sorted([*names["tail_phrases"], *names["tails"].split()], key=lambda t: -len(t.split()))
    shorter = True
    while shorter and words:
        lower = [w.lower() for w in words]
        shorter = next((t.split() for t in tails if lower[-len(t.split()) :] == t.split()), None)
        if (
            len(lower) > 2
            and lower[-2] in word_set("names", "particles")
            and lower[-1] in word_set("names", "listener")
        ):
            shorter = lower[-2:]
        if shorter == ["thôi"] and len(lower) == 3 and lower[1] in _MIDDLE:
            return words
        words = words[: -len(shorter)] if shorter else words
    return words


def _is_strong(words: list[str]) -> bool:
    """A family name and "thị" or "văn": nothing but a name begins so."""
    return len(words) > 2 and fold(words[0]) in _surnames() and words[1].lower() in _MIDDLE


_MIDDLE = frozenset(("thị", "văn", "thi", "van", "a"))


def _before_place(words: list[str]) -> tuple[list[str], list[str]]:
    """ "Hoàng Văn Thụ thôn Nà Mơ" -> the name, and what follows as one text."""
    at = next(
        (i for i, w in enumerate(words) if i > 2 and w.lower() in word_set("names", "place_words")), None
    )
    if at is None or not _is_strong(words) or (len(words) == at + 1):
        return words, []
    return words[:at], [" ".join(words[at:])]


def _is_address(words: list[str]) -> bool:
    """ "bà Triệu Thị Mùi": a word of address before a family name; without accents it must not be one itself."""
    if words[0].lower() in word_set("names", "address") and len(words) > 3 and _is_strong(words[1:]):
        return True
    if words[1].lower() in _MIDDLE:
        return False
    first, second = words[0].lower(), fold(words[1])
    if first not in word_set("names", "address") or second not in _surnames():
        return False
    return first != fold(first) or first not in _surnames() or first in ("be", "con", "ba", "co")


def _without_particle(words: list[str]) -> list[str]:
    """A last "a" is "ạ" behind a whole name, a given name behind "Văn": "trieu gia bao a", "nguyen van a"."""
    if len(words) >= 4 and words[-1] == "a":
        return words[:-1]
    return words


@cache
def _surnames() -> frozenset[str]:
    return frozenset(fold(name) for name in word_set("names", "surnames"))


@cache
def _written_surnames() -> frozenset[str]:
    return frozenset(name.lower() for name in word_set("names", "surnames"))


def _judged(words: list[str], rest: str, spelled: str, places: Collection[str], named: bool) -> Result:
    if not words:
        return Refuse("no_name")
    if len(words) > LONGEST_NAME or _is_sentence(words) or _is_place(words, places):
        return Refuse("no_name")
    if any(not is_syllable(fold(w)) for w in words):
        return Ask("name_unusual", (_as_name(words),)) if _plausible(words) else Refuse("no_name")
    if len(words) == 1 and is_plain(words[0]):
        return Refuse("no_name")
    if len(words) == 1:
        return Ask("name_one_word", params={"word": words[0].upper()})
    if _place_or_name(words, places) and not _is_strong(words):
        return Ask("place_or_name", (_as_name(words),))
    if not _begins_like_name(words) or not _is_whole(words) or not (named or _enough(words)):
        return Ask("name_unusual", (_as_name(words),))
    if _may_end_in_particle(words):
        return Ask("name_unusual", (_as_name(words[:-1]), _as_name(words)))
    return _read(words, rest, spelled)


def _may_end_in_particle(words: list[str]) -> bool:
    """ "ly pao a", "VI THI LANH A": the last word may be "ạ", and then again a name."""
    in_capitals = len(words) > 3 and words[-1] == "A" and " ".join(words).isupper()
    return in_capitals or (len(words) == 3 and words[-1] == "a" and fold(words[1]) not in ("van", "thi"))


def _read(words: list[str], rest: str, spelled: str) -> Result:
    if spelled:
        if fold(spelled) != fold(words[-1]):
            return Ask("name_spelling", (_as_name(words), _as_name([*words[:-1], spelled])))
        words = [*words[:-1], spelled]
    name = " ".join(words).upper()
    accents = _keeps_accents(words)
    return Read(name, name, None if accents else "no_accents", {"accents": accents, "rest": rest})


def _keeps_accents(words: list[str]) -> bool:
    """Whether the accents are there: some are, and no word that always has one stands bare."""
    bare_words = {w.lower() for w in words if strip_accents(w) == w}
    return has_accents(" ".join(words)) and not bare_words & word_set("names", "always_accented")


def _as_name(words: list[str]) -> Candidate:
    name = " ".join(words).upper()
    return Candidate(name, "as_name", {"shown": name})


def _is_sentence(words: list[str]) -> bool:
    """Whether words stand in it that no name has (behind the family name: "Mai", "Cao" and "Hà" may lead)."""
    if _is_strong(words):
        return False
    lower = [w.lower() for w in words]
    phrase = " ".join(fold(w) for w in words)
    if any(phrase == p or phrase.startswith(p + " ") for p in lexicon("names")["not_names_whole"]):
        return True
    if has_accents(" ".join(words)):
        return any(
            w in word_set("names", "not_names") and not _may_lead(w, i)
            for i, w in enumerate(lower)
            if w != fold(w) or w in ("ko", "cho", "sao")
        )
    suspects = _suspects(lower)
    return len(suspects) > 1 or (
        bool(suspects) and (lower[0] not in _surnames() or bool(set(suspects) & word_set("names", "surely")))
    )


def _suspects(lower: list[str]) -> list[str]:
    """Words of an unaccented text that are rarely of a name."""
    return [w for i, w in enumerate(lower) if w in word_set("names", "plain_too") and not _may_lead(w, i)]


def _may_lead(word: str, at: int) -> bool:
    return at == 0 and (word in _written_surnames() if word != fold(word) else word in _surnames())


def _is_place(words: list[str], places: Collection[str]) -> bool:
    lower = [w.lower() for w in words]
    phrase = " ".join(fold(w) for w in words)
    if lower[0] in word_set("names", "toponyms") and fold(words[0]) not in ("nam", "lung"):
        return True
    if any(w in ("khuổi", "khuoi", "khau", "pác", "pac", "phja", "phiêng", "phieng") for w in lower[1:]):
        return True
    return phrase in places and fold(words[0]) not in _surnames()


def _place_or_name(words: list[str], places: Collection[str]) -> bool:
    return " ".join(fold(w) for w in words) in places


def _begins_like_name(words: list[str]) -> bool:
    """A family name first (with its own accents, if it has any), or "thị", "văn", "a" second."""
    first = words[0].lower()
    known = first in _written_surnames() if has_accents(first) else first in _surnames()
    return known or (len(words) > 2 and words[1].lower() in _MIDDLE)


def _is_whole(words: list[str]) -> bool:
    """Not cut off behind "văn" or "thị", and without accents no word that is rarely of a name."""
    unsure = (
        not has_accents(" ".join(words))
        and not _is_strong(words)
        and (_suspects([w.lower() for w in words]) or words[0].lower() == "khong")
    )
    return not unsure and not (len(words) == 2 and words[1].lower() in _MIDDLE)


@cache
def _common_surnames() -> frozenset[str]:
    return frozenset(fold(name) for name in word_set("names", "common_surnames"))


def _enough(words: list[str]) -> bool:
    """Whether it is more than a chance pair of words ("ngân hàng"): the rarer or shorter, the more must speak for a name."""
    common = fold(words[0]) in _common_surnames()
    capitals = all(w[0].isupper() for w in words)
    if _is_strong(words):
        return True
    return (
        capitals
        if len(words) == 2 and common
        else len(words) > 2 and (common or capitals or has_accents(" ".join(words)))
    )


def _plausible(words: list[str]) -> bool:
    """A foreign name, written as names are: two to five words with vowels, each with a capital."""
    return 1 < len(words) <= 5 and all(
        re.search(r"[aeiouy]", fold(w)) and len(w) < 15 and w[0].isupper() for w in words
    )
