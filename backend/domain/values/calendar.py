"""Lunar and solar days of Việt Nam (UTC+7), by the library lunar-vn (MIT), 1900–2100.

Trap: before 1968 the North printed calendars computed for UTC+8, so an old lunar date may be a day off; it is read back.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from lunar_vn import convert_lunar_to_solar, convert_solar_to_lunar

FIRST, LAST = 1900, 2100


class Lunar(NamedTuple):
    day: int
    month: int
    year: int
    leap: bool = False


@lru_cache(maxsize=4096)
def solar_of(lunar: Lunar) -> date | None:
    """The solar day, or None where the lunar calendar has no such day (30 of a short month, no leap month that year)."""
    if not (FIRST <= lunar.year <= LAST and 1 <= lunar.month <= 12 and 1 <= lunar.day <= 30):
        return None
    try:
        day = convert_lunar_to_solar(lunar.day, lunar.month, lunar.year, int(lunar.leap))
    except ValueError:
        return None
    return day if lunar_of(day) == lunar else None


def lunar_of(day: date) -> Lunar | None:
    """The lunar day, or None outside 1900–2100."""
    if not FIRST <= day.year <= LAST:
        return None
    found = convert_solar_to_lunar(day.day, day.month, day.year)
    return Lunar(found.day, found.month, found.year, found.leap)


def has_leap(month: int, year: int) -> bool:
    """Whether that lunar month comes twice in that year."""
    return solar_of(Lunar(1, month, year, True)) is not None


def last_day_of_year(year: int) -> date | None:
    """Giao thừa: the eve of the first day of the next lunar year."""
    return solar_of(Lunar(30, 12, year)) or solar_of(Lunar(29, 12, year))


def day_or_none(year: int, month: int, day: int) -> date | None:
    """The solar day, or None if there is none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
