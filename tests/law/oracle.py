"""A second opinion on deadlines: it walks minute by minute over a day table typed by hand from the yearly notices.

It shares no code and no data with `backend.domain.deadline`. Time is a count of minutes since 1 January 2022, local.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

FIRST = date(2022, 1, 1)
"""A Saturday."""
YEARS = {2022: 365, 2023: 365, 2024: 366, 2025: 365, 2026: 365, 2027: 365}
MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
CLOSED = {
    2022: "3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9",
    2023: "2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9",
    2024: "1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9",
    2025: "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9",
    2026: "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11",
    2027: "1/1 4/2 5/2 8/2 9/2 10/2 16/4 30/4 3/5 2/9 3/9 24/11",
}
WORKED = {2024: "4/5", 2025: "26/4", 2026: "10/1 22/8"}
"""Saturdays worked for a day off elsewhere."""
OPEN_HOURS = ((450, 690), (810, 1020))
"""7:30–11:30 and 13:30–17:00, in minutes of the day."""
DAY = 1440


def _day_of_year(text: str, year: int) -> int:
    day, month = (int(part) for part in text.split("/"))
    return sum(MONTHS[: month - 1]) + (year % 4 == 0 and month > 2) + day - 1


def _open_minutes() -> bytearray:
    minutes, start = bytearray(sum(YEARS.values()) * DAY), 0
    for year, days in YEARS.items():
        closed = {_day_of_year(text, year) for text in CLOSED[year].split()}
        worked = {_day_of_year(text, year) for text in WORKED.get(year, "").split()}
        for day in range(days):
            weekend = (start + day) % 7 < 2
            if day in worked or not (weekend or day in closed):
                for opens, closes in OPEN_HOURS:
                    begin = (start + day) * DAY
                    minutes[begin + opens : begin + closes] = b"\1" * (closes - opens)
        start += days
    return minutes


OPEN = _open_minutes()


def minute_of(moment: datetime) -> int:
    """Minutes from the first day to a local moment without a zone."""
    return (moment.date() - FIRST).days * DAY + moment.hour * 60 + moment.minute


def moment_of(minute: int) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day) + timedelta(minutes=minute)


def works(day: int) -> bool:
    """Whether any minute of a day is open."""
    return any(OPEN[day * DAY : (day + 1) * DAY])


def closing(day: int) -> int:
    """The minute after the last open one of a day."""
    minute = (day + 1) * DAY
    while not OPEN[minute - 1]:
        minute -= 1
    return minute


def first_open_day(day: int) -> int:
    while not works(day):
        day += 1
    return day


def working_days(received: int, count: int) -> int:
    """Walk on from the end of the day of reception until `count` days have closed."""
    minute, was_open, seen = (received // DAY + 1) * DAY, False, 0
    last = minute
    while True:
        if OPEN[minute]:
            last, was_open = minute + 1, True
        minute += 1
        if minute % DAY == 0 and was_open:
            seen, was_open = seen + 1, False
            if seen == count:
                return last


def calendar_days(received: int, count: int) -> int:
    return closing(first_open_day(received // DAY + count))


def same_day(received: int, cutoff: int) -> int:
    today = received // DAY
    in_time = received % DAY < cutoff and works(today)
    return closing(today if in_time else first_open_day(today + 1))


def open_time(start: int, minutes: int) -> int:
    """Walk on until `minutes` open minutes have passed."""
    while minutes:
        minutes -= OPEN[start]
        start += 1
    return start


def open_between(start: int, end: int) -> int:
    return sum(OPEN[start:end])
