"""Named facts: rules that need an expression. A procedure matches them like answers: `when: {late_birth: ["yes"]}`.

Each takes the values known so far and today's date, and returns "yes" or "no", or None while it cannot be known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

Values = Mapping[str, str]
BIRTH_DAYS = 60
"""Birth is to be registered within 60 days [Luật Hộ tịch 2014, Đ.15]."""
CARD_YEARS = 6
"""A child gets its health insurance card by its birth registration until this age [Luật Bảo hiểm y tế, Đ.12; NĐ 63/2024]."""
DEATH_DAYS = 15
"""Death is to be reported within 15 days [Luật Hộ tịch 2014, Đ.33]."""


def _day(values: Values, name: str) -> date | None:
    try:
        return date.fromisoformat(values[name])
    except (KeyError, ValueError):
        return None


def _older_than(day: date | None, days: int, today: date) -> str | None:
    if day is None:
        return None
    return "yes" if (today - day).days > days else "no"


def late_birth(values: Values, today: date) -> str | None:
    """Whether more than 60 days have passed since `child_dob`."""
    return _older_than(_day(values, "child_dob"), BIRTH_DAYS, today)


def timely_birth(values: Values, today: date) -> str | None:
    """Whether `child_dob` is known and at most 60 days ago; unlike "not late", unknown is not yes."""
    return {"yes": "no", "no": "yes", None: None}[late_birth(values, today)]


def late_death(values: Values, today: date) -> str | None:
    """Whether more than 15 days have passed since `death_date`."""
    return _older_than(_day(values, "death_date"), DEATH_DAYS, today)


def child_under_six(values: Values, today: date) -> str | None:
    """Whether the child of `child_dob` has not yet had its sixth birthday."""
    born = _day(values, "child_dob")
    if born is None:
        return None
    return "yes" if (born.year + CARD_YEARS, born.month, born.day) > (today.year, today.month, today.day) else "no"


FACTS: dict[str, Callable[[Values, date], str | None]] = {
    "late_birth": late_birth,
    "timely_birth": timely_birth,
    "late_death": late_death,
    "child_under_six": child_under_six,
}
