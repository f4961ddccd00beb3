"""The working calendar in force: the file's days, and over them the days an officer wrote.

It is kept in memory, so that no turn and no page asks the database for it: read anew when the bell says that a day was
written, and once a minute for the case that a bell was lost.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from backend.domain.deadline import DayRow, WorkingCalendar

TRUST_SECONDS = 60.0
"""How long what was read is believed without looking again."""


@dataclass(frozen=True)
class Line:
    """A line an officer wrote, in the order they were written. `row` None takes an earlier one back; `own` = for this unit only."""

    at: datetime
    day: date
    own: bool
    row: DayRow | None


def layered(base: WorkingCalendar, lines: Sequence[Line]) -> WorkingCalendar:
    """Return `base` under `lines`: of a day the newest line for this unit, else the newest for all, else the file's."""
    newest = {(line.own, line.day): line.row for line in lines}
    written = {day: row for own in (False, True) for (kind, day), row in newest.items() if kind == own and row is not None}
    return replace(base, rows={**base.rows, **written})


class CalendarBook:
    """`base` is the file's calendar of the unit; `stored` reads every line an officer wrote, oldest first."""

    def __init__(self, base: WorkingCalendar, stored: Callable[[], Sequence[Line]] = tuple, seconds: Callable[[], float] = time.monotonic):
        self.base = base
        self._stored, self._seconds = stored, seconds
        self._reading = threading.Lock()
        self._until: float | None = None
        self._lines: Sequence[Line] = ()
        self._made: dict[int, WorkingCalendar] = {0: base}

    def current(self) -> WorkingCalendar:
        """Return the calendar of this moment."""
        self._refresh()
        return self._first(len(self._lines))

    def known_at(self, moment: datetime) -> WorkingCalendar:
        """Return the calendar as it was known at `moment`: what was counted then is never counted otherwise later."""
        self._refresh()
        return self._first(bisect_right(self._lines, moment, key=lambda line: line.at))

    def forget(self) -> None:
        """Read anew at the next use: a day was written."""
        self._until = None

    def _first(self, count: int) -> WorkingCalendar:
        made = self._made
        if count not in made:
            made[count] = layered(self.base, self._lines[:count])
        return made[count]

    def _refresh(self) -> None:
        now = self._seconds()
        if self._until is not None and now < self._until:
            return
        # One thread reads; the others go on with what is known, unless nothing is known yet.
        if not self._reading.acquire(blocking=self._until is None):
            return
        try:
            if self._until is not None and now < self._until:
                return
            lines = self._stored()
            if len(lines) != len(self._lines):
                self._lines, self._made = lines, {0: self.base}
            self._until = now + TRUST_SECONDS
        finally:
            self._reading.release()
