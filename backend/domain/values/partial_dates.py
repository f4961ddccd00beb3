"""Texts that hold a part of a date: a year, a month, an age, an animal year. All of them are asked about."""

from __future__ import annotations

import re
from datetime import date, timedelta

from backend.domain.values.calendar import day_or_none, lunar_of
from backend.domain.values.lexicon import lexicon
from backend.domain.values.relative import day, in_calendar
from backend.domain.values.result import Ask, Candidate

_MONTH_YEAR = re.compile(
    r"(?:\bthang\s*|(?<![\d/]))(?P<m>\d{1,2}|gieng|chap)[\s/,]*(?:nam\s*)?"
    r"(?:/|nam\s+|(?<=thang \d)\s+|(?<=thang \d\d)\s+)(?P<y>\d{4}|\d{2}|ngoai|nay|truoc|kia)(?![\d/])"
)
_MONTH = re.compile(r"\bthang\s*(?P<m>\d{1,2}|gieng|chap)\b")
_YEAR = re.compile(
    r"\bnam\s*(?P<y>\d{4}|\d{2})(?![\d/])|(?<![\d/])(?P<alone>(?:19|20)\d\d)(?![\d/])|^(?P<short>\d{2})$"
)
_YEAR_WORD = re.compile(r"\bnam (?P<y>ngoai|nay|truoc|kia)\b")
_AGE = re.compile(r"(?<!\d)(?P<age>\d{1,3}) (?:tuoi|t)\b")
_DAY = re.compile(
    r"(?:^|\s)(?:hom|ngay|(?P<hint>mung|ram))[\s,]+(?P<d>\d{1,2})(?: (?:roi|vua roi|vua qua|thoi))?$"
)
_STEM_YEAR = re.compile(r"\b(?:tuoi|nam)\s+(?:con )?(?P<words>[a-z]+(?: [a-z]+)?)")
_BACK = {"nay": 0, "ngoai": 1, "truoc": 1, "kia": 2}


def partial(text: str, today: date, lunar: bool) -> Ask | None:
    """A question with what is known in `params["partial"]`: "1949", "1949-06"; None when the text has no part of a date."""
    return (
        _day_only(text, today, lunar)
        or _month(text, today)
        or _year(text, today)
        or _age(text, today)
        or _animal(text, today)
    )


def _year_of(said: str, today: date) -> int:
    if said in _BACK:
        return today.year - _BACK[said]
    if len(said) == 4:
        return int(said)
    return 2000 + int(said) if 2000 + int(said) <= today.year else 1900 + int(said)


def _month(text: str, today: date) -> Ask | None:
    found = _MONTH_YEAR.search(text) or _MONTH.search(text)
    if not found:
        return None
    month = int({"gieng": "1", "chap": "12"}.get(found["m"], found["m"]))
    if not 1 <= month <= 12:
        return None
    if "y" not in found.re.groupindex:
        return Ask("date_month_only", params={"month": str(month)})
    year = _year_of(found["y"], today)
    return Ask("date_day", params={"partial": f"{year}-{month:02}", "month": str(month), "year": str(year)})


def _year(text: str, today: date) -> Ask | None:
    found = _YEAR.search(text)
    said = next((g for g in found.groups() if g), None) if found else None
    if not said:
        word = _YEAR_WORD.search(text)
        said = word["y"] if word else None
    return _only(_year_of(said, today)) if said else None


def _only(year: int) -> Ask:
    return Ask("date_year_only", params={"partial": str(year), "year": str(year)})


def _age(text: str, today: date) -> Ask | None:
    found = _AGE.search(text)
    if not found or int(found["age"]) > 120:
        return None
    born = today.year - int(found["age"])
    return Ask(
        "birth_year",
        (
            Candidate(str(born), "year", {"year": str(born)}),
            Candidate(str(born - 1), "year", {"year": str(born - 1)}),
        ),
    )


def _day_only(text: str, today: date, lunar: bool) -> Ask | None:
    found = _DAY.search(text)
    if not found:
        return None
    said = int(found["d"])
    months = today.year * 12 + today.month - 1
    days = [day_or_none((months - back) // 12, (months - back) % 12 + 1, said) for back in (0, 1)]
    solar = next((d for d in days if d and d <= today), None)
    since = next(
        (d for back in range(60) if (d := today - timedelta(days=back)) and lunar_of(d).day == said), None
    )
    if lunar or found["hint"]:
        kinds = ((since, "lunar_day"), (None if lunar else solar, "solar_day"))
        return Ask(
            "calendar", tuple(in_calendar(when, kind) for when, kind in kinds if when), {"said": str(said)}
        )
    return Ask("date_month", (day(solar),) if solar else (), {"day": str(said)})


def _animal(text: str, today: date) -> Ask | None:
    """ "tuổi Tý", "năm Mậu Thân": years of that animal, of that stem and animal, latest first."""
    found, names = _STEM_YEAR.search(text), lexicon("dates")
    words = found["words"].split() if found else text.split()
    if not found and (len(words) != 2 or words[0] not in names["stems"]):
        return None
    animals = {**{a: a for a in names["animals"]}, **names["animals_other"]}
    at = next((i for i, w in enumerate(words) if w in animals), None)
    if at is None:
        return None
    animal = names["animals"].index(animals[words[at]])
    stem = names["stems"].index(words[at - 1]) if at and words[at - 1] in names["stems"] else None
    years = [
        y
        for y in range(today.year, today.year - 108, -1)
        if (y - 4) % 12 == animal and stem in (None, y % 10)
    ]
    return Ask("birth_year", tuple(Candidate(str(y), "year", {"year": str(y)}) for y in years[:4]))
