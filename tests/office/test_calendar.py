"""Days an officer writes: with a notice, over the file's days, never changing what was promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from backend import law
from backend.domain.deadline import is_working_day
from backend.office import calendar, pauses
from backend.office.calendar import Wanted, hours_of
from backend.office.calendar_book import CalendarBook
from backend.office.kit import Actor, Refused
from backend.store.tables import CalendarDay, Staff
from tests.office.kit import BINH, CHIEN, UNIT
from tests.office.test_dossiers import act, sent

QUAN = Actor("staff-quan", UNIT, ("quantri",), "Hoàng Văn Quân")
MONDAY, HOLIDAY, WEDNESDAY, SATURDAY = date(2026, 12, 7), date(2026, 11, 24), date(2026, 11, 25), date(2026, 12, 12)
NOTICE = "123/TB-UBND ngày 1/12/2026"


@pytest.fixture(scope="module")
def law_in_force(vault):
    return law.office(vault, UNIT)


@pytest.fixture
def office(law_in_force, database, clock):
    def days():
        with database.read() as session:
            return calendar.stored(session, UNIT)

    with database.write() as session:
        session.add(Staff(id=QUAN.id, unit=UNIT, login="quan", name=QUAN.name, position="", roles=[], password_hash="", created_at=clock.now()))
    return replace(law_in_force, book=CalendarBook(law_in_force.book.base, days))


def write(database, office, now, day=MONDAY, kind="off", ground=NOTICE, sure=False, **more):
    with database.write() as session:
        calendar.add(session, office, QUAN, Wanted(day, kind, ground, **more), now, sure=sure)
    office.book.forget()


def test_a_day_off_by_a_notice_holds_from_the_moment_it_is_written(database, office, clock):
    assert is_working_day(MONDAY, office.calendar)
    write(database, office, clock.now())
    assert not is_working_day(MONDAY, office.calendar)


def test_a_swapped_saturday_is_worked_and_a_short_day_has_its_own_hours(database, office, clock):
    write(database, office, clock.now(), SATURDAY, "works")
    write(database, office, clock.now(), MONDAY, "short", hours=hours_of("07:30-11:30"))
    assert is_working_day(SATURDAY, office.calendar)
    assert office.calendar.closes(MONDAY).isoformat() == "11:30:00"


def test_a_newer_line_takes_over_and_the_older_one_stays_readable(database, office, clock):
    write(database, office, clock.now())
    clock.shift(timedelta(hours=1))
    write(database, office, clock.now(), kind="usual", ground="125/TB-UBND: rút thông báo 123")
    assert is_working_day(MONDAY, office.calendar)
    with database.read() as session:
        lines = [line for line in calendar.of_year(session, office, 2026) if line.day == MONDAY]
    assert [(line.kind, line.in_force) for line in lines] == [("off", False), ("usual", True)]


def test_the_own_line_of_a_commune_stands_over_the_one_for_all(database, office, clock):
    write(database, office, clock.now(), own=False)
    write(database, office, clock.now(), kind="works", ground="UBND xã trực, 7/TB")
    assert is_working_day(MONDAY, office.calendar)
    with database.write() as session:
        session.add(CalendarDay(unit="H55.999", day=SATURDAY, kind="works", name="", ground="xã khác", made_by=QUAN.id, at=clock.now()))
    office.book.forget()
    assert not is_working_day(SATURDAY, office.calendar)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (Wanted(MONDAY, "off", "  "), "day_ground"),
        (Wanted(MONDAY, "holiday", NOTICE), "day_kind"),
        (Wanted(date(1999, 1, 4), "off", NOTICE), "day_year"),
        (Wanted(MONDAY, "short", NOTICE), "day_hours"),
        (Wanted(MONDAY, "short", NOTICE, hours=hours_of("13:30-11:00")), "day_hours"),
        (Wanted(MONDAY, "off", NOTICE, hours=hours_of("07:30-11:30")), "day_hours"),
        (Wanted(HOLIDAY, "off", NOTICE), "day_same"),
        (Wanted(SATURDAY, "off", NOTICE), "day_same"),
        (Wanted(MONDAY, "works", NOTICE), "day_same"),
        (Wanted(MONDAY, "usual", NOTICE), "day_same"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_with_its_reason(database, office, clock, wanted, reason):
    with database.write() as session, pytest.raises(Refused) as refused:
        calendar.add(session, office, QUAN, wanted, clock.now())
    assert refused.value.reason == reason


@pytest.mark.parametrize("text", ["sáng", "7:30", "25:00-26:00", "07:30-"])
def test_hours_that_cannot_be_read_say_so(text):
    with pytest.raises(Refused, match="day_hours"):
        hours_of(text)


def test_a_day_that_promised_dates_rest_on_wants_a_second_yes_and_moves_none_of_them(database, office, clock):
    with database.write() as session:
        _, _, dossier = sent(session, office, clock.now())
        act(session, office, dossier, "receive", BINH, clock.now(), due_at="2026-11-27T17:00:00+07:00", ground="biên bản")
    due = dossier.due_at
    with pytest.raises(Refused) as refused:
        write(database, office, clock.now(), WEDNESDAY)
    assert (refused.value.reason, refused.value.params) == ("day_rests", {"count": 1})
    write(database, office, clock.now(), WEDNESDAY, sure=True)
    with database.read() as session:
        again = session.get(type(dossier), dossier.id)
        assert (again.due_at, pauses.due_now(session, office, again)) == (due, due)


def test_a_day_written_after_a_pause_ended_does_not_move_the_date_that_came_of_it(database, office, clock):
    with database.write() as session:
        _, _, dossier = sent(session, office, clock.now())
        act(session, office, dossier, "receive", BINH, clock.now(), due_at="2026-11-27T17:00:00+07:00", ground="biên bản")
        act(session, office, dossier, "process", CHIEN, clock.now())
        act(session, office, dossier, "ask_supplement", CHIEN, clock.now(), papers=["giấy chứng sinh"], reason="thiếu", ground="luật")
        clock.shift(timedelta(days=3))
        act(session, office, dossier, "supplied", BINH, clock.now())
        moved = pauses.due_now(session, office, dossier)
    clock.shift(timedelta(minutes=1))
    write(database, office, clock.now(), moved.date(), sure=True)
    with database.read() as session:
        assert pauses.due_now(session, office, session.get(type(dossier), dossier.id)) == moved


class Shelf:
    """Lines in a list, counting how often they were asked for."""

    def __init__(self):
        self.asked, self.lines, self.seconds = 0, [], 0.0

    def __call__(self):
        self.asked += 1
        return list(self.lines)


def test_no_turn_asks_the_database_for_the_calendar(office):
    shelf = Shelf()
    book = CalendarBook(office.book.base, shelf, lambda: shelf.seconds)
    for _ in range(1000):
        book.current()
    assert shelf.asked == 1
    shelf.seconds = 61.0
    book.current()
    assert shelf.asked == 2
    book.forget()
    book.current()
    assert shelf.asked == 3
