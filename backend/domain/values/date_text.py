"""Makes one plain form of a date text: number words become digits, spellings one word, calendars a mark.

"Mồng năm t3 năm chín tám âm" -> DateText("mung 5 thang 3 nam 98", lunar). Only `nam` (five or year), `ba`, `tu`, `sau` and
their like need a look at their neighbours; everything later is patterns on the plain form.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from backend.domain.letters import fold
from backend.domain.values.lexicon import lexicon, word_set
from backend.domain.values.numbers import digit, plain
from backend.domain.values.text import Word, untelex

_TIME = re.compile(
    r"\b(?:luc |vao |khoang )?\d{1,2} ?(?:gio|h|g|:)(?: ?(?:\d{1,2}|ruoi)(?![\d/.-])(?: ?(?:phut|p)\b)?)?"
    r"(?: ?(?:sang|trua|chieu|toi|dem|khuya)\b(?! (?:qua|nay|mai|kia)))?(?![a-z\d])"
)
_NOT_THIS = re.compile(r"\b(?:chu )?(?:khong|ko|k|kg|hong) phai (?:la )?.*?(?=\bma\b|\bnhe\b|[,;]|$)")
_ZERO_ONE = re.compile(r"(?<![a-z0-9])(?=[ol]*\d)[0-9ol]{1,4}(?![a-z0-9])")
_SHORT_YEAR = re.compile(r"\b2k(\d{0,2})\b")
_TOKEN = re.compile(r"\d+|[^\W\d_]+|[/\\|.\-–—_,]")
_CALENDAR_BEHIND = {"ta": "lunar", "tay": "solar"}
"""Behind a number: "15 tháng giêng ta", "5/3 tây"."""
_WEEKDAY_BEFORE = ("hom", "sang", "chieu", "toi", "trua", "dem")


class DateText(NamedTuple):
    """`text` in plain form; `lunar`, `solar`: the calendar was named."""

    text: str
    lunar: bool
    solar: bool


def plain_date(text: str) -> DateText:
    """The plain form of a tidied text."""
    lower = text.lower()
    bare = fold(lower)
    for pattern in (_TIME, _NOT_THIS):
        for found in pattern.finditer(bare):
            lower = lower[: found.start()] + " " * len(found[0]) + lower[found.end() :]
        bare = fold(lower)
    lower = _ZERO_ONE.sub(lambda m: m[0].replace("o", "0").replace("l", "1"), lower)
    lower = _SHORT_YEAR.sub(lambda m: str(2000 + int(m[1] or 0)), lower)
    out = _phrases(_spelled(_numbers(_without_ends(_tokens(lower)))))
    out = [
        _CALENDAR_BEHIND.get(t, t) if n and (out[n - 1].isdigit() or out[n - 1] in ("gieng", "chap")) else t
        for n, t in enumerate(out)
    ]
    return DateText(_joined([t for t in out if t not in ("lunar", "solar")]), "lunar" in out, "solar" in out)


def _joined(tokens: list[str]) -> str:
    text = " ".join(tokens)
    text = re.sub(r"(?<=\d) ?/(?: ?/)* ?(?=\d)", "/", text)
    return re.sub(r"\s+", " ", text).strip(" /,")


@cache
def _known() -> frozenset[str]:
    same = {word for spellings in lexicon("dates")["same"].values() for word in spellings.split()}
    return frozenset(same | word_set("dates", "more"))


def _tokens(lower: str) -> list[Word]:
    tokens = []
    for token in _TOKEN.findall(lower):
        if token in "\\|.-–—_":
            token = "/"
        tokens.append(Word(token, untelex(fold(token), _known())))
    return tokens


def _without_ends(tokens: list[Word]) -> list[Word]:
    """Without politeness and punctuation at the end and "dạ" at the start."""
    while tokens and (tokens[-1].bare in word_set("dates", "polite_ends") or tokens[-1].bare in "/,"):
        tokens = tokens[:-1]
    while len(tokens) > 1 and tokens[0].bare in ("da", "vang", "/", ","):
        tokens = tokens[1:]
    return tokens


@cache
def _spellings() -> dict[str, str]:
    return {word: name for name, spellings in lexicon("dates")["same"].items() for word in spellings.split()}


def _spelled(tokens: list[str]) -> list[str]:
    """Abbreviations before a number written out: "t3" is a month, but a weekday in "t3 tuần trước"."""
    out: list[str] = []
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        beyond = tokens[at + 2] if at + 2 < len(tokens) else ""
        if token in ("t", "th") and following.isdigit():
            weekday = (out and out[-1] in _WEEKDAY_BEFORE) or beyond in ("tuan", "vua")
            token = "thu" if weekday and 2 <= int(following) <= 7 else "thang"
        elif token == "n" and following.isdigit():
            token = "nam"
        elif token == "ng" and not following.isdigit():
            out.append("nguoi")
            continue
        out.append("ram 15" if token == "ram" else _spellings().get(token, token))
    return out


def _phrases(tokens: list[str]) -> list[str]:
    text = f" {' '.join(tokens)} "
    for phrase, meant in lexicon("dates")["phrases"].items():
        text = text.replace(f" {phrase} ", f" {meant} ").replace(f" {phrase} ", f" {meant} ")
    return text.split()


def _numbers(tokens: list[Word]) -> list[str]:
    """Number words as digits where the neighbours say that they are numbers."""
    out: list[str] = []
    at = 0
    while at < len(tokens):
        value, end = _number(tokens, at, out)
        if value is None:
            out.append(tokens[at].bare)
            at += 1
        else:
            out.append(str(value))
            at = end
    return out


def _number(tokens: list[Word], at: int, out: list[str]) -> tuple[int | str | None, int]:
    word, before = tokens[at].bare, _spellings().get(out[-1], out[-1]) if out else ""
    if digit(tokens[at]) is None and plain(tokens[at]) not in ("muoi", "linh", "le"):
        return None, at
    after_month = word != "nam" and len(out) >= 2 and out[-1].isdigit() and out[-2] in ("thang", "t")
    if before == "nam" or after_month:
        year, end = _year(tokens, at, marked=before == "nam")
        if year is not None:
            return year, end
    if before in word_set("dates", "markers") or before == "/" and word != "nam":
        return _small(tokens, at, day=before != "thang")
    value, end = _small(tokens, at, day=True)
    follows = tokens[end].bare if end < len(tokens) else ""
    counts = _spellings().get(follows, follows) in word_set("dates", "units") or follows in ("t", "/")
    if word in ("tu", "sau") and tokens[at].text == word:
        return None, at
    if word == "nam" and follows not in ("ngay", "hom", "bua", "tuan", "dem"):
        return None, at
    return (value, end) if counts and word != "khong" else (None, at)


def _small(tokens: list[Word], at: int, day: bool) -> tuple[int | None, int]:
    """1–31 in words: "mười lăm", "hai mươi mốt", and, of days, "hai ba (tháng chạp)"."""
    first, end = _digit(tokens, at, day, at), at + 1
    if first is None:
        return (
            (10 + (_digit(tokens, end, day, at) or 0), end + (_digit(tokens, end, day, at) is not None))
            if _is(tokens, at, "muoi")
            else (None, at)
        )
    if _is(tokens, end, "muoi"):
        unit = _digit(tokens, end + 1, day, at)
        return first * 10 + (unit or 0), end + 1 + (unit is not None)
    unit = _digit(tokens, end, day, at)
    before_month = end + 1 < len(tokens) and tokens[end + 1].bare in ("thang", "t", "thg", "th", "/")
    if day and unit and before_month and (first == 2 or (first == 3 and unit == 1)):
        return first * 10 + unit, end + 1
    return first, end


def _digit(tokens: list[Word], at: int, day: bool, start: int) -> int | None:
    """A digit word; "nam" behind another number is five only of a day ("hai mươi năm tháng ba")."""
    if at >= len(tokens):
        return None
    if at > start and tokens[at].text in ("nam", "năm"):
        following = tokens[at + 1].bare if at + 1 < len(tokens) else ""
        if not day or following != "thang":
            return None
    return digit(tokens[at])


def _is(tokens: list[Word], at: int, word: str) -> bool:
    return at < len(tokens) and plain(tokens[at]) == word


def _year(tokens: list[Word], at: int, marked: bool) -> tuple[str | None, int]:
    """A year in words: "một chín chín tám", "hai nghìn không trăm hai tư", and, behind "năm", "chín tám"."""
    run = _run(tokens, at)
    if run[:2] == [1, 9] and _is(tokens, at + 3, "muoi"):
        tens, end = _tens(tokens, at + 2)
        return f"19{tens:02}", end
    if len(run) >= 2 and (_is(tokens, at + 1, "nghin") or _is(tokens, at + 1, "ngan")):
        run = run[:1]
    if len(run) == 4 or (len(run) == 2 and marked):
        return "".join(map(str, run)), at + len(run)
    if _is(tokens, at + 1, "nghin") or _is(tokens, at + 1, "ngan"):
        return _thousands(tokens, at)
    if not marked:
        return None, at
    if _is(tokens, at, "linh") or _is(tokens, at, "le"):
        return (f"0{run[0]}", at + 2) if (run := _run(tokens, at + 1)) else (None, at)
    tens = _tens(tokens, at)
    return (f"{tens[0]:02}", tens[1]) if tens[0] is not None and tens[0] >= 10 else (None, at)


def _run(tokens: list[Word], at: int) -> list[int]:
    run = []
    while at < len(tokens) and (value := digit(tokens[at])) is not None:
        run.append(value)
        at += 1
    return run


def _tens(tokens: list[Word], at: int) -> tuple[int | None, int]:
    """0–99 in words, for years."""
    first = digit(tokens[at]) if at < len(tokens) else None
    if first is None:
        if not _is(tokens, at, "muoi"):
            return None, at
        unit = digit(tokens[at + 1]) if at + 1 < len(tokens) else None
        return 10 + (unit or 0), at + 1 + (unit is not None)
    if _is(tokens, at + 1, "muoi"):
        unit = digit(tokens[at + 2]) if at + 2 < len(tokens) else None
        return first * 10 + (unit or 0), at + 2 + (unit is not None)
    second = digit(tokens[at + 1]) if at + 1 < len(tokens) else None
    return (first * 10 + second, at + 2) if second is not None else (first, at + 1)


def _thousands(tokens: list[Word], at: int) -> tuple[str | None, int]:
    value, at = digit(tokens[at]) * 1000, at + 2
    hundreds = digit(tokens[at]) if _is(tokens, at + 1, "tram") and at < len(tokens) else None
    if hundreds is not None:
        value, at = value + hundreds * 100, at + 2
    if _is(tokens, at, "linh") or _is(tokens, at, "le"):
        at += 1
    rest, end = _tens(tokens, at)
    return str(value + (rest or 0)), end
