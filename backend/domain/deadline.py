"""Deadlines by the working calendar. All arithmetic is on Việt Nam's wall clock; results are aware datetimes in that zone.

The first day is not counted; a period that ends on a day off runs to the end of the next working day
[Bộ luật Dân sự 2015, Điều 147–148]. Same-day procedures received at the cut-off or later are due the next working day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from backend.domain.procedure import TimeCase

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
Hours = tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class DayRow:
    """One line of the table an officer edits: a day that differs from its weekday, with the number of the notice."""

    day: date
    works: bool
    name: str
    source: str


@dataclass(frozen=True)
class WorkingCalendar:
    """The commune's days and hours. Monday to Friday unless a row says otherwise."""

    hours: Hours
    rows: dict[date, DayRow]

    @property
    def closes(self) -> time:
        """When the desk closes: a due day ends here."""
        return self.hours[-1][1]


def load_calendar(folder: Path) -> WorkingCalendar:
    """Read `days.yaml`. Raises ValueError naming the row for a day that stands twice or hours out of order."""
    data = yaml.safe_load((folder / "days.yaml").read_text(encoding="utf-8"))
    rows: dict[date, DayRow] = {}
    for item in data["days"]:
        row = DayRow(**item)
        if row.day in rows:
            raise ValueError(f"days.yaml: {row.day} stands twice")
        rows[row.day] = row
    hours = tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in data["hours"])
    flat = [moment for pair in hours for moment in pair]
    if flat != sorted(set(flat)):
        raise ValueError("days.yaml: the hours are not in order")
    return WorkingCalendar(hours, rows)


def is_working_day(day: date, calendar: WorkingCalendar) -> bool:
    """Whether the desk is open on `day`."""
    row = calendar.rows.get(day)
    return row.works if row else day.weekday() < 5


def next_working_day(day: date, calendar: WorkingCalendar) -> date:
    """Return the first working day after `day`."""
    day += timedelta(days=1)
    while not is_working_day(day, calendar):
        day += timedelta(days=1)
    return day


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, VIETNAM)


def due(received_at: datetime, case: TimeCase, calendar: WorkingCalendar) -> datetime | None:
    """Return the moment a dossier received at `received_at` is due, None where the catalogue knows no time."""
    here = received_at.astimezone(VIETNAM)
    if case.unit == "same_day":
        return _same_day(here, case.cutoff, calendar)
    if case.value is None:
        return None
    day = here.date()
    if case.unit == "working_day":
        for _ in range(case.value):
            day = next_working_day(day, calendar)
    else:
        day += timedelta(days=case.value)
        day = day if is_working_day(day, calendar) else next_working_day(day, calendar)
    return _at(day, calendar.closes)


def _same_day(here: datetime, cutoff: time | None, calendar: WorkingCalendar) -> datetime:
    today = here.date()
    in_time = here.time() < (cutoff or calendar.closes)
    day = today if in_time and is_working_day(today, calendar) else next_working_day(today, calendar)
    return _at(day, calendar.closes)


def _spans(day: date, calendar: WorkingCalendar) -> Iterable[tuple[datetime, datetime]]:
    if is_working_day(day, calendar):
        for opens, closes in calendar.hours:
            yield _at(day, opens), _at(day, closes)


LEGAL_DAY = timedelta(hours=8)
"""A working day of the law; a desk open 7½ hours a day still owes "8 working hours" within one day."""


def _open_a_day(calendar: WorkingCalendar) -> timedelta:
    spans = ((_at(date.min, opens), _at(date.min, closes)) for opens, closes in calendar.hours)
    return sum((closes - opens for opens, closes in spans), timedelta(0))


def add_working_hours(moment: datetime, hours: float, calendar: WorkingCalendar) -> datetime:
    """Return when `hours` of the law's working time have passed since `moment`; eight are one day of open desk."""
    return add_open_time(moment, timedelta(hours=hours) / LEGAL_DAY * _open_a_day(calendar), calendar)


def add_open_time(moment: datetime, left: timedelta, calendar: WorkingCalendar) -> datetime:
    """Return when the desk has been open for `left` since `moment`."""
    here = moment.astimezone(VIETNAM)
    day = here.date()
    while True:
        for opens, closes in _spans(day, calendar):
            start = max(opens, here)
            if start >= closes:
                continue
            if start + left <= closes:
                return start + left
            left -= closes - start
        day += timedelta(days=1)


def working_time(start: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
    """Return how long the desk was open between two moments; zero when `end` is not after `start`."""
    begin, stop = start.astimezone(VIETNAM), end.astimezone(VIETNAM)
    total, day = timedelta(0), begin.date()
    while day <= stop.date():
        for opens, closes in _spans(day, calendar):
            total += max(timedelta(0), min(closes, stop) - max(opens, begin))
        day += timedelta(days=1)
    return total


def resume(due_at: datetime, paused_at: datetime, resumed_at: datetime, calendar: WorkingCalendar) -> datetime:
    """Return the due moment after a pause: the open time that was left when it stopped is left again when it goes on."""
    return add_open_time(resumed_at, working_time(paused_at, due_at, calendar), calendar)
