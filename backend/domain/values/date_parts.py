"""Finds days in the plain form of a date text. What is found is not yet a date: the year or the calendar may be open."""

from __future__ import annotations

import re
from typing import NamedTuple

_S = r"[\s/,]*"
_YEAR = r"(?P<y>\d+|nay|ngoai|truoc|roi|vua roi|vua qua|kia|sau|toi)(?![\d/])"
_DM = r"(?<![\d/])(?P<d>\d{1,2})/(?P<m>\d{1,2})"
_MONTH = rf"thang{_S}(?P<m>\d{{1,2}}|gieng|chap)(?P<leap>{_S}nhuan)?"
_D = r"(?<![\d/])(?P<d>\d{1,2})"
_SHORT_YEAR = r"(?P<y>\d{4}|\d{2})(?![\d/])"
_NO_COUNT = r"(?! (?:ngay|hom|tuoi|nguoi))"
_DAY_BEHIND = rf"(?:ngay mung|ngay|mung|ram){_S}(?P<d>\d{{1,2}})"
_PAST = r"(?:vua roi|vua qua|roi|qua|vua)"
_HINT = re.compile(r"\b(?:mung|ram|tet)\b")

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![\d/])(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})(?![\d/])",
        rf"{_DM}/(?P<y>\d+)(?![\d/])",
        rf"{_DM}(?P<leap>\s*nhuan)?{_S}nam{_S}{_YEAR}",
        rf"{_DM}(?P<leap>\s*nhuan)?[\s,]+{_SHORT_YEAR}{_NO_COUNT}",
        rf"{_D}{_S}{_MONTH}{_S}nam{_S}{_YEAR}",
        rf"{_D}{_S}{_MONTH}{_S}{_SHORT_YEAR}{_NO_COUNT}",
        rf"nam{_S}(?P<y>\d+){_S}{_MONTH}{_S}{_DAY_BEHIND}",
        rf"\b{_MONTH}{_S}{_DAY_BEHIND}(?:{_S}nam{_S}{_YEAR})?",
        rf"{_D}{_S}{_MONTH}(?P<past>(?:{_S}{_PAST})?)",
        rf"(?<!thang ){_DM}(?![\d/])(?P<leap>\s*nhuan)?(?P<past>(?:\s*{_PAST})?)",
        rf"^(?:ngay |sinh |hom |de )*(?P<d>\d{{1,2}})[\s,]+(?P<m>\d{{1,2}})[\s,]+{_SHORT_YEAR}$",
        rf"(?<![\d/])(?P<d>\d{{2}})(?P<m>\d{{2}}){_SHORT_YEAR}",
    )
)
_TET = re.compile(rf"\b(?:(?:mung|ngay) )?(?P<d>\d{{1,2}}) tet(?:{_S}(?:nam{_S})?{_YEAR})?")
_TO_HOLIDAY = 23
"""A number above this before "tết" is a day of the twelfth month: "30 tết"."""


class Part(NamedTuple):
    """A day as written. `year`: digits, a word such as "ngoai", or None. `hint`: said in words of the lunar calendar."""

    day: int
    month: int
    year: str | None = None
    leap: bool = False
    hint: bool = False
    past: bool = False
    compact: str | None = None


def parts(text: str) -> list[Part]:
    """All days of a plain text, without repeats; the pattern that says most is asked first."""
    found: list[Part] = []
    for tet in _TET.finditer(text):
        day = int(tet["d"])
        found.append(Part(day, 12 if day >= _TO_HOLIDAY else 1, tet["y"], hint=True))
        text = text[: tet.start()] + ";" * len(tet[0]) + text[tet.end() :]
    for pattern in _PATTERNS:
        for match in list(pattern.finditer(text)):
            found.append(_part(match, text))
            text = text[: match.start()] + ";" * len(match[0]) + text[match.end() :]
    return list(dict.fromkeys(found))


def _part(match: re.Match[str], text: str) -> Part:
    said = match.groupdict()
    month = {"gieng": "1", "chap": "12"}.get(said["m"], said["m"])
    before = text[max(0, match.start() - 9) : match.start()]
    hint = (
        bool(_HINT.search(before) or _HINT.search(match[0]))
        or said["m"] in ("gieng", "chap")
        or bool(said.get("leap"))
    )
    compact = match[0] if re.fullmatch(r"\d{6}|\d{8}", match[0]) else None
    return Part(
        int(said["d"]),
        int(month),
        said.get("y"),
        bool(said.get("leap")),
        hint,
        bool((said.get("past") or "").strip()),
        compact,
    )
