"""Deadlines by the working calendar. All arithmetic is on Việt Nam's wall clock; results are aware datetimes in that zone.

The first day is not counted; a period that ends on a day off runs to the end of the next working day
[Bộ luật Dân sự 2015, Điều 147–148]. Same-day procedures received at the cut-off or later are due the next working day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field

from backend.domain.law_lines import LawError, Lines
from backend.domain.procedure import Strict, TimeCase

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
Hours = tuple[tuple[time, time], ...]


class DayRow(Strict):
    """One line of the table an officer edits: a day that differs from its weekday, with the number of the notice."""

    day: date
    works: bool
    name: str
    source: str
    hours: Hours | None = None
    """Of this day only, where the desk opens later or closes earlier than usual."""


class _File(Strict):
    hours: Hours = Field(min_length=1)
    """Of every unit that has none of its own."""
    units: dict[str, Hours] = {}
    days: list[DayRow]


class CalendarError(LawError):
    """The calendar cannot be used."""


@dataclass(frozen=True)
class WorkingCalendar:
    """The days and hours of one office. Monday to Friday unless a row says otherwise."""

    hours: Hours
    rows: Mapping[date, DayRow]

    def hours_on(self, day: date) -> Hours:
        """When the desk is open on a working day."""
        row = self.rows.get(day)
        return row.hours if row and row.hours else self.hours

    def closes(self, day: date) -> time:
        """When the desk closes on a working day: a due day ends here."""
        return self.hours_on(day)[-1][1]


def load_calendar(folder: Path, unit: str | None = None) -> WorkingCalendar:
    """Read `days.yaml` with the hours of `unit`. Raises CalendarError: a field that does not fit, a day twice, hours out of order."""
    try:
        lines = Lines(folder / "days.yaml")
        file = lines.read(_File)
    except LawError as error:
        raise CalendarError(error.lines) from error
    days = [row.day for row in file.days]
    errors = [lines.at(("days", n), f"{day} stands twice; keep one") for n, day in enumerate(days) if day in days[:n]]
    every = {("hours",): file.hours, **{("units", name): hours for name, hours in file.units.items()}}
    every |= {("days", n): row.hours for n, row in enumerate(file.days) if row.hours is not None}
    errors += [lines.at(where, "the hours are not in order") for where, hours in every.items() if not in_order(hours)]
    if errors:
        raise CalendarError(errors)
    return WorkingCalendar(file.units.get(unit or "", file.hours), {row.day: row for row in file.days})


def in_order(hours: Hours) -> bool:
    """Whether each opening comes before its closing, and that before the next opening."""
    flat = [moment for pair in hours for moment in pair]
    return bool(flat) and flat == sorted(set(flat))


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
    return end_of(day, calendar)


def end_of(day: date, calendar: WorkingCalendar) -> datetime:
    """Return when a working day ends at the desk."""
    return _at(day, calendar.closes(day))


def _same_day(here: datetime, cutoff: time | None, calendar: WorkingCalendar) -> datetime:
    today = here.date()
    closes = calendar.closes(today)
    in_time = here.time() < min(cutoff or closes, closes)
    day = today if in_time and is_working_day(today, calendar) else next_working_day(today, calendar)
    return end_of(day, calendar)


def _spans(day: date, calendar: WorkingCalendar) -> Iterable[tuple[datetime, datetime]]:
    if is_working_day(day, calendar):
        for opens, closes in calendar.hours_on(day):
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
    """Return the due moment after a pause: the open time that was left when it stopped is left again when it goes on.

    A dossier that was late when it stopped stays late: its due moment does not move.
    """
    if paused_at >= due_at:
        return due_at
    return add_open_time(resumed_at, working_time(paused_at, due_at, calendar), calendar)
