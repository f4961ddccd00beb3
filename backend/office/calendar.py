"""Days that differ from their weekday, as an officer writes them with the number of the notice.

Nothing is changed or deleted: a newer line of the same day is in force. Due dates that were promised stay as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import extract, func, or_, select
from sqlalchemy.orm import Session

from backend.clock import VIETNAM
from backend.domain.deadline import DayRow, Hours, in_order, is_working_day
from backend.office.calendar_book import Line
from backend.office.kit import Actor, Office, Refused
from backend.store.tables import CalendarDay, Dossier

KINDS = ("off", "works", "short", "usual")
_FIRST, _LAST = 2022, 2100


@dataclass(frozen=True)
class Wanted:
    """What an officer wants to write. `hours` of a short day; `own` = for this unit only."""

    day: date
    kind: str
    ground: str
    name: str = ""
    hours: Hours = ()
    own: bool = True


@dataclass(frozen=True)
class Shown:
    """One line of the table. `by` is a staff id, None for a day of the law's file; `in_force` False once a newer line stands."""

    day: date
    kind: str
    hours: Hours
    name: str
    ground: str
    own: bool
    by: str | None
    at: datetime | None
    in_force: bool


def hours_of(text: str) -> Hours:
    """Return the hours in "07:30-11:30, 13:30-16:00"; nothing for an empty text. Raises Refused("day_hours")."""
    try:
        pairs = [part.split("-") for part in text.replace("–", "-").split(",") if part.strip()]
        return tuple((_clock(opens), _clock(closes)) for opens, closes in pairs)
    except ValueError:
        raise Refused("day_hours") from None


def _clock(text: str) -> time:
    hour, minute = text.strip().replace("h", ":").split(":")
    return time(int(hour), int(minute or 0))


def add(session: Session, office: Office, actor: Actor, wanted: Wanted, now: datetime, *, sure: bool = False) -> CalendarDay:
    """Write a line. Raises Refused with what to do.

    day_kind, day_year, day_ground (the notice's number is missing), day_hours (a short day's hours are missing or out of
    order), day_same (the day is so already), day_rests {count} unless `sure`: promised dates were counted over this day.
    """
    _check(session, office, wanted)
    if not sure and (count := resting(session, office, wanted.day)):
        raise Refused("day_rests", count=count)
    row = CalendarDay(day=wanted.day, kind=wanted.kind, name=wanted.name, ground=wanted.ground.strip(), made_by=actor.id, at=now)
    row.unit = office.unit if wanted.own else None
    row.hours = [[opens.isoformat("minutes"), closes.isoformat("minutes")] for opens, closes in wanted.hours] or None
    session.add(row)
    session.flush()
    return row


def _check(session: Session, office: Office, wanted: Wanted) -> None:
    if wanted.kind not in KINDS:
        raise Refused("day_kind")
    if not _FIRST <= wanted.day.year <= _LAST:
        raise Refused("day_year", first=_FIRST, last=_LAST)
    if len(wanted.ground.strip()) < 3:
        raise Refused("day_ground")
    if (wanted.kind == "short") != bool(wanted.hours) or wanted.hours and not in_order(wanted.hours):
        raise Refused("day_hours")
    if _is_so_already(session, office, wanted):
        raise Refused("day_same")


def _is_so_already(session: Session, office: Office, wanted: Wanted) -> bool:
    if wanted.kind == "usual":
        last = _newest(session, office, wanted)
        return last is None or last.kind == "usual"
    calendar = office.calendar
    works = is_working_day(wanted.day, calendar)
    hours = calendar.hours_on(wanted.day)
    return works == (wanted.kind != "off") and (not works or hours == (wanted.hours or calendar.hours))


def _newest(session: Session, office: Office, wanted: Wanted) -> CalendarDay | None:
    unit = CalendarDay.unit == office.unit if wanted.own else CalendarDay.unit.is_(None)
    return session.scalars(select(CalendarDay).where(CalendarDay.day == wanted.day, unit).order_by(CalendarDay.id.desc()).limit(1)).first()


def resting(session: Session, office: Office, day: date) -> int:
    """Return how many running dossiers have a promised date that was counted over `day`."""
    begin = datetime.combine(day, time(0), VIETNAM)
    query = select(func.count(Dossier.id)).where(
        Dossier.unit == office.unit, Dossier.result_at.is_(None), Dossier.due_at >= begin, Dossier.received_at < begin + timedelta(days=1)
    )
    return session.scalar(query)


def stored(session: Session, unit: str) -> Sequence[Line]:
    """Return every line that concerns a unit, oldest first: what `CalendarBook` reads."""
    query = select(CalendarDay).where(or_(CalendarDay.unit == unit, CalendarDay.unit.is_(None))).order_by(CalendarDay.id)
    return [Line(row.at, row.day, row.unit is not None, _row(row)) for row in session.scalars(query)]


def _row(row: CalendarDay) -> DayRow | None:
    if row.kind == "usual":
        return None
    return DayRow(day=row.day, works=row.kind != "off", name=row.name, source=row.ground, hours=row.hours)


def of_year(session: Session, office: Office, year: int) -> list[Shown]:
    """Return the lines of a year by day, those of the law's file first, each officer's line after the one it takes over from."""
    written = select(CalendarDay).where(
        extract("year", CalendarDay.day) == year, or_(CalendarDay.unit == office.unit, CalendarDay.unit.is_(None))
    )
    rows = list(session.scalars(written.order_by(CalendarDay.id)))
    newest = {(row.day, row.unit): row.id for row in rows}
    over = {row.day for row in rows if newest[(row.day, row.unit)] == row.id and row.kind != "usual"}
    lines = [_of_file(row, row.day not in over) for row in office.book.base.rows.values() if row.day.year == year]
    lines += [_of_officer(row, newest[(row.day, row.unit)] == row.id) for row in rows]
    return sorted(lines, key=lambda line: (line.day, line.at is not None, line.at.timestamp() if line.at else 0))


def _of_file(row: DayRow, in_force: bool) -> Shown:
    kind = "short" if row.hours else "works" if row.works else "off"
    return Shown(row.day, kind, row.hours or (), row.name, row.source, False, None, None, in_force)


def _of_officer(row: CalendarDay, in_force: bool) -> Shown:
    made = _row(row)
    hours = made.hours if made and made.hours else ()
    return Shown(row.day, row.kind, hours, row.name, row.ground, row.unit is not None, row.made_by, row.at, in_force)
