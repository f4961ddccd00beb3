"""Reads dates: numeric (day before month), in words, relative, lunar; asks where year, day or calendar is open.

Never sure: "mùng", "rằm", "giêng", "chạp", "tết" without "âm" or "dương" (either calendar may be meant, and it can move a
birth across the sixtieth day); a lunar month that comes twice that year; a day without its year, unless `recent`.
"""

from __future__ import annotations

import re
from datetime import date

from backend.domain.letters import fold
from backend.domain.values import partial_dates, relative
from backend.domain.values.calendar import (
    LAST,
    Lunar,
    day_or_none,
    has_leap,
    last_day_of_year,
    lunar_of,
    solar_of,
)
from backend.domain.values.date_parts import Part, parts
from backend.domain.values.date_text import DateText, plain_date
from backend.domain.values.relative import day, in_calendar, shown
from backend.domain.values.result import Ask, Candidate, Read, Refuse, Result
from backend.domain.values.text import reader, says_unknown

EXAMPLE = {"example": "5/11/1998"}
OLDEST_YEAR = 1900
YEARS_AHEAD = 10
_YEAR_WORDS = {
    "nay": 0,
    "ngoai": -1,
    "truoc": -1,
    "roi": -1,
    "vua roi": -1,
    "vua qua": -1,
    "kia": -2,
    "sau": 1,
    "toi": 1,
}
_WEEKDAY_BEFORE = re.compile(r"\b(?:thu (\d)|(chunhat))[\s,]*(?:la |ngay |mung )*$")
_FEAST = re.compile(r"\bday (?:thang|cu)\b|\bthoi noi\b|\bday nam\b")
_CLAUSES = re.compile(r"\btức\b|\btuc\b|[=();,]|\blà\b|\bla\b|\bhay\b|\bhoặc\b|\bhoac\b", re.IGNORECASE)


@reader
def read_date(text: str, today: date, *, past: bool = False, recent: bool = False) -> Result:
    """A day: value ISO, `details` {calendar: solar|lunar, lunar: "d/m/yyyy" as typed}.

    `past`: a future day is refused. `recent`: a missing year is the latest past one (a newborn, a death just now).
    Partial texts are asked about with `params["partial"]` = "1949" or "1949-06" where so much is known.
    """
    return _read(text, today, past, recent)


@reader
def read_birth_date(text: str, today: date, *, recent: bool = False) -> Result:
    """A birth date: as `read_date`, never in the future. The day of a feast for the child is not the day of its birth."""
    if _FEAST.search(fold(text)):
        return Ask("date_vague")
    return _read(text, today, True, recent)


def _read(text: str, today: date, past: bool, recent: bool) -> Result:
    said = plain_date(text)
    if said.lunar and said.solar:
        return _both_calendars(text, today, past, recent)
    return _within(_one(said, text, today, past, recent), today, past)


def _both_calendars(text: str, today: date, past: bool, recent: bool) -> Result:
    """ "5/3/1998 âm, tức 1/4/1998 dương": sure if both are the same day."""
    results = [
        _one(plain_date(clause), clause, today, past, recent)
        for clause in _CLAUSES.split(text)
        if clause.strip()
    ]
    days = {r.value for r in results if isinstance(r, Read)}
    if len(days) == 1 and all(isinstance(r, (Read, Refuse)) for r in results):
        return _within(next(r for r in results if isinstance(r, Read)), today, past)
    return Ask("two_dates", tuple(day(date.fromisoformat(d)) for d in sorted(days)))


def _within(result: Result, today: date, past: bool) -> Result:
    if not isinstance(result, Read):
        return result
    when = date.fromisoformat(result.value)
    if past and when > today:
        return Refuse("future", {"day": result.shown})
    if not OLDEST_YEAR <= when.year <= today.year + YEARS_AHEAD:
        return Refuse("bad_year", EXAMPLE)
    return result


def _one(said: DateText, raw: str, today: date, past: bool, recent: bool) -> Result:
    eve = _new_years_eve(said, today)
    if eve:
        return eve
    of_month = (
        relative.relative(said.text, today, raw, past)
        if re.search(r"\d thang (?:truoc|nay|sau|toi|vua|roi|qua)\b", said.text)
        else None
    )
    if of_month:
        return _relative(of_month)
    found = parts(said.text)
    if found:
        return _days(found, said, today, past, recent)
    return _without_parts(said, raw, today, past)


def _without_parts(said: DateText, raw: str, today: date, past: bool) -> Result:
    partial = partial_dates.partial(said.text, today, said.lunar)
    counted = relative.relative(said.text, today, raw, past)
    if partial and not isinstance(counted, date):
        return partial
    if isinstance(counted, Ask) and not counted.options and says_unknown(raw):
        return Refuse("not_known", EXAMPLE)
    if counted:
        return _relative(counted)
    return Refuse("not_known" if says_unknown(raw) else "no_date", EXAMPLE)


def _relative(found: date | Ask | Refuse) -> Result:
    return (
        Read(found.isoformat(), shown(found), details={"calendar": "solar"})
        if isinstance(found, date)
        else found
    )


def _new_years_eve(said: DateText, today: date) -> Ask | None:
    if "giao thua" not in said.text:
        return None
    year = re.search(r"\b(?:19|20)\d\d\b", said.text)
    years = [int(year[0])] if year else range(today.year, today.year - 3, -1)
    eves = [e for y in years for e in [last_day_of_year(y - 1 if not year else y)] if e and e <= today]
    return Ask("calendar", tuple(in_calendar(e, "lunar_day") for e in eves[:1]), {"said": "30/12"})


def _days(found: list[Part], said: DateText, today: date, past: bool, recent: bool) -> Result:
    full = [p for p in found if p.year] or found
    results = [_day(part, said, today, past, recent) for part in full]
    distinct = {getattr(r, "value", repr(r)): r for r in results}
    if len(distinct) == 1:
        return _weekday_agrees(results[0], said.text)
    if any(isinstance(r, (Read, Ask)) for r in results) and len(full) == 1:
        return results[0]
    sure = [r for r in results if isinstance(r, Read)]
    return (
        Ask("two_dates", tuple(day(date.fromisoformat(r.value)) for r in sure[:3]))
        if len(results) > 1
        else results[0]
    )


def _weekday_agrees(result: Result, text: str) -> Result:
    at = re.search(r"\d{1,2}(?=[/ ]|$)(?=.*\d)", re.sub(r"thu \d", lambda m: "x" * len(m[0]), text))
    said = _WEEKDAY_BEFORE.search(text[: at.start()]) if at else None
    if not said or not isinstance(result, Read):
        return result
    when = date.fromisoformat(result.value)
    wanted = 6 if said[2] else int(said[1]) - 2
    return result if when.weekday() == wanted else Ask("weekday_differs", (day(when),))


def _day(part: Part, said: DateText, today: date, past: bool, recent: bool) -> Result:
    if part.compact:
        return _compact(part.compact, today, past)
    if not 1 <= part.month <= 12:
        return Refuse("no_such_month", {"month": str(part.month), **EXAMPLE})
    if not 1 <= part.day <= 31:
        return Refuse("no_such_day", {"day": f"{part.day}/{part.month}"})
    if "nhuan" in said.text:
        part = part._replace(leap=True)
    if said.lunar or part.leap:
        return _lunar(part, today, past, recent)
    if part.hint and not said.solar:
        return _which_calendar(part, today, past)
    return _solar(part, today, past, recent)


def _compact(digits: str, today: date, past: bool) -> Result:
    """ "05031998", "050398", "20241105": sure only if one reading is a day."""
    orders = ("dmy", "ymd") if len(digits) in (6, 8) else ()
    days = set()
    for order in orders:
        width = len(digits) - 4
        year = digits[4:] if order == "dmy" else digits[:width]
        month, of_month = (
            (digits[2:4], digits[:2]) if order == "dmy" else (digits[width : width + 2], digits[width + 2 :])
        )
        result = (
            _solar(Part(int(of_month), int(month), year), today, past, False)
            if 1 <= int(month) <= 12
            else None
        )
        if isinstance(result, Read) and isinstance(_within(result, today, past), Read):
            days.add(result.value)
    if len(days) == 1:
        value = date.fromisoformat(days.pop())
        return Read(value.isoformat(), shown(value), details={"calendar": "solar"})
    if days:
        return Ask("two_dates", tuple(day(date.fromisoformat(d)) for d in sorted(days)))
    return Refuse("no_date", EXAMPLE)


def _solar(part: Part, today: date, past: bool, recent: bool) -> Result:
    if not part.year:
        return _solar_without_year(part, today, recent)
    year = _year(part, today.year, today, past, lambda y: day_or_none(y, part.month, part.day))
    if not isinstance(year, int):
        return year
    if not OLDEST_YEAR <= year <= LAST:
        return Refuse("bad_year", EXAMPLE)
    when = day_or_none(year, part.month, part.day)
    if not when:
        return Refuse("no_such_day", {"day": f"{part.day}/{part.month}/{year}"})
    return Read(when.isoformat(), shown(when), details={"calendar": "solar"})


def _solar_without_year(part: Part, today: date, recent: bool) -> Result:
    latest = _latest_solar(part, today)
    if not latest:
        return Refuse("no_such_day", {"day": f"{part.day}/{part.month}"})
    if recent or part.past:
        return Read(latest.isoformat(), shown(latest), details={"calendar": "solar"})
    return Ask("date_year", (day(latest),), {"said": f"{part.day}/{part.month}"})


def _latest_solar(part: Part, today: date) -> date | None:
    days = (day_or_none(year, part.month, part.day) for year in range(today.year, today.year - 9, -1))
    return next((d for d in days if d and d <= today), None)


def _year(part: Part, this_year: int, today: date, past: bool, day_of) -> int | Refuse | Ask:
    """The year as a number: four digits, a word, or two digits in the century that fits."""
    if part.year in _YEAR_WORDS:
        return this_year + _YEAR_WORDS[part.year]
    if len(part.year) == 4:
        return int(part.year)
    if len(part.year) != 2:
        return (
            Refuse("bad_year", EXAMPLE)
            if len(part.year) > 2
            else Ask("date_year", (), {"said": f"{part.day}/{part.month}"})
        )
    near, far = 2000 + int(part.year), 1900 + int(part.year)
    when = day_of(near)
    if near < today.year or (when and when <= today) or (not past and near <= today.year + 1):
        return near
    if near == today.year and when:
        return Ask("date_century", (day(when),), {"said": f"{part.day}/{part.month}"})
    return far


def _lunar(part: Part, today: date, past: bool, recent: bool) -> Result:
    here = lunar_of(today)
    if not part.year:
        latest = _latest_lunar(part, today)
        if not latest:
            return Refuse("no_such_lunar_day", {"day": f"{part.day}/{part.month}"})
        if recent or part.past:
            return _lunar_read(latest, part)
        return Ask("date_year", (in_calendar(latest, "lunar_day"),), {"said": f"{part.day}/{part.month}"})
    year = _year(
        part,
        here.year if here else today.year,
        today,
        past,
        lambda y: solar_of(Lunar(part.day, part.month, y)),
    )
    if not isinstance(year, int):
        return year
    if not OLDEST_YEAR <= year <= LAST:
        return Refuse("bad_year", EXAMPLE)
    return _lunar_in(part, year)


def _lunar_in(part: Part, year: int) -> Result:
    said = {"day": f"{part.day}/{part.month}/{year}"}
    leap, ordinary = (
        solar_of(Lunar(part.day, part.month, year, True)),
        solar_of(Lunar(part.day, part.month, year)),
    )
    if part.leap:
        if not has_leap(part.month, year):
            return Refuse("no_leap_month", {"month": str(part.month), "year": str(year)})
        return _lunar_read(leap, part) if leap else Refuse("no_such_lunar_day", said)
    if leap and ordinary:
        options = (
            Candidate(ordinary.isoformat(), "first_month", {"day": shown(ordinary)}),
            Candidate(leap.isoformat(), "leap_month", {"day": shown(leap)}, ("nhuan",)),
        )
        return Ask("leap_month", options, {"month": str(part.month), "year": str(year)})
    when = ordinary or leap
    return _lunar_read(when, part) if when else Refuse("no_such_lunar_day", said)


def _lunar_read(when: date, part: Part) -> Read:
    return Read(
        when.isoformat(),
        shown(when),
        details={"calendar": "lunar", "lunar": f"{part.day}/{part.month}" + (" nhuan" if part.leap else "")},
    )


def _latest_lunar(part: Part, today: date) -> date | None:
    days = []
    for year in range(today.year, today.year - 21 if part.leap else today.year - 4, -1):
        days += [
            solar_of(Lunar(part.day, part.month, year, leap))
            for leap in ((True,) if part.leap else (True, False))
        ]
    return max((d for d in days if d and d <= today), default=None)


def _which_calendar(part: Part, today: date, past: bool) -> Result:
    """The rule of the mùng: both solar days are spelled out, whatever the year."""
    lunar = _as_days(_lunar(part, today, past, recent=False))
    solar = _as_days(_solar(part, today, past, recent=False))
    options = [in_calendar(d, "lunar_day") for d in lunar] + [in_calendar(d, "solar_day") for d in solar]
    kept = [o for o in options if not past or date.fromisoformat(o.value) <= today]
    if not options:
        return Refuse("no_such_day", {"day": f"{part.day}/{part.month}"})
    if not kept:
        return Refuse("future", {"day": f"{part.day}/{part.month}"})
    return Ask("calendar", tuple(kept), {"said": f"{part.day}/{part.month}"})


def _as_days(result: Result) -> list[date]:
    if isinstance(result, Read):
        return [date.fromisoformat(result.value)]
    return [date.fromisoformat(o.value) for o in result.options] if isinstance(result, Ask) else []
