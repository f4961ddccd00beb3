"""Reads a dossier code in any spelling: ours, and the families of before 2025 that are never re-coded.

`H55.242-261123-0007`, `000.00.12.H55-250801-0003`, `000.23.45.H03-221024-0007`, `00.00.H03-220910-0011` (agency identifier
by QCVN of Circular 10/2016/TT-BTTTT, day, order in the day).
"""

from __future__ import annotations

import re
from datetime import date

from backend.domain.letters import fold
from backend.domain.values.result import Ask, Read, Refuse, Result
from backend.domain.values.text import reader, says_unknown

EXAMPLE = {"example": "H55.242-261123-0007"}
_SIGNS = r"[\s.\-–—_/,:]*"
_FULL = re.compile(
    rf"(?<![a-z0-9])(?P<before>(?:(?:[0o]{{3}}|\d{{3}}){_SIGNS})?(?:[\do]{{2}}{_SIGNS}){{0,2}})(?P<agency>h{_SIGNS}[\do]{{2}})"
    rf"(?:{_SIGNS}(?P<unit>[\dol]{{2,3}}))??{_SIGNS}(?P<day>[\dol]{{6}}){_SIGNS}(?P<order>[\dol]{{4}})(?![\dol])"
)
_TAIL = re.compile(rf"(?<![\d.])(?P<day>\d{{6}}){_SIGNS}(?P<order>\d{{4}})(?!\d)")
_DAY_ALONE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_SHORT = re.compile(r"(?<!\d)\d{3,4}(?!\d)")
_AGENCY = re.compile(rf"(?<![a-z])h{_SIGNS}\d\d(?!\d)|(?<![a-z])h\d")


@reader
def read_dossier_code(text: str, today: date) -> Result:
    """The code in capitals with dots and hyphens. `details` {day: ISO, order}. A tail alone is asked about."""
    plain = fold(text)
    found = list(dict.fromkeys(_code(m) for m in _FULL.finditer(plain)))
    good = [code for code in found if code]
    if len(good) > 1:
        return Ask("two_codes")
    if good:
        day, order = good[0].rsplit("-", 2)[1:]
        return Read(good[0], good[0], details={"day": _day(day).isoformat(), "order": order})
    if found:
        return Refuse("code_day", EXAMPLE)
    tail = _TAIL.search(plain)
    alone = _DAY_ALONE.search(plain)
    if (
        (tail and _day(tail["day"]))
        or (alone and _day(alone[0]))
        or (_AGENCY.search(plain) and re.search(r"\d{3}", plain))
        or _SHORT.search(plain)
    ):
        return Ask("code_partial", params=EXAMPLE)
    return Refuse("not_known" if says_unknown(text) else "no_code", EXAMPLE)


def _code(match: re.Match[str]) -> str | None:
    """The code, None where its day is no day."""
    parts = {name: _digits(part or "") for name, part in match.groupdict().items()}
    if not _day(parts["day"]):
        return None
    agency = "H" + parts["agency"]
    before = re.findall(r"^\d{3}(?=(?:\d\d)*$)|\d\d", parts["before"])
    head = ".".join([*before, agency, *([parts["unit"]] if parts["unit"] else [])])
    return f"{head}-{parts['day']}-{parts['order']}"


def _digits(text: str) -> str:
    return re.sub(r"[^\d]", "", text.replace("o", "0").replace("l", "1"))


def _day(yymmdd: str) -> date | None:
    try:
        return date(2000 + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:]))
    except ValueError:
        return None
