"""Deadlines: worked cases as an officer would count them on a wall calendar, and what holds of every case."""

import os
import random
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.deadline import (
    VIETNAM,
    CalendarError,
    add_open_time,
    add_working_hours,
    due,
    is_working_day,
    load_calendar,
    resume,
    working_time,
)
from backend.domain.procedure import TimeCase
from tests.law import oracle

FOLDER = Path(__file__).parents[2] / "backend/calendar"
CALENDAR = load_calendar(FOLDER)
THREE = time(15)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def working(value: int) -> TimeCase:
    return TimeCase(value=value, unit="working_day")


def calendar(value: int) -> TimeCase:
    return TimeCase(value=value, unit="calendar_day")


SAME_DAY = TimeCase(value=1, unit="same_day", cutoff=THREE)
SAME_DAY_OPEN = TimeCase(value=1, unit="same_day")


@pytest.mark.parametrize(
    "received, case, day",
    [
        # same day, cut at 15:00
        ("2026-11-23T09:00", SAME_DAY, "2026-11-23"),
        ("2026-11-23T14:59", SAME_DAY, "2026-11-23"),
        ("2026-11-23T15:00", SAME_DAY, "2026-11-25"),  # 24/11 is a holiday from 2026
        ("2025-11-24T09:00", SAME_DAY, "2025-11-24"),  # and was none in 2025
        ("2026-11-27T16:10", SAME_DAY, "2026-11-30"),  # a Friday afternoon
        ("2026-11-28T08:00", SAME_DAY, "2026-11-30"),  # entered on a Saturday
        ("2026-08-22T09:00", SAME_DAY, "2026-08-22"),  # a Saturday worked for 31/8
        ("2026-08-28T15:30", SAME_DAY, "2026-09-03"),  # before the long Quốc khánh
        ("2026-02-13T16:00", SAME_DAY, "2026-02-23"),  # before Tết
        ("2026-11-23T16:59", SAME_DAY_OPEN, "2026-11-23"),
        ("2026-11-23T17:00", SAME_DAY_OPEN, "2026-11-25"),
        # working days, the first day not counted
        ("2026-11-20T16:50", working(1), "2026-11-23"),
        ("2026-11-23T07:30", working(1), "2026-11-25"),
        ("2026-11-23T10:00", working(3), "2026-11-27"),
        ("2026-11-23T10:00", working(10), "2026-12-08"),
        ("2026-11-23T10:00", working(25), "2026-12-29"),
        ("2026-11-28T09:00", working(1), "2026-11-30"),
        ("2026-12-31T10:00", working(1), "2027-01-04"),
        ("2025-12-31T10:00", working(1), "2026-01-05"),  # 2/1/2026 swapped with 10/1
        ("2026-01-08T10:00", working(2), "2026-01-10"),  # so that Saturday counts
        ("2026-01-09T10:00", working(1), "2026-01-10"),
        ("2024-05-03T10:00", working(1), "2024-05-04"),
        ("2024-04-26T10:00", working(2), "2024-05-03"),
        ("2025-04-25T10:00", working(1), "2025-04-26"),
        ("2025-04-29T10:00", working(1), "2025-05-05"),
        ("2026-04-24T10:00", working(1), "2026-04-28"),  # Giỗ Tổ on a Sunday moves to Monday
        ("2026-04-29T10:00", working(3), "2026-05-06"),
        ("2022-01-28T10:00", working(2), "2022-02-08"),
        ("2022-04-29T10:00", working(1), "2022-05-04"),
        ("2023-01-19T10:00", working(1), "2023-01-27"),
        ("2023-04-28T10:00", working(1), "2023-05-04"),
        ("2024-02-07T10:00", working(1), "2024-02-15"),
        ("2027-02-03T10:00", working(1), "2027-02-11"),
        # calendar days; one that ends on a day off runs to the end of the next working day
        ("2026-11-23T10:00", calendar(15), "2026-12-08"),
        ("2026-11-23T10:00", calendar(30), "2026-12-23"),
        ("2026-11-25T10:00", calendar(3), "2026-11-30"),
        ("2026-11-23T10:00", calendar(1), "2026-11-25"),
        ("2026-02-01T10:00", calendar(15), "2026-02-23"),
        ("2026-08-07T10:00", calendar(15), "2026-08-22"),
        ("2026-12-02T10:00", calendar(30), "2027-01-04"),
    ],
)
def test_the_due_day_is_counted_as_on_a_wall_calendar(received, case, day):
    assert due(at(received), case, CALENDAR) == at(f"{day}T17:00")


def test_it_gives_no_day_where_the_catalogue_knows_no_time():
    assert due(at("2026-11-23T10:00"), TimeCase(value=None, unit="working_day"), CALENDAR) is None


def test_a_moment_in_another_zone_is_counted_on_the_communes_clock():
    assert due(datetime.fromisoformat("2026-11-23T08:30+00:00"), SAME_DAY, CALENDAR) == at("2026-11-25T17:00")


@pytest.mark.parametrize(
    "sent, hours, promised",
    [
        ("2026-11-23T19:32", 8, "2026-11-25T17:00"),  # bà Pá, the evening before a holiday
        ("2026-11-23T07:30", 8, "2026-11-23T17:00"),
        ("2026-11-23T06:00", 8, "2026-11-23T17:00"),
        ("2026-11-23T12:00", 8, "2026-11-25T11:30"),
        ("2026-11-23T09:30", 8, "2026-11-25T09:30"),
        ("2026-11-28T10:00", 8, "2026-11-30T17:00"),
        ("2026-11-23T07:30", 4, "2026-11-23T11:15"),
        ("2026-11-27T16:00", 4, "2026-11-30T10:15"),
    ],
)
def test_eight_working_hours_are_one_day_of_open_desk(sent, hours, promised):
    assert add_working_hours(at(sent), hours, CALENDAR) == at(promised)


@pytest.mark.parametrize(
    "due_at, paused, resumed, after",
    [
        ("2026-11-27T17:00", "2026-11-25T17:00", "2026-11-30T07:30", "2026-12-01T17:00"),  # two days were left
        ("2026-11-27T17:00", "2026-11-26T10:00", "2026-11-26T10:00", "2026-11-27T17:00"),  # no pause at all
        ("2026-11-25T17:00", "2026-11-23T17:00", "2026-11-27T07:30", "2026-11-27T17:00"),
        ("2026-11-27T17:00", "2026-11-27T15:30", "2026-12-04T16:30", "2026-12-07T08:30"),  # an hour and a half left
        ("2026-11-25T17:00", "2026-11-26T09:00", "2026-12-10T09:00", "2026-11-25T17:00"),  # it was late and stays late
    ],
)
def test_what_was_left_when_it_stopped_is_left_when_it_goes_on(due_at, paused, resumed, after):
    assert resume(at(due_at), at(paused), at(resumed), CALENDAR) == at(after)


MINUTES = st.integers(0, (365 * 5 + 200) * oracle.DAY).map(oracle.moment_of)
"""Receptions from 2022 to mid-2027."""


def here(moment: datetime) -> datetime:
    return moment.replace(tzinfo=VIETNAM)


@given(MINUTES, st.integers(1, 60))
@settings(max_examples=150)
def test_the_oracle_agrees_on_working_days(received, count):
    assert due(here(received), working(count), CALENDAR) == here(oracle.moment_of(oracle.working_days(oracle.minute_of(received), count)))


@given(MINUTES, st.integers(0, 90))
def test_the_oracle_agrees_on_calendar_days(received, count):
    assert due(here(received), calendar(count), CALENDAR) == here(oracle.moment_of(oracle.calendar_days(oracle.minute_of(received), count)))


@given(MINUTES)
def test_the_oracle_agrees_on_same_day_cases(received):
    assert due(here(received), SAME_DAY, CALENDAR) == here(oracle.moment_of(oracle.same_day(oracle.minute_of(received), 15 * 60)))


@given(MINUTES, st.integers(1, 4000))
@settings(max_examples=60)
def test_the_oracle_agrees_on_open_time(start, minutes):
    assert add_open_time(here(start), timedelta(minutes=minutes), CALENDAR) == here(oracle.moment_of(oracle.open_time(oracle.minute_of(start), minutes)))


@given(MINUTES, st.integers(0, 40000))
@settings(max_examples=60)
def test_the_oracle_agrees_on_the_time_between(start, minutes):
    first = oracle.minute_of(start)
    end = start + timedelta(minutes=minutes)
    assert working_time(here(start), here(end), CALENDAR) == timedelta(minutes=oracle.open_between(first, first + minutes))


CASES = st.one_of(st.integers(1, 60).map(working), st.integers(1, 60).map(calendar), st.just(SAME_DAY), st.just(SAME_DAY_OPEN))


@given(MINUTES, CASES)
def test_nothing_is_due_on_a_day_off_or_before_it_came(received, case):
    moment = due(here(received), case, CALENDAR)
    assert is_working_day(moment.date(), CALENDAR) and moment.time() == time(17) and moment > here(received)


@given(MINUTES, st.integers(0, 20000), CASES)
def test_what_comes_later_is_never_due_earlier(received, later, case):
    second = received + timedelta(minutes=later)
    assert due(here(received), case, CALENDAR) <= due(here(second), case, CALENDAR)


@given(MINUTES, st.integers(1, 60))
def test_one_more_day_is_never_due_earlier(received, count):
    for kind in (working, calendar):
        assert due(here(received), kind(count), CALENDAR) <= due(here(received), kind(count + 1), CALENDAR)


@given(MINUTES, st.integers(1, 30), st.integers(0, 5000), st.integers(0, 50000))
@settings(max_examples=60)
def test_a_pause_neither_takes_nor_gives_open_time(received, count, until_pause, pause):
    promised = due(here(received), working(count), CALENDAR)
    paused = min(here(received) + timedelta(minutes=until_pause), promised - timedelta(minutes=1))
    resumed = paused + timedelta(minutes=pause)
    after = resume(promised, paused, resumed, CALENDAR)
    assert working_time(resumed, after, CALENDAR) == working_time(paused, promised, CALENDAR)
    assert after >= promised


def test_a_commune_may_keep_hours_of_its_own(tmp_path):
    text = (FOLDER / "days.yaml").read_text(encoding="utf-8").replace("units: {}", "units: {H55.242: [['07:00', '11:00'], ['13:00', '16:30']]}")
    (tmp_path / "days.yaml").write_text(text, encoding="utf-8")
    own = load_calendar(tmp_path, "H55.242")
    assert due(at("2026-11-23T10:00"), working(1), own) == at("2026-11-25T16:30")
    assert due(at("2026-11-23T10:00"), working(1), load_calendar(tmp_path, "H55.243")) == at("2026-11-25T17:00")


SHORT = "- {day: 2026-12-07, works: true, name: Họp thôn, source: 12/TB, hours: [['07:30', '11:30']]}\n"


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """The law's calendar with a Monday, 7/12/2026, on which the desk closes at 11:30."""
    folder = tmp_path_factory.mktemp("calendar")
    text = (FOLDER / "days.yaml").read_text(encoding="utf-8")
    (folder / "days.yaml").write_text(text + SHORT, encoding="utf-8")
    return load_calendar(folder)


@pytest.mark.parametrize(
    ("received", "case", "moment"),
    [
        ("2026-12-04T10:00", working(1), "2026-12-07T11:30"),
        ("2026-12-04T10:00", working(2), "2026-12-08T17:00"),
        ("2026-12-04T10:00", calendar(3), "2026-12-07T11:30"),
        ("2026-12-07T11:00", SAME_DAY, "2026-12-07T11:30"),
        ("2026-12-07T11:30", SAME_DAY, "2026-12-08T17:00"),
    ],
)
def test_a_day_of_short_hours_is_a_day_that_ends_when_the_desk_closes(short, received, case, moment):
    assert due(at(received), case, short) == at(moment)


def test_hours_that_the_desk_is_closed_do_not_run(short):
    assert working_time(at("2026-12-07T07:00"), at("2026-12-08T08:30"), short) == timedelta(hours=5)
    assert add_working_hours(at("2026-12-07T07:30"), 8, short) == at("2026-12-08T11:00")


ROW = "- {day: 2026-01-01, works: false, name: Tết, source: luật}\n"
HOURS = "hours: [['07:30', '11:30']]\n"


@pytest.mark.parametrize(
    "content, error",
    [
        (HOURS + "days:\n" + ROW + ROW, "days.yaml:4: 2026-01-01 stands twice; keep one"),
        ("hours: [['13:30', '11:30']]\ndays: []\n", "days.yaml:1: the hours are not in order"),
        (HOURS + "units: {A: [['09:00', '08:00']]}\ndays: []\n", "days.yaml:2: the hours are not in order"),
        (HOURS + "days:\n- {day: 2026-02-30, works: false, name: a, source: b}\n", "days.yaml:3: days.0.day: "),
        (HOURS + "days:\n- {day: 2026-01-01, works: false, name: a}\n", "days.yaml:3: days.0.source: Field required"),
        (HOURS + "days:\n- {day: 2026-01-01, works: true, name: a, source: b, hours: [['09:00', '08:00']]}\n", "days.yaml:3: the hours are not in order"),
        (HOURS + "days: [\n", "days.yaml:3: not YAML"),
        (HOURS + HOURS + "days: []\n", "days.yaml:2: hours stands twice"),
    ],
)
def test_a_wrong_calendar_names_its_line(tmp_path, content, error):
    (tmp_path / "days.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(CalendarError) as raised:
        load_calendar(tmp_path)
    assert any(line.startswith(error) for line in raised.value.lines), raised.value.lines


CASES = int(os.environ.get("MOTCUA_DEADLINE_CASES", "150"))
"""Cases of the comparison with pauses: 100,000 take four minutes of one core, all but seconds of it the walking, so it is run by hand."""


def long_cases(count: int, seed: int):
    """Receptions of 2022–2027 that leave room for their period, each with a kind and a number."""
    dice = random.Random(seed)
    for _ in range(count):
        minute = dice.randrange((sum(oracle.YEARS.values()) - 200) * oracle.DAY)
        kind = dice.choice(("working", "working", "calendar", "same_day", "hours", "pause"))
        yield minute, kind, dice.randint(1, 60), dice.randint(0, 5000), dice.randint(0, 40000)


def ours(minute: int, kind: str, number: int, wait: int, pause: int) -> datetime:
    received = here(oracle.moment_of(minute))
    if kind == "hours":
        return add_open_time(received, timedelta(minutes=number * 60), CALENDAR)
    if kind == "pause":
        stopped = received + timedelta(minutes=wait)
        return resume(due(received, working(number), CALENDAR), stopped, stopped + timedelta(minutes=pause), CALENDAR)
    case = {"working": working(number), "calendar": calendar(number), "same_day": SAME_DAY}[kind]
    return due(received, case, CALENDAR)


def walked(minute: int, kind: str, number: int, wait: int, pause: int) -> int:
    if kind == "hours":
        return oracle.open_time(minute, number * 60)
    if kind == "calendar":
        return oracle.calendar_days(minute, number)
    if kind == "same_day":
        return oracle.same_day(minute, 15 * 60)
    promised = oracle.working_days(minute, number)
    if kind == "working" or minute + wait >= promised:
        return promised
    return oracle.open_time(minute + wait + pause, oracle.open_between(minute + wait, promised))


def test_the_oracle_agrees_with_pauses_and_on_every_case_of_the_long_run():
    wrong = [case for case in long_cases(CASES, 766) if ours(*case) != here(oracle.moment_of(walked(*case)))]
    assert wrong == []
